/*
 * What the notice itself says against a profile, whatever words they share: CPV codes of other divisions
 * only; subjects of other divisions only, where it has no code; and where the gates are left out, a nature that
 * the profile does not ask for. Looked at only for who would match without it.
 */
#ifndef MATCH_AGAINST_H
#define MATCH_AGAINST_H

#include "match/receipt.h"
#include "tender/notice.h"
#include "tender/profile.h"

enum { AGAINST_MAX = 2 };

/* What it says of codes and subjects. */
enum against { AGAINST_NOTHING, AGAINST_CPV, AGAINST_SUBJECTS };

/* Has the notice codes, and the profile branches, but none of the same division? */
bool against_cpv(const struct profile *profile, const struct notice *notice);

/* Are its subjects, `filed` under these divisions, all of others than the branches? Codes would tell better. */
bool against_subjects(const struct profile *profile, const struct notice *notice, const struct codes *filed);

/*
 * The reasons, of negative points, and how many; their points are added to *score. `other`: what
 * the two above say. `other_nature`: gate_nature_passes() says no.
 */
size_t speak_against(const struct notice *notice, enum against other, bool other_nature,
	struct reason ret[AGAINST_MAX], points_t *score);

#endif
