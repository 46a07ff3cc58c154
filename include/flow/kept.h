/*
 * The active rules and all profiles, kept compiled between two rounds of matching, for a process that
 * lives on: a round reads what was edited since the last one and compiles that alone. Who matches once
 * uses struct bench (flow/bench.h).
 */
#ifndef FLOW_KEPT_H
#define FLOW_KEPT_H

#include "flow/bench.h"
#include "match/live.h"

struct kept;

/* Empty: the first round compiles everything. */
struct kept *kept_new(void);
void *kept_free(struct kept *kept);
DEFINE_CLEANUP(kept, kept_free);

/*
 * Brings it up to date with the database, and `bench` with it, which then has the profiles and the number
 * of the ruleset, but neither rules nor matcher. Outcomes as bench_open(); after a failure it is as good as
 * before.
 */
int kept_open(struct kept *kept, struct db *db, struct bench *bench, struct error *err) MUST_CHECK;

/* As matcher_run_batch(). */
void kept_run_batch(struct kept *kept, const struct notice *const *notices, size_t n, unsigned threads,
	const struct match_options *options, struct batch_result *ret);

/* Names of suspended rules, in `arena`. */
size_t kept_suspended(struct kept *kept, struct arena *arena, struct str **ret);
/* Those that were told and stored already; the caller adds to them, in an arena that lives as long. */
struct codes *kept_told(struct kept *kept, struct arena **ret_arena);

/* For the end of a round: merges what has been edited, where it is worth while. */
void kept_tidy(struct kept *kept);

#endif
