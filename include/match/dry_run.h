/*
 * New patterns tried on real notices before they are admitted (RELIABILITY R2): how often each is found
 * and what it takes, so that who writes one sees it, and a pattern that would delay matching is refused
 * while the active rules go on. A pattern is tried on every text that holds its atoms (atoms.h), whatever
 * the rest of its rule asks for. Uses CPU time, no clock.
 */
#ifndef MATCH_DRY_RUN_H
#define MATCH_DRY_RUN_H

#include "match/rules.h"

enum {
	DRY_RUN_WORST_US = 20000,  /* of one notice */
	DRY_RUN_AVERAGE_US = 1000, /* of a notice, over DRY_RUN_LEAST notices or more */
	DRY_RUN_LEAST = 100,
};

struct dry_pattern {
	struct str rule;             /* the first that has it */
	const struct rule_term *term;
	int64_t found;               /* notices */
	uint64_t ns, worst_ns;       /* of all notices; of the dearest */
	struct str worst;            /* that notice, STR_NONE: none took any time */
};

struct dry_run;

/* Of the patterns in `rules` that `known` has not; NULL: of all. Both must outlive it. */
struct dry_run *dry_run_new(const struct rules *rules, const struct rules *known);
void *dry_run_free(struct dry_run *run);
DEFINE_CLEANUP(dry_run, dry_run_free);

/* Each once, in order of rules. */
const struct dry_pattern *dry_run_patterns(const struct dry_run *run, size_t *ret_n);
int64_t dry_run_notices(const struct dry_run *run); /* tried so far */

/* Tries all patterns; one that is too dear is not tried again. Returns whether any is left to try. */
bool dry_run_notice(struct dry_run *run, const struct notice *notice);

/* 0, or ERROR_INPUT as rules_parse() tells it: patterns that are too dear. */
int dry_run_judge(const struct dry_run *run, struct arena *arena, struct rule_problem **problems,
	size_t *n_problems, struct error *err) MUST_CHECK;

#endif
