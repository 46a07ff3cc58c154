#include "snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"

/* Lists of layers, as readers see them: made anew with every edit, and freed when nobody reads them. */

static void *snapshot_free(struct snapshot *snapshot)
{
	for (size_t i = 0; snapshot != NULL && i < snapshot->n; i++) {
		layer_release(snapshot->at[i].layer);
		free(snapshot->at[i].gone);
	}
	if (snapshot != NULL)
		amend_release(snapshot->amend);
	free(snapshot);
	return NULL;
}

static void place(struct snapshot *snapshot, struct layer *layer)
{
	struct placed *placed = &snapshot->at[snapshot->n++];
	size_t bytes = (layer->n / 64 + 1) * sizeof(*placed->gone);

	*placed = (struct placed){ layer, NULL };
	layer->refs++;
	if (layer->n_gone == 0)
		return;
	placed->gone = must(malloc(bytes));
	memcpy(placed->gone, layer->gone, bytes);
}

static bool is_held(const struct live *live, const struct snapshot *snapshot)
{
	for (struct live_reader *r = live->readers; r != NULL; r = live_reader_next(r))
		if (live_reader_holds(r, snapshot))
			return true;
	return false;
}

void live_free_retired(struct live *live)
{
	struct snapshot **at = &live->retired;

	while (*at != NULL) {
		struct snapshot *old = *at;

		if (is_held(live, old)) {
			at = &old->next;
			continue;
		}
		*at = old->next;
		snapshot_free(old);
	}
}

void live_publish(struct live *live)
{
	struct snapshot *snapshot =
		must(calloc(1, sizeof(*snapshot) + (1 + live->n_young) * sizeof(*snapshot->at)));
	struct snapshot *old;

	snapshot->serial = ++live->serials;
	snapshot->amend = live->amend;
	if (live->amend != NULL)
		live->amend->refs++;
	place(snapshot, live->base);
	for (size_t i = 0; i < live->n_young; i++)
		place(snapshot, live->young[i]);
	old = atomic_exchange(&live->current, snapshot);
	if (old != NULL) {
		old->next = live->retired;
		live->retired = old;
	}
	live_free_retired(live);
}

void live_free_snapshots(struct live *live)
{
	struct snapshot *next;

	for (struct snapshot *old = live->retired; old != NULL; old = next) {
		next = old->next;
		snapshot_free(old);
	}
	snapshot_free(atomic_load(&live->current));
}
