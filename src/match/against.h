/*
 * What the notice itself says against a profile, whatever words they share: CPV codes of other divisions
 * only; subjects of other divisions only, where it has no code; hardly a word in common where there is one sign, or for
 * one far behind in a title no other word, code or subject; the same and few words where a rule that one word tells of
 * gives most; and where the gates are left out, a nature that the profile does not ask for.
 * Looked at only for who would match without it.
 */
#ifndef MATCH_AGAINST_H
#define MATCH_AGAINST_H

#include "match/receipt.h"
#include "tender/notice.h"
#include "tender/profile.h"

enum { AGAINST_MAX = 2 };

/* What it says of codes, subjects and words. */
enum against {
	AGAINST_NOTHING,
	AGAINST_CPV,
	AGAINST_SUBJECTS,
	AGAINST_RULE_ALONE, /* from here on told with what matched first of all */
	AGAINST_RULE_ONCE,
	AGAINST_KEYWORD_ALONE,
	AGAINST_KEYWORD_BEHIND,
};

/* Has the notice codes, and the profile branches, but none of the same division? */
bool against_cpv(const struct profile *profile, const struct notice *notice);

/* Are its subjects, `filed` under these divisions, all of others than the branches? Codes would tell better. */
bool against_subjects(const struct profile *profile, const struct notice *notice, const struct codes *filed);

/* Has the notice a code of a division of the profile's branches, or where it has no code a subject? */
bool against_shared(const struct profile *profile, const struct notice *notice, const struct codes *filed);

/*
 * The reasons, of negative points, and how many; their points are added to *score. `other`: what
 * those above say; `best`: what matched first of all. `other_nature`: gate_nature_passes() says no.
 */
size_t speak_against(const struct notice *notice, enum against other, const struct reason *best,
	bool other_nature, struct reason ret[AGAINST_MAX], points_t *score);

#endif
