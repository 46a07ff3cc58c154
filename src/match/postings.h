/*
 * Who waits for each term. Postings arrive in any order of terms; when all are there they are sorted by
 * term, and looked up from then on.
 */
#ifndef MATCH_POSTINGS_H
#define MATCH_POSTINGS_H

#include <stddef.h>
#include <stdint.h>

struct postings {
	void *at;
	uint32_t *terms;  /* term of each */
	uint32_t *starts; /* packed: first posting of each term, packed_count + 2 long */
	uint32_t packed_count; /* terms there were when packed; younger ones have no posting here */
	size_t n, capacity, size; /* size: bytes of one, to be set first */
};

void postings_done(struct postings *postings);

void postings_add(struct postings *postings, uint32_t term, const void *posting);
/* Needed after the last of them was added; `count`: terms are 1..count. */
void postings_pack(struct postings *postings, uint32_t count);
static inline const void *postings_of(const struct postings *postings, uint32_t term, size_t *ret_n)
{
	if (term > postings->packed_count) {
		*ret_n = 0;
		return NULL;
	}
	*ret_n = postings->starts[term + 1] - postings->starts[term];
	return (const char *)postings->at + postings->starts[term] * postings->size;
}

/* Announce postings_of(): first where they stand, later what stands there. */
static inline void postings_fetch_place(const struct postings *postings, uint32_t term)
{
	if (term <= postings->packed_count)
		__builtin_prefetch(&postings->starts[term]);
}
static inline void postings_fetch(const struct postings *postings, uint32_t term)
{
	if (term <= postings->packed_count)
		__builtin_prefetch((const char *)postings->at + postings->starts[term] * postings->size);
}

#endif
