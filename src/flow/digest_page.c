#include "digest_page.h"

#include <string.h>

#include "flow/fetch.h"
#include "flow/instance.h"
#include "flow/match.h"
#include "gate/unicode.h"
#include "render/mail.h"
#include "store/fetch.h"
#include "store/match.h"
#include "store/notice.h"
#include "store/outbox.h"

enum { FIRST_DIGEST_DAYS = 7, CANDIDATES_MAX = 500 };

static const struct str PARIS = { "Europe/Paris", 12 };

/* What was announced, stored and compared from one instant on. */
struct digest_since {
	int64_t at;
	struct digest_coverage *coverage;
	size_t n;
	int64_t compared;
};

/* the run */

int digest_run_open(struct db *db, const struct digest_settings *settings, int64_t now,
	struct digest_run *run, struct error *err)
{
	struct bench bench;
	int r;

	*run = (struct digest_run){ .db = db, .settings = settings, .now = now };
	r = bench_open_with(db, NULL, 0, &bench, err);
	if (r < 0)
		return r;
	run->rules = steal(&bench.rules);
	bench_done(&bench);
	r = instance_links(db, str_of(settings->web_url), &run->links, err);
	if (r < 0)
		digest_run_done(run);
	return r;
}

void digest_run_done(struct digest_run *run)
{
	run->rules = rules_free(run->rules);
	links_done(&run->links);
	arena_done(&run->arena);
}

/* coverage */

static const char *source_label(struct str name)
{
	for (size_t i = 0; i < fetch_sources_n; i++)
		if (str_eqz(name, fetch_sources[i].name))
			return fetch_sources[i].label;
	return name.ptr;
}

static void sum_coverage(const struct coverage_row *rows, size_t n, struct digest_coverage *ret)
{
	ret->announced = -1;
	for (size_t i = 0; i < n; i++) {
		ret->stored += rows[i].stored;
		if (rows[i].announced >= 0)
			ret->announced = (ret->announced < 0 ? 0 : ret->announced) + rows[i].announced;
	}
}

static int load_coverage(struct digest_run *run, struct digest_since *since, struct error *err)
{
	struct source_row *sources;
	struct coverage_row *rows;
	size_t n, n_rows;
	int r = store_source_list(run->db, &run->arena, &sources, &n, err);

	if (r < 0)
		return r;
	since->coverage = arena_array(&run->arena, struct digest_coverage, n);
	for (size_t i = 0; i < n; i++) {
		struct digest_coverage *coverage = &since->coverage[since->n];

		if (!sources[i].enabled || sources[i].last_run == TIME_NONE)
			continue;
		r = store_coverage_list(run->db, sources[i].name, paris_day(since->at), paris_day(run->now),
			&run->arena, &rows, &n_rows, err);
		if (r < 0)
			return r;
		coverage->source = str_of(source_label(sources[i].name));
		sum_coverage(rows, n_rows, coverage);
		coverage->failing_since = STR_NONE;
		if (sources[i].failing_since != TIME_NONE)
			coverage->failing_since = unicode_date(UNICODE_DAY, "fr", PARIS,
				sources[i].failing_since, &run->arena);
		since->n++;
	}
	return 0;
}

static int coverage_since(struct digest_run *run, int64_t at, const struct digest_since **ret,
	struct error *err)
{
	struct notice_filter filter;
	struct digest_since since = { .at = at };
	int r;

	for (size_t i = 0; i < run->n_since; i++) {
		if (run->since[i].at == at) {
			*ret = &run->since[i];
			return 0;
		}
	}
	notice_filter_init(&filter);
	filter.stored_since = at;
	r = store_notice_count(run->db, &filter, &since.compared, err);
	if (r >= 0)
		r = load_coverage(run, &since, err);
	if (r < 0)
		return r;
	arena_grow(&run->arena, run->since, run->n_since, &run->since_capacity);
	run->since[run->n_since++] = since;
	*ret = &run->since[run->n_since - 1];
	return 0;
}

