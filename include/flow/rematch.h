/*
 * Matching again what is stored, to answer questions about the past: what would this profile, this
 * rule, this ruleset have found in a year? Nothing stored changes; results are those of matcher_run()
 * over every notice of the range, receipt by receipt, but only notices that can be hit are looked at.
 *
 * Notices come in order of arrival. Each is judged as on the day it was published (midnight in Paris
 * at its beginning, so that a deadline later that day is still open) unless `now` says otherwise.
 */
#ifndef FLOW_REMATCH_H
#define FLOW_REMATCH_H

#include "base/date.h"
#include "flow/ingest.h"
#include "match/matcher.h"

struct rematch_options {
	day_t since, until; /* by day of publication, both included; DAY_NONE: no bound */
	int64_t now;        /* judge every notice at this instant; TIME_NONE: on its day of publication */
	bool no_gates;      /* as in match_options */
	bool texts;         /* receipts in full; else the text of a reason may be empty, and so may what
	                       stands behind "description:" in its `rule` */
	bool whole;         /* look at every notice, though it cannot be hit: slow, to prove the rest */
};
/* No bounds, every notice on its day, with texts. */
void rematch_options_init(struct rematch_options *options);

/*
 * What is known of a notice and its matches; good until the callback returns. The notice may have no more
 * than what matching looks at: id, version, kind, stage, nature, procedure, marks, published, deadline,
 * value, CPV, places, the buyer, titles, and of the lots ids, titles, natures, codes, places, values.
 */
struct rematch_found {
	const struct notice *notice;
	int64_t seq; /* its place in arrival order */
};

struct rematch_count {
	int64_t notices;    /* in the range */
	int64_t looked_at;  /* of them: those that could be hit */
	int64_t matches;    /* receipts given (rematch_compare: of the later matcher) */
	int64_t overspent;  /* notices on which a pattern overspent its budget, of those tried */
	struct str whole;   /* why all of them had to be looked at, static; STR_NONE: they had not */
};

/*
 * Calls `each` for every notice that has a receipt. A positive result of `each` stops quietly and is
 * returned, a negative one is a failure. Stops early, quietly, when http_stop is set. No transaction may
 * be open: the imprints of what was stored since the last time are made first (flow/imprint.h), in write
 * transactions of their own; where `db` was opened for reading only, notices without one are read the
 * slow way. Everything is then read in one view of the database: `each` may read, not write.
 */
int rematch_run(struct db *db, struct matcher *matcher, const struct rematch_options *options,
	int (*each)(void *data, const struct rematch_found *found, const struct receipts *receipts,
		struct error *err),
	void *data, const struct progress *progress, struct rematch_count *ret, struct error *err)
	MUST_CHECK;

/*
 * Calls `each` for every notice on which the two matchers differ in anything but the number of their
 * ruleset, with those receipts of both that differ; all others are the same. The matchers must have been made with
 * the same profile ids in the same order; rules and what the profiles say may differ.
 */
int rematch_compare(struct db *db, struct matcher *before, struct matcher *after,
	const struct rematch_options *options,
	int (*each)(void *data, const struct rematch_found *found, const struct receipts *before,
		const struct receipts *after, struct error *err),
	void *data, const struct progress *progress, struct rematch_count *ret, struct error *err)
	MUST_CHECK;

#endif
