/*
 * How a profile that would match stands to the notice as a whole: codes and subjects of other trades, a lone sign amid
 * words that are none of its own, a title that speaks in them. Asked last, of few, since it looks at what is far away.
 */
#ifndef MATCH_STANDING_H
#define MATCH_STANDING_H

#include "against.h"
#include "score.h"

/* What speaks against it of all that board->best[0, n) met. */
enum against standing_against(
	struct scoring *s, const struct board *board, const struct hopeful *hopeful, size_t n);

/*
 * Of what matches, the more the nearer the title is to what the profile says of itself: it is nobody's first sign, but
 * tells cards of one trade from those that merely mention it. Returns how many reasons it has put into *ret, one or
 * none; their points are added to *score.
 */
size_t standing_own_title(struct scoring *s, uint32_t profile, struct reason *ret, points_t *score);

#endif
