#include "match/live.h"

#include <stdlib.h>
#include <string.h>

#include "snapshot.h"

static void *must(void *p)
{
	if (p == NULL)
		die("out of memory");
	return p;
}

/* lists of layers */

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

/* Lists that nobody reads any more. */
static void free_retired(struct live *live)
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

/* What the layers are now is what readers see from here on. */
static void publish(struct live *live)
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
	free_retired(live);
}

/* profiles */

static struct entry *entry_of(struct live *live, struct str id)
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

static void drop_young(struct live *live, size_t number)
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
			drop_young(live, i);
			return;
		}
}

static void set_held(struct live *live, struct entry *entry, struct held *held)
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

static size_t young_profiles(const struct live *live)
{
	size_t n = 0;

	for (size_t i = 0; i < live->n_young; i++)
		n += live->young[i]->n - live->young[i]->n_gone;
	return n;
}

/* merging */

enum { TIDY_LAYERS = 3, TIDY_STEP = 4, TIDY_YOUNG_MIN = 256, TIDY_YOUNG_SHARE = 16, TIDY_RULES = 64 };

/* Profiles, held. */
struct gathered {
	struct held **held;
	size_t n;
};

static void gathered_done(struct gathered *gathered)
{
	for (size_t i = 0; i < gathered->n; i++)
		held_release(gathered->held[i]);
	free(gathered->held);
}

static int by_id(const void *a, const void *b)
{
	return str_cmp((*(struct held *const *)a)->profile.id, (*(struct held *const *)b)->profile.id);
}

/* All profiles, or with `young` those above the base; edited after `since`; in order of id. */
static void gather(struct live *live, bool young, uint64_t since, struct gathered *ret)
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

/* The layer's profiles are in it from now on, but for those that were edited meanwhile. */
static void move_in(struct live *live, struct layer *layer, const struct gathered *gathered)
{
	for (uint32_t i = 0; i < gathered->n; i++) {
		struct entry *entry = entry_of(live, gathered->held[i]->profile.id);

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

/* With the rules in force. */
static struct hearing *hearing_of(struct live *live)
{
	return live->amend != NULL ? &live->amend->hearing : &live->base->hearing;
}

static void add_young(struct live *live, const struct gathered *gathered)
{
	struct layer *layer;

	if (gathered->n == 0)
		return;
	layer = layer_new(++live->serials, live->base, hearing_of(live), gathered->held, gathered->n);
	move_in(live, layer, gathered);
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
		entry_of(live, gathered.held[i]->profile.id)->layer = NULL;
	}
	while (live->n_young > first)
		drop_young(live, live->n_young - 1);
	add_young(live, &gathered);
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
		drop_young(live, live->n_young - 1);
	live->amend = amend_release(live->amend);
	live->base = base;
	move_in(live, base, all);
	gather(live, true, since, &later);
	add_young(live, &later);
	gathered_done(&later);
	publish(live);
	layer_release(old);
}

static struct ruling *ruling_of(const struct live *live)
{
	return live->amend != NULL ? live->amend->ruling : live->base->ruling;
}

/*
 * With the lock on merging. Edits go on while the base is compiled; where `ruling` is NULL, for those in
 * force, and they change meanwhile, it was in vain.
 */
static int merge_all(struct live *live, struct ruling *ruling, struct error *err)
{
	bool same = ruling == NULL, prepared;
	struct gathered all;
	struct layer *base;
	uint64_t since;
	int r;

	pthread_mutex_lock(&live->editing);
	gather(live, false, 0, &all);
	since = live->edits;
	prepared = live->puts_rules;
	if (same)
		ruling = ruling_of(live);
	base = layer_base_new(++live->serials, ruling, all.held, all.n);
	pthread_mutex_unlock(&live->editing);
	r = layer_base_compile(base, live->threads, err);
	if (r >= 0 && prepared)
		layer_prepare(base, base, &base->hearing);
	pthread_mutex_lock(&live->editing);
	if (r < 0 || (same && ruling != ruling_of(live)))
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
	       young_profiles(live) + live->base->n_gone / 4 > (most > TIDY_YOUNG_MIN ? most : TIDY_YOUNG_MIN);
}

/* For rules that will be put. */
static void prepare_last(struct live *live)
{
	struct layer *last = live->n_young > 0 ? live->young[live->n_young - 1] : NULL;

	if (last != NULL && live->puts_rules && amend_wants_prepared(last))
		layer_prepare(last, live->base, hearing_of(live));
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
		publish(live);
	}
	free_retired(live);
	pthread_mutex_unlock(&live->editing);
	if (whole && merge_all(live, NULL, &err) < 0)
		die("%s", err.text); /* more profiles than an edit lets in */
	pthread_mutex_unlock(&live->merging);
	return due;
}

