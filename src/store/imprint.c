#include "store/imprint.h"

#include <assert.h>

#include "private.h"

/* Bytes of words in one row. */
enum { WORD_LIST_MAX = 1 << 28 };

/* waiting */

int store_imprint_pending_count(struct db *db, int64_t *ret, struct error *err)
{
	int r = step_int(db_query(db, Q_IMPRINT_PENDING_COUNT), ret, err);

	return r < 0 ? r : 0;
}

int store_imprint_pending(struct db *db, int64_t limit, struct arena *arena, int64_t **ret,
	size_t *ret_n, struct error *err)
{
	struct stmt *st = db_query(db, Q_IMPRINT_PENDING);
	size_t capacity = 0;
	int r;

	*ret = NULL;
	*ret_n = 0;
	stmt_int(st, ":limit", limit > 0 ? limit : -1);
	while ((r = stmt_step(st, err)) == STMT_ROW) {
		arena_grow(arena, *ret, *ret_n, &capacity);
		(*ret)[(*ret_n)++] = stmt_col_int(st, 0);
	}
	return r;
}

int store_imprint_reset(struct db *db, struct error *err)
{
	static const enum query steps[] = { Q_IMPRINT_DELETE_ALL, Q_IMPRINT_BODY_DELETE_ALL, Q_WORD_LIST_DELETE_ALL,
		Q_SEGMENT_DELETE_ALL, Q_SEGMENT_BLOCK_DELETE_ALL, Q_IMPRINT_WANT_ALL };
	int r = 0;

	assert(db_in_transaction(db));
	for (size_t i = 0; r == 0 && i < LENGTH(steps); i++)
		r = run_any(db_query(db, (int)steps[i]), err);
	return r;
}

/* imprints */

int store_imprint_put(struct db *db, int64_t seq, day_t published, struct str head, struct str body,
	struct error *err)
{
	struct stmt *st = db_query(db, Q_IMPRINT_PUT);
	int r;

	assert(db_in_transaction(db));
	stmt_int(st, ":notice", seq);
	stmt_day(st, ":published", published);
	stmt_blob(st, ":bytes", head);
	r = run_any(st, err);
	if (r < 0)
		return r;
	st = db_query(db, Q_IMPRINT_BODY_PUT);
	stmt_int(st, ":notice", seq);
	stmt_blob(st, ":bytes", body);
	r = run_any(st, err);
	if (r < 0)
		return r;
	st = db_query(db, Q_IMPRINT_DONE);
	stmt_int(st, ":notice", seq);
	return run_any(st, err);
}

int store_imprint_list(struct db *db, const struct imprint_filter *filter, struct arena *arena,
	struct imprint_row **ret, size_t *ret_n, struct error *err)
{
	struct stmt *st = db_query(db, Q_IMPRINT_NEXT);
	size_t capacity = 0;
	int r;

	*ret = NULL;
	*ret_n = 0;
	stmt_int(st, ":after", filter->after_seq);
	stmt_int(st, ":limit", filter->limit > 0 ? filter->limit : -1);
	stmt_day(st, ":since", filter->since);
	stmt_day(st, ":until", filter->until);
	while ((r = stmt_step(st, err)) == STMT_ROW) {
		struct imprint_row *row;

		arena_grow(arena, *ret, *ret_n, &capacity);
		row = &(*ret)[(*ret_n)++];
		row->seq = stmt_col_int(st, 0);
		row->head = stmt_col_blob(st, 1, arena);
	}
	return r;
}

int store_imprint_find(struct db *db, int64_t seq, const struct imprint_filter *days,
	struct arena *arena, struct str *ret, struct error *err)
{
	struct stmt *st = db_query(db, Q_IMPRINT_FIND);
	day_t published;
	int r;

	stmt_int(st, ":notice", seq);
	r = stmt_step(st, err);
	if (r != STMT_ROW)
		return r < 0 ? r : STORE_NONE;
	published = stmt_col_day(st, 0);
	/* a notice without a day is of no range, as in SQL */
	if ((days->since != DAY_NONE && (published == DAY_NONE || published < days->since)) ||
		(days->until != DAY_NONE && (published == DAY_NONE || published > days->until))) {
		stmt_reset(st);
		return STORE_NONE;
	}
	*ret = stmt_col_blob(st, 1, arena);
	stmt_reset(st);
	return 0;
}

int store_imprint_body(struct db *db, int64_t seq, struct arena *arena, struct str *ret, struct error *err)
{
	struct stmt *st = db_query(db, Q_IMPRINT_BODY);
	int r;

	stmt_int(st, ":notice", seq);
	r = stmt_step(st, err);
	if (r < 0)
		return r;
	if (r != STMT_ROW)
		return error_set(err, ERROR_STORE, "the words kept of a notice are not all there");
	*ret = stmt_col_blob(st, 0, arena);
	stmt_reset(st);
	return 0;
}

int store_imprint_count(struct db *db, day_t since, day_t until, int64_t *ret, struct error *err)
{
	bool all = since == DAY_NONE && until == DAY_NONE;
	struct stmt *st = db_query(db, all ? Q_IMPRINT_COUNT_ALL : Q_IMPRINT_COUNT);
	int r;

	if (!all) {
		stmt_day(st, ":since", since);
		stmt_day(st, ":until", until);
	}
	r = step_int(st, ret, err);
	return r < 0 ? r : 0;
}

