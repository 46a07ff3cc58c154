/* What the hits that were found can give a profile at most, before any rule is tried. */
#ifndef MATCH_BOUND_H
#define MATCH_BOUND_H

#include "ears.h"
#include "reader.h"

struct bound;

enum { BOUND_PROFILES_MAX = EARS_MAX };

/*
 * For few profiles, those marked (NULL: all), that hear of no rule which asks for others; NULL: these are not
 * such. The matcher must outlive it.
 */
struct bound *bound_new(const struct matcher *matcher, const bool *profiles);
void *bound_free(struct bound *bound);

/*
 * To be asked of each notice first: false: no profile's gates let it pass that can make a match there. `most`: NULL, or
 * the most that each of them can get there, as a selection tells it.
 */
bool bound_gates(struct bound *bound, const struct notice *notice, bool no_gates, const uint8_t *most);
/* Who those are, as bits by number among its profiles; the numbers of these in the matcher. */
unsigned bound_open(const struct bound *bound);
size_t bound_profiles(const struct bound *bound, uint32_t ret[BOUND_PROFILES_MAX]);

/*
 * Can some profile whose gates let it pass reach what a match there takes, codes of other divisions speaking
 * against it? By the hits in titles, subjects and codes, and in its descriptions and criteria, in the best of all
 * lots: a match is made in the notice and one of these. `body`: NULL, or for each profile points that stand for all of
 * the body's hits, which were not scanned.
 */
bool bound_reached(struct bound *bound, const struct scan *scan, const uint8_t *body);

/* What a rule gives the profile at most towards a match: what is beside its trade makes none (settle.c). */
points_t bound_of_rule(const struct matcher_view *m, uint32_t rule, uint32_t profile);
/* Is it of anybody's trade? */
bool bound_told(const struct rule_shares *told);
/* What a wish gives at most: in a title or as a subject. */
points_t bound_of_wish(const struct profile_posting *posting);
/* What the body of a notice gives at most, by the points of its hits and how many are signs (settle.c). */
points_t bound_of_body(points_t points, int32_t signs);

/* The most the rules of a field of activity may give one match; BOUND_NONE: there is no such. */
#define BOUND_NONE INT32_MAX
points_t bound_of_field(const struct rules *rules, size_t field);

#endif
