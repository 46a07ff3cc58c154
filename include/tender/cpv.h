/*
 * CPV codes (Regulation (EC) 213/2008): eight digits, hierarchy by trailing zeros. The check digit is
 * accepted and dropped, never verified: 532 official codes break it (DOMAIN 4.6).
 */
#ifndef TENDER_CPV_H
#define TENDER_CPV_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

/* "72000000", "72000000-5", "72 00 00 00": eight digits in `arena`; STR_NONE for anything else. */
struct str cpv_parse(struct str text, struct arena *arena);

/*
 * A branch as people write it: "72", "7221*", "72000000". Its significant digits ("72", "7221", "72"),
 * at least two; STR_NONE for anything else.
 */
struct str cpv_branch_parse(struct str text, struct arena *arena);

/* Significant digits of an eight-digit code: "72212000" is "72212", "30000000" is "30". */
struct str cpv_significant(struct str code);

/* The French label of a division (first two digits), NULL when there is no such division. */
const char *cpv_division_label(struct str code);

#endif
