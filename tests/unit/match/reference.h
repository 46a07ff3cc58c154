/*
 * A second matcher, slow and obvious: for every profile and every rule each term is looked for by plain
 * comparison of words, or by PCRE2 over the whole field, with no index, no memory and no shortcut. What
 * it and src/match share is the table of points (query.h), the gates, and which keywords are
 * but a setting (setting.h). Receipts must be the same.
 */
#ifndef TEST_MATCH_REFERENCE_H
#define TEST_MATCH_REFERENCE_H

#include "match/matcher.h"

struct receipts reference_run(const struct rules *rules, int64_t ruleset,
	const struct profile *const *profiles, size_t n_profiles, const struct notice *notice,
	const struct match_options *options, struct arena *arena);

#endif
