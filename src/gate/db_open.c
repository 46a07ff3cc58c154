#include "db_handle.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* What no query of ours comes near. Set last: a migration may be longer than a query. */
static const struct {
	int limit, value;
} limits[] = {
	{ SQLITE_LIMIT_LENGTH, 64 << 20 },
	{ SQLITE_LIMIT_SQL_LENGTH, 64 << 10 },
	{ SQLITE_LIMIT_COLUMN, 100 },
	{ SQLITE_LIMIT_EXPR_DEPTH, 100 },
	{ SQLITE_LIMIT_COMPOUND_SELECT, 20 },
	{ SQLITE_LIMIT_VDBE_OP, 100000 },
	{ SQLITE_LIMIT_FUNCTION_ARG, 50 },
	{ SQLITE_LIMIT_ATTACHED, 0 },
	{ SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 200 },
	{ SQLITE_LIMIT_VARIABLE_NUMBER, 200 },
	{ SQLITE_LIMIT_TRIGGER_DEPTH, 10 },
	{ SQLITE_LIMIT_WORKER_THREADS, 0 },
};

static const char *vfs_name; /* whose files; NULL: the system's */

static char *joined(const char *path, const char *suffix)
{
	char *out = NULL;

	if (asprintf(&out, "%s%s", path, suffix) < 0)
		die("out of memory (the name of a file)");
	return out;
}

/*
 * Made here and not by SQLite, for the mode. Nobody can have opened the new file yet, so closing it
 * drops no lock of another connection.
 */
static int create_file(const char *path, struct error *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0 && errno == EEXIST)
		return 0;
	if (fd < 0)
		return error_errno(err, ERROR_STORE, errno, "%s: cannot be created", path);
	close(fd);
	return 0;
}

static int look_at_file(const char *path, enum db_mode mode, struct error *err)
{
	struct stat st;

	if (stat(path, &st) < 0) {
		if (errno != ENOENT)
			return error_errno(err, ERROR_STORE, errno, "%s", path);
		if (mode == DB_CREATE)
			return create_file(path, err);
		return error_set(err, ERROR_CONFIG,
			"%s: there is no database (run `appariteur init` first)", path);
	}
	if (!S_ISREG(st.st_mode))
		return error_set(err, ERROR_STORE, "%s: not a database", path);
	if (st.st_size == 0 && mode != DB_CREATE)
		return error_set(err, ERROR_CONFIG, "%s: an empty file, no database (run `appariteur init` first)", path);
	return 0;
}

static int on_commit(void *data, sqlite3 *handle UNUSED, const char *name UNUSED, int pages)
{
	struct db *db = data;

	db->wal_pages = pages;
	return SQLITE_OK;
}

static int open_handle(struct db *db, struct error *err)
{
	bool reads = db->mode == DB_READ;
	int flags = reads ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	int code = sqlite3_open_v2(db->path, &db->handle,
		flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE, vfs_name);

	if (!db->handle)
		die("out of memory (SQLite)");
	if (code != SQLITE_OK)
		return db_fail(db, code, NULL, err);
	/* SQLite opens for reading what it may not write, without a word. */
	if (!reads && sqlite3_db_readonly(db->handle, "main"))
		return error_set(err, ERROR_STORE, "%s: not writable", db->path);
	return 0;
}

