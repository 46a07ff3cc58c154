/*
 * The matcher: rules and profiles compiled together, run over notices one at a time.
 *
 * One lexical pass per notice finds every term of every rule and profile at once; from the hits only
 * the profiles that are touched are scored. Cost grows with the words of the notice and its hits, not
 * with the number of profiles. Same notice, profiles and rules give the same receipts, whatever came
 * before. No clock, no input or output.
 *
 * A matcher is used by one caller at a time: it remembers words it has seen. matcher_run_batch() spreads
 * its work over threads of its own. Rules and profiles that are edited while they are matched: match/live.h.
 */
#ifndef MATCH_MATCHER_H
#define MATCH_MATCHER_H

#include "base/arena.h"
#include "base/error.h"
#include "match/receipt.h"
#include "match/rules.h"
#include "tender/notice.h"
#include "tender/profile.h"

/* One threshold for every profile. */
enum { MATCH_THRESHOLD = 80 }; /* 8.0 points */

struct matcher;

/*
 * Rules and profiles must outlive the matcher. A keyword without a letter or digit, or of function
 * words alone, is ignored. ERROR_LIMIT: too many profiles to number.
 */
int matcher_new(const struct rules *rules, int64_t ruleset, const struct profile *const *profiles,
	size_t n_profiles, struct matcher **ret, struct error *err) MUST_CHECK;
/* The same, compiled on that many threads; their number changes nothing but the time. */
int matcher_new_on(unsigned threads, const struct rules *rules, int64_t ruleset,
	const struct profile *const *profiles, size_t n_profiles, struct matcher **ret, struct error *err)
	MUST_CHECK;
void *matcher_free(struct matcher *matcher);
DEFINE_CLEANUP(matcher, matcher_free);

struct match_options {
	int64_t now;   /* for the deadline gate, UTC */
	bool no_gates; /* leave out place, nature, amount, kind, deadline; exclusions stay */
};

/*
 * A pattern overspent its budget on this notice; `err` tells which rule. The rule is suspended as long
 * as the matcher lives (RELIABILITY R1): neither here nor on later notices does it fire. Everything else
 * was done.
 */
enum { MATCHER_OVERSPENT = 1 };

/* Numbers of the rules that are suspended, in `arena`. */
size_t matcher_suspended(const struct matcher *matcher, struct arena *arena, size_t **ret);

struct receipts {
	struct receipt *at; /* in order of the profiles given */
	size_t n;
};

/*
 * Every profile that matches the notice. Receipts live in `arena`, their texts point into the notice.
 * 0 or MATCHER_OVERSPENT, as for all below.
 */
int matcher_run(struct matcher *matcher, const struct notice *notice,
	const struct match_options *options, struct arena *arena, struct receipts *ret,
	struct error *err) MUST_CHECK;

/* One of many: what matcher_run() would give. */
struct batch_result {
	struct receipts receipts;
	struct str overspent; /* which rule; STR_NONE: none did */
};
enum { MATCHER_THREADS_MAX = 64 };
/*
 * matcher_run() for n notices, ret[i] for notices[i], on that many threads. Results do not depend on
 * their number. Receipts live until the next batch or the matcher's end.
 */
void matcher_run_batch(struct matcher *matcher, const struct notice *const *notices, size_t n,
	unsigned threads, const struct match_options *options, struct batch_result *ret);

/* The hard gates, in the order they are tested. */
enum match_gate {
	GATE_PASSED,
	GATE_KIND,      /* result, direct award, cancellation: nothing to answer */
	GATE_DEADLINE,  /* passed */
	GATE_NATURE,
	GATE_PLACE,
	GATE_VALUE,
	GATE_EXCLUDED,  /* an exclusion of the profile stands in the title or the lot's title */
};
const char *match_gate_name(enum match_gate gate); /* "kind", "deadline", … */

/* Why, or why not. */
struct explanation {
	enum match_gate gate;    /* the first that failed, whatever the score */
	struct str gate_text;    /* what failed, in words: "place: wants 48, notice is in FRK26" */
	struct receipt receipt;  /* score and reasons, gates left aside */
	bool matches;
	points_t missing;        /* threshold - score, 0 when reached */
	struct str change;       /* the smallest change of the profile that opens the gate; STR_NONE when
	                            it is open or nothing would have helped */
};
int matcher_explain(struct matcher *matcher, const struct notice *notice, size_t profile,
	const struct match_options *options, struct arena *arena, struct explanation *ret,
	struct error *err) MUST_CHECK;

/*
 * The smallest change of the profile's words that would have reached the threshold, in words: "add the
 * keyword "recherche de fuites"", a field of activity, a CPV branch. Never a function word, a word of every
 * purchase, or a name. It was tried; STR_NONE when none is known. Takes as long as compiling the rules.
 */
int matcher_propose(struct matcher *matcher, const struct rules *rules, const struct notice *notice,
	const struct profile *profile, struct arena *arena, struct str *ret, struct error *err) MUST_CHECK;

/* Does the rule fire on this notice, or on a lot of it? For `rules test`. */
int matcher_rule_fires(struct matcher *matcher, size_t rule, const struct notice *notice, bool *ret,
	struct error *err) MUST_CHECK;
/* Every rule that fires on a notice, as reasons. For `rules show --hits` and previews. */
int matcher_rule_reasons(struct matcher *matcher, const struct notice *notice, struct arena *arena,
	struct reason **ret, size_t *ret_n, struct error *err) MUST_CHECK;

#endif
