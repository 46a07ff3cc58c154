/*
 * What profiles say of themselves, word by word: the stems of their keywords and descriptions, each once, as families of
 * the lexicon (struct stem_entry). Found with a profile's terms, and only read from then on, by any number of threads.
 */
#ifndef MATCH_SAID_H
#define MATCH_SAID_H

#include "lexicon.h"

/* What a word of that rarity weighs; 0: function words, numbers and single letters are no one's own. */
enum { SAID_WEIGHT_MAX = 5 }; /* rarer words are names as often as trades */
unsigned said_weight(struct str folded, bool stop, int rarity);

struct said;
struct said *said_new(void);
void *said_free(struct said *said);

/* Words that follow are this profile's; profiles come in ascending order, of those left out nothing is said. */
void said_begin(struct said *said, uint32_t profile);
void said_add(struct said *said, struct word *const *words, size_t n);
/* There are so many profiles, and no more. */
void said_close(struct said *said, size_t n_profiles);

struct said_stems {
	const uint32_t *at; /* in no order */
	size_t n;
};
struct said_stems said_by(const struct said *said, uint32_t profile);

/* Announce that it will be asked for: first where they stand, then they. */
void said_fetch_place(const struct said *said, uint32_t profile);
void said_fetch(const struct said *said, uint32_t profile);

#endif
