#include "abbreviation.h"

/* One letter of an abbreviation: any of some, and whether a full stop may follow. */
struct place {
	struct str letters;
	bool stop;
};

static bool letter(char c)
{
	return (c | 32) >= 'a' && (c | 32) <= 'z';
}

/* "I" or "[BC]". */
static bool take_letters(struct str *rest, struct str *ret)
{
	size_t end;

	if (rest->len > 0 && letter(rest->ptr[0])) {
		*ret = str_sub(*rest, 0, 1);
		*rest = str_from(*rest, 1);
		return true;
	}
	if (rest->len == 0 || rest->ptr[0] != '[')
		return false;
	for (end = 1; end < rest->len && letter(rest->ptr[end]);)
		end++;
	if (end == 1 || end == rest->len || rest->ptr[end] != ']')
		return false;
	*ret = str_sub(*rest, 1, end);
	*rest = str_from(*rest, end + 1);
	return true;
}

/*
 * What follows may be anything that leaves the beginning needed: no quantifier on it, no alternative to it.
 * Classes are read as far as their first bracket, which may come too early and is then no match for "(".
 */
static bool leaves_needed(struct str rest)
{
	int depth = 0;

	if (rest.len > 0 && str_find_char(STR("?*+{"), rest.ptr[0]) != SIZE_MAX)
		return false;
	for (size_t i = 0; i < rest.len; i++) {
		char c = rest.ptr[i];

		if (c == '\\') {
			i++;
			continue;
		}
		if (c == '[')
			while (i + 1 < rest.len && rest.ptr[i + 1] != ']')
				i++;
		depth += c == '(' ? 1 : c == ')' ? -1 : 0;
		if (depth < 0 || (c == '|' && depth == 0))
			return false;
	}
	return depth == 0;
}

/* Every spelling of the first `n` letters. */
static bool add_words(const struct place *places, size_t n, struct arena *arena, struct str *ret,
	size_t *count)
{
	size_t spellings = 1;

	for (size_t i = 0; i < n; i++)
		spellings *= places[i].letters.len;
	if (*count + spellings > ABBREVIATION_WORDS_MAX)
		return false;
	for (size_t i = 0; i < spellings; i++) {
		char word[ABBREVIATION_LETTERS_MAX];
		size_t left = i;

		for (size_t j = 0; j < n; j++) {
			word[j] = (char)(places[j].letters.ptr[left % places[j].letters.len] | 32);
			left /= places[j].letters.len;
		}
		ret[(*count)++] = arena_dup(arena, str_n(word, n));
	}
	return true;
}

/* "(MDR|XDR)": one word each. */
static size_t take_group(struct str *rest, struct arena *arena, struct str *ret)
{
	size_t count = 0;

	do {
		struct place places[ABBREVIATION_LETTERS_MAX];
		size_t n = 0;

		*rest = str_from(*rest, 1); /* the bracket, the bar */
		while (n < ABBREVIATION_LETTERS_MAX && take_letters(rest, &places[n].letters))
			n++;
		if (n < 2 || !add_words(places, n, arena, ret, &count))
			return 0;
	} while (rest->len > 0 && rest->ptr[0] == '|');
	return str_prefix(rest, ")") ? count : 0;
}

/* "ENT", "G\.?T\.?[BC]": the whole, and what stands before a full stop. */
static size_t take_letters_and_stops(struct str *rest, struct arena *arena, struct str *ret,
	size_t *ret_letters)
{
	struct place places[ABBREVIATION_LETTERS_MAX];
	size_t n = 0, count = 0;

	while (n < ABBREVIATION_LETTERS_MAX && take_letters(rest, &places[n].letters)) {
		places[n].stop = str_prefix(rest, "\\.?");
		if (places[n++].stop)
			*ret_letters = 1;
	}
	if (n < 2)
		return 0;
	for (size_t i = 1; i <= n; i++)
		if ((i == n || places[i - 1].stop) && !add_words(places, i, arena, ret, &count))
			return 0;
	if (*ret_letters != 0)
		*ret_letters = n;
	return count;
}

size_t abbreviation_words(struct str pattern, struct arena *arena, struct str ret[ABBREVIATION_WORDS_MAX],
	size_t *ret_letters)
{
	size_t count;

	*ret_letters = 0;
	if (!str_prefix(&pattern, "\\b"))
		return 0;
	count = pattern.len > 0 && pattern.ptr[0] == '('
			? take_group(&pattern, arena, ret)
			: take_letters_and_stops(&pattern, arena, ret, ret_letters);
	return str_prefix(&pattern, "\\b") && leaves_needed(pattern) ? count : 0;
}
