#include "base/date.h"

#include <stdio.h>
#include <string.h>

enum { MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

/* 0001-01-01 and 9999-12-31 in days; what lies outside is pulled to these: no year overflows. */
enum { DAY_FIRST = -719162, DAY_LAST = 2932896 };

static const char weekday_names[7][4] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
static const char month_names[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug",
	"Sep", "Oct", "Nov", "Dec" };

/* Field values as printf sees them: the compiler can tell that they fit. */
#define DIGITS2(VALUE) ((unsigned)(VALUE) % 100)
#define DIGITS4(VALUE) ((unsigned)(VALUE) % 10000)

/* days and civil fields */

static int days_in_month(int year, int month)
{
	static const int days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/*
 * Both ways count from 1 March of the year 0 and in eras of 400 years (146,097 days), so that the
 * leap day is the last of its year and the months follow one line: (153 m + 2) / 5 days.
 */
enum { ERA_DAYS = 146097, DAYS_TO_1970 = 719468 };

day_t day_from_civil(int year, int month, int day)
{
	int y, m, day_of_year;

	if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 ||
		day > days_in_month(year, month))
		return DAY_NONE;
	y = month > 2 ? year : year - 1;
	m = month > 2 ? month - 3 : month + 9;
	day_of_year = (153 * m + 2) / 5 + day - 1;
	return y * 365 + y / 4 - y / 100 + y / 400 + day_of_year - DAYS_TO_1970;
}

static day_t clamp_day(int64_t day)
{
	if (day < DAY_FIRST)
		return DAY_FIRST;
	return day > DAY_LAST ? DAY_LAST : (day_t)day;
}

struct civil day_to_civil(day_t day)
{
	int days = clamp_day(day) + DAYS_TO_1970;
	int era = days / ERA_DAYS, day_of_era = days % ERA_DAYS;
	int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
				  day_of_era / (ERA_DAYS - 1)) /
			  365;
	int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int m = (5 * day_of_year + 2) / 153;

	return (struct civil){
		.year = era * 400 + year_of_era + (m >= 10),
		.month = m < 10 ? m + 3 : m - 9,
		.day = day_of_year - (153 * m + 2) / 5 + 1,
	};
}

int day_weekday(day_t day)
{
	/* 1970-01-01 was a Thursday. */
	int weekday = (int)(((int64_t)day + 3) % 7);

	return weekday < 0 ? weekday + 7 : weekday;
}

const char *day_format(day_t day, char out[DAY_FORMAT_MAX])
{
	struct civil c = day_to_civil(day);

	out[0] = '\0';
	if (day != DAY_NONE)
		snprintf(out, DAY_FORMAT_MAX, "%04u-%02u-%02u", DIGITS4(c.year), DIGITS2(c.month),
			DIGITS2(c.day));
	return out;
}

/* instants */

int64_t civil_to_utc(const struct civil *c, int offset_s)
{
	day_t day = day_from_civil(c->year, c->month, c->day);

	if (day == DAY_NONE)
		return TIME_NONE;
	return (int64_t)day * DAY + (int64_t)c->hour * HOUR + (int64_t)c->minute * MINUTE +
	       c->second - offset_s;
}

static int64_t floor_days(int64_t at)
{
	return at / DAY - (at % DAY < 0);
}

struct civil civil_from_utc(int64_t at)
{
	int64_t day = floor_days(at);
	struct civil c = day_to_civil(clamp_day(day));
	int second = day == clamp_day(day) ? (int)(at - day * DAY) : day < 0 ? 0 : DAY - 1;

	c.hour = second / HOUR;
	c.minute = second % HOUR / MINUTE;
	c.second = second % MINUTE;
	return c;
}

/* Europe/Paris */

/* 01:00 UTC of the last Sunday of a month that has 31 days: the two changes of the year. */
static int64_t change_at(int year, int month)
{
	day_t last = day_from_civil(year, month, 31);

	return (int64_t)(last - (day_weekday(last) + 1) % 7) * DAY + HOUR;
}

int paris_offset(int64_t at)
{
	int year = civil_from_utc(at).year;

	return at >= change_at(year, 3) && at < change_at(year, 10) ? 2 * HOUR : HOUR;
}

