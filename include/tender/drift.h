/*
 * Format drift: a publisher changes its form, and what we read from it grows thin without any error.
 * It shows in the share of notices that lack what a notice should have, day by day.
 */
#ifndef TENDER_DRIFT_H
#define TENDER_DRIFT_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/str.h"

enum drift_field {
	DRIFT_TITLE, DRIFT_BUYER, DRIFT_DEADLINE, DRIFT_URL, DRIFT_CPV, DRIFT_PLACE, DRIFT_FIELDS
};
const char *drift_field_name(enum drift_field field);

struct drift_day {
	struct str source;
	day_t day;
	int64_t notices;
	int64_t lacking[DRIFT_FIELDS];
};

struct drift {
	struct str source;
	day_t day;               /* the last day of the source with enough notices to judge */
	enum drift_field field;
	int share, usual;        /* per cent lacking: that day, and in the median of the days before */
};

/*
 * The newest day of each source against the median of the DRIFT_DAYS before it. Drift is a share at
 * least DRIFT_POINTS above the median and at least twice it. Days with fewer than DRIFT_NOTICES notices
 * say nothing, and fewer than DRIFT_KNOWN days that do are no median. `days` by source and day.
 */
enum { DRIFT_DAYS = 28, DRIFT_NOTICES = 20, DRIFT_KNOWN = 5, DRIFT_POINTS = 20 };
size_t drift_find(const struct drift_day *days, size_t n, struct arena *arena, struct drift **ret);

/*
 * Parts of documents that no reader has a place for (notice.unread), and how many notices of a day have
 * each. `fresh`: none of the DRIFT_DAYS before had it, though at least DRIFT_KNOWN of them had notices.
 */
struct drift_part {
	struct str source, path;
	day_t day;
	int64_t notices;
	bool fresh;
};
/* Sets `fresh`. `parts` by source, path and day; `days` by source and day. */
void drift_parts_compare(
	struct drift_part *parts, size_t n, const struct drift_day *days, size_t n_days);

#endif
