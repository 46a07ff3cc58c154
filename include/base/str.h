/*
 * struct str: a view of text (pointer and length), never owned, not NUL-terminated unless its maker
 * says so. A view with ptr NULL is STR_NONE, "not said", which is different from the empty text.
 * Text inside the program is valid UTF-8: the gates see to it.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/macros.h"

struct str {
	const char *ptr;
	size_t len;
};

#define STR_NONE ((struct str){ NULL, 0 })
#define STR(LITERAL) ((struct str){ "" LITERAL, sizeof(LITERAL) - 1 })
/* For printf: "%.*s", STR_ARG(s). Views longer than INT_MAX do not occur (ceilings). */
#define STR_ARG(S) (int)(S).len, ((S).ptr ? (S).ptr : "")

struct str str_of(const char *z); /* NULL gives STR_NONE */
struct str str_n(const char *ptr, size_t len);

/* comparing */
bool str_eq(struct str a, struct str b); /* bytes; STR_NONE equals only STR_NONE */
bool str_eqz(struct str a, const char *z);
bool str_eq_nocase(struct str a, struct str b); /* ASCII case only */
int str_cmp(struct str a, struct str b);        /* bytes, then length: an order for qsort */
bool str_starts(struct str s, const char *prefix);
bool str_ends(struct str s, const char *suffix);
static inline bool str_given(struct str s) { return s.ptr != NULL; }
static inline bool str_blank_none(struct str s) { return s.len == 0; } /* none or empty */

/* finding: the position, or SIZE_MAX */
size_t str_find(struct str s, struct str needle);
size_t str_find_char(struct str s, char c);
size_t str_rfind_char(struct str s, char c);

/* cutting: all give views into `s` */
struct str str_sub(struct str s, size_t start, size_t end); /* clamped to the text */
struct str str_from(struct str s, size_t start);
struct str str_trim(struct str s); /* ASCII blanks and control bytes, NBSP, at both ends */
/* Cuts what stands before the first `sep` off *rest and returns it; false when *rest is STR_NONE. */
bool str_cut(struct str *rest, char sep, struct str *ret);
/* Takes `prefix` off the front of *s; false and unchanged when it is not there. */
bool str_prefix(struct str *s, const char *prefix);
/* Longest prefix of at most `max` bytes that does not cut a UTF-8 character. */
struct str str_clip(struct str s, size_t max);

/* numbers: the whole text must be one; false leaves *ret untouched */
bool str_to_int64(struct str s, int64_t *ret);          /* optional sign, decimal digits */
bool str_to_uint(struct str s, unsigned max, unsigned *ret);
bool str_digits(struct str s); /* one or more ASCII digits and nothing else */

/* UTF-8 */
bool str_utf8_valid(struct str s);
/* Decodes the character at s.ptr[*pos], moves *pos past it. Broken input gives U+FFFD, one byte. */
uint32_t str_utf8_next(struct str s, size_t *pos);
size_t str_utf8_put(uint32_t c, char out[4]); /* bytes written; 0 for what is no character */
size_t str_utf8_count(struct str s);          /* characters */

uint64_t str_hash(struct str s); /* FNV-1a, 64 bits: for tables of our own data, not for secrets */

#endif
