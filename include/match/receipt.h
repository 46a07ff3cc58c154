/*
 * The receipt of a match: who, what, how many points, and for each point why (PRODUCT.md 1). There is
 * one scoring function and one receipt: points of the reasons add up to the score, everywhere.
 */
#ifndef MATCH_RECEIPT_H
#define MATCH_RECEIPT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

/* Points are integers, in tenths: 145 is shown as 14.5. */
typedef int32_t points_t;

struct reason {
	struct str rule;   /* rule name "cyber.supervision", or a term of the profile: "keyword:irrigation" */
	points_t points;   /* may be negative */
	struct str field;  /* "title", "description", "lot.title", "lot.description", "criteria", "subjects", "cpv", "buyer" */
	uint32_t start, end; /* bytes in that field's text; lot.* in the texts of the receipt's lot */
	struct str text;   /* the very words, field[start, end); "own-title" has the whole title */
};

struct receipt {
	struct str profile, notice;
	int notice_version;
	struct str lot;    /* STR_NONE unless a reason comes from a lot */
	points_t score, threshold;
	int64_t ruleset;
	struct reason *reasons; /* most points first */
	size_t n_reasons;
};

/* A copy with all its texts in `arena`. */
struct receipt *receipt_dup(const struct receipt *receipt, struct arena *arena);

/* Do they say the same, whichever ruleset they were made with? */
bool receipt_same(const struct receipt *a, const struct receipt *b);

enum { POINTS_FORMAT_MAX = 16 };
const char *points_format(points_t points, char out[POINTS_FORMAT_MAX]); /* "14.5", "8", "-3" */

#endif
