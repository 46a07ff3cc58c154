/*
 * One way of finding terms in documents. All get the same documents and the same terms; the others get
 * their texts folded already, for free, and only have to tell which terms occur.
 */
#ifndef BENCH_CONTENDER_H
#define BENCH_CONTENDER_H

#include "workload.h"

/* What was found in one document: terms counted once each, and a sum that tells the sets apart. */
struct found {
	uint32_t n_words, n_patterns;
	uint64_t words, patterns;
};
void found_add(struct found *found, const struct workload *workload, size_t term);

struct contender {
	const char *name;
	const char *what;
	bool patterns;  /* false: words and phrases only */
	bool at_once;   /* gains from many documents together, so it gets all of them */
	bool elsewhere; /* works in another process: the clock on the wall counts */
	bool may_miss;  /* known to miss some, which is counted and no error; more is one */
	bool scores;    /* does everything up to receipts and tells no terms: `found` stays empty */

	int (*compile)(const struct workload *workload, void **ret, struct error *err);
	/* Documents from..to-1; found[i - from] is zeroed. */
	int (*run)(void *state, const struct workload *workload, size_t from, size_t to,
		struct found *found, struct error *err);
	void (*free)(void *state);
	/* One line on what was special, or NULL. */
	const char *(*remark)(const void *state);
};

extern const struct contender contender_ours, contender_ours_terms, contender_naive, contender_fts5;
#ifdef BENCH_VECTORSCAN
extern const struct contender contender_vectorscan;
#endif
#ifdef BENCH_POSTGRES
extern const struct contender contender_postgres;
#endif
#ifdef BENCH_RE2
extern const struct contender contender_re2;
#endif

#endif
