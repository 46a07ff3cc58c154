#include "base/date.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Every day of 1..9999 follows the one before, in fields, weekday and number. */
static void test_every_day(void **state UNUSED)
{
	day_t day = day_from_civil(1, 1, 1);
	struct civil c = { 1, .month = 1, .day = 1 };
	int weekday = 0; /* 0001-01-01 was a Monday in this calendar */

	assert_int_equal(day, -719162);
	for (; c.year <= 9999; day++, weekday = (weekday + 1) % 7) {
		struct civil got = day_to_civil(day);

		if (got.year != c.year || got.month != c.month || got.day != c.day ||
			day_from_civil(c.year, c.month, c.day) != day ||
			day_weekday(day) != weekday)
			fail_msg("day %d", day);
		c.day++;
		if (day_from_civil(c.year, c.month, c.day) != DAY_NONE)
			continue;
		c.day = 1;
		if (c.month == 12)
			c.year++;
		c.month = c.month % 12 + 1;
	}
	assert_int_equal(day, 2932897);
}

static void test_days(void **state UNUSED)
{
	static const struct {
		int year, month, day;
		day_t number;
		int weekday;
	} table[] = {
		{ 1970, 1, 1, 0, 3 },
		{ 1969, 12, 31, -1, 2 },
		{ 2000, 2, 29, 11016, 1 },
		{ 2026, 11, 24, 20781, 1 },
		{ 1994, 11, 6, 9075, 6 },
		{ 1900, 2, 29, DAY_NONE, 0 },
		{ 2026, 2, 29, DAY_NONE, 0 },
		{ 2026, 4, 31, DAY_NONE, 0 },
		{ 2026, 0, 1, DAY_NONE, 0 },
		{ 2026, 13, 1, DAY_NONE, 0 },
		{ 2026, -1, 1, DAY_NONE, 0 },
		{ 2026, 1, 0, DAY_NONE, 0 },
		{ 2026, 1, 32, DAY_NONE, 0 },
		{ 0, 1, 1, DAY_NONE, 0 },
		{ 10000, 1, 1, DAY_NONE, 0 },
		{ -5, 1, 1, DAY_NONE, 0 },
		{ INT32_MAX, 1, 1, DAY_NONE, 0 },
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		day_t day = day_from_civil(table[i].year, table[i].month, table[i].day);

		assert_int_equal(day, table[i].number);
		if (day != DAY_NONE)
			assert_int_equal(day_weekday(day), table[i].weekday);
	}
}

static void test_day_text(void **state UNUSED)
{
	static const struct {
		const char *text, *expected;
	} table[] = {
		{ "2026-03-30", "2026-03-30" },
		{ "2026-03-30Z", "2026-03-30" },
		{ "2026-03-30+02:00", "2026-03-30" },
		{ "2026-03-30-0430", "2026-03-30" },
		{ "0001-01-01", "0001-01-01" },
		{ "9999-12-31", "9999-12-31" },
		{ "2024-02-29", "2024-02-29" },
		{ "2026-02-29", "" },
		{ "2026-03-32", "" },
		{ "0000-01-01", "" },
		{ "2026-03-30T12:00:00", "" },
		{ "2026-03-30 ", "" },
		{ " 2026-03-30", "" },
		{ "2026-03-30+", "" },
		{ "2026-03-30+15:00", "" },
		{ "2026-03-30ZZ", "" },
		{ "2026-3-30", "" },
		{ "26-03-30", "" },
		{ "30/03/2026", "" },
		{ "2026/03/30", "" },
		{ "20260330", "" },
		{ "+2026-03-30", "" },
		{ "-2026-03-30", "" },
		{ "2026-03-3O", "" },
		{ "2026-+3-30", "" },
		{ "2026", "" },
		{ "2026-03", "" },
		{ "", "" },
		{ NULL, "" },
	};
	char out[DAY_FORMAT_MAX];

	for (size_t i = 0; i < LENGTH(table); i++)
		assert_string_equal(
			day_format(day_parse(str_of(table[i].text)), out), table[i].expected);
	assert_string_equal(day_format(INT32_MAX, out), "9999-12-31");
	assert_string_equal(day_format(INT32_MIN + 1, out), "0001-01-01");
	assert_int_equal(day_parse(str_n("2026-03-30\0", 11)), DAY_NONE);
}

