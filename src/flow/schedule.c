#include "flow/schedule.h"

#include <stdlib.h>

#include "base/date.h"

/* "05:15": minutes of the day, or -1. */
static int read_time(struct str word)
{
	unsigned hour, minute;

	if (word.len != 5 || word.ptr[2] != ':' || !str_to_uint(str_sub(word, 0, 2), 23, &hour) ||
		!str_to_uint(str_from(word, 3), 59, &minute))
		return -1;
	return (int)(hour * 60 + minute);
}

static int by_minute(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

int schedule_parse(struct str text, struct schedule *ret, struct error *err)
{
	struct schedule s = { .n = 0 };
	struct str word;
	size_t n = 0;

	while (str_cut(&text, ' ', &word)) {
		if (word.len == 0)
			continue;
		if (s.n == SCHEDULE_TIMES_MAX)
			return error_set(err, ERROR_CONFIG, "more than %d times of day", SCHEDULE_TIMES_MAX);
		s.minutes[s.n] = read_time(word);
		if (s.minutes[s.n++] < 0)
			return error_set(err, ERROR_CONFIG, "\"%.*s\" is no time of day like 05:15",
				STR_ARG(str_clip(word, 40)));
	}
	if (s.n == 0)
		return error_set(err, ERROR_CONFIG, "at least one time of day like 05:15 was expected");
	qsort(s.minutes, s.n, sizeof(s.minutes[0]), by_minute);
	for (size_t i = 0; i < s.n; i++)
		if (n == 0 || s.minutes[i] != s.minutes[n - 1])
			s.minutes[n++] = s.minutes[i];
	s.n = n;
	*ret = s;
	return 0;
}

static int64_t instant(day_t day, int minute)
{
	struct civil civil = day_to_civil(day);

	civil.hour = minute / 60;
	civil.minute = minute % 60;
	civil.second = 0;
	return paris_to_utc(&civil);
}

int64_t schedule_before(const struct schedule *schedule, int64_t now)
{
	day_t today = paris_day(now);
	int64_t last = TIME_NONE;

	for (day_t day = today - 1; day <= today; day++)
		for (size_t i = 0; i < schedule->n; i++) {
			int64_t at = instant(day, schedule->minutes[i]);

			if (at <= now && (last == TIME_NONE || at > last))
				last = at;
		}
	return last;
}

int64_t schedule_after(const struct schedule *schedule, int64_t now)
{
	day_t today = paris_day(now);
	int64_t next = TIME_NONE;

	for (day_t day = today; day <= today + 1; day++)
		for (size_t i = 0; i < schedule->n; i++) {
			int64_t at = instant(day, schedule->minutes[i]);

			if (at > now && (next == TIME_NONE || at < next))
				next = at;
		}
	return next;
}
