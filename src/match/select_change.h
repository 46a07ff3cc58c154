/* What differs between two matchers with the same profile ids in the same order. */
#ifndef MATCH_SELECT_CHANGE_H
#define MATCH_SELECT_CHANGE_H

#include "reader.h"

/* How a rule differs from the one of its name on the other side. */
struct changed_rule {
	bool wholly;     /* wherever it fires; else only where one of these stands, as many as there are */
	uint32_t *terms; /* of its own side */
	size_t n_terms;
};
struct changed {
	struct changed_rule *rules[2]; /* by rule of each side */
	bool *profiles;    /* by profile: what it says, or which rules it hears of, is not the same */
	size_t n_profiles; /* of those */
	struct str whole;  /* static: why everything may differ; STR_NONE */
};

/* In `arena`. */
void changed_find(const struct matcher_view *a, const struct matcher_view *b, struct arena *arena,
	struct changed *ret);

#endif
