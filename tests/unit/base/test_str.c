#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Two views are the same view of the same bytes, or both none. */
static void assert_str(struct str got, const char *expected)
{
	if (!str_eqz(got, expected))
		fail_msg("got \"%.*s\"%s, expected \"%s\"", STR_ARG(got), got.ptr ? "" : " (none)",
			expected ? expected : "(none)");
}

static void test_comparing(void **state UNUSED)
{
	static const struct {
		const char *a, *b;
		bool equal, nocase;
		int order;
	} table[] = {
		{ .a = "lot", .b = "lot", .equal = true, .nocase = true },
		{ .a = "Lot", .b = "lOT", .nocase = true, .order = -1 },
		{ .a = "", .b = "", .equal = true, .nocase = true },
		{ .a = NULL, .b = NULL, .equal = true, .nocase = true },
		{ .a = NULL, .b = "", .order = -1 }, { .a = "", .b = NULL, .order = 1 },
		{ .a = "lot", .b = "lots", .order = -1 }, { .a = "b", .b = "aa", .order = 1 },
		{ .a = "\xC3\x89", .b = "\xC3\xA9", .order = -1 }, /* É é: ASCII case only */
		{ .a = "@", .b = "`", .order = -1 }, { .a = "[", .b = "{", .order = -1 },
		{ .a = "\x7f", .b = "\x80", .order = -1 }, /* bytes are not negative */
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		struct str a = str_of(table[i].a), b = str_of(table[i].b);
		int order = str_cmp(a, b);

		assert_int_equal(str_eq(a, b), table[i].equal);
		assert_int_equal(str_eqz(a, table[i].b), table[i].equal);
		assert_int_equal(str_eq_nocase(a, b), table[i].nocase);
		assert_int_equal((order > 0) - (order < 0), table[i].order);
	}
	assert_false(str_eq(str_n("a\0b", 3), str_n("a\0c", 3)));
	assert_true(str_eq(str_n("a\0b", 3), str_n("a\0b", 3)));
	assert_false(str_given(str_n(NULL, 5)));
	assert_int_equal(str_n(NULL, 5).len, 0);
}

static void test_starts_ends_prefix(void **state UNUSED)
{
	static const struct {
		const char *text, *part;
		bool starts, ends;
	} table[] = {
		{ "72000000", "72", .starts = true },
		{ "72000000", "00", .ends = true },
		{ "72", "72", .starts = true, .ends = true },
		{ .text = "7", .part = "72" },
		{ .text = "", .part = "72" },
		{ "", "", .starts = true, .ends = true },
		{ "72", "", .starts = true, .ends = true },
		{ .text = NULL, .part = "" },
		{ .text = NULL, .part = "72" },
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		struct str s = str_of(table[i].text), rest = s;

		assert_int_equal(str_starts(s, table[i].part), table[i].starts);
		assert_int_equal(str_ends(s, table[i].part), table[i].ends);
		assert_int_equal(str_prefix(&rest, table[i].part), table[i].starts);
		assert_str(rest,
			table[i].starts ? table[i].text + strlen(table[i].part) : table[i].text);
	}
}

static void test_finding(void **state UNUSED)
{
	static const struct {
		const char *text, *needle;
		size_t at;
	} table[] = {
		{ "avis de marche", "de", 5 },
		{ "avis", "avis", 0 },
		{ "avis", "", 0 },
		{ "", "", 0 },
		{ "", "a", SIZE_MAX },
		{ "avis", "aviso", SIZE_MAX },
		{ "aaab", "aab", 1 },
		{ NULL, "a", SIZE_MAX },
		{ "a", NULL, SIZE_MAX },
		{ NULL, "", SIZE_MAX },
	};

	for (size_t i = 0; i < LENGTH(table); i++)
		assert_int_equal(
			str_find(str_of(table[i].text), str_of(table[i].needle)), table[i].at);
	assert_int_equal(str_find_char(STR("a,b,c"), ','), 1);
	assert_int_equal(str_rfind_char(STR("a,b,c"), ','), 3);
	assert_int_equal(str_find_char(STR("abc"), ','), SIZE_MAX);
	assert_int_equal(str_rfind_char(STR(""), ','), SIZE_MAX);
	assert_int_equal(str_find_char(STR_NONE, ','), SIZE_MAX);
	assert_int_equal(str_find_char(str_n("a\0b", 3), '\0'), 1);
}

static void test_sub(void **state UNUSED)
{
	static const struct {
		const char *text;
		size_t start, end;
		const char *expected;
	} table[] = {
		{ "abcdef", 1, 3, "bc" },
		{ "abcdef", 0, SIZE_MAX, "abcdef" },
		{ "abcdef", 4, 2, "" },
		{ "abcdef", 6, 6, "" },
		{ "abcdef", SIZE_MAX, SIZE_MAX, "" },
		{ "", 0, 1, "" },
		{ NULL, 0, 1, NULL },
		{ NULL, 2, 1, NULL },
	};

	for (size_t i = 0; i < LENGTH(table); i++)
		assert_str(str_sub(str_of(table[i].text), table[i].start, table[i].end),
			table[i].expected);
	assert_str(str_from(STR("abc"), 1), "bc");
	assert_str(str_from(STR("abc"), 9), "");
	assert_str(str_from(STR_NONE, 0), NULL);
}

