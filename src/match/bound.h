/* What the hits that were found can give a profile at most, before any rule is tried. */
#ifndef MATCH_BOUND_H
#define MATCH_BOUND_H

#include "reader.h"

struct bound;

/*
 * For matchers of one profile, that hears of no rule which asks for others; NULL: this one is not such.
 * The matcher must outlive it.
 */
struct bound *bound_new(const struct matcher *matcher);
void *bound_free(struct bound *bound);

/*
 * Of the hits in titles, subjects and codes, and in its descriptions and criteria. Best of all lots: a match
 * is made in the notice and one of these. `body`: NULL, or points that stand for all of the body's hits,
 * which were not scanned.
 */
points_t bound_of_hits(struct bound *bound, const struct scan *scan, const points_t *body);

/* What a wish gives at most: in a title or as a subject. */
points_t bound_of_wish(const struct profile_posting *posting);
/* What the body of a notice gives at most, by the points of its hits and how many are signs (settle.c). */
points_t bound_of_body(points_t points, int32_t signs);

/* The most the rules of a field of activity may give one match; BOUND_NONE: there is no such. */
#define BOUND_NONE INT32_MAX
points_t bound_of_field(const struct rules *rules, size_t field);

#endif
