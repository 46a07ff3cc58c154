#include <stdlib.h>

#include "memory.h"
#include "snapshot.h"

/*
 * Layers are made for each edit and merged, small ones with those that are not much larger, so that there are few; and
 * now and then, when profiles or rules above the base have become many, all of it is compiled anew.
 */

/* Each rule beside the base and each profile in a second layer makes notices be read more than once. */
enum { TIDY_LAYERS = 3, TIDY_STEP = 4, TIDY_YOUNG_MIN = 256, TIDY_YOUNG_SHARE = 64, TIDY_RULES = 32 };

struct ruling *live_ruling(const struct live *live)
{
	return live->amend != NULL ? live->amend->ruling : live->base->ruling;
}

struct hearing *live_hearing(struct live *live)
{
	return live->amend != NULL ? &live->amend->hearing : &live->base->hearing;
}

void live_add_young(struct live *live, const struct gathered *gathered)
{
	struct layer *layer;

	if (gathered->n == 0)
		return;
	layer = layer_new(++live->serials, live->base, live_hearing(live), gathered->held, gathered->n);
	live_move_in(live, layer, gathered);
	live->young[live->n_young++] = layer;
}

/* Young layers from this one on, in one. With the lock on edits. */
static void merge_young(struct live *live, size_t first)
{
	struct gathered gathered = { must(malloc((live->ids.n + 1) * sizeof(*gathered.held))), 0 };

	for (size_t i = first; i < live->n_young; i++)
		for (size_t j = 0; j < live->young[i]->n; j++)
			if ((live->young[i]->gone[j / 64] >> j % 64 & 1) == 0)
				gathered.held[gathered.n++] = live->young[i]->held[j];
	for (size_t i = 0; i < gathered.n; i++) {
		gathered.held[i]->refs++;
		live_entry(live, gathered.held[i]->profile.id)->layer = NULL;
	}
	while (live->n_young > first)
		live_drop_young(live, live->n_young - 1);
	live_add_young(live, &gathered);
	gathered_done(&gathered);
}

/* The youngest layers that are not much smaller than the one before them, as in a log-structured tree. */
static size_t first_to_merge(const struct live *live)
{
	size_t first = live->n_young - 1, sum = live->young[first]->n;

	while (first > 0 && live->young[first - 1]->n <= TIDY_STEP * sum)
		sum += live->young[--first]->n;
	return first;
}

void live_make_room(struct live *live)
{
	if (live->n_young == LIVE_LAYERS_MAX)
		merge_young(live, first_to_merge(live));
}

static void copy_suspended(const struct matcher *from, const struct matcher *to)
{
	for (size_t i = 0; from->rules == to->rules && i < to->rules->n_rules; i++)
		if (atomic_load_explicit(&from->suspended[i], memory_order_relaxed))
			atomic_store_explicit(&to->suspended[i], true, memory_order_relaxed);
}

/* The new base takes the place of all layers; what was edited since it was begun is compiled above it. */
static void install(struct live *live, struct layer *base, const struct gathered *all, uint64_t since)
{
	struct layer *old = live->base;
	struct gathered later;

	copy_suspended(old->matcher, base->matcher);
	for (size_t i = 0; i < live->ids.n; i++)
		live->entries[i].layer = NULL;
	while (live->n_young > 0)
		live_drop_young(live, live->n_young - 1);
	live->amend = amend_release(live->amend);
	live->base = base;
	live_move_in(live, base, all);
	live_gather(live, true, since, &later);
	live_add_young(live, &later);
	gathered_done(&later);
	live_publish(live);
	layer_release(old);
}

int live_merge_all(struct live *live, struct ruling *ruling, struct error *err)
{
	bool same = ruling == NULL, prepared;
	struct gathered all;
	struct layer *base;
	uint64_t since;
	int r;

	pthread_mutex_lock(&live->editing);
	live_gather(live, false, 0, &all);
	since = live->edits;
	prepared = live->puts_rules;
	if (same)
		ruling = live_ruling(live);
	base = layer_base_new(++live->serials, ruling, all.held, all.n);
	pthread_mutex_unlock(&live->editing);
	r = layer_base_compile(base, live->threads, err);
	if (r >= 0 && prepared)
		layer_prepare(base, base, &base->hearing);
	pthread_mutex_lock(&live->editing);
	if (r < 0 || (same && ruling != live_ruling(live)))
		layer_release(base);
	else
		install(live, base, &all, since);
	gathered_done(&all);
	pthread_mutex_unlock(&live->editing);
	return r;
}

/* Young profiles are recompiled with each merge, so there may be more of them where a base takes long. */
static bool base_is_due(struct live *live)
{
	size_t most = live->base->n / TIDY_YOUNG_SHARE;

	return amend_size(live->amend) > TIDY_RULES ||
	       live_young_profiles(live) + live->base->n_gone / 4 > (most > TIDY_YOUNG_MIN ? most : TIDY_YOUNG_MIN);
}

/* For rules that will be put. */
static void prepare_last(struct live *live)
{
	struct layer *last = live->n_young > 0 ? live->young[live->n_young - 1] : NULL;

	if (last != NULL && live->puts_rules && amend_wants_prepared(last))
		layer_prepare(last, live->base, live_hearing(live));
}

bool live_tidy(struct live *live)
{
	struct error err = ERROR_INIT;
	bool due, whole;

	pthread_mutex_lock(&live->merging);
	pthread_mutex_lock(&live->editing);
	whole = base_is_due(live);
	due = whole || (live->n_young > TIDY_LAYERS && first_to_merge(live) + 1 < live->n_young);
	if (due && !whole) {
		merge_young(live, first_to_merge(live));
		prepare_last(live);
		live_publish(live);
	}
	live_free_retired(live);
	pthread_mutex_unlock(&live->editing);
	if (whole && live_merge_all(live, NULL, &err) < 0)
		die("%s", err.text); /* more profiles than an edit lets in */
	pthread_mutex_unlock(&live->merging);
	return due;
}
