#include "gate/db.h"

#include <assert.h>
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "db_handle.h"

/* failures */

/* A full disk is SQLITE_FULL where the database is written, and an error of input and output elsewhere. */
static int fail_io(const struct db *db, int code, struct error *err)
{
	int system = sqlite3_system_errno(db->handle);

	if (system == ENOSPC || system == EDQUOT)
		return error_set(err, ERROR_STORE, "%s: disk full", db->path);
	return error_set(err, ERROR_STORE, "%s: cannot be read or written (SQLite's code %d)", db->path,
		code);
}

int db_fail(const struct db *db, int code, const char *doing, struct error *err)
{
	switch (code & 0xff) {
	case SQLITE_NOMEM:
		die("out of memory (SQLite)");
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return error_set(err, ERROR_STORE, "%s: database is busy", db->path);
	case SQLITE_FULL:
		return error_set(err, ERROR_STORE, "%s: disk full", db->path);
	case SQLITE_IOERR:
		return fail_io(db, code, err);
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return error_set(err, ERROR_STORE,
			"%s: not writable (the folder must be writable too)", db->path);
	case SQLITE_CANTOPEN:
		return error_set(err, ERROR_STORE,
			"%s: cannot be opened (the folder must be writable too)", db->path);
	case SQLITE_CORRUPT:
		return error_set(err, ERROR_STORE, "%s: database is damaged: %s", db->path,
			sqlite3_errmsg(db->handle));
	case SQLITE_NOTADB:
		return error_set(err, ERROR_STORE, "%s: not a database", db->path);
	default:
		return error_set(err, ERROR_STORE, "%s: %s%s%s", db->path, doing ? doing : "",
			doing ? ": " : "", sqlite3_errmsg(db->handle));
	}
}

int db_exec(struct db *db, const char *sql, struct error *err)
{
	int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);

	return code == SQLITE_OK ? 0 : db_fail(db, code, NULL, err);
}

int db_pragma(struct db *db, const char *sql, int64_t *ret, struct error *err)
{
	sqlite3_stmt *pragma = NULL;
	int code = sqlite3_prepare_v2(db->handle, sql, -1, &pragma, NULL), r = 0;

	if (code == SQLITE_OK)
		code = sqlite3_step(pragma);
	if (code == SQLITE_ROW)
		*ret = sqlite3_column_int64(pragma, 0);
	else
		r = db_fail(db, code, sql, err);
	sqlite3_finalize(pragma);
	return r;
}

/* transactions */

void db_abandon(struct db *db)
{
	if (!sqlite3_get_autocommit(db->handle))
		sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
}

/* A statement with RETURNING that was left early would keep its transaction from ending. */
static void reset_writers(struct db *db)
{
	for (size_t i = 0; i < db->n_texts; i++)
		if (db->texts[i].writes && db->stmts[i].touched)
			sqlite3_reset(db->stmts[i].handle);
}

static void end_write(struct db *db)
{
	db_abandon(db);
	db->writing = false;
	db_gate_leave(db);
}

int db_begin(struct db *db, struct error *err)
{
	int r;

	assert(!db->writing && !db->reading);
	if (db->mode == DB_READ)
		return error_set(err, ERROR_STORE, "%s: opened for reading only", db->path);
	r = db_gate_take(db, err);
	if (r < 0)
		return r;
	r = db_exec(db, "BEGIN IMMEDIATE", err);
	if (r < 0) {
		db_gate_leave(db);
		return r;
	}
	db->writing = true;
	return 0;
}

int db_commit(struct db *db, struct error *err)
{
	int r = 0;

	assert(db->writing);
	reset_writers(db);
	/* A full disk may have made SQLite roll back by itself. */
	if (sqlite3_get_autocommit(db->handle))
		r = error_set(err, ERROR_STORE, "%s: the transaction was rolled back", db->path);
	else
		r = db_exec(db, "COMMIT", err);
	/* What was committed is safe in the log; when it cannot be brought home now, the next one tries. */
	if (r == 0 && db->wal_pages > db->log_pages)
		sqlite3_wal_checkpoint_v2(db->handle, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	end_write(db);
	return r;
}

void db_rollback(struct db *db)
{
	if (!db || !db->writing)
		return;
	reset_writers(db);
	end_write(db);
}

bool db_in_transaction(const struct db *db)
{
	return db->writing;
}

void db_release(struct db *db)
{
	sqlite3_db_release_memory(db->handle);
}

void db_keep(struct db *db, int kib)
{
	char sql[48];

	snprintf(sql, sizeof(sql), "PRAGMA cache_size = -%d", kib);
	sqlite3_exec(db->handle, sql, NULL, NULL, NULL); /* no more than a wish */
}

void db_log_grow(struct db *db, int pages)
{
	db->log_pages = pages;
}

bool db_crowded(struct db *db)
{
	int spilled = 0, unused = 0;

	sqlite3_db_status(db->handle, SQLITE_DBSTATUS_CACHE_SPILL, &spilled, &unused, 1);
	return spilled > 0;
}

bool db_writable(const struct db *db)
{
	return db->mode != DB_READ;
}

void db_set_wait(struct db *db, int milliseconds)
{
	db->wait_ms = milliseconds;
	sqlite3_busy_timeout(db->handle, milliseconds);
}

int db_read_begin(struct db *db, struct error *err)
{
	int r;

	assert(!db->writing && !db->reading);
	r = db_exec(db, "BEGIN DEFERRED", err);
	if (r < 0)
		return r;
	db->reading = true;
	return 0;
}

void db_read_end(struct db *db)
{
	if (!db || !db->reading)
		return;
	db_abandon(db);
	db->reading = false;
}

/* checks */

int db_quick_check(sqlite3 *handle, const char *path, struct error *err)
{
	sqlite3_stmt *check = NULL;
	int code = sqlite3_prepare_v2(handle, "PRAGMA quick_check(1)", -1, &check, NULL), r = 0;
	const char *answer = NULL;

	if (code == SQLITE_OK)
		code = sqlite3_step(check);
	if (code == SQLITE_ROW)
		answer = (const char *)sqlite3_column_text(check, 0);
	if (!answer)
		r = error_set(err, ERROR_STORE, "%s: cannot be checked: %s", path,
			sqlite3_errmsg(handle));
	else if (strcmp(answer, "ok") != 0)
		r = error_set(err, ERROR_STORE, "%s: database is damaged: %s", path, answer);
	sqlite3_finalize(check);
	return r;
}

int db_check(struct db *db, struct error *err)
{
	return db_quick_check(db->handle, db->path, err);
}

const char *db_path(const struct db *db)
{
	return db->path;
}
