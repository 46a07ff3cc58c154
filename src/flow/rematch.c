#include "flow/rematch.h"

#include "gate/http.h"
#include "store/notice.h"

void rematch_options_init(struct rematch_options *options)
{
	*options = (struct rematch_options){ .since = DAY_NONE, .until = DAY_NONE, .now = TIME_NONE,
		.texts = true };
}

struct rematch {
	struct matcher *matchers[2]; /* before, after; or one alone, and NULL */
	const struct rematch_options *options;
	int (*each)(void *data, const struct rematch_found *found, const struct receipts *receipts,
		struct error *err);
	int (*each_change)(void *data, const struct rematch_found *found,
		const struct receipts *before, const struct receipts *after, struct error *err);
	void *data;
	const struct progress *progress;
	struct rematch_count *count;
};

/* A notice without a day is judged where no deadline is past. */
static int64_t judged_at(const struct rematch_options *options, const struct notice *notice)
{
	struct civil midnight;

	if (options->now != TIME_NONE)
		return options->now;
	if (notice->published == DAY_NONE)
		return 0;
	midnight = day_to_civil(notice->published);
	return paris_to_utc(&midnight);
}

static bool all_same(const struct receipts *a, const struct receipts *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!receipt_same(&a->at[i], &b->at[i]))
			return false;
	return true;
}

static int look_at(void *data, const struct notice *notice, int64_t seq, struct error *err)
{
	struct rematch *rematch = data;
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct match_options options = { .now = judged_at(rematch->options, notice),
		.no_gates = rematch->options->no_gates };
	struct rematch_found found = { notice, seq };
	struct receipts receipts[2] = { { NULL, 0 }, { NULL, 0 } };
	struct rematch_count *count = rematch->count;
	bool compared = rematch->matchers[1] != NULL, overspent = false;

	if (http_stop)
		return 1;
	for (int i = 0; i < 1 + compared; i++) {
		int r = matcher_run(rematch->matchers[i], notice, &options, &arena, &receipts[i], err);

		if (r < 0)
			return r;
		overspent |= r == MATCHER_OVERSPENT;
	}
	count->looked_at++;
	count->overspent += overspent;
	count->matches += (int64_t)receipts[compared].n;
	progress_tell(rematch->progress, "matching", count->looked_at, count->notices);
	if (!compared)
		return receipts[0].n > 0
			       ? rematch->each(rematch->data, &found, &receipts[0], err) : 0;
	if (all_same(&receipts[0], &receipts[1]))
		return 0;
	return rematch->each_change(rematch->data, &found, &receipts[0], &receipts[1], err);
}

static int look_at_all(struct db *db, struct rematch *rematch, struct error *err)
{
	struct notice_filter filter;
	int r;

	*rematch->count = (struct rematch_count){ .whole = STR("nothing is prepared") };
	notice_filter_init(&filter);
	filter.since = rematch->options->since;
	filter.until = rematch->options->until;
	r = store_notice_count(db, &filter, &rematch->count->notices, err);
	if (r >= 0)
		r = store_notice_each(db, &filter, look_at, rematch, err);
	return http_stop && r > 0 ? 0 : r;
}

int rematch_run(struct db *db, struct matcher *matcher, const struct rematch_options *options,
	int (*each)(void *data, const struct rematch_found *found, const struct receipts *receipts,
		struct error *err),
	void *data, const struct progress *progress, struct rematch_count *ret, struct error *err)
{
	struct rematch rematch = { .matchers = { matcher, NULL }, .options = options, .each = each,
		.data = data, .progress = progress, .count = ret };

	return look_at_all(db, &rematch, err);
}

int rematch_compare(struct db *db, struct matcher *before, struct matcher *after,
	const struct rematch_options *options,
	int (*each)(void *data, const struct rematch_found *found, const struct receipts *before,
		const struct receipts *after, struct error *err),
	void *data, const struct progress *progress, struct rematch_count *ret, struct error *err)
{
	struct rematch rematch = { .matchers = { before, after }, .options = options,
		.each_change = each, .data = data, .progress = progress, .count = ret };

	return look_at_all(db, &rematch, err);
}
