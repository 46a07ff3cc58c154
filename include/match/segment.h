/*
 * Which notices have which stem, for a batch of notices: lists that are written once, never changed, and
 * now and then merged with those of other batches. Notices are numbered by their place in arrival order.
 * A segment is some blocks of bytes, each with the lists of neighbouring stems, so that the list of one
 * stem is found by reading one block.
 */
#ifndef MATCH_SEGMENT_H
#define MATCH_SEGMENT_H

#include <stdint.h>

#include "base/arena.h"
#include "base/varint.h"
#include "match/imprint.h"

struct segment_block {
	uint32_t first; /* stem: the block has the lists of stems from here up to the next block */
	struct str bytes;
};
struct segment {
	struct segment_block *at; /* by stem */
	size_t n;
};

/* Collects what a segment is made of; notices must come in ascending order. */
struct segment_entry {
	uint32_t stem, notice; /* its place in `notices` */
	uint32_t marks;
};
struct segment_maker {
	struct segment_entry *at;
	size_t n, capacity;
	int64_t *notices;
	size_t n_notices, notices_capacity;
};
void segment_maker_add(struct segment_maker *maker, int64_t notice, const struct imprint_stems *stems);
void segment_maker_done(struct segment_maker *maker);
/* What was collected, in `arena`; the maker is empty again. */
void segment_make(struct segment_maker *maker, struct arena *arena, struct segment *ret);

/*
 * One segment out of several, in `arena`. A notice that is in more than one keeps the stems of all: what
 * it no longer has is found in vain, and nothing is missed. ERROR_STORE: bytes that are none of ours.
 */
int segment_merge(const struct segment *parts, size_t n, struct arena *arena, struct segment *ret,
	struct error *err) MUST_CHECK;

/* The last stem of which the block has a list. */
uint32_t segment_last(const struct segment_block *block);

/* The list of a stem in the block where it must be; STR_NONE when it has none. */
struct str segment_find(const struct segment_block *block, uint32_t stem);

/* The notices of a list, ascending. */
struct segment_list {
	struct varint_reader bytes;
	int64_t notice;
	unsigned marks; /* where the stem stands (match/imprint.h) */
};
static inline struct segment_list segment_list_of(struct str list)
{
	return (struct segment_list){ varint_reader_of(list), 0, 0 };
}
static inline bool segment_list_next(struct segment_list *list)
{
	uint64_t step;

	if (list->bytes.at >= list->bytes.end)
		return false;
	step = varint_get(&list->bytes);
	list->notice += (int64_t)(step >> IMPRINT_PLACES);
	list->marks = step & ((1u << IMPRINT_PLACES) - 1);
	if ((list->marks & IMPRINT_OF_LOTS) != 0)
		list->marks |= (unsigned)varint_get(&list->bytes) % (1u << IMPRINT_LOTS) << IMPRINT_PLACES;
	return !list->bytes.bad;
}

#endif
