/*
 * Patterns of plain words, endings, alternatives, and small words between: /\bcontroles? (de |des )?acces\b/.
 * They are run here, on folded text, and find what PCRE2 would. PCRE2 is faster on a long text; but a
 * pattern is mostly run on a few words around those that called for it, where fetching its machine code
 * from far memory takes longer than all the rest.
 */
#ifndef MATCH_PLAIN_H
#define MATCH_PLAIN_H

#include "base/fold.h"

struct plain;

/* In `arena`; NULL: the pattern, which is valid and folded, is not of this kind. */
const struct plain *plain_new(struct str pattern, struct arena *arena);

/* Announces that it will be run. */
void plain_fetch(const struct plain *plain);

enum { PLAIN_FOUND = 1, PLAIN_UNSURE = 2 };

/*
 * The first match at or after `from`, as regex_find() tells it: PLAIN_FOUND or 0. PLAIN_UNSURE: it would
 * take too many steps, or hangs on letters beyond ASCII; ask PCRE2.
 */
int plain_find(const struct plain *plain, struct str text, size_t from, size_t *ret_start, size_t *ret_end);
/*
 * The same, told that words[0, n) are those of the text that begin at or after `from`: most patterns need
 * be tried only there.
 */
int plain_find_word(const struct plain *plain, struct str text, size_t from, const struct fold_word *words, size_t n,
	size_t *ret_start, size_t *ret_end);

#endif
