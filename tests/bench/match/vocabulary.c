#include "vocabulary.h"

#include <stdlib.h>
#include <string.h>

#include "../../../src/match/lexicon.h"

/* Words 1..n in runs as in the texts; 0 where a field ends. */
struct vocabulary {
	struct rules *no_rules;
	struct lexicon *lexicon; /* for the stems */
	struct arena arena;

	struct vocabulary_word *words; /* [0] is none */
	uint32_t *last;                /* by word: 1 + the last document it was seen in */
	size_t n_words, words_capacity;
	uint32_t *slots; /* open addressing by text */
	size_t slots_size;

	uint32_t *tokens;
	size_t n_tokens;

	struct run *runs; /* open addressing by stems */
	size_t runs_size, n_runs;
	uint8_t *stems;   /* by stem: some word has it */
	size_t stems_size;
};

struct run {
	uint64_t stems; /* hash; 0: free */
	uint64_t words; /* hash; 0: several */
};

static void *zeroed(size_t n, size_t size)
{
	void *p = calloc(n, size);

	if (p == NULL)
		die("out of memory");
	return p;
}

static uint32_t *word_slot(struct vocabulary *v, struct str text)
{
	size_t i = (size_t)str_hash(text) & (v->slots_size - 1);

	while (v->slots[i] != 0 && !str_eq(v->words[v->slots[i]].text, text))
		i = (i + 1) & (v->slots_size - 1);
	return &v->slots[i];
}

static void words_grow(struct vocabulary *v)
{
	v->words_capacity *= 2;
	v->words = realloc(v->words, v->words_capacity * sizeof(*v->words));
	v->last = realloc(v->last, v->words_capacity * sizeof(*v->last));
	if (v->words == NULL || v->last == NULL)
		die("out of memory");
	free(v->slots);
	v->slots_size *= 2;
	v->slots = zeroed(v->slots_size, sizeof(*v->slots));
	for (uint32_t i = 1; i <= v->n_words; i++)
		*word_slot(v, v->words[i].text) = i;
}

static uint32_t word_of(struct vocabulary *v, struct str text, uint32_t document)
{
	uint32_t *slot, word;

	if (v->n_words + 2 > v->words_capacity)
		words_grow(v);
	slot = word_slot(v, text);
	word = *slot;
	if (word == 0) {
		word = *slot = (uint32_t)++v->n_words;
		v->words[word] = (struct vocabulary_word){ text,
			lexicon_symbol(v->lexicon, lexicon_word(v->lexicon, text), false), 0 };
		v->last[word] = 0;
	}
	if (v->last[word] != document + 1) {
		v->last[word] = document + 1;
		v->words[word].documents++;
	}
	return word;
}

/* " a b \n c \n": words between single blanks. */
static void read_words(struct vocabulary *v, struct str text, uint32_t document)
{
	size_t start = 0;

	for (size_t at = 0; at < text.len; at++) {
		if (text.ptr[at] == '\n')
			v->tokens[v->n_tokens++] = 0;
		if (text.ptr[at] == ' ' || text.ptr[at] == '\n') {
			if (at > start)
				v->tokens[v->n_tokens++] = word_of(v, str_sub(text, start, at), document);
			start = at + 1;
		}
	}
}

static struct run *run_slot(const struct vocabulary *v, const uint32_t *words, size_t n,
	uint64_t *ret_stems, uint64_t *ret_words)
{
	uint64_t by_stem = n, by_word = n;
	size_t i;

	for (size_t j = 0; j < n; j++) {
		by_stem = random_mix(by_stem * 31 + v->words[words[j]].stem) | 1;
		by_word = random_mix(by_word * 31 + words[j]) | 1;
	}
	i = (size_t)(by_stem >> 8) & (v->runs_size - 1);
	while (v->runs[i].stems != 0 && v->runs[i].stems != by_stem)
		i = (i + 1) & (v->runs_size - 1);
	*ret_stems = by_stem;
	*ret_words = by_word;
	return &v->runs[i];
}

