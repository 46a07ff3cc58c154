/* The lists of stems in the database (match/segment.h), as matching asks for them (match/select.h). */
#ifndef FLOW_STEM_LISTS_H
#define FLOW_STEM_LISTS_H

#include "gate/db.h"
#include "match/select.h"

struct stem_segments;

/* `source` is what select_matches() and its like want; the segments must outlive it. */
int stem_segments_open(struct db *db, struct stem_segments **ret, struct selection_lists *source,
	struct error *err) MUST_CHECK;
void *stem_segments_close(struct stem_segments *segments);
DEFINE_CLEANUP(stem_segments, stem_segments_close);

#endif
