/* Short lists of folded words, as they stand in the code. */
#ifndef MATCH_ONE_OF_H
#define MATCH_ONE_OF_H

#include <stdbool.h>

#include "base/str.h"

/* The first letter tells most apart. No word is empty. */
static inline bool is_one_of(struct str word, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (list[i][0] == word.ptr[0] && str_eqz(word, list[i]))
			return true;
	return false;
}
#define ONE_OF(word, list) is_one_of(word, list, LENGTH(list))

#endif
