#include "gate/unicode.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <unicode/ucal.h>
#include <unicode/udat.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

/*
 * A calendar or a date format takes ICU about a hundred microseconds to open, so open ones are kept:
 * sixteen zones, and the nine formats there are. They change while they are used, so that both lists
 * stand behind one lock.
 */
enum {
	ZONES_KEPT = 16,
	ZONE_ID_MAX = 63, /* the longest of IANA has 32 bytes */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void check(UErrorCode code, const char *what)
{
	if (U_FAILURE(code))
		die("ICU: %s: %s", what, u_errorName(code));
}

/* normal forms */

/*
 * True when the text is seen to be NFC without ICU. U+0300, whose first byte is CC, is the first
 * character that composes with another or is not NFC. Of what French text has beyond, the general
 * punctuation from U+2002 (E2 80 82) on and the currency signs (E2 82 xx) never take part.
 */
static bool surely_nfc(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if (c < 0xcc)
			continue;
		if (c != 0xe2 || s.len - i < 3)
			return false;
		unsigned char second = (unsigned char)s.ptr[i + 1];
		if (second != 0x82 && (second != 0x80 || (unsigned char)s.ptr[i + 2] < 0x82))
			return false;
		i += 2;
	}
	return true;
}

static void *memory(size_t count, size_t size)
{
	void *ptr = calloc(count, size);

	if (!ptr)
		die("out of memory (a text of %zu characters)", count);
	return ptr;
}

struct str unicode_nfc(struct str s, struct arena *arena)
{
	UErrorCode code = U_ZERO_ERROR;
	UChar *wide, *normal;
	int32_t wide_len, normal_len, utf8_len;
	const UNormalizer2 *nfc;
	char *out;

	if (surely_nfc(s))
		return s;

	/* UTF-16 never has more units than UTF-8 has bytes. */
	assert(s.len < INT32_MAX / 4);
	nfc = unorm2_getNFCInstance(&code);
	check(code, "NFC");
	wide = memory(s.len + 1, sizeof(*wide));
	u_strFromUTF8WithSub(
		wide, (int32_t)s.len + 1, &wide_len, s.ptr, (int32_t)s.len, 0xfffd, NULL, &code);
	check(code, "UTF-16");
	if (unorm2_isNormalized(nfc, wide, wide_len, &code) && U_SUCCESS(code)) {
		free(wide);
		return s;
	}

	/* NFC of a text is at most three times as long (UAX #15). */
	normal = memory(3 * (size_t)wide_len + 1, sizeof(*normal));
	normal_len = unorm2_normalize(nfc, wide, wide_len, normal, 3 * wide_len + 1, &code);
	check(code, "NFC");
	free(wide);

	u_strToUTF8(NULL, 0, &utf8_len, normal, normal_len, &code);
	assert(code == U_BUFFER_OVERFLOW_ERROR || utf8_len == 0);
	code = U_ZERO_ERROR;
	out = arena_alloc(arena, (size_t)utf8_len + 1);
	u_strToUTF8(out, utf8_len + 1, NULL, normal, normal_len, &code);
	check(code, "UTF-8");
	free(normal);
	return str_n(out, (size_t)utf8_len);
}

/* zones */

/* The zone's name as ICU takes it; false when it cannot be one. */
static bool zone_id(struct str zone, UChar out[ZONE_ID_MAX + 1])
{
	if (zone.len == 0 || zone.len > ZONE_ID_MAX)
		return false;
	for (size_t i = 0; i < zone.len; i++) {
		char c = zone.ptr[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			    (c != '\0' && strchr("/_+-", c))))
			return false;
		out[i] = (UChar)c;
	}
	out[zone.len] = 0;
	return true;
}

