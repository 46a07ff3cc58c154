/* Matching what is new: notices against all profiles, new profiles against all open notices. */
#ifndef FLOW_MATCH_H
#define FLOW_MATCH_H

#include "base/date.h"
#include "flow/ingest.h"
#include "match/matcher.h"

struct match_count {
	int64_t notices, profiles; /* compared in this run */
	int64_t added, ended;
};
/*
 * Brings the stored matches up to date, in batches of one transaction with their watermark. A new ruleset
 * is compared with what is open; matches of closed notices keep the ruleset that made them. `each` is
 * called for every pair that matches for the first time, after its transaction was committed.
 * `since`: notices published before it are left alone; DAY_NONE: all. Stops early, between batches,
 * when http_stop is set.
 */
int match_update(struct db *db, int64_t now, day_t since,
	int (*each)(void *data, const struct receipt *receipt, struct error *err), void *data,
	const struct progress *progress, struct match_count *ret, struct error *err) MUST_CHECK;

/* The same with what is kept between rounds (flow/kept.h), which is brought up to date; NULL: match_update(). */
struct kept;
int match_update_kept(struct db *db, struct kept *kept, int64_t now, day_t since,
	int (*each)(void *data, const struct receipt *receipt, struct error *err), void *data,
	const struct progress *progress, struct match_count *ret, struct error *err) MUST_CHECK;
/* Processors this process may use, at most MATCHER_THREADS_MAX. */
unsigned match_threads(void);

/* Would match_update() find anything to compare? Cheap enough to ask every minute. */
int match_due(struct db *db, int64_t now, bool *ret, struct error *err) MUST_CHECK;

#endif
