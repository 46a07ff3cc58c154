/* gate/db: writers side by side, kill -9, damage, a full disk (RELIABILITY 3.4). */
#include "db_fixture.h"

#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>

/* the gate */

static void gate_busy(void **state UNUSED)
{
	struct db *first = open_db(DB_CREATE), *second = open_db(DB_WRITE);
	double before;

	OK(db_begin(first, &err));
	db_set_wait(second, 100);
	before = seconds();
	fails(db_begin(second, &err), ERROR_STORE, "database is busy");
	assert_true(seconds() - before >= 0.1 && seconds() - before < 2);
	assert_non_null(strstr(err.text, path));
	db_set_wait(second, 0);
	fails(db_begin(second, &err), ERROR_STORE, "database is busy");
	assert_int_equal(count(second), 0); /* reading waits for nobody */
	OK(db_commit(first, &err));
	put_committed(second, 1);
	/* closing does not wait for ever either, and loses nothing */
	OK(db_begin(first, &err));
	db_close(second);
	OK(put(first, 2));
	OK(db_commit(first, &err));
	assert_int_equal(count(first), 2);
	db_close(first);
}

static void gate_removed(void **state UNUSED)
{
	struct db *first = open_db(DB_CREATE), *second = open_db(DB_WRITE);
	char gate[128];

	snprintf(gate, sizeof(gate), "%s-gate", path);
	assert_int_equal(unlink(gate), 0);
	OK(db_begin(first, &err));
	db_set_wait(second, 50);
	fails(db_begin(second, &err), ERROR_STORE, "busy");
	OK(db_commit(first, &err));
	put_committed(second, 1);
	db_close(first);
	db_close(second);
}

enum { WRITERS = 8, TURNS = 100 };

/* Nobody starves, nobody is told "busy", every row arrives. */
static void gate_many_writers(void **state UNUSED)
{
	pid_t pids[WRITERS];
	int worst[2];
	double worst_of_all = 0, waited;
	struct db *db;

	db_close(open_db(DB_CREATE));
	assert_int_equal(pipe(worst), 0);
	for (int w = 0; w < WRITERS; w++) {
		pids[w] = fork();
		if (pids[w])
			continue;
		waited = 0;
		CHILD_OK(open_with(DB_WRITE, LENGTH(migrations), &db));
		for (int i = 0; i < TURNS; i++) {
			double before = seconds();

			CHILD_OK(db_begin(db, &err));
			if (seconds() - before > waited)
				waited = seconds() - before;
			CHILD_OK(put(db, w * TURNS + i));
			CHILD_OK(db_commit(db, &err));
		}
		db_close(db);
		_exit(write(worst[1], &waited, sizeof(waited)) == sizeof(waited) ? 0 : 1);
	}
	close(worst[1]);
	for (int w = 0; w < WRITERS; w++)
		child_ends_well(pids[w]);
	while (read(worst[0], &waited, sizeof(waited)) == sizeof(waited))
		if (waited > worst_of_all)
			worst_of_all = waited;
	close(worst[0]);
	assert_true(worst_of_all < 2);
	db = open_db(DB_READ);
	assert_int_equal(count(db), WRITERS * TURNS);
	OK(db_check(db, &err));
	db_close(db);
}

static void db_log_is_brought_home(void **state UNUSED)
{
	struct db *db = open_db(DB_CREATE);
	off_t largest = 0;

	for (int i = 0; i < 200; i++) {
		struct stmt *st;

		OK(db_begin(db, &err));
		st = db_query(db, Q_FILL);
		stmt_int(st, ":id", i);
		stmt_int(st, ":size", 400000);
		OK(stmt_run(st, &err));
		OK(db_commit(db, &err));
		if (size_of("-wal") > largest)
			largest = size_of("-wal");
	}
	assert_true(size_of("") > 60000000); /* 80 MB went through a log of 8,000 pages or so */
	assert_true(largest > 8000 * 4096 && largest < 9000 * 4096);
	db_close(db);
}

/* kill -9 and damage */

/* the log in large pieces */

enum { FILLED = 300, FILLED_BYTES = 3000 };

