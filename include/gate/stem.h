/* Snowball stemmers (libstemmer), for folded words. Costs about 0.3 µs a word: memoise by word. */
#ifndef GATE_STEM_H
#define GATE_STEM_H

#include "base/arena.h"
#include "base/str.h"

struct stem;

/* language: ISO 639-1, "fr" or "en"; NULL for one that is not there. Not shared between threads. */
struct stem *stem_new(const char *language);
void *stem_free(struct stem *stem);
DEFINE_CLEANUP(stem, stem_free);

/*
 * The stem of one lower-case word, in `arena`. The word is given folded; the French stemmer is made
 * for accented text, so stems are only good for comparing with each other.
 */
struct str stem_word(struct stem *stem, struct str word, struct arena *arena);

#endif
