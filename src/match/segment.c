#include "match/segment.h"

#include <stdlib.h>
#include <string.h>

/*
 * A block: of each stem that has a list, how far it is behind the stem before it (the first: behind the
 * block's own number), the list's length in bytes, the list. A list: of each notice, how far it is
 * behind the one before it, and in the lowest bits where the stem stands there; then, where it stands in
 * lots, in which.
 */
enum { BLOCK_BYTES = 8 << 10, BLOCK_MAX = 1 << 30 };

static void *grown(void *array, size_t *capacity, size_t size)
{
	*capacity = *capacity ? 2 * *capacity : 4096;
	array = realloc(array, *capacity * size);
	if (array == NULL)
		die("out of memory");
	return array;
}

void segment_maker_add(struct segment_maker *maker, int64_t notice, const struct imprint_stems *stems)
{
	if (maker->n_notices == maker->notices_capacity)
		maker->notices =
			grown(maker->notices, &maker->notices_capacity, sizeof(*maker->notices));
	for (size_t i = 0; i < stems->n; i++) {
		if (maker->n == maker->capacity)
			maker->at = grown(maker->at, &maker->capacity, sizeof(*maker->at));
		maker->at[maker->n++] = (struct segment_entry){ (uint32_t)(stems->at[i] >> 32),
			(uint32_t)maker->n_notices, (uint32_t)stems->at[i] };
	}
	maker->notices[maker->n_notices++] = notice;
}

void segment_maker_done(struct segment_maker *maker)
{
	free(maker->at);
	free(maker->notices);
	*maker = (struct segment_maker){ NULL, 0, 0, NULL, 0, 0 };
}

/* Writes lists one after the other and cuts blocks. */
struct writer {
	struct arena *arena;
	struct segment *segment;
	size_t capacity;
	struct buf block, list;
	uint32_t first, stem; /* of the block; written last */
	int64_t notice;       /* written last */
};

static void begin_list(struct writer *w)
{
	buf_reset(&w->list);
	w->notice = 0;
}

static void add_notice(struct writer *w, int64_t notice, unsigned marks)
{
	varint_put(&w->list, (uint64_t)(notice - w->notice) << IMPRINT_PLACES |
				     (marks & ((1u << IMPRINT_PLACES) - 1)));
	if ((marks & IMPRINT_OF_LOTS) != 0)
		varint_put(&w->list, marks >> IMPRINT_PLACES);
	w->notice = notice;
}

static void end_block(struct writer *w)
{
	if (w->block.len == 0)
		return;
	arena_grow(w->arena, w->segment->at, w->segment->n, &w->capacity);
	w->segment->at[w->segment->n++] =
		(struct segment_block){ w->first, arena_dup(w->arena, buf_str(&w->block)) };
	buf_reset(&w->block);
}

static void end_list(struct writer *w, uint32_t stem)
{
	if (w->block.len + w->list.len > BLOCK_BYTES)
		end_block(w);
	if (w->block.len == 0)
		w->first = w->stem = stem;
	varint_put(&w->block, stem - w->stem);
	varint_put(&w->block, w->list.len);
	buf_adds(&w->block, buf_str(&w->list));
	w->stem = stem;
}

static struct writer writer_of(struct arena *arena, struct segment *ret)
{
	*ret = (struct segment){ NULL, 0 };
	return (struct writer){ .arena = arena, .segment = ret, .block = BUF_INIT(BLOCK_MAX),
		.list = BUF_INIT(BLOCK_MAX) };
}

static void writer_end(struct writer *w)
{
	end_block(w);
	buf_done(&w->block);
	buf_done(&w->list);
}

/* By stem; notices came in order, so a sort that keeps the order of equals is all it takes. */
static struct segment_entry *sorted(const struct segment_maker *maker)
{
	uint32_t most = 0, *starts;
	struct segment_entry *to = malloc((maker->n + 1) * sizeof(*to));

	for (size_t i = 0; i < maker->n; i++)
		if (maker->at[i].stem > most)
			most = maker->at[i].stem;
	starts = calloc((size_t)most + 2, sizeof(*starts));
	if (to == NULL || starts == NULL)
		die("out of memory");
	for (size_t i = 0; i < maker->n; i++)
		starts[maker->at[i].stem + 1]++;
	for (size_t stem = 1; stem <= most; stem++)
		starts[stem] += starts[stem - 1];
	for (size_t i = 0; i < maker->n; i++)
		to[starts[maker->at[i].stem]++] = maker->at[i];
	free(starts);
	return to;
}

void segment_make(struct segment_maker *maker, struct arena *arena, struct segment *ret)
{
	struct writer w = writer_of(arena, ret);
	struct segment_entry *entries = sorted(maker);

	for (size_t i = 0, next; i < maker->n; i = next) {
		begin_list(&w);
		for (next = i; next < maker->n && entries[next].stem == entries[i].stem; next++)
			add_notice(&w, maker->notices[entries[next].notice], entries[next].marks);
		end_list(&w, entries[i].stem);
	}
	writer_end(&w);
	free(entries);
	maker->n = maker->n_notices = 0;
}

