/* Purchases that were shown: what became of them, and their deadlines, of which the reader is reminded. */
#include "draft.h"

#include "gate/unicode.h"
#include "store/digest.h"

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
		(notice->kind != NOTICE_CANCELLATION && draft_closed(d, notice)))
		return 0;
	draft_told(d, profile, notice, update->dossier, true);
	if (draft_has_spoken(d, update->dossier))
		return 0;
	r = draft_receipt(d, profile, update->notice, &receipt, err);
	if (r >= 0)
		r = draft_card(d, notice, receipt, profile, &card, err);
	if (r >= 0 && str_given(update->told))
		r = shelf_notice(&d->run->shelf, d->run->db, update->told, &told, err);
	if (r < 0)
		return r;
	draft_speak(d, update->dossier);
	card->update = true;
	if (told != NULL && told != notice && notice->kind != NOTICE_CANCELLATION)
		draft_changes(d, card, told, notice);
	moved = update->told_deadline != TIME_NONE && notice->deadline.at != TIME_NONE &&
		update->told_deadline != notice->deadline.at;
	if (moved)
		card->deadline_before = draft_moment(d, update->told_deadline);
	return 0;
}

int draft_updates(struct drafting *d, size_t profile, struct error *err)
{
	struct digest_update *updates;
	size_t n;
	int r;

	if (!flagged(d->run->with_updates, d->run->n_with_updates, draft_profile(d, profile)->id))
		return 0;
	r = store_digest_updates(d->run->db, draft_profile(d, profile)->id, d->arena, &updates, &n, err);
	for (size_t i = 0; r >= 0 && i < n && d->n_cards < DIGEST_CARDS_MAX; i++)
		r = take_update(d, profile, &updates[i], err);
	return r < 0 ? r : 0;
}

/* reminders */

static int days_before(const struct drafting *d, int64_t at, int64_t deadline)
{
	struct str zone = draft_profile(d, 0)->timezone;
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
	size_t n = mailing_reminders(draft_profile(d, 0)->mailing.reminders, marks);

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
	if (r != 0 || draft_closed(d, notice))
		return r < 0 ? r : 0;
	arena_grow(d->arena, draft->recalled, draft->n_recalled, &draft->recalled_capacity);
	draft->recalled[draft->n_recalled++] =
		(struct digest_recalled){ profile, notice->id, due->deadline, mark };
	if (draft_has_spoken(d, due->dossier))
		return 0;
	r = draft_card(d, notice, NULL, profile, &card, err);
	if (r < 0)
		return r;
	draft_speak(d, due->dossier);
	card->reminder = days_before(d, d->run->now, due->deadline);
	if (card->reminder < 1)
		card->reminder = 1;
	return 0;
}

int draft_reminders(struct drafting *d, size_t profile, struct error *err)
{
	struct digest_due *due;
	size_t n;
	int r;

	if (!flagged(d->run->with_due, d->run->n_with_due, draft_profile(d, profile)->id))
		return 0;
	r = store_digest_due(d->run->db, draft_profile(d, profile)->id, d->run->now,
		d->run->now + (int64_t)(MAILING_REMINDER_DAYS_MAX + 1) * DAY_S, d->arena, &due, &n, err);
	for (size_t i = 0; r >= 0 && i < n && d->n_cards < 2 * DIGEST_CARDS_MAX; i++)
		r = take_reminder(d, profile, &due[i], err);
	return r < 0 ? r : 0;
}
