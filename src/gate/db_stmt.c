#include "db_handle.h"

#include <assert.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "clean.h"
#include "pack.h"

enum {
	UNPACKED_MAX = 256 << 20, /* beyond any blob: SQLITE_LIMIT_LENGTH holds for what goes in */
	PACKED_KEPT = 1 << 20,    /* room that is not given back after each statement */
};

/* Nothing but blanks and comments? */
static bool nothing(sqlite3 *handle, const char *sql)
{
	sqlite3_stmt *found = NULL;
	bool empty = sqlite3_prepare_v2(handle, sql, -1, &found, NULL) == SQLITE_OK && !found;

	sqlite3_finalize(found);
	return empty;
}

static int prepare(struct stmt *st, struct error *err)
{
	struct db *db = st->db;
	const char *name = st->text->name, *tail = "";
	int code;

	code = sqlite3_prepare_v3(db->handle, st->text->sql, -1, SQLITE_PREPARE_PERSISTENT, &st->handle,
		&tail);
	if (code != SQLITE_OK)
		return db_fail(db, code, name, err);
	if (!st->handle || !nothing(db->handle, tail))
		return error_set(err, ERROR_STORE, "query %s is not one statement", name);
	if (!sqlite3_stmt_readonly(st->handle) != st->text->writes)
		return error_set(err, ERROR_STORE, "query %s %s", name,
			st->text->writes ? "does not write" : "writes, and does not say so");
	return 0;
}

/* "" for one without a name, which nobody can bind. */
static const char *parameter_name(struct stmt *st, int index)
{
	const char *name = sqlite3_bind_parameter_name(st->handle, index);

	return name ? name : "";
}

/*
 * SQLite finds a name by comparing it with one after the other, always from the first. Copies, since its
 * own are gone when it has to prepare the statement anew.
 */
static void note_names(struct stmt *st)
{
	int n = sqlite3_bind_parameter_count(st->handle);
	size_t size = 1, at = 0;

	for (int i = 1; i <= n; i++)
		size += strlen(parameter_name(st, i)) + 1;
	st->names = calloc(1, size);
	st->places = calloc((size_t)n + 1, sizeof(*st->places));
	if (!st->names || !st->places)
		die("out of memory (a statement)");
	for (int i = 1; i <= n; i++) {
		size_t len = strlen(parameter_name(st, i));

		memcpy(st->names + at, parameter_name(st, i), len);
		st->places[i] = (int)at;
		at += len + 1;
	}
	st->n_parameters = n;
	st->last = n;
}

static void finalize(struct stmt *st)
{
	sqlite3_finalize(st->handle);
	free(st->names);
	free(st->places);
	arena_done(&st->packed);
	*st = (struct stmt){ .db = st->db, .text = st->text, .err = st->err };
}

/* A statement is prepared whole or not at all. */
static int ensure(struct stmt *st, struct error *err)
{
	int r;

	if (st->handle)
		return 0;
	r = prepare(st, err);
	if (r < 0)
		finalize(st);
	else
		note_names(st);
	return r;
}

int db_prepare_all(struct db *db, struct error *err)
{
	for (size_t i = 0; i < db->n_texts; i++) {
		int r = ensure(&db->stmts[i], err);

		if (r < 0)
			return r;
	}
	return 0;
}

void db_finalize_all(struct db *db)
{
	for (size_t i = 0; i < db->n_texts; i++)
		finalize(&db->stmts[i]);
}

struct stmt *db_query(struct db *db, int query)
{
	struct stmt *st;

	assert(query >= 0 && (size_t)query < db->n_texts);
	st = &db->stmts[query];
	error_clear(&st->err);
	st->changes = 0;
	if (st->handle)
		stmt_reset(st);
	else
		(void)!ensure(st, &st->err);
	return st;
}

/* The number of a parameter, or 0 when there is a mistake to tell. */
static int parameter(struct stmt *st, const char *name)
{
	if (st->err.kind != ERROR_NONE)
		return 0;
	st->touched = true;
	for (int i = 0, at = st->last; i < st->n_parameters; i++) {
		at = at < st->n_parameters ? at + 1 : 1;
		if (strcmp(st->names + st->places[at], name) == 0)
			return st->last = at;
	}
	error_set(&st->err, ERROR_STORE, "query %s has no parameter %s", st->text->name, name);
	return 0;
}

static void bound(struct stmt *st, const char *name, int code)
{
	if (code != SQLITE_OK && st->err.kind == ERROR_NONE)
		error_set(&st->err, ERROR_STORE, "query %s: %s cannot be bound: %s", st->text->name,
			name, sqlite3_errstr(code));
}

void stmt_text(struct stmt *st, const char *name, struct str value)
{
	int index = parameter(st, name);

	if (index)
		bound(st, name, sqlite3_bind_text64(st->handle, index, value.ptr, value.len,
			SQLITE_STATIC, SQLITE_UTF8));
}

