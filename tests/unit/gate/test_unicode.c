#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gate/unicode.h"

static void texts_become_nfc(void **state)
{
	static const struct {
		const char *text, *nfc; /* NULL: it is already */
	} cases[] = {
		{ "", NULL },
		{ "plain", NULL },
		{ "march\xc3\xa9 \xe2\x80\x99 \xe2\x80\x93 \xe2\x82\xac \xc5\x93uvre", NULL },
		{ "\xe2\x80\xa6", NULL },
		{ "\xef\xac\x81", NULL }, /* the fi ligature is compatibility only */
		{ "\xf0\x9f\x98\x80", NULL },
		{ "q\xcc\x81", NULL }, /* q and acute: there is no composed form */
		{ "e\xcc\x81t\xc3\xa9", "\xc3\xa9t\xc3\xa9" },
		{ "c\xcc\xa7"
		  "a",
			"\xc3\xa7"
			"a" },
		{ "\xe2\x84\xa6", "\xce\xa9" },     /* ohm sign: omega */
		{ "\xe2\x84\xab", "\xc3\x85" },     /* angstrom sign: A with ring */
		{ "\xe2\x80\x80", "\xe2\x80\x82" }, /* en quad: en space */
		{ "\xe2\x80\x81", "\xe2\x80\x83" },
		{ "a\xcc\x81\xcc\xa3", "\xe1\xba\xa1\xcc\x81" }, /* marks are put in order */
		{ "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", "\xed\x95\x9c" }, /* Hangul */
		{ "\xef\xac\xac", "\xd7\xa9\xd6\xbc\xd7\x81" },             /* grows threefold */
		{ "\xe2", NULL }, /* broken text, which must not come, does no harm */
		{ "x\xcd", NULL },
		{ "e\xcc\x81\xe2", "\xc3\xa9\xef\xbf\xbd" },
	};
	struct arena arena = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct str text = str_of(cases[i].text);
		struct str nfc = unicode_nfc(text, &arena);

		if (!cases[i].nfc)
			assert_ptr_equal(nfc.ptr, text.ptr);
		else if (!str_eqz(nfc, cases[i].nfc))
			fail_msg("case %zu: %.*s", i, STR_ARG(nfc));
	}
	assert_false(str_given(unicode_nfc(STR_NONE, &arena)));
	arena_done(&arena);
}

static void long_text_becomes_nfc(void **state)
{
	enum { TIMES = 200000 };
	struct arena arena = ARENA_INIT;
	char *text = malloc(4 * TIMES);

	(void)state;
	for (size_t i = 0; i < TIMES; i++)
		memcpy(text + 4 * i, "e\xcc\x81 ", 4);
	struct str nfc = unicode_nfc(str_n(text, 4 * TIMES), &arena);
	assert_int_equal(nfc.len, 3 * TIMES);
	for (size_t i = 0; i < TIMES; i++)
		assert_memory_equal(nfc.ptr + 3 * i, "\xc3\xa9 ", 3);
	free(text);
	arena_done(&arena);
}

static void zones_are_ianas(void **state)
{
	static const char *const known[] = { "Europe/Paris", "UTC", "GMT", "CET", "Etc/GMT+5",
		"America/Argentina/Buenos_Aires", "Pacific/Noumea", "Indian/Reunion",
		"America/Cayenne", "Europe/Kiev", "America/Port-au-Prince" };
	static const char *const unknown[] = { "", "CET+1", "GMT+1", "UTC+2", "europe/paris",
		"Paris", "PST", "JST", "BST", "Etc/Unknown", "SystemV/EST5", "Europe/Paris ",
		" Europe/Paris", "Europe/Paris\n", "Europe/\xc3\x89vry", "../../etc/passwd",
		"localtime", "+01:00",
		"Europe/ParisEurope/ParisEurope/ParisEurope/ParisEurope/ParisEurope/Paris" };

	(void)state;
	for (size_t i = 0; i < LENGTH(known); i++) {
		if (!unicode_zone_known(str_of(known[i])))
			fail_msg("%s is a zone", known[i]);
	}
	for (size_t i = 0; i < LENGTH(unknown); i++) {
		if (unicode_zone_known(str_of(unknown[i])))
			fail_msg("%s is no zone", unknown[i]);
	}
	assert_false(unicode_zone_known(STR("Europe/Paris\0")));
	assert_false(unicode_zone_known(STR_NONE));
}

