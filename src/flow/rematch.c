#include "flow/rematch.h"

#include "flow/imprint.h"
#include "gate/http.h"
#include "match/change.h"
#include "stem_lists.h"
#include "store/imprint.h"
#include "store/notice.h"

enum { ROWS = 500, BOTH = 2 };

void rematch_options_init(struct rematch_options *options)
{
	*options = (struct rematch_options){ .since = DAY_NONE, .until = DAY_NONE, .now = TIME_NONE,
		.texts = true };
}

struct rematch {
	struct db *db;
	struct matcher *matchers[BOTH]; /* before, after; or one alone, and NULL */
	const struct rematch_options *options;
	int (*each)(void *data, const struct rematch_found *found, const struct receipts *receipts,
		struct error *err);
	int (*each_change)(void *data, const struct rematch_found *found,
		const struct receipts *before, const struct receipts *after, struct error *err);
	void *data;
	const struct progress *progress;
	struct rematch_count *count;

	struct dictionary *dictionary;
	struct reread *reread;  /* of one matcher */
	struct change *change;  /* of two */
	struct imprint imprint;
	int64_t seq;            /* of it */
	const uint8_t *body, *most; /* as the selection tells them, or NULL … */
	size_t width;               /* … for so many profiles each notice */
	struct arena arena;  /* of the notice at hand */
	int64_t *pending;    /* notices without a fresh imprint, ascending */
	size_t n_pending, next_pending;
};

static size_t n_matchers(const struct rematch *rematch)
{
	return rematch->matchers[1] != NULL ? 2 : 1;
}

/* A notice without a day is judged where no deadline is past. */
static struct match_options options_for(const struct rematch *rematch, const struct notice *notice)
{
	struct match_options options = { .now = rematch->options->now,
		.no_gates = rematch->options->no_gates };
	struct civil midnight;

	if (options.now != TIME_NONE)
		return options;
	options.now = 0;
	if (notice->published == DAY_NONE)
		return options;
	midnight = day_to_civil(notice->published);
	options.now = paris_to_utc(&midnight);
	return options;
}

/* Is there anything to tell? Of two matchers, what is the same has been dropped. */
static bool telling(const struct receipts receipts[BOTH])
{
	return receipts[0].n + receipts[1].n > 0;
}

static int tell(struct rematch *rematch, const struct notice *notice, int64_t seq,
	const struct receipts receipts[BOTH], bool overspent, struct error *err)
{
	struct rematch_found found = { notice, seq };

	rematch->count->looked_at++;
	rematch->count->overspent += overspent;
	rematch->count->matches += (int64_t)receipts[n_matchers(rematch) - 1].n;
	progress_tell(rematch->progress, "matching", rematch->count->looked_at, rematch->count->notices);
	if (!telling(receipts))
		return 0;
	return n_matchers(rematch) == 1
		       ? rematch->each(rematch->data, &found, &receipts[0], err)
		       : rematch->each_change(rematch->data, &found, &receipts[0], &receipts[1], err);
}

/* the slow way, by the notice itself */

static int look_at_text(void *data, const struct notice *notice, int64_t seq, struct error *err)
{
	struct rematch *rematch = data;
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct match_options options = options_for(rematch, notice);
	struct receipts receipts[BOTH] = { { NULL, 0 }, { NULL, 0 } };
	bool overspent = false;

	if (http_stop)
		return 1;
	for (size_t i = 0; i < n_matchers(rematch); i++) {
		int r = matcher_run(rematch->matchers[i], notice, &options, &arena, &receipts[i], err);

		if (r < 0)
			return r;
		overspent |= r == MATCHER_OVERSPENT;
	}
	if (n_matchers(rematch) == 2)
		change_drop_same(receipts);
	return tell(rematch, notice, seq, receipts, overspent, err);
}

static int look_at_all_texts(struct rematch *rematch, struct error *err)
{
	struct notice_filter filter;

	notice_filter_init(&filter);
	filter.since = rematch->options->since;
	filter.until = rematch->options->until;
	return store_notice_each(rematch->db, &filter, look_at_text, rematch, err);
}

static int look_up_text(struct rematch *rematch, int64_t seq, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct notice notice;
	int r = store_notice_get(rematch->db, seq, &arena, &notice, err);

	return r ? r : look_at_text(rematch, &notice, seq, err);
}

