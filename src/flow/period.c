/* When a digest is due, and what its period is called. */
#include "flow/digest.h"
#include "gate/unicode.h"

enum { INSTANT_GROUP_S = 15 * 60, DAY_S = 24 * 3600 };

/* Today's hour of digests in the reader's zone, as an instant. */
static int64_t due_on(const struct civil *day, struct str zone, const struct digest_settings *settings)
{
	struct civil local = { day->year, day->month, day->day, settings->hour, settings->minute, 0 };

	return unicode_zone_to_utc(zone, &local);
}

static struct str daily(struct civil local, struct str zone, const struct digest_settings *settings,
	int64_t now, bool *ret_due, struct arena *arena)
{
	*ret_due = now >= due_on(&local, zone, settings);
	return arena_printf(arena, "%04d-%02d-%02d", local.year, local.month, local.day);
}

/* The week of ISO 8601 is the one its Thursday lies in. */
static struct str weekly(struct civil local, struct str zone, const struct digest_settings *settings,
	int64_t now, bool *ret_due, struct arena *arena)
{
	day_t today = day_from_civil(local.year, local.month, local.day);
	day_t monday = today - day_weekday(today);
	struct civil start = day_to_civil(monday), thursday = day_to_civil(monday + 3);
	int week = (monday + 3 - day_from_civil(thursday.year, 1, 1)) / 7 + 1;

	*ret_due = now >= due_on(&start, zone, settings);
	return arena_printf(arena, "%04d-W%02d", thursday.year, week);
}

struct str digest_period(enum cadence cadence, struct str zone, const struct digest_settings *settings,
	int64_t now, bool *ret_due, struct arena *arena)
{
	struct civil local = civil_from_utc(now + unicode_zone_offset(zone, now));
	char text[TIME_FORMAT_MAX];

	switch (cadence) {
	case CADENCE_DAILY:
		return daily(local, zone, settings, now, ret_due, arena);
	case CADENCE_WEEKLY:
		return weekly(local, zone, settings, now, ret_due, arena);
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
