/*
 * What a term gives a profile at most, by where it stands in the notice and what it is to the profile: worked out
 * beforehand, in a byte each.
 */
#ifndef MATCH_GIVES_H
#define MATCH_GIVES_H

#include "scan.h"
#include "terms.h"

enum {
	GIVES_MOST = 127, /* or more than that */
	GIVEN = BRIEF_RISES + BRIEF_POINTS_MAX + 1,
	GIVES_OBJECTS = 4,
	GIVES_WAYS_MAX = 16,
};
_Static_assert(GIVEN == 256, "a byte of the brief");

struct way {
	uint8_t most[GIVEN]; /* by the brief's lowest byte */
	bool body;           /* the term stands in the body of the notice alone: such points have a cap together */
};
struct gives {
	struct way ways[GIVES_WAYS_MAX];
	struct way objects[GIVES_OBJECTS]; /* of a title: SEEN_OBJECT, and twice SEEN_FILED */
	uint8_t way[1 << FIELDS];          /* by the fields it stands in */
};
/* free() it. */
struct gives *gives_new(void);

/* `seen`: fields and all else that was seen of the term. */
const struct way *gives_seen(const struct gives *gives, unsigned seen);

uint8_t gives_clipped(points_t points);

#endif
