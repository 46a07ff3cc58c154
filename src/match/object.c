#include "object.h"

enum { LIGHT_RARITY = 1 };

/* Common in titles, and what is bought all the same: what follows them is not. */
static const char *const crafts[] = { "amo", "maitrise", "moe", "opc", "sps" };

static bool has_digit(struct str word)
{
	for (size_t i = 0; i < word.len; i++)
		if (word.ptr[i] >= '0' && word.ptr[i] <= '9')
			return true;
	return false;
}

bool object_behind(struct str word, int rarity)
{
	for (size_t i = 0; i < LENGTH(crafts); i++)
		if (str_eqz(word, crafts[i]))
			return false;
	return rarity <= LIGHT_RARITY || has_digit(word); /* the buyer's reference */
}

bool object_parted(struct str between)
{
	static const char *const signs[] = { ";", ":", ".", "|", "/", "\n", " - ", "\xe2\x80\x93", "\xe2\x80\x94" };

	for (size_t i = 0; i < between.len; i++)
		for (size_t j = 0; j < LENGTH(signs); j++)
			if (str_starts(str_from(between, i), signs[j]))
				return true;
	return false;
}
