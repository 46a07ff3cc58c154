/*
 * The time machine: what a draft of the rules would have changed. Two sets of rules, compiled with the
 * same profiles, are run over the stored notices of a time, each notice as on its day of publication, and
 * over the pairs that people judged. Nothing stored changes; the same database, rules and options give
 * the same answer.
 *
 * The caller opens both benches (flow/bench.h) with every registered profile.
 */
#ifndef FLOW_BACKTEST_H
#define FLOW_BACKTEST_H

#include "base/stats.h"
#include "flow/bench.h"
#include "flow/rematch.h"
#include "match/usage.h"

/* Golden cases: what a draft must not get wrong unnoticed. */

struct golden_case {
	/* an example of a rule … */
	struct str rule, text; /* STR_NONE for a judged pair */
	bool fires;            /* it must, or must not */
	/* … or a judged pair */
	struct str profile, notice;
	int grade;
};
struct golden {
	size_t cases;
	struct golden_case *flipped; /* right before, wrong after */
	size_t n_flipped;
	size_t mended;               /* wrong before, right after */
};
/*
 * Examples and counter-examples of the rules before, tried on the rules after (an example whose rule is
 * gone must make another rule of its field fire), and golden judgments, gates left out. In `arena`.
 */
int golden_check(struct db *db, struct bench *before, struct bench *after, struct arena *arena,
	struct golden *ret, struct error *err) MUST_CHECK;

/* Judged pairs: how right each side is. */
struct rightness {
	struct share precision; /* of the judged pairs that match: grade 1 or 2 */
	struct share recall;    /* of the judged pairs of grade 2: those that match */
};
struct judged {
	size_t pairs;                       /* judged on their subject */
	struct rightness before, after;
	size_t right_before, right_after;   /* pairs that only one side gets right */
};

/* With the same bench twice, how right it is. */
int judged_measure(struct db *db, struct bench *before, struct bench *after, struct arena *arena,
	struct judged *ret, struct error *err) MUST_CHECK;

/* What changed, and for whom. */

enum backtest_kind { BACKTEST_GAINED, BACKTEST_LOST, BACKTEST_MOVED, BACKTEST_KINDS };
struct backtest_example {
	struct str profile, notice, title;
	points_t before, after; /* 0 where it did not match */
};
struct backtest_tally {
	struct str name;
	int64_t counts[BACKTEST_KINDS];
	int64_t before, after;  /* matches; -1: not counted */
};
struct backtest_tallies {
	struct backtest_tally *at; /* those that changed, most gained and lost first, then by name */
	size_t n;
};

/*
 * Digests by how many purchases they hold, of the profiles that something changes for: all purchases of
 * each have to be found, which takes as long as previewing it. So many, or all when it is wished.
 */
enum { DIGEST_SIZES = 6, DIGEST_PROFILES = SELECT_PROFILES_MAX, BACKTEST_EXAMPLES_MAX = 100 };
extern const char *const digest_size_names[DIGEST_SIZES]; /* "1", "2", "3–5", "6–7", "8–20", "over 20" */

/* A rule over the notices of the time. */
struct rule_use {
	struct str rule;
	int64_t fired;           /* on the newest ones, rule_uses.counted */
	struct rule_steps steps; /* and what it took to find out */
	bool dead;               /* it fired on none of rule_uses.proved */
	struct str with;         /* every time it fired this one did too; STR_NONE: no such rule, or it fired
	                            less than RULE_USE_FIRED_MIN times */
};
struct rule_uses {
	struct rule_use *at;  /* of the draft, in order of name; n 0: no imprints to read are kept */
	size_t n;
	int64_t notices;      /* of the time */
	int64_t counted;      /* the newest of them, on which every rule was tried */
	int64_t proved;       /* the newest of them, on which rules are known to be dead */
};

struct backtest_options {
	day_t since, until;
	size_t examples;   /* of each kind, at most BACKTEST_EXAMPLES_MAX */
	bool all_digests;  /* of every profile concerned, not only of the DIGEST_PROFILES that change most */
	int64_t rules_counted; /* every rule is tried on so many of the newest notices … */
	int64_t rules_proved;  /* … and those that fired on none of them, on so many more that have words of
	                          such rules */
};

struct backtest {
	struct rematch_count count;
	size_t profiles, concerned;   /* registered; who gains or loses something */
	size_t digests_of;            /* of them: whose digests and cards are counted */
	int64_t counts[BACKTEST_KINDS];
	int64_t reworded;             /* same score for other reasons */
	struct backtest_example *examples[BACKTEST_KINDS]; /* the largest changes first */
	size_t n_examples[BACKTEST_KINDS];
	struct backtest_tallies by_profile, by_department, by_field;
	int64_t digests_before[DIGEST_SIZES], digests_after[DIGEST_SIZES];
	struct golden golden;
	struct judged judged;
	struct rule_uses uses;
};

/* In `arena`; names of rules and profiles are views into the benches. */
int backtest_run(struct db *db, struct bench *before, struct bench *after,
	const struct backtest_options *options, const struct progress *progress, struct arena *arena,
	struct backtest *ret, struct error *err) MUST_CHECK;

/*
 * What rules do in a time and what they cost. Not all notices are read: newest first, as many as the options
 * say for all rules; then, for rules that fired on none, older ones that have their words. Same notices and
 * rules, same answer. In `arena`; names are views into the bench.
 */
enum { RULE_USE_FIRED_MIN = 5 };
int rule_uses(struct db *db, struct bench *bench, const struct backtest_options *options,
	const struct progress *progress, struct arena *arena, struct rule_uses *ret, struct error *err)
	MUST_CHECK;

#endif
