/*
 * What is told to one reader, who may follow purchases with several profiles:
 *
 *	1. what became of purchases that were shown: called off, corrected, their deadline moved
 *	2. deadlines of purchases that were shown, as long before as the reader wants to be reminded
 *	3. what is new: one card a purchase, with every profile that it fits
 *	4. what is new but too late for who would have to answer
 *
 * In 3 and 4 by score in bands of five points; within a band who has the fewest days to spare comes
 * first, then what was published last. A profile's days to spare are the working days left less those
 * it says it needs.
 */
#include <limits.h>
#include <stdlib.h>

#include "digest_page.h"
#include "flow/card.h"
#include "gate/unicode.h"
#include "store/code.h"
#include "store/digest.h"
#include "store/match.h"
#include "store/notice.h"
#include "tender/dossier.h"

enum {
	CANDIDATES_MAX = 300, /* of one profile */
	CHANGES_MAX = 6,      /* on one card */
	BAND = 50,            /* tenths of a point */
	DAYS_FREE = 1000,     /* no deadline: nothing presses */
	DAY_S = 86400,
};

static const struct str PARIS = { "Europe/Paris", 12 };

/* A profile that a notice fits. */
struct fit {
	size_t profile; /* of the reader */
	const struct digest_candidate *candidate;
};

/* A purchase that is new to the reader. */
struct entry {
	const struct notice *notice;
	struct str dossier;
	struct fit *fits; /* best first */
	size_t n_fits;
	int spare;        /* working days left less those needed */
};

struct drafting {
	struct digest_run *run;
	const struct digest_reader *reader;
	struct arena *arena;
	struct digest_draft *draft;
	struct entry *entries;
	size_t n_entries, entries_capacity;
	struct digest_card *cards;
	size_t *whose;      /* of each */
	size_t n_cards;
	struct str *spoken; /* dossiers that a card speaks of already */
	size_t n_spoken, spoken_capacity;
};

static const struct profile *profile_of(const struct drafting *d, size_t i)
{
	return &d->reader->rows[i]->profile;
}

static const char *language(const struct drafting *d)
{
	return profile_of(d, 0)->language.ptr;
}

static bool has_spoken(const struct drafting *d, struct str dossier)
{
	for (size_t i = 0; i < d->n_spoken; i++)
		if (str_eq(d->spoken[i], dossier))
			return true;
	return false;
}

static void speak(struct drafting *d, struct str dossier)
{
	arena_grow(d->arena, d->spoken, d->n_spoken, &d->spoken_capacity);
	d->spoken[d->n_spoken++] = dossier;
}

static void mark_told(struct drafting *d, size_t profile, const struct notice *notice, struct str dossier,
	bool shown)
{
	struct digest_draft *draft = d->draft;

	arena_grow(d->arena, draft->told, draft->n_told, &draft->told_capacity);
	draft->told[draft->n_told++] =
		(struct digest_told){ profile, notice->id, dossier, shown, notice->deadline.at };
}

static bool closed(const struct drafting *d, const struct notice *notice)
{
	return notice->deadline.at != TIME_NONE && notice->deadline.at <= d->run->now &&
	       notice->deadline.certainty != DEADLINE_UNCERTAIN;
}

/* words */

static struct str moment(const struct drafting *d, int64_t at)
{
	return unicode_date(UNICODE_MOMENT, language(d), PARIS, at, d->arena);
}

static int spare_days(const struct drafting *d, const struct notice *notice, size_t profile)
{
	if (notice->deadline.at == TIME_NONE || notice->deadline.certainty == DEADLINE_UNCERTAIN)
		return DAYS_FREE;
	return working_days(paris_day(d->run->now), paris_day(notice->deadline.at)) -
	       profile_of(d, profile)->effort_days;
}

static int buyer_address(const struct drafting *d, const struct notice *notice,
	struct digest_card *card, struct error *err)
{
	struct str email = STR_NONE;
	bool is_closed = false;
	int r;

	if (notice->kind != NOTICE_REQUIREMENT)
		return 0;
	r = store_requirement_find(d->run->db, notice->id, d->arena, &email, &is_closed, err);
	if (r == 0)
		card->reply_to = email;
	return r < 0 ? r : 0;
}

