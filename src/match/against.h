/*
 * What the notice itself says against a profile, whatever words they share: CPV codes of other divisions
 * only; and where the gates are left out, a nature that the profile does not ask for. Looked at only for
 * who would match without it.
 */
#ifndef MATCH_AGAINST_H
#define MATCH_AGAINST_H

#include "match/receipt.h"
#include "tender/notice.h"
#include "tender/profile.h"

enum { AGAINST_MAX = 2 };

/* The reasons, of negative points, and how many; their points are added to *score. */
size_t speak_against(const struct profile *profile, const struct notice *notice, bool no_gates,
	struct reason ret[AGAINST_MAX], points_t *score);

#endif
