/* Plain patterns find what PCRE2 finds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../../src/match/plain.h"
#include "base/buf.h"
#include "gate/regex.h"

/* 0 or 1, and the span; the same by both or the test fails. */
static void check_same(struct str pattern, const struct plain *plain, const struct regex *regex, struct str text,
	size_t from)
{
	struct error err = ERROR_INIT;
	size_t start = 0, end = 0, plain_start = 0, plain_end = 0;
	int r = regex_find(regex, text, from, &start, &end, &err);
	int ours = plain_find(plain, text, from, &plain_start, &plain_end);

	if (ours == PLAIN_UNSURE)
		return;
	if (r != ours || start != plain_start || end != plain_end)
		fail_msg("/%.*s/ on \"%.*s\" from %zu: %d [%zu,%zu), by PCRE2 %d [%zu,%zu)", STR_ARG(pattern),
			STR_ARG(text), from, ours, plain_start, plain_end, r, start, end);
}

static void test_which(void **state UNUSED)
{
	static const struct {
		const char *pattern;
		bool plain;
	} table[] = {
		{ "\\bcontroles? (de |des )?acces\\b", true },
		{ "\\bappel (\\w+ ){0,3}offres\\b", true },
		{ "\\beau\\b(?! usee)", true },
		{ "(?:a|b(c|d)) x", true },
		{ "irrig\\w*", true },
		{ "a{1,2}b", false },
		{ "(ab){2,1000}c", false },
		{ "(ab)*c", false },
		{ "ab+c", false },
		{ "ab??c", false },
		{ "a.{0,20}b", false },
		{ "[ab]c", false },
		{ "^ab", false },
		{ "(?=ab)a", false },
		{ "(?i:ab)", false },
		{ "(?<!a)b", false },
		{ "\\Bab", false },
		{ "\\d+", false },
		{ "(a|)", false },  /* may be empty */
		{ "\\w*", false },
		{ "\xC3\xA9t", false },
	};
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;

	for (size_t i = 0; i < LENGTH(table); i++)
		if ((plain_new(str_of(table[i].pattern), &arena) != NULL) != table[i].plain)
			fail_msg("/%s/ is %splain", table[i].pattern, table[i].plain ? "" : "not ");
}

static uint64_t random_seed = 20261123;

static size_t below(size_t n)
{
	random_seed = random_seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (size_t)(random_seed >> 33) % n;
}

static const char *const words[] = { "a", "ab", "aba", "b", "ba", "abab", "c", "\xCE\xB1", "a\xCE\xB1",
	"ab\xE0\xA4\x83", "\xE0\xA4\x83" };

static void add_pattern(struct buf *out, int depth)
{
	static const char *const pieces[] = { "a", "b", "ab", " ", "a ", " b", "a?", "b?", "\\b", "\\w+", "\\w*",
		"\\w+ " };
	static const char *const times[] = { "", "", "?", "{0,2}", "{1,2}" };

	for (size_t n = 1 + below(4); n > 0; n--) {
		size_t kind = depth > 0 ? below(10) : 9;

		if (kind == 0) {
			buf_addz(out, "(?!");
			add_pattern(out, depth - 1);
			buf_addz(out, ")");
		} else if (kind < 4) {
			buf_addz(out, kind == 1 ? "(?:" : "(");
			add_pattern(out, depth - 1);
			if (below(2) == 0) {
				buf_addz(out, "|");
				add_pattern(out, depth - 1);
			}
			buf_addz(out, ")");
			buf_addz(out, times[below(LENGTH(times))]);
		} else {
			buf_addz(out, pieces[below(LENGTH(pieces))]);
		}
	}
}

static void test_at_random(void **state UNUSED)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	size_t tried = 0;

	/* other writing among them, of which a mark is no letter */
	for (int round = 0; round < 3000; round++) {
		CLEANUP(buf_done) struct buf pattern = BUF_INIT(REGEX_PATTERN_MAX), text = BUF_INIT(1000);
		CLEANUP(regex_freep) struct regex *regex = NULL;
		struct error err = ERROR_INIT;
		const struct plain *plain;

		arena_reset(&arena);
		add_pattern(&pattern, 2);
		plain = plain_new(buf_str(&pattern), &arena);
		if (plain == NULL || regex_new(buf_str(&pattern), REGEX_CASELESS, &regex, &err) < 0)
			continue;
		tried++;
		for (int i = 0; i < 20; i++) {
			buf_reset(&text);
			buf_addz(&text, " ");
			for (size_t n = below(9); n > 0; n--) {
				buf_addz(&text, words[below(LENGTH(words))]);
				buf_addz(&text, " ");
			}
			check_same(buf_str(&pattern), plain, regex, buf_str(&text), below(buf_str(&text).len + 1));
		}
	}
	assert_true(tried > 1000);
}

/* Steps are counted: what would go on for long is left to PCRE2. */
static void test_budget(void **state UNUSED)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	CLEANUP(buf_done) struct buf text = BUF_INIT(10000);
	const struct plain *plain = plain_new(STR("\\w*\\w*\\w*\\w*b"), &arena);
	size_t start, end;

	assert_non_null(plain);
	for (int i = 0; i < 200; i++)
		buf_addc(&text, 'a');
	assert_int_equal(plain_find(plain, buf_str(&text), 0, &start, &end), PLAIN_UNSURE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_which),
		cmocka_unit_test(test_at_random),
		cmocka_unit_test(test_budget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
