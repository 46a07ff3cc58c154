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
	uint64_t *signs;    /* by sign, of which each pair of neighbouring bytes is one: a bit for each word that has it */
	uint32_t *starts;   /* by stem, and one more: where in `profiles` */
	uint32_t *profiles;
	uint32_t *forms, *formed; /* by stem, and one more: where its words are in `formed` */
	uint32_t *texts;    /* by profile, and one more: where its own words are in `said` */
	uint32_t *said;     /* words in the order of the text, and what each is (MENTION_OWN) */
	uint32_t *numbers;  /* by word, for who has found some: MENTION_STOP for function words, else 0 */
};
enum { MENTION_STOP = 1, MENTION_OWN_SHIFT = 29, MENTION_WORD = (1 << MENTION_OWN_SHIFT) - 1 };

/* `lexicon`: tells function words. */
struct mentions *mentions_new(const struct profile *const *profiles, size_t n, const struct lexicon *lexicon);
void *mentions_free(struct mentions *mentions);

/* What a rule is about, as those words that profiles have. */
struct mentioned {
	uint32_t *words; /* some more than once */
	size_t n, capacity;
	bool more; /* there may be others, which cannot be told */
};
void mentioned_done(struct mentioned *mentioned);

/*
 * Marks, a bit for each, the profiles in whose own words these lines (bits) of the rule may find evidence, and
 * adds the words that the rule asks for. False when that is not known: a pattern is not one that can be told from
 * a piece of a word.
 */
bool mentions_find(const struct mentions *mentions, const struct lexicon *lexicon, const struct rule *rule,
	uint64_t lines, uint64_t *marks, struct mentioned *mentioned) MUST_CHECK;

#endif
