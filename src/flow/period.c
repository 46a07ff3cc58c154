/* When a digest is due, and what its period is called. */
#include "flow/digest.h"
#include "gate/unicode.h"

enum { INSTANT_GROUP_S = 15 * 60 };

/* That minute of a day in the reader's zone, as an instant. */
static int64_t due_on(const struct civil *day, struct str zone, int minute)
{
	struct civil local = { day->year, day->month, day->day, minute / 60, minute % 60, 0 };

	return unicode_zone_to_utc(zone, &local);
}

static struct str daily(struct civil local, struct str zone, int minute, int64_t now,
	bool *ret_due, struct arena *arena)
{
	*ret_due = now >= due_on(&local, zone, minute);
	return arena_printf(arena, "%04d-%02d-%02d", local.year, local.month, local.day);
}

/* The week of ISO 8601 is the one its Thursday lies in. */
static struct str weekly(struct civil local, struct str zone, int minute, int64_t now,
	bool *ret_due, struct arena *arena)
{
	day_t today = day_from_civil(local.year, local.month, local.day);
	day_t monday = today - day_weekday(today);
	struct civil start = day_to_civil(monday), thursday = day_to_civil(monday + 3);
	int week = (monday + 3 - day_from_civil(thursday.year, 1, 1)) / 7 + 1;

	/* after a quiet Monday, at the hour of the day it comes on */
	*ret_due = now >= due_on(&start, zone, minute) && now >= due_on(&local, zone, minute);
	return arena_printf(arena, "%04d-W%02d", thursday.year, week);
}

static struct str period_of(enum cadence cadence, struct civil local, struct str zone, int minute,
	int64_t now, bool *ret_due, struct arena *arena)
{
	char text[TIME_FORMAT_MAX];

	switch (cadence) {
	case CADENCE_DAILY:
		return daily(local, zone, minute, now, ret_due, arena);
	case CADENCE_WEEKLY:
		return weekly(local, zone, minute, now, ret_due, arena);
	case CADENCE_INSTANT:
		*ret_due = true;
		return arena_printf(arena, "%s", time_format(now - now % INSTANT_GROUP_S, 0, text));
	case CADENCE_OFF:
	case CADENCES:
		break;
	}
	*ret_due = false;
	return STR("off");
}

struct str digest_period(enum cadence cadence, struct str zone, const struct mailing *mailing,
	const struct digest_settings *settings, int64_t now, bool *ret_due, struct arena *arena)
{
	struct civil local = civil_from_utc(now + unicode_zone_offset(zone, now));
	int minute = mailing->send_at >= 0 ? mailing->send_at : settings->hour * 60 + settings->minute;
	struct str period = period_of(cadence, local, zone, minute, now, ret_due, arena);

	if (*ret_due && mailing_quiet(mailing->quiet, day_from_civil(local.year, local.month, local.day)))
		*ret_due = false;
	return period;
}
