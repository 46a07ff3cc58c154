/* The slow matcher's eye for words and for what a title is about. */
#include "reference_parts.h"

#include "../../../src/match/inflection.h"
#include "base/fold.h"

/* words */

bool ref_is_stop(const struct reference *r, struct str word)
{
	for (size_t i = 0; i < r->rules->n_stop_words; i++)
		if (str_eq(r->rules->stop_words[i], word))
			return true;
	return false;
}

int ref_rarity_of(const struct reference *r, struct str word)
{
	for (size_t i = r->rules->n_rarities; i > 0; i--)
		if (str_eq(r->rules->rarities[i - 1].word, word))
			return r->rules->rarities[i - 1].rarity;
	return str_digits(word) ? 1 : RARITY_MAX;
}

struct str ref_stem_of(const struct reference *r, struct str word)
{
	for (size_t i = 0; i < word.len; i++)
		if (word.ptr[i] >= '0' && word.ptr[i] <= '9')
			return word;
	return inflection_base(word, r->arena);
}

/* The words that count. */
struct ref_words ref_words_of(const struct reference *r, struct str text)
{
	struct folded folded = fold(r->arena, text);
	struct ref_words words = { arena_array(r->arena, struct ref_word, folded.n_words), 0 };

	for (uint32_t i = 0; i < folded.n_words; i++)
		if (!ref_is_stop(r, folded_word(&folded, i)))
			words.at[words.n++] = (struct ref_word){ folded_word(&folded, i),
				ref_stem_of(r, folded_word(&folded, i)), folded.words[i].raw_start,
				folded.words[i].raw_end };
	return words;
}

bool ref_same_phrase(const struct ref_words *a, const struct ref_words *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!str_eq(a->at[i].stem, b->at[i].stem))
			return false;
	return true;
}

static bool says(const struct reference *r, struct str text, const struct ref_word *word)
{
	struct ref_words words = ref_words_of(r, text);

	for (size_t i = 0; i < words.n; i++)
		if (str_eq(words.at[i].stem, word->stem))
			return true;
	return false;
}

static bool profile_says(const struct reference *r, const struct profile *profile, const struct ref_word *word)
{
	bool said = says(r, profile->description, word);

	for (size_t k = 0; k < profile->keywords.n; k++)
		said |= says(r, profile->keywords.at[k], word);
	return said;
}

static bool is_counted(const struct ref_word *word)
{
	return word->text.len >= 2 && !str_digits(word->text);
}

static bool stands_in(const struct ref_word *word, const struct hit *hit)
{
	return hit != NULL && word->end > hit->start && word->start < hit->end;
}

bool ref_shares_word(const struct reference *r, const struct profile *profile, const struct hit *but)
{
	for (size_t i = 0; i <= r->notice->subjects.n; i++) {
		struct ref_words words = ref_words_of(r, i == 0 ? r->notice->title : r->notice->subjects.at[i - 1]);

		for (size_t j = 0; j < words.n; j++) {
			const struct ref_word *word = &words.at[j];

			if (!is_counted(word) || (i == 0 && stands_in(word, but)))
				continue;
			if (profile_says(r, profile, word))
				return true;
		}
	}
	return false;
}

int ref_own_share(const struct reference *r, const struct profile *profile, bool subjects, const struct hit *keyword)
{
	int all = 0, own = 0;

	for (size_t i = 0; i <= (subjects ? r->notice->subjects.n : 0); i++) {
		struct ref_words words = ref_words_of(r, i == 0 ? r->notice->title : r->notice->subjects.at[i - 1]);

		for (size_t j = 0; j < words.n; j++) {
			int rarity = ref_rarity_of(r, words.at[j].text), weight = rarity < 1 ? 1 : rarity > 5 ? 5 : rarity;

			if (!is_counted(&words.at[j]))
				continue;
			all += weight;
			if (profile_says(r, profile, &words.at[j]) || (i == 0 && stands_in(&words.at[j], keyword)))
				own += weight;
		}
	}
	return all > 0 ? 100 * own / all : 0;
}

/* titles */

static bool is_craft(struct str word)
{
	static const char *const crafts[] = { "maitrise", "moe", "amo", "opc", "sps" };

	for (size_t i = 0; i < LENGTH(crafts); i++)
		if (str_eqz(word, crafts[i]))
			return true;
	return false;
}

/* May the word stand before the object? */
static bool is_light(const struct reference *r, struct str word)
{
	if (is_craft(word))
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
	return is_craft(word) || (!ref_is_stop(r, word) && word.len >= 4 && ref_rarity_of(r, word) >= 4);
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

/* Does the word before this one, which is of something else, govern it? A function word stands between then. */
static bool governed_by_another(const struct reference *r, const struct ref_words *words, size_t last, size_t next,
	struct str text)
{
	struct str between;

	if (next == last + 1 || !is_heavy(r, words->at[next - 1].text))
		return false;
	between = str_sub(text, words->at[next - 1].end, words->at[next].start);
	return fold(r->arena, between).n_words > 0;
}

/* The words in order, at most two others among them, and at least one; places nearest to the front first. */
static bool reach(const struct reference *r, const struct ref_words *words, const struct ref_words *phrase, size_t at,
	size_t n, size_t left, struct str text, uint32_t start, uint32_t *end)
{
	if (n == phrase->n) {
		struct str through = str_sub(text, start, words->at[at].end);

		*end = words->at[at].end;
		return left < 2 && !parts(through) && str_find_char(through, ',') == SIZE_MAX;
	}
	for (size_t next = at + 1; next < words->n && next - at - 1 <= left; next++)
		if (str_eq(words->at[next].stem, phrase->at[n].stem) &&
			!governed_by_another(r, words, at, next, text) &&
			reach(r, words, phrase, next, n + 1, left - (next - at - 1), text, start, end))
			return true;
	return false;
}

bool ref_find_gapped(const struct reference *r, const struct ref_words *phrase, struct str text,
	uint32_t *start, uint32_t *end)
{
	struct ref_words words = ref_words_of(r, text);

	for (size_t i = 0; phrase->n > 1 && i < words.n; i++) {
		*start = words.at[i].start;
		if (str_eq(words.at[i].stem, phrase->at[0].stem) &&
			reach(r, &words, phrase, i, 1, 2, text, *start, end))
			return true;
	}
	return false;
}
