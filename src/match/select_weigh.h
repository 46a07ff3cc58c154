/* What a profile can get in each notice at most, by where its words and those of its rules stand. */
#ifndef MATCH_SELECT_WEIGH_H
#define MATCH_SELECT_WEIGH_H

#include "select_find.h"

/* Notices, ascending; `at` NULL: all of them. */
struct notices {
	uint32_t *at;
	size_t n;
};

/*
 * Those of `in` in which a match may be made, by so many bounds each, in *ret: it has room for them, and may
 * be the same. `bounds`: NULL, or what the profile can get there joins its `body` and `most`, if it tells these, as that of
 * its profile number `slot`.
 */
int weigh_notices(struct finder *f, uint32_t profile, size_t lots, struct notices in,
	struct notices *ret, struct selection *bounds, size_t slot, struct error *err) MUST_CHECK;

#endif
