/*
 * Civil dates and instants. An instant is UTC seconds since 1970 (int64_t); a day is a civil date
 * without a zone. Only one zone is known here, Europe/Paris, because the notices need it where no
 * library may be used; every other zone is gate/unicode.h's (ICU). No clock is read here.
 * Instants outside the years 1 to 9999 are pulled to the nearest of them when fields are asked for;
 * the format functions write "" for DAY_NONE and TIME_NONE.
 */
#ifndef BASE_DATE_H
#define BASE_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* Days since 1970-01-01. DAY_NONE: not said. */
#define DAY_NONE INT32_MIN
typedef int32_t day_t;

/* UTC seconds. TIME_NONE: not said. */
#define TIME_NONE INT64_MIN

struct civil {
	int year;  /* 1..9999 */
	int month; /* 1..12 */
	int day;   /* 1..31 */
	int hour, minute, second;
};

/* days and civil fields */
day_t day_from_civil(int year, int month, int day); /* DAY_NONE when there is no such day */
struct civil day_to_civil(day_t day);
int day_weekday(day_t day); /* 0 Monday .. 6 Sunday */

/*
 * ISO 8601 calendar date at the start of `s`: YYYY-MM-DD; a zone behind it ("Z", "+02:00") is
 * allowed and ignored. Anything else is DAY_NONE.
 */
day_t day_parse(struct str s);
enum { DAY_FORMAT_MAX = 16 };
const char *day_format(day_t day, char out[DAY_FORMAT_MAX]); /* YYYY-MM-DD */

/* Europe/Paris by the rule in force since 1996: last Sundays of March and October, 01:00 UTC. */
int paris_offset(int64_t at);                       /* seconds east of UTC: 3600 or 7200 */
int64_t paris_to_utc(const struct civil *local);    /* in the gap: the instant after; twice: first */
struct civil civil_from_utc(int64_t at);
int64_t civil_to_utc(const struct civil *c, int offset_s);
day_t paris_day(int64_t at);

/*
 * A written instant: date, optional "T" or blank, optional hh:mm[:ss[.fraction]], optional zone
 * ("Z", "+hh:mm", "-hh:mm", "+hhmm", up to 14:00). 24:00 is 00:00 of the next day, as XML Schema
 * has it; a second 60 is read as 59. Says what was there, so that the caller can decide.
 */
struct written_time {
	struct civil civil;
	bool has_time;
	bool has_zone;
	int offset_s; /* seconds east of UTC, when has_zone */
};
bool time_read(struct str s, struct written_time *ret); /* the whole text must be one */

/* RFC 3339 with the given offset in seconds: 2026-03-30T12:00:00+02:00; "Z" for offset 0. */
enum { TIME_FORMAT_MAX = 40 };
const char *time_format(int64_t at, int offset_s, char out[TIME_FORMAT_MAX]);
/* RFC 3339 or a bare day (midnight UTC): what --now and --since take. TIME_NONE when it is neither. */
int64_t time_parse(struct str s);
/* RFC 5322 date: Tue, 24 Nov 2026 07:30:00 +0100 */
const char *time_format_mail(int64_t at, int offset_s, char out[TIME_FORMAT_MAX]);
/* RFC 9110 IMF-fixdate, Sun, 06 Nov 1994 08:49:37 GMT, to and from; TIME_NONE when it is not one. */
const char *time_format_http(int64_t at, char out[TIME_FORMAT_MAX]);
int64_t time_parse_http(struct str s);

#endif
