#include "store/fetch.h"

#include <assert.h>

#include "private.h"

/* sources */

int store_source_ensure(struct db *db, struct str name, bool enabled, struct error *err)
{
	struct stmt *st = db_query(db, Q_SOURCE_ENSURE);

	assert(db_in_transaction(db));
	stmt_text(st, ":name", name);
	stmt_int(st, ":enabled", enabled);
	return run_any(st, err);
}

static struct source_row source_from_row(struct stmt *st, struct arena *arena)
{
	return (struct source_row){
		.name = stmt_col_text(st, 0, arena),
		.enabled = stmt_col_int(st, 1) != 0,
		.complete_until = stmt_col_day(st, 2),
		.last_run = stmt_col_time(st, 3),
		.last_success = stmt_col_time(st, 4),
		.failing_since = stmt_col_time(st, 5),
		.error = stmt_col_text(st, 6, arena),
	};
}

int store_source_find(struct db *db, struct str name, struct arena *arena, struct source_row *ret,
	struct error *err)
{
	struct stmt *st = db_query(db, Q_SOURCE_FIND);
	int r;

	stmt_text(st, ":name", name);
	r = stmt_step(st, err);
	if (r != STMT_ROW)
		return r < 0 ? r : STORE_NONE;
	*ret = source_from_row(st, arena);
	stmt_reset(st);
	return 0;
}

int store_source_list(struct db *db, struct arena *arena, struct source_row **ret, size_t *ret_n,
	struct error *err)
{
	struct stmt *st = db_query(db, Q_SOURCE_LIST);
	struct source_row *rows = NULL;
	size_t n = 0, capacity = 0;
	int r;

	while ((r = stmt_step(st, err)) == STMT_ROW) {
		arena_grow(arena, rows, n, &capacity);
		rows[n++] = source_from_row(st, arena);
	}
	if (r)
		return r;
	*ret = rows;
	*ret_n = n;
	return 0;
}

int store_source_enable(struct db *db, struct str name, bool enabled, struct error *err)
{
	struct stmt *st = db_query(db, Q_SOURCE_ENABLE);

	assert(db_in_transaction(db));
	stmt_text(st, ":name", name);
	stmt_int(st, ":enabled", enabled);
	return run_one(st, err);
}

int store_source_run(struct db *db, struct str name, int64_t now, bool success, struct str error,
	struct error *err)
{
	struct stmt *st = db_query(db, success ? Q_SOURCE_SUCCEEDED : Q_SOURCE_FAILED);

	assert(db_in_transaction(db));
	stmt_text(st, ":name", name);
	stmt_time(st, ":now", now);
	if (!success)
		stmt_text(st, ":error", error);
	return run_one(st, err);
}

int store_source_cursor(struct db *db, struct str name, day_t complete_until, struct error *err)
{
	struct stmt *st = db_query(db, Q_SOURCE_CURSOR);

	assert(db_in_transaction(db));
	stmt_text(st, ":name", name);
	stmt_day(st, ":complete_until", complete_until);
	return run_one(st, err);
}

/* coverage */

int store_coverage_put(struct db *db, const struct coverage_row *row, struct error *err)
{
	struct stmt *st = db_query(db, Q_COVERAGE_PUT);
	int r;

	assert(db_in_transaction(db));
	stmt_text(st, ":source", row->source);
	stmt_day(st, ":day", row->day);
	if (row->announced >= 0)
		stmt_int(st, ":announced", row->announced);
	else
		stmt_null(st, ":announced");
	stmt_int(st, ":stored", row->stored);
	stmt_int(st, ":rejected", row->rejected);
	stmt_int(st, ":complete", row->complete);
	stmt_int(st, ":attempts", row->attempts);
	stmt_text(st, ":error", row->error);
	stmt_time(st, ":updated", row->updated);
	r = run_any(st, err);
	return r ? r : incident_put(db, row, err);
}

