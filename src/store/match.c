#include "store/match.h"

#include <assert.h>

#include "private.h"
#include "store/notice.h"

static int read_reasons(struct db *db, struct arena *arena, struct receipt *ret, struct error *err)
{
	struct stmt *st = db_query(db, Q_MATCH_REASONS);
	size_t capacity = 0;
	int r;

	ret->reasons = NULL;
	ret->n_reasons = 0;
	stmt_text(st, ":profile", ret->profile);
	stmt_text(st, ":notice", ret->notice);
	while ((r = stmt_step(st, err)) == STMT_ROW) {
		arena_grow(arena, ret->reasons, ret->n_reasons, &capacity);
		ret->reasons[ret->n_reasons++] = (struct reason){
			.rule = stmt_col_text(st, 0, arena),
			.points = (points_t)stmt_col_int(st, 1),
			.field = stmt_col_text(st, 2, arena),
			.start = (uint32_t)stmt_col_int(st, 3),
			.end = (uint32_t)stmt_col_int(st, 4),
			.text = stmt_col_text(st, 5, arena),
		};
	}
	return r;
}

static bool reasons_same(const struct receipt *a, const struct receipt *b)
{
	if (a->n_reasons != b->n_reasons)
		return false;
	for (size_t i = 0; i < a->n_reasons; i++) {
		const struct reason *x = &a->reasons[i], *y = &b->reasons[i];

		if (!str_eq(x->rule, y->rule) || x->points != y->points ||
			!str_eq(x->field, y->field) || x->start != y->start || x->end != y->end ||
			!str_eq(x->text, y->text))
			return false;
	}
	return true;
}

/* STORE_NONE, STORE_UPDATED: stored and different or ended, or STORE_UNCHANGED. */
static int compare(struct db *db, const struct receipt *receipt, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct stmt *st = db_query(db, Q_MATCH_FIND);
	struct receipt stored = { .profile = receipt->profile, .notice = receipt->notice };
	bool current;
	int r;

	stmt_text(st, ":profile", receipt->profile);
	stmt_text(st, ":notice", receipt->notice);
	r = stmt_step(st, err);
	if (r != STMT_ROW)
		return r < 0 ? r : STORE_NONE;
	current = str_eqz(stmt_col_text(st, 0, &arena), "current");
	stored.score = (points_t)stmt_col_int(st, 1);
	stored.threshold = (points_t)stmt_col_int(st, 2);
	stored.lot = stmt_col_text(st, 3, &arena);
	stored.ruleset = stmt_col_int(st, 4);
	stmt_reset(st);
	if (!current || stored.score != receipt->score || stored.threshold != receipt->threshold ||
		!str_eq(stored.lot, receipt->lot) || stored.ruleset != receipt->ruleset)
		return STORE_UPDATED;
	r = read_reasons(db, &arena, &stored, err);
	if (r)
		return r;
	return reasons_same(&stored, receipt) ? STORE_UNCHANGED : STORE_UPDATED;
}

static int put_reasons(struct db *db, const struct receipt *receipt, struct error *err)
{
	struct stmt *st = db_query(db, Q_MATCH_REASONS_DELETE);
	int r;

	stmt_text(st, ":profile", receipt->profile);
	stmt_text(st, ":notice", receipt->notice);
	r = run_any(st, err);
	for (size_t i = 0; r == 0 && i < receipt->n_reasons; i++) {
		const struct reason *reason = &receipt->reasons[i];

		st = db_query(db, Q_MATCH_REASON_PUT);
		stmt_text(st, ":profile", receipt->profile);
		stmt_text(st, ":notice", receipt->notice);
		stmt_int(st, ":position", (int64_t)i);
		stmt_text(st, ":rule", reason->rule);
		stmt_int(st, ":points", reason->points);
		stmt_text(st, ":field", reason->field);
		stmt_int(st, ":span_start", reason->start);
		stmt_int(st, ":span_end", reason->end);
		stmt_text(st, ":text", reason->text);
		r = run_any(st, err);
	}
	return r;
}