/* Twice through more zones than are kept open, the second time after they were dropped. */
static void offsets_are_the_zones(void **state)
{
	static const struct {
		const char *zone;
		int january, july; /* minutes, 2026 */
	} cases[] = {
		{ "Europe/Paris", 60, 120 },
		{ "UTC", 0, 0 },
		{ "Europe/London", 0, 60 },
		{ "America/New_York", -300, -240 },
		{ "America/Cayenne", -180, -180 },
		{ "America/Martinique", -240, -240 },
		{ "America/St_Johns", -210, -150 },
		{ "Asia/Kolkata", 330, 330 },
		{ "Asia/Kathmandu", 345, 345 },
		{ "Australia/Lord_Howe", 660, 630 },
		{ "Australia/Sydney", 660, 600 },
		{ "Indian/Mayotte", 180, 180 },
		{ "Indian/Reunion", 240, 240 },
		{ "Pacific/Tahiti", -600, -600 },
		{ "Pacific/Noumea", 660, 660 },
		{ "Pacific/Kiritimati", 840, 840 },
		{ "Pacific/Marquesas", -570, -570 },
		{ "Pacific/Wallis", 720, 720 },
		{ "Africa/Tunis", 60, 60 },
		{ "Etc/GMT+5", -300, -300 },
	};

	(void)state;
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < LENGTH(cases); i++) {
			struct str zone = str_of(cases[i].zone);

			assert_int_equal(
				unicode_zone_offset(zone, 1768435200), 60 * cases[i].january);
			assert_int_equal(unicode_zone_offset(zone, 1784073600), 60 * cases[i].july);
		}
	}
}

/* Every hour around each change from 2020 to 2040, against the rule that base knows. */
static void paris_agrees_with_base(void **state)
{
	(void)state;
	for (int year = 2020; year <= 2040; year++) {
		for (int month = 3; month <= 10; month += 7) {
			struct civil c = { .year = year, .month = month, .day = 24 };
			int64_t start = civil_to_utc(&c, 0);

			for (int64_t at = start; at < start + 9 * 86400; at += 1800) {
				struct civil local = civil_from_utc(at + paris_offset(at));

				assert_int_equal(unicode_zone_offset(STR("Europe/Paris"), at),
					paris_offset(at));
				assert_true(unicode_zone_to_utc(STR("Europe/Paris"), &local) ==
					    paris_to_utc(&local));
			}
		}
	}
}

static void gaps_and_overlaps(void **state)
{
	static const struct {
		const char *zone;
		struct civil local;
		struct civil utc;
	} cases[] = {
		{ "Europe/Paris", { 2026, 3, 29, 1, 59, 59 }, { 2026, 3, 29, 0, 59, 59 } },
		{ "Europe/Paris", { 2026, 3, 29, 2, 0, 0 }, { 2026, 3, 29, 1, 0, 0 } },
		{ "Europe/Paris", { 2026, 3, 29, 2, 30, 15 }, { 2026, 3, 29, 1, 0, 0 } },
		{ "Europe/Paris", { 2026, 3, 29, 3, 0, 0 }, { 2026, 3, 29, 1, 0, 0 } },
		{ "Europe/Paris", { 2026, 10, 25, 2, 30, 0 }, { 2026, 10, 25, 0, 30, 0 } },
		{ "Europe/Paris", { 2026, 10, 25, 3, 0, 0 }, { 2026, 10, 25, 2, 0, 0 } },
		{ "Australia/Lord_Howe", { 2026, 10, 4, 2, 15, 0 }, { 2026, 10, 3, 15, 30, 0 } },
		{ "Australia/Lord_Howe", { 2026, 4, 5, 1, 45, 0 }, { 2026, 4, 4, 14, 45, 0 } },
		{ "Africa/Cairo", { 2010, 4, 30, 0, 30, 0 }, { 2010, 4, 29, 22, 0, 0 } },
		/* The 30th of December 2011 did not happen in Samoa. */
		{ "Pacific/Apia", { 2011, 12, 30, 12, 0, 0 }, { 2011, 12, 30, 10, 0, 0 } },
		{ "America/Cayenne", { 2026, 7, 14, 7, 30, 0 }, { 2026, 7, 14, 10, 30, 0 } },
		/* The calendar is the Gregorian one before 1582 too. */
		{ "UTC", { 1500, 3, 1, 0, 0, 0 }, { 1500, 3, 1, 0, 0, 0 } },
		{ "UTC", { 1, 1, 1, 0, 0, 0 }, { 1, 1, 1, 0, 0, 0 } },
		{ "UTC", { 9999, 12, 31, 23, 59, 59 }, { 9999, 12, 31, 23, 59, 59 } },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		int64_t want = civil_to_utc(&cases[i].utc, 0);
		int64_t at = unicode_zone_to_utc(str_of(cases[i].zone), &cases[i].local);

		if (at != want)
			fail_msg("case %zu: %lld seconds off", i, (long long)(at - want));
	}
}

