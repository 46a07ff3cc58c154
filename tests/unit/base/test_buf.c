#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void assert_buf(const struct buf *buf, const char *expected)
{
	assert_true(str_eqz(buf_str(buf), expected));
	if (buf->ptr)
		assert_int_equal(buf->ptr[buf->len], '\0');
}

static void test_adding(void **state UNUSED)
{
	CLEANUP(buf_done) struct buf buf = BUF_INIT(100);
	struct error err = ERROR_INIT;

	assert_buf(&buf, "");
	buf_addz(&buf, "avis");
	buf_addc(&buf, ' ');
	buf_adds(&buf, STR("de"));
	buf_adds(&buf, STR_NONE);
	buf_addz(&buf, NULL);
	buf_addf(&buf, " %s %d", "marche", 7);
	buf_addf(&buf, "%s", "");
	buf_add(&buf, "!?", 1);
	assert_buf(&buf, "avis de marche 7!");
	assert_int_equal(buf_check(&buf, "a notice", &err), 0);

	buf_truncate(&buf, 99);
	assert_buf(&buf, "avis de marche 7!");
	buf_truncate(&buf, 4);
	assert_buf(&buf, "avis");

	buf_reset(&buf);
	assert_buf(&buf, "");
	buf_addz(&buf, "next");
	assert_buf(&buf, "next");
}

/* Every ceiling up to some hundreds, filled exactly, then one byte more in each way of adding. */
static void test_ceiling(void **state UNUSED)
{
	for (size_t max = 0; max < 300; max++)
		for (int way = 0; way < 4; way++) {
			CLEANUP(buf_done) struct buf buf = BUF_INIT(max);
			struct error err = ERROR_INIT;
			char expected[64];

			for (size_t i = 0; i < max; i++)
				buf_addc(&buf, 'x');
			assert_false(buf.overflow);
			assert_int_equal(buf.len, max);
			if (way == 0)
				buf_addc(&buf, 'y');
			else if (way == 1)
				buf_addz(&buf, "yy");
			else if (way == 2)
				buf_addf(&buf, "%c", 'y');
			else
				assert_null(buf_room(&buf, 1));
			assert_true(buf.overflow);
			assert_int_equal(buf_str(&buf).len, max);
			assert_int_equal(str_find_char(buf_str(&buf), 'y'), SIZE_MAX);
			if (buf.ptr)
				assert_int_equal(strlen(buf.ptr), max);
			snprintf(
				expected, sizeof(expected), "a page is larger than %zu bytes", max);
			assert_int_equal(buf_check(&buf, "a page", &err), -ERROR_LIMIT);
			assert_string_equal(err.text, expected);
		}
}

static void test_after_an_overflow(void **state UNUSED)
{
	CLEANUP(buf_done) struct buf buf = BUF_INIT(8);
	struct error err = ERROR_INIT;

	buf_addz(&buf, "begin");
	buf_addz(&buf, "too long");
	buf_addz(&buf, "x");
	buf_addf(&buf, "%d", 1);
	assert_buf(&buf, "begin"); /* no hole in the text */
	buf_truncate(&buf, 2);
	assert_int_equal(buf_check(&buf, "it", &err), -ERROR_LIMIT);
	buf_reset(&buf);
	assert_int_equal(buf_check(&buf, "it", &err), 0);
	buf_addz(&buf, "anew");
	assert_buf(&buf, "anew");
}

static void test_huge_sizes(void **state UNUSED)
{
	CLEANUP(buf_done) struct buf buf = BUF_INIT(100);
	CLEANUP(buf_done) struct buf open = BUF_INIT(SIZE_MAX);

	buf_addz(&buf, "x");
	assert_null(buf_room(&buf, SIZE_MAX));
	assert_buf(&buf, "x");
	buf_addz(&open, "x");
	assert_null(buf_room(&open, SIZE_MAX - 1));
	assert_buf(&open, "x");
}

static void test_room(void **state UNUSED)
{
	CLEANUP(buf_done) struct buf buf = BUF_INIT(1000);

	for (size_t n = 0; n < 40; n++) {
		char *room = buf_room(&buf, n);

		assert_non_null(room);
		memset(room, 'r', n);
		buf_wrote(&buf, n / 2);
		assert_int_equal(strlen(buf.ptr), buf.len);
	}
	assert_int_equal(buf.len, 380);
}

static void test_long_format(void **state UNUSED)
{
	CLEANUP(buf_done) struct buf buf = BUF_INIT(100000);

	buf_addf(&buf, "%0*d", 5000, 7);
	buf_addf(&buf, "%*s", 60000, "end");
	assert_int_equal(buf.len, 65000);
	assert_true(str_ends(buf_str(&buf), " end"));
	assert_int_equal(strlen(buf.ptr), 65000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_adding),
		cmocka_unit_test(test_ceiling),
		cmocka_unit_test(test_after_an_overflow),
		cmocka_unit_test(test_huge_sizes),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_long_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
