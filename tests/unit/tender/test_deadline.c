#include "tender/deadline.h"

#include "tender.h"

/* Expected instants are RFC 3339 in the zone that was stated, or Paris'. */
static void check(
	const char *input, struct deadline got, const char *certainty, const char *expected)
{
	char text[TIME_FORMAT_MAX];

	check_text(input, str_of(deadline_certainty_name(got.certainty)), certainty);
	check_text(input,
		str_of(got.at == TIME_NONE ? NULL : time_format(got.at, got.offset_s, text)),
		expected);
}

static void test_one_text(void **state UNUSED)
{
	static const struct {
		const char *text, *certainty, *expected;
	} table[] = {
		/* zones as buyers stamp them */
		{ "2026-10-12T12:00:00+02:00", "stated", "2026-10-12T12:00:00+02:00" },
		{ "2026-10-12T12:00:00+01:00", "stated", "2026-10-12T12:00:00+01:00" },
		{ "2026-10-12T12:00:00Z", "stated", "2026-10-12T12:00:00Z" },
		{ "2026-10-12T12:00:00+00:00", "stated", "2026-10-12T12:00:00Z" },
		{ "2026-10-12T12:00:00-03:00", "stated", "2026-10-12T12:00:00-03:00" },
		{ "2026-10-12T12:00:00+04:00", "stated", "2026-10-12T12:00:00+04:00" },
		{ "2026-10-12T12:00:00.000+02:00", "stated", "2026-10-12T12:00:00+02:00" },
		{ "2026-10-12T12:00+02:00", "stated", "2026-10-12T12:00:00+02:00" },
		{ "2026-10-12 12:00:00+02:00", "stated", "2026-10-12T12:00:00+02:00" },
		{ "2026-10-12T12:00:00+0200", "stated", "2026-10-12T12:00:00+02:00" },
		{ "2026-10-12T23:59:59.9999999+14:00", "stated", "2026-10-12T23:59:59+14:00" },
		/* none: Paris, summer and winter */
		{ "2026-10-12T12:00:00", "assumed-paris", "2026-10-12T12:00:00+02:00" },
		{ "2026-10-12T12:00:00.000", "assumed-paris", "2026-10-12T12:00:00+02:00" },
		{ "2026-12-01T12:00:00", "assumed-paris", "2026-12-01T12:00:00+01:00" },
		{ "2026-12-01T12:00", "assumed-paris", "2026-12-01T12:00:00+01:00" },
		{ "2026-12-01 09:30", "assumed-paris", "2026-12-01T09:30:00+01:00" },
		{ "  2026-12-01T12:00:00\n", "assumed-paris", "2026-12-01T12:00:00+01:00" },
		{ "\xC2\xA0"
		  "2026-12-01T12:00:00",
			"assumed-paris", "2026-12-01T12:00:00+01:00" },
		{ "2026-12-01T24:00:00", "assumed-paris", "2026-12-02T00:00:00+01:00" },
		{ "2026-12-31T24:00", "assumed-paris", "2027-01-01T00:00:00+01:00" },
		/* the hour that is left out, and the hour that comes twice */
		{ "2026-03-29T02:30:00", "assumed-paris", "2026-03-29T03:00:00+02:00" },
		{ "2026-10-25T02:30:00", "assumed-paris", "2026-10-25T02:30:00+02:00" },
		{ "2026-03-29T01:59:59", "assumed-paris", "2026-03-29T01:59:59+01:00" },
		/* no time */
		{ "2026-10-12", "day-only", "2026-10-12T23:59:59+02:00" },
		{ "2026-12-01", "day-only", "2026-12-01T23:59:59+01:00" },
		{ "2026-10-12+02:00", "day-only", "2026-10-12T23:59:59+02:00" },
		{ "2026-10-12Z", "day-only", "2026-10-12T23:59:59+02:00" },
		{ "2028-02-29", "day-only", "2028-02-29T23:59:59+01:00" },
		/* no date */
		{ "", NULL, NULL },
		{ "   ", NULL, NULL },
		{ "néant", NULL, NULL },
		{ "12/10/2026", NULL, NULL },
		{ "2026-02-29", NULL, NULL },
		{ "2026-13-01", NULL, NULL },
		{ "2026-10-32T12:00:00", NULL, NULL },
		{ "2026-10-12T25:00:00", NULL, NULL },
		{ "2026-10-12T12:60:00", NULL, NULL },
		{ "2026-10-12T12", NULL, NULL },
		{ "2026-10-12T", NULL, NULL },
		{ "2026-10-12T12:00:00+", NULL, NULL },
		{ "2026-10-12T12:00:00+15:00", NULL, NULL },
		{ "2026-10-12T12:00:00 Paris", NULL, NULL },
		{ "26-10-12", NULL, NULL },
		{ "0000-00-00", NULL, NULL },
		{ "2026-10-12T12:00:00+02:00 et plus", NULL, NULL },
		{ "99999-10-12", NULL, NULL },
		{ "-2026-10-12", NULL, NULL },
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		struct deadline d = deadline_read(exact(table[i].text), &arena);

		check(table[i].text, d, table[i].certainty, table[i].expected);
		/* What was written stays, whether it was understood or not. */
		check_text(table[i].text, d.text,
			str_trim(str_of(table[i].text)).len
				? arena_dupz(&arena, str_trim(str_of(table[i].text)))
				: NULL);
	}
	assert_int_equal(deadline_read(STR_NONE, &arena).certainty, DEADLINE_NONE);
	assert_false(str_given(deadline_read(STR_NONE, &arena).text));
}

