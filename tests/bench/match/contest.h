/* Contenders timed on one workload, their hits compared. */
#ifndef BENCH_CONTEST_H
#define BENCH_CONTEST_H

#include "contender.h"

struct contest_options {
	size_t rounds;  /* figures are medians of these; contenders take turns, slow ones once */
	double seconds; /* a contender that needs longer for a round gets as many documents as fit */
};

struct figures {
	const struct contender *contender;
	size_t documents;  /* how many it was given */
	double compile;    /* seconds */
	double cold;       /* seconds of its first round over them */
	double warm;       /* median of the later ones */
	double per_whole, per_terms; /* warm time over that of the first and the second contender on the same documents */
	double compiled_mib, run_mib; /* gained by compiling, and by the first round */
	size_t hits, missed;
	char remark[200];
};

/*
 * The first contender is what the others are measured by; the second tells the hits that the others
 * must find too. ERROR_SYSTEM when one finds others.
 */
int contest(const struct workload *workload, const struct contender *const *contenders, size_t n,
	const struct contest_options *options, struct figures *ret, struct error *err) MUST_CHECK;

#endif