static void set_links(const struct drafting *d, size_t profile, struct digest_card *card)
{
	const struct profile *p = profile_of(d, profile);
	const struct link_whom whom = { p->id, p->email };
	struct str notice = card->notice->id;

	card->links.explain = link_card(&d->run->links, whom, notice, LINK_CARD_EXPLAIN, d->arena);
	card->links.relevant = link_card(&d->run->links, whom, notice, LINK_CARD_RELEVANT, d->arena);
	card->links.not_relevant = link_card(&d->run->links, whom, notice, LINK_CARD_NOT_RELEVANT, d->arena);
}

static const struct lot *lot_of(const struct notice *notice, struct str id)
{
	for (size_t i = 0; str_given(id) && i < notice->n_lots; i++)
		if (str_eq(notice->lots[i].id, id))
			return &notice->lots[i];
	return NULL;
}

/* The word for the first CPV code that gave points, from the code lists or the divisions. */
static int code_label(const struct drafting *d, struct digest_card *card, struct error *err)
{
	const struct receipt *receipt = card->receipt;

	for (size_t i = 0; receipt != NULL && i < receipt->n_reasons; i++) {
		int r;

		if (!str_eqz(receipt->reasons[i].field, "cpv"))
			continue;
		r = store_code_find(d->run->db, STR("cpv"), receipt->reasons[i].text,
			profile_of(d, 0)->language, d->arena, &card->code_label, err);
		return r < 0 ? r : 0;
	}
	return 0;
}

/* A card with everything that follows from the notice, its receipt and for whom it is. */
static int make_card(struct drafting *d, const struct notice *notice, const struct receipt *receipt,
	size_t profile, struct digest_card **ret, struct error *err)
{
	struct digest_card *card = &d->cards[d->n_cards];
	int r;

	*card = (struct digest_card){ .notice = notice, .receipt = receipt };
	if (notice->published != DAY_NONE)
		card->published = unicode_date(UNICODE_DAY, language(d), PARIS,
			(int64_t)notice->published * DAY_S + DAY_S / 2, d->arena);
	card_deadline_words(profile_of(d, 0), d->run->now, d->arena, card);
	set_links(d, profile, card);
	card->innovation = innovation_of(notice, receipt != NULL ? lot_of(notice, receipt->lot) : NULL,
		paris_day(d->run->now));
	r = code_label(d, card, err);
	if (r >= 0)
		r = buyer_address(d, notice, card, err);
	if (r < 0)
		return r;
	d->whose[d->n_cards++] = profile;
	*ret = card;
	return 0;
}

/* receipts */

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

int digest_receipt(struct db *db, struct str profile, struct str notice, struct arena *arena,
	const struct receipt **ret, struct error *err)
{
	struct match_filter pair = { profile, notice, TIME_NONE };
	struct found_receipt found = { arena, NULL };
	int r = store_match_each(db, &pair, keep_found, &found, err);

	*ret = found.receipt;
	return r < 0 ? r : 0;
}

static int find_receipt(struct drafting *d, size_t profile, struct str notice,
	const struct receipt **ret, struct error *err)
{
	return digest_receipt(d->run->db, profile_of(d, profile)->id, notice, d->arena, ret, err);
}

/* changes */

struct changing {
	struct drafting *d;
	struct digest_change *at;
	size_t n;
};

/* A deadline of a difference, "2026-12-15T12:00:00+01:00", as people read it. */
static struct str deadline_text(const struct drafting *d, struct str text)
{
	int64_t at = str_given(text) ? time_parse(text) : TIME_NONE;

	return at != TIME_NONE ? moment(d, at) : text;
}

/* The deadline of the whole has its own place on the card. */
static void add_changes(struct changing *c, const struct notice *before, const struct notice *after)
{
	struct differences differences;

	dossier_compare(before, after, c->d->arena, &differences);
	for (size_t i = 0; i < differences.n && c->n < CHANGES_MAX; i++) {
		const struct difference *x = &differences.at[i];
		bool deadline = str_eqz(STR("deadline"), x->field);

		if (!x->material || str_eqz(STR("cancelled"), x->field) ||
			(deadline && !str_given(x->lot)))
			continue;
		c->at[c->n++] = (struct digest_change){
			.field = x->field,
			.lot = x->lot,
			.before = deadline ? deadline_text(c->d, x->before) : x->before,
			.after = deadline ? deadline_text(c->d, x->after) : x->after,
		};
	}
}

