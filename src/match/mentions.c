#include "mentions.h"

#include <stdlib.h>
#include <string.h>

#include "atoms.h"
#include "base/fold.h"
#include "query.h"

static void *zeroed(size_t n, size_t size)
{
	void *p = calloc(n + 1, size);

	if (p == NULL)
		die("out of memory");
	return p;
}

/* A word of the profile's own; which stem it is of, by its place in `at`. */
struct said {
	uint32_t stem, profile;
};
struct saying {
	struct mentions *mentions;
	struct arena arena;
	struct said *at;
	size_t n, capacity;
};

static void say(struct saying *saying, struct str text, uint32_t profile)
{
	struct folded folded = fold(&saying->arena, text);

	for (uint32_t i = 0; i < folded.n_words; i++) {
		struct dictionary *words = saying->mentions->words;
		struct str text_i = folded_word(&folded, i);
		uint32_t word = dictionary_word(words, dictionary_add(words, text_i, text_i));

		if (saying->n == saying->capacity) {
			saying->capacity = saying->capacity ? 2 * saying->capacity : 1024;
			saying->at = realloc(saying->at, saying->capacity * sizeof(*saying->at));
			if (saying->at == NULL)
				die("out of memory");
		}
		saying->at[saying->n++] = (struct said){ dictionary_stem(words, word), profile };
	}
}

static uint64_t sign_of(struct str text)
{
	uint64_t sign = 0;

	for (size_t i = 0; i + 1 < text.len; i++)
		sign |= UINT64_C(1) << (((unsigned char)text.ptr[i] * 31u + (unsigned char)text.ptr[i + 1]) * 2654435761u >> 26);
	return sign;
}

static void file_by_stem(struct mentions *m, const struct saying *saying)
{
	uint32_t stems = dictionary_stems(m->words), words = dictionary_words(m->words);

	m->starts = zeroed((size_t)stems + 2, sizeof(*m->starts));
	m->profiles = zeroed(saying->n, sizeof(*m->profiles));
	for (size_t i = 0; i < saying->n; i++)
		m->starts[saying->at[i].stem + 2]++;
	for (size_t i = 1; i < (size_t)stems + 2; i++)
		m->starts[i] += m->starts[i - 1];
	for (size_t i = 0; i < saying->n; i++)
		m->profiles[m->starts[saying->at[i].stem + 1]++] = saying->at[i].profile;
	m->signs = zeroed(words, sizeof(*m->signs));
	for (uint32_t i = 0; i < words; i++)
		m->signs[i] = sign_of(dictionary_text(m->words, i));
}

struct mentions *mentions_new(const struct profile *const *profiles, size_t n)
{
	struct mentions *m = zeroed(1, sizeof(*m));
	struct saying saying = { .mentions = m };

	m->words = dictionary_new();
	for (uint32_t i = 0; i < n; i++) {
		for (size_t j = 0; j < profiles[i]->keywords.n; j++)
			say(&saying, profiles[i]->keywords.at[j], i);
		say(&saying, profiles[i]->description, i);
		arena_reset(&saying.arena);
	}
	file_by_stem(m, &saying);
	free(saying.at);
	arena_done(&saying.arena);
	return m;
}

void *mentions_free(struct mentions *m)
{
	if (m == NULL)
		return NULL;
	dictionary_free(m->words);
	free(m->signs);
	free(m->starts);
	free(m->profiles);
	free(m);
	return NULL;
}

static void mark_stem(const struct mentions *m, uint32_t stem, uint64_t *marks)
{
	for (uint32_t i = m->starts[stem]; i < m->starts[stem + 1]; i++)
		marks[m->profiles[i] / 64] |= UINT64_C(1) << m->profiles[i] % 64;
}

/* Function words are passed over in phrases, so they may not be asked for: of the others, the rarest. */
static void mark_phrase(const struct mentions *m, const struct lexicon *lexicon, struct str text, uint64_t *marks)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct folded folded = fold(&arena, text);
	uint32_t rarest = DICTIONARY_NONE, least = UINT32_MAX;
	uint32_t counted = 0;

	for (uint32_t i = 0; i < folded.n_words && counted < PHRASE_WORDS_MAX; i++) {
		struct str word = folded_word(&folded, i);
		uint32_t symbols[2], stem;
		bool stop;

		lexicon_symbols(lexicon, word, &arena, symbols, &stop);
		if (stop)
			continue;
		counted++;
		stem = dictionary_find_stem_of(m->words, word);
		if (stem == DICTIONARY_NONE)
			return;
		if (m->starts[stem + 1] - m->starts[stem] < least) {
			rarest = stem;
			least = m->starts[stem + 1] - m->starts[stem];
		}
	}
	if (rarest != DICTIONARY_NONE)
		mark_stem(m, rarest, marks);
}

static void mark_piece(const struct mentions *m, struct str piece, uint64_t *marks)
{
	uint64_t sign = sign_of(piece);
	uint32_t n = dictionary_words(m->words);

	for (uint32_t i = 0; i < n; i++) {
		struct str word;

		if ((m->signs[i] & sign) != sign)
			continue;
		word = dictionary_text(m->words, i);
		if (word.len >= piece.len && memmem(word.ptr, word.len, piece.ptr, piece.len) != NULL)
			mark_stem(m, dictionary_stem(m->words, i), marks);
	}
}

/* Raw patterns may be called for by abbreviations, which are no pieces of words. */
static bool mark_pattern(const struct mentions *m, const struct rule_term *term, uint64_t *marks)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct atoms atoms;

	atoms_find(term->pattern, &arena, &atoms);
	if (term->raw || atoms.n == 0)
		return false;
	for (size_t i = 0; i < atoms.n; i++)
		mark_piece(m, atoms.at[i], marks);
	return true;
}

bool mentions_find(const struct mentions *m, const struct lexicon *lexicon, const struct rule *rule,
	uint64_t *marks)
{
	for (size_t i = 0; i < rule->n_lines; i++) {
		const struct rule_line *line = &rule->lines[i];

		if ((line->kind != LINE_ANY && line->kind != LINE_FOR) || line->subject != ON_TEXT)
			continue;
		for (size_t j = 0; j < line->n_terms; j++) {
			if (line->terms[j].kind != TERM_PATTERN)
				mark_phrase(m, lexicon, line->terms[j].text, marks);
			else if (!mark_pattern(m, &line->terms[j], marks))
				return false;
		}
	}
	return true;
}
