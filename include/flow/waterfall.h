/*
 * The stress test of a buyer's requirement: how many start-ups could answer, and how many each of its clauses
 * costs. Clauses are taken one after the other, in the order below; what a clause costs alone is whom nothing
 * else keeps away.
 */
#ifndef FLOW_WATERFALL_H
#define FLOW_WATERFALL_H

#include "flow/bench.h"

enum waterfall_clause_kind {
	CLAUSE_WORDS,  /* title, description, lots, CPV codes: the score, and exclusions */
	CLAUSE_NATURE,
	CLAUSE_PLACE,
	CLAUSE_AMOUNT,
	/* Fewer working days are left than the start-up says it needs. It is told all the same, as too late for it. */
	CLAUSE_TIME,
	CLAUSES
};
const char *waterfall_clause_name(enum waterfall_clause_kind kind); /* "words", "nature", … */

struct waterfall_clause {
	size_t left;    /* after this clause and those before it */
	size_t removed; /* of those that were left before it */
	const struct profile **alone; /* nothing but this clause keeps them away; none for the words */
	size_t n_alone;
};
struct waterfall_region {
	const char *nuts, *name;
	size_t n; /* start-ups that work there, whatever place the requirement names; time is not asked */
};
enum { WATERFALL_REGIONS = 18 };
struct waterfall {
	size_t startups;
	struct waterfall_clause clauses[CLAUSES];
	int working_days; /* left until the deadline; -1: passed; INT_MAX: none is said */
	size_t everywhere; /* those that work all over France; counted in each region too */
	struct waterfall_region regions[WATERFALL_REGIONS];
};
/* Everything in `arena`, profiles the bench's. 0, or MATCHER_OVERSPENT as by matcher_run(). */
int waterfall_make(const struct bench *bench, const struct notice *notice, int64_t now, struct arena *arena,
	struct waterfall *ret, struct error *err) MUST_CHECK;

#endif