/* merging */

/* Where the reading of one part is. */
struct cursor {
	const struct segment *part;
	size_t block;
	struct varint_reader bytes;
	uint32_t stem;
	struct str list;
	bool more;
};

static int cursor_next(struct cursor *c, struct error *err)
{
	bool fresh = false;
	uint64_t step, len;

	while (c->bytes.at >= c->bytes.end) {
		if (c->block == c->part->n) {
			c->more = false;
			return 0;
		}
		c->bytes = varint_reader_of(c->part->at[c->block].bytes);
		c->stem = c->part->at[c->block++].first;
		fresh = true;
	}
	step = varint_get(&c->bytes);
	len = varint_get(&c->bytes);
	c->list = varint_get_bytes(&c->bytes, len);
	if (c->bytes.bad || step > UINT32_MAX - c->stem || (step == 0 && !fresh))
		return error_set(err, ERROR_STORE, "the lists of words are damaged");
	c->stem += (uint32_t)step;
	c->more = true;
	return 0;
}

/* Notices of one stem from all parts; usually those of a later part are later. */
struct joined {
	uint64_t *at; /* notice << IMPRINT_MARKS | marks */
	size_t n, capacity;
	bool in_order;
};

static void join(struct joined *joined, struct str list)
{
	struct segment_list reader = segment_list_of(list);

	while (segment_list_next(&reader)) {
		uint64_t entry = (uint64_t)reader.notice << IMPRINT_MARKS | reader.marks;

		if (joined->n > 0 && joined->at[joined->n - 1] >> IMPRINT_MARKS >= entry >> IMPRINT_MARKS)
			joined->in_order = false;
		if (joined->n == joined->capacity)
			joined->at = grown(joined->at, &joined->capacity, sizeof(*joined->at));
		joined->at[joined->n++] = entry;
	}
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void write_joined(struct writer *w, struct joined *joined, uint32_t stem)
{
	if (!joined->in_order)
		qsort(joined->at, joined->n, sizeof(*joined->at), by_value);
	begin_list(w);
	for (size_t i = 0, next; i < joined->n; i = next) {
		int64_t notice = (int64_t)(joined->at[i] >> IMPRINT_MARKS);
		unsigned marks = 0;

		for (next = i; next < joined->n && (int64_t)(joined->at[next] >> IMPRINT_MARKS) == notice; next++)
			marks |= (unsigned)joined->at[next] & ((1u << IMPRINT_MARKS) - 1);
		add_notice(w, notice, marks);
	}
	end_list(w, stem);
}

static int merge_all(struct cursor *cursors, size_t n, struct writer *w, struct joined *joined,
	struct error *err)
{
	for (;;) {
		uint32_t stem = UINT32_MAX;

		for (size_t i = 0; i < n; i++)
			if (cursors[i].more && cursors[i].stem < stem)
				stem = cursors[i].stem;
		if (stem == UINT32_MAX)
			return 0;
		joined->n = 0;
		joined->in_order = true;
		for (size_t i = 0; i < n; i++) {
			int r;

			if (!cursors[i].more || cursors[i].stem != stem)
				continue;
			join(joined, cursors[i].list);
			r = cursor_next(&cursors[i], err);
			if (r < 0)
				return r;
		}
		write_joined(w, joined, stem);
	}
}

int segment_merge(const struct segment *parts, size_t n, struct arena *arena, struct segment *ret,
	struct error *err)
{
	struct cursor *cursors = calloc(n + 1, sizeof(*cursors));
	struct writer w = writer_of(arena, ret);
	struct joined joined = { NULL, 0, 0, true };
	int r = 0;

	if (cursors == NULL)
		die("out of memory");
	for (size_t i = 0; r == 0 && i < n; i++) {
		cursors[i].part = &parts[i];
		r = cursor_next(&cursors[i], err);
	}
	if (r == 0)
		r = merge_all(cursors, n, &w, &joined, err);
	writer_end(&w);
	free(joined.at);
	free(cursors);
	return r;
}

uint32_t segment_last(const struct segment_block *block)
{
	struct varint_reader r = varint_reader_of(block->bytes);
	uint64_t at = block->first;

	while (r.at < r.end && !r.bad) {
		at += varint_get(&r);
		varint_get_bytes(&r, varint_get(&r));
	}
	return at < UINT32_MAX ? (uint32_t)at : UINT32_MAX;
}

struct str segment_find(const struct segment_block *block, uint32_t stem)
{
	struct varint_reader r = varint_reader_of(block->bytes);
	uint64_t at = block->first;

	while (r.at < r.end) {
		uint64_t len;
		struct str list;

		at += varint_get(&r);
		len = varint_get(&r);
		list = varint_get_bytes(&r, len);
		if (r.bad || at > stem)
			return STR_NONE;
		if (at == stem)
			return list;
	}
	return STR_NONE;
}