int64_t paris_to_utc(const struct civil *local)
{
	int64_t summer = civil_to_utc(local, 2 * HOUR), winter = civil_to_utc(local, HOUR);

	/* Summer time is tried first: an hour that comes twice comes first in summer time. */
	if (summer == TIME_NONE || paris_offset(summer) == 2 * HOUR)
		return summer;
	if (paris_offset(winter) == HOUR)
		return winter;
	/* Neither: the hour was left out, and the clock jumped over it at this instant. */
	return change_at(local->year, 3);
}

static int64_t add_offset(int64_t at, int offset_s)
{
	int64_t local;

	return __builtin_add_overflow(at, offset_s, &local) ? at : local;
}

day_t paris_day(int64_t at)
{
	return clamp_day(floor_days(add_offset(at, paris_offset(at))));
}

/*
 * reading: each takes what it knows off the front of *s; false, and nothing taken, when it is not
 * there
 */

static bool take_number(struct str *s, unsigned digits, int max, int *ret)
{
	unsigned value;

	if (s->len < digits || !str_to_uint(str_sub(*s, 0, digits), (unsigned)max, &value))
		return false;
	*s = str_from(*s, digits);
	*ret = (int)value;
	return true;
}

static bool take_date(struct str *s, struct civil *ret)
{
	struct str rest = *s;
	struct civil c = { 0 };

	if (!take_number(&rest, 4, 9999, &c.year) || !str_prefix(&rest, "-") ||
		!take_number(&rest, 2, 12, &c.month) || !str_prefix(&rest, "-") ||
		!take_number(&rest, 2, 31, &c.day) ||
		day_from_civil(c.year, c.month, c.day) == DAY_NONE)
		return false;
	*s = rest;
	*ret = c;
	return true;
}

/* XML Schema 1.1 part 2, 3.3.7: offsets end at 14:00. */
static bool take_zone(struct str *s, int *ret_offset_s)
{
	struct str rest = *s;
	bool west = str_starts(rest, "-");
	int hour, minute;

	if (str_prefix(s, "Z")) {
		*ret_offset_s = 0;
		return true;
	}
	if (!str_prefix(&rest, "+") && !str_prefix(&rest, "-"))
		return false;
	if (!take_number(&rest, 2, 14, &hour))
		return false;
	str_prefix(&rest, ":");
	if (!take_number(&rest, 2, 59, &minute) || hour * HOUR + minute * MINUTE > 14 * HOUR)
		return false;
	*s = rest;
	*ret_offset_s = (west ? -1 : 1) * (hour * HOUR + minute * MINUTE);
	return true;
}

static bool take_fraction(struct str *s)
{
	struct str rest = *s;
	int digit;

	if (!str_prefix(&rest, ".") || !take_number(&rest, 1, 9, &digit))
		return false;
	while (take_number(&rest, 1, 9, &digit))
		;
	*s = rest;
	return true;
}

static bool take_clock(struct str *s, struct civil *c)
{
	struct str rest = *s;

	c->second = 0;
	if (!take_number(&rest, 2, 24, &c->hour) || !str_prefix(&rest, ":") ||
		!take_number(&rest, 2, 59, &c->minute))
		return false;
	if (str_prefix(&rest, ":")) {
		if (!take_number(&rest, 2, 60, &c->second))
			return false;
		take_fraction(&rest);
	}
	/* RFC 3339 knows the second 60; UTC seconds do not count it. */
	if (c->second == 60)
		c->second = 59;
	*s = rest;
	return true;
}

/* XML Schema 1.1 part 2, 3.3.7: 24:00:00 is the first instant of the next day. */
static bool end_of_day(struct civil *c)
{
	day_t day = day_from_civil(c->year, c->month, c->day);

	if (c->hour < 24)
		return true;
	if (c->minute || c->second || day == DAY_LAST)
		return false;
	*c = day_to_civil(day + 1);
	return true;
}

day_t day_parse(struct str s)
{
	struct civil c;
	int offset_s;

	if (!take_date(&s, &c))
		return DAY_NONE;
	if (s.len && !(take_zone(&s, &offset_s) && s.len == 0))
		return DAY_NONE;
	return day_from_civil(c.year, c.month, c.day);
}

