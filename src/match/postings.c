#include "postings.h"

#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "memory.h"

void postings_done(struct postings *postings)
{
	free(postings->at);
	free(postings->terms);
}

void postings_add(struct postings *postings, uint32_t term, const void *posting)
{
	if (postings->n == postings->capacity) {
		postings->capacity = postings->capacity ? 2 * postings->capacity : 256;
		postings->at = must(realloc(postings->at, postings->capacity * postings->size));
		postings->terms =
			must(realloc(postings->terms, postings->capacity * sizeof(*postings->terms)));
	}
	memcpy((char *)postings->at + postings->n * postings->size, posting, postings->size);
	postings->terms[postings->n++] = term;
}

enum { EVERY = 2 };

/* A counting sort. */
void postings_pack(struct postings *postings, uint32_t count, uint32_t *starts)
{
	uint32_t *terms = must(malloc((postings->n + 1) * sizeof(*terms)));
	char *at = table_new(postings->n + 1, postings->size);

	for (size_t i = 0; i < postings->n; i++)
		starts[EVERY * (postings->terms[i] + 1)]++;
	for (size_t term = 1; term <= (size_t)count + 1; term++)
		starts[EVERY * term] += starts[EVERY * (term - 1)];
	for (size_t i = 0; i < postings->n; i++) {
		uint32_t to = starts[EVERY * postings->terms[i]]++;

		terms[to] = postings->terms[i];
		memcpy(at + to * postings->size, (char *)postings->at + i * postings->size,
			postings->size);
	}
	/* each start has moved to its end, which is the next one's start: shift back */
	for (size_t term = (size_t)count + 1; term > 0; term--)
		starts[EVERY * term] = starts[EVERY * (term - 1)];
	starts[0] = 0;
	postings_done(postings);
	postings->at = at;
	postings->terms = terms;
	postings->capacity = postings->n;
}

void postings_close(struct postings *postings)
{
	free(postings->terms);
	postings->terms = NULL;
}
