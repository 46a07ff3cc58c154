/* gate/json: what is refused, reading, and writing that always gives JSON (RELIABILITY X5). */
#include "gate/json.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static struct arena arena;
static struct error err;

static int clear(void **state UNUSED)
{
	arena_reset(&arena);
	error_clear(&err);
	return 0;
}

static int done(void **state UNUSED)
{
	arena_done(&arena);
	return 0;
}

static int parse_bytes(struct str bytes, struct json **ret)
{
	char *copy = malloc(bytes.len ? bytes.len : 1);
	int r;

	assert_non_null(copy);
	if (bytes.len)
		memcpy(copy, bytes.ptr, bytes.len);
	*ret = NULL;
	error_clear(&err);
	r = json_parse(str_n(copy, bytes.len), ret, &err);
	free(copy);
	return r;
}

static struct json *parse_str(struct str bytes)
{
	struct json *json;
	int r = parse_bytes(bytes, &json);

	if (r < 0)
		print_message("# %s\n", err.text);
	assert_int_equal(r, 0);
	assert_non_null(json);
	return json;
}

static struct json *parse(const char *text)
{
	return parse_str(str_of(text));
}

static void refused_str(struct str bytes, enum error_kind kind, const char *says)
{
	struct json *json;
	int r = parse_bytes(bytes, &json);

	if (r != -(int)kind)
		print_message("# %.*s: %s\n", STR_ARG(str_clip(bytes, 60)), err.text);
	assert_int_equal(r, -(int)kind);
	assert_null(json);
	if (!strstr(err.text, says))
		fail_msg("\"%s\" does not say \"%s\"", err.text, says);
}

static void check_str(struct str got, const char *expected)
{
	if (!str_eqz(got, expected))
		fail_msg("\"%.*s\" is not \"%s\"", STR_ARG(got), expected ? expected : "(none)");
}

static void check_dump(const struct json_value *value, const char *expected)
{
	struct str text = STR_NONE;

	assert_int_equal(json_dump(value, &arena, &text, &err), 0);
	check_str(text, expected);
}

static void repeat(struct buf *out, const char *text, size_t times)
{
	while (times--)
		buf_addz(out, text);
}

/* strictness */

#define CASE(TEXT, SAYS) { { TEXT, sizeof(TEXT) - 1 }, SAYS }

static void json_strict_refused(void **state UNUSED)
{
	static const struct {
		struct str text;
		const char *says;
	} cases[] = {
		CASE("{\"a\":\"\xE9\"}", "line 1"),           /* Latin-1 */
		CASE("[\"\xC0\xAF\"]", "line 1"),             /* overlong */
		CASE("[\"\xED\xA0\x80\"]", "line 1"),         /* surrogate in UTF-8 */
		CASE("[\"a\0b\"]", "line 1"),                 /* NUL */
		CASE("[\"a\\u0000b\"]", "line 1"),            /* NUL, escaped */
		CASE("{\"a\\u0000b\":1}", "line 1"),          /* NUL in a key */
		CASE("{\n\"a\":1,\n\"a\":2}", "line 3"),      /* twice the same key */
		CASE("{\"a\":1,\"\\u0061\":2}", "line 1"),    /* the same, disguised */
		CASE("[1e999]", "line 1"),                    /* too large */
		CASE("[99999999999999999999]", "line 1"),     /* too large */
		CASE("[\"\\ud800\"]", "line 1"),              /* half a pair */
		CASE("[\"\\ud800\\u0041\"]", "line 1"),       /* half a pair and a letter */
		CASE("[\"\\udc00\"]", "line 1"),              /* the other half */
		CASE("[1,]", "line 1"),
		CASE("{\"a\":1,}", "line 1"),
		CASE("{a:1}", "line 1"),
		CASE("{'a':1}", "line 1"),
		CASE("[01]", "line 1"),
		CASE("[+1]", "line 1"),
		CASE("[.5]", "line 1"),
		CASE("[1.]", "line 1"),
		CASE("[NaN]", "line 1"),
		CASE("[Infinity]", "line 1"),
		CASE("[True]", "line 1"),
		CASE("[1] x", "line 1"),
		CASE("[1][2]", "line 1"),
		CASE("[1]\0", "line 1"),
		CASE("/* x */[1]", "line 1"),
		CASE("[\"a\nb\"]", "line"),                   /* raw control byte */
		CASE("[\"\\x41\"]", "line 1"),
		CASE("[\"", "line 1"),
		CASE("[\"\\", "line 1"),
		CASE("", "empty"),
		CASE("\xEF\xBB\xBF", "empty"),
		CASE(" \n ", "line"),
		CASE("]", "line 1"),
		CASE("\xFF\xFE[\0]\0", "line 1"),             /* UTF-16 */
		CASE("<html></html>", "line 1, column 1"),
	};

	for (size_t i = 0; i < LENGTH(cases); i++)
		refused_str(cases[i].text, ERROR_INPUT, cases[i].says);
}