/* cards */

struct drafting {
	struct digest_run *run;
	const struct profile_row *row;
	struct arena *arena;
	struct digest_card *cards; /* every one there could be, best first */
	struct str *dossiers;      /* of each */
	size_t n_cards;
	struct digest_told *told;
	size_t n_told;
};

struct found_receipt {
	struct arena *arena;
	struct receipt *receipt; /* NULL: none */
};

static int keep_found(void *data, const struct receipt *receipt, int64_t first_matched UNUSED,
	struct error *err UNUSED)
{
	struct found_receipt *found = data;

	found->receipt = receipt_dup(receipt, found->arena);
	return 0;
}

/* "lundi 30 mars 2026 à 12:00": in Paris, and in the reader's zone where its clock differs. */
static void deadline_words(const struct drafting *d, const struct notice *notice,
	struct digest_card *card)
{
	const struct profile *profile = &d->row->profile;
	const char *language = profile->language.ptr;
	int64_t at = notice->deadline.at;

	card->deadline = card->deadline_reader = STR_NONE;
	if (at == TIME_NONE)
		return;
	card->deadline = unicode_date(UNICODE_MOMENT, language, PARIS, at, d->arena);
	if (unicode_zone_offset(profile->timezone, at) != paris_offset(at)) {
		card->deadline = arena_printf(d->arena, "%.*s (%s)", STR_ARG(card->deadline),
			str_eqz(profile->language, "en") ? "Paris time" : "heure de Paris");
		card->deadline_reader = arena_printf(d->arena, "%.*s (%.*s)",
			STR_ARG(unicode_date(UNICODE_MOMENT, language, profile->timezone, at, d->arena)),
			STR_ARG(profile->timezone));
	}
	card->working_days = working_days(paris_day(d->run->now), paris_day(at));
	card->too_late = card->working_days < profile->effort_days &&
			 notice->deadline.certainty != DEADLINE_UNCERTAIN;
}

static int buyer_address(const struct drafting *d, const struct notice *notice,
	struct digest_card *card, struct error *err)
{
	struct str email = STR_NONE;
	bool is_closed = false;
	int r;

	card->reply_to = STR_NONE;
	if (notice->kind != NOTICE_REQUIREMENT)
		return 0;
	r = store_requirement_find(d->run->db, notice->id, d->arena, &email, &is_closed, err);
	if (r == 0)
		card->reply_to = email;
	return r < 0 ? r : 0;
}

static int add_card(struct drafting *d, const struct notice *notice, const struct receipt *receipt,
	struct str dossier, struct error *err)
{
	struct digest_card *card = &d->cards[d->n_cards];

	*card = (struct digest_card){ .notice = notice, .receipt = receipt };
	card->deadline_before = card->published = STR_NONE;
	if (notice->published != DAY_NONE)
		card->published = unicode_date(UNICODE_DAY, d->row->profile.language.ptr, PARIS,
			(int64_t)notice->published * 86400 + 43200, d->arena);
	deadline_words(d, notice, card);
	d->dossiers[d->n_cards++] = dossier;
	return buyer_address(d, notice, card, err);
}

static bool in_this_one(const struct drafting *d, struct str dossier)
{
	for (size_t i = 0; i < d->n_cards; i++)
		if (str_eq(d->dossiers[i], dossier))
			return true;
	return false;
}

static void mark_told(struct drafting *d, const struct notice *notice, struct str dossier, bool shown)
{
	d->told[d->n_told++] = (struct digest_told){ notice->id, dossier, shown, notice->deadline.at };
}

static bool closed(const struct drafting *d, const struct notice *notice)
{
	return notice->deadline.at != TIME_NONE && notice->deadline.at <= d->run->now &&
	       notice->deadline.certainty != DEADLINE_UNCERTAIN;
}

