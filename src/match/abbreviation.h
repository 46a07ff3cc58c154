/*
 * Patterns that begin with an abbreviation, with or without full stops: /\bI\.?A\b/, /\bG\.?T\.?[BC]\b/. They
 * have no atom, but the first word of what they match is one of a few short ones: "ia" or "i".
 */
#ifndef MATCH_ABBREVIATION_H
#define MATCH_ABBREVIATION_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"

enum { ABBREVIATION_LETTERS_MAX = 8, ABBREVIATION_WORDS_MAX = 64 };

/*
 * Fills `ret` with the folded words of which one begins every match, in `arena`; returns how many, 0 when
 * the pattern is of another kind. A soft hyphen right before the abbreviation, which folding drops, is
 * not thought of.
 */
size_t abbreviation_words(struct str pattern, struct arena *arena, struct str ret[ABBREVIATION_WORDS_MAX]);

#endif