static void json_strict_accepted(void **state UNUSED)
{
	static const struct {
		const char *text, *dump;
	} cases[] = {
		{ "null", "null" },
		{ " [ ] ", "[]" },
		{ "{}", "{}" },
		{ "\xEF\xBB\xBF{\"a\":1}", "{\"a\":1}" },
		{ "\"\\u00e9\\ud83d\\ude00\\/\"", "\"é😀/\"" },
		{ "[true,false,null]", "[true,false,null]" },
		{ "[-0,0,9223372036854775807,-9223372036854775808]",
			"[0,0,9223372036854775807,-9223372036854775808]" },
		{ "[0.1,12500.35,1e2,1E-7,-1.5,1e22,0.30000000000000004]",
			"[0.1,12500.35,100.0,1e-07,-1.5,1e+22,0.30000000000000004]" },
		{ "{\"b\":{\"z\":1,\"a\":2},\"a\":[{}],\"\":0,\"é\":3,\"B\":4}",
			"{\"\":0,\"B\":4,\"a\":[{}],\"b\":{\"a\":2,\"z\":1},\"é\":3}" },
		{ "\"\\\"\\\\\\b\\f\\n\\r\\t\\u001f\x7f\"", "\"\\\"\\\\\\u0008\\u000c\\n\\r\\t\\u001f\x7f\"" },
	};

	for (size_t i = 0; i < LENGTH(cases); i++) {
		CLEANUP(json_freep) struct json *json = parse(cases[i].text);
		CLEANUP(json_freep) struct json *again = parse(cases[i].dump);

		check_dump(json_root(json), cases[i].dump);
		check_dump(json_root(again), cases[i].dump);
	}
}

/* limits: at, one beyond, far beyond */

static void depth_case(size_t depth, bool fits)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT(32 << 20);

	repeat(&text, depth % 2 ? "[" : "{\"a\":", depth);
	buf_addz(&text, "\"[[[{{\\\"[[[\"");
	repeat(&text, depth % 2 ? "]" : "}", depth);
	if (fits)
		json_free(parse_str(buf_str(&text)));
	else
		refused_str(buf_str(&text), ERROR_LIMIT, "line 1: values are nested deeper than 64");
}

static void json_limits_depth(void **state UNUSED)
{
	depth_case(JSON_DEPTH_MAX - 1, true);
	depth_case(JSON_DEPTH_MAX, true);
	depth_case(JSON_DEPTH_MAX + 1, false);
	depth_case(JSON_DEPTH_MAX + 2, false);
	depth_case(1000001, false);
}

static void document_case(size_t len, bool fits)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT(64 << 20);

	buf_addz(&text, "[\"");
	repeat(&text, "x", len - 4);
	buf_addz(&text, "\"]");
	if (fits)
		json_free(parse_str(buf_str(&text)));
	else
		refused_str(buf_str(&text), ERROR_LIMIT, "larger than 16777216 bytes");
}

static void json_limits_document(void **state UNUSED)
{
	document_case(JSON_DOCUMENT_MAX, true);
	document_case(JSON_DOCUMENT_MAX + 1, false);
	document_case(JSON_DOCUMENT_MAX * 3, false);
}

static void values_case(size_t values, bool fits)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT(64 << 20);

	buf_addz(&text, "[0");
	repeat(&text, ",1", values - 2); /* the array and its first element are values too */
	buf_addz(&text, "]");
	if (fits) {
		CLEANUP(json_freep) struct json *json = parse_str(buf_str(&text));

		assert_int_equal(json_count(json_root(json)), values - 1);
	} else {
		refused_str(buf_str(&text), ERROR_LIMIT, "more than 1000000 values");
	}
}