static int configure(struct db *db, struct error *err)
{
	static const struct {
		int option, value;
	} options[] = {
		{ SQLITE_DBCONFIG_DEFENSIVE, 1 },
		{ SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
		{ SQLITE_DBCONFIG_ENABLE_FKEY, 1 },
		{ SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
		{ SQLITE_DBCONFIG_DQS_DML, 0 },
		{ SQLITE_DBCONFIG_DQS_DDL, 0 },
	};

	for (size_t i = 0; i < LENGTH(options); i++)
		sqlite3_db_config(db->handle, options[i].option, options[i].value, NULL);
	/* Who only reads never brings the log home: that is done inside the gate. */
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, db->mode == DB_READ, NULL);
	sqlite3_busy_timeout(db->handle, db->wait_ms);
	/* Takes the place of the automatic checkpoint. */
	sqlite3_wal_hook(db->handle, on_commit, db);
	db_keep(db, DB_CACHE_KIB);
	return db_exec(db,
		"PRAGMA mmap_size = 0; PRAGMA synchronous = FULL; PRAGMA cell_size_check = ON;"
		"PRAGMA journal_size_limit = 67108864",
		err);
}

static int set_wal(struct db *db, struct error *err)
{
	int r = db_gate_take(db, err);

	if (r < 0)
		return r;
	/* Nothing to do where it is set already: the mode is kept in the file. */
	r = db_exec(db, "PRAGMA journal_mode = WAL", err);
	db_gate_leave(db);
	return r;
}

/* In one transaction, since another process may be migrating; `changes` is 0 for an empty file. */
static int read_versions(struct db *db, int64_t *version, int64_t *application, int64_t *changes,
	struct error *err)
{
	int r = db_exec(db, "BEGIN DEFERRED", err);

	if (r == 0)
		r = db_pragma(db, "PRAGMA user_version", version, err);
	if (r == 0)
		r = db_pragma(db, "PRAGMA application_id", application, err);
	if (r == 0)
		r = db_pragma(db, "PRAGMA schema_version", changes, err);
	db_abandon(db);
	return r;
}

static int check_version(struct db *db, size_t n_migrations, int64_t *ret, struct error *err)
{
	int64_t version = 0, application = 0, changes = 0;
	int r = read_versions(db, &version, &application, &changes, err);

	if (r < 0)
		return r;
	if (version < 0 || (application != 0 && application != DB_APPLICATION_ID) ||
		(version == 0 && changes != 0))
		return error_set(err, ERROR_STORE, "%s: the database of another programme", db->path);
	if ((uint64_t)version > n_migrations)
		return error_set(err, ERROR_STORE,
			"%s: schema %lld is newer than this programme (it knows %zu)", db->path,
			(long long)version, n_migrations);
	if (db->mode == DB_READ && (uint64_t)version < n_migrations)
		return error_set(err, ERROR_STORE,
			"%s: schema %lld is older than this programme (run `appariteur init`)", db->path,
			(long long)version);
	*ret = version;
	return 0;
}

static int prepare_file(struct db *db, const struct db_migration *migrations, size_t n_migrations,
	struct error *err)
{
	int64_t version = 0;
	int r;

	r = look_at_file(db->path, db->mode, err);
	if (r < 0)
		return r;
	if (db->mode != DB_READ) {
		r = db_gate_open(db, err);
		if (r < 0)
			return r;
	}
	r = open_handle(db, err);
	if (r < 0)
		return r;
	r = configure(db, err);
	if (r < 0)
		return r;
	r = check_version(db, n_migrations, &version, err);
	if (r < 0)
		return r;
	if (db->mode != DB_READ) {
		r = set_wal(db, err);
		if (r == 0 && (uint64_t)version < n_migrations)
			r = db_migrate(db, migrations, n_migrations, err);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < LENGTH(limits); i++)
		sqlite3_limit(db->handle, limits[i].limit, limits[i].value);
	return 0;
}

/* Nobody asks how much memory SQLite has; counting it costs a lock for each piece it takes. */
static void start_once(void)
{
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	vfs_name = db_log_register();
}

int db_open(const char *path, enum db_mode mode, const struct db_statement_text *texts,
	size_t n_texts, const struct db_migration *migrations, size_t n_migrations, struct db **ret,
	struct error *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	CLEANUP(db_closep) struct db *db = calloc(1, sizeof(*db));
	int r;

	pthread_once(&once, start_once);
	if (db)
		db->stmts = calloc(n_texts ? n_texts : 1, sizeof(*db->stmts));
	if (!db || !db->stmts)
		die("out of memory (database)");
	db->path = joined(path, "");
	db->gate_path = joined(path, "-gate");
	db->gate_fd = -1;
	db->mode = mode;
	db->wait_ms = DB_WAIT_MS;
	db->log_pages = DB_LOG_PAGES;
	db->texts = texts;
	db->n_texts = n_texts;
	for (size_t i = 0; i < n_texts; i++)
		db->stmts[i] = (struct stmt){ .db = db, .text = &texts[i] };
	r = prepare_file(db, migrations, n_migrations, err);
	if (r < 0)
		return r;
	*ret = steal(&db);
	return 0;
}

/* The last one to close brings the log home and removes it: inside the gate, or not at all. */
static void close_handle(struct db *db)
{
	struct error ignored = ERROR_INIT;

	if (db->gate_fd < 0 || db_gate_take(db, &ignored) < 0)
		sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	sqlite3_close(db->handle);
	db_gate_leave(db);
}

void *db_close(struct db *db)
{
	if (!db)
		return NULL;
	if (db->handle) {
		db_finalize_all(db);
		db_rollback(db);
		db_read_end(db);
		close_handle(db);
	}
	db_gate_close(db);
	free(db->stmts);
	free(db->gate_path);
	free(db->path);
	free(db);
	return NULL;
}
