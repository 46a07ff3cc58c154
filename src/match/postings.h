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
	size_t n, capacity, size; /* size: bytes of one, to be set first */
};

void postings_done(struct postings *postings);

void postings_add(struct postings *postings, uint32_t term, const void *posting);
/*
 * Sorts them by term, and in the order in which they were added within a term. `starts`, all 0, gets the
 * number of the first posting of each term from 0 to count + 1 in every second place.
 */
void postings_pack(struct postings *postings, uint32_t count, uint32_t *starts);
/* After the last one: gives back what only packing needs. */
void postings_close(struct postings *postings);

#endif
