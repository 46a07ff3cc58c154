/* What differs between two matchers with the same profile ids in the same order. */
#ifndef MATCH_SELECT_CHANGE_H
#define MATCH_SELECT_CHANGE_H

#include "match/select.h"
#include "reader.h"

/* Where a term stands in its rule. */
struct term_place {
	uint16_t line, term;
};
#define CHANGED_ALONE UINT32_MAX

/* How a rule differs from the one of its name on the other side, in what somebody hears of. */
struct changed_rule {
	uint32_t other;  /* its number there; CHANGED_ALONE: there is none */
	bool shares;     /* others hear of it, or in another measure */
	bool wholly;     /* it may wherever it fires; else only where one of these stands */
	struct term_place *terms; /* of its own side */
	size_t n_terms;
	bool terms_differ; /* there are such terms, of this side or the other */
};
static inline bool changed_rule_any(const struct changed_rule *rule)
{
	return rule->shares || rule->wholly || rule->terms_differ;
}

struct changed {
	struct changed_rule *rules[2]; /* by rule of each side */
	bool *profiles;    /* by profile: what it says is not the same */
	size_t n_profiles; /* of those */
	bool *told;        /* by profile: it hears of other rules, or in another measure … */
	bool few_told, many_told; /* … and how many such profiles there are; neither: none */
	struct str whole;  /* static: why everything may differ; STR_NONE */
};

/* In `arena`. */
void changed_find(const struct matcher_view *a, const struct matcher_view *b, struct arena *arena,
	struct changed *ret);

/*
 * Marks the profiles that may see a difference, and returns how many. Rules that nobody hears of, be it
 * through others, are no longer changed ones.
 */
size_t changed_concerns(struct changed *changed, const struct matcher_view views[2], bool *ret,
	struct arena *arena);

/* Lines (bits) of the rule that the other one has not, wherever in it. */
uint64_t changed_lines(const struct rules *a, const struct rule *x, const struct rules *b, const struct rule *y);

/* By rule: changed ones, and those that ask for one. In `arena`. */
bool *changed_moved(const struct changed_rule *changed, const struct rules *rules, struct arena *arena);

/* select.c */
void selection_begin(struct selection *selection, int64_t last);
/* Where the changed rules of `probe` may fire, whatever gates say, joins `selection`. */
int select_fired(const struct matcher *probe, const struct changed_rule *rules, struct dictionary *dictionary,
	const struct selection_lists *source, struct selection *selection, struct error *err) MUST_CHECK;

/* A change, and who may hear of it: both sides as one (paired.h), or each for itself. */
struct changing {
	const struct changed *changed;
	struct change_side {
		const struct changed_rule *rules; /* by rule */
		const uint32_t *twins;            /* by rule: of both sides; NULL: of one */
		const struct matcher *probe;      /* the changed rules */
		const struct matcher *part;       /* the profiles */
	} sides[2];
	size_t n;
	const bool *profiles; /* that may see a difference */
};
/*
 * Where changed rules may fire and some profile reach the threshold, and what profiles that say something else
 * may match, joins `selection`, which is new. `gates`: as for select_matches().
 */
int select_changed(const struct changing *changing, struct dictionary *dictionary,
	const struct selection_lists *source, bool gates, struct selection *selection, struct error *err)
	MUST_CHECK;

#endif
