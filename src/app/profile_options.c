/* Options that make a profile, and the checks that need a gate. */
#include "commands.h"
#include "flow/consent.h"
#include "flow/instance.h"
#include "gate/smtp.h"
#include "gate/unicode.h"
#include "match/rules.h"
#include "store/consent.h"
#include "store/profile.h"
#include "store/ruleset.h"
#include "tender/profile.h"

static int change_lists(struct app *app, struct profile *p, struct error *err)
{
	struct {
		const char *name;
		struct codes *codes;
	} lists[] = { { "keyword", &p->keywords }, { "exclude", &p->exclude }, { "cpv", &p->cpv },
		{ "field", &p->fields }, { "place", &p->places } };
	int r = 0;

	for (size_t i = 0; r >= 0 && i < LENGTH(lists); i++)
		r = app_change_list(app, lists[i].name, lists[i].codes, err);
	return r;
}

static int take_amount(struct app *app, const char *name, int64_t *ret, struct error *err)
{
	struct str text = app_text(app, name);
	struct money money = MONEY_INIT;

	if (!str_given(text))
		return 0;
	if (text.len > 0 && !money_parse(text, STR("EUR"), &money))
		return bad_usage(app, error_set(err, ERROR_CONFIG,
			"--%s takes an amount in euros like 120000, not \"%.*s\"", name, STR_ARG(text)));
	*ret = money.cents;
	return 0;
}

static void take_natures(struct app *app, bool natures[NATURES])
{
	size_t at = 0;
	struct str text;

	if (!app_flag(app, "nature"))
		return;
	for (size_t i = 0; i < NATURES; i++)
		natures[i] = false;
	while (str_given(text = app_each(app, "nature", &at))) {
		enum notice_nature nature;

		if (notice_nature_parse(text, &nature))
			natures[nature] = true;
	}
}

/* An empty value takes the wish away. */
static int take_mailing(struct app *app, struct mailing *m, struct error *err)
{
	struct str hour = app_text(app, "hour");

	if (str_given(hour))
		m->send_at = hour.len > 0 ? mailing_hour_parse(hour) : MAILING_HOUR_OF_INSTANCE;
	if (str_given(hour) && hour.len > 0 && m->send_at < 0)
		return bad_usage(app, error_set(err, ERROR_CONFIG, "--hour takes a time of day like 07:30, "
			"not \"%.*s\"", STR_ARG(str_clip(hour, 40))));
	app_take_text(app, "quiet-days", &m->quiet);
	/* here nothing is an answer: no reminders */
	if (str_given(app_text(app, "reminders")))
		m->reminders = app_text(app, "reminders");
	return 0;
}

int profile_take_options(struct app *app, struct profile *p, struct error *err)
{
	int64_t effort = app_number(app, "effort", p->effort_days);

	app_take_text(app, "name", &p->name);
	app_take_text(app, "siren", &p->siren);
	app_take_text(app, "email", &p->email);
	app_take_text(app, "description", &p->description);
	app_take_text(app, "text", &p->description);
	app_take_text(app, "timezone", &p->timezone);
	app_take_text(app, "language", &p->language);
	app_take_list(app, "keyword", &p->keywords);
	app_take_list(app, "exclude", &p->exclude);
	app_take_list(app, "cpv", &p->cpv);
	app_take_list(app, "field", &p->fields);
	app_take_list(app, "place", &p->places);
	if (change_lists(app, p, err) < 0)
		return -(int)err->kind;
	take_natures(app, p->natures);
	if (app_flag(app, "cadence"))
		(void)cadence_parse(app_text(app, "cadence"), &p->cadence);
	if (effort < 0 || effort > INT16_MAX)
		return bad_usage(app, error_set(err, ERROR_CONFIG, "--effort takes a number of working days"));
	p->effort_days = (int)effort;
	if (take_mailing(app, &p->mailing, err) < 0)
		return -(int)err->kind;
	if (take_amount(app, "min", &p->value_min, err) < 0)
		return -(int)err->kind;
	return take_amount(app, "max", &p->value_max, err);
}

