/*
 * Two sets of rules that differ in few, as one: what is the same on both sides stands in it once, and a rule
 * that is not stands in it twice, as it was and as it is: twins. So does one that asks for such a rule. A
 * notice is then scanned and its rules are tried once for both, and who is told of what decides which side
 * it is.
 */
#ifndef MATCH_PAIRED_H
#define MATCH_PAIRED_H

#include "reader.h"

struct changed;
struct changed_rule;

#define PAIRED_ALONE UINT32_MAX

struct paired {
	struct arena arena;
	struct rules *rules;          /* views into both sets */
	struct matcher *matcher;      /* of all of them, for matcher_part(): it is not compiled itself */
	struct changed_rule *changed; /* by rule, as on its side */
	uint32_t *twins;              /* by rule: the other one of its name; PAIRED_ALONE */
	uint8_t *sides;               /* by rule: bits of the sides that have it */
};

/*
 * Of two matchers for the same profiles, before and after; `changed` is what differs, rules that nobody hears of
 * left out. All must outlive it.
 */
struct paired *paired_new(const struct matcher *const matchers[2], const struct changed *changed);
void *paired_free(struct paired *paired);

/* Whom a part of it tells of its rules, as one side does; by rule, in `arena`. */
const struct rule_shares *paired_told(const struct paired *paired, const struct matcher *part, int side,
	struct arena *arena);

#endif
