#include "said.h"

#include <assert.h>

#include "base/table.h"
#include "memory.h"

struct said {
	uint32_t *starts; /* by profile, and one more: where its stems begin */
	size_t profiles, starts_capacity;
	uint32_t *stems;
	size_t n, capacity;
};

unsigned said_weight(struct str folded, bool stop, int rarity)
{
	if (folded.len < 2 || stop || str_digits(folded))
		return 0;
	return rarity < 1 ? 1 : rarity > SAID_WEIGHT_MAX ? SAID_WEIGHT_MAX : (unsigned)rarity;
}

struct said *said_new(void)
{
	return zeroed(1, sizeof(struct said));
}

void *said_free(struct said *said)
{
	if (said != NULL) {
		free(said->starts);
		free(said->stems);
	}
	free(said);
	return NULL;
}

/* Nothing more is said by who stands before that one. */
static void begin(struct said *said, size_t profile)
{
	assert(profile >= said->profiles);
	if (profile >= said->starts_capacity) {
		said->starts_capacity = 2 * profile + 1;
		said->starts = must(realloc(said->starts, said->starts_capacity * sizeof(*said->starts)));
	}
	for (; said->profiles <= profile; said->profiles++)
		said->starts[said->profiles] = (uint32_t)said->n;
}

void said_begin(struct said *said, uint32_t profile)
{
	begin(said, profile);
}

static void add_stem(struct said *said, uint32_t stem)
{
	for (size_t i = said->starts[said->profiles - 1]; i < said->n; i++)
		if (said->stems[i] == stem)
			return;
	if (said->n == said->capacity) {
		said->capacity = said->capacity ? 2 * said->capacity : 64;
		said->stems = must(realloc(said->stems, said->capacity * sizeof(*said->stems)));
	}
	said->stems[said->n++] = stem;
}

void said_add(struct said *said, struct word *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (said_weight(words[i]->text, words[i]->stop, words[i]->rarity) > 0)
			add_stem(said, words[i]->stem->family);
}

void said_close(struct said *said, size_t n_profiles)
{
	begin(said, n_profiles);
	said->starts = must(realloc(said->starts, (n_profiles + 1) * sizeof(*said->starts)));
	said->stems = must(realloc(said->stems, (said->n + 1) * sizeof(*said->stems)));
}

struct said_stems said_by(const struct said *said, uint32_t profile)
{
	const uint32_t *start = &said->starts[profile];

	return (struct said_stems){ &said->stems[start[0]], start[1] - start[0] };
}

void said_fetch_place(const struct said *said, uint32_t profile)
{
	__builtin_prefetch(&said->starts[profile]);
}

void said_fetch(const struct said *said, uint32_t profile)
{
	struct said_stems stems = said_by(said, profile);

	table_fetch(stems.at, stems.n * sizeof(*stems.at));
}
