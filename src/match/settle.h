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
 * What is beside the trade counts only on top of what matches without it.
 */
size_t settle(const struct scoring *s, struct board *board, struct met *met, size_t n,
	points_t *ret_score);

/*
 * Once it is known what speaks against the match, points of `against`, below 0: if without what is beside the trade
 * it is none any more, that goes, too. Of what settle() kept and scored; returns how many are left.
 */
size_t settle_against(struct met *met, size_t n, points_t against, points_t *score);

/* Is it of a field that the profile is in, but not of its trade? */
bool met_beside(const struct met *met);

#endif
