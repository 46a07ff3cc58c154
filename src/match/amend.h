/*
 * Rules that take the place of some of the base's, compiled beside it. They have the numbers of those they
 * replace; the base's terms of these are void. Private to live.
 */
#ifndef MATCH_AMEND_H
#define MATCH_AMEND_H

#include "layer.h"

/* Whom a rule is told to, in the place of what a layer was compiled with; in order of profile. */
struct told_list {
	unsigned refs; /* rules in whose place others came share them */
	size_t n;
	struct rule_share at[];
};
void *told_list_release(struct told_list *list);
static inline struct rule_shares told_shares(const struct told_list *list)
{
	return (struct rule_shares){ (struct rule_share *)list->at, list->n, list->n };
}

/* The lists of a layer that are others than it was compiled with. */
struct revised {
	uint64_t layer; /* its serial */
	struct told_list **lists; /* by rule; NULL: as it was */
};

struct amend {
	unsigned refs;
	uint64_t serial;
	struct ruling *ruling;
	struct layer *base;
	struct matcher *matcher; /* the rules replaced, and the code of all; no profiles */
	bool *replaced;          /* by rule */
	size_t n_replaced;
	struct revised *revised;
	size_t n_revised;
	struct rule_shares *told; /* of the base, by rule */

	/* the writer's */
	struct scan scan;
	struct firing firing;
	struct hearing hearing;
};

struct amend *amend_new(uint64_t serial, struct layer *base, struct ruling *ruling);
void *amend_release(struct amend *amend);

/*
 * revise.c: finds out whom the rules are told to, given those before (NULL: the base's) and all layers as they
 * were with them, the base first. False when that cannot be found out without asking everybody.
 */
bool amend_revise(struct amend *amend, struct amend *before, struct layer *const *layers, size_t n);
/* Is the layer so large that who has time should prepare it for this? */
bool amend_wants_prepared(const struct layer *layer);

/* By rule; NULL: none of this layer's changed. */
static inline const struct told_list *const *amend_lists(const struct amend *amend, uint64_t layer)
{
	for (size_t i = 0; amend != NULL && i < amend->n_revised; i++)
		if (amend->revised[i].layer == layer)
			return (const struct told_list *const *)amend->revised[i].lists;
	return NULL;
}
/* How many rules are replaced; of NULL: none. */
static inline size_t amend_size(const struct amend *amend)
{
	return amend != NULL ? amend->n_replaced : 0;
}

#endif
