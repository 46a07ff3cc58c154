/* A database of two tables in a folder of its own, for the tests of gate/db.h. */
#ifndef TEST_DB_FIXTURE_H
#define TEST_DB_FIXTURE_H

#include "gate/db.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum query {
	Q_PUT,
	Q_GET,
	Q_COUNT,
	Q_LIST,
	Q_PUT_RETURNING,
	Q_CHILD_PUT,
	Q_DELETE,
	Q_FILL,
	Q_COPY,
	Q_COMMENT,
	Q_TEXTS,
};

static const struct db_statement_text texts[] = {
	[Q_PUT] = { "put", "INSERT INTO item (id, name, bytes, day, at) VALUES (:id, :name, :bytes, :day, :at)", true },
	[Q_GET] = { "get", "SELECT name, bytes, day, at FROM item WHERE id = :id", false },
	[Q_COUNT] = { "count", "SELECT count(*), coalesce(max(id), 0) FROM item", false },
	[Q_LIST] = { "list", "SELECT id FROM item ORDER BY id", false },
	[Q_PUT_RETURNING] = { "put_returning", "INSERT INTO item (id) VALUES (:id), (:id + 1) RETURNING id", true },
	[Q_CHILD_PUT] = { "child_put", "INSERT INTO child (item) VALUES (:item)", true },
	[Q_DELETE] = { "delete", "DELETE FROM item WHERE id < :below", true },
	[Q_FILL] = { "fill", "INSERT INTO item (id, bytes) VALUES (:id, zeroblob(:size))", true },
	[Q_COPY] = { "copy", "INSERT INTO item (id, bytes) SELECT id + :by, bytes FROM item WHERE id <= :by", true },
	[Q_COMMENT] = { "comment", "SELECT 1; -- and nothing more\n\n", false },
};

static const struct db_migration migrations[] = {
	{ "0001-first.sql", "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT UNIQUE, bytes BLOB,\n"
			    "	day INTEGER CHECK (day > -1000000), at INTEGER) STRICT;\n"
			    "CREATE TABLE child (item INTEGER NOT NULL REFERENCES item (id)\n"
			    "	DEFERRABLE INITIALLY DEFERRED) STRICT;\n" },
	{ "0002-note.sql", "ALTER TABLE item ADD COLUMN note TEXT;\n" },
};

static struct arena arena;
static struct error err;
static char folder[64], path[96];

static inline int make_folder(void **state UNUSED)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(folder, sizeof(folder), "%.30s/test-db-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/a.db", folder);
	arena_reset(&arena);
	error_clear(&err);
	return 0;
}

static inline int remove_one(const char *name, const struct stat *st UNUSED, int flag UNUSED,
	struct FTW *ftw UNUSED)
{
	return remove(name);
}

static inline int remove_folder(void **state UNUSED)
{
	return nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static inline int done(void **state UNUSED)
{
	arena_done(&arena);
	return 0;
}

static inline int open_with(enum db_mode mode, size_t n_migrations, struct db **ret)
{
	*ret = NULL;
	error_clear(&err);
	return db_open(path, mode, texts, LENGTH(texts), migrations, n_migrations, ret, &err);
}

static inline struct db *open_db(enum db_mode mode)
{
	struct db *db;
	int r = open_with(mode, LENGTH(migrations), &db);

	if (r < 0)
		print_message("# %s\n", err.text);
	assert_int_equal(r, 0);
	return db;
}

#define OK(CALL)                                                                                   \
	do {                                                                                       \
		if ((CALL) != 0)                                                                   \
			fail_msg("%s: %s", #CALL, err.text);                                       \
	} while (0)

static inline void fails(int r, enum error_kind kind, const char *says)
{
	assert_int_equal(r, -(int)kind);
	assert_int_equal(err.kind, kind);
	if (!strstr(err.text, says))
		fail_msg("\"%s\" does not say \"%s\"", err.text, says);
}

static inline void open_fails(enum db_mode mode, enum error_kind kind, const char *says)
{
	struct db *db;

	fails(open_with(mode, LENGTH(migrations), &db), kind, says);
	assert_null(db);
	assert_non_null(strstr(err.text, path));
}

static inline void write_file(const char *name, const void *bytes, size_t len, off_t at)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, bytes, len, at), len);
	close(fd);
}

static inline int put(struct db *db, int64_t id)
{
	struct stmt *st = db_query(db, Q_PUT);

	stmt_int(st, ":id", id);
	return stmt_run(st, &err);
}

static inline void put_committed(struct db *db, int64_t id)
{
	OK(db_begin(db, &err));
	OK(put(db, id));
	OK(db_commit(db, &err));
}

static inline int64_t count(struct db *db)
{
	struct stmt *st = db_query(db, Q_COUNT);
	int64_t n;

	assert_int_equal(stmt_step(st, &err), STMT_ROW);
	n = stmt_col_int(st, 0);
	stmt_reset(st);
	return n;
}

static inline mode_t mode_of(const char *suffix)
{
	char name[128];
	struct stat st;

	snprintf(name, sizeof(name), "%s%s", path, suffix);
	return stat(name, &st) == 0 ? st.st_mode & 07777 : 0;
}

static inline off_t size_of(const char *suffix)
{
	char name[128];
	struct stat st;

	snprintf(name, sizeof(name), "%s%s", path, suffix);
	return stat(name, &st) == 0 ? st.st_size : -1;
}

static inline double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* What a child process ends with: its work done, or a line on what failed. */
#define CHILD_OK(CALL)                                                                             \
	do {                                                                                       \
		if ((CALL) != 0) {                                                                 \
			fprintf(stderr, "# child: %s: %s\n", #CALL, err.text);                     \
			_exit(1);                                                                  \
		}                                                                                  \
	} while (0)

static inline void child_ends_well(pid_t pid)
{
	int status = -1;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, make_folder, remove_folder)

#endif
