/* The writing half of source/exchange.h. */
#include "source/exchange.h"

#include <stdio.h>

static void put_text(struct json_writer *w, const char *key, struct str text)
{
	json_key(w, key);
	json_put_str(w, text);
}

static void put_codes(struct json_writer *w, const char *key, const struct codes *codes)
{
	json_key(w, key);
	json_open_array(w);
	for (size_t i = 0; i < codes->n; i++)
		json_put_str(w, codes->at[i]);
	json_close_array(w);
}

static void put_bool(struct json_writer *w, const char *key, bool value)
{
	json_key(w, key);
	json_put_bool(w, value);
}

/* A number with cents only where there are some. */
static void put_bound(struct json_writer *w, const char *key, int64_t cents)
{
	char text[MONEY_FORMAT_MAX];
	struct str number;

	json_key(w, key);
	if (cents == MONEY_NONE) {
		json_put_null(w);
		return;
	}
	number = str_of(money_format((struct money){ cents, "EUR" }, text));
	if (str_ends(number, ".00"))
		number = str_sub(number, 0, number.len - 3);
	json_put_raw(w, number);
}

/* Wishes that are not the usual ones, so that the shape stays as short as it was. */
static void put_mailing(struct json_writer *w, const struct mailing *m)
{
	struct str rest = m->quiet, word;
	int days[MAILING_REMINDERS_MAX];
	size_t n = mailing_reminders(m->reminders, days);
	char hour[32];

	if (m->send_at >= 0) {
		snprintf(hour, sizeof(hour), "%02d:%02d", m->send_at / 60, m->send_at % 60);
		put_text(w, "hour", str_of(hour));
	}
	if (str_given(rest)) {
		json_key(w, "quiet");
		json_open_array(w);
		while (str_cut(&rest, ' ', &word))
			json_put_str(w, word);
		json_close_array(w);
	}
	if (str_given(m->reminders)) {
		json_key(w, "reminders");
		json_open_array(w);
		for (size_t i = 0; i < n; i++)
			json_put_int(w, days[i]);
		json_close_array(w);
	}
}

void profile_to_json(const struct profile *profile, struct json_writer *w)
{
	json_open_object(w);
	put_text(w, "id", profile->id);
	put_text(w, "name", profile->name);
	put_text(w, "siren", profile->siren);
	put_text(w, "email", profile->email);
	put_text(w, "description", profile->description);
	put_codes(w, "keywords", &profile->keywords);
	put_codes(w, "exclude", &profile->exclude);
	put_codes(w, "cpv", &profile->cpv);
	put_codes(w, "fields", &profile->fields);
	put_codes(w, "places", &profile->places);
	json_key(w, "natures");
	json_open_array(w);
	for (int nature = NATURE_NONE + 1; nature < NATURES; nature++)
		if (profile->natures[nature])
			json_put_str(w, str_of(notice_nature_name((enum notice_nature)nature)));
	json_close_array(w);
	json_key(w, "value");
	json_open_object(w);
	put_bound(w, "min", profile->value_min);
	put_bound(w, "max", profile->value_max);
	json_close_object(w);
	json_key(w, "effort_days");
	json_put_int(w, profile->effort_days);
	put_text(w, "cadence", str_of(cadence_name(profile->cadence)));
	put_text(w, "timezone", profile->timezone);
	put_text(w, "language", profile->language);
	put_mailing(w, &profile->mailing);
	json_close_object(w);
}

static void put_money(struct json_writer *w, const char *key, const struct money *value)
{
	char amount[MONEY_FORMAT_MAX];

	json_key(w, key);
	if (value->cents == MONEY_NONE) {
		json_put_null(w);
		return;
	}
	json_open_object(w);
	put_text(w, "amount", str_of(money_format(*value, amount)));
	put_text(w, "currency", value->currency[0] ? str_of(value->currency) : STR_NONE);
	json_close_object(w);
}

