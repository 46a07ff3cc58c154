/*
 * Keeping imprints: what matching sees of each notice (match/imprint.h), so that rematch.h reads no
 * text. Any time is good for it; whoever needs them makes what is missing first.
 */
#ifndef FLOW_IMPRINT_H
#define FLOW_IMPRINT_H

#include "flow/ingest.h"

/*
 * Makes the imprints of what was stored or changed since the last time, in batches of one transaction
 * each: a kill between them loses nothing. All of them anew when they were made by a programme that cut
 * words otherwise. Stops early, between batches, when http_stop is set. *ret: how many were made.
 */
int imprint_update(struct db *db, const struct progress *progress, int64_t *ret, struct error *err)
	MUST_CHECK;

/* Were those there are made by this programme, or one that cuts words alike? */
int imprint_current(struct db *db, bool *ret, struct error *err) MUST_CHECK;

#endif
