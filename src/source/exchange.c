#include "source/exchange.h"

#include <inttypes.h>
#include <stdio.h>

/* Reading */

/* A member's place in the text, for messages: "value.min", "lots[2].title". */
struct at {
	const char *prefix; /* "" or "value." */
};

static int wrong(const struct at *at, const char *key, const char *expected, struct error *err)
{
	return error_set(err, ERROR_INPUT, "%s%s: %s expected", at->prefix, key, expected);
}

/* Every member is known, or ERROR_INPUT names the first that is not. */
static int known_members(const struct json_value *value, const struct at *at,
	const char *const *known, size_t n, struct error *err)
{
	for (size_t i = 0; i < json_members(value); i++) {
		struct str key;
		bool found = false;

		json_member(value, i, &key);
		for (size_t j = 0; j < n && !found; j++)
			found = str_eqz(key, known[j]);
		if (!found)
			return error_set(err, ERROR_INPUT, "%s%.*s: unknown member", at->prefix,
				STR_ARG(str_clip(key, 60)));
	}
	return 0;
}

static bool absent(const struct json_value *member)
{
	return json_type(member) == JSON_NONE || json_type(member) == JSON_NULL;
}

static int take_text(const struct json_value *value, const struct at *at, const char *key,
	struct arena *arena, struct str *ret, struct error *err)
{
	const struct json_value *member = json_get(value, key);

	if (absent(member))
		return 0;
	if (json_type(member) != JSON_STRING)
		return wrong(at, key, "text", err);
	*ret = arena_dup(arena, json_str(member));
	return 0;
}

static int take_list(const struct json_value *value, const struct at *at, const char *key,
	struct arena *arena, struct codes *ret, struct error *err)
{
	const struct json_value *member = json_get(value, key);

	if (absent(member))
		return 0;
	if (json_type(member) != JSON_ARRAY)
		return wrong(at, key, "a list of texts", err);
	for (size_t i = 0; i < json_count(member); i++) {
		if (json_type(json_at(member, i)) != JSON_STRING)
			return wrong(at, key, "a list of texts", err);
		codes_add(ret, arena, json_str(json_at(member, i)));
	}
	return 0;
}

/* An amount in euros: a number, or text as money_parse() takes it. */
static int take_amount(const struct json_value *value, const struct at *at, const char *key,
	struct str currency, struct arena *arena, struct money *ret, struct error *err)
{
	const struct json_value *member = json_get(value, key);

	if (absent(member))
		return 0;
	if ((json_type(member) != JSON_STRING && json_type(member) != JSON_NUMBER) ||
		!money_parse(json_scalar(member, arena), currency, ret))
		return wrong(at, key, "an amount", err);
	return 0;
}

static int take_object(const struct json_value *value, const struct at *at, const char *key,
	const struct json_value **ret, struct error *err)
{
	const struct json_value *member = json_get(value, key);

	*ret = NULL;
	if (absent(member))
		return 0;
	if (json_type(member) != JSON_OBJECT)
		return wrong(at, key, "an object", err);
	*ret = member;
	return 0;
}

static int take_natures(const struct json_value *value, const struct at *at, bool natures[NATURES],
	struct error *err)
{
	const struct json_value *member = json_get(value, "natures");
	enum notice_nature nature;

	if (absent(member))
		return 0;
	if (json_type(member) != JSON_ARRAY)
		return wrong(at, "natures", "a list of services, supplies, works", err);
	for (size_t i = 0; i < json_count(member); i++) {
		if (!notice_nature_parse(json_str(json_at(member, i)), &nature))
			return wrong(at, "natures", "a list of services, supplies, works", err);
		natures[nature] = true;
	}
	return 0;
}

static int take_bounds(
	const struct json_value *value, struct arena *arena, struct profile *p, struct error *err)
{
	static const char *const known[] = { "min", "max" };
	static const struct at at = { "value." };
	const struct json_value *bounds;
	struct money min = MONEY_INIT, max = MONEY_INIT;
	int r;

	if ((r = take_object(value, &(struct at){ "" }, "value", &bounds, err)) < 0 || !bounds)
		return r;
	if ((r = known_members(bounds, &at, known, LENGTH(known), err)) < 0 ||
		(r = take_amount(bounds, &at, "min", STR("EUR"), arena, &min, err)) < 0 ||
		(r = take_amount(bounds, &at, "max", STR("EUR"), arena, &max, err)) < 0)
		return r;
	p->value_min = min.cents;
	p->value_max = max.cents;
	return 0;
}

/* A list of texts or numbers as one text of words; absent: STR_NONE. */
static int take_words(const struct json_value *value, const struct at *at, const char *key,
	struct arena *arena, struct str *ret, struct error *err)
{
	const struct json_value *member = json_get(value, key);
	struct str all = STR("");

