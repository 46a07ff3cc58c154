/*
 * PCRE2, for rule patterns: UTF and UCP on, compiled once with JIT, under match, depth and heap
 * limits, on segments of at most 4 KiB that overlap by 256 bytes (RELIABILITY R1, R2). The match
 * limit restarts at every offset and is no defence alone; the segment is.
 */
#ifndef GATE_REGEX_H
#define GATE_REGEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

enum {
	REGEX_PATTERN_MAX = 1000,  /* bytes */
	REGEX_COMPILED_MAX = 64 << 10,
	REGEX_SEGMENT = 4096,
	REGEX_OVERLAP = 256,       /* the longest match that is promised */
	REGEX_MATCH_LIMIT = 10000,
	REGEX_DEPTH_LIMIT = 1000,
	REGEX_HEAP_KIB = 2048,
};

enum { REGEX_CASELESS = 1 };

struct regex;

/*
 * ERROR_INPUT names the offset in the pattern ("at 12: missing closing parenthesis"). Refused too:
 * (*VERBS), callouts, recursion, \C, back-references, a pattern that matches the empty text; and \K,
 * \G, \z, \Z, \c, which mean nothing in a rule. These are seen in classes too: "[(*]" is written
 * "[\(*]". A regex may be used by several threads at once.
 */
int regex_new(struct str pattern, int options, struct regex **ret, struct error *err) MUST_CHECK;
void *regex_free(struct regex *regex);
DEFINE_CLEANUP(regex, regex_free);

enum { REGEX_FOUND = 1 };

/*
 * The first match at or after `from` (a byte position in `text`, valid UTF-8): REGEX_FOUND and the
 * span in bytes, or 0. What stands before `from` is seen by look-behind, \b and ^. A match longer than
 * REGEX_OVERLAP may be missed, or be told shorter, where segments meet.
 * ERROR_LIMIT: the budget was overspent in some segment; never reported as "no match".
 */
int regex_find(const struct regex *regex, struct str text, size_t from, size_t *ret_start,
	size_t *ret_end, struct error *err) MUST_CHECK;

const char *regex_version(void);

#endif
