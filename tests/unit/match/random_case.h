/* Small random rules, profiles and notices over few words, so that nearly everything meets something. */
#ifndef TEST_MATCH_RANDOM_CASE_H
#define TEST_MATCH_RANDOM_CASE_H

#include "match/matcher.h"

extern uint64_t random_state; /* the seed */
void random_begin(uint64_t seed); /* from here on, or from APPARITEUR_SEED steps beside it: other cases */
size_t random_below(size_t n);

enum { RANDOM_FIELDS = 2, RANDOM_RULES = 6 };
struct random_rules {
	struct str head;
	struct str rules[RANDOM_RULES]; /* STR_NONE: it is not there */
};
void random_ruleset(struct arena *arena, struct random_rules *ret);
/* The rule of that number, in other words each time. */
struct str random_rule(struct arena *arena, size_t number);
/* The rule with a line of evidence more, or without the last such. */
struct str random_edit(struct arena *arena, struct str rule);
struct rules *random_parsed(const struct random_rules *rules);
/* NULL when some ask for rules that are not there. */
struct rules *random_parsed_alone(const struct random_rules *rules);

struct profile random_profile(struct arena *arena, size_t number);
struct notice random_notice(struct arena *arena);

/* Receipts as text, so that a difference can be read. */
struct str receipts_told(const struct receipts *receipts, struct arena *arena);

#endif