/* The days of the changes, March and October, as the IANA database has them. */
static const struct {
	int year, march, october;
} changes[] = { { 1996, 31, 27 }, { 1997, 30, 26 }, { 1998, 29, 25 }, { 1999, 28, 31 },
	{ 2000, 26, 29 }, { 2001, 25, 28 }, { 2002, 31, 27 }, { 2003, 30, 26 }, { 2004, 28, 31 },
	{ 2005, 27, 30 }, { 2006, 26, 29 }, { 2007, 25, 28 }, { 2008, 30, 26 }, { 2009, 29, 25 },
	{ 2010, 28, 31 }, { 2011, 27, 30 }, { 2012, 25, 28 }, { 2013, 31, 27 }, { 2014, 30, 26 },
	{ 2015, 29, 25 }, { 2016, 27, 30 }, { 2017, 26, 29 }, { 2018, 25, 28 }, { 2019, 31, 27 },
	{ 2020, 29, 25 }, { 2021, 28, 31 }, { 2022, 27, 30 }, { 2023, 26, 29 }, { 2024, 31, 27 },
	{ 2025, 30, 26 }, { 2026, 29, 25 }, { 2027, 28, 31 }, { 2028, 26, 29 }, { 2029, 25, 28 },
	{ 2030, 31, 27 }, { 2031, 30, 26 }, { 2032, 28, 31 }, { 2033, 27, 30 }, { 2034, 26, 29 },
	{ 2035, 25, 28 }, { 2036, 30, 26 }, { 2037, 29, 25 }, { 2038, 28, 31 }, { 2039, 27, 30 },
	{ 2040, 25, 28 } };

static int64_t utc(int year, int month, int day, int hour, int minute, int second)
{
	struct civil c = { year, month, day, hour, minute, second };

	return civil_to_utc(&c, 0);
}

static int64_t paris(int year, int month, int day, int hour, int minute, int second)
{
	struct civil c = { year, month, day, hour, minute, second };

	return paris_to_utc(&c);
}

static void assert_clock(struct civil c, int hour, int minute, int second)
{
	assert_int_equal(c.hour, hour);
	assert_int_equal(c.minute, minute);
	assert_int_equal(c.second, second);
}

/* What a clock in Paris shows. */
static struct civil paris_clock(int64_t at)
{
	return civil_from_utc(at + paris_offset(at));
}

static void test_paris_changes(void **state UNUSED)
{
	for (size_t i = 0; i < LENGTH(changes); i++) {
		int y = changes[i].year, m = changes[i].march, o = changes[i].october;
		int64_t spring = utc(y, 3, m, 1, 0, 0), autumn = utc(y, 10, o, 1, 0, 0);

		assert_int_equal(paris_offset(spring - 1), 3600);
		assert_int_equal(paris_offset(spring), 7200);
		assert_int_equal(paris_offset(autumn - 1), 7200);
		assert_int_equal(paris_offset(autumn), 3600);
		assert_int_equal(paris_offset(utc(y, 1, 1, 0, 0, 0)), 3600);
		assert_int_equal(paris_offset(utc(y, 7, 14, 0, 0, 0)), 7200);
		assert_int_equal(paris_offset(utc(y, 12, 31, 23, 59, 59)), 3600);

		/* The hour that is left out: all of it is the instant of the change. */
		assert_true(paris(y, 3, m, 1, 59, 59) == spring - 1);
		assert_true(paris(y, 3, m, 2, 0, 0) == spring);
		assert_true(paris(y, 3, m, 2, 30, 0) == spring);
		assert_true(paris(y, 3, m, 2, 59, 59) == spring);
		assert_true(paris(y, 3, m, 3, 0, 0) == spring);
		assert_true(paris(y, 3, m, 3, 0, 1) == spring + 1);
		assert_clock(paris_clock(spring - 1), 1, 59, 59);
		assert_clock(paris_clock(spring), 3, 0, 0);

		/* The hour that comes twice: the first of the two. */
		assert_true(paris(y, 10, o, 1, 59, 59) == autumn - 3601);
		assert_true(paris(y, 10, o, 2, 0, 0) == autumn - 3600);
		assert_true(paris(y, 10, o, 2, 59, 59) == autumn - 1);
		assert_true(paris(y, 10, o, 3, 0, 0) == autumn + 3600);
		assert_clock(paris_clock(autumn - 1), 2, 59, 59);
		assert_clock(paris_clock(autumn), 2, 0, 0);
		assert_clock(paris_clock(autumn + 3600), 3, 0, 0);
	}
}

