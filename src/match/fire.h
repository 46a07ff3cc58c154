/* From hits to rules that fire, for the notice itself and for each of its lots. */
#ifndef MATCH_FIRE_H
#define MATCH_FIRE_H

#include <stdatomic.h>

#include "facts.h"
#include "again.h"

struct fired {
	uint32_t rule;
	uint32_t scope;        /* 0, or the lot in which it fires better than in the notice alone */
	const struct hit *hit; /* the evidence */
	points_t points;       /* weight by the field of the evidence */
	uint32_t next;         /* the same rule in another scope, index + 1; 0: none */
};

/* Lines of a rule, a bit for each: what must be hit for it to fire, and what is. */
struct rule_gate {
	uint64_t any;    /* one of these, unless another rule is evidence */
	uint64_t needed; /* all of these */
	uint64_t hit;
	uint64_t met;    /* what was hit when the rule was last touched … */
	uint64_t notice; /* … in this notice */
};
_Static_assert(RULE_LINES_MAX <= 64, "a bit for each line");

struct rule_sign;
struct rule_list;
struct firing {
	/* NULL, or the scan that knows the terms of some rules, whose terms in the other are void */
	const struct scan *above;
	const bool *replaced; /* by rule: those */
	const struct ears *ears; /* NULL, or who hears of which: rules that nobody does are not tried */
	struct fired *at;
	size_t n, capacity;
	uint32_t *first;   /* by rule: newest, index + 1; all 0 between notices */
	uint32_t *rules;   /* rules that fired, in order of rule */
	size_t n_rules;
	struct rule_gate *gates; /* by rule */
	uint64_t notice;         /* number of the one at hand */
	struct rule_sign *signs; /* scratch */
	size_t signs_capacity;
	struct rule_list *lists; /* scratch */
	size_t lists_capacity;
	uint32_t *touched; /* rules with a hit in some line; scratch */
	uint32_t *scopes;  /* scratch */
	size_t scopes_capacity;
	struct facts facts;
	struct again_reader again;
	struct arena made; /* evidence that is no hit of a term: two words near each other … */
	atomic_bool *suspended; /* by rule: overspent once, so that it fires no more; the matcher's */
	unsigned read_again; /* fields (bits) whose texts some line needed: without them this firing proves nothing */
	uint32_t overspent; /* rule of a pattern that overspent when a text was read again, + 1 */
};

/* Terms of each rule's lines, as the rules were compiled. */
struct line_terms {
	uint32_t *terms;
	size_t n;
	struct again *again; /* for lines that read texts again, or NULL */
};
struct rule_code {
	struct line_terms *lines; /* one per rule line */
};

void firing_init(struct firing *firing, const struct rules *rules, const struct lexicon *lexicon,
	atomic_bool *suspended);
void firing_done(struct firing *firing);

void fire_rules(struct firing *firing, const struct rules *rules, const struct rule_code *code,
	const struct scan *scan, const struct notice *notice);

/* The rule's better result for the notice or the lot of `scope`; NULL when it fires in neither. */
const struct fired *fired_best(const struct firing *firing, uint32_t rule, uint32_t scope);

#endif
