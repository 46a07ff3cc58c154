/* Times of day in Paris: order, gaps, the two Sundays on which the clock is changed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/date.h"
#include "flow/schedule.h"

static struct schedule parsed(const char *text)
{
	struct error err = ERROR_INIT;
	struct schedule s;

	assert_int_equal(schedule_parse(str_of(text), &s, &err), 0);
	return s;
}

static int64_t at(const char *text)
{
	int64_t t = time_parse(str_of(text));

	assert_true(t != TIME_NONE);
	return t;
}

static void parses_in_order(void **state)
{
	struct schedule s = parsed("  20:00 05:15  00:30 05:15 ");

	(void)state;
	assert_int_equal(s.n, 3);
	assert_int_equal(s.minutes[0], 30);
	assert_int_equal(s.minutes[1], 5 * 60 + 15);
	assert_int_equal(s.minutes[2], 20 * 60);
}

static void refuses(void **state)
{
	static const char *const wrong[] = { "", "   ", "5:15", "24:00", "12:60", "05h15", "05:15,08:00",
		"-1:00", "05:1x", "+5:15" };

	(void)state;
	for (size_t i = 0; i < LENGTH(wrong); i++) {
		struct error err = ERROR_INIT;
		struct schedule s;

		assert_int_equal(schedule_parse(str_of(wrong[i]), &s, &err), -ERROR_CONFIG);
		assert_true(err.text[0] != '\0');
	}
}

static void takes_so_many(void **state)
{
	char text[(SCHEDULE_TIMES_MAX + 1) * 6 + 1];
	struct error err = ERROR_INIT;
	struct schedule s;

	(void)state;
	for (int i = 0; i <= SCHEDULE_TIMES_MAX; i++) {
		static const char digits[] = "0123456789";
		char *out = text + (ptrdiff_t)i * 6;

		out[0] = digits[i / 60 / 10];
		out[1] = digits[i / 60 % 10];
		out[2] = ':';
		out[3] = digits[i % 60 / 10];
		out[4] = digits[i % 10];
		out[5] = ' ';
	}
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(schedule_parse(str_n(text, SCHEDULE_TIMES_MAX * 6), &s, &err), 0);
	assert_int_equal(s.n, SCHEDULE_TIMES_MAX);
	assert_int_equal(schedule_parse(str_of(text), &s, &err), -ERROR_CONFIG);
}

static void before_and_after(void **state)
{
	static const struct {
		const char *times, *now, *before, *after;
	} cases[] = {
		{ "05:15 20:00", "2026-11-23T08:00:00+01:00", "2026-11-23T05:15:00+01:00",
			"2026-11-23T20:00:00+01:00" },
		/* the very second counts as past */
		{ "05:15 20:00", "2026-11-23T05:15:00+01:00", "2026-11-23T05:15:00+01:00",
			"2026-11-23T20:00:00+01:00" },
		{ "05:15 20:00", "2026-11-23T05:14:59+01:00", "2026-11-22T20:00:00+01:00",
			"2026-11-23T05:15:00+01:00" },
		{ "00:30", "2026-11-23T23:59:59+01:00", "2026-11-23T00:30:00+01:00",
			"2026-11-24T00:30:00+01:00" },
		{ "00:30", "2026-12-31T23:59:59+01:00", "2026-12-31T00:30:00+01:00",
			"2027-01-01T00:30:00+01:00" },
		/* the night of 28 to 29 March 2026 has no half past two: it is the end of the gap */
		{ "02:30", "2026-03-29T00:59:59Z", "2026-03-28T02:30:00+01:00", "2026-03-29T01:00:00Z" },
		{ "02:30", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z", "2026-03-30T02:30:00+02:00" },
		/* that of 25 October 2026 has two: the first one counts */
		{ "02:30", "2026-10-25T00:29:59Z", "2026-10-24T02:30:00+02:00", "2026-10-25T00:30:00Z" },
		{ "02:30", "2026-10-25T01:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T02:30:00+01:00" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct schedule s = parsed(cases[i].times);

		assert_int_equal(schedule_before(&s, at(cases[i].now)), at(cases[i].before));
		assert_int_equal(schedule_after(&s, at(cases[i].now)), at(cases[i].after));
	}
}

/* Minute by minute around each change: nothing comes twice, nothing is left out. */
static void every_minute(void **state)
{
	static const char *const days[] = { "2026-03-28T12:00:00Z", "2026-10-24T12:00:00Z" };
	struct schedule s = parsed("00:30 01:30 02:00 02:30 03:00 03:30");

	(void)state;
	for (size_t i = 0; i < LENGTH(days); i++) {
		int64_t start = at(days[i]), last = schedule_before(&s, start);
		int fired = 0;

		for (int64_t now = start; now < start + 24 * 3600; now += 60) {
			int64_t before = schedule_before(&s, now), after = schedule_after(&s, now);

			assert_true(before <= now && now < after);
			assert_true(before >= last);
			fired += before > last;
			last = before;
		}
		/* in spring 02:00, 02:30 and 03:00 are one and the same instant */
		assert_int_equal(fired, i == 0 ? 4 : 6);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses_in_order),
		cmocka_unit_test(refuses),
		cmocka_unit_test(takes_so_many),
		cmocka_unit_test(before_and_after),
		cmocka_unit_test(every_minute),
	};

	return cmocka_run_group_tests_name("schedule", tests, NULL, NULL);
}
