/*
 * SQLite, held so that a second engine can stand behind the same calls: statements are a numbered
 * set of texts from db/queries/, prepared by number, bound by name. No SQL in C.
 *
 * Connections are WAL, synchronous=FULL, foreign_keys=ON, trusted_schema=OFF, defensive, no mmap, no
 * extensions. Every write transaction, checkpoint and last close happens while holding flock() on
 * FILE-gate beside the database (RELIABILITY 3.4): nobody starves and the WAL-reset race of SQLite
 * before 3.51.3 cannot happen.
 */
#ifndef GATE_DB_H
#define GATE_DB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/error.h"
#include "base/str.h"

struct db_statement_text {
	const char *name; /* "notice_put" */
	const char *sql;
	bool writes;
};

struct db_migration {
	const char *name; /* "0001-first.sql" */
	const char *sql;
};

enum db_mode { DB_READ, DB_WRITE, DB_CREATE };

struct db;
struct stmt;

/*
 * Opens the file. DB_CREATE makes it (0600) when missing and brings its schema up to the last
 * migration, each in one transaction; DB_WRITE too migrates; DB_READ refuses an older schema.
 * Statements of `texts` are prepared when first used; db_prepare_all() tests them all.
 * ERROR_STORE: not a database, damaged, newer than this programme (user_version above the last
 * migration), or not writable; ERROR_CONFIG: missing or empty ("run `appariteur init` first").
 */
int db_open(const char *path, enum db_mode mode, const struct db_statement_text *texts,
	size_t n_texts, const struct db_migration *migrations, size_t n_migrations, struct db **ret,
	struct error *err) MUST_CHECK;
void *db_close(struct db *db);
DEFINE_CLEANUP(db, db_close);
const char *db_path(const struct db *db);
int db_prepare_all(struct db *db, struct error *err) MUST_CHECK;

/* PRAGMA quick_check; ERROR_STORE with the first complaint. */
int db_check(struct db *db, struct error *err) MUST_CHECK;
/* Online backup into a new file, checked, fsynced, renamed. */
int db_backup(struct db *db, const char *path, struct error *err) MUST_CHECK;

/*
 * A write transaction: waits for the gate (at most 5 s by default, then ERROR_STORE "busy"), then
 * BEGIN IMMEDIATE. Not nested. A failed commit has rolled back. db_rollback() never fails, and does
 * nothing when no transaction is open, so it can stand at every `out:`.
 */
int db_begin(struct db *db, struct error *err) MUST_CHECK;
int db_commit(struct db *db, struct error *err) MUST_CHECK;
void db_rollback(struct db *db);
bool db_in_transaction(const struct db *db);
/* Gives back what was kept in memory of the file: after reading much of it once. */
void db_release(struct db *db);
/* How much is kept from now on; what is over goes back. A new connection keeps DB_CACHE_KIB. */
enum { DB_CACHE_KIB = 16 << 10 };
void db_keep(struct db *db, int kib);
/*
 * A commit that leaves more pages than these in the log (FILE-wal) brings them home; the last to close always
 * does. A page that many commits write is then brought home once for all of them: the longer they stay out, the
 * fewer are written. A new connection has DB_LOG_PAGES, 32 MiB, which is under what the log keeps
 * (journal_size_limit).
 */
enum { DB_LOG_PAGES = 8000 };
void db_log_grow(struct db *db, int pages);
/*
 * Since it was last asked, changed pages were written before their commit for want of room. To change such a
 * page again is dear: the checksums of all that is behind it in the log are made anew. Who can end the
 * transaction now, should.
 */
bool db_crowded(struct db *db);
bool db_writable(const struct db *db); /* not opened with DB_READ */
void db_set_wait(struct db *db, int milliseconds);

/*
 * A consistent view for several reads (BEGIN DEFERRED … COMMIT). Optional; ends with db_read_end().
 */
int db_read_begin(struct db *db, struct error *err) MUST_CHECK;
void db_read_end(struct db *db);

/*
 * The statement number `query`, reset and with all parameters unbound. Binding is by name, ":title",
 * and sticky: the first mistake is remembered and told by stmt_run() or stmt_step().
 * Text and blob views must stay alive until the statement was run to its end.
 */
struct stmt *db_query(struct db *db, int query);
void stmt_text(struct stmt *st, const char *name, struct str value);  /* STR_NONE binds NULL */
void stmt_blob(struct stmt *st, const char *name, struct str value);
/* The same packed, as an LZ4 frame, where that makes it smaller. */
void stmt_packed(struct stmt *st, const char *name, struct str value);
void stmt_int(struct stmt *st, const char *name, int64_t value);
void stmt_null(struct stmt *st, const char *name);
void stmt_day(struct stmt *st, const char *name, day_t value);        /* DAY_NONE binds NULL */
void stmt_time(struct stmt *st, const char *name, int64_t value);     /* TIME_NONE binds NULL */

enum { STMT_ROW = 1, STMT_CONFLICT = 2 };

/* Runs a statement that gives no rows. STMT_CONFLICT: a UNIQUE or PRIMARY KEY refused the row. */
int stmt_run(struct stmt *st, struct error *err) MUST_CHECK;
/* STMT_ROW: a row is there; 0: no more (the statement is reset). */
int stmt_step(struct stmt *st, struct error *err) MUST_CHECK;
int64_t stmt_changes(const struct stmt *st); /* rows touched by the last run */
void stmt_reset(struct stmt *st);            /* when leaving a loop early */

/* Columns by position, from 0. Text and blobs are copied into `arena`. NULL gives *_NONE. */
struct str stmt_col_text(struct stmt *st, int column, struct arena *arena);
struct str stmt_col_blob(struct stmt *st, int column, struct arena *arena);
/* As it was before stmt_packed(). ERROR_STORE: it is damaged. */
int stmt_col_packed(struct stmt *st, int column, struct arena *arena, struct str *ret,
	struct error *err) MUST_CHECK;
int64_t stmt_col_int(struct stmt *st, int column); /* 0 for NULL */
bool stmt_col_null(struct stmt *st, int column);
day_t stmt_col_day(struct stmt *st, int column);
int64_t stmt_col_time(struct stmt *st, int column);

#endif
