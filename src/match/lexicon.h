/*
 * Every word ever seen, with what is known of it: its stem, its rarity, whether it is a function word.
 * All of it is computed on first sight and remembered, because stemming is the dearest step of the
 * lexical pass (MATCHING.md 1). Only words of terms have symbols; all others are symbol 0.
 */
#ifndef MATCH_LEXICON_H
#define MATCH_LEXICON_H

#include <stdint.h>

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
	bool called;             /* triggers are known */
	uint32_t n_triggers;
	const struct trigger *triggers; /* patterns it calls for */
};
struct stem_entry {
	struct str text;
	uint32_t symbol;
};

struct lexicon;

struct lexicon *lexicon_new(const struct rules *rules);
void *lexicon_free(struct lexicon *lexicon);

/* From now on words tell which patterns they call for; all of them must be added before. */
void lexicon_watch(struct lexicon *lexicon, const struct triggers *triggers);

/* Never NULL. The word lives until the lexicon does, or until the next call once the lexicon is full. */
const struct word *lexicon_word(struct lexicon *lexicon, struct str folded);

/* The symbol of the word's stem, or of the word itself, made when there is none yet. */
uint32_t lexicon_stem_symbol(struct lexicon *lexicon, struct str folded);
uint32_t lexicon_exact_symbol(struct lexicon *lexicon, struct str folded);

#endif
