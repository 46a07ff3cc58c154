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

#include "base/arena.h"
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
	REGEX_BUDGET_US = 50000,   /* CPU time that one pattern may take of a text, or of what shares a purse */
	REGEX_TRIAL_US = 5000,     /* and of a segment when it is tried before it is admitted */
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

/*
 * What a pattern has spent so far, for texts that belong together: no limit on steps alone keeps two
 * thousand short texts from taking a minute. All zero to begin with. Time is measured from the second
 * segment on, so that a purse that is used for one short text costs nothing, and of the processor from the first on that
 * took long.
 */
struct regex_purse {
	uint64_t spent_ns, last_ns; /* in all, and on the last segment */
	size_t segments;
	bool by_cpu; /* from now on it is measured so */
};
/* regex_find() that spends from a purse; ERROR_LIMIT also when it is empty: REGEX_BUDGET_US is gone. */
int regex_find_with(const struct regex *regex, struct regex_purse *purse, struct str text, size_t from,
	size_t *ret_start, size_t *ret_end, struct error *err) MUST_CHECK;

/* The dearest of the texts that a pattern was tried on. */
struct regex_trial {
	unsigned us;        /* CPU time on one segment */
	struct str pump;    /* what was repeated to make it, in `arena` */
	size_t at;          /* where in the pattern that comes from, bytes */
};
/*
 * Tries the pattern on segments made from its own letters and classes, repeated: texts on which patterns
 * that are nested or overlap run longest. 0; ERROR_LIMIT when one takes more than REGEX_TRIAL_US or
 * overspends a limit: `err` tells the cost and the text, `ret` is set too. No proof, since there are
 * texts that are not tried; what passes by is caught by the budget when it matches.
 */
int regex_try(const struct regex *regex, struct str pattern, struct arena *arena, struct regex_trial *ret,
	struct error *err) MUST_CHECK;

/* CPU time of finding all matches in the text, the least of three times. */
uint64_t regex_cost_ns(const struct regex *regex, struct str text);

const char *regex_version(void);

#endif
