/*
 * A set of rules and profiles that stays compiled while it is edited, for who matches again and again.
 *
 * What is compiled never changes: a large layer, the base, and small ones above it, each with the profiles
 * that came or changed since. An edit compiles a layer of its own, marks what it replaces as gone and puts
 * the new list of layers in the place of the old one. Readers take the list as it is when they begin a
 * notice and keep it until the next one: they never wait, and never see half an edit. Layers are merged by
 * live_tidy(), which is for who has time: a thread of its own, or the end of a round.
 *
 * After any edits receipts are, to the byte, those of a matcher made anew with the same rules and the
 * profiles in order of id.
 *
 * Edits, merging and the making of readers may come from any thread; edits wait for each other, and for
 * nothing else. Each reader is used by one thread at a time. No clock, no input or output.
 */
#ifndef MATCH_LIVE_H
#define MATCH_LIVE_H

#include "match/matcher.h"

/*
 * Ceilings. Past them an edit merges before it returns, instead of leaving it to live_tidy(): the first
 * takes milliseconds, the second a full compile.
 */
enum {
	LIVE_LAYERS_MAX = 32,   /* above the base */
	LIVE_YOUNG_MAX = 4096,  /* profiles in them */
};

struct live;

/*
 * Takes the rules, whatever the outcome. Profiles have distinct ids, come in any order and are copied as
 * far as matching needs them. `threads`: to compile on. ERROR_LIMIT: too many profiles to number.
 */
int live_new(struct rules *rules, int64_t ruleset, const struct profile *const *profiles, size_t n,
	unsigned threads, struct live **ret, struct error *err) MUST_CHECK;
/* No reader may be left. */
void *live_free(struct live *live);
DEFINE_CLEANUP(live, live_free);

/* edits */

/* These profiles are new, or take the place of those of the same id. All at once; effective on return. */
int live_put(struct live *live, const struct profile *const *profiles, size_t n, struct error *err) MUST_CHECK;
/* Those that there are none of are passed over. */
void live_remove(struct live *live, const struct str *ids, size_t n);
/*
 * Other rules, which are taken, for all profiles. Where few of them match otherwise than those before (at most 64,
 * such as live_rules_put() takes, and the same fields, caps, rarities and function words), these take the place of
 * theirs, in some milliseconds in which edits wait. Else all is compiled anew, on as many threads as live_new(), and
 * until it returns readers and edits go on with those before.
 */
int live_rules(struct live *live, struct rules *rules, int64_t ruleset, struct error *err) MUST_CHECK;
/*
 * Some rules, which are taken, read from a file of their own: they take the place of those of the same name,
 * of whose fields they are. Effective on return: some milliseconds, and more where other rules ask for them; a
 * raw pattern, or one without a piece of a word that it needs, takes a full compile. Weights count, caps,
 * rarities and function words of the file do not. ERROR_INPUT: a new name, another field, a rule that asks for
 * rules or reads texts again (near, unless, times); then all rules must be given, to live_rules().
 */
int live_rules_put(struct live *live, struct rules *rules, int64_t ruleset, struct error *err) MUST_CHECK;
/*
 * Rules will be put one by one: makes the index of the profiles' words that it takes, which else the first one
 * makes (tenths of a second, in which edits wait). live_tidy() keeps it up.
 */
void live_expect_rules(struct live *live);

/*
 * Merges layers while there are more of them than need be: a few milliseconds, and now and then a full
 * compile. Returns whether there was anything to do.
 */
bool live_tidy(struct live *live);

/* What it holds now. */
struct live_size {
	size_t profiles;
	size_t layers; /* above the base */
	size_t young;  /* profiles in them */
	size_t gone;   /* profiles that some layer has in vain */
	size_t rules;  /* in the place of others since the last full compile */
};
struct live_size live_size(struct live *live);

/* Names of the rules of which a pattern overspent its budget (MATCHER_OVERSPENT), in `arena`. */
size_t live_suspended(struct live *live, struct arena *arena, struct str **ret);

/* reading */

struct live_reader;
struct live_reader *live_reader_new(struct live *live);
void *live_reader_free(struct live_reader *reader);
DEFINE_CLEANUP(live_reader, live_reader_free);

/*
 * As matcher_run(). Receipts live in `arena`, but their words are borrowed from what was compiled, until the
 * reader's next notice or its end.
 */
int live_run(struct live_reader *reader, const struct notice *notice, const struct match_options *options,
	struct arena *arena, struct receipts *ret, struct error *err) MUST_CHECK;

/*
 * As matcher_run_batch(), with one reader for each thread: the same results whatever `threads` is. Each
 * notice sees the edits made before it was begun. Receipts are whole copies and live until these readers'
 * next batch.
 */
void live_run_batch(struct live_reader *const *readers, unsigned threads,
	const struct notice *const *notices, size_t n, const struct match_options *options,
	struct batch_result *ret);

#endif
