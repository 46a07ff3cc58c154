/* Words that a profile does better without. */
#ifndef FLOW_TUNE_WORDS_H
#define FLOW_TUNE_WORDS_H

#include "flow/tune.h"
#include "judged.h"

/* Pairs that match now have matches[0]; fills ret->words. */
int tune_words(struct db *db, struct bench *bench, const struct judged_pair *pairs, size_t n,
	const struct tune_options *options, const struct progress *progress, struct arena *arena,
	struct tuning *ret, struct error *err) MUST_CHECK;

#endif
