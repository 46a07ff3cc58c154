#include "match/live.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "snapshot.h"

/* What is asked of a live set by who edits it: its life, its edits, and what it holds. */

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
		live_set_held(live, live_entry(live, held->profile.id), held);
	}
	live_make_room(live);
	live_add_young(live, &gathered);
	live_publish(live);
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
	full = live_young_profiles(live) > LIVE_YOUNG_MAX;
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
		live_set_held(live, live_entry(live, ids[i]), NULL);
	live_publish(live);
	pthread_mutex_unlock(&live->editing);
}

/* A rule that overspent counts again once it is another. */
static void forget_suspended(struct live *live, const struct rules *rules)
{
	const struct rules *before = live_ruling(live)->rules;

	for (size_t i = 0; i < rules->n_rules; i++)
		if (before->rules[i].lines != rules->rules[i].lines)
			atomic_store_explicit(&live->base->matcher->suspended[i], false, memory_order_relaxed);
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
	forget_suspended(live, ruling->rules);
	amend_release(live->amend);
	live->amend = amended;
	live_publish(live);
	return true;
}

void live_expect_rules(struct live *live)
{
	pthread_mutex_lock(&live->editing);
	live->puts_rules = true;
	layer_prepare(live->base, live->base, live_hearing(live));
	pthread_mutex_unlock(&live->editing);
}

/*
 * In force from here on: where they are others but for some, in the place of those; else, or where that cannot be
 * found out, in a base of their own. With a hold on them, which goes, and the lock on edits, which goes too.
 */
static int put_rules(struct live *live, struct ruling *ruling, struct error *err)
{
	bool done = ruling->root != NULL && amend(live, ruling);
	int r = 0;

	pthread_mutex_unlock(&live->editing);
	if (!done) {
		pthread_mutex_lock(&live->merging);
		r = live_merge_all(live, ruling, err);
		pthread_mutex_unlock(&live->merging);
	}
	pthread_mutex_lock(&live->editing);
	ruling_release(ruling);
	pthread_mutex_unlock(&live->editing);
	return r;
}

int live_rules(struct live *live, struct rules *rules, int64_t ruleset, struct error *err)
{
	struct ruling *ruling;

	pthread_mutex_lock(&live->editing);
	if (str_given(ruling_revised(live_ruling(live), rules, ruleset, LIVE_RULES_MAX, &ruling)))
		ruling = ruling_new(rules, ruleset);
	ruling->refs++;
	return put_rules(live, ruling, err);
}

int live_rules_put(struct live *live, struct rules *rules, int64_t ruleset, struct error *err)
{
	struct ruling *ruling;
	struct str why;

	pthread_mutex_lock(&live->editing);
	why = ruling_amended(live_ruling(live), rules, ruleset, &ruling);
	if (!str_given(why)) {
		ruling->refs++;
		return put_rules(live, ruling, err);
	}
	pthread_mutex_unlock(&live->editing);
	rules_free(rules);
	return error_set(err, ERROR_INPUT, "%.*s: all rules must be read again", STR_ARG(why));
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
		live_set_held(live, live_entry(live, profiles[i]->id), held_new(profiles[i]));
	live_gather(live, false, 0, &all);
	live->base = layer_base_new(++live->serials, ruling, all.held, all.n);
	r = layer_base_compile(live->base, threads, err);
	if (r >= 0) {
		live_move_in(live, live->base, &all);
		live_publish(live);
		*ret = steal(&live);
	}
	gathered_done(&all);
	return r;
}

void *live_free(struct live *live)
{
	if (live == NULL)
		return NULL;
	live_free_snapshots(live);
	while (live->n_young > 0)
		live_drop_young(live, live->n_young - 1);
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
	struct live_size size = { .profiles = 0 };

	pthread_mutex_lock(&live->editing);
	size.profiles = live->n_profiles;
	size.layers = live->n_young;
	size.young = live_young_profiles(live);
	size.gone = live->base->n_gone;
	size.rules = amend_size(live->amend);
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
