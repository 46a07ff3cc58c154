/*
 * Who nearly answers a requirement. A need that only the description tells gets 60 % of the points that it
 * would get in the title, and two needs of one trade share that trade's cap: who could answer both may stay
 * just below the threshold. For a digest that is noise; a buyer who looks for candidates wants to see them.
 */
#ifndef FLOW_NEAR_H
#define FLOW_NEAR_H

#include "flow/bench.h"

enum { NEAR_POINTS = MATCH_THRESHOLD / 2 }; /* at least */

/*
 * Receipts of the start-ups that reach NEAR_POINTS, not the threshold, and pass the gates (unless
 * options->no_gates), in order of id, in `arena`. Each start-up is asked on its own: a second for 25,000.
 */
int near_find(const struct bench *bench, const struct notice *notice, const struct match_options *options,
	struct arena *arena, struct receipts *ret, struct error *err) MUST_CHECK;

#endif