static void json_limits_values(void **state UNUSED)
{
	values_case(JSON_VALUES_MAX, true);
	values_case(JSON_VALUES_MAX + 1, false);
	values_case(8000000, false);
}

static void json_cut(void **state UNUSED)
{
	struct str text = STR("{\"a\":[1,2.5,true,null],\"b\":{\"c\":\"é\\n\\ud83d\\ude00\"}}");

	json_free(parse_str(text));
	for (size_t len = 0; len < text.len; len++)
		refused_str(str_sub(text, 0, len), ERROR_INPUT, "");
}

static void json_damaged(void **state UNUSED)
{
	static const char original[] = "{\"a\":[1,2.5,true,null],\"b\":{\"c\":\"\xC3\xA9\\n\\ud83d\\ude00\"}}";
	char text[sizeof(original)];
	unsigned seed = 20260330;

	for (int round = 0; round < 20000; round++) {
		struct json *json;

		memcpy(text, original, sizeof(text));
		for (int flips = 1 + round % 3; flips; flips--) {
			seed = seed * 1103515245 + 12345;
			text[(seed >> 16) % (sizeof(text) - 1)] = "{}[]\",:\\ue1-.\xE9\0 "[seed >> 8 & 15];
		}
		if (parse_bytes(str_n(text, sizeof(text) - 1), &json) < 0)
			assert_true(err.kind == ERROR_INPUT && err.text[0] && !strchr(err.text, '\n'));
		json_free(json);
	}
}

/* reading */

static void json_reading(void **state UNUSED)
{
	CLEANUP(json_freep) struct json *json =
		parse("{\"results\":[{\"id\":\"26-1\",\"n\":3,\"x\":12.5,\"w\":4.0,\"ok\":true,\"no\":null,"
		      "\"e\":\"\"},{\"id\":\"26-2\"}],\"lots\":{\"lot\":{\"t\":\"seul\"}},\"empty\":[]}");
	const struct json_value *root = json_root(json), *first = json_find(root, "results");
	int64_t n = -1;
	bool b = false;

	assert_int_equal(json_type(root), JSON_OBJECT);
	assert_int_equal(json_type(first), JSON_ARRAY);
	check_str(json_str(json_find(root, "results/id")), "26-1");
	check_str(json_str(json_get(json_at(first, 1), "id")), "26-2");
	check_str(json_str(json_find(root, "lots/lot/t")), "seul");
	assert_ptr_equal(json_find(root, ""), root);
	first = json_at(first, 0);
	assert_int_equal(json_type(json_get(first, "n")), JSON_NUMBER);
	assert_int_equal(json_type(json_get(first, "x")), JSON_NUMBER);
	assert_int_equal(json_type(json_get(first, "ok")), JSON_BOOL);
	assert_int_equal(json_type(json_get(first, "no")), JSON_NULL);
	assert_int_equal(json_type(json_get(first, "id")), JSON_STRING);
	assert_int_equal(json_type(json_get(first, "absent")), JSON_NONE);
	check_str(json_str(json_get(first, "e")), "");
	check_str(json_str(json_get(first, "n")), NULL);
	check_str(json_scalar(json_get(first, "n"), &arena), "3");
	check_str(json_scalar(json_get(first, "x"), &arena), "12.5");
	check_str(json_scalar(json_get(first, "ok"), &arena), "true");
	check_str(json_scalar(json_get(first, "id"), &arena), "26-1");
	check_str(json_scalar(json_get(first, "no"), &arena), NULL);
	check_str(json_scalar(root, &arena), NULL);
	check_str(json_scalar(NULL, &arena), NULL);
	assert_true(json_int(json_get(first, "n"), &n) && n == 3);
	assert_true(json_int(json_get(first, "w"), &n) && n == 4);
	assert_false(json_int(json_get(first, "x"), &n) || json_int(json_get(first, "id"), &n));
	assert_false(json_int(json_get(first, "ok"), &n) || json_int(NULL, &n));
	assert_int_equal(n, 4);
	assert_true(json_bool(json_get(first, "ok"), &b) && b);
	assert_false(json_bool(json_get(first, "n"), &b) || json_bool(NULL, &b));
}