static void put_deadline(struct json_writer *w, const struct deadline *deadline)
{
	char text[TIME_FORMAT_MAX];

	put_text(w, "deadline",
		deadline->at == TIME_NONE
			? STR_NONE
			: str_of(time_format(deadline->at, deadline->offset_s, text)));
}

static void put_party_members(struct json_writer *w, const struct party *party)
{
	put_text(w, "name", party->name);
	put_text(w, "id", party->id);
	put_text(w, "city", party->city);
	put_text(w, "department", party->department);
	put_text(w, "nuts", party->nuts);
	put_text(w, "country", party->country);
}

static void put_party(struct json_writer *w, const struct party *party)
{
	json_key(w, "buyer");
	json_open_object(w);
	put_party_members(w, party);
	json_close_object(w);
}

static void put_lot(struct json_writer *w, const struct lot *lot)
{
	json_open_object(w);
	put_text(w, "id", lot->id);
	put_text(w, "title", lot->title);
	put_text(w, "description", lot->description);
	put_codes(w, "cpv", &lot->cpv);
	put_money(w, "value", &lot->value);
	put_deadline(w, &lot->deadline);
	json_close_object(w);
}

static const char *value_kind_name(enum value_kind kind)
{
	static const char *const names[] = {
		[VALUE_ESTIMATE] = "estimate",
		[VALUE_CEILING] = "ceiling",
		[VALUE_AWARD] = "award",
	};

	return (size_t)kind < LENGTH(names) ? names[kind] : NULL;
}

static void put_links(struct json_writer *w, const struct notice *n)
{
	json_key(w, "links");
	json_open_array(w);
	for (size_t i = 0; i < n->n_links; i++) {
		json_open_object(w);
		put_text(w, "kind",
			n->links[i].kind == LINK_CHANGES ? STR("changes") : STR("follows"));
		put_text(w, "ref", n->links[i].ref);
		json_close_object(w);
	}
	json_close_array(w);
}

static void put_certainty(struct json_writer *w, const struct deadline *deadline)
{
	put_text(w, "deadline_certainty", str_of(deadline_certainty_name(deadline->certainty)));
	put_text(w, "deadline_text", deadline->text);
}

static void put_day(struct json_writer *w, const char *key, day_t day)
{
	char text[DAY_FORMAT_MAX];

	put_text(w, key, day == DAY_NONE ? STR_NONE : str_of(day_format(day, text)));
}

/* A number, or null when it is negative: not said. */
static void put_count(struct json_writer *w, const char *key, int64_t count)
{
	json_key(w, key);
	if (count < 0)
		json_put_null(w);
	else
		json_put_int(w, count);
}

static void put_term(struct json_writer *w, const struct term *term)
{
	json_key(w, "term");
	if (!term_given(term)) {
		json_put_null(w);
		return;
	}
	json_open_object(w);
	put_count(w, "length", term->length ? (int64_t)term->length : -1);
	put_text(w, "unit", str_of(term_unit_name(term->unit)));
	put_day(w, "start", term->start);
	put_day(w, "end", term->end);
	put_count(w, "renewals", term->renewals);
	json_close_object(w);
}

static void put_wordings(struct json_writer *w, const struct wording *wordings, size_t n)
{
	json_key(w, "wordings");
	json_open_array(w);
	for (size_t i = 0; i < n; i++) {
		json_open_object(w);
		put_text(w, "language", wordings[i].language);
		put_text(w, "title", wordings[i].title);
		put_text(w, "description", wordings[i].description);
		json_close_object(w);
	}
	json_close_array(w);
}

