/* Judged pairs, and whether they match: what the time machine and tuning share. */
#ifndef FLOW_JUDGED_H
#define FLOW_JUDGED_H

#include "flow/backtest.h"
#include "store/judgment.h"

struct judged_pair {
	struct judgment *judgment;
	bool matches[2]; /* of two sides */
};

/* Judgments that tell whether the subject fits, by notice and profile. */
int judged_load(struct db *db, bool golden, struct arena *arena, struct judged_pair **ret, size_t *ret_n,
	struct error *err) MUST_CHECK;
/* The end of the pairs of the notice that pairs[from] is of. */
size_t judged_end(const struct judged_pair *pairs, size_t from, size_t n);
/* Fills matches[side], gates left out; each notice is read and matched once. */
int judged_match(struct db *db, struct matcher *matcher, int side, struct judged_pair *pairs, size_t n,
	struct error *err) MUST_CHECK;
struct rightness judged_rightness(const struct judged_pair *pairs, size_t n, int side);

#endif