bool unicode_zone_known(struct str zone)
{
	/* Of the names of three letters ICU has many of its own (JST, PST, BST…); these are IANA's. */
	static const char *const short_names[] = { "CET", "EET", "EST", "GMT", "HST", "MET", "MST",
		"PRC", "ROC", "ROK", "UCT", "UTC", "WET" };
	UChar id[ZONE_ID_MAX + 1], canonical[2 * ZONE_ID_MAX];
	UErrorCode code = U_ZERO_ERROR;
	UBool system = false;

	if (!zone_id(zone, id) || str_starts(zone, "SystemV/"))
		return false;
	if (zone.len == 3) {
		size_t i = 0;

		while (i < LENGTH(short_names) && !str_eqz(zone, short_names[i]))
			i++;
		if (i == LENGTH(short_names))
			return false;
	}
	ucal_getCanonicalTimeZoneID(id, -1, canonical, LENGTH(canonical), &system, &code);
	return U_SUCCESS(code) && system;
}

/* The calendar of dates/base: Gregorian at all times, as ISO 8601 has it. */
static UCalendar *calendar_open(const UChar *id)
{
	UErrorCode code = U_ZERO_ERROR;
	UCalendar *calendar = ucal_open(id, -1, "en", UCAL_GREGORIAN, &code);

	check(code, "a calendar");
	ucal_setGregorianChange(calendar, -8.64e15, &code);
	check(code, "a calendar");
	ucal_setAttribute(calendar, UCAL_REPEATED_WALL_TIME, UCAL_WALLTIME_FIRST);
	ucal_setAttribute(calendar, UCAL_SKIPPED_WALL_TIME, UCAL_WALLTIME_NEXT_VALID);
	return calendar;
}

/* The kept calendar of a known zone. The lock is held. */
static UCalendar *zone_calendar(struct str zone)
{
	static struct {
		struct str zone; /* in `name` */
		char name[ZONE_ID_MAX + 1];
		UCalendar *calendar;
	} kept[ZONES_KEPT];
	static size_t next;
	UChar id[ZONE_ID_MAX + 1];
	size_t i;

	for (i = 0; i < ZONES_KEPT; i++) {
		if (kept[i].calendar && str_eq(kept[i].zone, zone))
			return kept[i].calendar;
	}
	/* ICU would take an unknown zone for UTC: whoever lets one come here has made a mistake. */
	if (!unicode_zone_known(zone) || !zone_id(zone, id))
		die("unknown time zone %.*s", STR_ARG(zone));
	i = next++ % ZONES_KEPT;
	if (kept[i].calendar)
		ucal_close(kept[i].calendar);
	kept[i].calendar = calendar_open(id);
	memcpy(kept[i].name, zone.ptr, zone.len);
	kept[i].zone = str_n(kept[i].name, zone.len);
	return kept[i].calendar;
}

int unicode_zone_offset(struct str zone, int64_t at)
{
	UErrorCode code = U_ZERO_ERROR;
	int32_t offset_ms;

	pthread_mutex_lock(&lock);
	UCalendar *calendar = zone_calendar(zone);
	ucal_setMillis(calendar, (UDate)at * 1000, &code);
	offset_ms = ucal_get(calendar, UCAL_ZONE_OFFSET, &code);
	offset_ms += ucal_get(calendar, UCAL_DST_OFFSET, &code);
	pthread_mutex_unlock(&lock);
	check(code, "the offset of a zone");
	return offset_ms / 1000;
}

int64_t unicode_zone_to_utc(struct str zone, const struct civil *local)
{
	UErrorCode code = U_ZERO_ERROR;
	UDate ms;

	pthread_mutex_lock(&lock);
	UCalendar *calendar = zone_calendar(zone);
	ucal_clear(calendar);
	ucal_setDateTime(calendar, local->year, local->month - 1, local->day, local->hour,
		local->minute, local->second, &code);
	ms = ucal_getMillis(calendar, &code);
	pthread_mutex_unlock(&lock);
	check(code, "a time in a zone");
	return (int64_t)(ms / 1000);
}

/* dates in words */

enum { FIRST_OF_MONTH = 2, LANGUAGE_COLUMNS = 3 };