static void set_changes(struct drafting *d, struct digest_card *card, const struct notice *before,
	const struct notice *after)
{
	struct changing c = { d, arena_array(d->arena, struct digest_change, CHANGES_MAX), card->n_changes };

	for (size_t i = 0; i < card->n_changes; i++)
		c.at[i] = card->changes[i];
	add_changes(&c, before, after);
	card->changes = c.at;
	card->n_changes = c.n;
}

/*
 * A purchase that was corrected before anybody was told of it: the card shows it as it is now, and says
 * what was otherwise before.
 */
static int earlier_changes(struct drafting *d, struct digest_card *card, struct str key, struct error *err)
{
	const struct notice *shown = card->notice;
	const struct shelf_dossier *dossier;
	int r;

	if (!str_given(key))
		return 0;
	r = shelf_dossier(&d->run->shelf, d->run->db, key, &dossier, err);
	for (size_t i = 0; r >= 0 && i < dossier->n; i++) {
		const struct notice *notice = &dossier->notices[i];
		size_t before = dossier_before(dossier->notices, i);

		if (notice->kind != NOTICE_CHANGE || before == SIZE_MAX || notice->published < shown->published)
			continue;
		set_changes(d, card, &dossier->notices[before], notice);
		if (dossier->notices[before].deadline.at != TIME_NONE && notice->deadline.at != TIME_NONE &&
			dossier->notices[before].deadline.at != notice->deadline.at &&
			notice->deadline.at == shown->deadline.at)
			card->deadline_before = moment(d, dossier->notices[before].deadline.at);
	}
	return r < 0 ? r : 0;
}

/* updates */

static bool flagged(const struct str *ids, size_t n, struct str id)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = str_cmp(ids[middle], id);

		if (order == 0)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/* One that was over anyway, by what we had told, is no news. */
static int take_update(struct drafting *d, size_t profile, const struct digest_update *update,
	struct error *err)
{
	const struct notice *notice, *told = NULL;
	const struct receipt *receipt;
	struct digest_card *card;
	bool moved;
	int r = shelf_notice(&d->run->shelf, d->run->db, update->notice, &notice, err);

	if (r != 0)
		return r < 0 ? r : 0;
	if ((update->told_deadline != TIME_NONE && update->told_deadline <= d->run->now) ||
		(notice->kind != NOTICE_CANCELLATION && closed(d, notice)))
		return 0;
	mark_told(d, profile, notice, update->dossier, true);
	if (has_spoken(d, update->dossier))
		return 0;
	r = find_receipt(d, profile, update->notice, &receipt, err);
	if (r >= 0)
		r = make_card(d, notice, receipt, profile, &card, err);
	if (r >= 0 && str_given(update->told))
		r = shelf_notice(&d->run->shelf, d->run->db, update->told, &told, err);
	if (r < 0)
		return r;
	speak(d, update->dossier);
	card->update = true;
	if (told != NULL && told != notice && notice->kind != NOTICE_CANCELLATION)
		set_changes(d, card, told, notice);
	moved = update->told_deadline != TIME_NONE && notice->deadline.at != TIME_NONE &&
		update->told_deadline != notice->deadline.at;
	if (moved)
		card->deadline_before = moment(d, update->told_deadline);
	return 0;
}

static int take_updates(struct drafting *d, size_t profile, struct error *err)
{
	struct digest_update *updates;
	size_t n;
	int r;

	if (!flagged(d->run->with_updates, d->run->n_with_updates, profile_of(d, profile)->id))
		return 0;
	r = store_digest_updates(d->run->db, profile_of(d, profile)->id, d->arena, &updates, &n, err);
	for (size_t i = 0; r >= 0 && i < n && d->n_cards < DIGEST_CARDS_MAX; i++)
		r = take_update(d, profile, &updates[i], err);
	return r < 0 ? r : 0;
}

/* reminders */

static int days_before(const struct drafting *d, int64_t at, int64_t deadline)
{
	struct str zone = profile_of(d, 0)->timezone;
	struct civil from = civil_from_utc(at + unicode_zone_offset(zone, at));
	struct civil to = civil_from_utc(deadline + unicode_zone_offset(zone, deadline));

	return day_from_civil(to.year, to.month, to.day) - day_from_civil(from.year, from.month, from.day);
}

/*
 * The mark that was reached since the purchase was told and since the last reminder; 0: none. One that
 * was told with fewer days left than the mark needs no reminder of it.
 */
