/*
 * How much should each rule weigh, going by what people judged? Logistic regression over the hits of
 * rules, held near the weights there are, as SpamAssassin and Rspamd learn scores from mail:
 *
 *	P(relevant) = 1 / (1 + exp(-z)),  z = slope * (over + sum of part[i] * change[rule i])
 *
 * with the slope kept between 0.5 and 5: weights that are all wrong must not make points mean nothing.
 *
 * `over` is the score of the pair above the threshold, in points, and part the share of its weight that
 * the rule gave it. First the slope is fitted with all changes zero, then the changes minimise
 *
 *	sum of log(1 + exp(-z)) or log(1 + exp(z))  +  lambda / 2 * sum of change squared
 *
 * by Newton's method: a convex problem with one answer, found without chance and without order. A rule
 * that nothing speaks about does not change; the larger lambda, the more it takes to change one.
 */
#ifndef MATCH_TUNE_H
#define MATCH_TUNE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

enum { TUNE_RULES_MAX = 500 };

struct tune_part {
	uint32_t rule; /* below n_rules */
	double part;   /* 1: its whole weight counts */
};
struct tune_case {
	double over;   /* points above the threshold, below when negative */
	const struct tune_part *parts;
	size_t n_parts;
	bool relevant;
};

/*
 * ret[rule]: points to be added to its weight; *ret_slope: how much one point tells. n_rules at most
 * TUNE_RULES_MAX. Works in `arena`.
 */
void tune_fit(const struct tune_case *cases, size_t n, size_t n_rules, double lambda, struct arena *arena,
	double *ret, double *ret_slope);

#endif
