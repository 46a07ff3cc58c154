/* Rules that change, and what that changes for the profiles: the work of revise.c. Private to it. */
#ifndef MATCH_REVISE_H
#define MATCH_REVISE_H

#include "amend.h"

struct revision {
	struct amend *amend;
	const struct amend *before;
	const struct rules *old, *rules;
	struct hearing *hearing;
	uint32_t *changed; /* rules that are others, then those that ask for them */
	size_t n_changed, n_asking;
	uint32_t *slots;   /* by rule: its place there + 1 */
	bool *fields;      /* those they are of */
	struct spoken_by *said; /* by place there: what step 2 found */
};
static inline size_t revision_slots(const struct revision *r)
{
	return r->n_changed + r->n_asking;
}

/* A bit for each profile of a layer. */
static inline void revision_mark(uint64_t *marks, uint32_t profile)
{
	marks[profile / 64] |= UINT64_C(1) << profile % 64;
}
static inline bool revision_marked(const uint64_t *marks, uint32_t profile)
{
	return (marks[profile / 64] >> profile % 64 & 1) != 0;
}

/* revise_ask.c: step 2, of the profiles marked; `mentioned`: the words the rules ask for */
void revision_ask(struct revision *r, const struct layer *layer, const uint64_t *marks,
	const struct mentioned *mentioned);

#endif
