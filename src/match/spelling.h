/*
 * Words that are written as one, with a hyphen or apart: "e-learning" and "elearning", "plate-forme" and
 * "plateforme", "vidéo-protection" and "vidéoprotection". Folding makes a hyphen a blank; what is left is
 * to try the other way to write it.
 */
#ifndef MATCH_SPELLING_H
#define MATCH_SPELLING_H

#include "base/fold.h"

enum { SPELLINGS_MAX = 4 };

/*
 * Other ways to write the words, folded, in `arena`: one prefix put before what follows it, or taken off.
 * Returns how many. Not to be asked of words that are meant as they are, ="…".
 */
size_t spelling_others(const struct folded *text, struct arena *arena, struct str ret[SPELLINGS_MAX]);

#endif