static int mark_reached(const struct drafting *d, const struct digest_due *due)
{
	int marks[MAILING_REMINDERS_MAX], left = days_before(d, d->run->now, due->deadline);
	int when_told = days_before(d, due->told, due->deadline), reached = 0;
	size_t n = mailing_reminders(profile_of(d, 0)->mailing.reminders, marks);

	for (size_t i = 0; i < n; i++)
		if (left <= marks[i] && when_told > marks[i] && due->reminded > marks[i])
			reached = marks[i];
	return reached;
}

static int take_reminder(struct drafting *d, size_t profile, const struct digest_due *due,
	struct error *err)
{
	struct digest_draft *draft = d->draft;
	int mark = mark_reached(d, due), r;
	const struct notice *notice;
	struct digest_card *card;

	if (mark == 0)
		return 0;
	r = shelf_notice(&d->run->shelf, d->run->db, due->notice, &notice, err);
	if (r != 0 || closed(d, notice))
		return r < 0 ? r : 0;
	arena_grow(d->arena, draft->recalled, draft->n_recalled, &draft->recalled_capacity);
	draft->recalled[draft->n_recalled++] =
		(struct digest_recalled){ profile, notice->id, due->deadline, mark };
	if (has_spoken(d, due->dossier))
		return 0;
	r = make_card(d, notice, NULL, profile, &card, err);
	if (r < 0)
		return r;
	speak(d, due->dossier);
	card->reminder = days_before(d, d->run->now, due->deadline);
	if (card->reminder < 1)
		card->reminder = 1;
	return 0;
}

static int take_reminders(struct drafting *d, size_t profile, struct error *err)
{
	struct digest_due *due;
	size_t n;
	int r;

	if (!flagged(d->run->with_due, d->run->n_with_due, profile_of(d, profile)->id))
		return 0;
	r = store_digest_due(d->run->db, profile_of(d, profile)->id, d->run->now,
		d->run->now + (int64_t)(MAILING_REMINDER_DAYS_MAX + 1) * DAY_S, d->arena, &due, &n, err);
	for (size_t i = 0; r >= 0 && i < n && d->n_cards < 2 * DIGEST_CARDS_MAX; i++)
		r = take_reminder(d, profile, &due[i], err);
	return r < 0 ? r : 0;
}

/* what is new */

/* Was the purchase told to another profile of this reader? */
static int told_to_another(struct drafting *d, size_t profile, struct str dossier, bool *ret,
	struct error *err)
{
	int r = 0;

	*ret = false;
	for (size_t i = 0; r >= 0 && !*ret && i < d->reader->n; i++)
		if (i != profile)
			r = store_digest_told(d->run->db, profile_of(d, i)->id, dossier, ret, err);
	return r;
}

static struct entry *find_entry(struct drafting *d, struct str dossier)
{
	for (size_t i = 0; i < d->n_entries; i++)
		if (str_eq(d->entries[i].dossier, dossier))
			return &d->entries[i];
	return NULL;
}

static void add_fit(struct drafting *d, struct entry *entry, size_t profile,
	const struct digest_candidate *candidate)
{
	size_t i = entry->n_fits++;

	while (i > 0 && entry->fits[i - 1].candidate->score < candidate->score) {
		entry->fits[i] = entry->fits[i - 1];
		i--;
	}
	entry->fits[i] = (struct fit){ profile, candidate };
	entry->spare = spare_days(d, entry->notice, entry->fits[0].profile);
}

/*
 * One purchase, one card: a twin from another publisher, or a notice of a purchase told before, counts
 * as told without being shown.
 */
static int take_candidate(struct drafting *d, size_t profile, const struct digest_candidate *candidate,
	struct error *err)
{
	const struct notice *notice;
	struct entry *entry;
	bool told = candidate->dossier_told;
	int r = shelf_notice(&d->run->shelf, d->run->db, candidate->notice, &notice, err);

	if (r != 0)
		return r < 0 ? r : 0;
	if (!told && d->reader->n > 1)
		r = told_to_another(d, profile, candidate->dossier, &told, err);
	if (r < 0)
		return r;
	if (told || has_spoken(d, candidate->dossier)) {
		mark_told(d, profile, notice, candidate->dossier, false);
		return 0;
	}
	entry = find_entry(d, candidate->dossier);
	if (entry != NULL && (entry->notice != notice || entry->n_fits == d->reader->n)) {
		mark_told(d, profile, notice, candidate->dossier, false);
		return 0;
	}
	if (entry == NULL) {
		arena_grow(d->arena, d->entries, d->n_entries, &d->entries_capacity);
		entry = &d->entries[d->n_entries++];
		*entry = (struct entry){ .notice = notice, .dossier = candidate->dossier };
		entry->fits = arena_array(d->arena, struct fit, d->reader->n);
	}
	add_fit(d, entry, profile, candidate);
	return 0;
}

