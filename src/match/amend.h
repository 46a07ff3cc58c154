/*
 * Rules that take the place of some of the base's, compiled beside it. They have the numbers of those they
 * replace; the base's terms of these are void. Private to live.
 */
#ifndef MATCH_AMEND_H
#define MATCH_AMEND_H

#include "layer.h"

struct amend {
	unsigned refs;
	uint64_t serial;
	struct ruling *ruling;
	struct layer *base;
	struct matcher *matcher; /* the rules replaced, and the code of all; no profiles */
	bool *replaced;          /* by rule */
	size_t n_replaced;

	/* the writer's */
	struct scan scan;
	struct firing firing;
	struct hearing hearing;
};

/*
 * The rules of `before` with those of `one` in the places of the same name; takes `one`. STR_NONE, or why
 * it cannot be done so: a new name, another field, rules that ask for rules or read texts again. Then *ret
 * and `one` are as they were.
 */
struct str ruling_amended(struct ruling *before, struct rules *one, int64_t ruleset, struct ruling **ret);

struct amend *amend_new(uint64_t serial, struct layer *base, struct ruling *ruling);
void *amend_release(struct amend *amend);
/* How many rules are replaced; of NULL: none. */
static inline size_t amend_size(const struct amend *amend)
{
	return amend != NULL ? amend->n_replaced : 0;
}

#endif
