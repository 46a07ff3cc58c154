/*
 * What one thread remembers of the words it has read: for each its symbols, where it leads to from the
 * root of the terms, and which patterns it calls for. All of it is worked out on first sight, because
 * stemming is the dearest step of the lexical pass (MATCHING.md 1); after that a word costs one look.
 *
 * The lexicon and the terms are only read, so that any number of memos may share them.
 */
#ifndef MATCH_MEMO_H
#define MATCH_MEMO_H

#include "terms.h"

/*
 * References, numbers and misspellings of a year must not fill the memory: past this everything is
 * forgotten and learnt anew, which costs time and changes nothing.
 */
enum { MEMO_WORDS_MAX = 1 << 19 };

/* The two ways in which a word may be asked for. */
enum form { FORM_STEM, FORM_EXACT, FORMS };

struct seen {
	uint64_t hash;
	uint32_t symbols[FORMS]; /* 0: no term has it */
	struct step first[FORMS]; /* from the root; nothing leads on where there is no symbol */
	const struct trigger *triggers;
	uint32_t n_triggers;
	uint32_t len;
	bool stop;
	bool asked;              /* it has some symbol */
	char text[];
};

struct memo {
	const struct lexicon *lexicon;
	const struct terms *terms;
	struct stem *stemmer;
	struct arena arena, scratch;
	struct seen **slots;     /* open addressing by hash */
	size_t n, size;          /* size: a power of two */
};

void memo_init(struct memo *memo, const struct terms *terms, const struct lexicon *lexicon);
void memo_done(struct memo *memo);

/* Needed when the terms or the lexicon were added to. */
void memo_forget(struct memo *memo);
/* The same when there is no room left; to be called between notices. */
void memo_make_room(struct memo *memo);

/*
 * The word lives until the memo forgets. Memory is slower than the work done with it, so that a reader
 * of many words announces each twice before it asks for it: memo_hash(), a few words later memo_fetch().
 */
uint64_t memo_hash(const struct memo *memo, struct str word);
void memo_fetch(const struct memo *memo, uint64_t hash);
const struct seen *memo_word(struct memo *memo, struct str word, uint64_t hash);

#endif
