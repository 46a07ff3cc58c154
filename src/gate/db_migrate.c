#include "db_handle.h"

#include <sqlite3.h>
#include <stdio.h>

static int set_number(struct db *db, const char *pragma, int64_t number, struct error *err)
{
	char sql[80];

	snprintf(sql, sizeof(sql), "PRAGMA %s = %lld", pragma, (long long)number);
	return db_exec(db, sql, err);
}

static int check_references(struct db *db, struct error *err)
{
	sqlite3_stmt *check = NULL;
	int code = sqlite3_prepare_v2(db->handle, "PRAGMA foreign_key_check", -1, &check, NULL);
	int r = 0;

	if (code == SQLITE_OK)
		code = sqlite3_step(check);
	if (code == SQLITE_ROW)
		r = error_set(err, ERROR_STORE, "%s: a row of %s refers to nothing", db->path,
			(const char *)sqlite3_column_text(check, 0));
	else if (code != SQLITE_DONE)
		r = db_fail(db, code, NULL, err);
	sqlite3_finalize(check);
	return r;
}

/* Within a transaction: one migration and the number that says it was done. */
static int apply(struct db *db, const struct db_migration *migration, int64_t number,
	struct error *err)
{
	int r;

	r = db_exec(db, migration->sql, err);
	if (r < 0)
		return r;
	if (sqlite3_get_autocommit(db->handle))
		return error_set(err, ERROR_STORE, "it ends its transaction itself");
	r = check_references(db, err);
	if (r < 0)
		return r;
	r = set_number(db, "application_id", DB_APPLICATION_ID, err);
	if (r < 0)
		return r;
	r = set_number(db, "user_version", number, err);
	if (r < 0)
		return r;
	return db_exec(db, "COMMIT", err);
}

/* The next migration, or 1 when none is left: another process may have been faster. */
static int step(struct db *db, const struct db_migration *migrations, size_t n_migrations,
	struct error *err)
{
	int64_t version = 0;
	int r;

	r = db_exec(db, "BEGIN IMMEDIATE", err);
	if (r < 0)
		return r;
	r = db_pragma(db, "PRAGMA user_version", &version, err);
	if (r == 0 && (uint64_t)version >= n_migrations)
		r = 1;
	if (r == 0) {
		r = apply(db, &migrations[version], version + 1, err);
		if (r < 0)
			error_add(err, "%s", migrations[version].name);
	}
	db_abandon(db);
	return r;
}

int db_migrate(struct db *db, const struct db_migration *migrations, size_t n_migrations,
	struct error *err)
{
	int r;

	r = db_gate_take(db, err);
	if (r < 0)
		return r;
	/*
	 * A migration may rebuild a table that others refer to; what they refer to is checked at its end. It
	 * may also change a CHECK in place, which touches no row (SQLite, ALTER TABLE, section 7).
	 */
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_ENABLE_FKEY, 0, NULL);
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
	do {
		r = step(db, migrations, n_migrations, err);
	} while (r == 0);
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
	db_gate_leave(db);
	return r < 0 ? r : 0;
}
