/*
 * When a person wants to be written to, beyond the cadence: the hour, days without mail, and how long
 * before a deadline one is reminded. Of several profiles with one address, the first one's count.
 */
#ifndef TENDER_MAILING_H
#define TENDER_MAILING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/error.h"
#include "base/str.h"

enum {
	MAILING_HOUR_OF_INSTANCE = -1,
	MAILING_REMINDERS_MAX = 4, /* for one deadline */
	MAILING_REMINDER_DAYS_MAX = 60,
	MAILING_QUIET_MAX = 32,    /* words */
};

struct mailing {
	int send_at;          /* minute of the day in the profile's zone; MAILING_HOUR_OF_INSTANCE */
	struct str quiet;     /* "weekends holidays 2026-12-24/2027-01-02"; STR_NONE: no day is quiet */
	struct str reminders; /* "7 2", calendar days before; "" none; STR_NONE: the usual, 7 and 2 */
};

#define MAILING_INIT { MAILING_HOUR_OF_INSTANCE, { NULL, 0 }, { NULL, 0 } }

/*
 * Made canonical in `arena`: words of `quiet` each once and in order, reminders most days first.
 * ERROR_INPUT names the member and what was expected.
 */
int mailing_check(struct mailing *mailing, struct arena *arena, struct error *err) MUST_CHECK;

/* "07:30", to a minute of the day and back; -1 for what is no time. */
int mailing_hour_parse(struct str text);
struct str mailing_hour_format(int send_at, struct arena *arena); /* STR_NONE for the instance's */

/* Is nothing sent on that day? Weekends are Saturday and Sunday, holidays those of France. */
bool mailing_quiet(struct str quiet, day_t day);

/* How many days before a deadline, most first; how many there are. */
size_t mailing_reminders(struct str reminders, int ret[MAILING_REMINDERS_MAX]);

#endif
