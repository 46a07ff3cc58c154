/* Which patterns the words of a text call for, and where words stand. Private to the scan. */
#ifndef MATCH_CALLED_H
#define MATCH_CALLED_H

#include "scan.h"

/* The words that call for a pattern: 1 + the first one's number, the last one's; 0: none does. */
struct called {
	uint32_t first, last;
};

struct span {
	uint32_t start, end;
};

/* In the raw text, or in words where that is not known. */
static inline struct span words_span(const struct words *words, uint32_t first, uint32_t last)
{
	return words->places != NULL
		? (struct span){ words->places[first].raw_start, words->places[last].raw_end }
		: (struct span){ first, last + 1 };
}

/* Folding makes no text more than nine times as long. */
enum { SCAN_REMADE_MAX = 10 * SCAN_TEXT_MAX };

#endif