/* With so little kept that most of it is written before the commit. */
static void fill(struct db *db)
{
	for (int i = 1; i <= FILLED; i++) {
		struct stmt *st = db_query(db, Q_FILL);

		stmt_int(st, ":id", i);
		stmt_int(st, ":size", FILLED_BYTES);
		CHILD_OK(stmt_run(st, &err));
	}
}

static void delete_below(struct db *db, int64_t below)
{
	struct stmt *st = db_query(db, Q_DELETE);

	stmt_int(st, ":below", below);
	OK(stmt_run(st, &err));
}

static void log_is_everybodys_at_commit(void **state UNUSED)
{
	struct db *db = open_db(DB_CREATE), *other = open_db(DB_READ);

	db_keep(db, 100);
	OK(db_begin(db, &err));
	OK(put(db, 1000));
	assert_false(db_crowded(db));
	fill(db);
	assert_true(db_crowded(db));
	assert_false(db_crowded(db)); /* since it was asked */
	assert_int_equal(count(db), FILLED + 1);
	assert_int_equal(count(other), 0);
	delete_below(db, 100);
	db_rollback(db);
	assert_int_equal(count(db), 0);

	/* Written twice, read between, over what was rolled back. */
	OK(db_begin(db, &err));
	fill(db);
	delete_below(db, 101);
	assert_int_equal(count(db), FILLED - 100);
	OK(db_check(db, &err));
	delete_below(db, 201);
	assert_int_equal(count(other), 0);
	OK(db_commit(db, &err));
	assert_int_equal(count(other), FILLED - 200);
	OK(db_check(other, &err));
	db_close(other);
	db_close(db);
	db = open_db(DB_READ);
	assert_int_equal(count(db), FILLED - 200);
	db_close(db);
}

static void log_of_a_killed_writer(void **state UNUSED)
{
	struct db *db = open_db(DB_CREATE);
	pid_t pid;

	put_committed(db, 1000);
	db_close(db);
	pid = fork();
	if (pid == 0) {
		CHILD_OK(open_with(DB_WRITE, LENGTH(migrations), &db));
		db_keep(db, 100);
		CHILD_OK(db_begin(db, &err));
		fill(db);
		_exit(0);
	}
	child_ends_well(pid);
	assert_true(size_of("-wal") > FILLED * FILLED_BYTES / 2);
	db = open_db(DB_WRITE);
	assert_int_equal(count(db), 1);
	OK(db_check(db, &err));
	put_committed(db, 1001);
	db_close(db);
}

