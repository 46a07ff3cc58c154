#include "mentions.h"

#include <stdlib.h>
#include <string.h>

#include "atoms.h"
#include "base/fold.h"
#include "memory.h"
#include "own_words.h"
#include "query.h"
#include "scan.h"

/* While they are gathered: for each word said, by whom. */
struct saying {
	struct mentions *mentions;
	const struct lexicon *lexicon;
	struct arena arena;
	uint32_t *profiles;
	size_t n, capacity;
};

static void *grown(void *array, size_t capacity, size_t size)
{
	array = realloc(array, capacity * size);
	if (array == NULL)
		die("out of memory");
	return array;
}

static void say(struct saying *saying, const struct profile *profile, uint32_t number)
{
	struct mentions *m = saying->mentions;
	struct own_words own = own_words_of(profile, &saying->arena);
	struct folded folded = fold(&saying->arena, str_clip(own.text, SCAN_TEXT_MAX));

	own_words_settle(&own, saying->lexicon, &saying->arena);
	for (uint32_t i = 0; i < folded.n_words; i++) {
		struct str text = folded_word(&folded, i);
		uint32_t word = dictionary_word(m->words, dictionary_add(m->words, text, text));

		if (saying->n == saying->capacity) {
			saying->capacity = saying->capacity ? 2 * saying->capacity : 1024;
			saying->profiles = grown(saying->profiles, saying->capacity, sizeof(*saying->profiles));
			m->said = grown(m->said, saying->capacity, sizeof(*m->said));
		}
		saying->profiles[saying->n] = number;
		m->said[saying->n++] = word | (uint32_t)own_word(&own, folded.words[i].raw_start, folded.words[i].raw_end) << MENTION_OWN_SHIFT;
	}
	arena_reset(&saying->arena);
}

enum { SIGNS = 64 };

static size_t sign_size(const struct mentions *m)
{
	return dictionary_words(m->words) / 64 + 1;
}

static uint64_t sign_of(struct str text)
{
	uint64_t sign = 0;

	for (size_t i = 0; i + 1 < text.len; i++)
		sign |= UINT64_C(1) << (((unsigned char)text.ptr[i] * 31u + (unsigned char)text.ptr[i + 1]) * 2654435761u >> 26);
	return sign;
}

static uint32_t stem_said(const struct mentions *m, size_t i)
{
	return dictionary_stem(m->words, m->said[i] & MENTION_WORD);
}

static void file_by_stem(struct mentions *m, const struct saying *saying)
{
	uint32_t stems = dictionary_stems(m->words);

	m->starts = zeroed((size_t)stems + 2, sizeof(*m->starts));
	m->profiles = zeroed(saying->n, sizeof(*m->profiles));
	for (size_t i = 0; i < saying->n; i++)
		m->starts[stem_said(m, i) + 2]++;
	for (size_t i = 1; i < (size_t)stems + 2; i++)
		m->starts[i] += m->starts[i - 1];
	for (size_t i = 0; i < saying->n; i++)
		m->profiles[m->starts[stem_said(m, i) + 1]++] = saying->profiles[i];
}

static void know_words(struct mentions *m, const struct lexicon *lexicon, struct arena *arena)
{
	uint32_t stems = dictionary_stems(m->words), words = dictionary_words(m->words);

	m->forms = zeroed((size_t)stems + 2, sizeof(*m->forms));
	m->formed = zeroed(words, sizeof(*m->formed));
	m->signs = zeroed(SIGNS * sign_size(m), sizeof(*m->signs));
	m->numbers = zeroed(words, sizeof(*m->numbers));
	for (uint32_t i = 0; i < words; i++)
		m->forms[dictionary_stem(m->words, i) + 2]++;
	for (size_t i = 1; i < (size_t)stems + 2; i++)
		m->forms[i] += m->forms[i - 1];
	for (uint32_t i = 0; i < words; i++) {
		struct str text = dictionary_text(m->words, i);
		uint32_t symbols[2];
		bool stop;

		m->formed[m->forms[dictionary_stem(m->words, i) + 1]++] = i;
		for (uint64_t left = sign_of(text); left != 0; left &= left - 1)
			m->signs[(size_t)__builtin_ctzll(left) * sign_size(m) + i / 64] |= UINT64_C(1) << i % 64;
		lexicon_symbols(lexicon, text, arena, symbols, &stop);
		arena_reset(arena);
		m->numbers[i] = stop ? MENTION_STOP : 0;
	}
}

struct mentions *mentions_new(const struct profile *const *profiles, size_t n, const struct lexicon *lexicon)
{
	struct mentions *m = zeroed(1, sizeof(*m));
	struct saying saying = { .mentions = m, .lexicon = lexicon };

	m->words = dictionary_new();
	m->texts = zeroed(n + 1, sizeof(*m->texts));
	for (uint32_t i = 0; i < n; i++) {
		say(&saying, profiles[i], i);
		m->texts[i + 1] = (uint32_t)saying.n;
	}
	file_by_stem(m, &saying);
	know_words(m, lexicon, &saying.arena);
	free(saying.profiles);
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
	free(m->forms);
	free(m->formed);
	free(m->texts);
	free(m->said);
	free(m->numbers);
	free(m);
	return NULL;
}

void mentioned_done(struct mentioned *mentioned)
{
	free(mentioned->words);
}

static void mention(struct mentioned *mentioned, uint32_t word)
{
	if (mentioned->n == mentioned->capacity) {
		mentioned->capacity = mentioned->capacity ? 2 * mentioned->capacity : 256;
		mentioned->words = grown(mentioned->words, mentioned->capacity, sizeof(*mentioned->words));
	}
	mentioned->words[mentioned->n++] = word;
}

