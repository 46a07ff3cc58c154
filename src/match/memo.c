#include "memo.h"

#include <stdlib.h>
#include <string.h>

#include "gate/stem.h"

enum { SIZE_FIRST = 1 << 12 };

/* Words are short: eight bytes at a time, the last eight again for what is left over. */
static uint64_t hash_of(struct str word)
{
	const uint64_t odd = UINT64_C(0x9E3779B97F4A7C15);
	uint64_t h = word.len * odd, part = 0;

	if (word.len >= 8) {
		for (size_t i = 0; i + 8 < word.len; i += 8) {
			memcpy(&part, word.ptr + i, 8);
			h = (h ^ part) * odd;
			h ^= h >> 32;
		}
		memcpy(&part, word.ptr + word.len - 8, 8);
	} else if (word.len >= 4) {
		uint32_t low, high;

		memcpy(&low, word.ptr, 4);
		memcpy(&high, word.ptr + word.len - 4, 4);
		part = (uint64_t)high << 32 | low;
	} else {
		for (size_t i = 0; i < word.len; i++)
			part = part << 8 | (unsigned char)word.ptr[i];
	}
	h = (h ^ part) * odd;
	h = (h ^ h >> 29) * odd;
	return h ^ h >> 32;
}

static void *slots_of(size_t size)
{
	void *slots = calloc(size, sizeof(struct seen *));

	if (slots == NULL)
		die("out of memory");
	return slots;
}

void memo_init(struct memo *memo, const struct terms *terms, const struct lexicon *lexicon)
{
	*memo = (struct memo){ .lexicon = lexicon, .terms = terms, .stemmer = lexicon_stemmer() };
	memo->slots = slots_of(SIZE_FIRST);
	memo->size = SIZE_FIRST;
}

void memo_done(struct memo *memo)
{
	stem_free(memo->stemmer);
	free(memo->slots);
	arena_done(&memo->scratch);
	arena_done(&memo->arena);
}

void memo_forget(struct memo *memo)
{
	arena_reset(&memo->arena);
	memset(memo->slots, 0, memo->size * sizeof(*memo->slots));
	memo->n = 0;
}

void memo_make_room(struct memo *memo)
{
	if (memo->n >= MEMO_WORDS_MAX)
		memo_forget(memo);
}

static void grow(struct memo *memo)
{
	size_t size = 2 * memo->size;
	struct seen **slots = slots_of(size);

	for (size_t i = 0; i < memo->size; i++) {
		size_t at;

		if (memo->slots[i] == NULL)
			continue;
		at = (size_t)memo->slots[i]->hash & (size - 1);
		while (slots[at] != NULL)
			at = (at + 1) & (size - 1);
		slots[at] = memo->slots[i];
	}
	free(memo->slots);
	memo->slots = slots;
	memo->size = size;
}

/* All there is to know of a word, worked out once. */
static struct seen *learn(struct memo *memo, struct str folded, uint64_t hash)
{
	struct seen *seen = arena_alloc(&memo->arena, sizeof(*seen) + folded.len);
	struct trigger *triggers = NULL;

	seen->hash = hash;
	seen->len = (uint32_t)folded.len;
	memcpy(seen->text, folded.ptr, folded.len);
	arena_reset(&memo->scratch);
	lexicon_symbols(memo->lexicon, memo->stemmer, folded, &memo->scratch, seen->symbols, &seen->stop);
	for (int form = 0; form < FORMS; form++) {
		if (seen->symbols[form] == 0)
			continue;
		seen->first[form] = terms_first(memo->terms, seen->symbols[form]);
		seen->asked = true;
	}
	if (lexicon_watched(memo->lexicon) != NULL)
		seen->n_triggers = (uint32_t)triggers_of(lexicon_watched(memo->lexicon), folded,
			&memo->arena, &triggers);
	seen->triggers = triggers;
	return seen;
}

uint64_t memo_hash(const struct memo *memo, struct str word)
{
	uint64_t hash = hash_of(word);

	__builtin_prefetch(&memo->slots[(size_t)hash & (memo->size - 1)]);
	return hash;
}

void memo_fetch(const struct memo *memo, uint64_t hash)
{
	__builtin_prefetch(memo->slots[(size_t)hash & (memo->size - 1)]);
}

const struct seen *memo_word(struct memo *memo, struct str word, uint64_t hash)
{
	size_t at = (size_t)hash & (memo->size - 1);

	for (; memo->slots[at] != NULL; at = (at + 1) & (memo->size - 1)) {
		const struct seen *seen = memo->slots[at];

		if (seen->hash == hash && seen->len == word.len &&
			memcmp(seen->text, word.ptr, word.len) == 0)
			return seen;
	}
	if (2 * (memo->n + 1) > memo->size) {
		grow(memo);
		for (at = (size_t)hash & (memo->size - 1); memo->slots[at] != NULL;)
			at = (at + 1) & (memo->size - 1);
	}
	memo->n++;
	return memo->slots[at] = learn(memo, word, hash);
}
