/* Which patterns the words of a text call for, and where words stand. Private to the scan. */
#ifndef MATCH_CALLED_H
#define MATCH_CALLED_H

#include "scan.h"

/* What the words of a text say of a pattern. */
struct called {
	uint32_t text;     /* which text: scan->text, or all of this is of another one */
	uint32_t sides[2]; /* + 1: the last word with an atom of the one set, and of the other */
	uint32_t due : 31; /* + 1: the newest of its dues; 0: none */
	uint32_t found : 1;
};

/* A word of the text, and where the memo's list begins of the terms it is or of the patterns it calls for. */
struct listed {
	uint32_t at, list;
};

/* Words that call for a pattern, from the first to the last: it is to be run around them. */
struct due {
	uint32_t pattern;
	uint32_t first, last;
};

/* What a pattern has spent on the notice of that number. */
struct purse {
	uint64_t notice;
	struct regex_purse purse;
};

struct span {
	uint32_t start, end;
};

/* In the raw text. */
static inline struct span words_span(const struct words *words, uint32_t first, uint32_t last)
{
	return (struct span){ words->places[first].raw_start, words->places[last].raw_end };
}

#endif