static void runs_grow(struct vocabulary *v)
{
	size_t old_size = v->runs_size;
	struct run *old = v->runs;

	v->runs_size *= 2;
	v->runs = zeroed(v->runs_size, sizeof(*v->runs));
	for (size_t i = 0; i < old_size; i++) {
		size_t to = (size_t)(old[i].stems >> 8) & (v->runs_size - 1);

		while (old[i].stems != 0 && v->runs[to].stems != 0)
			to = (to + 1) & (v->runs_size - 1);
		if (old[i].stems != 0)
			v->runs[to] = old[i];
	}
	free(old);
}

static void read_runs(struct vocabulary *v)
{
	for (size_t i = 0; i < v->n_tokens; i++) {
		for (size_t n = 1; n <= RUN_MAX && v->tokens[i + n - 1] != 0; n++) {
			uint64_t by_stem, by_word;
			struct run *run;

			if (2 * (v->n_runs + 1) > v->runs_size)
				runs_grow(v);
			run = run_slot(v, v->tokens + i, n, &by_stem, &by_word);
			if (run->stems == 0) {
				*run = (struct run){ by_stem, by_word };
				v->n_runs++;
			} else if (run->words != by_word) {
				run->words = 0;
			}
		}
	}
}

static void read_stems(struct vocabulary *v)
{
	for (uint32_t i = 1; i <= v->n_words; i++)
		if (v->words[i].stem >= v->stems_size)
			v->stems_size = v->words[i].stem + 1;
	v->stems = zeroed(v->stems_size, 1);
	for (uint32_t i = 1; i <= v->n_words; i++)
		v->stems[v->words[i].stem] = 1;
}

struct vocabulary *vocabulary_new(const struct workload *workload)
{
	struct vocabulary *v = zeroed(1, sizeof(*v));

	v->no_rules = zeroed(1, sizeof(*v->no_rules));
	v->lexicon = lexicon_new(v->no_rules);
	v->words_capacity = 1 << 12;
	v->words = zeroed(v->words_capacity, sizeof(*v->words));
	v->last = zeroed(v->words_capacity, sizeof(*v->last));
	v->slots_size = 2 * v->words_capacity;
	v->slots = zeroed(v->slots_size, sizeof(*v->slots));
	v->tokens = zeroed(workload->folded + RUN_MAX, sizeof(*v->tokens));
	for (size_t i = 0; i < workload->n_documents; i++)
		read_words(v, workload->texts[i], (uint32_t)i);
	v->runs_size = 1 << 16;
	v->runs = zeroed(v->runs_size, sizeof(*v->runs));
	read_runs(v);
	read_stems(v);
	return v;
}

void *vocabulary_free(struct vocabulary *v)
{
	if (v == NULL)
		return NULL;
	lexicon_free(v->lexicon);
	free(v->no_rules);
	free(v->words);
	free(v->last);
	free(v->slots);
	free(v->tokens);
	free(v->runs);
	free(v->stems);
	arena_done(&v->arena);
	free(v);
	return NULL;
}

size_t vocabulary_count(const struct vocabulary *v)
{
	return v->n_words;
}

const struct vocabulary_word *vocabulary_word(const struct vocabulary *v, uint32_t word)
{
	return &v->words[word];
}

void vocabulary_draw(const struct vocabulary *v, struct random *random, size_t n, uint32_t ret[])
{
	for (;;) {
		size_t at = random_below(random, v->n_tokens), i = 0;

		while (i < n && v->tokens[at + i] != 0) {
			ret[i] = v->tokens[at + i];
			i++;
		}
		if (i == n)
			return;
	}
}

enum occurrence vocabulary_find(const struct vocabulary *v, const uint32_t *words, size_t n)
{
	uint64_t by_stem, by_word;
	const struct run *run = run_slot(v, words, n, &by_stem, &by_word);

	if (run->stems == 0)
		return OCCURS_NOT;
	return run->words == by_word ? OCCURS_ALONE : OCCURS_FORMS;
}

bool vocabulary_has_stem_of(const struct vocabulary *v, struct str word)
{
	uint32_t stem = lexicon_symbol(v->lexicon, lexicon_word(v->lexicon, word), false);

	return stem < v->stems_size && v->stems[stem];
}
