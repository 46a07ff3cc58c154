#include "clean.h"

struct str clean_utf8(struct str s, struct arena *arena)
{
	size_t pos = 0, len = 0;
	char *out;

	if (!str_given(s) || str_utf8_valid(s))
		return arena_dup(arena, s);
	out = arena_alloc(arena, 3 * s.len + 1);
	while (pos < s.len) {
		char utf8[4];
		size_t n = str_utf8_put(str_utf8_next(s, &pos), utf8);

		for (size_t i = 0; i < n; i++)
			out[len++] = utf8[i];
	}
	return str_n(out, len);
}