static void test_date_and_time(void **state UNUSED)
{
	static const struct {
		const char *date, *time, *certainty, *expected;
	} table[] = {
		{ "2026-10-12+02:00", "12:00:00+02:00", "stated", "2026-10-12T12:00:00+02:00" },
		{ "2026-10-12Z", "12:00:00Z", "stated", "2026-10-12T12:00:00Z" },
		/* the zone of the time counts */
		{ "2026-10-12Z", "12:00:00+02:00", "stated", "2026-10-12T12:00:00+02:00" },
		{ "2026-10-12+02:00", "12:00:00Z", "stated", "2026-10-12T12:00:00Z" },
		{ "2026-10-12+02:00", "12:00:00", "stated", "2026-10-12T12:00:00+02:00" },
		{ "2026-10-12", "12:00:00+03:00", "stated", "2026-10-12T12:00:00+03:00" },
		{ "2026-10-12", "12:00:00", "assumed-paris", "2026-10-12T12:00:00+02:00" },
		{ "2026-10-12+02:00", "12:00:00.0000000+02:00", "stated",
			"2026-10-12T12:00:00+02:00" },
		{ "2026-10-12+02:00", "23:59+02:00", "stated", "2026-10-12T23:59:00+02:00" },
		{ "2026-10-12+02:00", "24:00:00+02:00", "stated", "2026-10-13T00:00:00+02:00" },
		{ "2026-10-12+02:00", "9:30:00+02:00", "stated", "2026-10-12T09:30:00+02:00" },
		{ "2026-10-12", "9:30", "assumed-paris", "2026-10-12T09:30:00+02:00" },
		{ "2026-10-12", "12h00", "assumed-paris", "2026-10-12T12:00:00+02:00" },
		{ "2026-10-12", "9H", "assumed-paris", "2026-10-12T09:00:00+02:00" },
		{ "2026-10-12", "9", "day-only", "2026-10-12T23:59:59+02:00" },
		{ "2026-10-12", "123:00", "day-only", "2026-10-12T23:59:59+02:00" },
		{ "2026-10-12", "h30", "day-only", "2026-10-12T23:59:59+02:00" },
		{ "2026-10-12+02:00", NULL, "day-only", "2026-10-12T23:59:59+02:00" },
		{ "2026-10-12+02:00", " ", "day-only", "2026-10-12T23:59:59+02:00" },
		{ "2026-10-12+02:00", "unpublished", "day-only", "2026-10-12T23:59:59+02:00" },
		{ NULL, "12:00:00+02:00", NULL, NULL },
		{ NULL, NULL, NULL, NULL },
		{ "unpublished", "12:00:00+02:00", NULL, NULL },
		{ "2026-10-12T09:00:00", "12:00:00", "assumed-paris", "2026-10-12T12:00:00+02:00" },
	};

	for (size_t i = 0; i < LENGTH(table); i++)
		check(table[i].date ? table[i].date : "(no date)",
			deadline_read_pair(exact(table[i].date), exact(table[i].time), &arena),
			table[i].certainty, table[i].expected);
}

static void test_earlier(void **state UNUSED)
{
	struct deadline none = DEADLINE_INIT;
	struct deadline unread = { TIME_NONE, 0, DEADLINE_UNCERTAIN, STR_NONE };
	struct deadline first = deadline_read(STR("2026-10-12T12:00:00+02:00"), &arena);
	struct deadline second = deadline_read(STR("2026-10-12T10:30:00Z"), &arena);

	assert_int_equal(deadline_earlier(first, second).at, first.at);
	assert_int_equal(deadline_earlier(second, first).at, first.at);
	assert_int_equal(deadline_earlier(none, second).at, second.at);
	assert_int_equal(deadline_earlier(second, none).at, second.at);
	assert_int_equal(deadline_earlier(unread, second).at, second.at);
	assert_int_equal(deadline_earlier(second, unread).at, second.at);
	assert_int_equal(deadline_earlier(none, unread).certainty, DEADLINE_UNCERTAIN);
	assert_int_equal(deadline_earlier(none, none).certainty, DEADLINE_NONE);
}