/* French has an ordinal for the first of a month and no other day: 1er janvier, 2 janvier. */
static const char *const date_patterns[][LANGUAGE_COLUMNS] = {
	[UNICODE_DAY] = { "d MMMM y", "d MMMM y", "d'er' MMMM y" },
	[UNICODE_WEEKDAY] = { "EEEE d MMMM y", "EEEE d MMMM y", "EEEE d'er' MMMM y" },
	[UNICODE_MOMENT] = { "EEEE d MMMM y 'at' HH:mm", "EEEE d MMMM y '\xc3\xa0' HH:mm",
		"EEEE d'er' MMMM y '\xc3\xa0' HH:mm" },
};

/* The kept format; its zone is UTC, so that one serves all zones. The lock is held. */
static UDateFormat *date_format(enum unicode_date style, int column)
{
	static UDateFormat *kept[LENGTH(date_patterns)][LANGUAGE_COLUMNS];
	static const UChar utc[] = { 'U', 'T', 'C', 0 };
	UErrorCode code = U_ZERO_ERROR;
	UChar pattern[64];
	UCalendar *calendar;

	if (kept[style][column])
		return kept[style][column];
	u_strFromUTF8(pattern, LENGTH(pattern), NULL, date_patterns[style][column], -1, &code);
	UDateFormat *format = udat_open(
		UDAT_PATTERN, UDAT_PATTERN, column == 0 ? "en" : "fr", utc, -1, pattern, -1, &code);
	check(code, "a date format");
	calendar = calendar_open(utc);
	udat_setCalendar(format, calendar); /* takes a copy */
	ucal_close(calendar);
	kept[style][column] = format;
	return format;
}

/*
 * What was formatted last, for each place: a day's digests tell the same few deadlines thousands of times, and ICU
 * takes microseconds for each. The lock is held.
 */
enum { DATES_KEPT = 256, DATE_BYTES = 63 };
struct kept_date {
	int64_t minute;
	unsigned char style, column, len; /* len 0: none is kept */
	char text[DATE_BYTES];
};

static struct kept_date *kept_date(enum unicode_date style, int column, int64_t minute)
{
	static struct kept_date kept[DATES_KEPT];
	uint64_t key = (uint64_t)minute * 31 + (uint64_t)style * LANGUAGE_COLUMNS + (uint64_t)column;

	return &kept[(key * UINT64_C(0x9E3779B97F4A7C15)) >> 56];
}

static struct str format_date(enum unicode_date style, int column, int64_t local, struct arena *arena)
{
	int64_t minute = local / 60; /* no pattern tells seconds; the zone's offset is in it */
	struct kept_date *kept = kept_date(style, column, minute);
	UErrorCode code = U_ZERO_ERROR;
	UChar wide[128];
	char text[3 * LENGTH(wide)];
	int32_t len;

	if (kept->len > 0 && kept->minute == minute && kept->style == style && kept->column == column)
		return arena_dup(arena, str_n(kept->text, kept->len));
	len = udat_format(date_format(style, column), (UDate)local * 1000, wide, LENGTH(wide), NULL, &code);
	check(code, "a date");
	u_strToUTF8(text, sizeof(text), &len, wide, len, &code);
	check(code, "a date");
	if (len <= DATE_BYTES && local >= 0) {
		*kept = (struct kept_date){ minute, (unsigned char)style, (unsigned char)column, (unsigned char)len, "" };
		memcpy(kept->text, text, (size_t)len);
	}
	return arena_dup(arena, str_n(text, (size_t)len));
}

struct str unicode_date(enum unicode_date style, const char *language, struct str zone, int64_t at,
	struct arena *arena)
{
	int64_t local = at + unicode_zone_offset(zone, at);
	int column = strcmp(language, "en") == 0 ? 0 : 1;
	struct str text;

	if (column != 0 && civil_from_utc(local).day == 1)
		column = FIRST_OF_MONTH;
	pthread_mutex_lock(&lock);
	text = format_date(style, column, local, arena);
	pthread_mutex_unlock(&lock);
	return text;
}
