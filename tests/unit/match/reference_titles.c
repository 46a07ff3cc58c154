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

static bool parts(struct str between)
{
	static const char *const signs[] = { ".", ":", ";", "|", "/", "\n", "–", "—", " - " };

	for (size_t i = 0; i < LENGTH(signs); i++)
		if (has(between, signs[i]))
			return true;
	return false;
}

/* Is what is behind this word, or what stands between the two, put beside what is before it? */
static bool lists(struct str word, struct str between)
{
	static const char *const signs[] = { ",", "(", ")", "+", "&", "\"", "«", "»" };

	for (size_t i = 0; i < LENGTH(signs); i++)
		if (has(between, signs[i]))
			return true;
	return str_eqz(word, "et") || str_eqz(word, "ou") || str_eqz(word, "and") || str_eqz(word, "or");
}

static bool is_heavy(const struct reference *r, struct str word)
{
	for (size_t i = 0; i < word.len; i++)
		if (word.ptr[i] >= '0' && word.ptr[i] <= '9')
			return false;
	return !ref_is_stop(r, word) && ref_rarity_of(r, word) >= 4;
}

/*
 * From left to right: `object` as long as nothing but light words were read in this part, `governor` once a
 * heavy one was, until things are put side by side, and `tied` by a function word behind it.
 */
void ref_stands(const struct reference *r, struct str text, uint32_t start, size_t n_words, struct hit *hit)
{
	bool subject = hit->field == FIELD_SUBJECTS;
	struct folded folded = fold(r->arena, text);
	bool object = true, governor = false, tied = false;

	for (uint32_t i = 0; i < folded.n_words && folded.words[i].raw_start < start; i++) {
		uint32_t next = i + 1 < folded.n_words ? folded.words[i + 1].raw_start : (uint32_t)text.len;
		struct str between = str_sub(text, folded.words[i].raw_end, next), word = folded_word(&folded, i);

		if (is_heavy(r, word)) {
			governor = true;
			tied = false;
		}
		tied |= ref_is_stop(r, word);
		object = object && is_light(r, word);
		if (!subject && parts(between)) {
			object = true;
			governor = false;
		}
		if (lists(word, between))
			governor = false;
	}
	hit->object |= object;
	hit->governed = !subject && !object && governor && tied;
	hit->sole |= subject && r->notice->subjects.n == 1 && ref_words_of(r, text).n == n_words;
}
