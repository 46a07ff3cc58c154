/* What the tests of tender and source share: an arena, a view of a literal, an error to look at. */
#ifndef TESTS_TENDER_H
#define TESTS_TENDER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

static struct arena arena;

static inline int arena_reset_state(void **state UNUSED)
{
	arena_reset(&arena);
	return 0;
}

static inline int arena_done_state(void **state UNUSED)
{
	arena_done(&arena);
	return 0;
}

/* NULL is STR_NONE; the message shows both texts. */
static inline void check_text(const char *what, struct str got, const char *expected)
{
	if (str_eq(got, str_of(expected)))
		return;
	print_error("%s: expected \"%s\", got \"%.*s\"%s\n", what, expected ? expected : "(none)",
		STR_ARG(got), str_given(got) ? "" : " (none)");
	fail();
}

/* The result of a function that takes text is a view or a copy: both must end within the input. */
static inline struct str exact(const char *text)
{
	size_t len = text ? strlen(text) : 0;
	char *copy = arena_alloc(&arena, len ? len : 1);

	if (!text)
		return STR_NONE;
	memcpy(copy, text, len);
	return str_n(copy, len);
}

#endif
