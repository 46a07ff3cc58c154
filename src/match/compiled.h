/*
 * What rules and profiles are compiled to, and the steps of compiling and running. Private to the files
 * that do them; others use match/matcher.h and reader.h.
 */
#ifndef MATCH_COMPILED_H
#define MATCH_COMPILED_H

#include <stdatomic.h>

#include "hears.h"
#include "reader.h"

struct matcher {
	const struct matcher *whole; /* NULL, or of which it is a part: gates and suspended are that one's */
	const struct rules *rules;
	int64_t ruleset;
	const struct profile *const *profiles;
	size_t n_profiles;

	struct arena arena; /* compiled code */
	struct lexicon *lexicon;
	struct terms *terms;
	struct said *said;           /* what the profiles say; NULL where there are none */
	struct rule_code *code;      /* by rule */
	struct field_rules by_field;
	struct rule_shares *shares;  /* by rule */
	struct gate_table *gates;
	atomic_bool *suspended;      /* by rule: a pattern of it overspent its budget */

	struct reader *own;          /* of who calls the functions for one notice */
	struct reader *batch[MATCHER_THREADS_MAX];
};

/* compile.c: the rules' terms, posted; of those `wanted` by rule, or with NULL of all */
void compile_rules(struct matcher *matcher, const bool *wanted);
/*
 * told.c: whom each rule is told to. The rules must have been compiled, and the postings packed. The reader
 * is one of several. `spoken`: NULL, or empty and takes what rules say of the profiles.
 */
struct spoken;
void compile_told(struct matcher *matcher, struct reader *reader, unsigned threads, struct spoken *spoken);

/*
 * matcher_new_on() that also gives the reader with which it tried rules on profiles, for who goes on with
 * that: what it remembers of words is enough to find the terms of rules, not those of profiles.
 */
int matcher_compile(unsigned threads, const struct rules *rules, int64_t ruleset,
	const struct profile *const *profiles, size_t n_profiles, struct spoken *spoken,
	struct reader **ret_hearer, struct matcher **ret, struct error *err) MUST_CHECK;

/* judge.c: the scan of a notice, and the rules that fire on it. */
void matcher_find(const struct matcher *matcher, struct reader *reader, const struct notice *notice);
struct scoring matcher_scoring(const struct matcher *matcher, struct reader *reader,
	const struct notice *notice, bool no_gates, struct arena *arena);
/* 0, or MATCHER_OVERSPENT: a pattern over its budget suspends its rule; told, and nothing else stops. */
int matcher_tell_overspent(const struct matcher *matcher, const struct reader *reader,
	const struct notice *notice, struct error *err) MUST_CHECK;

#endif