static void test_doubt(void **state UNUSED)
{
	static const struct {
		const char *deadline, *published, *certainty;
	} table[] = {
		{ "2026-10-12T12:00:00+02:00", "2026-09-10", "stated" },
		{ "2026-09-10T00:30:00+02:00", "2026-09-10", "stated" },
		{ "2026-09-09T23:59:00+02:00", "2026-09-10", "uncertain" },
		{ "2026-09-09T22:30:00Z", "2026-09-10", "stated" }, /* the 10th in Paris */
		{ "2031-09-10T12:00:00+02:00", "2026-09-10", "stated" },
		{ "2031-09-20T12:00:00+02:00", "2026-09-10", "uncertain" },
		{ "9999-12-31T12:00:00Z", "2026-09-10", "uncertain" },
		{ "2026-10-12", "2026-09-10", "day-only" },
		{ "2062-10-12", "2026-09-10", "uncertain" },
		{ "1999-10-12", NULL, "day-only" },
		{ "", "2026-09-10", NULL },
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		struct deadline d = deadline_read(str_of(table[i].deadline), &arena);

		deadline_doubt(&d, day_parse(str_of(table[i].published)));
		check_text(table[i].deadline, str_of(deadline_certainty_name(d.certainty)),
			table[i].certainty);
	}
}

static void test_names(void **state UNUSED)
{
	enum deadline_certainty c;

	for (int i = DEADLINE_STATED; i <= DEADLINE_UNCERTAIN; i++) {
		assert_true(deadline_certainty_parse(
			str_of(deadline_certainty_name((enum deadline_certainty)i)), &c));
		assert_int_equal(c, i);
	}
	assert_null(deadline_certainty_name(DEADLINE_NONE));
	assert_null(deadline_certainty_name((enum deadline_certainty)99));
	assert_false(deadline_certainty_parse(STR("none"), &c));
	assert_false(deadline_certainty_parse(STR_NONE, &c));
}

/* DOMAIN 4.9, and the years where two holidays fall together. */
static void test_holidays(void **state UNUSED)
{
	static const char *const holidays[] = { "2026-01-01", "2026-04-06", "2026-05-01",
		"2026-05-08", "2026-05-14", "2026-05-25", "2026-07-14", "2026-08-15", "2026-11-01",
		"2026-11-11", "2026-12-25", "2027-03-29", "2027-05-06", "2027-05-17", "2028-04-17",
		"2028-05-25", "2028-06-05", "2008-05-01", "2000-04-24", "2038-04-26" };
	static const char *const workdays[] = { "2026-01-02", "2026-04-03", "2026-04-05",
		"2026-05-04", "2026-12-26", "2027-03-26", "2026-12-24", "2026-11-02" };

	for (size_t i = 0; i < LENGTH(holidays); i++)
		if (!public_holiday(day_parse(str_of(holidays[i]))))
			fail_msg("%s is a holiday", holidays[i]);
	for (size_t i = 0; i < LENGTH(workdays); i++)
		if (public_holiday(day_parse(str_of(workdays[i]))))
			fail_msg("%s is no holiday", workdays[i]);
	assert_false(public_holiday(DAY_NONE));
}

static void test_working_days(void **state UNUSED)
{
	static const struct {
		const char *from, *to;
		int expected;
	} table[] = {
		{ "2026-11-23", "2026-11-23", 0 }, { "2026-11-23", "2026-11-24", 1 },
		{ "2026-11-27", "2026-11-28", 0 }, /* Friday to Saturday */
		{ "2026-11-27", "2026-11-30", 1 }, { "2026-11-23", "2026-11-30", 5 },
		{ "2026-11-10", "2026-11-12", 1 }, /* Armistice between */
		{ "2026-12-24", "2026-12-25", 0 }, { "2026-12-24", "2026-12-28", 1 },
		{ "2026-12-31", "2027-01-04", 1 }, { "2026-11-24", "2026-11-23", -1 },
		{ "2026-11-30", "2026-11-23", -5 }, { "2025-12-31", "2026-12-31", 252 },
		{ "2007-12-31", "2008-12-31", 253 }, /* Ascension on 1 May */
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		int got = working_days(
			day_parse(str_of(table[i].from)), day_parse(str_of(table[i].to)));

		if (got != table[i].expected)
			fail_msg("%s to %s: expected %d, got %d", table[i].from, table[i].to,
				table[i].expected, got);
	}
	assert_int_equal(working_days(DAY_NONE, 20000), 0);
	assert_int_equal(working_days(20000, DAY_NONE), 0);
	/* A deadline in the year 9999 takes no noticeable time. */
	assert_true(
		working_days(day_parse(STR("2026-01-01")), day_parse(STR("9999-12-31"))) > 2000000);
}

/* The count by arithmetic against one day at a time. */
static void test_working_days_one_by_one(void **state UNUSED)
{
	day_t from = day_parse(STR("2026-03-01"));
	int count = 0;

	for (day_t to = from; to < from + 1500; to++) {
		if (to > from && day_weekday(to) < 5 && !public_holiday(to))
			count++;
		assert_int_equal(working_days(from, to), count);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_one_text, arena_reset_state),
		cmocka_unit_test_setup(test_date_and_time, arena_reset_state),
		cmocka_unit_test_setup(test_earlier, arena_reset_state),
		cmocka_unit_test_setup(test_doubt, arena_reset_state),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_holidays),
		cmocka_unit_test(test_working_days),
		cmocka_unit_test(test_working_days_one_by_one),
	};

	return cmocka_run_group_tests(tests, NULL, arena_done_state);
}