static void json_one_or_several(void **state UNUSED)
{
	CLEANUP(json_freep) struct json *json =
		parse("{\"one\":{\"a\":1},\"two\":[{\"a\":1},{\"a\":2}],\"none\":null,\"empty\":[],\"text\":\"x\"}");
	const struct json_value *root = json_root(json);

	assert_int_equal(json_count(json_get(root, "one")), 1);
	assert_ptr_equal(json_at(json_get(root, "one"), 0), json_get(root, "one"));
	assert_null(json_at(json_get(root, "one"), 1));
	assert_int_equal(json_count(json_get(root, "two")), 2);
	check_dump(json_at(json_get(root, "two"), 1), "{\"a\":2}");
	assert_null(json_at(json_get(root, "two"), 2));
	assert_int_equal(json_count(json_get(root, "none")), 0);
	assert_null(json_at(json_get(root, "none"), 0));
	assert_int_equal(json_count(json_get(root, "empty")), 0);
	assert_null(json_find(root, "empty/a"));
	assert_int_equal(json_count(json_get(root, "text")), 1);
	assert_int_equal(json_count(NULL), 0);
	assert_null(json_at(NULL, 0));
	assert_null(json_get(NULL, "a"));
	assert_null(json_get(json_get(root, "text"), "a"));
	assert_null(json_find(root, "text/a"));
	assert_null(json_find(NULL, "a"));
	check_dump(NULL, NULL);
}

static void json_members_keep_their_order(void **state UNUSED)
{
	CLEANUP(json_freep) struct json *json = parse("{\"z\":1,\"a\":2,\"m\":3,\"b\":4}");
	const struct json_value *root = json_root(json);
	const char *keys[] = { "z", "a", "m", "b" };
	struct str key;
	int64_t n;

	assert_int_equal(json_members(root), 4);
	for (size_t i = 0; i < LENGTH(keys); i++) {
		assert_true(json_int(json_member(root, i, &key), &n) && n == (int64_t)i + 1);
		check_str(key, keys[i]);
		assert_ptr_equal(json_get(root, keys[i]), json_member(root, i, &key));
	}
	assert_int_equal(json_members(NULL), 0);
	assert_int_equal(json_members(json_get(root, "z")), 0);
}

static void json_many_members(void **state UNUSED)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT(16 << 20);
	CLEANUP(json_freep) struct json *json = NULL;
	clock_t before = clock();
	struct str key;

	for (int i = 0; i < 100000; i++)
		buf_addf(&text, "%c\"k%d\":%d", i ? ',' : '{', i, i);
	buf_addz(&text, "}");
	json = parse_str(buf_str(&text));
	for (size_t i = 0; i < json_members(json_root(json)); i++) {
		const struct json_value *value = json_member(json_root(json), i, &key);

		assert_ptr_equal(json_get(json_root(json), key.ptr), value);
	}
	assert_true(clock() - before < 5 * CLOCKS_PER_SEC);
}

/* writing */

static void json_writing(void **state UNUSED)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(1000);
	struct json_writer w = { &out, false };

	json_open_object(&w);
	json_key(&w, "a");
	json_open_array(&w);
	json_put_int(&w, INT64_MIN);
	json_put_bool(&w, true);
	json_put_null(&w);
	json_open_object(&w);
	json_close_object(&w);
	json_put_raw(&w, STR("1.50"));
	json_close_array(&w);
	json_key(&w, "b\"");
	json_put_str(&w, STR_NONE);
	json_key(&w, "c");
	json_put_str(&w, STR(""));
	json_key(&w, "d");
	json_open_array(&w);
	json_close_array(&w);
	json_close_object(&w);
	check_str(buf_str(&out), "{\"a\":[-9223372036854775808,true,null,{},1.50],\"b\\\"\":null,"
				 "\"c\":\"\",\"d\":[]}");
}

