/*
 * Which days a run reads, and how far everything is complete: decided from the coverage rows alone.
 * Pure, so that years of faults can be tried in a unit test.
 */
#ifndef FETCH_PLAN_H
#define FETCH_PLAN_H

#include "base/arena.h"
#include "store/fetch.h"

enum {
	PLAN_DAYS_MAX = 10000, /* in one run: 27 years */
	PLAN_GAPS_MAX = 31,    /* old gaps tried again in one run */
};

struct fetch_past {
	const struct coverage_row *rows; /* of one source, by day */
	size_t n;
	day_t cursor; /* DAY_NONE */
	day_t today;  /* in Paris */
	int overlap;  /* days */
};

/* NULL when nothing is known of the day. */
const struct coverage_row *past_find(const struct fetch_past *past, day_t day);

/*
 * The days to read, in the order to read them: the newest first, so that a source that breaks off
 * has given what readers need most; old gaps last, those tried least before the others.
 *
 * `since` given: every day of the range. DAY_NONE: from the cursor minus the overlap (without a
 * cursor: from the last day that was read while it was new), but no day again that is settled:
 * complete, and read once more an overlap after it ended. And up to PLAN_GAPS_MAX gaps of before.
 * `until` DAY_NONE: today. ERROR_CONFIG: an empty or endless range.
 */
int past_plan(const struct fetch_past *past, day_t since, day_t until, struct arena *arena,
	day_t **ret, size_t *ret_n, struct error *err) MUST_CHECK;

/*
 * The last day of which it is true that it and all days before it are complete, as far back as we
 * ever meant to read; DAY_NONE. Fetching one old stretch on its own moves nothing.
 */
day_t past_cursor(const struct fetch_past *past);

#endif