static void test_trim(void **state UNUSED)
{
	static const struct {
		const char *text, *expected;
	} table[] = {
		{ "  lot 1\t\r\n", "lot 1" },
		{ "\xC2\xA0\x20\xC2\xA0lot\xC2\xA0n\xC2\xA0", "lot\xC2\xA0n" },
		{ "lot", "lot" },
		{ "", "" },
		{ " \xC2\xA0 ", "" },
		{ "\xC2\xA0", "" },
		{ "\x01\x7f", "" },
		{ "\xC3\xA0", "\xC3\xA0" }, /* à ends like NBSP */
		{ "\xC2\xAB x \xC2\xBB", "\xC2\xAB x \xC2\xBB" },
		{ "\xA0x", "\xA0x" }, /* half a character is none of ours */
		{ "x\xC2", "x\xC2" },
		{ NULL, NULL },
	};

	for (size_t i = 0; i < LENGTH(table); i++)
		assert_str(str_trim(str_of(table[i].text)), table[i].expected);
}

static void test_cut(void **state UNUSED)
{
	static const struct {
		const char *text, *parts[5];
		size_t n;
	} table[] = {
		{ "a,b,c", { "a", "b", "c" }, 3 },
		{ "abc", { "abc" }, 1 },
		{ "", { "" }, 1 },
		{ ",", { "", "" }, 2 },
		{ "a,", { "a", "" }, 2 },
		{ ",,a", { "", "", "a" }, 3 },
		{ NULL, { NULL }, 0 },
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		struct str rest = str_of(table[i].text), part;
		size_t n = 0;

		while (str_cut(&rest, ',', &part)) {
			assert_true(n < table[i].n);
			assert_str(part, table[i].parts[n++]);
		}
		assert_int_equal(n, table[i].n);
		assert_false(str_given(rest));
	}
}

static void test_clip(void **state UNUSED)
{
	static const struct {
		const char *text;
		size_t max;
		const char *expected;
	} table[] = {
		{ "abc", 3, "abc" },
		{ "abc", 2, "ab" },
		{ "abc", 0, "" },
		{ "a\xC3\xA9", 2, "a" },
		{ "a\xC3\xA9", 3, "a\xC3\xA9" },
		{ "\xE2\x82\xAC", 2, "" },
		{ "\xE2\x82\xAC", 1, "" },
		{ "a\xF0\x9F\x98\x80", 4, "a" },
		{ "a\xF0\x9F\x98\x80z", 5, "a\xF0\x9F\x98\x80" },
		{ "\x80\x80\x80\x80\x80\x80", 5, "\x80\x80\x80\x80\x80" }, /* no character at all */
		{ "", 0, "" },
		{ NULL, 0, NULL },
	};

	for (size_t i = 0; i < LENGTH(table); i++)
		assert_str(str_clip(str_of(table[i].text), table[i].max), table[i].expected);
}

static void test_to_int64(void **state UNUSED)
{
	static const struct {
		const char *text;
		bool ok;
		int64_t value;
	} table[] = {
		{ "0", true, 0 }, { "42", true, 42 }, { "-42", true, -42 }, { "+42", true, 42 },
		{ "007", true, 7 }, { "-0", true, 0 }, { "9223372036854775807", true, INT64_MAX },
		{ "-9223372036854775808", true, INT64_MIN }, { "9223372036854775808", false, 0 },
		{ "-9223372036854775809", false, 0 }, { "99999999999999999999999999", false, 0 },
		{ "", false, 0 }, { NULL, false, 0 }, { "-", false, 0 }, { "+", false, 0 },
		{ "--1", false, 0 }, { "+-1", false, 0 }, { " 1", false, 0 }, { "1 ", false, 0 },
		{ "1.0", false, 0 }, { "1e3", false, 0 }, { "0x10", false, 0 },
		{ "1\xC2\xA0"
		  "000",
			false, 0 },
		{ "\xD9\xA1", false, 0 }, /* Arabic-Indic one */
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		int64_t value = -77;

		assert_int_equal(str_to_int64(str_of(table[i].text), &value), table[i].ok);
		assert_true(value == (table[i].ok ? table[i].value : -77));
	}
	assert_false(str_to_int64(str_n("1\0", 2), &(int64_t){ 0 }));
}

