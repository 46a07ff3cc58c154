/* What an edit of the compiled set costs, and what matching costs while there are edits above the base. */
#ifndef BENCH_EDITS_H
#define BENCH_EDITS_H

#include "workload.h"

/*
 * Prints both. The set is filled up to `words` words: those of rules and profiles, and those that a reader
 * has seen. ERROR_SYSTEM when an edit is not found by the notice that comes next.
 */
int edits_measure(struct workload *workload, size_t words, struct error *err) MUST_CHECK;

#endif
