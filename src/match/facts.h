/* Conditions of rules on what a notice states apart from its words: codes, nature, amount, dates … */
#ifndef MATCH_FACTS_H
#define MATCH_FACTS_H

#include "scan.h"
#include "tender/buyer.h"

/* What is worked out once a notice, when some rule asks. */
struct facts {
	const struct notice *notice;
	bool buyer_known;
	enum buyer_kind buyer;
};

/* Does a line on a fact hold for the notice (scope 0), or for a lot where it has its own value? */
bool fact_holds(struct facts *facts, const struct rule_line *line, uint32_t scope);

/*
 * A line on CPV codes `within` some steps: the first code of the notice or of the lot that is near
 * enough, as a hit; false when there is none.
 */
bool cpv_within(const struct notice *notice, const struct rule_line *line, uint32_t scope,
	struct hit *ret);
/* What every code must be below that is within `within` steps of the branch. */
struct str cpv_within_root(struct str branch, unsigned within);

/* The notice's list holds the codes of its lots too: those speak for their lot alone, but for the main one. */
bool cpv_in_scope(const struct notice *notice, size_t code, uint32_t scope);

#endif
