/*
 * Two matchers compared, notice by notice: an edited rule, a profile that says something else. What they
 * do not have in common is found out first, so that most notices need not be looked at, and of the others
 * only as much is matched as may differ.
 */
#ifndef MATCH_CHANGE_H
#define MATCH_CHANGE_H

#include "match/reread.h"
#include "match/select.h"

struct change;

/*
 * The matchers must have been made with the same profile ids in the same order, and must outlive it, and so
 * must the dictionary, which may grow meanwhile.
 */
struct change *change_new(const struct matcher *before, const struct matcher *after,
	const struct dictionary *dictionary);
void *change_free(struct change *change);
DEFINE_CLEANUP(change, change_free);

/* Notices on which the two may differ. `gates`: as for select_matches(). */
int change_select(struct change *change, struct dictionary *dictionary,
	const struct selection_lists *lists, bool gates, struct selection *ret, struct error *err) MUST_CHECK;

/*
 * The receipts of a notice that are not the same on both sides (receipt_same()): ret[0] before, ret[1]
 * after. Otherwise as reread_run().
 */
int change_run(struct change *change, struct imprint *imprint, const struct reread_options *options,
	struct arena *arena, struct receipts ret[2], struct error *err) MUST_CHECK;

/* Drops from both what is the same. */
void change_drop_same(struct receipts ret[2]);

#endif