/* Every quarter of an hour of 45 years: there and back, but for the second of the double hours. */
static void test_paris_there_and_back(void **state UNUSED)
{
	int64_t end = utc(2041, 1, 1, 0, 0, 0);
	unsigned twice = 0;

	for (int64_t at = utc(1996, 1, 1, 0, 0, 0); at < end; at += 900) {
		struct civil c = paris_clock(at);
		int64_t back = paris_to_utc(&c);

		if (back == at)
			continue;
		assert_true(back == at - 3600);
		assert_int_equal(c.hour, 2);
		twice++;
	}
	assert_int_equal(twice, LENGTH(changes) * 4);
}

/* From zdump and by hand: summer and winter, both sides of midnight, new year. */
static void test_paris_known(void **state UNUSED)
{
	static const struct {
		int64_t at;
		const char *local, *day;
	} table[] = {
		{ 843955200, "1996-09-29T02:00:00+02:00",
			"1996-09-29" }, /* the first late October */
		{ 915145200, "1999-01-01T00:00:00+01:00", "1999-01-01" },
		{ 951865199, "2000-02-29T23:59:59+01:00", "2000-02-29" },
		{ 1774864800, "2026-03-30T12:00:00+02:00", "2026-03-30" },
		{ 1795501800, "2026-11-24T07:30:00+01:00", "2026-11-24" },
		{ 1782856800, "2026-07-01T00:00:00+02:00", "2026-07-01" },
		{ 1782856799, "2026-06-30T23:59:59+02:00", "2026-06-30" },
		{ 2147483647, "2038-01-19T04:14:07+01:00", "2038-01-19" },
	};
	char out[TIME_FORMAT_MAX], day[DAY_FORMAT_MAX];

	for (size_t i = 0; i < LENGTH(table); i++) {
		struct civil c = paris_clock(table[i].at);

		assert_string_equal(
			time_format(table[i].at, paris_offset(table[i].at), out), table[i].local);
		assert_string_equal(day_format(paris_day(table[i].at), day), table[i].day);
		assert_true(paris_to_utc(&c) == table[i].at);
		assert_true(time_parse(str_of(table[i].local)) == table[i].at);
	}
	assert_true(paris(2026, 2, 30, 0, 0, 0) == TIME_NONE);
	assert_true(paris(2026, 13, 1, 0, 0, 0) == TIME_NONE);
}

static void test_extreme_instants(void **state UNUSED)
{
	static const struct {
		int64_t at;
		const char *text;
	} table[] = {
		{ INT64_MAX, "9999-12-31T23:59:59Z" },
		{ INT64_MIN + 1, "0001-01-01T00:00:00Z" },
		{ 253402300799, "9999-12-31T23:59:59Z" },
		{ 253402300800, "9999-12-31T23:59:59Z" },
		{ -62135596800, "0001-01-01T00:00:00Z" },
		{ -62135596801, "0001-01-01T00:00:00Z" },
		{ -1, "1969-12-31T23:59:59Z" },
		{ 0, "1970-01-01T00:00:00Z" },
		{ TIME_NONE, "" },
	};
	char out[TIME_FORMAT_MAX];

	for (size_t i = 0; i < LENGTH(table); i++) {
		assert_string_equal(time_format(table[i].at, 0, out), table[i].text);
		assert_in_range(day_to_civil(paris_day(table[i].at)).year, 1, 9999);
		assert_in_range(strlen(time_format_mail(table[i].at, 7200, out)), 0, 31);
		assert_in_range(strlen(time_format(table[i].at, -7200, out)), 0, 25);
	}
}

