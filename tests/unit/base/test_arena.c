#include "base/arena.h"

#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void test_zeroed_and_aligned(void **state UNUSED)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	size_t total = 0;

	for (int round = 0; round < 3; round++) {
		for (size_t size = 0; size < 3000; size += 1 + size / 7) {
			unsigned char *p = arena_alloc(&arena, size);

			assert_non_null(p);
			assert_int_equal((uintptr_t)p % alignof(max_align_t), 0);
			for (size_t i = 0; i < size; i++)
				assert_int_equal(p[i], 0);
			memset(p, 0xAA, size);
			total += size;
		}
		assert_int_equal(arena.total, total);
		arena_reset(&arena);
		assert_int_equal(arena.total, 0);
		total = 0;
	}
}

/* Blocks of all sizes follow each other; what was written stays. */
static void test_many_blocks(void **state UNUSED)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	enum { N = 400 };
	char *kept[N];

	for (size_t i = 0; i < N; i++) {
		kept[i] = arena_alloc(&arena, 100 + i * 37 % 5000 * (i % 13));
		memset(kept[i], (int)(i % 251), 100);
	}
	for (size_t i = 0; i < N; i++)
		for (size_t k = 0; k < 100; k++)
			assert_int_equal((unsigned char)kept[i][k], i % 251);
}

static void test_reset_keeps_the_largest_block(void **state UNUSED)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	char *large, *again;

	arena_alloc(&arena, 10);
	large = arena_alloc(&arena, 5000000);
	arena_alloc(&arena, 40000000);
	arena_reset(&arena);
	again = arena_alloc(&arena, 40000000);
	arena_reset(&arena);
	assert_ptr_equal(arena_alloc(&arena, 10), again);
	assert_ptr_not_equal(again, large);
	arena_done(&arena);
	assert_null(arena.block);
	arena_reset(&arena);
	assert_non_null(arena_alloc(&arena, 1));
}

struct item {
	int number;
	char text[20];
};

static void test_grow(void **state UNUSED)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct item *items = NULL, *others = NULL;
	size_t capacity = 0, others_capacity = 0;

	for (int i = 0; i < 20000; i++) {
		arena_grow(&arena, items, (size_t)i, &capacity);
		assert_int_equal(items[i].number, 0);
		items[i].number = i;
		/* A second array between makes some of the growing move, some not. */
		if (i % 3 == 0) {
			arena_grow(&arena, others, (size_t)i / 3, &others_capacity);
			others[i / 3].number = -i;
		}
	}
	assert_int_equal(capacity, 32768);
	for (int i = 0; i < 20000; i++) {
		assert_int_equal(items[i].number, i);
		if (i % 3 == 0)
			assert_int_equal(others[i / 3].number, -i);
	}
}

static void test_grow_starts_with_eight(void **state UNUSED)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	size_t capacity = 0;
	int *numbers = NULL;

	arena_grow(&arena, numbers, 0, &capacity);
	assert_int_equal(capacity, 8);
	arena_grow(&arena, numbers, 7, &capacity);
	assert_int_equal(capacity, 8);
	arena_grow(&arena, numbers, 8, &capacity);
	assert_int_equal(capacity, 16);
}

static void test_reserve(void **state UNUSED)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;

	for (size_t i = 0; i < 2000; i++) {
		char *room = arena_reserve(&arena, 1000);
		char *next;

		memset(room, 'r', 1000);
		arena_commit(&arena, room, i % 50);
		next = arena_alloc(&arena, 8);
		assert_true(next < room || next >= room + i % 50);
		for (int k = 0; k < 8; k++)
			assert_int_equal(next[k], 0);
	}
}

static void test_texts(void **state UNUSED)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct str copy = arena_dup(&arena, str_n("avis de", 4));

	assert_true(str_eqz(copy, "avis"));
	assert_int_equal(copy.ptr[4], '\0');
	assert_string_equal(arena_dupz(&arena, STR("lot")), "lot");
	assert_false(str_given(arena_dup(&arena, STR_NONE)));
	assert_null(arena_dupz(&arena, STR_NONE));
	assert_string_equal(arena_dupz(&arena, STR("")), "");
	copy = arena_dup(&arena, str_n("a\0b", 3));
	assert_int_equal(copy.len, 3);
	assert_memory_equal(copy.ptr, "a\0b", 4);
}

static void test_printf(void **state UNUSED)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;

	assert_true(str_eqz(arena_printf(&arena, "%s-%d", "lot", 3), "lot-3"));
	assert_true(str_eqz(arena_printf(&arena, "%s", ""), ""));
	for (int len = 250; len < 260; len++) {
		struct str s = arena_printf(&arena, "%0*d", len, 0);

		assert_int_equal(s.len, len);
		assert_int_equal(strlen(s.ptr), len);
	}
	assert_int_equal(arena_printf(&arena, "%*s", 300000, "x").len, 300000);
}

/* A child asks for what cannot be had: one line, exit, no crash. */
static void impossible(int which)
{
	struct arena arena = ARENA_INIT;
	volatile size_t size = SIZE_MAX - 8; /* the compiler would see through a constant */
	size_t capacity = SIZE_MAX / 2 + 1;
	char one = 0;

	switch (which) {
	case 0:
		arena_alloc(&arena, size);
		break;
	case 1:
		arena_array_(&arena, SIZE_MAX / 2, 3);
		break;
	case 2:
		arena_grow_(&arena, &one, capacity, &capacity, 2);
		break;
	}
	_exit(0);
}

static void test_impossible_sizes(void **state UNUSED)
{
	for (int which = 0; which < 3; which++) {
		char said[512] = "";
		int pipe_fd[2], status;
		pid_t child;

		assert_int_equal(pipe(pipe_fd), 0);
		child = fork();
		assert_true(child >= 0);
		if (child == 0) {
			dup2(pipe_fd[1], STDERR_FILENO);
			impossible(which);
		}
		close(pipe_fd[1]);
		assert_true(read(pipe_fd[0], said, sizeof(said) - 1) > 0);
		close(pipe_fd[0]);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 70);
		assert_true(str_starts(str_of(said), "appariteur: out of memory ("));
		assert_int_equal(str_find_char(str_of(said), '\n'), strlen(said) - 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_zeroed_and_aligned),
		cmocka_unit_test(test_many_blocks),
		cmocka_unit_test(test_reset_keeps_the_largest_block),
		cmocka_unit_test(test_grow),
		cmocka_unit_test(test_grow_starts_with_eight),
		cmocka_unit_test(test_reserve),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_printf),
		cmocka_unit_test(test_impossible_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