/* Files may not grow beyond `bytes` of this process: a write of more fails, as on a disk that is full. */
static void limit_files(rlim_t bytes)
{
	struct rlimit limit = { bytes, RLIM_INFINITY };

	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void log_that_cannot_grow(void **state UNUSED)
{
	struct db *db = open_db(DB_CREATE);
	int r = 0;

	signal(SIGXFSZ, SIG_IGN);
	db_keep(db, 100);
	put_committed(db, 1000);
	for (int room = 200; room <= 700; room += 100) { /* KiB */
		OK(db_begin(db, &err));
		limit_files((rlim_t)room << 10);
		for (int i = 1; r >= 0 && i <= FILLED; i++) {
			struct stmt *st = db_query(db, Q_FILL);

			stmt_int(st, ":id", i);
			stmt_int(st, ":size", FILLED_BYTES);
			r = stmt_run(st, &err);
		}
		assert_true(r < 0);
		limit_files(RLIM_INFINITY);
		error_clear(&err);
		db_rollback(db);
		assert_int_equal(count(db), 1 + (room - 200) / 100);
		put_committed(db, 2000 + room);
		r = 0;
	}
	db_close(db);
	signal(SIGXFSZ, SIG_DFL);
	db = open_db(DB_READ);
	assert_int_equal(count(db), 7);
	OK(db_check(db, &err));
	db_close(db);
}

static void writer_until_killed(int report)
{
	struct db *db;
	int64_t id = 0;

	CHILD_OK(open_with(DB_WRITE, LENGTH(migrations), &db));
	id = count(db);
	for (;;) {
		CHILD_OK(db_begin(db, &err));
		for (int i = 0; i < 10; i++)
			CHILD_OK(put(db, ++id));
		CHILD_OK(db_commit(db, &err));
		if (write(report, &id, sizeof(id)) != sizeof(id))
			_exit(1);
	}
}

static void crash_writer_killed(void **state UNUSED)
{
	int64_t acknowledged = 0, found = 0;

	db_close(open_db(DB_CREATE));
	/* on a busy disk the first transaction takes longer than the first pauses */
	for (int round = 0; round < 25 || (acknowledged == 0 && round < 500); round++) {
		struct timespec pause = { 0, 3000000 + round * 1300000 };
		int report[2];
		struct db *db;
		pid_t pid;

		assert_int_equal(pipe(report), 0);
		pid = fork();
		if (pid == 0) {
			close(report[0]);
			writer_until_killed(report[1]);
		}
		close(report[1]);
		nanosleep(&pause, NULL);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		while (read(report[0], &acknowledged, sizeof(acknowledged)) == sizeof(acknowledged))
			;
		close(report[0]);

		db = open_db(DB_WRITE);
		found = count(db);
		assert_true(found >= acknowledged);
		assert_int_equal(found % 10, 0); /* no half transaction */
		OK(db_check(db, &err));
		db_close(db);
	}
	assert_true(acknowledged > 0);
}

/* Whatever bytes are wrong: an error or good rows, never a crash. */
static void corrupt_bytes(void **state UNUSED)
{
	struct db *db = open_db(DB_CREATE);
	unsigned seed = 20260330, refused = 0;
	off_t size;
	char *good;
	int fd;

	OK(db_begin(db, &err));
	for (int i = 0; i < 2000; i++)
		OK(put(db, i));
	OK(db_commit(db, &err));
	db_close(db);
	size = size_of("");
	good = malloc((size_t)size);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(read(fd, good, (size_t)size), size);
	close(fd);
	for (int round = 0; round < 200; round++) {
		char bad[32];
		struct stmt *st;
		int r;

		for (size_t i = 0; i < sizeof(bad); i++) {
			seed = seed * 1103515245 + 12345;
			bad[i] = (char)(seed >> 16);
		}
		write_file(path, good, (size_t)size, 0);
		write_file(path, bad, 1 + seed % sizeof(bad), (off_t)((seed >> 8) % (unsigned)(size - 32)));
		r = open_with(DB_WRITE, LENGTH(migrations), &db);
		if (r == 0) {
			r = db_check(db, &err);
			st = db_query(db, Q_LIST);
			while (stmt_step(st, &err) == STMT_ROW)
				;
			if (db_begin(db, &err) == 0) {
				if (put(db, 100000 + round) < 0 || db_commit(db, &err) < 0)
					db_rollback(db);
			}
		}
		refused += r < 0;
		db_close(db);
	}
	free(good);
	assert_true(refused > 20); /* damage in unused bytes is no damage */
}

static void db_damaged_page(void **state UNUSED)
{
	struct db *db = open_db(DB_CREATE);
	char zeros[4096] = "";
	int r;

	OK(db_begin(db, &err));
	for (int i = 0; i < 2000; i++)
		OK(put(db, i));
	OK(db_commit(db, &err));
	db_close(db);
	for (int page = 1; page < 4; page++)
		write_file(path, zeros, sizeof(zeros), page * 4096);
	db = open_db(DB_WRITE);
	r = db_check(db, &err);
	fails(r, ERROR_STORE, "database is damaged");
	r = stmt_step(db_query(db, Q_COUNT), &err);
	fails(r, ERROR_STORE, "database is damaged");
	db_close(db);
}

/* Writes until it fails as told; what was committed stays, in this process and after it. */
static void write_until_it_fails(struct db *db, const char *says)
{
	int r = 0;

	for (int i = 1; i < 100 && r == 0; i++) {
		struct stmt *st;

		CHILD_OK(db_begin(db, &err));
		st = db_query(db, Q_FILL);
		stmt_int(st, ":id", i);
		stmt_int(st, ":size", 100000);
		r = stmt_run(st, &err);
		if (r == 0)
			r = db_commit(db, &err);
		db_rollback(db);
	}
	if (r != -ERROR_STORE || !strstr(err.text, says) || db_in_transaction(db) || count(db) < 5) {
		fprintf(stderr, "# child: %d %s\n", r, err.text);
		_exit(1);
	}
	CHILD_OK(db_check(db, &err));
}

/* A file system of two MiB of its own. Exits with 77 where none may be mounted. */
static void mount_small_disk(void)
{
	if (geteuid() != 0 && unshare(CLONE_NEWUSER) < 0)
		_exit(77);
	if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) < 0 ||
		mount("none", folder, "tmpfs", 0, "size=2m") < 0)
		_exit(77);
}