static bool in_range(const struct rematch_options *options, day_t published)
{
	if (published == DAY_NONE)
		return options->since == DAY_NONE && options->until == DAY_NONE;
	return (options->since == DAY_NONE || published >= options->since) &&
	       (options->until == DAY_NONE || published <= options->until);
}

/* What waits for its imprint, up to a place in arrival order. */
static int look_at_pending(struct rematch *rematch, int64_t before, struct error *err)
{
	int r = 0;

	while (r == 0 && rematch->next_pending < rematch->n_pending &&
		rematch->pending[rematch->next_pending] < before) {
		CLEANUP(arena_done) struct arena arena = ARENA_INIT;
		int64_t seq = rematch->pending[rematch->next_pending++];
		struct notice notice;

		r = store_notice_get(rematch->db, seq, &arena, &notice, err);
		if (r == STORE_NONE)
			r = 0;
		else if (r == 0 && in_range(rematch->options, notice.published))
			r = look_at_text(rematch, &notice, seq, err);
	}
	return r;
}

static bool is_pending(const struct rematch *rematch, int64_t seq)
{
	return rematch->next_pending < rematch->n_pending &&
	       rematch->pending[rematch->next_pending] == seq;
}

/* the quick way, by imprints */

static int find_body(void *data, struct arena *arena, struct str *ret, struct error *err)
{
	struct rematch *rematch = data;

	return store_imprint_body(rematch->db, rematch->seq, arena, ret, err);
}

static int look_at_imprint(struct rematch *rematch, const struct imprint_row *row, struct error *err)
{
	struct receipts receipts[BOTH] = { { NULL, 0 }, { NULL, 0 } };
	const struct notice *notice = &rematch->imprint.notice;
	struct reread_options options = { .texts = rematch->options->texts,
		.body = rematch->body != NULL ? rematch->body + (size_t)row->seq * rematch->width : NULL,
		.most = rematch->most != NULL ? rematch->most + (size_t)row->seq * rematch->width : NULL };
	int r;

	arena_reset(&rematch->arena);
	rematch->seq = row->seq;
	r = imprint_read(rematch->dictionary, row->head, &rematch->arena, &rematch->imprint, err);
	if (r < 0)
		return r;
	options.match = options_for(rematch, notice);
	r = rematch->change != NULL ? change_run(rematch->change, &rematch->imprint, &options,
					      &rematch->arena, receipts, err)
				    : reread_run(rematch->reread, &rematch->imprint, &options,
					      &rematch->arena, &receipts[0], err);
	if (r < 0)
		return r;
	if (r == REREAD_UNSURE)
		return look_up_text(rematch, row->seq, err);
	if (telling(receipts))
		imprint_texts(rematch->dictionary, &rematch->imprint, IMPRINT_TITLES, &rematch->arena);
	return tell(rematch, notice, row->seq, receipts, r == MATCHER_OVERSPENT, err);
}

static int look_at_row(struct rematch *rematch, const struct imprint_row *row, struct error *err)
{
	int r = look_at_pending(rematch, row->seq, err);

	if (r != 0 || is_pending(rematch, row->seq))
		return r;
	return http_stop ? 1 : look_at_imprint(rematch, row, err);
}

static struct imprint_filter filter_of(const struct rematch_options *options)
{
	return (struct imprint_filter){ options->since, options->until, 0, ROWS };
}

static int look_at_all_imprints(struct rematch *rematch, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct imprint_filter filter = filter_of(rematch->options);
	struct imprint_row *rows;
	size_t n;
	int r;

	do {
		arena_reset(&arena);
		r = store_imprint_list(rematch->db, &filter, &arena, &rows, &n, err);
		for (size_t i = 0; r == 0 && i < n; i++)
			r = look_at_row(rematch, &rows[i], err);
		if (n > 0)
			filter.after_seq = rows[n - 1].seq;
	} while (r == 0 && n > 0);
	return r != 0 ? r : look_at_pending(rematch, INT64_MAX, err);
}

/* Only those that can be hit. */
static int look_at_selected(struct rematch *rematch, const struct selection *selection, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct imprint_filter filter = filter_of(rematch->options);
	int r = 0;

	for (int64_t seq = 1; r == 0 && seq <= selection->last; seq++) {
		struct imprint_row row = { .seq = seq };

		if ((seq & 63) == 0 && selection->bits[seq >> 6] == 0)
			seq += 63; /* and none of them */
		if (!selection_has(selection, seq))
			continue;
		arena_reset(&arena);
		r = store_imprint_find(rematch->db, seq, &filter, &arena, &row.head, err);
		r = r == STORE_NONE ? 0 : r == 0 ? look_at_row(rematch, &row, err) : r;
	}
	return r != 0 ? r : look_at_pending(rematch, INT64_MAX, err);
}

