/* Which notices may have a term of a matcher, or evidence for one of its rules. */
#ifndef MATCH_SELECT_FIND_H
#define MATCH_SELECT_FIND_H

#include "paired.h"
#include "select_lists.h"

/* Notices, and of each where in it stands what was looked for: marks of match/imprint.h. */
struct found {
	uint32_t *marks; /* by notice; 0 between uses */
	uint32_t *at;
	size_t n, capacity;
};

struct term_needs;

struct finder {
	struct matcher_view m;
	struct stem_lists *lists;
	const uint64_t *among;    /* NULL, or bits: no other notices are looked for */
	const uint32_t *twins;    /* NULL, or by rule: whose evidence counts as its own; PAIRED_ALONE */
	struct arena arena, scratch;
	struct term_needs *terms; /* by term */
	struct found term, rule;  /* what was found last */
	struct found other;
	bool *entered;            /* rules, while their evidence is gathered */
	struct str whole;         /* static: why nothing can be left out; STR_NONE */
};

/* All must outlive it. */
void finder_init(struct finder *finder, const struct matcher *matcher, struct stem_lists *lists);
void finder_done(struct finder *finder);

/* Reads all lists it will need, in the order in which they are kept. */
int finder_read(struct finder *finder, struct error *err) MUST_CHECK;

/* Those that may have the term, in finder->term. */
int finder_term(struct finder *finder, uint32_t term, struct error *err) MUST_CHECK;
/* Those that may have evidence for the rule, or for its twin, in finder->rule. */
int finder_rule(struct finder *finder, uint32_t rule, struct error *err) MUST_CHECK;
/* Places (bits) where a line looks. */
unsigned finder_places(const struct rule_line *line);

#endif
