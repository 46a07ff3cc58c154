/*
 * Has what a purchase is about a word in common with what a profile says of itself? Compared are the stems of
 * all words of two letters and more that are no function words: on one side those of the title and the
 * subjects, on the other those of keywords and description.
 */
#ifndef MATCH_SHARES_H
#define MATCH_SHARES_H

#include "lexicon.h"
#include "tender/notice.h"
#include "tender/profile.h"

/* Words of the title and the subjects; `lexicon` tells function words. */
struct head_word {
	uint64_t stem;       /* its hash */
	uint32_t start, end; /* bytes in the title; of a word of the subjects both 0 */
};
struct head_words {
	struct head_word *at;
	size_t n;
};

/* Those of profiles, found when first asked for, of so many kept at most; one for each thread and lexicon. */
enum { OWN_STEMS_KEPT = 32768 };
struct own_stems;
struct head_words head_words_of(struct own_stems *own, const struct lexicon *lexicon, const struct notice *notice,
	struct arena *arena);
struct own_stems *own_stems_new(void);
void *own_stems_free(struct own_stems *own);

/* Announces that a profile may be asked for; `own`: or NULL. */
void own_stems_fetch(const struct own_stems *own, uint32_t number);

/*
 * Does the profile of this number say one of the words, those between `start` and `end` in the title set apart?
 * The same number is the same profile as long as `own` lives.
 */
bool shares_word(struct own_stems *own, const struct lexicon *lexicon, uint32_t number,
	const struct profile *profile, const struct head_words *words, uint32_t start, uint32_t end);

#endif