bool time_read(struct str s, struct written_time *ret)
{
	struct written_time t = { 0 };

	if (!take_date(&s, &t.civil))
		return false;
	if (str_prefix(&s, "T") || str_prefix(&s, " ")) {
		t.has_time = true;
		if (!take_clock(&s, &t.civil) || !end_of_day(&t.civil))
			return false;
	}
	t.has_zone = s.len && take_zone(&s, &t.offset_s);
	if (s.len)
		return false;
	*ret = t;
	return true;
}

int64_t time_parse(struct str s)
{
	struct written_time t;

	if (!time_read(s, &t) || t.has_time != t.has_zone)
		return TIME_NONE;
	return civil_to_utc(&t.civil, t.offset_s);
}

/* The name's number from 1, 0 when it is none. */
static int month_number(struct str name)
{
	for (size_t i = 0; i < LENGTH(month_names); i++)
		if (str_eqz(name, month_names[i]))
			return (int)i + 1;
	return 0;
}

int64_t time_parse_http(struct str s)
{
	char again[TIME_FORMAT_MAX];
	struct str rest = s;
	struct civil c = { 0 };
	int64_t at;

	/* The fields, loosely; then only what reads the same when written again is a date. */
	rest = str_from(rest, 5);
	if (!take_number(&rest, 2, 31, &c.day))
		return TIME_NONE;
	c.month = month_number(str_sub(rest, 1, 4));
	rest = str_from(rest, 5);
	if (!take_number(&rest, 4, 9999, &c.year) || !str_prefix(&rest, " ") ||
		!take_clock(&rest, &c))
		return TIME_NONE;
	at = civil_to_utc(&c, 0);
	return at != TIME_NONE && str_eqz(s, time_format_http(at, again)) ? at : TIME_NONE;
}

/* writing */

const char *time_format(int64_t at, int offset_s, char out[TIME_FORMAT_MAX])
{
	struct civil c = civil_from_utc(add_offset(at, offset_s));
	unsigned minutes = (unsigned)(offset_s < 0 ? -offset_s : offset_s) / MINUTE;
	char zone[8] = "Z";

	out[0] = '\0';
	if (at == TIME_NONE)
		return out;
	if (offset_s)
		snprintf(zone, sizeof(zone), "%c%02u:%02u", offset_s < 0 ? '-' : '+',
			DIGITS2(minutes / 60), minutes % 60);
	snprintf(out, TIME_FORMAT_MAX, "%04u-%02u-%02uT%02u:%02u:%02u%s", DIGITS4(c.year),
		DIGITS2(c.month), DIGITS2(c.day), DIGITS2(c.hour), DIGITS2(c.minute),
		DIGITS2(c.second), zone);
	return out;
}

static const char *format_named(
	int64_t at, int offset_s, const char *zone, char out[TIME_FORMAT_MAX])
{
	int64_t local = add_offset(at, offset_s);
	struct civil c = civil_from_utc(local);

	out[0] = '\0';
	if (at == TIME_NONE)
		return out;
	snprintf(out, TIME_FORMAT_MAX, "%.3s, %02u %.3s %04u %02u:%02u:%02u %s",
		weekday_names[day_weekday(clamp_day(floor_days(local)))], DIGITS2(c.day),
		month_names[c.month - 1], DIGITS4(c.year), DIGITS2(c.hour), DIGITS2(c.minute),
		DIGITS2(c.second), zone);
	return out;
}

const char *time_format_mail(int64_t at, int offset_s, char out[TIME_FORMAT_MAX])
{
	unsigned minutes = (unsigned)(offset_s < 0 ? -offset_s : offset_s) / MINUTE;
	char zone[8];

	snprintf(zone, sizeof(zone), "%c%02u%02u", offset_s < 0 ? '-' : '+', DIGITS2(minutes / 60),
		minutes % 60);
	return format_named(at, offset_s, zone, out);
}

const char *time_format_http(int64_t at, char out[TIME_FORMAT_MAX])
{
	return format_named(at, 0, "GMT", out);
}