static void put_award(struct json_writer *w, const struct award *award)
{
	json_open_object(w);
	put_text(w, "lot", award->lot);
	put_text(w, "outcome", str_of(award_outcome_name(award->outcome)));
	put_text(w, "contract", award->contract);
	put_day(w, "decided", award->decided);
	put_day(w, "concluded", award->concluded);
	put_count(w, "tenders", award->tenders);
	put_money(w, "value", &award->value);
	put_money(w, "ceiling", &award->ceiling);
	json_key(w, "winners");
	json_open_array(w);
	for (size_t i = 0; i < award->n_winners; i++) {
		json_open_object(w);
		put_party_members(w, &award->winners[i].party);
		put_text(w, "size", str_of(company_size_name(award->winners[i].size)));
		json_close_object(w);
	}
	json_close_array(w);
	json_close_object(w);
}

static void put_awards(struct json_writer *w, const struct notice *n)
{
	struct money total = MONEY_INIT;

	notice_awarded(n, &total);
	put_money(w, "awarded", &total);
	json_key(w, "awards");
	json_open_array(w);
	for (size_t i = 0; i < n->n_awards; i++)
		put_award(w, &n->awards[i]);
	json_close_array(w);
}

/* What the fixed shape has no place for. */
static void put_more(struct json_writer *w, const struct notice *n)
{
	json_key(w, "more");
	json_open_object(w);
	put_text(w, "stage", str_of(notice_kind_name(n->stage)));
	put_text(w, "notice_type", n->notice_type);
	put_text(w, "postcode", n->buyer.postcode);
	put_codes(w, "subjects", &n->subjects);
	put_text(w, "criteria", n->criteria);
	put_text(w, "value_kind", str_of(value_kind_name(n->value_kind)));
	put_certainty(w, &n->deadline);
	put_bool(w, "innovative", n->innovative);
	put_bool(w, "sme", n->sme);
	put_bool(w, "reserved", n->reserved);
	put_text(w, "procedure_id", n->procedure_id);
	put_text(w, "notice_uuid", n->notice_uuid);
	put_text(w, "reference", n->reference);
	put_links(w, n);
	put_term(w, &n->term);
	put_awards(w, n);
	put_wordings(w, n->wordings, n->n_wordings);
	json_key(w, "lots");
	json_open_array(w);
	for (size_t i = 0; i < n->n_lots; i++) {
		const struct lot *lot = &n->lots[i];

		json_open_object(w);
		put_text(w, "id", lot->id);
		put_text(w, "nature", str_of(notice_nature_name(lot->nature)));
		put_codes(w, "places", &lot->places);
		put_text(w, "value_kind", str_of(value_kind_name(lot->value_kind)));
		put_certainty(w, &lot->deadline);
		put_term(w, &lot->term);
		put_wordings(w, lot->wordings, lot->n_wordings);
		json_close_object(w);
	}
	json_close_array(w);
	json_close_object(w);
}

void notice_to_json(const struct notice *n, bool full, struct json_writer *w)
{
	char published[DAY_FORMAT_MAX];

	json_open_object(w);
	put_text(w, "id", n->id);
	put_text(w, "source", n->source);
	put_text(w, "ref", n->ref);
	json_key(w, "version");
	json_put_int(w, n->version);
	put_text(w, "dossier", n->dossier);
	put_text(w, "kind", str_of(notice_kind_name(n->kind)));
	put_text(w, "language", n->language);
	put_text(w, "title", n->title);
	put_text(w, "description", n->description);
	put_party(w, &n->buyer);
	put_text(w, "nature", str_of(notice_nature_name(n->nature)));
	put_text(w, "procedure", n->procedure);
	put_codes(w, "cpv", &n->cpv);
	put_codes(w, "places", &n->places);
	put_money(w, "value", &n->value);
	put_text(w, "published",
		n->published == DAY_NONE ? STR_NONE : str_of(day_format(n->published, published)));
	put_deadline(w, &n->deadline);
	json_key(w, "lots");
	json_open_array(w);
	for (size_t i = 0; i < n->n_lots; i++)
		put_lot(w, &n->lots[i]);
	json_close_array(w);
	put_text(w, "url", n->url);
	put_text(w, "documents_url", n->documents_url);
	if (full)
		put_more(w, n);
	json_close_object(w);
}