static void fill_disk(void)
{
	struct db *db;

	mount_small_disk();
	CHILD_OK(open_with(DB_CREATE, LENGTH(migrations), &db));
	write_until_it_fails(db, "disk full");
	db_close(db);
	CHILD_OK(open_with(DB_READ, LENGTH(migrations), &db));
	CHILD_OK(db_check(db, &err));
	_exit(count(db) < 5);
}

/*
 * The disk is full in the middle of a transaction, then there is room again: what a commit says after
 * that is true, whether the failed statement took all others with it or not.
 */
static void fill_disk_for_a_while(void)
{
	char ballast[128], zeros[4096] = { 0 };
	struct db *db;
	int64_t expected = 0;
	int r = 0, fd;

	mount_small_disk();
	CHILD_OK(open_with(DB_CREATE, LENGTH(migrations), &db));
	db_keep(db, 100);
	snprintf(ballast, sizeof(ballast), "%s/ballast", folder);
	fd = open(ballast, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	for (int i = 0; i < 200 && write(fd, zeros, sizeof(zeros)) == sizeof(zeros); i++)
		;
	close(fd);
	CHILD_OK(db_begin(db, &err));
	fill(db);
	for (int64_t by = FILLED; r == 0; by *= 2) {
		struct stmt *st = db_query(db, Q_COPY);

		expected = count(db);
		stmt_int(st, ":by", by);
		r = stmt_run(st, &err); /* a statement of many rows, which can be undone alone */
	}
	if (strstr(err.text, "disk full") == NULL || unlink(ballast) != 0)
		_exit(2);
	error_clear(&err);
	if (count(db) != expected) /* it took the whole transaction with it */
		expected = 0;
	if ((db_commit(db, &err) == 0) != (expected > 0))
		_exit(4);
	error_clear(&err);
	db_rollback(db);
	CHILD_OK(db_begin(db, &err));
	CHILD_OK(put(db, 100000));
	CHILD_OK(db_commit(db, &err));
	expected++;
	/* as another process would find it: the shared index, then without it */
	for (int again = 0; again < 2; again++) {
		struct db *other;

		CHILD_OK(open_with(DB_WRITE, LENGTH(migrations), &other));
		CHILD_OK(db_check(other, &err));
		if (count(other) != expected)
			_exit(3);
		db_close(other);
		db_close(db);
		db = NULL;
	}
	_exit(0);
}

static void own_disk(void (*story)(void))
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		story();
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void enospc_disk(void **state UNUSED)
{
	own_disk(fill_disk);
}

static void enospc_for_a_while(void **state UNUSED)
{
	own_disk(fill_disk_for_a_while);
}

/* A file that may not grow. */
static void enospc_file(void **state UNUSED)
{
	pid_t pid;
	struct db *db;

	db_close(open_db(DB_CREATE));
	pid = fork();
	if (pid == 0) {
		struct rlimit limit = { 1 << 20, 1 << 20 };

		signal(SIGXFSZ, SIG_IGN);
		CHILD_OK(open_with(DB_WRITE, LENGTH(migrations), &db));
		CHILD_OK(setrlimit(RLIMIT_FSIZE, &limit));
		write_until_it_fails(db, "cannot be read or written");
		db_close(db);
		_exit(0);
	}
	child_ends_well(pid);
	db = open_db(DB_WRITE);
	OK(db_check(db, &err));
	assert_true(count(db) >= 5);
	put_committed(db, 1000);
	db_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(gate_busy),
		TEST(gate_removed),
		TEST(gate_many_writers),
		TEST(db_log_is_brought_home),
		TEST(log_is_everybodys_at_commit),
		TEST(log_of_a_killed_writer),
		TEST(log_that_cannot_grow),
		TEST(crash_writer_killed),
		TEST(corrupt_bytes),
		TEST(db_damaged_page),
		TEST(enospc_disk),
		TEST(enospc_for_a_while),
		TEST(enospc_file),
	};

	return cmocka_run_group_tests_name("gate/db_gate", tests, NULL, done);
}
