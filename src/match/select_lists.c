#include "select_lists.h"

#include <stdlib.h>
#include <string.h>

#include "gates.h"
#include "match/segment.h"

/* reading */

/* What a segment has of a stem: so many entries of the room, in order of notice. */
struct stem_run {
	uint32_t first; /* notice */
	size_t from, n;
};

static void make_room(struct stem_lists *lists, size_t n)
{
	if (n <= lists->capacity)
		return;
	lists->capacity = 2 * n;
	lists->room = realloc(lists->room, lists->capacity * sizeof(*lists->room));
	if (lists->room == NULL)
		die("out of memory");
}

/* What of a segment's list is wanted joins the room; returns how many there are now. */
static size_t join(struct stem_lists *lists, struct str list, size_t n)
{
	struct segment_list reader = segment_list_of(list);
	const uint64_t *only = lists->only;
	int64_t first = lists->source->first > 0 ? lists->source->first : 1, last = lists->source->last;
	struct stem_place *room;

	make_room(lists, n + list.len); /* an entry has a byte at least */
	room = lists->room;
	while (segment_list_next(&reader)) {
		if (reader.notice < first || reader.notice > last)
			continue;
		/* without a branch: who is wanted comes in no order */
		room[n] = (struct stem_place){ (uint32_t)reader.notice, reader.marks };
		n += only == NULL || notice_bit(only, (uint32_t)reader.notice);
	}
	return n;
}

static int by_first(const void *a, const void *b)
{
	const struct stem_run *x = a, *y = b;

	return x->first < y->first ? -1 : x->first > y->first;
}

static int by_notice(const void *a, const void *b)
{
	const struct stem_place *x = a, *y = b;

	return x->notice < y->notice ? -1 : x->notice > y->notice;
}

/* A notice that was written anew stands in two segments, and is found by what either says. */
static size_t in_order(struct stem_place *at, size_t n)
{
	size_t i = 1, kept = 0;

	while (i < n && at[i - 1].notice < at[i].notice)
		i++;
	if (i >= n)
		return n;
	qsort(at, n, sizeof(*at), by_notice);
	for (i = 1; i < n; i++) {
		if (at[i].notice == at[kept].notice)
			at[kept].marks |= at[i].marks;
		else
			at[++kept] = at[i];
	}
	return kept + 1;
}

/* Bits are asked before the list itself is looked through: they pay where most notices are not in it. */
enum { LONG = 4096 };

/* Segments that were merged stand behind younger ones; one after the other by their first notice they are in order. */
static struct stem_list keep(struct stem_lists *lists, struct stem_run *runs, size_t n_runs, size_t n)
{
	struct stem_place *at = arena_reserve(&lists->arena, n * sizeof(*at));
	uint64_t *bits = NULL;
	size_t to = 0;

	qsort(runs, n_runs, sizeof(*runs), by_first);
	for (size_t i = 0; i < n_runs; i++) {
		memcpy(at + to, lists->room + runs[i].from, runs[i].n * sizeof(*at));
		to += runs[i].n;
	}
	n = in_order(at, n);
	arena_commit(&lists->arena, at, n * sizeof(*at));
	if (n >= LONG)
		bits = arena_array(&lists->arena, uint64_t, notice_bits_size(lists->source->last));
	for (size_t i = 0; bits != NULL && i < n; i++)
		notice_bit_set(bits, at[i].notice);
	return (struct stem_list){ at, n, bits, true };
}

static int read_list(struct stem_lists *lists, uint32_t stem, struct error *err)
{
	size_t n = 0, n_runs = 0;

	for (size_t i = 0; i < lists->source->n_segments; i++) {
		struct str list;
		size_t from = n;
		int r = lists->source->find(lists->source->data, i, stem, &list, err);

		if (r < 0)
			return r;
		if (str_given(list))
			n = join(lists, list, n);
		if (n > from)
			lists->runs[n_runs++] = (struct stem_run){ lists->room[from].notice, from, n - from };
	}
	lists->at[stem] = keep(lists, lists->runs, n_runs, n);
	return 0;
}

int stem_lists_get(struct stem_lists *lists, uint32_t stem, struct stem_list *ret, struct error *err)
{
	int r = lists->at[stem].read ? 0 : read_list(lists, stem, err);

	*ret = lists->at[stem];
	return r;
}

/* gates */

/* Notices of each class whose kind is open and, where there is a profile, whose nature it lets pass. */
static int mark_passing(struct stem_lists *lists, const struct profile *profile, uint64_t *bits,
	struct error *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < lists->n_classes; i++) {
		uint32_t word = lists->classes[i];
		struct lot lots[NATURES];
		struct notice notice;
		struct stem_list list;

		if (!imprint_class_read(dictionary_text(lists->dictionary, word), lots, &notice) ||
			!gate_kind_passes(&notice) ||
			(profile != NULL && !gate_nature_passes(profile, &notice)))
			continue;
		r = stem_lists_get(lists, dictionary_stem(lists->dictionary, word), &list, err);
		for (size_t j = 0; r == 0 && j < list.n; j++)
			notice_bit_set(bits, list.at[j].notice);
	}
	return r;
}

int stem_lists_passing(struct stem_lists *lists, const struct profile *profile, struct arena *arena,
	uint64_t **ret, struct error *err)
{
	*ret = NULL;
	if (lists->open == NULL)
		return 0;
	*ret = arena_array(arena, uint64_t, notice_bits_size(lists->source->last));
	return mark_passing(lists, profile, *ret, err);
}

static void find_classes(struct stem_lists *lists)
{
	uint32_t words = dictionary_words(lists->dictionary);
	struct lot lots[NATURES];
	struct notice notice;
	size_t capacity = 0;

	for (uint32_t i = 0; i < words; i++) {
		if (!imprint_class_read(dictionary_text(lists->dictionary, i), lots, &notice))
			continue;
		arena_grow(&lists->arena, lists->classes, lists->n_classes, &capacity);
		lists->classes[lists->n_classes++] = i;
	}
}

static void forget(struct stem_lists *lists)
{
	free(lists->at);
	lists->at = calloc((size_t)dictionary_stems(lists->dictionary) + 1, sizeof(*lists->at));
	if (lists->at == NULL)
		die("out of memory");
}

void stem_lists_narrow(struct stem_lists *lists, const uint64_t *only)
{
	lists->only = only;
	forget(lists);
}

int stem_lists_init(struct stem_lists *lists, struct dictionary *dictionary,
	const struct selection_lists *source, bool gates, struct error *err)
{
	int r = 0;

	*lists = (struct stem_lists){ .dictionary = dictionary, .source = source };
	lists->runs = arena_array(&lists->arena, struct stem_run, source->n_segments);
	forget(lists);
	if (source->last >= UINT32_MAX)
		return error_set(err, ERROR_LIMIT, "more notices than can be numbered");
	if (!gates)
		return 0;
	find_classes(lists);
	lists->open = arena_array(&lists->arena, uint64_t, notice_bits_size(source->last));
	r = mark_passing(lists, NULL, lists->open, err);
	stem_lists_narrow(lists, lists->open);
	return r;
}

void stem_lists_done(struct stem_lists *lists)
{
	free(lists->at);
	free(lists->room);
	arena_done(&lists->arena);
}