/* edits */

static int refuse_more(const struct live *live, size_t n, struct error *err)
{
	return live->n_profiles + n > TERMS_PROFILES_MAX
		       ? error_set(err, ERROR_LIMIT, "more than %d profiles", TERMS_PROFILES_MAX)
		       : 0;
}

static void put(struct live *live, const struct profile *const *profiles, size_t n)
{
	struct gathered gathered = { must(malloc(n * sizeof(*gathered.held))), 0 };

	live->edits++;
	for (size_t i = 0; i < n; i++) {
		struct held *held = held_new(profiles[i]);

		held->refs++; /* the entry's and ours */
		gathered.held[gathered.n++] = held;
		set_held(live, entry_of(live, held->profile.id), held);
	}
	if (live->n_young == LIVE_LAYERS_MAX)
		merge_young(live, first_to_merge(live));
	add_young(live, &gathered);
	publish(live);
	gathered_done(&gathered);
}

int live_put(struct live *live, const struct profile *const *profiles, size_t n, struct error *err)
{
	bool full;
	int r;

	if (n == 0)
		return 0;
	pthread_mutex_lock(&live->editing);
	r = refuse_more(live, n, err);
	if (r >= 0)
		put(live, profiles, n);
	full = young_profiles(live) > LIVE_YOUNG_MAX;
	pthread_mutex_unlock(&live->editing);
	if (full)
		live_tidy(live);
	return r;
}

void live_remove(struct live *live, const struct str *ids, size_t n)
{
	pthread_mutex_lock(&live->editing);
	live->edits++;
	for (size_t i = 0; i < n; i++)
		set_held(live, entry_of(live, ids[i]), NULL);
	publish(live);
	pthread_mutex_unlock(&live->editing);
}

static struct ruling *ruling_new(struct rules *rules, int64_t ruleset)
{
	struct ruling *ruling = must(calloc(1, sizeof(*ruling)));

	*ruling = (struct ruling){ .rules = rules, .ruleset = ruleset };
	return ruling;
}

int live_rules(struct live *live, struct rules *rules, int64_t ruleset, struct error *err)
{
	int r;

	pthread_mutex_lock(&live->merging);
	r = merge_all(live, ruling_new(rules, ruleset), err);
	pthread_mutex_unlock(&live->merging);
	return r;
}

/* Returns false when it takes a full compile; nothing that is read has changed then. */
static bool amend(struct live *live, struct ruling *ruling)
{
	struct amend *amended = amend_new(++live->serials, live->base, ruling);
	struct layer *layers[LIVE_LAYERS_MAX + 1] = { live->base };

	for (size_t i = 0; i < live->n_young; i++)
		layers[1 + i] = live->young[i];
	live->puts_rules = true;
	if (!amend_revise(amended, live->amend, layers, 1 + live->n_young)) {
		amend_release(amended);
		return false;
	}
	amend_release(live->amend);
	live->amend = amended;
	publish(live);
	return true;
}

