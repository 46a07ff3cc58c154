/* Matches with their receipts. */
#ifndef STORE_MATCH_H
#define STORE_MATCH_H

#include "match/receipt.h"
#include "store/store.h"

/*
 * Replaces what is stored for (profile, notice) by this receipt: STORE_NEW (first time this pair
 * matches), STORE_UPDATED (also: again, after it had ended) or STORE_UNCHANGED (same score, threshold,
 * lot, ruleset and reasons: only the note that it was found again). STORE_NONE: no such profile.
 */
int store_match_put(struct db *db, const struct receipt *receipt, int64_t now, struct error *err)
	MUST_CHECK;
/*
 * Ends the matches of this notice and this profile (one of them may be STR_NONE: any) that were not put since the
 * transaction's `now` under this ruleset: the pair no longer matches. What was sent stays recorded.
 * What was put for another version of the notice or of the profile is ended too, so that a clock
 * that stands still (--now) hides nothing. Of a profile, matches with notices that are closed at `now` and
 * made with its present version are left alone: they keep the ruleset that made them.
 */
int store_match_end_stale(struct db *db, struct str notice, struct str profile, int64_t ruleset,
	int64_t now, struct error *err) MUST_CHECK;
/*
 * The notice, in this version, was compared with every profile under this ruleset.
 * STORE_NONE: it has another version by now.
 */
int store_match_done(struct db *db, struct str notice, int version, int64_t ruleset,
	struct error *err) MUST_CHECK;

/*
 * Is there a profile, or a notice that is new or open at `now`, that this ruleset has not compared, in its
 * present version?
 */
int store_match_due(struct db *db, int64_t ruleset, int64_t now, bool *ret, struct error *err) MUST_CHECK;

/* Did the profile or the notice change since the pair was matched? STORE_NONE: it never was. */
int store_match_stale(struct db *db, struct str profile, struct str notice, bool *ret_profile,
	bool *ret_notice, struct error *err) MUST_CHECK;

struct match_filter {
	struct str profile, notice; /* STR_NONE: any */
	int64_t since;              /* first matched at or after; TIME_NONE: any */
};
/*
 * Current matches by (profile, score descending, notice); the arena of a receipt is reset after each.
 * A result of `each` other than 0 stops and is returned. `each` may write.
 */
int store_match_each(struct db *db, const struct match_filter *filter,
	int (*each)(void *data, const struct receipt *receipt, int64_t first_matched, struct error *err),
	void *data, struct error *err) MUST_CHECK;

#endif
