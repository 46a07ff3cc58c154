/* gate/db: opening, the schema and its migrations, backup. */
#include "db_fixture.h"

#include <sqlite3.h>

/* opening */

static void db_create_and_open(void **state UNUSED)
{
	struct db *db;

	umask(0);
	db = open_db(DB_CREATE);
	assert_int_equal(mode_of(""), 0600);
	assert_int_equal(mode_of("-gate"), 0600);
	assert_int_equal(mode_of("-wal"), 0600);
	OK(db_prepare_all(db, &err));
	OK(db_check(db, &err));
	put_committed(db, 1);
	db_close(db);
	assert_int_equal(size_of("-wal"), -1); /* the last one brings it home */

	db = open_db(DB_CREATE);
	assert_int_equal(count(db), 1);
	db_close(db);
	db = open_db(DB_WRITE);
	put_committed(db, 2);
	db_close(db);
	db = open_db(DB_READ);
	assert_int_equal(count(db), 2);
	OK(db_check(db, &err));
	fails(db_begin(db, &err), ERROR_STORE, "reading only");
	fails(put(db, 3), ERROR_STORE, "outside a transaction");
	db_close(db);
	assert_null(db_close(NULL));
}

static void db_missing(void **state UNUSED)
{
	open_fails(DB_WRITE, ERROR_CONFIG, "run `appariteur init` first");
	open_fails(DB_READ, ERROR_CONFIG, "run `appariteur init` first");
	assert_int_equal(size_of(""), -1);
	snprintf(path, sizeof(path), "%s/none/a.db", folder);
	open_fails(DB_READ, ERROR_CONFIG, "run `appariteur init` first");
	open_fails(DB_CREATE, ERROR_STORE, "cannot be created: No such file");
}

static void db_not_a_database(void **state UNUSED)
{
	char garbage[8192];

	for (size_t i = 0; i < sizeof(garbage); i++)
		garbage[i] = (char)(i * 31 + 7);
	write_file(path, garbage, sizeof(garbage), 0);
	open_fails(DB_READ, ERROR_STORE, "not a database");
	open_fails(DB_WRITE, ERROR_STORE, "not a database");
	open_fails(DB_CREATE, ERROR_STORE, "not a database");
	assert_int_equal(size_of(""), sizeof(garbage));
	unlink(path);
	mkdir(path, 0700);
	open_fails(DB_CREATE, ERROR_STORE, "not a database");
}

