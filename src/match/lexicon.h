/*
 * The words of rules and profiles, with what is known of each: its stem, its rarity, whether it is a
 * function word. Only words of terms have symbols; all others are symbol 0. While terms are compiled
 * words are added; afterwards the lexicon is only read, by any number of threads.
 */
#ifndef MATCH_LEXICON_H
#define MATCH_LEXICON_H

#include <stdint.h>

#include "base/fold.h"
#include "match/rules.h"
#include "triggers.h"

enum { RARITY_MAX = 10 };

/* A symbol stands for a stem or for an exact word in the terms of rules and profiles; 0: for none. */
struct word {
	struct str text;         /* folded */
	struct stem_entry *stem;
	uint32_t exact;          /* symbol of the word itself */
	uint8_t rarity;          /* 0 proves nothing … RARITY_MAX */
	bool stop;               /* a function word: passed over in phrases */
};
struct stem_entry {
	struct str text;
	uint32_t symbol;
	uint32_t family; /* number of the stem, be it a symbol or not, from 1 */
};

struct lexicon;

struct lexicon *lexicon_new(const struct rules *rules);
/* A small one that takes function words and rarities from another, which must outlive it. */
struct lexicon *lexicon_over(const struct lexicon *below);
void *lexicon_free(struct lexicon *lexicon);

/* Where it is looked up which patterns a word calls for. */
void lexicon_watch(struct lexicon *lexicon, const struct triggers *triggers);
const struct triggers *lexicon_watched(const struct lexicon *lexicon); /* or NULL */

/* adding */

/* Never NULL; lives until the lexicon does. */
struct word *lexicon_word(struct lexicon *lexicon, struct str folded);
/* The same of every word of a text, in `arena`. */
struct word **lexicon_words(struct lexicon *lexicon, const struct folded *folded, struct arena *arena);

/* The symbol of the word's stem, or with `exact` of the word itself, made when there is none yet. */
uint32_t lexicon_symbol(struct lexicon *lexicon, struct word *word, bool exact);

/* reading */

/* What words are filed under by their stem: the stem itself but for short words and numbers. */
struct str lexicon_stem_text(struct str folded, struct arena *scratch);

/* What is known of a word: symbol of the stem, symbol of the word itself, its family, as far as they are there. */
struct word_look {
	uint32_t symbols[2];
	uint32_t family;
	bool stop;
};
struct word_look lexicon_look(const struct lexicon *lexicon, struct str folded, struct arena *scratch);
/* The same without the family. */
void lexicon_symbols(const struct lexicon *lexicon, struct str folded,
	struct arena *scratch, uint32_t ret[2], bool *ret_stop);
/* What a word is worth, be it in the lexicon or not; 0 for a function word. */
int lexicon_rarity(const struct lexicon *lexicon, struct str folded);

/*
 * A large lexicon's memory is slow: what is known of these words is fetched, of all of them at once, for who will ask
 * for one after the other.
 */
void lexicon_fetch(const struct lexicon *lexicon, const struct folded *words);

/* The stem each symbol stands for, or is a word of: by symbol, from 1, in `arena`. */
struct str *lexicon_spell(const struct lexicon *lexicon, struct arena *arena);

/* The texts that have symbols: stems, and words that are asked for as they are. How many; in no order. */
size_t lexicon_texts(const struct lexicon *lexicon);
void lexicon_each(const struct lexicon *lexicon, void (*each)(void *data, struct str text), void *data);

#endif
