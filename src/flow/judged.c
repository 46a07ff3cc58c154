#include "judged.h"

#include <stdlib.h>

#include "store/notice.h"

static int by_notice(const void *a, const void *b)
{
	const struct judged_pair *x = a, *y = b;
	int order = str_cmp(x->judgment->notice, y->judgment->notice);

	return order != 0 ? order : str_cmp(x->judgment->profile, y->judgment->profile);
}

int judged_load(struct db *db, bool golden, struct arena *arena, struct judged_pair **ret, size_t *ret_n,
	struct error *err)
{
	struct judgment_filter filter = { STR_NONE, STR_NONE, golden };
	struct judgment *judgments;
	struct judged_pair *pairs;
	size_t n, n_pairs = 0;
	int r = store_judgment_list(db, &filter, arena, &judgments, &n, err);

	if (r < 0)
		return r;
	pairs = arena_array(arena, struct judged_pair, n);
	for (size_t i = 0; i < n; i++)
		if (judgment_on_subject(&judgments[i]))
			pairs[n_pairs++].judgment = &judgments[i];
	if (n_pairs > 1)
		qsort(pairs, n_pairs, sizeof(*pairs), by_notice);
	*ret = pairs;
	*ret_n = n_pairs;
	return 0;
}

size_t judged_end(const struct judged_pair *pairs, size_t from, size_t n)
{
	size_t to = from + 1;

	while (to < n && str_eq(pairs[to].judgment->notice, pairs[from].judgment->notice))
		to++;
	return to;
}

static bool has_profile(const struct receipts *receipts, struct str profile)
{
	for (size_t i = 0; i < receipts->n; i++)
		if (str_eq(receipts->at[i].profile, profile))
			return true;
	return false;
}

static int match_notice(struct db *db, struct matcher *matcher, int side, struct judged_pair *pairs,
	size_t n, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct match_options options = { .no_gates = true };
	struct receipts receipts;
	struct notice notice;
	int r = store_notice_find(db, pairs[0].judgment->notice, &arena, &notice, err);

	if (r != 0)
		return r < 0 ? r : 0;
	r = matcher_run(matcher, &notice, &options, &arena, &receipts, err);
	for (size_t i = 0; r >= 0 && i < n; i++)
		pairs[i].matches[side] = has_profile(&receipts, pairs[i].judgment->profile);
	return r < 0 ? r : 0;
}

int judged_match(struct db *db, struct matcher *matcher, int side, struct judged_pair *pairs, size_t n,
	struct error *err)
{
	int r = 0;

	for (size_t from = 0, to; r >= 0 && from < n; from = to) {
		to = judged_end(pairs, from, n);
		r = match_notice(db, matcher, side, &pairs[from], to - from, err);
	}
	return r;
}

struct rightness judged_rightness(const struct judged_pair *pairs, size_t n, int side)
{
	int64_t matched = 0, good = 0, wanted = 0, found = 0;

	for (size_t i = 0; i < n; i++) {
		int grade = pairs[i].judgment->grade;

		matched += pairs[i].matches[side];
		good += pairs[i].matches[side] && grade > 0;
		wanted += grade == JUDGMENT_GRADE_MAX;
		found += pairs[i].matches[side] && grade == JUDGMENT_GRADE_MAX;
	}
	return (struct rightness){ share_of(good, matched), share_of(found, wanted) };
}