int store_match_put(struct db *db, const struct receipt *receipt, int64_t now, struct error *err)
{
	int found, r;
	struct stmt *st;

	assert(db_in_transaction(db));
	found = compare(db, receipt, err);
	if (found < 0)
		return found;
	st = db_query(db, found == STORE_NONE      ? Q_MATCH_INSERT
			  : found == STORE_UPDATED ? Q_MATCH_UPDATE
						   : Q_MATCH_TOUCH);
	stmt_text(st, ":profile", receipt->profile);
	stmt_text(st, ":notice", receipt->notice);
	stmt_int(st, ":notice_version", receipt->notice_version);
	stmt_time(st, ":now", now);
	if (found != STORE_UNCHANGED) {
		stmt_int(st, ":score", receipt->score);
		stmt_int(st, ":threshold", receipt->threshold);
		stmt_text(st, ":lot", receipt->lot);
		stmt_int(st, ":ruleset", receipt->ruleset);
	}
	r = run_one(st, err);
	if (r == 0 && found != STORE_UNCHANGED)
		r = put_reasons(db, receipt, err);
	if (r < 0)
		return error_add(err, "match of %.*s and %.*s", STR_ARG(receipt->profile),
			STR_ARG(receipt->notice));
	if (r)
		return r;
	return found == STORE_NONE ? STORE_NEW : found;
}

/* :rematch_at, :rematch_since: what counts as open */
static void bind_open(struct stmt *st, int64_t now)
{
	stmt_time(st, ":rematch_at", now);
	stmt_day(st, ":rematch_since", paris_day(now) - NOTICE_OPEN_DAYS);
}

int store_match_end_stale(struct db *db, struct str notice, struct str profile, int64_t ruleset,
	int64_t now, struct error *err)
{
	struct stmt *st =
		db_query(db, str_given(notice) ? Q_MATCH_END_STALE : Q_MATCH_END_STALE_PROFILE);

	assert(db_in_transaction(db));
	assert(str_given(notice) || str_given(profile));
	if (str_given(notice))
		stmt_text(st, ":notice", notice);
	stmt_text(st, ":profile", profile);
	stmt_int(st, ":ruleset", ruleset);
	stmt_time(st, ":now", now);
	if (!str_given(notice))
		bind_open(st, now);
	return run_any(st, err);
}

int store_match_done(
	struct db *db, struct str notice, int version, int64_t ruleset, struct error *err)
{
	struct stmt *st = db_query(db, Q_NOTICE_MATCHED);

	assert(db_in_transaction(db));
	stmt_text(st, ":id", notice);
	stmt_int(st, ":version", version);
	stmt_int(st, ":ruleset", ruleset);
	return run_one(st, err);
}

int store_match_due(struct db *db, int64_t ruleset, int64_t now, bool *ret, struct error *err)
{
	struct stmt *st = db_query(db, Q_MATCH_DUE);
	int r;

	stmt_int(st, ":ruleset", ruleset);
	bind_open(st, now);
	r = stmt_step(st, err);
	if (r < 0)
		return r;
	*ret = r == STMT_ROW && stmt_col_int(st, 0) != 0;
	stmt_reset(st);
	return 0;
}

int store_match_stale(struct db *db, struct str profile, struct str notice, bool *ret_profile,
	bool *ret_notice, struct error *err)
{
	struct stmt *st = db_query(db, Q_MATCH_STALE);
	int r;

	stmt_text(st, ":profile", profile);
	stmt_text(st, ":notice", notice);
	r = stmt_step(st, err);
	if (r != STMT_ROW)
		return r < 0 ? r : STORE_NONE;
	*ret_profile = stmt_col_int(st, 0) != 0;
	*ret_notice = stmt_col_int(st, 1) != 0;
	stmt_reset(st);
	return 0;
}

