/* What profile_check() and requirement_check() share. */
#ifndef TENDER_CHECK_H
#define TENDER_CHECK_H

#include "base/arena.h"
#include "base/error.h"
#include "tender/notice.h"

/* One code made canonical in the arena; STR_NONE when it is none. */
typedef struct str canonical_fn(struct str text, struct arena *arena);

/*
 * Makes every code canonical, repeats dropped. ERROR_INPUT: more than `max`, or
 * `member[2]: "abc" is not EXPECTED`.
 */
int check_codes(struct codes *codes, size_t max, const char *member, const char *expected,
	canonical_fn *canonical, struct arena *arena, struct error *err) MUST_CHECK;

#endif
