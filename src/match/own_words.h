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
	OWN_PART,        /* of a word or two of a keyword that has more: after-school care of "logiciel périscolaire" */
	OWN_KEYWORD,     /* of what the profile is about */
};

/* From the first byte of a keyword's first word to the end of its last, function words at the ends apart. */
struct own_span {
	size_t start, end;
	bool setting;
};

struct own_words {
	const struct profile *profile;
	struct str text;
	size_t keywords; /* bytes of them in the text; the description stands behind */
	const struct stated *stated; /* NULL until own_words_settle() */
	struct own_span *spans;      /* of the keywords, in their order; made by that, too */
	const uint8_t *known;        /* NULL, or by place what own_word() said: words that were read another day */
};
/* Both in `arena`. */
struct own_words own_words_of(const struct profile *profile, struct arena *arena);
void own_words_settle(struct own_words *own, const struct lexicon *lexicon, struct arena *arena);

/* Of what stands in the text from this byte up to that, all within one keyword or the description. */
enum own own_words_at(const struct own_words *own, size_t start, size_t end);

/* The same of one word, in three bits: enough to tell it of all words from that one to another. */
uint8_t own_word(const struct own_words *own, size_t start, size_t end);

#endif