static void json_writing_escapes(void **state UNUSED)
{
	static const struct {
		struct str text;
		const char *expected;
	} cases[] = {
		CASE("l’été œuvre €😀", "\"l’été œuvre €😀\""),
		CASE("\"\\/\b\n\r\t\x01\x1f\x7f", "\"\\\"\\\\/\\u0008\\n\\r\\t\\u0001\\u001f\x7f\""),
		CASE("a\0b", "\"a\\u0000b\""),
		CASE("</script>\xE2\x80\xA8", "\"</script>\xE2\x80\xA8\""),
		CASE("\xE9t\xE9", "\"\xEF\xBF\xBDt\xEF\xBF\xBD\""),
		CASE("é\xC3", "\"é\xEF\xBF\xBD\""),
		CASE("\xF8\"x", "\"\xEF\xBF\xBD\\\"x\""),
	};

	for (size_t i = 0; i < LENGTH(cases); i++) {
		CLEANUP(buf_done) struct buf out = BUF_INIT(1000);
		struct json_writer w = { &out, false };

		json_put_str(&w, cases[i].text);
		check_str(buf_str(&out), cases[i].expected);
	}
}

/* Whatever bytes are written as text, the output is JSON. */
static void json_writing_any_bytes(void **state UNUSED)
{
	unsigned seed = 7;

	for (int round = 0; round < 5000; round++) {
		CLEANUP(buf_done) struct buf out = BUF_INIT(1000);
		CLEANUP(json_freep) struct json *json = NULL;
		struct json_writer w = { &out, false };
		char text[12];

		for (size_t i = 0; i < sizeof(text); i++) {
			seed = seed * 1103515245 + 12345;
			text[i] = (char)(seed >> 16);
			if (text[i] == '\0')
				text[i] = 'x';
		}
		json_put_str(&w, str_n(text, sizeof(text)));
		json = parse_str(buf_str(&out));
		if (str_utf8_valid(str_n(text, sizeof(text))))
			assert_true(str_eq(json_str(json_root(json)), str_n(text, sizeof(text))));
	}
}

static void json_numbers_in_a_french_locale(void **state UNUSED)
{
	CLEANUP(json_freep) struct json *json = NULL;

	if (!setlocale(LC_NUMERIC, "fr_FR.UTF-8")) {
		print_message("# there is no French locale here\n"); /* skip() tells TAP of a failure */
		return;
	}
	json = parse("[12500.35,1e-7,3.0]");
	check_dump(json_root(json), "[12500.35,1e-07,3.0]");
	check_str(json_scalar(json_at(json_root(json), 0), &arena), "12500.35");
	setlocale(LC_NUMERIC, "C");
}

/* The text that grows most still fits: a document accepted can be dumped. */
static void json_dump_of_the_largest(void **state UNUSED)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT(JSON_DOCUMENT_MAX);
	CLEANUP(json_freep) struct json *json = NULL;
	struct str dump = STR_NONE;

	buf_addz(&text, "\"");
	repeat(&text, "\\b", JSON_DOCUMENT_MAX / 2 - 1);
	buf_addz(&text, "\"");
	json = parse_str(buf_str(&text));
	assert_int_equal(json_dump(json_root(json), &arena, &dump, &err), 0);
	assert_int_equal(dump.len, 2 + 6 * (JSON_DOCUMENT_MAX / 2 - 1));
}

#define TEST(NAME) cmocka_unit_test_setup(NAME, clear)

/* "e" and a combining acute accent are one character, as in what XML gives. */
static void test_normal_form(void **state UNUSED)
{
	CLEANUP(json_freep) struct json *json = parse("[\"caf\\u0065\\u0301\", \"cafe\xCC\x81\", \"\xC3\xA9\"]");

	for (size_t i = 0; i < 2; i++)
		assert_true(str_eq(json_str(json_at(json_root(json), i)), STR("caf\xC3\xA9")));
	assert_true(str_eq(json_str(json_at(json_root(json), 2)), STR("\xC3\xA9")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_normal_form),
		TEST(json_strict_refused),
		TEST(json_strict_accepted),
		TEST(json_limits_depth),
		TEST(json_limits_document),
		TEST(json_limits_values),
		TEST(json_cut),
		TEST(json_damaged),
		TEST(json_reading),
		TEST(json_one_or_several),
		TEST(json_members_keep_their_order),
		TEST(json_many_members),
		TEST(json_writing),
		TEST(json_writing_escapes),
		TEST(json_writing_any_bytes),
		TEST(json_numbers_in_a_french_locale),
		TEST(json_dump_of_the_largest),
	};

	return cmocka_run_group_tests_name("gate/json", tests, NULL, done);
}
