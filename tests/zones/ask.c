/*
 * Answers questions about zones, one a line, for tests/golden/test_zones.py:
 *
 *	known ZONE              1 or 0
 *	offset ZONE AT          seconds east of UTC at that instant
 *	utc ZONE DAY MINUTE     the instant of that minute of a civil day ("2026-03-29")
 *	due ZONE AT MINUTE      period of a daily digest at that instant, and whether it is due
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow/digest.h"
#include "gate/unicode.h"

enum { LINE_SIZE = 200, WORDS = 4 };

static int64_t number(struct str text)
{
	int64_t n = 0;

	if (!str_to_int64(text, &n))
		die("not a number: %.*s", STR_ARG(text));
	return n;
}

static void answer_utc(struct str zone, struct str day, struct str minute)
{
	struct civil civil = day_to_civil(day_parse(day));
	int at = (int)number(minute);

	civil.hour = at / 60;
	civil.minute = at % 60;
	civil.second = 0;
	printf("%" PRId64 "\n", unicode_zone_to_utc(zone, &civil));
}

static void answer_due(struct str zone, int64_t at, int minute)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	const struct digest_settings settings = { .hour = minute / 60, .minute = minute % 60 };
	const struct mailing mailing = MAILING_INIT;
	bool due = false;
	struct str period = digest_period(CADENCE_DAILY, zone, &mailing, &settings, at, &due, &arena);

	printf("%.*s %d\n", STR_ARG(period), due);
}

int main(void)
{
	char line[LINE_SIZE];

	while (fgets(line, sizeof(line), stdin) != NULL) {
		struct str rest = str_trim(str_of(line)), words[WORDS] = { STR_NONE, STR_NONE, STR_NONE, STR_NONE };

		for (size_t i = 0; i < WORDS && str_cut(&rest, ' ', &words[i]); i++)
			;
		if (str_eqz(words[0], "known"))
			printf("%d\n", unicode_zone_known(words[1]));
		else if (str_eqz(words[0], "offset"))
			printf("%d\n", unicode_zone_offset(words[1], number(words[2])));
		else if (str_eqz(words[0], "utc"))
			answer_utc(words[1], words[2], words[3]);
		else if (str_eqz(words[0], "due"))
			answer_due(words[1], number(words[2]), (int)number(words[3]));
		else
			die("no such question: %s", line);
	}
	return 0;
}