static int select_notices(struct rematch *rematch, struct selection *ret, struct error *err)
{
	CLEANUP(stem_segments_closep) struct stem_segments *segments = NULL;
	bool gates = !rematch->options->no_gates;
	struct selection_lists source;
	int r = stem_segments_open(rematch->db, &segments, &source, err);

	if (r < 0)
		return r;
	return rematch->change != NULL
		       ? change_select(rematch->change, rematch->dictionary, &source, gates, ret, err)
		       : select_matches(reread_matcher(rematch->reread), rematch->dictionary, &source, gates,
				 ret, err);
}

static int look_at_some(struct rematch *rematch, struct error *err)
{
	struct selection selection = SELECTION_INIT;
	int r = select_notices(rematch, &selection, err);

	rematch->count->whole = selection.whole;
	rematch->body = str_given(selection.whole) ? NULL : selection.body;
	rematch->most = str_given(selection.whole) ? NULL : selection.most;
	rematch->width = selection.width;
	if (r == 0)
		r = str_given(selection.whole) ? look_at_all_imprints(rematch, err)
					       : look_at_selected(rematch, &selection, err);
	selection_done(&selection);
	return r;
}

static int look_at_imprints(struct rematch *rematch, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	int r = store_imprint_pending(rematch->db, 0, &arena, &rematch->pending, &rematch->n_pending, err);

	rematch->imprint.find_body = find_body;
	rematch->imprint.data = rematch;
	rematch->dictionary = dictionary_new();
	if (r == 0)
		r = store_dictionary_read(rematch->db, rematch->dictionary, err);
	if (n_matchers(rematch) == 2)
		rematch->change = change_new(rematch->matchers[0], rematch->matchers[1], rematch->dictionary);
	else
		rematch->reread = reread_new(rematch->matchers[0], rematch->dictionary);
	if (r == 0)
		r = look_at_some(rematch, err);
	reread_free(rematch->reread);
	change_free(rematch->change);
	imprint_done(&rematch->imprint);
	arena_done(&rematch->arena);
	dictionary_free(rematch->dictionary);
	return r;
}

/* Everything is read in one view, so that imprints, lists and notices belong together. */
static int look_at_view(struct rematch *rematch, struct error *err)
{
	bool current;
	int r = store_imprint_count(rematch->db, rematch->options->since, rematch->options->until,
		&rematch->count->notices, err);

	if (r == 0)
		r = imprint_current(rematch->db, &current, err);
	if (r < 0)
		return r;
	if (current && !rematch->options->whole)
		return look_at_imprints(rematch, err);
	rematch->count->whole =
		current ? STR("every notice was asked for") : STR("no imprints are kept yet");
	return look_at_all_texts(rematch, err);
}

static int rematch(struct rematch *rematch, struct error *err)
{
	int64_t made;
	int r = db_writable(rematch->db) ? imprint_update(rematch->db, rematch->progress, &made, err) : 0;

	*rematch->count = (struct rematch_count){ .whole = STR_NONE };
	if (r == 0)
		r = db_read_begin(rematch->db, err);
	if (r < 0)
		return r;
	r = look_at_view(rematch, err);
	db_read_end(rematch->db);
	return http_stop && r > 0 ? 0 : r;
}

int rematch_run(struct db *db, struct matcher *matcher, const struct rematch_options *options,
	int (*each)(void *data, const struct rematch_found *found, const struct receipts *receipts,
		struct error *err),
	void *data, const struct progress *progress, struct rematch_count *ret, struct error *err)
{
	struct rematch all = { .db = db, .matchers = { matcher, NULL }, .options = options,
		.each = each, .data = data, .progress = progress, .count = ret };

	return rematch(&all, err);
}

int rematch_compare(struct db *db, struct matcher *before, struct matcher *after,
	const struct rematch_options *options,
	int (*each)(void *data, const struct rematch_found *found, const struct receipts *before,
		const struct receipts *after, struct error *err),
	void *data, const struct progress *progress, struct rematch_count *ret, struct error *err)
{
	struct rematch all = { .db = db, .matchers = { before, after }, .options = options,
		.each_change = each, .data = data, .progress = progress, .count = ret };

	return rematch(&all, err);
}