void live_expect_rules(struct live *live)
{
	pthread_mutex_lock(&live->editing);
	live->puts_rules = true;
	layer_prepare(live->base, live->base, hearing_of(live));
	pthread_mutex_unlock(&live->editing);
}

int live_rules_put(struct live *live, struct rules *rules, int64_t ruleset, struct error *err)
{
	struct ruling *ruling;
	struct str why;
	int r = 0;
	bool done = false;

	pthread_mutex_lock(&live->editing);
	why = ruling_amended(ruling_of(live), rules, ruleset, &ruling);
	if (!str_given(why)) {
		ruling->refs++;
		done = amend(live, ruling);
	}
	pthread_mutex_unlock(&live->editing);
	if (str_given(why)) {
		rules_free(rules);
		return error_set(err, ERROR_INPUT, "%.*s: all rules must be read again", STR_ARG(why));
	}
	if (!done) {
		pthread_mutex_lock(&live->merging);
		r = merge_all(live, ruling, err);
		pthread_mutex_unlock(&live->merging);
	}
	pthread_mutex_lock(&live->editing);
	ruling_release(ruling);
	pthread_mutex_unlock(&live->editing);
	return r;
}

/* life */

int live_new(struct rules *rules, int64_t ruleset, const struct profile *const *profiles, size_t n,
	unsigned threads, struct live **ret, struct error *err)
{
	CLEANUP(live_freep) struct live *live = must(calloc(1, sizeof(*live)));
	struct ruling *ruling = ruling_new(rules, ruleset);
	struct gathered all;
	int r;

	live->threads = threads;
	pthread_mutex_init(&live->merging, NULL);
	pthread_mutex_init(&live->editing, NULL);
	live->edits = 1;
	for (size_t i = 0; i < n; i++)
		set_held(live, entry_of(live, profiles[i]->id), held_new(profiles[i]));
	gather(live, false, 0, &all);
	live->base = layer_base_new(++live->serials, ruling, all.held, all.n);
	r = layer_base_compile(live->base, threads, err);
	if (r >= 0) {
		move_in(live, live->base, &all);
		publish(live);
		*ret = steal(&live);
	}
	gathered_done(&all);
	return r;
}

void *live_free(struct live *live)
{
	struct snapshot *next;

	if (live == NULL)
		return NULL;
	for (struct snapshot *old = live->retired; old != NULL; old = next) {
		next = old->next;
		snapshot_free(old);
	}
	snapshot_free(atomic_load(&live->current));
	while (live->n_young > 0)
		drop_young(live, live->n_young - 1);
	amend_release(live->amend);
	layer_release(live->base);
	for (size_t i = 0; i < live->ids.n; i++)
		held_release(live->entries[i].held);
	free(live->entries);
	interned_done(&live->ids);
	pthread_mutex_destroy(&live->editing);
	pthread_mutex_destroy(&live->merging);
	free(live);
	return NULL;
}

/* what it holds */

struct live_size live_size(struct live *live)
{
	struct live_size size = { 0, 0, 0, 0 };

	pthread_mutex_lock(&live->editing);
	size.profiles = live->n_profiles;
	size.layers = live->n_young;
	size.young = young_profiles(live);
	size.gone = live->base->n_gone;
	for (size_t i = 0; i < live->n_young; i++)
		size.gone += live->young[i]->n_gone;
	pthread_mutex_unlock(&live->editing);
	return size;
}

size_t live_suspended(struct live *live, struct arena *arena, struct str **ret)
{
	size_t n, *rules;

	pthread_mutex_lock(&live->editing);
	n = matcher_suspended(live->base->matcher, arena, &rules);
	*ret = arena_array(arena, struct str, n);
	for (size_t i = 0; i < n; i++)
		(*ret)[i] = arena_dup(arena, live->base->ruling->rules->rules[rules[i]].name);
	pthread_mutex_unlock(&live->editing);
	return n;
}
