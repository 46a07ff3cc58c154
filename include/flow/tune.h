/*
 * What people judged, turned into proposals: other weights for rules (match/tune.h), and words that a
 * profile does better without. Nothing is changed: an administrator, or the start-up, decides.
 *
 * Weights are proposed in steps of half a point, at most TUNE_CHANGE_MAX away, only for rules that speak in
 * judged pairs of TUNE_NOTICES_MIN notices or more. How right the proposal is, is measured by matching
 * again, caps and all: on the pairs it was learnt from, and by five-fold cross-validation over notices,
 * weights learnt on four folds and measured on the fifth.
 */
#ifndef FLOW_TUNE_H
#define FLOW_TUNE_H

#include "flow/backtest.h"

enum { TUNE_NOTICES_MIN = 3, TUNE_CHANGE_MAX = 40, TUNE_STEP = 5, TUNE_FOLDS = 5 }; /* points_t */

struct tune_rule {
	struct str rule;
	points_t before, after;
	size_t relevant, not_relevant; /* judged pairs that it speaks in */
};

/* Without this word of its own a profile would get so many cards less. */
struct tune_word {
	struct str profile, word;      /* "plateforme" */
	bool cpv;                      /* a branch of CPV, not a keyword */
	int64_t useless, good;         /* judged pairs that would match no more */
	int64_t cards;                 /* of the time looked at, judged or not */
};

struct tuning {
	size_t pairs, spoken;          /* judged on their subject; in which a rule speaks */
	size_t audited;                /* of them: answers to audits */
	double slope;                  /* what one point tells, in log-odds */
	struct tune_rule *rules;       /* those to change, the largest change first */
	size_t n_rules;
	struct rightness now, proposed, folds;
	struct tune_word *words;       /* the most useless cards first */
	size_t n_words;
};

struct tune_options {
	double lambda;                 /* the larger, the more it takes to change a weight */
	day_t since, until;            /* of the cards counted */
};

/* `files` are those of the bench's rules. In `arena`. */
int tune_run(struct db *db, struct bench *bench, const struct rule_source *files, size_t n_files,
	const struct tune_options *options, const struct progress *progress, struct arena *arena,
	struct tuning *ret, struct error *err) MUST_CHECK;

#endif