static void test_to_uint(void **state UNUSED)
{
	static const struct {
		const char *text;
		unsigned max;
		bool ok;
		unsigned value;
	} table[] = {
		{ "25", 65535, true, 25 },
		{ "65535", 65535, true, 65535 },
		{ "4294967295", UINT32_MAX, true, UINT32_MAX },
		{ "65536", 65535, false, 0 },
		{ "4294967296", UINT32_MAX, false, 0 },
		{ "18446744073709551616", UINT32_MAX, false, 0 },
		{ "+1", 9, false, 0 },
		{ "-0", 9, false, 0 },
		{ "", 9, false, 0 },
		{ NULL, 9, false, 0 },
		{ "1a", 99, false, 0 },
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		unsigned value = 77;

		assert_int_equal(
			str_to_uint(str_of(table[i].text), table[i].max, &value), table[i].ok);
		assert_int_equal(value, table[i].ok ? table[i].value : 77);
	}
	assert_true(str_digits(STR("0123456789")));
	assert_false(str_digits(STR("12:3")));
	assert_false(str_digits(STR("12/3")));
	assert_false(str_digits(STR("")));
	assert_false(str_digits(STR_NONE));
}

/* Each text alone and behind 0..9 letters, so that the eight-byte steps meet it everywhere. */
static void test_utf8_valid(void **state UNUSED)
{
	static const struct {
		const char *text;
		bool valid;
	} table[] = {
		{ "", true }, { "march\xC3\xA9", true }, { "\xC2\x80", true }, { "\xDF\xBF", true },
		{ "\xE0\xA0\x80", true }, { "\xED\x9F\xBF", true }, { "\xEE\x80\x80", true },
		{ "\xEF\xBF\xBF", true }, { "\xF0\x90\x80\x80", true },
		{ "\xF4\x8F\xBF\xBF", true }, { "\x80", false }, { "\xBF", false },
		{ "\xC0\x80", false }, /* two bytes for NUL */
		{ "\xC1\xBF", false }, { "\xC3", false }, { "\xC3(", false },
		{ "\xE0\x9F\xBF", false }, { "\xE2\x82", false }, { "\xE2\x28\xA1", false },
		{ "\xED\xA0\x80", false }, /* a surrogate */
		{ "\xED\xBF\xBF", false }, { "\xF0\x8F\xBF\xBF", false }, { "\xF0\x9F\x98", false },
		{ "\xF4\x90\x80\x80", false }, /* beyond U+10FFFF */
		{ "\xF5\x80\x80\x80", false }, { "\xFE", false }, { "\xFF", false },
		{ "march\xE9", false }, /* Latin-1 */
	};
	char text[64];

	for (size_t i = 0; i < LENGTH(table); i++) {
		size_t len = strlen(table[i].text);

		for (size_t before = 0; before < 10; before++) {
			memset(text, 'x', sizeof(text));
			memcpy(text + before, table[i].text, len);
			assert_int_equal(str_utf8_valid(str_n(text, before + len)), table[i].valid);
			assert_int_equal(
				str_utf8_valid(str_n(text, before + len + 9)), table[i].valid);
		}
	}
	assert_true(str_utf8_valid(STR_NONE));
	assert_true(str_utf8_valid(str_n("a\0b", 3)));
}

static void test_utf8_round_trip(void **state UNUSED)
{
	char out[4];

	for (uint32_t c = 0; c <= 0x110000; c++) {
		bool is_character = c < 0xD800 || (c > 0xDFFF && c <= 0x10FFFF);
		size_t len = str_utf8_put(c, out), pos = 0;

		assert_int_equal(len != 0, is_character);
		if (!len)
			continue;
		assert_true(str_utf8_valid(str_n(out, len)));
		assert_int_equal(str_utf8_next(str_n(out, len), &pos), c);
		assert_int_equal(pos, len);
		/* Every shorter piece is broken: U+FFFD, and one byte is taken. */
		for (size_t cut = 1; cut < len; cut++) {
			pos = 0;
			assert_int_equal(str_utf8_next(str_n(out, cut), &pos), 0xFFFD);
			assert_int_equal(pos, 1);
		}
	}
	assert_int_equal(str_utf8_put(UINT32_MAX, out), 0);
}

static void test_utf8_count(void **state UNUSED)
{
	assert_int_equal(str_utf8_count(STR("march\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80")), 10);
	assert_int_equal(str_utf8_count(STR("")), 0);
	assert_int_equal(str_utf8_count(STR_NONE), 0);
}

/* Values of the FNV-1a reference. */
static void test_hash(void **state UNUSED)
{
	assert_true(str_hash(STR("")) == UINT64_C(0xcbf29ce484222325));
	assert_true(str_hash(STR("a")) == UINT64_C(0xaf63dc4c8601ec8c));
	assert_true(str_hash(STR("foobar")) == UINT64_C(0x85944171f73967e8));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_comparing),
		cmocka_unit_test(test_starts_ends_prefix),
		cmocka_unit_test(test_finding),
		cmocka_unit_test(test_sub),
		cmocka_unit_test(test_trim),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_clip),
		cmocka_unit_test(test_to_int64),
		cmocka_unit_test(test_to_uint),
		cmocka_unit_test(test_utf8_valid),
		cmocka_unit_test(test_utf8_round_trip),
		cmocka_unit_test(test_utf8_count),
		cmocka_unit_test(test_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
