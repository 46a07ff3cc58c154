/*
 * Has what a purchase is about a word in common with what a profile says of itself, and how much of it is
 * such words? Compared are the stems of all words of two letters and more that are no function words: on one side
 * those of the title and the subjects, on the other those of keywords and description.
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
	uint8_t weight;      /* its rarity, but 1 at least and SHARE_WEIGHT_MAX at most */
};
/* Rarer words are names as often as trades. */
enum { SHARE_WEIGHT_MAX = 5 };
struct head_words {
	struct head_word *at;
	size_t n;
};

/* Those of profiles, found when first asked for, of so many kept at most; one for each thread and lexicon. */
enum { OWN_STEMS_KEPT = 131072 };
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

/* What is compared: the title, or title and subjects; words between `start` and `end` in the title are the profile's. */
struct head_part {
	bool subjects;
	uint32_t start, end;
};

/* Of the weight of all these words, how much is that of words the profile says: percent, 0 where there are none. */
int shares_percent(struct own_stems *own, const struct lexicon *lexicon, uint32_t number,
	const struct profile *profile, const struct head_words *words, struct head_part part);

#endif
