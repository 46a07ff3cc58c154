#include "interned.h"

#include <stdlib.h>

#include "base/error.h"

void interned_done(struct interned *interned)
{
	free(interned->slots);
	free(interned->texts);
	arena_done(&interned->arena);
}

/* Where the text has its number, or would get it. */
static uint32_t *slot_of(const struct interned *interned, struct str text)
{
	size_t at = (size_t)str_hash(text) & (interned->size - 1);

	while (interned->slots[at] != 0 && !str_eq(interned->texts[interned->slots[at] - 1], text))
		at = (at + 1) & (interned->size - 1);
	return &interned->slots[at];
}

static void grow(struct interned *interned)
{
	free(interned->slots);
	interned->size = interned->size ? 2 * interned->size : 256;
	interned->slots = calloc(interned->size, sizeof(*interned->slots));
	if (interned->slots == NULL)
		die("out of memory");
	for (size_t i = 0; i < interned->n; i++)
		*slot_of(interned, interned->texts[i]) = (uint32_t)i + 1;
}

static void grow_texts(struct interned *interned)
{
	interned->capacity = interned->capacity ? 2 * interned->capacity : 64;
	interned->texts = realloc(interned->texts, interned->capacity * sizeof(*interned->texts));
	if (interned->texts == NULL)
		die("out of memory");
}

uint32_t interned_number(struct interned *interned, struct str text)
{
	uint32_t *slot;

	if (2 * (interned->n + 1) > interned->size)
		grow(interned);
	slot = slot_of(interned, text);
	if (*slot == 0) {
		if (interned->n == interned->capacity)
			grow_texts(interned);
		interned->texts[interned->n++] = arena_dup(&interned->arena, text);
		*slot = (uint32_t)interned->n;
	}
	return *slot;
}