	if (absent(member))
		return 0;
	if (json_type(member) != JSON_ARRAY)
		return wrong(at, key, "a list", err);
	for (size_t i = 0; i < json_count(member); i++) {
		const struct json_value *one = json_at(member, i);

		if (json_type(one) != JSON_STRING && json_type(one) != JSON_NUMBER)
			return wrong(at, key, "a list of texts or numbers", err);
		all = arena_printf(arena, "%.*s%s%.*s", STR_ARG(all), i > 0 ? " " : "",
			STR_ARG(json_scalar(one, arena)));
	}
	*ret = all;
	return 0;
}

static int take_mailing(const struct json_value *value, const struct at *at, struct arena *arena,
	struct mailing *m, struct error *err)
{
	const struct json_value *hour = json_get(value, "hour");
	int r;

	if (!absent(hour)) {
		m->send_at = json_type(hour) == JSON_STRING ? mailing_hour_parse(json_str(hour)) : -1;
		if (m->send_at < 0)
			return wrong(at, "hour", "a time of day like 07:30", err);
	}
	r = take_words(value, at, "quiet", arena, &m->quiet, err);
	return r < 0 ? r : take_words(value, at, "reminders", arena, &m->reminders, err);
}

static int take_cadence(
	const struct json_value *value, const struct at *at, struct profile *p, struct error *err)
{
	const struct json_value *cadence = json_get(value, "cadence");
	const struct json_value *effort = json_get(value, "effort_days");
	int64_t days;

	if (!absent(cadence) && !cadence_parse(json_str(cadence), &p->cadence))
		return wrong(at, "cadence", "daily, weekly, instant or off", err);
	if (absent(effort))
		return 0;
	if (!json_int(effort, &days) || days < 0 || days > INT16_MAX)
		return wrong(at, "effort_days", "a number of working days", err);
	p->effort_days = (int)days;
	return 0;
}

int profile_from_json(
	const struct json_value *value, struct arena *arena, struct profile *ret, struct error *err)
{
	static const char *const known[] = { "id", "name", "siren", "email", "description",
		"keywords", "exclude", "cpv", "fields", "places", "natures", "value", "effort_days",
		"cadence", "timezone", "language", "hour", "quiet", "reminders" };
	static const struct at at = { "" };
	struct profile p;
	int r;

	profile_init(&p);
	if (json_type(value) != JSON_OBJECT)
		return error_set(err, ERROR_INPUT, "a profile is a JSON object");
	if ((r = known_members(value, &at, known, LENGTH(known), err)) < 0 ||
		(r = take_text(value, &at, "id", arena, &p.id, err)) < 0 ||
		(r = take_text(value, &at, "name", arena, &p.name, err)) < 0 ||
		(r = take_text(value, &at, "siren", arena, &p.siren, err)) < 0 ||
		(r = take_text(value, &at, "email", arena, &p.email, err)) < 0 ||
		(r = take_text(value, &at, "description", arena, &p.description, err)) < 0 ||
		(r = take_list(value, &at, "keywords", arena, &p.keywords, err)) < 0 ||
		(r = take_list(value, &at, "exclude", arena, &p.exclude, err)) < 0 ||
		(r = take_list(value, &at, "cpv", arena, &p.cpv, err)) < 0 ||
		(r = take_list(value, &at, "fields", arena, &p.fields, err)) < 0 ||
		(r = take_list(value, &at, "places", arena, &p.places, err)) < 0 ||
		(r = take_natures(value, &at, p.natures, err)) < 0 ||
		(r = take_bounds(value, arena, &p, err)) < 0 ||
		(r = take_cadence(value, &at, &p, err)) < 0 ||
		(r = take_text(value, &at, "timezone", arena, &p.timezone, err)) < 0 ||
		(r = take_text(value, &at, "language", arena, &p.language, err)) < 0 ||
		(r = take_mailing(value, &at, arena, &p.mailing, err)) < 0)
		return r;
	r = profile_check(&p, arena, err);
	if (r < 0)
		return r;
	*ret = p;
	return 0;
}

static int take_buyer(
	const struct json_value *value, struct arena *arena, struct party *buyer, struct error *err)
{
	static const char *const known[] = { "name", "id", "city", "department" };
	static const struct at at = { "buyer." };
	const struct json_value *object;
	int r;

	if ((r = take_object(value, &(struct at){ "" }, "buyer", &object, err)) < 0 || !object)
		return r;
	if ((r = known_members(object, &at, known, LENGTH(known), err)) < 0 ||
		(r = take_text(object, &at, "name", arena, &buyer->name, err)) < 0 ||
		(r = take_text(object, &at, "id", arena, &buyer->id, err)) < 0 ||
		(r = take_text(object, &at, "city", arena, &buyer->city, err)) < 0)
		return r;
	return take_text(object, &at, "department", arena, &buyer->department, err);
}