/* A receipt without its reasons. */
struct head {
	struct receipt receipt;
	int64_t first_matched;
};

/* Columns from 0, as Q_MATCH_LIST and Q_MATCH_LIST_NOTICE have them. */
static int read_heads(
	struct stmt *st, struct arena *arena, struct head **ret, size_t *ret_n, struct error *err)
{
	struct head *heads = NULL;
	size_t n = 0, capacity = 0;
	int r;

	while ((r = stmt_step(st, err)) == STMT_ROW) {
		arena_grow(arena, heads, n, &capacity);
		heads[n++] = (struct head){
			.receipt = {
				.profile = stmt_col_text(st, 0, arena),
				.notice = stmt_col_text(st, 1, arena),
				.notice_version = (int)stmt_col_int(st, 2),
				.lot = stmt_col_text(st, 3, arena),
				.score = (points_t)stmt_col_int(st, 4),
				.threshold = (points_t)stmt_col_int(st, 5),
				.ruleset = stmt_col_int(st, 6),
			},
			.first_matched = stmt_col_time(st, 7),
		};
	}
	*ret = heads;
	*ret_n = n;
	return r;
}

struct walk {
	struct db *db;
	int (*each)(void *data, const struct receipt *receipt, int64_t first_matched,
		struct error *err);
	void *data;
};

/* Hands on what a list gives: all of it is read first, so that none is open while `each` writes. */
static int walk_list(const struct walk *walk, struct stmt *st, struct error *err)
{
	CLEANUP(arena_done) struct arena list = ARENA_INIT;
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct head *heads;
	size_t n;
	int r = read_heads(st, &list, &heads, &n, err);

	for (size_t i = 0; r == 0 && i < n; i++) {
		arena_reset(&arena);
		r = read_reasons(walk->db, &arena, &heads[i].receipt, err);
		if (r == 0)
			r = walk->each(walk->data, &heads[i].receipt, heads[i].first_matched, err);
	}
	return r;
}

static int walk_profile(const struct walk *walk, struct str profile, struct str notice,
	int64_t since, struct error *err)
{
	struct stmt *st = db_query(walk->db, Q_MATCH_LIST);

	stmt_text(st, ":profile", profile);
	stmt_text(st, ":notice", notice);
	stmt_time(st, ":since", since);
	return walk_list(walk, st, err);
}

/* One profile after the other, so that memory follows the matches of one. */
static int walk_all(const struct walk *walk, int64_t since, struct error *err)
{
	CLEANUP(arena_done) struct arena a = ARENA_INIT;
	CLEANUP(arena_done) struct arena b = ARENA_INIT;
	struct arena *mine = &a, *other = &b;
	struct str profile = STR("");

	for (;;) {
		struct stmt *st = db_query(walk->db, Q_MATCH_NEXT_PROFILE);
		struct arena *previous = mine;
		int r;

		stmt_text(st, ":after", profile);
		r = stmt_step(st, err);
		if (r != STMT_ROW)
			return r;
		mine = other;
		other = previous;
		arena_reset(mine);
		profile = stmt_col_text(st, 0, mine);
		stmt_reset(st);
		r = walk_profile(walk, profile, STR_NONE, since, err);
		if (r)
			return r;
	}
}

int store_match_each(struct db *db, const struct match_filter *filter,
	int (*each)(void *data, const struct receipt *receipt, int64_t first_matched,
		struct error *err),
	void *data, struct error *err)
{
	struct walk walk = { db, each, data };
	struct stmt *st;

	if (str_given(filter->profile))
		return walk_profile(&walk, filter->profile, filter->notice, filter->since, err);
	if (!str_given(filter->notice))
		return walk_all(&walk, filter->since, err);
	st = db_query(db, Q_MATCH_LIST_NOTICE);
	stmt_text(st, ":notice", filter->notice);
	stmt_time(st, ":since", filter->since);
	return walk_list(&walk, st, err);
}
