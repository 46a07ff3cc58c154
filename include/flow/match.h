/* Matching what is new: notices against all profiles, new profiles against all open notices. */
#ifndef FLOW_MATCH_H
#define FLOW_MATCH_H

#include "base/date.h"
#include "flow/ingest.h"
#include "match/matcher.h"

/* The active ruleset, compiled with profiles: what match, explain and candidates all run. */
struct bench {
	struct arena arena;
	struct rules *rules;
	int64_t ruleset;
	struct profile_row *rows;
	const struct profile **profiles; /* in order of id */
	size_t n_profiles;
	struct matcher *matcher;
};
/* ERROR_STORE, or ERROR_CONFIG when no ruleset is active. */
int bench_open(struct db *db, struct bench *bench, struct error *err) MUST_CHECK;
/* The same with an earlier ruleset: ERROR_INPUT when there is none of that number. */
int bench_open_ruleset(struct db *db, int64_t ruleset, struct bench *bench, struct error *err)
	MUST_CHECK;
/*
 * The same with these rules, stored or not, under the number `ruleset`. ERROR_INPUT when they have a
 * mistake.
 */
int bench_open_files(struct db *db, const struct rule_source *files, size_t n, int64_t ruleset,
	struct bench *bench, struct error *err) MUST_CHECK;
/* The same with these profiles instead of the stored ones (kept alive by the caller). */
int bench_open_with(struct db *db, const struct profile *const *profiles, size_t n,
	struct bench *bench, struct error *err) MUST_CHECK;
/* Its parts: the rules of bench->ruleset (0: of the active one), and every profile that is registered. */
int bench_load_rules(struct db *db, struct bench *bench, struct error *err) MUST_CHECK;
int bench_load_profiles(struct db *db, struct bench *bench, struct error *err) MUST_CHECK;
void bench_done(struct bench *bench);
/* The profile's number, or SIZE_MAX. */
size_t bench_profile(const struct bench *bench, struct str id);

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
