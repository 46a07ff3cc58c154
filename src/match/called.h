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

/* scan_words() of words of which is known what a text asks; NULL: that of the memo is asked. */
void scan_used_words(struct scan *scan, const struct words *words, const struct word_use *uses, uint32_t scope,
	enum match_field field);

/* Their places are filled in where somebody asks for them. */
static inline void words_place(struct words *words)
{
	if (words->place != NULL)
		words->place(words->data, words);
	words->place = NULL;
}

struct span {
	uint32_t start, end;
};

/* In the raw text. */
static inline struct span words_span(const struct words *words, uint32_t first, uint32_t last)
{
	return (struct span){ words->places[first].raw_start, words->places[last].raw_end };
}

/* So many hits may be put. */
void scan_room_for_hits(struct scan *scan, size_t n);

/*
 * The first occurrence in each field of each scope is kept: scopes and fields come one after the other. Without
 * branches, since what comes again cannot be foreseen. Returns whether it is a hit.
 */
static inline bool scan_put_hit(struct scan *scan, uint32_t term, uint32_t scope, enum match_field field,
	struct span span)
{
	struct seen_term *seen = &scan->seen[term];
	uint32_t newest = seen->newest, n = (uint32_t)scan->n_hits;
	const struct hit *last = &scan->hits[newest - (newest != 0)];
	bool again = (newest != 0) & (last->scope == scope) & (last->field == field);

	scan->touched[scan->n_touched] = term;
	scan->n_touched += newest == 0;
	scan->hits[n] = (struct hit){ term, scope, scan->base + span.start, scan->base + span.end, newest,
		(uint8_t)field, false, false, false };
	seen->newest = again ? newest : n + 1;
	seen->fields |= 1u << field;
	scan->n_hits += !again;
	return !again;
}

#endif
