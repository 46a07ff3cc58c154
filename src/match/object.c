#include "object.h"

#include "one_of.h"

enum { LIGHT_RARITY = 1, HEAVY_RARITY = 4, HEAVY_LETTERS = 4 };

/* Common in titles, and what is bought all the same: what follows them is not. */
static const char *const crafts[] = { "amo", "maitrise", "moe", "opc", "sps" };

static bool has_digit(struct str word)
{
	for (size_t i = 0; i < word.len; i++)
		if (word.ptr[i] >= '0' && word.ptr[i] <= '9')
			return true;
	return false;
}

static bool is_craft(struct str word)
{
	return ONE_OF(word, crafts);
}

bool object_behind(struct str word, int rarity)
{
	if (is_craft(word))
		return false;
	return rarity <= LIGHT_RARITY || has_digit(word); /* the buyer's reference */
}

bool object_governs(struct str word, int rarity)
{
	return is_craft(word) || (rarity >= HEAVY_RARITY && word.len >= HEAVY_LETTERS && !has_digit(word));
}

bool object_joins(struct str word)
{
	return str_eqz(word, "et") || str_eqz(word, "ou") || str_eqz(word, "and") || str_eqz(word, "or");
}

static bool has_sign(struct str text, const char *const *signs, size_t n)
{
	for (size_t i = 0; i < text.len; i++)
		for (size_t j = 0; j < n; j++)
			if (text.ptr[i] == *signs[j] && str_starts(str_from(text, i), signs[j]))
				return true;
	return false;
}

bool object_parted(struct str between)
{
	static const char *const signs[] = { ";", ":", ".", "|", "/", "\n", " - ", "\xe2\x80\x93", "\xe2\x80\x94" };

	return has_sign(between, signs, LENGTH(signs));
}

bool object_listed(struct str between)
{
	static const char *const signs[] = { ",", "(", ")", "+", "&", "\"", "\xc2\xab", "\xc2\xbb" };

	return has_sign(between, signs, LENGTH(signs));
}
