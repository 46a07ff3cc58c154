/*
 * Everything again from raw, with the readers of today: after an upgrade, or to prove that the stored
 * notices are what the bytes say. What reads as before touches no row.
 */
#ifndef FLOW_REPARSE_H
#define FLOW_REPARSE_H

#include "flow/ingest.h"

/*
 * Reads every item that a notice now rests on, and every one in quarantine, in batches of one
 * transaction; older versions of a notice stay what they are, pending items wait for `import`. Where it
 * is stands in the database: a run that was stopped (http_stop, a kill) goes on there the next time,
 * unless the readers are others by then. `report->announced` is what was left to do at the start.
 */
int reparse(struct db *db, int64_t now, struct report *report, const struct progress *progress,
	struct error *err) MUST_CHECK;

#endif
