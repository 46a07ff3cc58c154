/*
 * Rules in force: read at once, or with some of them in the place of others. Private to live.
 */
#ifndef MATCH_RULING_H
#define MATCH_RULING_H

#include "match/rules.h"

/* Rules, kept for as long as something that was compiled with them. */
struct donor {
	uint32_t rule;
	struct ruling *ruling;
};
struct ruling {
	unsigned refs;
	struct rules *rules;
	int64_t ruleset;
	struct ruling *root;  /* NULL, or whose rules these are but for some … */
	struct donor *donors; /* … that are these ones' */
	size_t n_donors;
};
/* Takes the rules. */
struct ruling *ruling_new(struct rules *rules, int64_t ruleset);
void *ruling_release(struct ruling *ruling);

/*
 * The rules of `before` with those of `one` in the places of the same name; takes `one`. STR_NONE, or why
 * it cannot be done so: a new name, another field, rules that ask for rules or read texts again. Then *ret
 * and `one` are as they were.
 */
struct str ruling_amended(struct ruling *before, struct rules *one, int64_t ruleset, struct ruling **ret);

/*
 * The same where `all` are all rules, and those that match as before are left as they are: for few others, at most
 * `most`. Else, and where what stands beside the rules is other, too, a reason.
 */
struct str ruling_revised(struct ruling *before, struct rules *all, int64_t ruleset, size_t most, struct ruling **ret);

#endif
