/*
 * Patterns that begin with an abbreviation: /\bENT\b/, /\b(MDR|XDR)\b/, /\bG\.?T\.?[BC]\b/. The first word of what
 * they match is one of a few: "ent"; "mdr" or "xdr"; "gtb", "gtc", "gt" or "g". Pieces of words would call for
 * them far too often ("document"), or there is none that is long enough.
 */
#ifndef MATCH_ABBREVIATION_H
#define MATCH_ABBREVIATION_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"

enum { ABBREVIATION_LETTERS_MAX = 8, ABBREVIATION_WORDS_MAX = 64 };

/*
 * Fills `ret` with the folded words of which one begins every match, in `arena`; returns how many, 0 when
 * the pattern is of another kind. *ret_letters: how many letters that word and those behind it spell
 * together, 0 when it is the whole abbreviation. A soft hyphen right before the abbreviation, which folding drops, is
 * not thought of.
 */
size_t abbreviation_words(struct str pattern, struct arena *arena, struct str ret[ABBREVIATION_WORDS_MAX],
	size_t *ret_letters);

#endif
