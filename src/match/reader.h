/*
 * What one thread needs to run a compiled matcher: its memory of words and its scratch. The matcher
 * itself is only read.
 */
#ifndef MATCH_READER_H
#define MATCH_READER_H

#include "score.h"

struct reader {
	struct scan scan;
	struct firing firing;
	struct board board;
	struct gate_visit visit;
	struct arena batch; /* receipts of matcher_run_batch() */
	const struct firing *fired; /* NULL, or what fired, when that is not for this reader to find */
	const struct rule_shares *told; /* NULL, or whom rules are told to, in the place of the matcher's */
	const uint64_t *gone;       /* NULL, or a bit for each profile that is passed over */
	bool wordless;      /* notices come without their texts: receipts repeat none of their words */
	bool unfiled;       /* the notice at hand comes without its subjects: they speak against nobody */
	bool unheaded;      /* the same of its title … */
	bool asks_head;     /* … found: title or subjects might have spoken against somebody */
};

/* What a matcher was compiled to, for those who ask which notices it may hit. */
struct matcher_view {
	const struct rules *rules;
	const struct profile *const *profiles;
	size_t n_profiles;
	const struct lexicon *lexicon;
	const struct terms *terms;
	const struct rule_code *code;     /* by rule */
	const struct rule_shares *shares; /* by rule */
};
struct matcher_view matcher_view(const struct matcher *matcher);

/*
 * A part of it, for matching again: it knows the profiles marked (NULL: all), and of the rules those they
 * hear of, those marked (NULL: none more) and what these ask for. Numbers stay the same. What it finds for
 * its profiles is what the whole one finds; that must outlive it, and the part is only given to readers of
 * its own.
 */
struct matcher *matcher_part(const struct matcher *whole, const bool *profiles, const bool *rules);

struct reader *matcher_reader_new(const struct matcher *matcher);
void *reader_free(struct reader *reader);

/* Its steps after the scan: rules, then profiles; the gates of the notice itself are the caller's. */
void matcher_fire(const struct matcher *matcher, struct reader *reader, const struct notice *notice);
int matcher_judge(const struct matcher *matcher, struct reader *reader, const struct notice *notice,
	const struct match_options *options, struct arena *arena, struct receipts *ret,
	struct error *err) MUST_CHECK;

/* matcher_run() with this reader. */
int matcher_read(const struct matcher *matcher, struct reader *reader, const struct notice *notice,
	const struct match_options *options, struct arena *arena, struct receipts *ret,
	struct error *err) MUST_CHECK;

/* Readers of the threads of matcher_run_batch(), made when first needed; they live with the matcher. */
struct reader **matcher_batch_readers(struct matcher *matcher);

#endif