static void test_time_read(void **state UNUSED)
{
	static const struct {
		const char *text;
		bool ok;
		struct written_time t;
	} table[] = {
#define GOOD(TEXT, TIME, ZONE, OFFSET, ...)                                                        \
	{                                                                                          \
		.text = (TEXT), .ok = true,                                                        \
		.t = {.civil = { __VA_ARGS__ },                                                    \
			.has_time = (TIME),                                                        \
			.has_zone = (ZONE),                                                        \
			.offset_s = (OFFSET) }                                                     \
	}
#define BAD(TEXT)                                                                                  \
	{                                                                                          \
		.text = (TEXT), .ok = false, .t = {.offset_s = 0 }                                 \
	}
		GOOD("2026-03-30", false, false, 0, 2026, 3, 30, 0, 0, 0),
		GOOD("2026-03-30Z", false, true, 0, 2026, 3, 30, 0, 0, 0),
		GOOD("2026-03-30+02:00", false, true, 7200, 2026, 3, 30, 0, 0, 0),
		GOOD("2026-03-30T12:00", true, false, 0, 2026, 3, 30, 12, 0, 0),
		GOOD("2026-03-30T12:00:07", true, false, 0, 2026, 3, 30, 12, 0, 7),
		GOOD("2026-03-30 12:00:07", true, false, 0, 2026, 3, 30, 12, 0, 7),
		GOOD("2026-03-30T12:00Z", true, true, 0, 2026, 3, 30, 12, 0, 0),
		GOOD("2026-03-30T12:00:00+02:00", true, true, 7200, 2026, 3, 30, 12, 0, 0),
		GOOD("2026-03-30T12:00:00+0200", true, true, 7200, 2026, 3, 30, 12, 0, 0),
		GOOD("2026-03-30T12:00:00-03:30", true, true, -12600, 2026, 3, 30, 12, 0, 0),
		GOOD("2026-03-30T12:00:00-0330", true, true, -12600, 2026, 3, 30, 12, 0, 0),
		GOOD("2026-03-30T12:00:00-00:00", true, true, 0, 2026, 3, 30, 12, 0, 0),
		GOOD("2026-03-30T12:00:00+14:00", true, true, 50400, 2026, 3, 30, 12, 0, 0),
		GOOD("2026-03-30T12:00:00.5", true, false, 0, 2026, 3, 30, 12, 0, 0),
		GOOD("2026-03-30T12:00:59.999999999Z", true, true, 0, 2026, 3, 30, 12, 0, 59),
		GOOD("2026-03-30T23:59:59", true, false, 0, 2026, 3, 30, 23, 59, 59),
		GOOD("2026-03-30T23:59:60Z", true, true, 0, 2026, 3, 30, 23, 59, 59),
		GOOD("2026-03-30T24:00:00", true, false, 0, 2026, 3, 31, 0, 0, 0),
		GOOD("2026-12-31T24:00+01:00", true, true, 3600, 2027, 1, 1, 0, 0, 0),
		GOOD("0001-01-01T00:00:00", true, false, 0, 1, 1, 1, 0, 0, 0),
		BAD(NULL),
		BAD(""),
		BAD(" "),
		BAD("T"),
		BAD("Z"),
		BAD("2026"),
		BAD("2026-03"),
		BAD("2026-03-3"),
		BAD("2026-03-301"),
		BAD("2026-02-30"),
		BAD("2025-02-29"),
		BAD("0000-03-30"),
		BAD("12026-03-30"),
		BAD("-2026-03-30"),
		BAD(" 2026-03-30"),
		BAD("2026-03-30 "),
		BAD("2026-03-30T"),
		BAD("2026-03-30TZ"),
		BAD("2026-03-30 Z"),
		BAD("2026-03-30T12"),
		BAD("2026-03-30T12:"),
		BAD("2026-03-30T12:0"),
		BAD("2026-03-30T1:00"),
		BAD("2026-03-30T12:00:"),
		BAD("2026-03-30T12:00:0"),
		BAD("2026-03-30T12:00:00."),
		BAD("2026-03-30T12:00:00.Z"),
		BAD("2026-03-30T12:00:00,5"),
		BAD("2026-03-30T12:00.5"),
		BAD("2026-03-30T25:00:00"),
		BAD("2026-03-30T24:00:01"),
		BAD("2026-03-30T24:01"),
		BAD("9999-12-31T24:00"),
		BAD("2026-03-30T12:60"),
		BAD("2026-03-30T12:00:61"),
		BAD("2026-03-30T-1:00"),
		BAD("2026-03-30T+1:00"),
		BAD("2026-03-30T12:00:00+"),
		BAD("2026-03-30T12:00:00+02"),
		BAD("2026-03-30T12:00:00+2:00"),
		BAD("2026-03-30T12:00:00+02:"),
		BAD("2026-03-30T12:00:00+02:60"),
		BAD("2026-03-30T12:00:00+14:01"),
		BAD("2026-03-30T12:00:00+15:00"),
		BAD("2026-03-30T12:00:00-99:00"),
		BAD("2026-03-30T12:00:00 +02:00"),
		BAD("2026-03-30T12:00:00z"),
		BAD("2026-03-30t12:00:00"),
		BAD("2026-03-30  12:00:00"),
		BAD("2026-03-30T 12:00:00"),
		BAD("2026-03-30T12:00:00ZZ"),
		BAD("2026-03-30T12:00:00Z+02:00"),
		BAD("2026-03-30T12:00:00\n"),
		BAD("2026-03-30T12h00"),
		BAD("30/03/2026 12:00"),
		BAD("2026.03.30"),
		BAD("2026\xE2\x80\x91"
		    "03\xE2\x80\x91"
		    "30"),
		BAD("\xD9\xA2\xD9\xA0\xD9\xA2\xD9\xA6-03-30"),
		BAD("20260330T120000Z"),
		BAD("2026-W14-1"),
		BAD("2026-089"),
		BAD("now"),
		BAD("2026-03-30\xC2\xA0"
		    "12:00"),
		BAD("0x7E-03-30"),
		BAD("2026--3-30"),
		BAD("2026-03-30T12:00:00+02:00[Europe/Paris]"),
#undef GOOD
#undef BAD
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		static const struct written_time untouched = { .offset_s = 12345 };
		const struct written_time *expected = table[i].ok ? &table[i].t : &untouched;
		struct written_time t = untouched;

		if (time_read(str_of(table[i].text), &t) != table[i].ok ||
			t.has_time != expected->has_time || t.has_zone != expected->has_zone ||
			t.offset_s != expected->offset_s ||
			memcmp(&t.civil, &expected->civil, sizeof(t.civil)) != 0)
			fail_msg("\"%s\"", table[i].text);
	}
}

