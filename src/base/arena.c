#include "base/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

/* Under AddressSanitizer what is not handed out must not be touched. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#endif
#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(PTR, SIZE) ((void)(PTR), (void)(SIZE))
#define ASAN_UNPOISON_MEMORY_REGION(PTR, SIZE) ((void)(PTR), (void)(SIZE))
#endif

struct arena_block {
	struct arena_block *older;
	size_t size; /* of data */
	alignas(max_align_t) char data[];
};

enum {
	BLOCK_MIN = 64 * 1024,
	BLOCK_DOUBLING_MAX = 16 * 1024 * 1024, /* beyond, a block is as large as its request asks */
	GROW_FIRST = 8,
};

/* Sizes near SIZE_MAX are mistakes, and would wrap in the additions below. */
static const size_t size_max = SIZE_MAX / 4;

static size_t aligned(size_t used)
{
	return (used + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
}

static void block_add(struct arena *arena, size_t need)
{
	size_t size = BLOCK_MIN;
	struct arena_block *block;

	if (arena->block && arena->block->size >= BLOCK_MIN / 2)
		size = arena->block->size * 2;
	if (size > BLOCK_DOUBLING_MAX)
		size = BLOCK_DOUBLING_MAX;
	if (size < need)
		size = need;
	block = malloc(sizeof(*block) + size);
	if (!block)
		die("out of memory (a block of %zu bytes)", size);
	block->older = arena->block;
	block->size = size;
	ASAN_POISON_MEMORY_REGION(block->data, size);
	arena->block = block;
	arena->used = 0;
}

/* The first free byte of a block that has `size` of them, aligned. */
static char *room(struct arena *arena, size_t size)
{
	size_t start = aligned(arena->used);

	if (size > size_max)
		die("out of memory (%zu bytes asked for)", size);
	if (!arena->block || start > arena->block->size || size > arena->block->size - start) {
		block_add(arena, size);
		start = 0;
	}
	return arena->block->data + start;
}

void *arena_reserve(struct arena *arena, size_t max)
{
	char *ptr = room(arena, max);

	ASAN_UNPOISON_MEMORY_REGION(ptr, max);
	return ptr;
}

/* `max` bytes were reserved. AddressSanitizer takes its time over each of them, so the rest is left alone. */
static void keep(struct arena *arena, char *ptr, size_t size, size_t max)
{
	arena->used = (size_t)(ptr - arena->block->data) + size;
	arena->total += size;
	ASAN_POISON_MEMORY_REGION(ptr + size, max - size);
}

void arena_commit(struct arena *arena, void *ptr, size_t size)
{
	size_t start = (size_t)((char *)ptr - arena->block->data);

	assert(start == aligned(arena->used) && size <= arena->block->size - start);
	keep(arena, ptr, size, arena->block->size - start);
}

void *arena_alloc(struct arena *arena, size_t size)
{
	char *ptr = room(arena, size);

	arena->used = (size_t)(ptr - arena->block->data) + size;
	arena->total += size;
	ASAN_UNPOISON_MEMORY_REGION(ptr, size);
	return memset(ptr, 0, size);
}

static size_t product(size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes))
		die("out of memory (%zu times %zu bytes asked for)", count, size);
	return bytes;
}

void *arena_array_(struct arena *arena, size_t count, size_t size)
{
	return arena_alloc(arena, product(count, size));
}

/* The newest array of a block grows where it is; any other moves. */
void *arena_grow_(struct arena *arena, void *array, size_t count, size_t *capacity, size_t size)
{
	size_t old_bytes, bytes, wanted;
	char *moved;

	assert(count <= *capacity);
	if (count < *capacity)
		return array;
	wanted = *capacity ? product(*capacity, 2) : GROW_FIRST;
	bytes = product(wanted, size);
	old_bytes = product(*capacity, size);
	if (old_bytes && (char *)array + old_bytes == arena->block->data + arena->used &&
		bytes - old_bytes <= arena->block->size - arena->used) {
		ASAN_UNPOISON_MEMORY_REGION((char *)array, bytes);
		memset((char *)array + old_bytes, 0, bytes - old_bytes);
		arena->used += bytes - old_bytes;
		arena->total += bytes - old_bytes;
		moved = array;
	} else {
		moved = arena_alloc(arena, bytes);
		if (old_bytes)
			memcpy(moved, array, old_bytes);
	}
	*capacity = wanted;
	return moved;
}

struct str arena_dup(struct arena *arena, struct str s)
{
	char *copy;

	if (!s.ptr)
		return STR_NONE;
	if (s.len > size_max)
		die("out of memory (%zu bytes asked for)", s.len);
	copy = arena_reserve(arena, s.len + 1);
	memcpy(copy, s.ptr, s.len);
	copy[s.len] = '\0';
	keep(arena, copy, s.len + 1, s.len + 1);
	return (struct str){ copy, s.len };
}

const char *arena_dupz(struct arena *arena, struct str s)
{
	return arena_dup(arena, s).ptr;
}

struct str arena_printf(struct arena *arena, const char *fmt, ...)
{
	enum { FIRST_TRY = 256 };
	size_t size = FIRST_TRY;
	va_list args;

	for (;;) {
		char *text = arena_reserve(arena, size);
		int len;

		va_start(args, fmt);
		len = vsnprintf(text, size, fmt, args);
		va_end(args);
		if (len < 0)
			die("a text cannot be formatted: %s", fmt);
		if ((size_t)len < size) {
			keep(arena, text, (size_t)len + 1, size);
			return (struct str){ text, (size_t)len };
		}
		/* Twice at most: now the length is known. */
		size = (size_t)len + 1;
	}
}

static void block_free(struct arena_block *block)
{
	ASAN_UNPOISON_MEMORY_REGION(block->data, block->size);
	free(block);
}

/* Frees all blocks but `kept` (NULL: all). */
static void blocks_free(struct arena_block *block, const struct arena_block *kept)
{
	while (block) {
		struct arena_block *older = block->older;

		if (block != kept)
			block_free(block);
		block = older;
	}
}

void arena_reset(struct arena *arena)
{
	struct arena_block *largest = arena->block;

	for (struct arena_block *b = arena->block; b; b = b->older)
		if (b->size > largest->size)
			largest = b;
	blocks_free(arena->block, largest);
	if (largest) {
		largest->older = NULL;
		ASAN_POISON_MEMORY_REGION(largest->data, largest->size);
	}
	*arena = (struct arena){ .block = largest };
}

void arena_done(struct arena *arena)
{
	blocks_free(arena->block, NULL);
	*arena = (struct arena)ARENA_INIT;
}
