#include "shares.h"

#include "base/fold.h"
#include "tender/profile.h"

static void add_words(struct memo *memo, struct str text, bool title, struct arena *arena, struct head_words *ret,
	size_t *capacity)
{
	struct folded folded = fold(arena, str_clip(text, PROFILE_TEXT_MAX));

	for (uint32_t i = 0; i < folded.n_words; i++) {
		const struct word_facts *facts = &memo->facts[memo_word(memo, folded_word(&folded, i))];
		struct head_word word = { .stem = facts->family, .weight = facts->weight };

		if (word.weight == 0)
			continue;
		if (title) {
			word.start = folded.words[i].raw_start;
			word.end = folded.words[i].raw_end;
		}
		arena_grow(arena, ret->at, ret->n, capacity);
		ret->at[ret->n++] = word;
		ret->weight += word.weight;
	}
}

struct head_words head_words_of(struct memo *memo, const struct notice *notice, struct arena *arena)
{
	struct head_words ret = { .n = 0 };
	size_t capacity = 0;

	add_words(memo, notice->title, true, arena, &ret, &capacity);
	ret.of_title = ret.n;
	ret.weight_of_title = ret.weight;
	for (size_t i = 0; i < notice->subjects.n; i++)
		add_words(memo, notice->subjects.at[i], false, arena, &ret, &capacity);
	for (size_t i = 0; i < ret.n; i++)
		ret.said[ret.at[i].stem % HEAD_BITS / 64] |= UINT64_C(1) << ret.at[i].stem % 64;
	return ret;
}

static bool stands_between(const struct head_word *word, uint32_t start, uint32_t end)
{
	return word->end > start && word->start < end;
}

static bool is_said(const struct head_words *words, uint32_t stem)
{
	return (words->said[stem % HEAD_BITS / 64] >> stem % 64 & 1) != 0;
}

/* What the first `n` words weigh that are of this stem and do not stand between. */
static unsigned weight_of(const struct head_words *words, size_t n, uint32_t stem, uint32_t start, uint32_t end)
{
	unsigned weight = 0;

	for (size_t i = 0; i < n; i++)
		if (words->at[i].stem == stem && !stands_between(&words->at[i], start, end))
			weight += words->at[i].weight;
	return weight;
}

bool shares_word(struct said_stems said, const struct head_words *words, uint32_t start, uint32_t end)
{
	for (size_t i = 0; i < said.n; i++)
		if (is_said(words, said.at[i]) && weight_of(words, words->n, said.at[i], start, end) > 0)
			return true;
	return false;
}

static unsigned weight_between(const struct head_words *words, size_t n, uint32_t start, uint32_t end)
{
	unsigned weight = 0;

	for (size_t i = 0; i < n; i++)
		weight += stands_between(&words->at[i], start, end) ? words->at[i].weight : 0;
	return weight;
}

enum { AT_ONCE = 16 };

/* Of these stems, those that one of the words may be of: a few of many. Without branches, for which is anybody's guess. */
static size_t pick_said(const struct head_words *words, struct said_stems said, uint32_t ret[AT_ONCE])
{
	size_t n = 0;

	for (size_t i = 0; i < said.n; i++) {
		ret[n] = said.at[i];
		n += is_said(words, said.at[i]);
	}
	return n;
}

int shares_percent(struct said_stems said, const struct head_words *words, struct head_part part)
{
	size_t n = part.subjects ? words->n : words->of_title;
	unsigned all = part.subjects ? words->weight : words->weight_of_title, shared = 0;

	if (all == 0)
		return 0;
	if (part.end > part.start)
		shared = weight_between(words, n, part.start, part.end);
	for (size_t at = 0; at < said.n; at += AT_ONCE) {
		struct said_stems some = { &said.at[at], said.n - at < AT_ONCE ? said.n - at : AT_ONCE };
		uint32_t stems[AT_ONCE];
		size_t picked = pick_said(words, some, stems);

		for (size_t i = 0; i < picked; i++)
			shared += weight_of(words, n, stems[i], part.start, part.end);
	}
	return (int)(100 * shared / all);
}
