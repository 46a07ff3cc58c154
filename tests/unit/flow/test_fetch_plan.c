#include "../../../src/flow/fetch_plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { OVERLAP = 3, T = 20700 /* some day */, ROWS_MAX = 4000 };

/* A coverage table that tests write into, in order of days. */
struct table {
	struct coverage_row rows[ROWS_MAX];
	size_t n;
};

static struct coverage_row *row_of(struct table *table, day_t day)
{
	size_t i = 0;

	while (i < table->n && table->rows[i].day < day)
		i++;
	if (i == table->n || table->rows[i].day != day) {
		assert_true(table->n < ROWS_MAX);
		memmove(&table->rows[i + 1], &table->rows[i],
			(table->n - i) * sizeof(table->rows[0]));
		table->rows[i] = (struct coverage_row){ .day = day, .announced = -1 };
		table->n++;
	}
	return &table->rows[i];
}

static int64_t noon(day_t day)
{
	return (int64_t)day * 86400 + 12 * 3600;
}

static void write_row(struct table *table, day_t day, day_t read_on, bool complete, int attempts)
{
	struct coverage_row *row = row_of(table, day);

	row->complete = complete;
	row->attempts = attempts;
	row->updated = noon(read_on);
}

static struct fetch_past past_of(const struct table *table, day_t cursor, day_t today)
{
	return (struct fetch_past){ table->rows, table->n, cursor, today, OVERLAP };
}

/* The plan as a text of days relative to T: "0 -1 -2". */
static void assert_plan(
	const struct fetch_past *past, day_t since, day_t until, const char *expected)
{
	struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	struct str text = STR("");
	day_t *days;
	size_t n;

	assert_int_equal(past_plan(past, since, until, &arena, &days, &n, &err), 0);
	for (size_t i = 0; i < n; i++)
		text = arena_printf(
			&arena, "%.*s%s%d", STR_ARG(text), i ? " " : "", (int)(days[i] - T));
	assert_string_equal(arena_dupz(&arena, text), expected);
	arena_done(&arena);
}

static struct table table; /* too large for a stack */

static void test_the_first_run_reads_the_overlap(void **state UNUSED)
{
	table.n = 0;
	struct fetch_past past = past_of(&table, DAY_NONE, T);

	assert_plan(&past, DAY_NONE, DAY_NONE, "0 -1 -2 -3");
	assert_int_equal(past_cursor(&past), DAY_NONE);
}

static void test_a_range_is_read_as_given(void **state UNUSED)
{
	table.n = 0;
	write_row(&table, T - 10, T - 2, true, 1);
	write_row(&table, T - 30, T - 2, false, 1);
	struct fetch_past past = past_of(&table, T - 1, T);

	assert_plan(&past, T - 11, T - 9, "-9 -10 -11");
	assert_plan(&past, T - 1, DAY_NONE, "0 -1");
	assert_plan(&past, T + 1, T + 2, "2 1");
}

static void test_an_empty_or_endless_range_is_refused(void **state UNUSED)
{
	struct fetch_past past = past_of(&table, DAY_NONE, T); /* whatever is in it */
	struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	day_t *days;
	size_t n;

	assert_int_equal(past_plan(&past, T, T - 1, &arena, &days, &n, &err), -ERROR_CONFIG);
	assert_int_equal(past_plan(&past, T + 1, DAY_NONE, &arena, &days, &n, &err), -ERROR_CONFIG);
	assert_int_equal(
		past_plan(&past, INT32_MIN + 1, INT32_MAX, &arena, &days, &n, &err), -ERROR_CONFIG);
	assert_int_equal(
		past_plan(&past, T - PLAN_DAYS_MAX, T, &arena, &days, &n, &err), -ERROR_CONFIG);
	assert_int_equal(past_plan(&past, T - PLAN_DAYS_MAX + 1, T, &arena, &days, &n, &err), 0);
	assert_int_equal(n, PLAN_DAYS_MAX);
	arena_done(&arena);
}