static void dates_in_words(void **state)
{
	static const struct {
		enum unicode_date style;
		const char *language, *zone;
		struct civil utc;
		const char *text;
	} cases[] = {
		{ UNICODE_DAY, "fr", "Europe/Paris", { 2026, 3, 30, 10, 0, 0 }, "30 mars 2026" },
		{ UNICODE_DAY, "en", "Europe/Paris", { 2026, 3, 30, 10, 0, 0 }, "30 March 2026" },
		{ UNICODE_WEEKDAY, "fr", "Europe/Paris", { 2026, 3, 30, 10, 0, 0 },
			"lundi 30 mars 2026" },
		{ UNICODE_WEEKDAY, "en", "Europe/Paris", { 2026, 3, 30, 10, 0, 0 },
			"Monday 30 March 2026" },
		{ UNICODE_MOMENT, "fr", "Europe/Paris", { 2026, 3, 30, 10, 0, 0 },
			"lundi 30 mars 2026 \xc3\xa0 12:00" },
		{ UNICODE_MOMENT, "en", "Europe/Paris", { 2026, 3, 30, 10, 0, 0 },
			"Monday 30 March 2026 at 12:00" },
		{ UNICODE_DAY, "fr", "Europe/Paris", { 2026, 1, 1, 10, 0, 0 }, "1er janvier 2026" },
		{ UNICODE_WEEKDAY, "fr", "Europe/Paris", { 2026, 12, 1, 10, 0, 0 },
			"mardi 1er d\xc3\xa9"
			"cembre 2026" },
		{ UNICODE_MOMENT, "fr", "Europe/Paris", { 2026, 7, 31, 22, 5, 59 },
			"samedi 1er ao\xc3\xbbt 2026 \xc3\xa0 00:05" },
		{ UNICODE_DAY, "en", "Europe/Paris", { 2026, 1, 1, 10, 0, 0 }, "1 January 2026" },
		{ UNICODE_DAY, "fr", "Europe/Paris", { 2026, 2, 11, 10, 0, 0 },
			"11 f\xc3\xa9vrier 2026" },
		/* The day is the zone's. */
		{ UNICODE_MOMENT, "fr", "Pacific/Noumea", { 2026, 3, 30, 22, 0, 0 },
			"mardi 31 mars 2026 \xc3\xa0 09:00" },
		{ UNICODE_MOMENT, "en", "Pacific/Tahiti", { 2026, 3, 1, 9, 59, 0 },
			"Saturday 28 February 2026 at 23:59" },
		{ UNICODE_DAY, "fr", "UTC", { 1500, 3, 1, 0, 0, 0 }, "1er mars 1500" },
		{ UNICODE_DAY, "en", "UTC", { 9999, 12, 31, 23, 0, 0 }, "31 December 9999" },
		/* Any other language reads French. */
		{ UNICODE_DAY, "de", "UTC", { 2026, 5, 2, 0, 0, 0 }, "2 mai 2026" },
	};
	struct arena arena = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct str text = unicode_date(cases[i].style, cases[i].language,
			str_of(cases[i].zone), civil_to_utc(&cases[i].utc, 0), &arena);

		if (!str_eqz(text, cases[i].text))
			fail_msg("%.*s is not %s", STR_ARG(text), cases[i].text);
	}
	arena_done(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_become_nfc),
		cmocka_unit_test(long_text_becomes_nfc),
		cmocka_unit_test(zones_are_ianas),
		cmocka_unit_test(offsets_are_the_zones),
		cmocka_unit_test(paris_agrees_with_base),
		cmocka_unit_test(gaps_and_overlaps),
		cmocka_unit_test(dates_in_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
