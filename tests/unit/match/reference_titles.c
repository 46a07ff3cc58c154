/* The slow matcher's eye for what a title is about. */
#include "reference_parts.h"

#include "base/fold.h"

/* May the word stand before the object? */
static bool is_light(const struct reference *r, struct str word)
{
	static const char *const crafts[] = { "maitrise", "moe", "amo", "opc", "sps" };

	for (size_t i = 0; i < LENGTH(crafts); i++)
		if (str_eqz(word, crafts[i]))
			return false;
	for (size_t i = 0; i < word.len; i++)
		if (word.ptr[i] >= '0' && word.ptr[i] <= '9')
			return true;
	return ref_is_stop(r, word) || ref_rarity_of(r, word) <= 1;
}

static bool has(struct str text, const char *what)
{
	for (size_t i = 0; i < text.len; i++)
		if (str_starts(str_from(text, i), what))
			return true;
	return false;
}

bool ref_is_object(const struct reference *r, struct str text, uint32_t start, bool parts)
{
	static const char *const signs[] = { ".", ":", ";", "|", "/", "\n", "–", "—", " - " };
	struct folded folded = fold(r->arena, text);
	bool object = true;

	for (uint32_t i = 0; i < folded.n_words && folded.words[i].raw_start < start; i++) {
		uint32_t next = i + 1 < folded.n_words ? folded.words[i + 1].raw_start : (uint32_t)text.len;
		struct str between = str_sub(text, folded.words[i].raw_end, next);

		object = object && is_light(r, folded_word(&folded, i));
		for (size_t j = 0; parts && j < LENGTH(signs); j++)
			object |= has(between, signs[j]);
	}
	return object;
}
