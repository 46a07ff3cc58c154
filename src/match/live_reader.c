#include "live_reader.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"

/* The life of readers, and how they follow the list of layers from notice to notice. */

bool live_reader_holds(const struct live_reader *reader, const struct snapshot *snapshot)
{
	return atomic_load(&reader->holds) == snapshot;
}

struct live_reader *live_reader_next(const struct live_reader *reader)
{
	return reader->next;
}

struct live_reader *live_reader_new(struct live *live)
{
	struct live_reader *reader = must(calloc(1, sizeof(*reader)));

	reader->live = live;
	pthread_mutex_lock(&live->editing);
	reader->next = live->readers;
	live->readers = reader;
	pthread_mutex_unlock(&live->editing);
	return reader;
}

static void drop_above(struct above *above)
{
	reader_free(above->reader);
	free(above->ids);
	*above = (struct above){ .serial = 0 };
}

static void drop_amend(struct live_reader *r)
{
	if (r->amend_serial == 0)
		return;
	firing_done(&r->amend_firing);
	scan_done(&r->amend_scan);
	r->amend_serial = 0;
}

void *live_reader_free(struct live_reader *reader)
{
	struct live_reader **at;

	if (reader == NULL)
		return NULL;
	pthread_mutex_lock(&reader->live->editing);
	for (at = &reader->live->readers; *at != reader; at = &(*at)->next)
		;
	*at = reader->next;
	pthread_mutex_unlock(&reader->live->editing);
	drop_amend(reader);
	reader_free(reader->base);
	for (size_t i = 0; i < LIVE_LAYERS_MAX; i++)
		drop_above(&reader->above[i]);
	free(reader->told);
	free(reader->keys);
	free(reader->found);
	free(reader->ids);
	free(reader->places);
	arena_done(&reader->scratch);
	arena_done(&reader->batch);
	arena_done(&reader->notice_arena);
	free(reader);
	return NULL;
}

/* the list of layers */

static void take_amend(struct live_reader *r, const struct amend *amend)
{
	if (amend != NULL && r->amend_serial == amend->serial)
		return;
	drop_amend(r);
	if (amend == NULL)
		return;
	scan_init(&r->amend_scan, amend->matcher->terms, amend->matcher->lexicon);
	r->amend_scan.suspended = amend->matcher->suspended;
	firing_init(&r->amend_firing, amend->matcher->rules, amend->base->matcher->lexicon,
		amend->matcher->suspended);
	r->amend_firing.above = &r->amend_scan;
	r->amend_firing.replaced = amend->replaced;
	r->times_amended++;
	r->amend_serial = amend->serial;
}

static void take_base(struct live_reader *r, const struct layer *base)
{
	if (r->base_serial == base->serial)
		return;
	reader_free(r->base);
	r->base = matcher_reader_new(base->matcher);
	r->base_serial = base->serial;
	free(r->told);
	r->told = zeroed(base->matcher->rules->n_rules, sizeof(*r->told));
	r->times_forgotten = UINT32_MAX; /* the keys are of another memo */
}

/* What was remembered of layers that are no longer there is forgotten. */
static void drop_layers(struct live_reader *r, const struct snapshot *snapshot)
{
	for (size_t i = 0; i < LIVE_LAYERS_MAX; i++) {
		bool there = false;

		for (size_t j = 1; j < snapshot->n; j++)
			there |= r->above[i].serial == snapshot->at[j].layer->serial;
		if (!there)
			drop_above(&r->above[i]);
	}
}

static struct above *place_of(struct live_reader *r, const struct layer *layer)
{
	struct above *vacant = NULL;

	for (size_t i = 0; i < LIVE_LAYERS_MAX; i++) {
		if (r->above[i].serial == layer->serial)
			return &r->above[i];
		if (r->above[i].serial == 0 && vacant == NULL)
			vacant = &r->above[i];
	}
	vacant->serial = layer->serial;
	return vacant;
}

static void place_layers(struct live_reader *r, const struct snapshot *snapshot)
{
	r->placed = 0;
	r->youngest = r->base_serial; /* no key is known of less */
	for (size_t i = 1; i < snapshot->n; i++) {
		const struct layer *layer = snapshot->at[i].layer;
		struct above *above = place_of(r, layer);

		above->number = i;
		r->placed |= UINT32_C(1) << (above - r->above);
		if (layer->serial > r->youngest)
			r->youngest = layer->serial;
	}
}

static const struct snapshot *take(struct live_reader *r)
{
	struct snapshot *current = atomic_load(&r->live->current), *again;

	for (;; current = again) {
		atomic_store(&r->holds, current);
		again = atomic_load(&r->live->current);
		if (again == current)
			break;
	}
	return current;
}

/* Serial numbers tell whether it is the list of the notice before: an address may come again. */
void live_reader_begin(struct live_reader *r)
{
	const struct snapshot *snapshot = take(r);

	if (r->serial != snapshot->serial) {
		take_amend(r, snapshot->amend);
		take_base(r, snapshot->at[0].layer);
		drop_layers(r, snapshot);
		place_layers(r, snapshot);
	}
	r->seen = snapshot;
	r->serial = snapshot->serial;
	r->base->gone = snapshot->at[0].gone;
	r->base->told = snapshot->amend != NULL ? snapshot->amend->told : NULL;
	r->notice++;
}

void live_reader_touch(struct live_reader *r, struct above *above)
{
	struct scan *scan;

	if (above->notice == r->notice)
		return;
	if (above->reader == NULL)
		above->reader = layer_reader_new(r->seen->at[above->number].layer);
	scan = &above->reader->scan;
	scan_begin(scan);
	scan->one_subject = r->base->scan.one_subject;
	above->nothing = memo_word(&scan->memo, STR("\x01"));
	if (above->others_forgotten != scan->memo.times_forgotten)
		memset(above->others, 0, sizeof(above->others));
	above->others_forgotten = scan->memo.times_forgotten;
	above->notice = r->notice;
}
