/*
 * What a pattern needs to be tried at all: atoms, pieces of words of which at least one must stand in
 * the text wherever the pattern matches; often a second set of them too, near the first. Looking words up is thousands of times cheaper than running
 * PCRE2 over every text (MATCHING.md 3).
 */
#ifndef MATCH_ATOMS_H
#define MATCH_ATOMS_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"

enum { ATOMS_MAX = 64, ATOM_LEN_MIN = 2, ATOMS_REACH_MAX = 1 << 16 };

struct atoms {
	struct str at[ATOMS_MAX]; /* folded, letters and digits of one word */
	size_t n;                 /* 0: none is known, the pattern must always be tried */
	struct str also[ATOMS_MAX]; /* of these, too, one must stand in every match */
	size_t n_also;            /* 0: no others are known */
	bool one_word;            /* a match never holds a blank, so words may be tried alone */
	size_t reach;             /* the longest match with what it looks at around it, bytes of folded text;
	                             ATOMS_REACH_MAX: or longer */
};

/*
 * Reads a valid PCRE2 pattern. What it does not understand makes it more careful, never wrong: it may
 * find no atom where there is one.
 */
void atoms_find(struct str pattern, struct arena *arena, struct atoms *ret);

#endif
