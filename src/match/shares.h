/*
 * Has what a purchase is about a word in common with what a profile says of itself, and how much of it is
 * such words? Compared are the stems of all words of two letters and more that are no function words: on one side
 * those of the title and the subjects, on the other those of keywords and description.
 */
#ifndef MATCH_SHARES_H
#define MATCH_SHARES_H

#include "memo.h"
#include "said.h"
#include "tender/notice.h"

/* Words of the title, and behind them those of the subjects. */
struct head_word {
	uint32_t stem;       /* its family; 0: nobody says it */
	uint32_t start, end; /* bytes in the title; of a word of the subjects both 0 */
	uint8_t weight;      /* said_weight(), never 0 */
};
enum { HEAD_BITS = 1024 };
struct head_words {
	struct head_word *at;
	size_t n, of_title;
	unsigned weight, weight_of_title; /* of all of them, and of those of the title */
	uint64_t said[HEAD_BITS / 64]; /* a bit for each stem, which others may share */
};
/* `memo`: of the lexicon that the profiles' words are of. */
struct head_words head_words_of(struct memo *memo, const struct notice *notice, struct arena *arena);

/* Does who says these say one of the words, those between `start` and `end` in the title set apart? */
bool shares_word(struct said_stems said, const struct head_words *words, uint32_t start, uint32_t end);

/* What is compared: the title, or title and subjects; words between `start` and `end` in the title are the profile's. */
struct head_part {
	bool subjects;
	uint32_t start, end;
};

/* Of the weight of all these words, how much is that of words that are said: percent, 0 where there are none. */
int shares_percent(struct said_stems said, const struct head_words *words, struct head_part part);

#endif
