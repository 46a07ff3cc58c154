#include "shares.h"

#include <stdlib.h>
#include <string.h>

#include "base/fold.h"
#include "memory.h"

/* What a profile says, first of all as a bit for each of its stems: mostly these say that it does not say a word. */
enum { SAID_BITS = 256 };
struct stems {
	uint64_t *at; /* ascending; NULL: not found yet */
	uint32_t n, number;
	uint64_t said[SAID_BITS / 64];
};

/* Titles have few words, which come again and again, and to stem one takes long. */
enum { STEMS_KNOWN = 2048, KNOWN_WORD_MAX = 23 };
struct known_stem {
	uint64_t stem; /* 0: the word does not count */
	uint8_t len;   /* 0: none is known */
	char word[KNOWN_WORD_MAX];
};
_Static_assert(sizeof(struct known_stem) == 32, "two to a cache line");
struct own_stems {
	struct stems kept[OWN_STEMS_KEPT]; /* by number, the last of those that fall together */
	struct known_stem known[STEMS_KNOWN]; /* by hash of the word, the last of those that fall together */
	struct arena arena;                /* scratch */
};

/* Of a word that counts; 0: it does not. */
static uint64_t find_stem(const struct lexicon *lexicon, struct str word, struct arena *arena)
{
	if (word.len < 2 || str_digits(word) || lexicon_look(lexicon, word, arena).stop)
		return 0;
	return str_hash(lexicon_stem_text(word, arena));
}

static uint64_t stem_of(struct own_stems *own, const struct lexicon *lexicon, struct str word, struct arena *arena)
{
	struct known_stem *known = &own->known[str_hash(word) % STEMS_KNOWN];

	if (word.len == known->len && memcmp(word.ptr, known->word, word.len) == 0)
		return known->stem;
	if (word.len > KNOWN_WORD_MAX)
		return find_stem(lexicon, word, arena);
	known->stem = find_stem(lexicon, word, arena);
	known->len = (uint8_t)word.len;
	memcpy(known->word, word.ptr, word.len);
	return known->stem;
}

static uint8_t weight_of(const struct lexicon *lexicon, struct str word)
{
	int rarity = lexicon_rarity(lexicon, word);

	return (uint8_t)(rarity < 1 ? 1 : rarity > SHARE_WEIGHT_MAX ? SHARE_WEIGHT_MAX : rarity);
}

static void add_words(struct own_stems *own, const struct lexicon *lexicon, struct str text, bool title,
	struct arena *arena, struct head_words *ret, size_t *capacity)
{
	struct folded folded = fold(arena, str_clip(text, PROFILE_TEXT_MAX));

	for (uint32_t i = 0; i < folded.n_words; i++) {
		uint64_t stem = stem_of(own, lexicon, folded_word(&folded, i), arena);
		struct head_word word = { .stem = stem };

		if (stem == 0)
			continue;
		word.weight = weight_of(lexicon, folded_word(&folded, i));
		if (title) {
			word.start = folded.words[i].raw_start;
			word.end = folded.words[i].raw_end;
		}
		arena_grow(arena, ret->at, ret->n, capacity);
		ret->at[ret->n++] = word;
	}
}

struct head_words head_words_of(struct own_stems *own, const struct lexicon *lexicon, const struct notice *notice,
	struct arena *arena)
{
	struct head_words ret = { NULL, 0 };
	size_t capacity = 0;

	add_words(own, lexicon, notice->title, true, arena, &ret, &capacity);
	for (size_t i = 0; i < notice->subjects.n; i++)
		add_words(own, lexicon, notice->subjects.at[i], false, arena, &ret, &capacity);
	return ret;
}

struct own_stems *own_stems_new(void)
{
	return zeroed(1, sizeof(struct own_stems));
}

void *own_stems_free(struct own_stems *own)
{
	if (own == NULL)
		return NULL;
	for (size_t i = 0; i < OWN_STEMS_KEPT; i++)
		free(own->kept[i].at);
	arena_done(&own->arena);
	free(own);
	return NULL;
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Of a stem: its bit of those that are said. */
static uint64_t *word_of(struct stems *stems, uint64_t stem)
{
	return &stems->said[(stem >> 32) % SAID_BITS / 64];
}

static uint64_t bit_of(uint64_t stem)
{
	return UINT64_C(1) << (stem >> 32) % 64;
}

static void find_stems(struct own_stems *own, const struct lexicon *lexicon, const struct profile *profile,
	struct stems *ret)
{
	struct head_words words = { NULL, 0 };
	size_t capacity = 0;

	arena_reset(&own->arena);
	for (size_t i = 0; i < profile->keywords.n; i++)
		add_words(own, lexicon, profile->keywords.at[i], false, &own->arena, &words, &capacity);
	add_words(own, lexicon, profile->description, false, &own->arena, &words, &capacity);
	ret->at = must(realloc(ret->at, (words.n + 1) * sizeof(*ret->at)));
	ret->n = 0;
	memset(ret->said, 0, sizeof(ret->said));
	for (size_t i = 0; i < words.n; i++) {
		ret->at[ret->n++] = words.at[i].stem;
		*word_of(ret, words.at[i].stem) |= bit_of(words.at[i].stem);
	}
	qsort(ret->at, ret->n, sizeof(*ret->at), by_value);
}

void own_stems_fetch(const struct own_stems *own, uint32_t number)
{
	if (own != NULL)
		__builtin_prefetch(&own->kept[number % OWN_STEMS_KEPT]);
}

/* Those of this number, found now or before. */
static struct stems *stems_of(struct own_stems *own, const struct lexicon *lexicon, uint32_t number,
	const struct profile *profile)
{
	struct stems *stems = &own->kept[number % OWN_STEMS_KEPT];

	if (stems->at == NULL || stems->number != number)
		find_stems(own, lexicon, profile, stems);
	stems->number = number;
	return stems;
}

static bool says(struct stems *stems, const struct head_word *word)
{
	return (*word_of(stems, word->stem) & bit_of(word->stem)) != 0 &&
	       bsearch(&word->stem, stems->at, stems->n, sizeof(*stems->at), by_value) != NULL;
}

static bool stands_between(const struct head_word *word, uint32_t start, uint32_t end)
{
	return word->end > start && word->start < end;
}

bool shares_word(struct own_stems *own, const struct lexicon *lexicon, uint32_t number,
	const struct profile *profile, const struct head_words *words, uint32_t start, uint32_t end)
{
	struct stems *stems = stems_of(own, lexicon, number, profile);

	for (size_t i = 0; i < words->n; i++) {
		const struct head_word *word = &words->at[i];

		if (!stands_between(word, start, end) && says(stems, word))
			return true;
	}
	return false;
}

int shares_percent(struct own_stems *own, const struct lexicon *lexicon, uint32_t number,
	const struct profile *profile, const struct head_words *words, struct head_part part)
{
	struct stems *stems = stems_of(own, lexicon, number, profile);
	unsigned all = 0, said = 0;

	for (size_t i = 0; i < words->n && (part.subjects || words->at[i].end > 0); i++) {
		all += words->at[i].weight;
		if (stands_between(&words->at[i], part.start, part.end) || says(stems, &words->at[i]))
			said += words->at[i].weight;
	}
	return all > 0 ? (int)(100 * said / all) : 0;
}
