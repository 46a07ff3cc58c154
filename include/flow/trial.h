/*
 * A draft's new patterns on the newest stored notices, before anybody may activate it (match/dry_run.h).
 */
#ifndef FLOW_TRIAL_H
#define FLOW_TRIAL_H

#include "flow/ingest.h"
#include "match/dry_run.h"

/* Whichever comes first; then the trial ends, and tells how many notices there were. */
enum { TRIAL_NOTICES = 10000, TRIAL_CPU_MS = 2000 };

/* Reads nothing when no pattern is new. Stops early, quietly, when http_stop is set. */
int trial_run(struct db *db, struct dry_run *run, const struct progress *progress, struct error *err)
	MUST_CHECK;

#endif
