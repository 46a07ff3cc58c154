/* What a purchase came to: who won, and when the contract will be over. */
#include "tender/dossier.h"

struct awards {
	struct dossier_award *at;
	size_t n, capacity;
};

static bool same_lot(struct str a, struct str b)
{
	return str_given(a) == str_given(b) && str_eq(a, b);
}

/* BOAMP and TED tell of the same award, and corrected results tell of it again: the newest counts. */
static void forget_lot(struct awards *awards, struct str lot, const struct notice *but)
{
	size_t n = 0;

	for (size_t i = 0; i < awards->n; i++)
		if (awards->at[i].result == but || !same_lot(awards->at[i].lot, lot))
			awards->at[n++] = awards->at[i];
	awards->n = n;
}

static const struct term *term_of_lot(const struct notice *notice, struct str lot)
{
	for (size_t i = 0; str_given(lot) && i < notice->n_lots; i++)
		if (str_eq(notice->lots[i].id, lot) && term_given(&notice->lots[i].term))
			return &notice->lots[i].term;
	if (notice->n_lots == 1 && term_given(&notice->lots[0].term))
		return &notice->lots[0].term;
	return term_given(&notice->term) ? &notice->term : NULL;
}

/* Results seldom say how long: the call did. */
static struct term find_term(const struct notice *notices, size_t i, struct str lot)
{
	for (size_t k = i + 1; k-- > 0;) {
		const struct term *term = term_of_lot(&notices[k], lot);

		if (term != NULL)
			return *term;
	}
	return (struct term)TERM_INIT;
}

static day_t begin_of(const struct notice *result, const struct award *award)
{
	if (award->concluded != DAY_NONE)
		return award->concluded;
	return award->decided != DAY_NONE ? award->decided : result->published;
}

static void add_award(struct awards *awards, const struct notice *notices, size_t i,
	const struct award *award, struct arena *arena)
{
	struct dossier_award *added;

	arena_grow(arena, awards->at, awards->n, &awards->capacity);
	added = &awards->at[awards->n++];
	*added = (struct dossier_award){
		.lot = award->lot,
		.result = &notices[i],
		.award = award,
		.from = begin_of(&notices[i], award),
		.term = find_term(notices, i, award->lot),
	};
	added->over = term_over(&added->term, added->from);
	added->over_renewed = term_over_renewed(&added->term, added->from);
}

void dossier_awards(const struct notice *notices, size_t n, struct arena *arena,
	struct dossier_award **ret, size_t *ret_n)
{
	struct awards awards = { NULL, 0, 0 };

	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < notices[i].n_awards; k++)
			forget_lot(&awards, notices[i].awards[k].lot, &notices[i]);
		for (size_t k = 0; k < notices[i].n_awards; k++)
			add_award(&awards, notices, i, &notices[i].awards[k], arena);
	}
	*ret = awards.at;
	*ret_n = awards.n;
}

struct renewal dossier_renewal(const struct dossier_award *awards, size_t n)
{
	struct renewal renewal = { DAY_NONE, DAY_NONE };

	for (size_t i = 0; i < n; i++) {
		const struct dossier_award *a = &awards[i];

		if (a->over == DAY_NONE || a->award->outcome == AWARD_NOT_GIVEN)
			continue;
		if (renewal.from == DAY_NONE || a->over - RENEWAL_LEAD_DAYS < renewal.from)
			renewal.from = a->over - RENEWAL_LEAD_DAYS;
		if (renewal.until == DAY_NONE || a->over_renewed > renewal.until)
			renewal.until = a->over_renewed;
	}
	return renewal;
}
