/*
 * Which notices a matcher can have anything to say about, by the lists of the notices that have each stem.
 * What is left out is certain; what is in may still come to nothing.
 */
#ifndef MATCH_SELECT_H
#define MATCH_SELECT_H

#include "match/dictionary.h"
#include "match/matcher.h"

/* Where the lists come from. */
struct selection_lists {
	/* The list (match/segment.h) of a stem in a segment, good until the next; STR_NONE: it has none there. */
	int (*find)(void *data, size_t segment, uint32_t stem, struct str *ret, struct error *err);
	void *data;
	size_t n_segments;
	int64_t last; /* place in arrival order of the last notice in any of them */
	int64_t first; /* and of the first that is wanted; 0: all are */
};

struct selection {
	uint64_t *bits;   /* by place in arrival order */
	/*
	 * NULL, or by place, for each of `width` profiles in their order, the most that its points in the body can be, and
	 * all of its points: 0 where it can make no match.
	 */
	uint8_t *body, *most;
	size_t width;
	int64_t last;
	struct str whole; /* static: why nothing could be left out; STR_NONE: it could */
};
#define SELECTION_INIT { NULL, NULL, NULL, 0, 0, STR_NONE }
void selection_done(struct selection *selection);
static inline bool selection_has(const struct selection *selection, int64_t notice)
{
	return notice > 0 && notice <= selection->last &&
	       (selection->bits[notice >> 6] >> (notice & 63) & 1) != 0;
}

/* Profiles are weighed one by one; a matcher with more of them hits most notices anyway. */
enum { SELECT_PROFILES_MAX = 8 };

/*
 * Notices in which some profile may reach the threshold. `gates`: and whose kind and nature its gates let
 * pass; else gates are left out of the matching, too.
 */
int select_matches(const struct matcher *matcher, struct dictionary *dictionary,
	const struct selection_lists *lists, bool gates, struct selection *ret, struct error *err)
	MUST_CHECK;

#endif
