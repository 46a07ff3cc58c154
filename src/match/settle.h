/* What counts of everything that a profile meets in one scope. */
#ifndef MATCH_SETTLE_H
#define MATCH_SETTLE_H

#include "score.h"

/* A wish that is met in the scope at hand. */
struct met {
	const struct contribution *contribution;
	const struct hit *hit;
	points_t points;
};

/*
 * Keeps what counts of met[0, n), most points first, with the points that are given for it. Returns how
 * many are kept; *ret_score: their sum. The order does not depend on which other profiles there are.
 */
size_t settle(const struct scoring *s, struct board *board, struct met *met, size_t n,
	points_t *ret_score);

#endif
