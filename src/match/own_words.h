/*
 * What a profile says of itself, as one text that rules can be tried on: its keywords, then its description.
 * Which of them a place in that text belongs to tells how much a rule means that speaks of it.
 */
#ifndef MATCH_OWN_WORDS_H
#define MATCH_OWN_WORDS_H

#include "setting.h"

/* How a rule speaks of a profile's own words: of which of them, the best of those. */
enum own {
	OWN_NOT,
	OWN_UNTOLD,      /* it does, by no word of its own */
	OWN_SETTING,     /* of what the profile has as the setting of its trade only */
	OWN_DESCRIPTION, /* of what the description says beside the keywords */
	OWN_KEYWORD,     /* of what the profile is about */
};

struct own_words {
	const struct profile *profile;
	struct str text;
	size_t keywords; /* bytes of them in the text; the description stands behind */
	const struct stated *stated; /* NULL until own_words_settle() */
	const uint8_t *known;        /* NULL, or the answers by place: words that were read another day */
};
/* Both in `arena`. */
struct own_words own_words_of(const struct profile *profile, struct arena *arena);
void own_words_settle(struct own_words *own, const struct lexicon *lexicon, struct arena *arena);

/* Of what begins at this byte of the text. */
enum own own_words_at(const struct own_words *own, size_t start);

#endif
