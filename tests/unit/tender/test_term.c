#include "tender/term.h"

#include "tender.h"
#include "tender/notice.h"

static void check_over(struct term term, const char *from, const char *over, const char *renewed)
{
	char text[DAY_FORMAT_MAX];

	assert_string_equal(day_format(term_over(&term, day_parse(str_of(from))), text), over);
	assert_string_equal(
		day_format(term_over_renewed(&term, day_parse(str_of(from))), text), renewed);
}

static void test_end(void **state UNUSED)
{
	day_t first = day_parse(STR("2026-01-01")), last = day_parse(STR("2026-12-31"));

	check_over((struct term){ 12, TERM_MONTHS, first, DAY_NONE, 0 }, "2025-06-01",
		"2027-01-01", "2027-01-01");
	check_over((struct term){ 12, TERM_MONTHS, DAY_NONE, DAY_NONE, 3 }, "2026-02-10",
		"2027-02-10", "2030-02-10");
	check_over((struct term){ 12, TERM_MONTHS, first, last, 1 }, "", "2027-01-01", "2028-01-01");
	/* As many days again; 2028 has one more. */
	check_over((struct term){ 0, TERM_NONE, first, last, 2 }, "", "2027-01-01", "2028-12-31");
	check_over((struct term){ 0, TERM_NONE, DAY_NONE, last, 2 }, "", "2027-01-01", "2027-01-01");
	check_over((struct term){ 1, TERM_MONTHS, DAY_NONE, DAY_NONE, -1 }, "2026-01-31",
		"2026-02-28", "2026-02-28");
	check_over((struct term){ 4, TERM_YEARS, DAY_NONE, DAY_NONE, -1 }, "2024-02-29",
		"2028-02-29", "2028-02-29");
	check_over((struct term){ 1, TERM_YEARS, DAY_NONE, DAY_NONE, -1 }, "2024-02-29",
		"2025-02-28", "2025-02-28");
	check_over((struct term){ 6, TERM_WEEKS, DAY_NONE, DAY_NONE, -1 }, "2026-01-01",
		"2026-02-12", "2026-02-12");
	check_over((struct term){ 90, TERM_DAYS, DAY_NONE, DAY_NONE, -1 }, "2026-01-01",
		"2026-04-01", "2026-04-01");
}

static void test_no_end(void **state UNUSED)
{
	check_over((struct term)TERM_INIT, "2026-01-01", "", "");
	check_over((struct term){ 0, TERM_UNLIMITED, day_parse(STR("2026-01-01")), DAY_NONE, -1 },
		"2026-01-01", "", "");
	check_over((struct term){ 12, TERM_MONTHS, DAY_NONE, DAY_NONE, 1 }, "", "", "");
	check_over((struct term){ 36000, TERM_YEARS, DAY_NONE, DAY_NONE, 1000 }, "2026-01-01", "", "");
}

static void test_lengths(void **state UNUSED)
{
	struct term term = TERM_INIT;

	assert_false(term_given(&term));
	term_set(&term, 0, TERM_MONTHS);
	term_set(&term, TERM_LENGTH_MAX + 1, TERM_DAYS);
	term_set(&term, 3, TERM_NONE);
	assert_false(term_given(&term));
	term_set(&term, TERM_LENGTH_MAX, TERM_DAYS);
	assert_true(term_given(&term));
	assert_int_equal(term.length, TERM_LENGTH_MAX);
	for (int unit = TERM_NONE + 1; unit < TERM_UNITS; unit++) {
		enum term_unit parsed = TERM_NONE;

		assert_true(term_unit_parse(str_of(term_unit_name((enum term_unit)unit)), &parsed));
		assert_int_equal(parsed, unit);
	}
	assert_null(term_unit_name(TERM_NONE));
}

static void test_awarded(void **state UNUSED)
{
	struct award awards[3];
	struct notice n;
	struct money total;

	notice_init(&n);
	assert_false(notice_awarded(&n, &total));
	for (size_t i = 0; i < LENGTH(awards); i++)
		award_init(&awards[i]);
	n.awards = awards;
	n.n_awards = LENGTH(awards);
	awards[0].value = (struct money){ 1000, "EUR" };
	awards[1].value = (struct money){ 250, "EUR" };
	assert_false(notice_awarded(&n, &total)); /* one does not say */
	awards[2].outcome = AWARD_NOT_GIVEN;
	assert_true(notice_awarded(&n, &total));
	assert_int_equal(total.cents, 1250);
	assert_string_equal(total.currency, "EUR");
	awards[1].value = (struct money){ 250, "PLN" };
	assert_false(notice_awarded(&n, &total));
	n.value = (struct money){ 9900, "EUR" };
	n.value_kind = VALUE_ESTIMATE;
	assert_false(notice_awarded(&n, &total));
	n.value_kind = VALUE_AWARD;
	assert_true(notice_awarded(&n, &total));
	assert_int_equal(total.cents, 9900);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_end),
		cmocka_unit_test(test_no_end),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_awarded),
	};

	return cmocka_run_group_tests(tests, NULL, arena_done_state);
}