static int take_candidates(struct drafting *d, size_t profile, struct error *err)
{
	struct digest_candidate *candidates;
	size_t n;
	int r = store_digest_candidates(d->run->db, profile_of(d, profile)->id, d->run->now,
		d->run->known, CANDIDATES_MAX, d->arena, &candidates, &n, err);

	for (size_t i = 0; r >= 0 && i < n; i++)
		r = take_candidate(d, profile, &candidates[i], err);
	return r < 0 ? r : 0;
}

static int by_rank(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	points_t score_x = x->fits[0].candidate->score, score_y = y->fits[0].candidate->score;

	if ((x->spare < 0) != (y->spare < 0))
		return x->spare < 0 ? 1 : -1;
	if (score_x / BAND != score_y / BAND)
		return score_x > score_y ? -1 : 1;
	if (x->spare != y->spare)
		return x->spare < y->spare ? -1 : 1;
	if (x->notice->published != y->notice->published)
		return x->notice->published > y->notice->published ? -1 : 1;
	if (score_x != score_y)
		return score_x > score_y ? -1 : 1;
	return str_cmp(x->notice->id, y->notice->id);
}

static int show_entry(struct drafting *d, const struct entry *entry, struct error *err)
{
	const struct receipt *receipt;
	struct digest_card *card;
	struct digest_also *also;
	int r = find_receipt(d, entry->fits[0].profile, entry->notice->id, &receipt, err);

	if (r < 0 || receipt == NULL)
		return r;
	r = make_card(d, entry->notice, receipt, entry->fits[0].profile, &card, err);
	if (r >= 0)
		r = earlier_changes(d, card, entry->dossier, err);
	if (r < 0)
		return r;
	card->too_late = entry->spare < 0;
	also = arena_array(d->arena, struct digest_also, entry->n_fits);
	for (size_t i = 0; i < entry->n_fits; i++) {
		also[i] = (struct digest_also){ profile_of(d, entry->fits[i].profile)->name,
			entry->fits[i].candidate->score };
		mark_told(d, entry->fits[i].profile, entry->notice, entry->dossier, true);
	}
	if (d->reader->n > 1) {
		card->also = also;
		card->n_also = entry->n_fits;
	}
	return 0;
}

/* As many as a digest holds. The rest that can be answered waits for the next digest. */
static int show_entries(struct drafting *d, struct error *err)
{
	size_t room = (size_t)d->run->settings->cards;
	int r = 0;

	if (d->n_entries > 0)
		qsort(d->entries, d->n_entries, sizeof(d->entries[0]), by_rank);
	for (size_t i = 0; r >= 0 && i < d->n_entries; i++) {
		if (room == 0) {
			d->draft->page.n_more += d->entries[i].spare >= 0;
			continue;
		}
		room--;
		r = show_entry(d, &d->entries[i], err);
	}
	return r < 0 ? r : 0;
}

int digest_cards(struct digest_run *run, const struct digest_reader *reader, struct arena *arena,
	struct digest_draft *draft, struct error *err)
{
	struct drafting d = { .run = run, .reader = reader, .arena = arena, .draft = draft };
	int r = 0;

	d.cards = arena_array(arena, struct digest_card, 3 * DIGEST_CARDS_MAX + 1);
	d.whose = arena_array(arena, size_t, 3 * DIGEST_CARDS_MAX + 1);
	for (size_t i = 0; r >= 0 && i < reader->n; i++)
		r = take_updates(&d, i, err);
	for (size_t i = 0; r >= 0 && i < reader->n; i++)
		r = take_reminders(&d, i, err);
	for (size_t i = 0; r >= 0 && i < reader->n; i++)
		r = take_candidates(&d, i, err);
	if (r >= 0)
		r = show_entries(&d, err);
	draft->page.cards = d.cards;
	draft->page.n_cards = d.n_cards;
	draft->whose = d.whose;
	return r;
}