static void test_the_overlap_does_not_go_behind_where_we_began(void **state UNUSED)
{
	table.n = 0;
	for (day_t day = T - 3; day < T; day++)
		write_row(&table, day, T, true, 1);
	write_row(&table, T, T, false, 1);
	struct fetch_past past = past_of(&table, DAY_NONE, T);

	assert_int_equal(past_cursor(&past), T - 1);
	past.cursor = T - 1;
	assert_plan(&past, DAY_NONE, DAY_NONE, "0 -1 -2 -3");
}

static void test_a_day_is_settled_when_it_was_read_an_overlap_later(void **state UNUSED)
{
	table.n = 0;
	for (day_t day = T - 9; day <= T - 6; day++)
		write_row(&table, day, T - 5, true, 1); /* the last run was five days ago */
	write_row(&table, T - 5, T - 5, false, 1);
	struct fetch_past past = past_of(&table, T - 6, T);

	/* -9 and -8 were read three days later and more, -7 and -6 were not */
	assert_plan(&past, DAY_NONE, DAY_NONE, "0 -1 -2 -3 -4 -6 -7 -5");
}

static void test_a_stuck_cursor_does_not_make_every_run_read_everything(void **state UNUSED)
{
	table.n = 0;
	write_row(&table, T - 201, T - 100, true, 1);
	write_row(&table, T - 200, T - 1, false, 9); /* a gap for ever */
	for (day_t day = T - 199; day < T - 3; day++)
		write_row(&table, day, day + OVERLAP, true, 4);
	struct fetch_past past = past_of(&table, T - 201, T);

	assert_plan(&past, DAY_NONE, DAY_NONE, "0 -1 -2 -3 -200");
	assert_int_equal(past_cursor(&past), T - 201);
}

static void test_gaps_have_their_turn_the_least_tried_first(void **state UNUSED)
{
	struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	day_t *days;
	size_t n;

	table.n = 0;
	for (day_t day = T - 1000; day < T - 900; day++)
		write_row(&table, day, T - 1, false, 5);
	write_row(&table, T - 50, T - 1, false, 2);
	for (day_t day = T - 60; day < T - 50; day++)
		write_row(&table, day, T - 1, false, 0); /* planned, then killed */
	struct fetch_past past = past_of(&table, T - 1, T);

	assert_int_equal(past_plan(&past, DAY_NONE, DAY_NONE, &arena, &days, &n, &err), 0);
	assert_int_equal(n, 4 + PLAN_GAPS_MAX);
	assert_int_equal(days[4], T - 60);
	assert_int_equal(days[13], T - 51);
	assert_int_equal(days[14], T - 50);
	assert_int_equal(days[15], T - 1000);
	arena_done(&arena);
}

static void test_an_old_stretch_on_its_own_moves_nothing(void **state UNUSED)
{
	table.n = 0;
	for (day_t day = T - 900; day < T - 800; day++)
		write_row(&table, day, T, true, 1);
	struct fetch_past past = past_of(&table, DAY_NONE, T);

	assert_int_equal(past_cursor(&past), DAY_NONE);
	assert_plan(&past, DAY_NONE, DAY_NONE, "0 -1 -2 -3");
	past.cursor = T - 2;
	assert_int_equal(past_cursor(&past), T - 2);
}

static void test_without_a_cursor_a_silence_is_still_filled(void **state UNUSED)
{
	table.n = 0;
	write_row(&table, T - 23, T - 20, false, 1); /* the oldest day is a gap: no cursor */
	for (day_t day = T - 22; day < T - 20; day++)
		write_row(&table, day, T - 20, true, 1);
	write_row(&table, T - 20, T - 20, false, 1);
	struct fetch_past past = past_of(&table, DAY_NONE, T);

	assert_int_equal(past_cursor(&past), DAY_NONE);
	assert_plan(&past, DAY_NONE, DAY_NONE,
		"0 -1 -2 -3 -4 -5 -6 -7 -8 -9 -10 -11 -12 -13 -14 -15 -16 -17 -18 -19 -23 -20");
}

