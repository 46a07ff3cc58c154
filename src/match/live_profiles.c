#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "snapshot.h"

/* The profiles of a live set, by id: as they are now, and in which layer each is compiled. */

struct entry *live_entry(struct live *live, struct str id)
{
	uint32_t number = interned_number(&live->ids, id);

	if (number > live->capacity) {
		size_t capacity = 2 * live->capacity + 64;

		live->entries = must(realloc(live->entries, capacity * sizeof(*live->entries)));
		memset(live->entries + live->capacity, 0,
			(capacity - live->capacity) * sizeof(*live->entries));
		live->capacity = capacity;
	}
	return &live->entries[number - 1];
}

void live_drop_young(struct live *live, size_t number)
{
	layer_release(live->young[number]);
	for (size_t i = number; i + 1 < live->n_young; i++)
		live->young[i] = live->young[i + 1];
	live->n_young--;
}

/* Its layer has it in vain from now on; one that has nothing else is dropped. */
static void leave(struct live *live, struct entry *entry)
{
	struct layer *layer = entry->layer;

	if (layer == NULL)
		return;
	entry->layer = NULL;
	layer->gone[entry->number / 64] |= UINT64_C(1) << entry->number % 64;
	if (++layer->n_gone < layer->n)
		return;
	for (size_t i = 0; i < live->n_young; i++)
		if (live->young[i] == layer) {
			live_drop_young(live, i);
			return;
		}
}

void live_set_held(struct live *live, struct entry *entry, struct held *held)
{
	if (held != NULL)
		live->n_profiles++;
	if (entry->held != NULL)
		live->n_profiles--;
	leave(live, entry);
	held_release(entry->held);
	entry->held = held;
	entry->edit = live->edits;
}

size_t live_young_profiles(const struct live *live)
{
	size_t n = 0;

	for (size_t i = 0; i < live->n_young; i++)
		n += live->young[i]->n - live->young[i]->n_gone;
	return n;
}

void gathered_done(struct gathered *gathered)
{
	for (size_t i = 0; i < gathered->n; i++)
		held_release(gathered->held[i]);
	free(gathered->held);
}

static int by_id(const void *a, const void *b)
{
	return str_cmp((*(struct held *const *)a)->profile.id, (*(struct held *const *)b)->profile.id);
}

void live_gather(struct live *live, bool young, uint64_t since, struct gathered *ret)
{
	*ret = (struct gathered){ must(malloc((live->ids.n + 1) * sizeof(*ret->held))), 0 };
	for (size_t i = 0; i < live->ids.n; i++) {
		const struct entry *entry = &live->entries[i];

		if (entry->held == NULL || (young && entry->layer == live->base) || entry->edit <= since)
			continue;
		entry->held->refs++;
		ret->held[ret->n++] = entry->held;
	}
	if (ret->n > 1)
		qsort(ret->held, ret->n, sizeof(*ret->held), by_id);
}

void live_move_in(struct live *live, struct layer *layer, const struct gathered *gathered)
{
	for (uint32_t i = 0; i < gathered->n; i++) {
		struct entry *entry = live_entry(live, gathered->held[i]->profile.id);

		if (entry->held != gathered->held[i]) {
			layer->gone[i / 64] |= UINT64_C(1) << i % 64;
			layer->n_gone++;
			continue;
		}
		leave(live, entry);
		entry->layer = layer;
		entry->number = i;
	}
}
