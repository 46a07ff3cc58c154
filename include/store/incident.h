/*
 * What went wrong with sources, over time: days that stayed incomplete, and what the notices of each
 * day lack.
 */
#ifndef STORE_INCIDENT_H
#define STORE_INCIDENT_H

#include "store/fetch.h"
#include "tender/drift.h"

/*
 * A gap: opened, counted and ended by store_coverage_put(). A day is one from the first attempt that ends
 * with an error to the first that ends without.
 */
struct incident {
	struct str source;
	day_t day;
	int64_t since, last, ended; /* ended: TIME_NONE while it is open */
	int attempts;
	struct str error;
};
/* All that are open, and those of the days from `since` to `until`; `source` STR_NONE: any. */
int store_incident_list(struct db *db, struct str source, day_t since, day_t until, struct arena *arena,
	struct incident **ret, size_t *ret_n, struct error *err) MUST_CHECK;

/* By source and day. */
int store_drift_days(struct db *db, day_t since, day_t until, struct arena *arena,
	struct drift_day **ret, size_t *ret_n, struct error *err) MUST_CHECK;

/* By source, part and day. */
int store_drift_parts(struct db *db, day_t since, day_t until, struct arena *arena,
	struct drift_part **ret, size_t *ret_n, struct error *err) MUST_CHECK;

#endif
