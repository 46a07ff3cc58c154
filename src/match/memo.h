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

/* What a word means to the terms. Half a cache line, since there are many. */
struct word_facts {
	uint32_t symbols[FORMS]; /* 0: no term has it */
	uint32_t leads[FORMS];   /* trie_bit() of the symbols that may follow it in a phrase */
	uint32_t alone;          /* where the terms begin that are this word alone; 0: none is */
	uint32_t calls;          /* where the patterns begin that it calls for; 0: for none */
	uint32_t id;             /* its own */
	uint32_t stop : 1;       /* a function word, passed over in phrases */
	/* object.h */
	uint32_t light : 1;      /* may stand before the object of a purchase */
	uint32_t heavy : 1;      /* is bought itself, and governs what follows it */
	uint32_t joins : 1;      /* puts two things side by side */
	uint32_t weight : 3;     /* said_weight() */
	uint32_t family : 25;    /* of words of one stem; 0: no term has any of them */
};

_Static_assert(sizeof(struct word_facts) == 32, "two to a cache line");

/* Of that what a text asks of every word: it stands where the word is found, so that few are asked for more. */
struct word_use {
	uint32_t id;
	uint32_t alone, calls;
	uint32_t stop : 1;
	uint32_t family : 31;
};
_Static_assert(sizeof(struct word_use) == 16, "copied at once");

static inline struct word_use word_use(const struct word_facts *facts)
{
	return (struct word_use){ facts->id, facts->alone, facts->calls, facts->stop, facts->family };
}

/* A term that a word is by itself: these words, or a pattern that matches them. */
struct alone {
	uint32_t text;   /* of the first: number of the text in which the word was last seen; the scan's */
	uint32_t term;
	uint16_t fields; /* bits of enum match_field: where it is looked for */
	uint16_t more;   /* another follows */
};
/* A pattern that a word calls for: see struct trigger. */
struct call {
	uint32_t pattern;
	uint16_t fields, reach;
	uint8_t sides, spelled;
	bool raw, more; /* more: another follows */
};

/* Can a text without such words be hit? */
static inline bool word_tells(const struct word_facts *facts)
{
	return (facts->alone | facts->calls | facts->leads[FORM_STEM] | facts->leads[FORM_EXACT]) != 0;
}

struct memo {
	const struct lexicon *lexicon;
	const struct terms *terms;
	struct arena arena, scratch;
	struct hash_key key;
	struct memo_slot *slots;
	struct memo_look *looks;  /* words announced, of two blocks */
	size_t size;              /* of slots: a power of two */

	/* by id, from 0 */
	struct word_facts *facts;
	struct str *texts;
	size_t n, capacity;

	struct alone *alone; /* [0] is nobody's */
	struct call *calls;  /* and here */
	size_t n_alone, alone_capacity, n_calls, calls_capacity;
	uint32_t times_forgotten; /* ids given before it changed mean nothing */
};

void memo_init(struct memo *memo, const struct terms *terms, const struct lexicon *lexicon);
void memo_done(struct memo *memo);

/* Needed when the terms or the lexicon were added to. Ids given before are void. */
void memo_forget(struct memo *memo);
/* The same when there is no room left; to be called between notices. */
void memo_make_room(struct memo *memo);

/* Needed when numbers of texts come again. */
void memo_forget_texts(struct memo *memo);

/* The id of one folded word, which is learnt when it is new. */
uint32_t memo_word(struct memo *memo, struct str word);
/*
 * The ids of all words of a text, and what it asks of them. FOLD_SLACK bytes behind it may be read. Memory is
 * slower than the work done with it, so that slots are announced well before they are asked.
 */
void memo_words(struct memo *memo, const struct folded *folded, uint32_t *ids, struct word_use *uses);

/* The folded word of an id; lives until the memo forgets. */
static inline struct str memo_text(const struct memo *memo, uint32_t id)
{
	return memo->texts[id];
}

#endif
