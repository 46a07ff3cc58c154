/* The inside of gate/db.h, for the files db*.c. */
#ifndef GATE_DB_HANDLE_H
#define GATE_DB_HANDLE_H

#include "gate/db.h"

struct sqlite3;
struct sqlite3_stmt;

enum {
	DB_APPLICATION_ID = 0x61707072, /* "appr": in the header of the file, for `file` and others */
	DB_WAIT_MS = 5000,
};

struct stmt {
	struct db *db;
	const struct db_statement_text *text;
	struct sqlite3_stmt *handle; /* NULL until first asked for */
	char *names;         /* of its parameters, one after the other, each with its NUL */
	int *places;         /* where the name of parameter 1, 2, … begins */
	int n_parameters;
	int last;            /* bound last: the next one is mostly its neighbour */
	bool touched;        /* since it was reset */
	struct arena packed; /* what stmt_packed() bound */
	struct error err;    /* sticky: the first mistake since db_query() */
	int64_t changes;
};

struct db {
	struct sqlite3 *handle;
	char *path;
	enum db_mode mode;
	int wait_ms;

	char *gate_path;
	int gate_fd; /* -1: a connection that only reads */
	bool gate_held;

	bool writing, reading; /* a transaction of db_begin(), of db_read_begin() */
	int wal_pages;         /* after the last commit */
	int log_pages;         /* db_log_grow() */

	const struct db_statement_text *texts;
	struct stmt *stmts; /* one per text */
	size_t n_texts;
};

/* What SQLite complained about, as an ERROR_STORE for people. `doing`: a query, or NULL. */
int db_fail(const struct db *db, int code, const char *doing, struct error *err);
int db_exec(struct db *db, const char *sql, struct error *err) MUST_CHECK;
/* The one number that a PRAGMA answers. */
int db_pragma(struct db *db, const char *sql, int64_t *ret, struct error *err) MUST_CHECK;
int db_quick_check(struct sqlite3 *handle, const char *path, struct error *err) MUST_CHECK;

/* The gate: an exclusive lock on a file of its own. ERROR_STORE "busy" after wait_ms. */
int db_gate_open(struct db *db, struct error *err) MUST_CHECK;
int db_gate_take(struct db *db, struct error *err) MUST_CHECK;
void db_gate_leave(struct db *db);
void db_gate_close(struct db *db);

/* Brings the schema up to the last migration; the versions were looked at before. */
int db_migrate(struct db *db, const struct db_migration *migrations, size_t n_migrations,
	struct error *err) MUST_CHECK;

/* Registers the system's files with logs that are written in large pieces; their name for sqlite3_open_v2(). */
const char *db_log_register(void);

/* Rolls back what SQLite still holds open, without a word. */
void db_abandon(struct db *db);
void db_finalize_all(struct db *db);

#endif
