/*
 * Texts read a second time, for the few lines of rules that ask for more than where a term first stands:
 * near, unless, at-least N times. It is done for a text only when the line's first terms were hit in it,
 * each text at most once a notice; where no rule asks, it costs nothing.
 */
#ifndef MATCH_AGAIN_H
#define MATCH_AGAIN_H

#include "scan.h"

/* A term as it is looked for again. */
struct again_term {
	const struct rule_term *term; /* TERM_PATTERN: this one */
	uint32_t *symbols;            /* else the symbols of its words */
	size_t n;
	bool exact;
};
struct again_group {
	struct again_term *terms;
	size_t n;
};
/* The groups of a line: its own terms, those behind each `with`, those behind `unless`. */
struct again {
	struct again_group first, *with, except;
};

struct again_text;
struct again_reader {
	const struct lexicon *lexicon;
	struct arena arena;        /* of the notice at hand */
	struct again_text *texts; /* read so far */
	struct regex_purse purse;  /* of the patterns of the rule at hand */
	bool overspent;            /* a pattern overspent its budget since this was last cleared */
};

/* In each text no more occurrences of one group are looked at: a word said so often says no more. */
enum { OCCURRENCES_MAX = 500, PATTERN_OCCURRENCES_MAX = 100 };

/* Compiles a group; words get their symbols in the lexicon. */
void again_compile(struct lexicon *lexicon, struct arena *arena, const struct rule_term *terms, size_t n,
	struct again_group *ret);

/* Do they look for the same? Two spellings of one word do. */
bool again_same(const struct again_term *a, const struct again_term *b);

void again_init(struct again_reader *reader, const struct lexicon *lexicon);
void again_done(struct again_reader *reader);
void again_forget(struct again_reader *reader); /* before each notice */

/*
 * The line in one field of one scope (0: the notice): its best evidence there, and how many there are;
 * `counted`, by term of the first group, is set for those that occur. 0 when the line has none here.
 */
size_t again_line(struct again_reader *reader, const struct rule_line *line, const struct again *again,
	const struct notice *notice, enum match_field field, uint32_t scope, bool *counted,
	struct hit *ret);

#endif