static int find_receipt(struct drafting *d, struct str notice, const struct receipt **ret,
	struct error *err)
{
	struct match_filter pair = { d->row->profile.id, notice, TIME_NONE };
	struct found_receipt found = { d->arena, NULL };
	int r = store_match_each(d->run->db, &pair, keep_found, &found, err);

	*ret = found.receipt;
	return r < 0 ? r : 0;
}

/*
 * What became of a purchase that was shown: called off, corrected, or its deadline moved. One that was
 * over anyway, by what we had told, is no news.
 */
static int take_update(struct drafting *d, const struct digest_update *update, struct error *err)
{
	struct notice *notice = arena_new(d->arena, struct notice);
	const struct receipt *receipt;
	struct digest_card *card;
	int r = store_notice_find(d->run->db, update->notice, d->arena, notice, err);

	if (r != 0 || in_this_one(d, update->dossier))
		return r < 0 ? r : 0;
	if ((update->told_deadline != TIME_NONE && update->told_deadline <= d->run->now) ||
		(notice->kind != NOTICE_CANCELLATION && closed(d, notice)))
		return 0;
	r = find_receipt(d, update->notice, &receipt, err);
	if (r >= 0)
		r = add_card(d, notice, receipt, update->dossier, err);
	if (r < 0)
		return r;
	card = &d->cards[d->n_cards - 1];
	card->update = true;
	card->too_late = false;
	if (update->told_deadline != TIME_NONE && update->told_deadline != notice->deadline.at)
		card->deadline_before = unicode_date(UNICODE_MOMENT, d->row->profile.language.ptr, PARIS,
			update->told_deadline, d->arena);
	mark_told(d, notice, update->dossier, true);
	return 0;
}

/*
 * One purchase, one card: a twin from another publisher, or a notice of a purchase told before, counts
 * as told without being shown.
 */
static int take_candidate(struct drafting *d, const struct digest_candidate *candidate, struct error *err)
{
	struct notice *notice = arena_new(d->arena, struct notice);
	const struct receipt *receipt;
	int r = store_notice_find(d->run->db, candidate->notice, d->arena, notice, err);

	if (r == 0)
		r = find_receipt(d, candidate->notice, &receipt, err);
	if (r != 0 || receipt == NULL || closed(d, notice))
		return r < 0 ? r : 0;
	if (candidate->dossier_told || in_this_one(d, candidate->dossier)) {
		mark_told(d, notice, candidate->dossier, false);
		return 0;
	}
	return add_card(d, notice, receipt, candidate->dossier, err);
}

/*
 * As many cards as a digest holds: updates, then by score what can still be answered in time, then what
 * cannot. The rest that can be answered waits for the next digest.
 */
static void choose_cards(struct drafting *d, size_t n_updates, struct digest_page *page)
{
	size_t room = (size_t)d->run->settings->cards + n_updates;
	struct digest_card *chosen = arena_array(d->arena, struct digest_card, d->n_cards);

	for (int late = 0; late < 2; late++) {
		for (size_t i = 0; i < d->n_cards; i++) {
			if (d->cards[i].too_late != (late == 1))
				continue;
			if (page->n_cards == room) {
				page->n_more += late == 0;
				continue;
			}
			chosen[page->n_cards++] = d->cards[i];
			if (!d->cards[i].update)
				mark_told(d, d->cards[i].notice, d->dossiers[i], true);
		}
	}
	page->cards = chosen;
}

static struct str preferences(const struct digest_run *run, const struct profile *profile,
	struct arena *arena)
{
	return arena_printf(arena,
		str_eqz(profile->language, "en")
			? "To change your words, places or how often you are written to, write to %s."
			: "Pour changer vos mots-clés, vos lieux ou la fréquence, écrivez à %s.",
		run->settings->from);
}

