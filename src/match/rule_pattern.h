/* A pattern as people write it, made fit for folded text. */
#ifndef MATCH_RULE_PATTERN_H
#define MATCH_RULE_PATTERN_H

#include "base/arena.h"
#include "base/str.h"

/*
 * Folded text has no accents, no case and only blanks between words, so the literals of a pattern are
 * folded alike: "é" becomes "e", "œ" becomes "oe", and outside character classes apostrophes and
 * dashes become blanks. Escapes, classes and operators stay as they are.
 */
struct str rule_pattern_fold(struct str pattern, struct arena *arena);

#endif
