#include "tender/drift.h"

#include "tender.h"

enum { DAYS = 30, TODAY = 20500 };

/* Thirty days of a hundred notices, of which `lacking` have no buyer; the last day `today` of `notices`. */
static void fill(struct drift_day days[DAYS], const char *source, int lacking, int today, int notices)
{
	for (int i = 0; i < DAYS; i++) {
		days[i] = (struct drift_day){ .source = str_of(source), .day = TODAY - DAYS + 1 + i, .notices = 100 };
		days[i].lacking[DRIFT_BUYER] = lacking + i % 3;
	}
	days[DAYS - 1].notices = notices;
	days[DAYS - 1].lacking[DRIFT_BUYER] = today;
}

static void test_drift(void **state UNUSED)
{
	static const struct {
		int lacking, today, notices;
		int share; /* 0: no drift */
	} cases[] = {
		{ 2, 3, 100, 0 },
		{ 2, 22, 100, 0 },   /* median 3 and 20 points */
		{ 2, 23, 100, 23 },
		{ 0, 40, 40, 100 },
		{ 30, 55, 100, 0 },  /* not twice the usual */
		{ 30, 62, 100, 62 },
		{ 2, 19, 19, 0 },    /* too few to say; the day before is judged, and is as ever */
		{ 2, 0, 100, 0 },
	};

	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct drift_day days[DAYS];
		struct drift *found;
		size_t n;

		fill(days, "boamp", cases[i].lacking, cases[i].today, cases[i].notices);
		n = drift_find(days, DAYS, &arena, &found);
		if ((n == 1) != (cases[i].share > 0))
			fail_msg("case %zu: %zu found", i, n);
		if (n == 0)
			continue;
		assert_int_equal(found[0].share, cases[i].share);
		assert_int_equal(found[0].usual, cases[i].lacking + 1);
		assert_string_equal(drift_field_name(found[0].field), "buyer");
		assert_int_equal(found[0].day, TODAY);
	}
}

static void test_sources_are_judged_apart(void **state UNUSED)
{
	struct drift_day days[2 * DAYS + 1];
	struct drift *found;

	fill(days, "boamp", 1, 90, 100);
	fill(days + DAYS, "ted", 1, 1, 100);
	days[2 * DAYS] = (struct drift_day){ .source = STR("zzz"), .day = TODAY, .notices = 500 };
	days[2 * DAYS].lacking[DRIFT_TITLE] = 500; /* no days before: nothing to compare with */
	assert_int_equal(drift_find(days, 2 * DAYS + 1, &arena, &found), 1);
	assert_true(str_eqz(found[0].source, "boamp"));
	assert_int_equal(drift_find(days, 0, &arena, &found), 0);
	assert_int_equal(drift_find(days + DAYS - DRIFT_KNOWN, DRIFT_KNOWN, &arena, &found), 0);
	assert_int_equal(drift_find(days + DAYS - DRIFT_KNOWN - 1, DRIFT_KNOWN + 1, &arena, &found), 1);
}

static void test_new_parts(void **state UNUSED)
{
	struct drift_day days[2 * DAYS];
	struct drift_part parts[] = {
		{ .source = STR("boamp"), .path = STR("a"), .day = TODAY - DRIFT_DAYS }, /* before it: one day */
		{ .source = STR("boamp"), .path = STR("a"), .day = TODAY },
		{ .source = STR("boamp"), .path = STR("b"), .day = TODAY - 1, .fresh = false },
		{ .source = STR("boamp"), .path = STR("b"), .day = TODAY },
		{ .source = STR("ted"), .path = STR("b"), .day = TODAY },
		{ .source = STR("zzz"), .path = STR("b"), .day = TODAY }, /* of no known day */
	};
	static const bool fresh[] = { false, false, true, false, true, false };

	fill(days, "boamp", 0, 0, 100);
	fill(days + DAYS, "ted", 0, 0, 100);
	drift_parts_compare(parts, LENGTH(parts), days, 2 * DAYS);
	for (size_t i = 0; i < LENGTH(parts); i++)
		if (parts[i].fresh != fresh[i])
			fail_msg("part %zu", i);
	/* what was seen longer ago than is compared with is new again */
	parts[0].day = TODAY - DRIFT_DAYS - 1;
	drift_parts_compare(parts, 2, days, 2 * DAYS);
	assert_true(parts[1].fresh);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_drift, arena_reset_state),
		cmocka_unit_test_setup(test_sources_are_judged_apart, arena_reset_state),
		cmocka_unit_test_setup(test_new_parts, arena_reset_state),
	};

	return cmocka_run_group_tests(tests, NULL, arena_done_state);
}