static void fill_frame(struct digest_run *run, const struct profile_row *row,
	const struct digest_since *since, struct arena *arena, struct digest_page *page)
{
	const struct profile *profile = &row->profile;
	struct str zone = profile->timezone;
	const char *language = profile->language.ptr;

	page->profile = profile;
	page->rules = run->rules;
	page->day = unicode_date(UNICODE_DAY, language, zone, run->now, arena);
	page->day_long = unicode_date(UNICODE_WEEKDAY, language, zone, run->now, arena);
	page->compared = (size_t)since->compared;
	page->coverage = since->coverage;
	page->n_coverage = since->n;
	page->instance = str_of(run->settings->instance);
	page->unsubscribe_url = link_unsubscribe(&run->links, profile->id, arena);
	page->preferences_hint = preferences(run, profile, arena);
}

int digest_draft(struct digest_run *run, const struct profile_row *row, struct arena *arena,
	struct digest_draft *ret, struct error *err)
{
	struct drafting d = { .run = run, .row = row, .arena = arena };
	int64_t from = row->last_digest != TIME_NONE ? row->last_digest
						     : run->now - FIRST_DIGEST_DAYS * 86400;
	const struct digest_since *since;
	struct digest_candidate *candidates;
	struct digest_update *updates;
	size_t n, n_updates, n_update_cards;
	int r = store_digest_updates(run->db, row->profile.id, arena, &updates, &n_updates, err);

	if (r >= 0)
		r = store_digest_candidates(run->db, row->profile.id, arena, &candidates, &n, err);
	if (r >= 0)
		r = coverage_since(run, from, &since, err);
	if (r < 0)
		return r;
	d.cards = arena_array(arena, struct digest_card, n + n_updates);
	d.dossiers = arena_array(arena, struct str, n + n_updates);
	d.told = arena_array(arena, struct digest_told, n + n_updates);
	for (size_t i = 0; r >= 0 && i < n_updates && d.n_cards < DIGEST_CARDS_MAX; i++)
		r = take_update(&d, &updates[i], err);
	n_update_cards = d.n_cards;
	for (size_t i = 0; r >= 0 && i < n && i < CANDIDATES_MAX; i++)
		r = take_candidate(&d, &candidates[i], err);
	if (r < 0)
		return r;
	*ret = (struct digest_draft){ .told = d.told };
	choose_cards(&d, n_update_cards, &ret->page);
	ret->n_told = d.n_told;
	fill_frame(run, row, since, arena, &ret->page);
	return 0;
}

int digest_message(struct digest_run *run, const struct profile *profile,
	const struct digest_draft *draft, struct str message_id, struct arena *arena,
	struct digest_text *ret_text, struct str *ret_message, struct error *err)
{
	const struct digest_settings *s = run->settings;
	size_t at = str_rfind_char(str_of(s->from), '@');
	const char *unsubscribe = *s->unsubscribe != '\0' ? s->unsubscribe : s->from;
	struct mail mail = {
		.from_name = str_of(s->from_name),
		.from = str_of(s->from),
		.to = profile->email,
		.date = run->now,
		.date_offset_s = unicode_zone_offset(profile->timezone, run->now),
		.message_id = message_id,
		.list_name = str_of(s->instance),
		.unsubscribe_url = draft->page.unsubscribe_url,
		.language = profile->language,
	};
	int r = digest_render(&draft->page, arena, ret_text, err);

	if (r < 0)
		return r;
	mail.subject = ret_text->subject;
	mail.text = ret_text->text;
	mail.html = ret_text->html;
	mail.list_id = arena_printf(arena, "%s.digest.%s", cadence_name(profile->cadence),
		at == SIZE_MAX ? "localhost" : s->from + at + 1);
	mail.unsubscribe_mailto = arena_printf(arena, "%s?subject=unsubscribe%%20%.*s%%20%.*s", unsubscribe,
		STR_ARG(profile->id),
		STR_ARG(link_token(&run->links, LINK_UNSUBSCRIBE, (struct link_whom){ profile->id, STR_NONE },
			STR_NONE, arena)));
	return mail_compose(&mail, arena, ret_message, err);
}
