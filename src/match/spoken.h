/*
 * What rules say of the own words of some profiles, kept so that a rule that changes need not be tried on
 * everybody: by rule, of whom it speaks; and by profile, what all of it comes to in each field of activity.
 */
#ifndef MATCH_SPOKEN_H
#define MATCH_SPOKEN_H

#include "hears.h"

struct spoken_of {
	uint32_t profile;
	points_t points;
	int16_t percent; /* what the rule counts where its field is heard of */
};
struct spoken_by {
	struct spoken_of *at; /* in order of profile */
	size_t n, capacity;
};
struct spoken {
	size_t n_profiles, n_rules, n_fields;
	struct spoken_by *rules; /* by rule */
	points_t *points;        /* by profile, then field */
	bool *named;             /* the same: the profile names the field */
};
struct spoken *spoken_new(const struct rules *rules, const struct profile *const *profiles, size_t n);
void *spoken_free(struct spoken *spoken);

/* Profiles come in their order. */
void spoken_add(struct spoken *spoken, const struct rules *rules, uint32_t profile, const struct speech *speech);

/* Takes `by` in the place of what the rule of that field says. */
void spoken_replace(struct spoken *spoken, uint32_t rule, size_t field, struct spoken_by by);

static inline size_t spoken_place(const struct spoken *spoken, uint32_t profile, size_t field)
{
	return (size_t)profile * spoken->n_fields + field;
}

#endif