static void raw_sql(const char *sql)
{
	sqlite3 *handle;

	assert_int_equal(sqlite3_open(path, &handle), SQLITE_OK);
	assert_int_equal(sqlite3_exec(handle, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(handle);
}

static void db_of_another_programme(void **state UNUSED)
{
	raw_sql("CREATE TABLE theirs (x)");
	open_fails(DB_CREATE, ERROR_STORE, "another programme");
	raw_sql("PRAGMA user_version = 1; PRAGMA application_id = 77");
	open_fails(DB_CREATE, ERROR_STORE, "another programme");
	open_fails(DB_READ, ERROR_STORE, "another programme");
	raw_sql("PRAGMA user_version = -1; PRAGMA application_id = 0");
	open_fails(DB_WRITE, ERROR_STORE, "another programme");
}

/* Somebody else's, or of an init that was cut off after the file was made: only another init makes it a database. */
static void db_empty_file(void **state UNUSED)
{
	struct db *db;

	write_file(path, "", 0, 0);
	open_fails(DB_READ, ERROR_CONFIG, "an empty file, no database");
	open_fails(DB_WRITE, ERROR_CONFIG, "an empty file, no database");
	db = open_db(DB_CREATE);
	assert_int_equal(count(db), 0);
	db_close(db);
}

static void db_newer_is_refused(void **state UNUSED)
{
	struct db *db;

	db_close(open_db(DB_CREATE));
	for (enum db_mode mode = DB_READ; mode <= DB_CREATE; mode++)
		fails(open_with(mode, 1, &db), ERROR_STORE, "schema 2 is newer than this programme (it knows 1)");
}

static void db_older_is_migrated(void **state UNUSED)
{
	struct db *db;

	OK(open_with(DB_CREATE, 1, &db));
	put_committed(db, 7);
	db_close(db);
	open_fails(DB_READ, ERROR_STORE, "schema 1 is older");
	db = open_db(DB_WRITE);
	assert_int_equal(count(db), 1);
	db_close(db);
	db_close(open_db(DB_READ));
}

static int open_list(const struct db_migration *list, size_t n)
{
	struct db *db = NULL;
	int r = db_open(path, DB_CREATE, texts, LENGTH(texts), list, n, &db, &err);

	db_close(db);
	return r;
}

static void db_migration_whole_or_not_at_all(void **state UNUSED)
{
	struct db_migration list[] = {
		migrations[0],
		{ "0002-bad.sql", "CREATE TABLE more (x) STRICT" },
	};
	struct db *db;

	fails(open_list(list, 2), ERROR_STORE, "0002-bad.sql");
	list[1].sql = "CREATE TABLE more (x INTEGER) STRICT; INSERT INTO nowhere VALUES (1);";
	fails(open_list(list, 2), ERROR_STORE, "no such table: nowhere");
	list[1].sql = "CREATE TABLE more (x INTEGER) STRICT; COMMIT; CREATE TABLE again (x INTEGER);";
	fails(open_list(list, 2), ERROR_STORE, "0002-bad.sql: it ends its transaction itself");
	raw_sql("DROP TABLE more; DROP TABLE again");
	list[1].sql = "INSERT INTO child (item) VALUES (99)";
	fails(open_list(list, 2), ERROR_STORE, "a row of child refers to nothing");
	/* the first one held, nothing of the second is there */
	list[1].sql = "CREATE TABLE more (x INTEGER) STRICT";
	OK(open_with(DB_READ, 1, &db));
	db_close(db);
	OK(open_list(list, 2));
}

static void db_migrated_by_many(void **state UNUSED)
{
	pid_t pids[8];

	for (size_t i = 0; i < LENGTH(pids); i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			struct db *db;

			CHILD_OK(open_with(DB_CREATE, LENGTH(migrations), &db));
			CHILD_OK(db_prepare_all(db, &err));
			db_close(db);
			_exit(0);
		}
	}
	for (size_t i = 0; i < LENGTH(pids); i++)
		child_ends_well(pids[i]);
	db_close(open_db(DB_READ));
}

/* Root may write anywhere: step down where we are root. */
static void drop_privileges(void)
{
	if (geteuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
		_exit(2);
}

static void db_read_only_folder(void **state UNUSED)
{
	struct db *db = open_db(DB_CREATE);
	pid_t pid;

	put_committed(db, 1);
	db_close(db);
	if (geteuid() == 0) {
		char gate[128];

		snprintf(gate, sizeof(gate), "%s-gate", path);
		assert_int_equal(chown(path, 65534, 65534), 0);
		assert_int_equal(chown(gate, 65534, 65534), 0);
	}
	assert_int_equal(chmod(folder, 0555), 0);
	pid = fork();
	if (pid == 0) {
		int r;

		drop_privileges();
		r = open_with(DB_WRITE, LENGTH(migrations), &db);
		if (r != -ERROR_STORE || !strstr(err.text, "the folder must be writable")) {
			fprintf(stderr, "# child: %d %s\n", r, err.text);
			_exit(1);
		}
		snprintf(path, sizeof(path), "%s/new.db", folder);
		r = open_with(DB_CREATE, LENGTH(migrations), &db);
		if (r != -ERROR_STORE || !strstr(err.text, "cannot be created: Permission denied")) {
			fprintf(stderr, "# child: %d %s\n", r, err.text);
			_exit(1);
		}
		_exit(0);
	}
	child_ends_well(pid);
	assert_int_equal(chmod(folder, 0700), 0);
}

static void db_read_only_file(void **state UNUSED)
{
	pid_t pid;

	db_close(open_db(DB_CREATE));
	assert_int_equal(chmod(path, 0444), 0);
	assert_int_equal(chmod(folder, 0777), 0);
	if (geteuid() == 0) {
		char gate[128];

		snprintf(gate, sizeof(gate), "%s-gate", path);
		assert_int_equal(chown(gate, 65534, 65534), 0);
	}
	pid = fork();
	if (pid == 0) {
		struct db *db;
		int r;

		drop_privileges();
		r = open_with(DB_WRITE, LENGTH(migrations), &db);
		if (r != -ERROR_STORE || !strstr(err.text, "not writable")) {
			fprintf(stderr, "# child: %d %s\n", r, err.text);
			_exit(1);
		}
		_exit(0);
	}
	child_ends_well(pid);
}

/* backup */

static void backup_is_a_database(void **state UNUSED)
{
	struct db *db = open_db(DB_CREATE), *reader;
	char copy[128];

	snprintf(copy, sizeof(copy), "%s/copy.db", folder);
	OK(db_begin(db, &err));
	for (int i = 0; i < 5000; i++)
		OK(put(db, i));
	OK(db_commit(db, &err));
	reader = open_db(DB_READ);
	/* left by a backup that was cut off */
	snprintf(path, sizeof(path), "%s/copy.db.partial", folder);
	write_file(path, "x", 1, 0);
	OK(db_backup(reader, copy, &err));
	db_close(reader);
	fails(db_backup(db, copy, &err), ERROR_STORE, "there is a file already");
	snprintf(path, sizeof(path), "%s/none/copy.db", folder);
	fails(db_backup(db, path, &err), ERROR_STORE, "none/copy.db.partial: cannot be created");
	put_committed(db, 5000);
	db_close(db);

	memcpy(path, copy, sizeof(path));
	assert_int_equal(mode_of(""), 0600);
	assert_int_equal(size_of("-wal"), -1);
	assert_int_equal(size_of(".partial"), -1);
	db = open_db(DB_READ);
	assert_int_equal(count(db), 5000);
	db_close(db);
	db = open_db(DB_WRITE);
	put_committed(db, 5000);
	OK(db_check(db, &err));
	db_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(db_create_and_open),
		TEST(db_missing),
		TEST(db_not_a_database),
		TEST(db_of_another_programme),
		TEST(db_empty_file),
		TEST(db_newer_is_refused),
		TEST(db_older_is_migrated),
		TEST(db_migration_whole_or_not_at_all),
		TEST(db_migrated_by_many),
		TEST(db_read_only_folder),
		TEST(db_read_only_file),
		TEST(backup_is_a_database),
	};

	return cmocka_run_group_tests_name("gate/db", tests, NULL, done);
}