static void mark(uint64_t *marks, uint32_t profile)
{
	marks[profile / 64] |= UINT64_C(1) << profile % 64;
}

/* With NULL nobody is marked: a line that is no evidence. */
static void mark_stem(const struct mentions *m, uint32_t stem, uint64_t *marks)
{
	for (uint32_t i = m->starts[stem]; marks != NULL && i < m->starts[stem + 1]; i++)
		mark(marks, m->profiles[i]);
}

static bool says(const struct mentions *m, uint32_t stem, uint32_t profile)
{
	uint32_t low = m->starts[stem], high = m->starts[stem + 1];

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (m->profiles[middle] < profile)
			low = middle + 1;
		else
			high = middle;
	}
	return low < m->starts[stem + 1] && m->profiles[low] == profile;
}

/* Who says all of them, of which one is the rarest. */
static void mark_who_says_all(const struct mentions *m, const uint32_t *stems, uint32_t n, uint32_t rarest,
	uint64_t *marks)
{
	for (uint32_t i = m->starts[rarest]; marks != NULL && i < m->starts[rarest + 1]; i++) {
		bool all = true;

		for (uint32_t j = 0; j < n && all; j++)
			all = stems[j] == rarest || says(m, stems[j], m->profiles[i]);
		if (all)
			mark(marks, m->profiles[i]);
	}
}

/* Function words are passed over in phrases, so they may not be asked for. */
static void mark_phrase(const struct mentions *m, const struct lexicon *lexicon, struct str text, uint64_t *marks,
	struct mentioned *mentioned)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct folded folded = fold(&arena, text);
	uint32_t rarest = DICTIONARY_NONE, least = UINT32_MAX, counted = 0, stems[PHRASE_WORDS_MAX];

	for (uint32_t i = 0; i < folded.n_words && counted < PHRASE_WORDS_MAX; i++) {
		struct str word = folded_word(&folded, i);
		uint32_t symbols[2], stem;
		bool stop;

		lexicon_symbols(lexicon, word, &arena, symbols, &stop);
		if (stop)
			continue;
		stem = dictionary_find_stem_of(m->words, word);
		if (stem == DICTIONARY_NONE)
			return;
		stems[counted++] = stem;
		if (m->starts[stem + 1] - m->starts[stem] < least) {
			rarest = stem;
			least = m->starts[stem + 1] - m->starts[stem];
		}
	}
	if (rarest == DICTIONARY_NONE)
		return;
	mark_who_says_all(m, stems, counted, rarest, marks);
	for (uint32_t i = 0; i < counted; i++)
		for (uint32_t j = m->forms[stems[i]]; j < m->forms[stems[i] + 1]; j++)
			mention(mentioned, m->formed[j]);
}

static void mark_word(const struct mentions *m, uint32_t i, struct str piece, uint64_t *marks,
	struct mentioned *mentioned)
{
	struct str word = dictionary_text(m->words, i);

	if (word.len < piece.len || memmem(word.ptr, word.len, piece.ptr, piece.len) == NULL)
		return;
	mark_stem(m, dictionary_stem(m->words, i), marks);
	mention(mentioned, i);
}

/* Of hundreds of thousands of words those that have all signs of the piece, 64 at once. */
static void mark_piece(const struct mentions *m, struct str piece, uint64_t *marks, struct mentioned *mentioned)
{
	uint64_t sign = sign_of(piece);
	size_t size = sign_size(m), n = dictionary_words(m->words);

	for (size_t from = 0; from < size; from++) {
		uint64_t some = from == size - 1 ? (UINT64_C(1) << n % 64) - 1 : UINT64_MAX;

		for (uint64_t left = sign; left != 0 && some != 0; left &= left - 1)
			some &= m->signs[(size_t)__builtin_ctzll(left) * size + from];
		for (; some != 0; some &= some - 1)
			mark_word(m, (uint32_t)(64 * from + (size_t)__builtin_ctzll(some)), piece, marks, mentioned);
	}
}

/*
 * Raw patterns may be called for by abbreviations, which are no pieces of words. What stands on the other side
 * of a pattern calls for it too, but not alone.
 */
static bool mark_pattern(const struct mentions *m, const struct rule_term *term, uint64_t *marks,
	struct mentioned *mentioned)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct atoms atoms;

	atoms_find(term->pattern, &arena, &atoms);
	if (term->raw || atoms.n == 0)
		return false;
	for (size_t i = 0; i < atoms.n; i++)
		mark_piece(m, atoms.at[i], marks, mentioned);
	return true;
}

bool mentions_find(const struct mentions *m, const struct lexicon *lexicon, const struct rule *rule,
	uint64_t lines, uint64_t *marks, struct mentioned *mentioned)
{
	for (size_t i = 0; i < rule->n_lines; i++) {
		const struct rule_line *line = &rule->lines[i];
		bool evidence = (line->kind == LINE_ANY || line->kind == LINE_FOR) && (lines >> i & 1) != 0;

		for (size_t j = 0; line->subject == ON_TEXT && j < line->n_terms; j++) {
			const struct rule_term *term = &line->terms[j];

			if (term->kind != TERM_PATTERN)
				mark_phrase(m, lexicon, term->text, evidence ? marks : NULL, mentioned);
			else if (!mark_pattern(m, term, evidence ? marks : NULL, mentioned)) {
				if (evidence)
					return false;
				mentioned->more = true;
			}
		}
	}
	return true;
}