int store_imprint_count_from(struct db *db, const struct imprint_filter *days, int64_t seq, int64_t *ret,
	struct error *err)
{
	struct stmt *st = db_query(db, Q_IMPRINT_COUNT_FROM);
	int r;

	stmt_int(st, ":seq", seq);
	stmt_day(st, ":since", days->since);
	stmt_day(st, ":until", days->until);
	r = step_int(st, ret, err);
	return r < 0 ? r : 0;
}

int store_imprint_last(struct db *db, int64_t *ret, struct error *err)
{
	int r = step_int(db_query(db, Q_IMPRINT_LAST), ret, err);

	return r < 0 ? r : 0;
}

/* the dictionary */

int store_dictionary_read(struct db *db, struct dictionary *dictionary, struct error *err)
{
	struct stmt *st = db_query(db, Q_WORD_LISTS);
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	int r;

	stmt_int(st, ":from", dictionary_forms(dictionary));
	while ((r = stmt_step(st, err)) == STMT_ROW) {
		r = dictionary_read(dictionary, stmt_col_blob(st, 0, &arena), err);
		if (r < 0) {
			stmt_reset(st);
			return r;
		}
		arena_reset(&arena);
	}
	return r;
}

int store_dictionary_write(struct db *db, const struct dictionary *dictionary, uint32_t from,
	struct error *err)
{
	CLEANUP(buf_done) struct buf bytes = BUF_INIT(WORD_LIST_MAX);
	struct stmt *st = db_query(db, Q_WORD_LIST_PUT);
	int r;

	assert(db_in_transaction(db));
	if (dictionary_forms(dictionary) == from)
		return 0;
	dictionary_write(dictionary, from, &bytes);
	r = buf_check(&bytes, "a list of words", err);
	if (r < 0)
		return r;
	stmt_int(st, ":first", from);
	stmt_blob(st, ":bytes", buf_str(&bytes));
	return run_any(st, err);
}

/* segments */

static int64_t place_of(int64_t number, uint32_t stem)
{
	return number << 32 | stem;
}

int store_segment_list(struct db *db, struct arena *arena, struct segment_row **ret, size_t *ret_n,
	struct error *err)
{
	struct stmt *st = db_query(db, Q_SEGMENTS);
	size_t capacity = 0;
	int r;

	*ret = NULL;
	*ret_n = 0;
	while ((r = stmt_step(st, err)) == STMT_ROW) {
		arena_grow(arena, *ret, *ret_n, &capacity);
		(*ret)[(*ret_n)++] = (struct segment_row){ stmt_col_int(st, 0), stmt_col_int(st, 1) };
	}
	return r;
}

int store_segment_put(struct db *db, const struct segment *segment, int64_t notices, struct error *err)
{
	struct stmt *st = db_query(db, Q_SEGMENT_PUT);
	int64_t number;
	int r;

	assert(db_in_transaction(db));
	stmt_int(st, ":notices", notices);
	r = step_int(st, &number, err);
	for (size_t i = 0; r == 0 && i < segment->n; i++) {
		st = db_query(db, Q_SEGMENT_BLOCK_PUT);
		stmt_int(st, ":place", place_of(number, segment->at[i].first));
		stmt_blob(st, ":bytes", segment->at[i].bytes);
		r = run_any(st, err);
	}
	return r;
}

int store_segment_read(struct db *db, int64_t number, struct arena *arena, struct segment *ret,
	struct error *err)
{
	struct stmt *st = db_query(db, Q_SEGMENT_BLOCKS);
	size_t capacity = 0;
	int r;

	*ret = (struct segment){ NULL, 0 };
	stmt_int(st, ":from", place_of(number, 0));
	stmt_int(st, ":to", place_of(number, UINT32_MAX));
	while ((r = stmt_step(st, err)) == STMT_ROW) {
		arena_grow(arena, ret->at, ret->n, &capacity);
		ret->at[ret->n++] = (struct segment_block){ (uint32_t)stmt_col_int(st, 0),
			stmt_col_blob(st, 1, arena) };
	}
	return r;
}

int store_segment_delete(struct db *db, int64_t number, struct error *err)
{
	struct stmt *st = db_query(db, Q_SEGMENT_BLOCKS_DELETE);
	int r;

	assert(db_in_transaction(db));
	stmt_int(st, ":from", place_of(number, 0));
	stmt_int(st, ":to", place_of(number, UINT32_MAX));
	r = run_any(st, err);
	if (r < 0)
		return r;
	st = db_query(db, Q_SEGMENT_DELETE);
	stmt_int(st, ":number", number);
	return run_one(st, err);
}

int store_segment_block(struct db *db, int64_t number, uint32_t stem, struct arena *arena,
	struct segment_block *ret, struct error *err)
{
	struct stmt *st = db_query(db, Q_SEGMENT_BLOCK_FIND);
	int r;

	stmt_int(st, ":from", place_of(number, 0));
	stmt_int(st, ":place", place_of(number, stem));
	r = stmt_step(st, err);
	if (r != STMT_ROW)
		return r < 0 ? r : STORE_NONE;
	*ret = (struct segment_block){ (uint32_t)stmt_col_int(st, 0), stmt_col_blob(st, 1, arena) };
	stmt_reset(st);
	return 0;
}
