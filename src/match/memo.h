/*
 * What one thread remembers of the words it has read. Each word has a number, its id here; everything
 * there is to know of it is worked out on first sight: its base form, the terms it is or begins, the
 * patterns it calls for. After that a word costs one look in a table.
 *
 * The lexicon and the terms are only read, so that any number of memos may share them.
 */
#ifndef MATCH_MEMO_H
#define MATCH_MEMO_H

#include "base/fold.h"
#include "base/hash.h"
#include "terms.h"

/*
 * References, numbers and misspellings of a year must not fill the memory: past this everything is
 * forgotten and learnt anew, which costs time and changes nothing.
 */
enum { MEMO_WORDS_MAX = 1 << 19 };

/* The two ways in which a word may be asked for. A phrase asks for all its words in the same way. */
enum form { FORM_STEM, FORM_EXACT, FORMS };

/* What a word means to the terms. Half a cache line, since a text asks this of every word. */
struct word_facts {
	uint32_t symbols[FORMS]; /* 0: no term has it */
	uint32_t terms[FORMS];   /* the term that is this word alone, or 0 */
	uint32_t leads[FORMS];   /* trie_bit() of the symbols that may follow it in a phrase */
	uint32_t triggers;       /* where its triggers begin in `triggers` */
	uint32_t n_triggers : 31;
	uint32_t stop : 1;       /* a function word, passed over in phrases */
};
_Static_assert(sizeof(struct word_facts) == 32, "two to a cache line");

struct memo {
	const struct lexicon *lexicon;
	const struct terms *terms;
	struct arena arena, scratch;
	struct hash_key key;
	struct memo_slot *slots;
	size_t size;              /* of slots: a power of two */

	/* by id, from 0 */
	struct word_facts *facts;
	struct str *texts;
	size_t n, capacity;

	struct trigger *triggers;
	size_t n_triggers, triggers_capacity;
	uint32_t times_forgotten; /* ids given before it changed mean nothing */
};

void memo_init(struct memo *memo, const struct terms *terms, const struct lexicon *lexicon);
void memo_done(struct memo *memo);

/* Needed when the terms or the lexicon were added to. Ids given before are void. */
void memo_forget(struct memo *memo);
/* The same when there is no room left; to be called between notices. */
void memo_make_room(struct memo *memo);

/* The id of one folded word, which is learnt when it is new. */
uint32_t memo_word(struct memo *memo, struct str word);
/*
 * The ids of all words of a text. FOLD_SLACK bytes behind it may be read. Memory is slower than the work
 * done with it, so that slots are announced well before they are asked.
 */
void memo_words(struct memo *memo, const struct folded *folded, uint32_t *ids);

/* The folded word of an id; lives until the memo forgets. */
static inline struct str memo_text(const struct memo *memo, uint32_t id)
{
	return memo->texts[id];
}

#endif