static void test_a_day_that_is_opened_again_takes_the_cursor_back(void **state UNUSED)
{
	table.n = 0;
	for (day_t day = T - 20; day < T; day++)
		write_row(&table, day, T, true, 1);
	write_row(&table, T - 2, T, false, 2);
	write_row(&table, T - 15, T, false, 2); /* far behind: a gap, no more */
	struct fetch_past past = past_of(&table, T - 1, T);

	assert_int_equal(past_cursor(&past), T - 3);
	past.cursor = T - 3;
	write_row(&table, T - 2, T, true, 3);
	assert_int_equal(past_cursor(&past), T - 1);
}

/* years of it */

static uint32_t next(uint32_t *seed)
{
	return *seed = *seed * 1664525u + 1013904223u;
}

static bool chance(uint32_t *seed, unsigned percent)
{
	return (next(seed) >> 8) % 100 < percent;
}

/* One run: the plan is written down, then days are read until the run is killed. */
static size_t run(day_t *cursor, day_t today, unsigned fails, unsigned killed, uint32_t *seed)
{
	struct fetch_past past = past_of(&table, *cursor, today);
	struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	day_t *days;
	size_t n;

	*cursor = past.cursor = past_cursor(&past);
	assert_int_equal(past_plan(&past, DAY_NONE, DAY_NONE, &arena, &days, &n, &err), 0);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < i; j++)
			assert_int_not_equal(days[i], days[j]);
	for (size_t i = 0; i < n; i++)
		if (past_find(&past, days[i]) == NULL) {
			write_row(&table, days[i], today, false, 0);
			past = past_of(&table, *cursor, today);
		}
	for (size_t i = 0; i < n && !chance(seed, killed); i++) {
		struct coverage_row *row = row_of(&table, days[i]);

		write_row(&table, days[i], today, days[i] < today && !chance(seed, fails),
			row->attempts + 1);
	}
	arena_done(&arena);
	return n;
}

static void live(uint32_t seed)
{
	day_t cursor = DAY_NONE, today = T;
	size_t asked = 0;

	table.n = 0;
	for (int i = 0; i < 250; i++) {
		unsigned fails = chance(&seed, 20) ? 100 : chance(&seed, 30) ? 40 : 2;

		run(&cursor, today, fails, chance(&seed, 30) ? 20 : 0, &seed);
		if (chance(&seed, 50))
			today += chance(&seed, 5) ? 40 : 1; /* and now and then nobody is there */
	}
	/* Then everything works again: a few runs, and nothing is missing. */
	for (int i = 0; i < 30; i++)
		asked = run(&cursor, today, 0, 0, &seed);
	cursor = past_cursor(&(struct fetch_past){ table.rows, table.n, cursor, today, OVERLAP });
	assert_int_equal(cursor, today - 1);
	assert_int_equal(table.rows[0].day, T - OVERLAP);
	assert_int_equal(table.n, (size_t)(today - table.rows[0].day) + 1);
	for (size_t i = 0; i + 1 < table.n; i++)
		assert_true(table.rows[i].complete);
	assert_true(asked <= 2 * OVERLAP + 1);
}

static void test_no_day_is_lost_over_years_of_failures_kills_and_silences(void **state UNUSED)
{
	for (uint32_t seed = 1; seed <= 60; seed++)
		live(seed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_first_run_reads_the_overlap),
		cmocka_unit_test(test_a_range_is_read_as_given),
		cmocka_unit_test(test_an_empty_or_endless_range_is_refused),
		cmocka_unit_test(test_the_overlap_does_not_go_behind_where_we_began),
		cmocka_unit_test(test_a_day_is_settled_when_it_was_read_an_overlap_later),
		cmocka_unit_test(test_a_stuck_cursor_does_not_make_every_run_read_everything),
		cmocka_unit_test(test_gaps_have_their_turn_the_least_tried_first),
		cmocka_unit_test(test_an_old_stretch_on_its_own_moves_nothing),
		cmocka_unit_test(test_without_a_cursor_a_silence_is_still_filled),
		cmocka_unit_test(test_a_day_that_is_opened_again_takes_the_cursor_back),
		cmocka_unit_test(test_no_day_is_lost_over_years_of_failures_kills_and_silences),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