int profile_check_gates(const struct profile *p, struct error *err)
{
	if (str_given(p->email) && !smtp_address_valid(p->email))
		return error_set(err, ERROR_INPUT, "email: \"%.*s\" is not an address like name@example.org",
			STR_ARG(str_clip(p->email, 100)));
	if (!unicode_zone_known(p->timezone))
		return error_set(err, ERROR_INPUT, "timezone: \"%.*s\" is no zone like Europe/Paris",
			STR_ARG(str_clip(p->timezone, 60)));
	return 0;
}

/* The active ruleset, read once; NULL when there is none to ask. */
static int known_rules(struct app *app, const struct rules **ret, struct error *err)
{
	static struct rules *rules;
	static bool asked;
	struct rule_problem *problems;
	struct rule_set set;
	size_t n_problems;
	int64_t number;
	int r;

	*ret = rules;
	if (asked)
		return 0;
	asked = true;
	r = store_ruleset_active(app->db, &number, err);
	if (r == STORE_NONE || r < 0)
		return r < 0 ? r : 0;
	r = rule_files_active(app, &set, err);
	if (r >= 0)
		r = rule_files_parse(app, &set, &problems, &n_problems, &rules, err);
	*ret = rules;
	return r;
}

static struct str list_fields(struct app *app, const struct rules *rules)
{
	struct str list = STR("");

	for (size_t i = 0; i < rules->n_fields; i++)
		list = arena_printf(&app->arena, "%.*s%s%.*s", STR_ARG(list), i > 0 ? ", " : "",
			STR_ARG(rules->fields[i].slug));
	return list;
}

static void warn_fields(struct app *app, const struct rules *rules, const struct profile *p, struct str label)
{
	static bool told;
	size_t index;

	for (size_t i = 0; i < p->fields.n; i++) {
		if (rules_field(rules, p->fields.at[i], &index) != NULL)
			continue;
		note(app, "%.*s: the rules know no field of activity \"%.*s\"; kept, without effect",
			STR_ARG(label), STR_ARG(p->fields.at[i]));
		if (!told)
			note(app, "fields of activity are: %.*s", STR_ARG(list_fields(app, rules)));
		told = true;
	}
}

static void warn_words(struct app *app, const struct rules *rules, const struct codes *phrases, const char *what,
	struct str label)
{
	for (size_t i = 0; i < phrases->n; i++) {
		struct str phrase = phrases->at[i], one;

		if (rules_words_left(rules, phrase, &app->arena, &one) == 0)
			note(app, "%.*s: %s \"%.*s\" has function words only, which are passed over: it finds nothing",
				STR_ARG(label), what, STR_ARG(phrase));
		else if (str_given(one))
			note(app, "%.*s: %s \"%.*s\" is found wherever \"%.*s\" is: its other words are function words, which are "
				"passed over", STR_ARG(label), what, STR_ARG(phrase), STR_ARG(one));
	}
}

int profile_warn(struct app *app, const struct profile *p, struct str label, struct error *err)
{
	const struct rules *rules;
	int r = known_rules(app, &rules, err);

	if (r < 0 || rules == NULL)
		return r;
	warn_fields(app, rules, p, label);
	warn_words(app, rules, &p->keywords, "keyword", label);
	warn_words(app, rules, &p->exclude, "exclude", label);
	return 0;
}

/* Links of the mails that ask; read once. */
static struct links *asking_links(struct app *app, struct digest_settings *digest, struct error *err)
{
	static struct links links;
	static bool known;

	if (digest_settings_of(app, digest, err) < 0)
		return NULL;
	if (!known && instance_links(app->db, str_of(digest->web_url), &links, err) < 0)
		return NULL;
	known = true;
	return &links;
}

int profile_prepare_asking(struct app *app, struct error *err)
{
	struct digest_settings digest;

	return asking_links(app, &digest, err) ? 0 : -(int)err->kind;
}

int profile_put(struct app *app, const struct profile *p, struct error *err)
{
	int stored = store_profile_put(app->db, p, app->now, err), r = 0;
	struct digest_settings digest;
	struct links *links;

	if (stored < 0 || p->confirmed || stored == STORE_UNCHANGED || !str_given(p->email))
		return stored;
	links = asking_links(app, &digest, err);
	if (!links)
		return -(int)err->kind;
	r = store_pending_put(app->db, p->id, app->now, err);
	if (r >= 0 && *digest.web_url != '\0')
		r = consent_ask(app->db, &digest, links, p, CONSENT_CONFIRM, app->now, err);
	return r < 0 ? r : stored;
}
