/*
 * The matcher against the slow and obvious one of reference.c, on many small random cases: the same
 * receipts, to the byte, in whatever order notices and profiles come. APPARITEUR_CASES=1000000 for more,
 * APPARITEUR_SEED=1 for others.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "random_case.h"
#include "reference.h"

enum { CASES = 20000, PROFILES = 5, NOTICES_OF_A_BED = 40 };

static struct match_options options; /* gates in every other bed */

struct bed {
	struct arena arena;
	struct rules *rules;
	struct profile profiles[PROFILES];
	const struct profile *order[PROFILES], *reversed[PROFILES];
	struct matcher *matcher, *other; /* other: with the profiles in reverse */
	struct notice notices[NOTICES_OF_A_BED];
};

static void bed_open(struct bed *bed)
{
	struct error err = ERROR_INIT;
	struct random_rules rules;

	options.no_gates = random_below(2) == 0;
	bed->arena = (struct arena)ARENA_INIT;
	random_ruleset(&bed->arena, &rules);
	bed->rules = random_parsed(&rules);
	for (size_t i = 0; i < PROFILES; i++) {
		bed->profiles[i] = random_profile(&bed->arena, i);
		bed->order[i] = bed->reversed[PROFILES - 1 - i] = &bed->profiles[i];
	}
	for (size_t i = 0; i < NOTICES_OF_A_BED; i++)
		bed->notices[i] = random_notice(&bed->arena);
	assert_int_equal(matcher_new(bed->rules, 7, bed->order, PROFILES, &bed->matcher, &err), 0);
	assert_int_equal(matcher_new(bed->rules, 7, bed->reversed, PROFILES, &bed->other, &err), 0);
}

static void bed_close(struct bed *bed)
{
	matcher_free(bed->matcher);
	matcher_free(bed->other);
	rules_free(bed->rules);
	arena_done(&bed->arena);
}


/* One after the other: each receipt told alone, the last one first. */
static struct str tell_backwards(const struct receipts *receipts, struct arena *arena)
{
	struct receipts turned = { arena_array(arena, struct receipt, receipts->n), receipts->n };

	for (size_t i = 0; i < receipts->n; i++)
		turned.at[i] = receipts->at[receipts->n - 1 - i];
	return receipts_told(&turned, arena);
}

static void compare(struct bed *bed, const struct notice *notice, size_t number, size_t *matches)
{
	struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	struct receipts got, turned, wanted = reference_run(bed->rules, 7, bed->order, PROFILES, notice,
		&options, &arena);
	struct str a = receipts_told(&wanted, &arena), b, c;

	assert_int_equal(matcher_run(bed->matcher, notice, &options, &arena, &got, &err), 0);
	assert_int_equal(matcher_run(bed->other, notice, &options, &arena, &turned, &err), 0);
	b = receipts_told(&got, &arena);
	c = tell_backwards(&turned, &arena);
	if (!str_eq(a, b) || !str_eq(a, c)) {
		print_message("reference:\n%.*smatcher:\n%.*s", STR_ARG(a), STR_ARG(b));
		print_message("profiles in reverse:\n%.*s", STR_ARG(c));
		fail_msg("case %zu", number);
	}
	*matches += wanted.n;
	arena_done(&arena);
}

static void test_equal(void **unused)
{
	const char *asked = getenv("APPARITEUR_CASES");
	size_t cases = asked != NULL ? strtoul(asked, NULL, 10) : CASES, matches = 0;

	(void)unused;
	random_begin(20260722);
	for (size_t done = 0; done < cases; done += NOTICES_OF_A_BED) {
		static struct bed bed;

		bed_open(&bed);
		for (size_t i = NOTICES_OF_A_BED; i-- > 0;)
			compare(&bed, &bed.notices[i], done + i, &matches);
		bed_close(&bed);
	}
	assert_true(matches > cases / 20); /* else the cases prove nothing */
}

/* All notices in batches of this many on so many threads, as one text. */
static struct str tell_batches(struct matcher *matcher, const struct notice *const *notices, size_t size,
	unsigned threads, struct arena *arena)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(1 << 22);
	struct batch_result results[NOTICES_OF_A_BED];

	for (size_t from = 0; from < NOTICES_OF_A_BED; from += size) {
		size_t n = NOTICES_OF_A_BED - from < size ? NOTICES_OF_A_BED - from : size;

		matcher_run_batch(matcher, notices + from, n, threads, &options, results);
		for (size_t i = 0; i < n; i++) {
			assert_false(str_given(results[i].overspent));
			buf_adds(&out, receipts_told(&results[i].receipts, arena));
		}
	}
	return arena_dup(arena, buf_str(&out));
}

/* Whatever the threads, the batches and the order of the notices: each has the receipts it has alone. */
static void test_batch(void **unused)
{
	static const unsigned threads[] = { 1, 2, 3, 8 };
	static const size_t sizes[] = { 1, 7, NOTICES_OF_A_BED };
	static struct bed bed;

	(void)unused;
	random_state = 7;
	for (int round = 0; round < 8; round++) {
		CLEANUP(buf_done) struct buf alone = BUF_INIT(1 << 22), backwards = BUF_INIT(1 << 22);
		const struct notice *order[NOTICES_OF_A_BED], *reversed[NOTICES_OF_A_BED];

		bed_open(&bed);
		for (size_t i = 0; i < NOTICES_OF_A_BED; i++)
			order[i] = reversed[NOTICES_OF_A_BED - 1 - i] = &bed.notices[i];
		for (size_t i = 0; i < NOTICES_OF_A_BED; i++) {
			struct error err = ERROR_INIT;
			struct receipts one;

			assert_int_equal(matcher_run(bed.matcher, order[i], &options, &bed.arena, &one, &err), 0);
			buf_adds(&alone, receipts_told(&one, &bed.arena));
			assert_int_equal(
				matcher_run(bed.matcher, reversed[i], &options, &bed.arena, &one, &err), 0);
			buf_adds(&backwards, receipts_told(&one, &bed.arena));
		}
		assert_true(buf_str(&alone).len > 0);
		for (size_t i = 0; i < LENGTH(threads) * LENGTH(sizes); i++) {
			unsigned t = threads[i % LENGTH(threads)];
			size_t size = sizes[i / LENGTH(threads)];

			assert_true(str_eq(tell_batches(bed.matcher, order, size, t, &bed.arena),
				buf_str(&alone)));
			assert_true(str_eq(tell_batches(bed.matcher, reversed, size, t, &bed.arena),
				buf_str(&backwards)));
		}
		bed_close(&bed);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_batch),
		cmocka_unit_test(test_equal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
