/* What of match/reread.h others of this folder use. */
#ifndef MATCH_REREADING_H
#define MATCH_REREADING_H

#include "match/reread.h"
#include "reader.h"

/*
 * Reads with this very matcher, which is freed with it when `owned`. `profiles`: those it knows are marked;
 * NULL: all.
 */
struct reread *reread_of(const struct matcher *matcher, struct matcher *owned, const bool *profiles,
	const struct dictionary *dictionary);

/* The rules that fire on a notice, its gates left out: 0 or REREAD_UNSURE. */
int reread_fire(struct reread *reread, struct imprint *imprint, struct arena *arena,
	const struct firing **ret, struct error *err) MUST_CHECK;
/* What was scanned for that. */
const struct scan *reread_scan(const struct reread *reread);

#endif