/* No piece of a written instant is read as the whole, and none is read past its end. */
static void test_time_read_pieces(void **state UNUSED)
{
	static const char whole[] = "2026-03-30T12:34:56.789+02:00";
	static const size_t good[] = { 10, 16, 19, 21, 22, 23, 29 };
	struct written_time t;

	for (size_t len = 0, next = 0; len < sizeof(whole); len++) {
		char *copy = malloc(len + 1); /* exact, for the address checker */
		bool is_good = next < LENGTH(good) && good[next] == len;

		assert_non_null(copy);
		memcpy(copy, whole, len);
		assert_int_equal(time_read(str_n(copy, len), &t), is_good);
		next += is_good;
		free(copy);
	}
}

static void test_time_parse(void **state UNUSED)
{
	static const struct {
		const char *text;
		int64_t at;
	} table[] = {
		{ "2026-03-30T12:00:00+02:00", 1774864800 },
		{ "2026-03-30T10:00:00Z", 1774864800 },
		{ "2026-03-30T10:00Z", 1774864800 },
		{ "2026-03-30 10:00:00.25Z", 1774864800 },
		{ "2026-03-30", 1774828800 },
		{ "1970-01-01", 0 },
		{ "1969-12-31T23:59:59Z", -1 },
		{ "2026-03-30T12:00:00", TIME_NONE },
		{ "2026-03-30Z", TIME_NONE },
		{ "2026-03-30+02:00", TIME_NONE },
		{ "1774864800", TIME_NONE },
		{ "yesterday", TIME_NONE },
		{ "", TIME_NONE },
		{ NULL, TIME_NONE },
	};

	for (size_t i = 0; i < LENGTH(table); i++)
		assert_true(time_parse(str_of(table[i].text)) == table[i].at);
}