static int take_value(
	const struct json_value *value, struct arena *arena, struct notice *n, struct error *err)
{
	static const char *const known[] = { "amount", "currency" };
	static const struct at at = { "value." };
	const struct json_value *object;
	struct str currency = STR("EUR");
	int r;

	if ((r = take_object(value, &(struct at){ "" }, "value", &object, err)) < 0 || !object)
		return r;
	if ((r = known_members(object, &at, known, LENGTH(known), err)) < 0 ||
		(r = take_text(object, &at, "currency", arena, &currency, err)) < 0 ||
		(r = take_amount(object, &at, "amount", currency, arena, &n->value, err)) < 0)
		return r;
	if (n->value.cents != MONEY_NONE && !n->value.currency[0])
		return wrong(&at, "currency", "three letters (EUR)", err);
	return 0;
}

static int take_lots(
	const struct json_value *value, struct arena *arena, struct notice *n, struct error *err)
{
	static const char *const known[] = { "id", "title", "description" };
	const struct json_value *lots = json_get(value, "lots");
	size_t count = json_count(lots);
	int r;

	if (absent(lots))
		return 0;
	if (json_type(lots) != JSON_ARRAY)
		return error_set(err, ERROR_INPUT, "lots: a list expected");
	if (count > NOTICE_LOTS_MAX)
		return error_set(err, ERROR_LIMIT, "lots: more than %d", NOTICE_LOTS_MAX);
	n->lots = arena_array(arena, struct lot, count);
	for (size_t i = 0; i < count; i++) {
		const struct json_value *object = json_at(lots, i);
		char prefix[32];
		struct at at = { prefix };
		struct lot *lot = &n->lots[n->n_lots++];

		lot_init(lot);
		snprintf(prefix, sizeof(prefix), "lots[%zu].", i);
		if (json_type(object) != JSON_OBJECT)
			return error_set(err, ERROR_INPUT, "lots[%zu]: an object expected", i);
		if ((r = known_members(object, &at, known, LENGTH(known), err)) < 0 ||
			(r = take_text(object, &at, "id", arena, &lot->id, err)) < 0 ||
			(r = take_text(object, &at, "title", arena, &lot->title, err)) < 0 ||
			(r = take_text(object, &at, "description", arena, &lot->description, err)) <
				0)
			return r;
	}
	return 0;
}

static int take_deadline(
	const struct json_value *value, struct arena *arena, struct notice *n, struct error *err)
{
	struct str text = STR_NONE;
	int r = take_text(value, &(struct at){ "" }, "deadline", arena, &text, err);

	if (r < 0 || !str_given(text))
		return r;
	n->deadline = deadline_read(text, arena);
	if (n->deadline.certainty == DEADLINE_NONE)
		return wrong(&(struct at){ "" }, "deadline",
			"a date (2026-03-30 or 2026-03-30T12:00:00+02:00)", err);
	return 0;
}

int requirement_from_json(const struct json_value *value, day_t today, struct arena *arena,
	struct requirement *ret, struct error *err)
{
	static const char *const known[] = { "id", "title", "description", "buyer", "email",
		"nature", "cpv", "places", "value", "deadline", "lots" };
	static const struct at at = { "" };
	struct requirement q = { .closed = false };
	struct notice *n = &q.notice;
	struct str nature = STR_NONE;
	int r;

	notice_init(n);
	if (json_type(value) != JSON_OBJECT)
		return error_set(err, ERROR_INPUT, "a requirement is a JSON object");
	if ((r = known_members(value, &at, known, LENGTH(known), err)) < 0 ||
		(r = take_text(value, &at, "id", arena, &n->ref, err)) < 0 ||
		(r = take_text(value, &at, "title", arena, &n->title, err)) < 0 ||
		(r = take_text(value, &at, "description", arena, &n->description, err)) < 0 ||
		(r = take_buyer(value, arena, &n->buyer, err)) < 0 ||
		(r = take_text(value, &at, "email", arena, &q.email, err)) < 0 ||
		(r = take_text(value, &at, "nature", arena, &nature, err)) < 0 ||
		(r = take_list(value, &at, "cpv", arena, &n->cpv, err)) < 0 ||
		(r = take_list(value, &at, "places", arena, &n->places, err)) < 0 ||
		(r = take_value(value, arena, n, err)) < 0 ||
		(r = take_deadline(value, arena, n, err)) < 0 ||
		(r = take_lots(value, arena, n, err)) < 0)
		return r;
	if (str_given(nature) && !notice_nature_parse(nature, &n->nature))
		return wrong(&at, "nature", "services, supplies or works", err);
	r = requirement_check(&q, today, arena, err);
	if (r < 0)
		return r;
	*ret = q;
	return 0;
}
