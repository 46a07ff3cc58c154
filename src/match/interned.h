/* Texts, each kept once, with numbers from 1. */
#ifndef MATCH_INTERNED_H
#define MATCH_INTERNED_H

#include <stdint.h>

#include "base/arena.h"

struct interned {
	struct arena arena;
	struct str *texts; /* by number - 1 */
	size_t n, capacity;
	uint32_t *slots;   /* open addressing: numbers, 0: free */
	size_t size;       /* a power of two, or 0 */
};
#define INTERNED_INIT { .size = 0 }
void interned_done(struct interned *interned);

/* The number of the text, which is copied when it is new. */
uint32_t interned_number(struct interned *interned, struct str text);

static inline struct str interned_text(const struct interned *interned, uint32_t number)
{
	return interned->texts[number - 1];
}

#endif