void stmt_blob(struct stmt *st, const char *name, struct str value)
{
	int index = parameter(st, name);

	if (index)
		bound(st, name, sqlite3_bind_blob64(st->handle, index, value.ptr, value.len,
			SQLITE_STATIC));
}

void stmt_packed(struct stmt *st, const char *name, struct str value)
{
	stmt_blob(st, name, pack(value, &st->packed));
}

void stmt_int(struct stmt *st, const char *name, int64_t value)
{
	int index = parameter(st, name);

	if (index)
		bound(st, name, sqlite3_bind_int64(st->handle, index, value));
}

void stmt_null(struct stmt *st, const char *name)
{
	int index = parameter(st, name);

	if (index)
		bound(st, name, sqlite3_bind_null(st->handle, index));
}

void stmt_day(struct stmt *st, const char *name, day_t value)
{
	if (value == DAY_NONE)
		stmt_null(st, name);
	else
		stmt_int(st, name, value);
}

void stmt_time(struct stmt *st, const char *name, int64_t value)
{
	if (value == TIME_NONE)
		stmt_null(st, name);
	else
		stmt_int(st, name, value);
}

static bool conflict(int code)
{
	return code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY ||
		code == SQLITE_CONSTRAINT_ROWID;
}

/* STMT_ROW, 0 at the end, STMT_CONFLICT, or what went wrong; reset unless there is a row. */
static int step(struct stmt *st, struct error *err)
{
	struct db *db = st->db;
	int code, r = 0;

	if (st->err.kind != ERROR_NONE) {
		*err = st->err;
		stmt_reset(st);
		return -(int)err->kind;
	}
	if (st->text->writes && !db->writing) {
		stmt_reset(st);
		return error_set(err, ERROR_STORE, "query %s writes outside a transaction",
			st->text->name);
	}
	st->touched = true;
	code = sqlite3_step(st->handle);
	if (code == SQLITE_ROW)
		return STMT_ROW;
	if (code == SQLITE_DONE)
		st->changes = st->text->writes ? sqlite3_changes64(db->handle) : 0;
	else if (conflict(code))
		r = STMT_CONFLICT;
	else
		r = db_fail(db, code, st->text->name, err);
	stmt_reset(st);
	return r;
}

int stmt_run(struct stmt *st, struct error *err)
{
	int r = step(st, err);

	if (r != STMT_ROW)
		return r;
	stmt_reset(st);
	return error_set(err, ERROR_STORE, "query %s gives rows", st->text->name);
}

int stmt_step(struct stmt *st, struct error *err)
{
	int r = step(st, err);

	if (r != STMT_CONFLICT)
		return r;
	return error_set(err, ERROR_STORE, "query %s: the row is there already", st->text->name);
}

int64_t stmt_changes(const struct stmt *st)
{
	return st->changes;
}

/* Views were bound as they are; none may be left to be read once their owner is gone. */
void stmt_reset(struct stmt *st)
{
	if (!st->touched)
		return;
	st->touched = false;
	sqlite3_reset(st->handle);
	sqlite3_clear_bindings(st->handle);
	if (st->packed.total > PACKED_KEPT)
		arena_done(&st->packed);
	else
		arena_reset(&st->packed);
}

/* columns */

static struct str column_bytes(struct stmt *st, int column, bool text)
{
	const void *bytes;

	if (stmt_col_null(st, column))
		return STR_NONE;
	if (text)
		bytes = sqlite3_column_text(st->handle, column);
	else
		bytes = sqlite3_column_blob(st->handle, column);
	/* SQLite gives no pointer to an empty blob. */
	return str_n(bytes ? bytes : "", (size_t)sqlite3_column_bytes(st->handle, column));
}

struct str stmt_col_text(struct stmt *st, int column, struct arena *arena)
{
	return clean_utf8(column_bytes(st, column, true), arena);
}

struct str stmt_col_blob(struct stmt *st, int column, struct arena *arena)
{
	return arena_dup(arena, column_bytes(st, column, false));
}

int stmt_col_packed(struct stmt *st, int column, struct arena *arena, struct str *ret, struct error *err)
{
	struct str bytes = stmt_col_blob(st, column, arena);
	int r = unpack(bytes, UNPACKED_MAX, arena, ret, err);

	return r < 0 ? error_add(err, "%s, query %s", st->db->path, st->text->name) : 0;
}

int64_t stmt_col_int(struct stmt *st, int column)
{
	assert(column >= 0 && column < sqlite3_column_count(st->handle));
	return sqlite3_column_int64(st->handle, column);
}

bool stmt_col_null(struct stmt *st, int column)
{
	assert(column >= 0 && column < sqlite3_column_count(st->handle));
	return sqlite3_column_type(st->handle, column) == SQLITE_NULL;
}

day_t stmt_col_day(struct stmt *st, int column)
{
	return stmt_col_null(st, column) ? DAY_NONE : (day_t)stmt_col_int(st, column);
}

int64_t stmt_col_time(struct stmt *st, int column)
{
	return stmt_col_null(st, column) ? TIME_NONE : stmt_col_int(st, column);
}