static void test_formats(void **state UNUSED)
{
	char out[TIME_FORMAT_MAX];

	assert_string_equal(time_format(1774864800, 0, out), "2026-03-30T10:00:00Z");
	assert_string_equal(time_format(1774864800, 7200, out), "2026-03-30T12:00:00+02:00");
	assert_string_equal(time_format(1774864800, -12600, out), "2026-03-30T06:30:00-03:30");
	assert_string_equal(
		time_format_mail(1795501800, 3600, out), "Tue, 24 Nov 2026 07:30:00 +0100");
	assert_string_equal(
		time_format_mail(1795501800, 0, out), "Tue, 24 Nov 2026 06:30:00 +0000");
	assert_string_equal(
		time_format_mail(1795473000, -12600, out), "Mon, 23 Nov 2026 19:00:00 -0330");
	assert_string_equal(time_format_mail(TIME_NONE, 0, out), "");
	assert_string_equal(time_format_http(784111777, out), "Sun, 06 Nov 1994 08:49:37 GMT");
	assert_string_equal(time_format_http(TIME_NONE, out), "");
}

static void test_http(void **state UNUSED)
{
	static const struct {
		const char *text;
		int64_t at;
	} table[] = {
		{ "Sun, 06 Nov 1994 08:49:37 GMT", 784111777 },
		{ "Thu, 01 Jan 1970 00:00:00 GMT", 0 },
		{ "Tue, 29 Feb 2028 23:59:59 GMT", 1835481599 },
		{ "Mon, 06 Nov 1994 08:49:37 GMT", TIME_NONE }, /* was a Sunday */
		{ "Sunday, 06-Nov-94 08:49:37 GMT", TIME_NONE },
		{ "Sun Nov  6 08:49:37 1994", TIME_NONE },
		{ "Sun, 6 Nov 1994 08:49:37 GMT", TIME_NONE },
		{ "sun, 06 nov 1994 08:49:37 gmt", TIME_NONE },
		{ "Sun, 06 Nov 1994 08:49:37 UTC", TIME_NONE },
		{ "Sun, 06 Nov 1994 08:49:37 +0000", TIME_NONE },
		{ "Sun, 06 Nov 1994 08:49 GMT", TIME_NONE },
		{ "Sun, 06 Nov 1994 08:49:37.5 GMT", TIME_NONE },
		{ "Sun, 06 Nov 1994 24:00:00 GMT", TIME_NONE },
		{ "Sun, 06 Nov 1994 08:49:60 GMT", TIME_NONE },
		{ "Sun, 31 Nov 1994 08:49:37 GMT", TIME_NONE },
		{ "Sun, 06 Bru 1994 08:49:37 GMT", TIME_NONE },
		{ "Sun, 06 Nov 1994 08:49:37 GMT ", TIME_NONE },
		{ " Sun, 06 Nov 1994 08:49:37 GMT", TIME_NONE },
		{ "Sun, 06 Nov 1994 08:49:37", TIME_NONE },
		{ "Sun, 06 Nov", TIME_NONE },
		{ "Sun,", TIME_NONE },
		{ "0", TIME_NONE },
		{ "", TIME_NONE },
		{ NULL, TIME_NONE },
	};

	for (size_t i = 0; i < LENGTH(table); i++)
		assert_true(time_parse_http(str_of(table[i].text)) == table[i].at);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_day),
		cmocka_unit_test(test_days),
		cmocka_unit_test(test_day_text),
		cmocka_unit_test(test_paris_changes),
		cmocka_unit_test(test_paris_there_and_back),
		cmocka_unit_test(test_paris_known),
		cmocka_unit_test(test_extreme_instants),
		cmocka_unit_test(test_time_read),
		cmocka_unit_test(test_time_read_pieces),
		cmocka_unit_test(test_time_parse),
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_http),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
