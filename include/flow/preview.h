/*
 * What a profile would bring: how many purchases a week over the past year, examples, near misses, and a
 * word of warning with a proposal when it would be a flood or silence. Nothing stored changes.
 */
#ifndef FLOW_PREVIEW_H
#define FLOW_PREVIEW_H

#include "flow/bench.h"
#include "flow/rematch.h"

enum {
	PREVIEW_FLOOD = 350,     /* tenths of a purchase a week: seven cards on each of five days */
	PREVIEW_SILENCE = 2,     /* … less than one in five weeks */
	PREVIEW_WEEKS_MIN = 4,   /* of notices, before silence means anything */
	PREVIEW_EXAMPLES_MAX = 20,
	PREVIEW_NEAR = 30,       /* points_t below the threshold that is a near miss */
	PREVIEW_RECENT = 3000,   /* notices looked at for near misses, the newest */
	PREVIEW_QUICK = 5000,    /* notices looked at by preview_quick(), the newest */
	PREVIEW_QUICK_MIN = 100, /* of fewer it says nothing */
	PREVIEW_PROFILES_MAX = 500,
};

struct preview_card {
	struct str notice, title, lot;
	points_t score;          /* of a near miss: below the threshold */
	struct str change;       /* of a near miss: what would bring it; STR_NONE */
};
struct preview {
	int64_t notices;         /* of the time looked at */
	day_t first;             /* the earliest of them; DAY_NONE */
	int64_t purchases;
	int64_t per_week;        /* tenths */
	int64_t most_in_week;    /* purchases of the fullest week */
	int64_t weeks, silent_weeks;
	struct preview_card *cards; /* best first */
	size_t n_cards;
	struct preview_card *near;  /* nearest first; of the newest PREVIEW_RECENT notices */
	size_t n_near;
	bool flood, silence;
	struct str proposal;     /* what to do about it; STR_NONE */
	struct str without;      /* of a flood: the keyword or CPV branch that it should do without; STR_NONE */
	int64_t without_per_week; /* tenths that are left then */
};

/* Over a year; in `arena`. */
int preview_profile(struct db *db, const struct profile *profile, day_t today, size_t examples,
	const struct progress *progress, struct arena *arena, struct preview *ret, struct error *err)
	MUST_CHECK;

/*
 * The same in a moment, from the newest PREVIEW_QUICK notices: volume and warning alone. For somebody who
 * is about to save the profile.
 */
int preview_quick(struct db *db, const struct profile *profile, day_t today, struct arena *arena,
	struct preview *ret, struct error *err) MUST_CHECK;

/* Which of these profiles, at most PREVIEW_PROFILES_MAX, would get a flood, by the newest notices: ret[i]. */
int preview_floods(struct db *db, const struct profile *const *profiles, size_t n, day_t today, bool *ret,
	struct error *err) MUST_CHECK;

#endif
