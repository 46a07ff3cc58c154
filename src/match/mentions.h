/*
 * Which profiles have which words, by stem, so that of a rule that changes it is found out whom it may
 * concern without asking everybody.
 */
#ifndef MATCH_MENTIONS_H
#define MATCH_MENTIONS_H

#include "match/dictionary.h"
#include "lexicon.h"
#include "match/rules.h"
#include "tender/profile.h"

struct mentions {
	struct dictionary *words;
	uint64_t *signs;    /* by word: a bit for each pair of neighbouring bytes, folded together */
	uint32_t *starts;   /* by stem, and one more: where in `profiles` */
	uint32_t *profiles;
};
struct mentions *mentions_new(const struct profile *const *profiles, size_t n);
void *mentions_free(struct mentions *mentions);

/*
 * Marks, a bit for each, the profiles in whose own words the rule may find evidence. False when that is not
 * known: a pattern is not one that can be told from a piece of a word.
 */
bool mentions_find(const struct mentions *mentions, const struct lexicon *lexicon, const struct rule *rule,
	uint64_t *marks);

#endif
