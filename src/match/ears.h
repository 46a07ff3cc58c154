/* Of few profiles, who hears of which rule: what nobody hears of who may match a notice is not run on it. */
#ifndef MATCH_EARS_H
#define MATCH_EARS_H

#include <stdint.h>

#include "base/arena.h"

struct matcher_view;

struct ears {
	const uint8_t *rules;    /* by rule: bits, one for each profile that hears of it, be it through another rule */
	const uint8_t *patterns; /* by pattern: the same of all rules that have it */
	unsigned open;           /* bits: profiles that may match the notice at hand */
};
enum { EARS_MAX = 8 };

/* `profiles`: numbers of at most EARS_MAX; who is not among them is not asked. In `arena`. */
void ears_init(struct ears *ears, const struct matcher_view *m, const uint32_t *profiles, size_t n, struct arena *arena);

/* `ears`: NULL: everything is heard. */
static inline bool ears_rule(const struct ears *ears, uint32_t rule)
{
	return ears == NULL || (ears->rules[rule] & ears->open) != 0;
}
static inline bool ears_pattern(const struct ears *ears, uint32_t pattern)
{
	return ears == NULL || (ears->patterns[pattern] & ears->open) != 0;
}

#endif