int store_coverage_list(struct db *db, struct str source, day_t since, day_t until,
	struct arena *arena, struct coverage_row **ret, size_t *ret_n, struct error *err)
{
	struct stmt *st = db_query(db, Q_COVERAGE_LIST);
	struct coverage_row *rows = NULL;
	size_t n = 0, capacity = 0;
	int r;

	stmt_text(st, ":source", source);
	stmt_int(st, ":since", since);
	stmt_int(st, ":until", until);
	while ((r = stmt_step(st, err)) == STMT_ROW) {
		arena_grow(arena, rows, n, &capacity);
		rows[n++] = (struct coverage_row){
			.source = stmt_col_text(st, 0, arena),
			.day = stmt_col_day(st, 1),
			.announced = stmt_col_null(st, 2) ? -1 : stmt_col_int(st, 2),
			.stored = stmt_col_int(st, 3),
			.rejected = stmt_col_int(st, 4),
			.complete = stmt_col_int(st, 5) != 0,
			.attempts = (int)stmt_col_int(st, 6),
			.error = stmt_col_text(st, 7, arena),
			.updated = stmt_col_time(st, 8),
		};
	}
	if (r)
		return r;
	*ret = rows;
	*ret_n = n;
	return 0;
}

/* items */

int store_item_put(struct db *db, struct str source, struct str ref, day_t day, struct str stamp,
	struct str raw_hash, struct error *err)
{
	struct stmt *st = db_query(db, Q_ITEM_PUT);

	assert(db_in_transaction(db));
	stmt_text(st, ":source", source);
	stmt_text(st, ":ref", ref);
	stmt_day(st, ":day", day);
	stmt_text(st, ":stamp", stamp);
	stmt_text(st, ":raw_hash", raw_hash);
	return run_any(st, err);
}

int store_item_find(
	struct db *db, struct str source, struct str ref, struct str stamp, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct stmt *st = db_query(db, Q_ITEM_FIND);
	bool same;
	int r;

	stmt_text(st, ":source", source);
	stmt_text(st, ":ref", ref);
	r = stmt_step(st, err);
	if (r != STMT_ROW)
		return r < 0 ? r : STORE_NONE;
	same = str_eq(stmt_col_text(st, 0, &arena), stamp);
	stmt_reset(st);
	return same ? 0 : STORE_UPDATED;
}

int store_item_count(struct db *db, struct str source, day_t day, int64_t *ret_stored,
	int64_t *ret_rejected, struct error *err)
{
	struct stmt *st = db_query(db, Q_ITEM_COUNT);
	int r;

	stmt_text(st, ":source", source);
	stmt_day(st, ":day", day);
	r = stmt_step(st, err);
	if (r < 0)
		return r;
	assert(r == STMT_ROW);
	*ret_stored = stmt_col_int(st, 0);
	*ret_rejected = stmt_col_int(st, 1);
	stmt_reset(st);
	return 0;
}

int store_item_linked(struct db *db, struct str source, day_t day, int64_t *ret, struct error *err)
{
	struct stmt *st = db_query(db, Q_ITEM_LINKED);

	stmt_text(st, ":source", source);
	stmt_day(st, ":day", day);
	return step_int(st, ret, err);
}

/* validators */

int store_validator_find(struct db *db, struct str url, struct arena *arena, struct str *ret_etag,
	struct str *ret_last_modified, struct error *err)
{
	struct stmt *st = db_query(db, Q_VALIDATOR_FIND);
	int r;

	stmt_text(st, ":url", url);
	r = stmt_step(st, err);
	if (r != STMT_ROW)
		return r < 0 ? r : STORE_NONE;
	*ret_etag = stmt_col_text(st, 0, arena);
	*ret_last_modified = stmt_col_text(st, 1, arena);
	stmt_reset(st);
	return 0;
}

int store_validator_put(
	struct db *db, struct str url, struct str etag, struct str last_modified, struct error *err)
{
	struct stmt *st = db_query(db, Q_VALIDATOR_PUT);

	assert(db_in_transaction(db));
	stmt_text(st, ":url", url);
	stmt_text(st, ":etag", etag);
	stmt_text(st, ":last_modified", last_modified);
	return run_any(st, err);
}
