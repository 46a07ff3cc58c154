#include "tender/deadline.h"

enum { DAYS_A_YEAR = 366, END_HOUR = 23, END_MINUTE = 59, END_SECOND = 59, DAY_SECONDS = 86400 };

static const char *const certainty_names[] = {
	[DEADLINE_STATED] = "stated",
	[DEADLINE_ASSUMED] = "assumed-paris",
	[DEADLINE_DAY_ONLY] = "day-only",
	[DEADLINE_CORRECTED] = "corrected",
	[DEADLINE_UNCERTAIN] = "uncertain",
};

const char *deadline_certainty_name(enum deadline_certainty certainty)
{
	return (size_t)certainty < LENGTH(certainty_names) ? certainty_names[certainty] : NULL;
}

bool deadline_certainty_parse(struct str name, enum deadline_certainty *ret)
{
	for (size_t i = DEADLINE_NONE + 1; i < LENGTH(certainty_names); i++) {
		if (str_eqz(name, certainty_names[i])) {
			*ret = (enum deadline_certainty)i;
			return true;
		}
	}
	return false;
}

/* What was written, understood; the text is the caller's. */
static struct deadline understood(struct written_time t)
{
	struct deadline d = DEADLINE_INIT;

	if (t.has_time && t.has_zone) {
		d.at = civil_to_utc(&t.civil, t.offset_s);
		d.offset_s = t.offset_s;
		d.certainty = DEADLINE_STATED;
		return d;
	}
	if (!t.has_time) {
		t.civil.hour = END_HOUR;
		t.civil.minute = END_MINUTE;
		t.civil.second = END_SECOND;
	}
	d.at = paris_to_utc(&t.civil);
	d.offset_s = paris_offset(d.at);
	d.certainty = t.has_time ? DEADLINE_ASSUMED : DEADLINE_DAY_ONLY;
	return d;
}

struct deadline deadline_read(struct str text, struct arena *arena)
{
	struct deadline d = DEADLINE_INIT;
	struct written_time t;

	text = str_trim(text);
	if (text.len == 0)
		return d;
	if (time_read(text, &t))
		d = understood(t);
	d.text = arena_dup(arena, text);
	return d;
}

/* "9:30", "12h00", "9h" as forms are filled in, in the two digits and colons of a clock; the rest as it is. */
static struct str clock_text(struct str time, struct arena *arena)
{
	size_t hour = time.len && time.ptr[0] >= '0' && time.ptr[0] <= '9';
	struct str rest;

	if (hour && time.len > 1 && time.ptr[1] >= '0' && time.ptr[1] <= '9')
		hour++;
	rest = str_from(time, hour);
	if (hour == 0 || (!str_prefix(&rest, ":") && !str_prefix(&rest, "h") && !str_prefix(&rest, "H")))
		return time;
	return arena_printf(arena, "%s%.*s:%.*s", hour == 1 ? "0" : "", (int)hour, time.ptr,
		STR_ARG(rest.len ? rest : STR("00")));
}

struct deadline deadline_read_pair(struct str date, struct str time, struct arena *arena)
{
	struct deadline d = DEADLINE_INIT;
	struct written_time day, both;
	struct str joined;

	date = str_trim(date);
	time = str_trim(time);
	if (time.len == 0 || date.len == 0)
		return deadline_read(date.len ? date : time, arena);
	d.text = arena_printf(arena, "%.*s %.*s", STR_ARG(date), STR_ARG(time));
	if (!time_read(date, &day))
		return d;
	joined = arena_printf(arena, "%.*sT%.*s", STR_ARG(str_sub(date, 0, 10)),
		STR_ARG(clock_text(time, arena)));
	if (!time_read(joined, &both)) {
		/* A time withheld or broken leaves the day. */
		both = day;
	} else if (!both.has_zone && day.has_zone) {
		both.has_zone = true;
		both.offset_s = day.offset_s;
	}
	joined = d.text;
	d = understood(both);
	d.text = joined;
	return d;
}

struct deadline deadline_earlier(struct deadline a, struct deadline b)
{
	if (a.certainty == DEADLINE_NONE)
		return b;
	if (b.certainty == DEADLINE_NONE || b.at == TIME_NONE)
		return a;
	return a.at == TIME_NONE || b.at < a.at ? b : a;
}

int64_t deadline_last_credible(int64_t now)
{
	return now + (int64_t)DEADLINE_YEARS_MAX * DAYS_A_YEAR * DAY_SECONDS;
}

void deadline_doubt(struct deadline *deadline, day_t published)
{
	day_t day;

	if (deadline->at == TIME_NONE || published == DAY_NONE)
		return;
	day = paris_day(deadline->at);
	if (day < published || day - published > DEADLINE_YEARS_MAX * DAYS_A_YEAR)
		deadline->certainty = DEADLINE_UNCERTAIN;
}

/* Days of the calendar (DOMAIN 4.9) */

/* Gregorian Easter Sunday, by the method known as Meeus/Jones/Butcher. */
static day_t easter(int year)
{
	int a = year % 19, b = year / 100, c = year % 100;
	int h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
	int l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
	int m = (a + 11 * h + 22 * l) / 451;
	int n = h + l - 7 * m + 114;

	return day_from_civil(year, n / 31, n % 31 + 1);
}

enum { HOLIDAYS = 11 };

static void holidays_of(int year, day_t out[HOLIDAYS])
{
	static const struct {
		int month, day;
	} fixed[] = { { 1, 1 }, { 5, 1 }, { 5, 8 }, { 7, 14 }, { 8, 15 }, { 11, 1 }, { 11, 11 },
		{ 12, 25 } };
	static const int after_easter[] = { 1, 39, 50 }; /* Monday, Ascension, Whit Monday */
	day_t sunday = easter(year);
	size_t n = 0;

	for (size_t i = 0; i < LENGTH(fixed); i++)
		out[n++] = day_from_civil(year, fixed[i].month, fixed[i].day);
	for (size_t i = 0; i < LENGTH(after_easter); i++)
		out[n++] = sunday + after_easter[i];
}

bool public_holiday(day_t day)
{
	day_t holidays[HOLIDAYS];

	if (day == DAY_NONE)
		return false;
	holidays_of(day_to_civil(day).year, holidays);
	for (size_t i = 0; i < HOLIDAYS; i++)
		if (holidays[i] == day)
			return true;
	return false;
}

static bool is_weekday(day_t day)
{
	return day_weekday(day) < 5;
}

/* Holidays on a Monday to Friday after `from`, up to `to`; Ascension on 1 or 8 May counts once. */
static int holidays_between(day_t from, day_t to)
{
	int last = day_to_civil(to).year, count = 0;

	for (int year = day_to_civil(from).year; year <= last; year++) {
		day_t holidays[HOLIDAYS];

		holidays_of(year, holidays);
		for (size_t i = 0; i < HOLIDAYS; i++) {
			bool again = false;

			for (size_t j = 0; j < i; j++)
				again |= holidays[j] == holidays[i];
			if (!again && holidays[i] > from && holidays[i] <= to &&
				is_weekday(holidays[i]))
				count++;
		}
	}
	return count;
}

int working_days(day_t from, day_t to)
{
	int64_t days = (int64_t)to - from;
	int count;

	if (from == DAY_NONE || to == DAY_NONE)
		return 0;
	if (days < 0)
		return -working_days(to, from);
	count = (int)(days / 7) * 5;
	for (day_t day = to - (day_t)(days % 7) + 1; day <= to; day++)
		count += is_weekday(day);
	return count - holidays_between(from, to);
}
