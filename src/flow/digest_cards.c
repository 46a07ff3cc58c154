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
#include <stdlib.h>

#include "draft.h"
#include "store/digest.h"

enum {
	CANDIDATES_MAX = 300, /* of one profile */
	BAND = 50,            /* tenths of a point */
	DAYS_FREE = 1000,     /* no deadline: nothing presses */
};

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

bool draft_has_spoken(const struct drafting *d, struct str dossier)
{
	for (size_t i = 0; i < d->n_spoken; i++)
		if (str_eq(d->spoken[i], dossier))
			return true;
	return false;
}

void draft_speak(struct drafting *d, struct str dossier)
{
	arena_grow(d->arena, d->spoken, d->n_spoken, &d->spoken_capacity);
	d->spoken[d->n_spoken++] = dossier;
}

void draft_told(struct drafting *d, size_t profile, const struct notice *notice, struct str dossier,
	bool shown)
{
	struct digest_draft *draft = d->draft;

	arena_grow(d->arena, draft->told, draft->n_told, &draft->told_capacity);
	draft->told[draft->n_told++] =
		(struct digest_told){ profile, notice->id, dossier, shown, notice->deadline.at };
}

bool draft_closed(const struct drafting *d, const struct notice *notice)
{
	return notice->deadline.at != TIME_NONE && notice->deadline.at <= d->run->now &&
	       notice->deadline.certainty != DEADLINE_UNCERTAIN;
}

/* what is new */

static int spare_days(const struct drafting *d, const struct notice *notice, size_t profile)
{
	if (notice->deadline.at == TIME_NONE || notice->deadline.certainty == DEADLINE_UNCERTAIN)
		return DAYS_FREE;
	return working_days(paris_day(d->run->now), paris_day(notice->deadline.at)) -
	       draft_profile(d, profile)->effort_days;
}

/* Was the purchase told to another profile of this reader? */
static int told_to_another(struct drafting *d, size_t profile, struct str dossier, bool *ret,
	struct error *err)
{
	int r = 0;

	*ret = false;
	for (size_t i = 0; r >= 0 && !*ret && i < d->reader->n; i++)
		if (i != profile)
			r = store_digest_told(d->run->db, draft_profile(d, i)->id, dossier, ret, err);
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
	if (told || draft_has_spoken(d, candidate->dossier)) {
		draft_told(d, profile, notice, candidate->dossier, false);
		return 0;
	}
	entry = find_entry(d, candidate->dossier);
	if (entry != NULL && (entry->notice != notice || entry->n_fits == d->reader->n)) {
		draft_told(d, profile, notice, candidate->dossier, false);
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
	int r = store_digest_candidates(d->run->db, draft_profile(d, profile)->id, d->run->now,
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
	int r = draft_receipt(d, entry->fits[0].profile, entry->notice->id, &receipt, err);

	if (r < 0 || receipt == NULL)
		return r;
	r = draft_card(d, entry->notice, receipt, entry->fits[0].profile, &card, err);
	if (r >= 0)
		r = draft_earlier_changes(d, card, entry->dossier, err);
	if (r < 0)
		return r;
	card->too_late = entry->spare < 0;
	also = arena_array(d->arena, struct digest_also, entry->n_fits);
	for (size_t i = 0; i < entry->n_fits; i++) {
		also[i] = (struct digest_also){ draft_profile(d, entry->fits[i].profile)->name,
			entry->fits[i].candidate->score };
		draft_told(d, entry->fits[i].profile, entry->notice, entry->dossier, true);
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
		r = draft_updates(&d, i, err);
	for (size_t i = 0; r >= 0 && i < reader->n; i++)
		r = draft_reminders(&d, i, err);
	for (size_t i = 0; r >= 0 && i < reader->n; i++)
		r = take_candidates(&d, i, err);
	if (r >= 0)
		r = show_entries(&d, err);
	draft->page.cards = d.cards;
	draft->page.n_cards = d.n_cards;
	draft->whose = d.whose;
	return r;
}
