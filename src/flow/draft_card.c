/* One card: its words and links, its receipt, and what was otherwise before. */
#include "draft.h"

#include "flow/card.h"
#include "gate/unicode.h"
#include "store/code.h"
#include "store/match.h"
#include "store/notice.h"
#include "tender/dossier.h"

enum { CHANGES_MAX = 6 /* on one card */ };

static const struct str PARIS = { "Europe/Paris", 12 };

struct str draft_moment(const struct drafting *d, int64_t at)
{
	return unicode_date(UNICODE_MOMENT, draft_profile(d, 0)->language.ptr, PARIS, at, d->arena);
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
	const struct profile *p = draft_profile(d, profile);
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
			draft_profile(d, 0)->language, d->arena, &card->code_label, err);
		return r < 0 ? r : 0;
	}
	return 0;
}

int draft_card(struct drafting *d, const struct notice *notice, const struct receipt *receipt,
	size_t profile, struct digest_card **ret, struct error *err)
{
	struct digest_card *card = &d->cards[d->n_cards];
	int r;

	*card = (struct digest_card){ .notice = notice, .receipt = receipt };
	if (notice->published != DAY_NONE)
		card->published = unicode_date(UNICODE_DAY, draft_profile(d, 0)->language.ptr, PARIS,
			(int64_t)notice->published * DAY_S + DAY_S / 2, d->arena);
	card_deadline_words(draft_profile(d, 0), d->run->now, d->arena, card);
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

int draft_receipt(struct drafting *d, size_t profile, struct str notice,
	const struct receipt **ret, struct error *err)
{
	return digest_receipt(d->run->db, draft_profile(d, profile)->id, notice, d->arena, ret, err);
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

	return at != TIME_NONE ? draft_moment(d, at) : text;
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

void draft_changes(struct drafting *d, struct digest_card *card, const struct notice *before,
	const struct notice *after)
{
	struct changing c = { d, arena_array(d->arena, struct digest_change, CHANGES_MAX), card->n_changes };

	for (size_t i = 0; i < card->n_changes; i++)
		c.at[i] = card->changes[i];
	add_changes(&c, before, after);
	card->changes = c.at;
	card->n_changes = c.n;
}

int draft_earlier_changes(struct drafting *d, struct digest_card *card, struct str key, struct error *err)
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
		draft_changes(d, card, &dossier->notices[before], notice);
		if (dossier->notices[before].deadline.at != TIME_NONE && notice->deadline.at != TIME_NONE &&
			dossier->notices[before].deadline.at != notice->deadline.at &&
			notice->deadline.at == shown->deadline.at)
			card->deadline_before = draft_moment(d, dossier->notices[before].deadline.at);
	}
	return r < 0 ? r : 0;
}
