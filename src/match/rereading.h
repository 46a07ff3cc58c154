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

/* By its gates and the most it can give it is no match: nothing of it need be read. */
bool reread_hopeless(const struct reread *reread, const struct imprint *imprint,
	const struct reread_options *options);

/* The two halves of reread_run(). REREAD_FOUND: something was found, and receipts can be asked for. */
enum { REREAD_FOUND = 3 };
int reread_find(struct reread *reread, struct imprint *imprint, const struct reread_options *options,
	struct arena *arena, struct error *err) MUST_CHECK;
/* `told`: NULL, or whom rules are told to, by rule, in the place of what the matcher says. */
int reread_judge(struct reread *reread, const struct rule_shares *told, struct imprint *imprint,
	const struct reread_options *options, struct arena *arena, struct receipts *ret,
	struct error *err) MUST_CHECK;
/* The rules that fired there, once something was found. */
const struct firing *reread_firing(const struct reread *reread);
/* A pattern overspent its budget on the notice at hand. */
bool reread_overspent(const struct reread *reread);

#endif
