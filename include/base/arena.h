/*
 * An arena: memory for one unit of work (a fetched page, a parsed notice, one person's digest),
 * dropped at once. Nothing in it is freed alone; everything in it dies with reset or done.
 * Allocation cannot fail (out of memory ends the program); an arena has a ceiling only through the
 * gates that fill it, each of which bounds its input.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/macros.h"
#include "base/str.h"

struct arena_block;

struct arena {
	struct arena_block *block; /* newest first */
	size_t used;               /* bytes used in the newest block */
	size_t total;              /* bytes handed out since the last reset */
};

#define ARENA_INIT { NULL, 0, 0 }

/* Zeroed memory, aligned for any type. size 0 gives a valid pointer. */
void *arena_alloc(struct arena *arena, size_t size) __attribute__((malloc, alloc_size(2)));

/* count objects of `size` bytes, zeroed; an overflowing product ends the program. */
void *arena_array_(struct arena *arena, size_t count, size_t size);
#define arena_array(ARENA, TYPE, COUNT) ((TYPE *)arena_array_((ARENA), (COUNT), sizeof(TYPE)))
#define arena_new(ARENA, TYPE) arena_array(ARENA, TYPE, 1)

/*
 * Makes room for one more element in an arena array: returns the array, moved when it was full
 * (capacities double, from 8). The old copy, if it moved, stays in the arena until it is reset.
 */
void *arena_grow_(struct arena *arena, void *array, size_t count, size_t *capacity, size_t size);
#define arena_grow(ARENA, ARRAY, COUNT, CAPACITY)                                                  \
	((ARRAY) = arena_grow_((ARENA), (ARRAY), (COUNT), (CAPACITY), sizeof(*(ARRAY))))

/*
 * For writers that know a ceiling but not yet the size: reserve gives `max` bytes, aligned, NOT zeroed;
 * commit hands out the first `size` of them. Nothing else may be taken from the arena in between.
 */
void *arena_reserve(struct arena *arena, size_t max);
void arena_commit(struct arena *arena, void *ptr, size_t size);

/* A copy of `s` in the arena, NUL-terminated beyond its length. STR_NONE stays STR_NONE. */
struct str arena_dup(struct arena *arena, struct str s);
const char *arena_dupz(struct arena *arena, struct str s);
struct str arena_printf(struct arena *arena, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Everything handed out becomes invalid; the largest block is kept for the next unit. */
void arena_reset(struct arena *arena);
void arena_done(struct arena *arena);

#endif
