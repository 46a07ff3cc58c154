/* gate/db: statements and transactions. */
#include "db_fixture.h"

/* statements */

static void stmt_values_come_back(void **state UNUSED)
{
	struct db *db = open_db(DB_CREATE);
	struct stmt *st;

	OK(db_begin(db, &err));
	st = db_query(db, Q_PUT);
	stmt_int(st, ":id", INT64_MAX);
	stmt_text(st, ":name", STR("l’été\0œ"));
	stmt_blob(st, ":bytes", STR("\xFF\0\xFE"));
	stmt_day(st, ":day", -7);
	stmt_time(st, ":at", INT64_MIN + 1);
	OK(stmt_run(st, &err));
	assert_int_equal(stmt_changes(st), 1);

	st = db_query(db, Q_PUT);
	stmt_int(st, ":id", 2);
	stmt_text(st, ":name", STR(""));
	stmt_blob(st, ":bytes", STR(""));
	stmt_day(st, ":day", DAY_NONE);
	stmt_time(st, ":at", TIME_NONE);
	OK(stmt_run(st, &err));

	st = db_query(db, Q_PUT); /* nothing of the run before is left */
	stmt_int(st, ":id", 3);
	stmt_text(st, ":name", STR_NONE);
	stmt_null(st, ":bytes");
	OK(stmt_run(st, &err));
	OK(db_commit(db, &err));

	st = db_query(db, Q_GET);
	stmt_int(st, ":id", INT64_MAX);
	assert_int_equal(stmt_step(st, &err), STMT_ROW);
	assert_true(str_eq(stmt_col_text(st, 0, &arena), STR("l’été\0œ")));
	assert_true(str_eq(stmt_col_blob(st, 1, &arena), STR("\xFF\0\xFE")));
	assert_int_equal(stmt_col_day(st, 2), -7);
	assert_int_equal(stmt_col_time(st, 3), INT64_MIN + 1);
	assert_false(stmt_col_null(st, 3));
	assert_int_equal(stmt_step(st, &err), 0);

	st = db_query(db, Q_GET);
	stmt_int(st, ":id", 2);
	assert_int_equal(stmt_step(st, &err), STMT_ROW);
	assert_true(str_eq(stmt_col_text(st, 0, &arena), STR("")));
	assert_true(str_eq(stmt_col_blob(st, 1, &arena), STR("")));
	assert_int_equal(stmt_col_day(st, 2), DAY_NONE);
	assert_true(stmt_col_time(st, 3) == TIME_NONE);
	assert_int_equal(stmt_col_int(st, 3), 0);

	st = db_query(db, Q_GET); /* reset with a row still open */
	stmt_int(st, ":id", 3);
	assert_int_equal(stmt_step(st, &err), STMT_ROW);
	assert_false(str_given(stmt_col_text(st, 0, &arena)));
	assert_false(str_given(stmt_col_blob(st, 1, &arena)));
	assert_true(stmt_col_null(st, 0));
	stmt_reset(st);
	db_close(db);
}

static void put_packed(struct db *db, int64_t id, struct str bytes)
{
	struct stmt *st = db_query(db, Q_PUT);

	stmt_int(st, ":id", id);
	stmt_packed(st, ":bytes", bytes);
	OK(stmt_run(st, &err));
}

/* The bytes of the row, as they stand there and as they were. */
static int get_packed(struct db *db, int64_t id, struct str *ret_stored, struct str *ret)
{
	struct stmt *st = db_query(db, Q_GET);
	int r;

	stmt_int(st, ":id", id);
	assert_int_equal(stmt_step(st, &err), STMT_ROW);
	*ret_stored = stmt_col_blob(st, 1, &arena);
	r = stmt_col_packed(st, 1, &arena, ret, &err);
	stmt_reset(st);
	return r;
}

static void stmt_packed_bytes_come_back(void **state UNUSED)
{
	enum { LARGE = 3 << 20 };
	char *large = malloc(LARGE), noise[1000] = { 0 }, frame[] = "\x04\x22\x4d\x18 is how a frame begins";
	const struct {
		struct str bytes;
		bool packed;
	} cases[] = {
		{ STR(""), false },
		{ STR("short"), false },
		{ str_n(noise, sizeof(noise)), false },
		{ str_n(frame, sizeof(frame)), true }, /* else it would be taken for one */
		{ str_n(large, LARGE), true },
	};
	struct db *db = open_db(DB_CREATE);
	uint32_t seed = 7;

	assert_non_null(large);
	for (size_t i = 0; i < LARGE; i++)
		large[i] = "<notice>"[i % 8];
	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (char)((seed = seed * 1664525 + 1013904223) >> 24);
	OK(db_begin(db, &err));
	for (size_t i = 0; i < LENGTH(cases); i++)
		put_packed(db, (int64_t)i, cases[i].bytes);
	OK(db_commit(db, &err));
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct str stored, got;

		OK(get_packed(db, (int64_t)i, &stored, &got));
		assert_true(str_eq(got, cases[i].bytes));
		assert_int_equal(!str_eq(stored, got), cases[i].packed);
	}
	free(large);
	db_close(db);
}

static void put_blob(struct db *db, int64_t id, struct str bytes)
{
	struct stmt *st = db_query(db, Q_PUT);

	stmt_int(st, ":id", id);
	stmt_blob(st, ":bytes", bytes);
	OK(stmt_run(st, &err));
}

static void stmt_packed_bytes_that_are_damaged(void **state UNUSED)
{
	struct db *db = open_db(DB_CREATE);
	char text[5000];
	struct str stored, got;

	memset(text, 'x', sizeof(text));
	OK(db_begin(db, &err));
	put_packed(db, 0, str_n(text, sizeof(text)));
	OK(get_packed(db, 0, &stored, &got));
	for (size_t i = 4; i < stored.len; i++) { /* from behind what makes it a frame */
		char bad[sizeof(text)];
		struct str as_it_is;

		memcpy(bad, stored.ptr, stored.len);
		bad[i] = (char)(bad[i] ^ 0x10);
		put_blob(db, (int64_t)(2 * i), str_n(bad, stored.len));
		fails(get_packed(db, (int64_t)(2 * i), &as_it_is, &got), ERROR_STORE, "damaged");
		put_blob(db, (int64_t)(2 * i + 1), str_n(stored.ptr, i));
		fails(get_packed(db, (int64_t)(2 * i + 1), &as_it_is, &got), ERROR_STORE, "damaged");
	}
	db_rollback(db);
	db_close(db);
}

static void stmt_mistakes_are_told(void **state UNUSED)
{
	struct db *db = open_db(DB_CREATE);
	struct stmt *st;

	OK(db_begin(db, &err));
	st = db_query(db, Q_PUT);
	stmt_int(st, ":id", 1);
	stmt_text(st, ":nmae", STR("x"));
	stmt_text(st, ":other", STR("x"));
	fails(stmt_run(st, &err), ERROR_STORE, "query put has no parameter :nmae");
	fails(stmt_run(st, &err), ERROR_STORE, "query put has no parameter :nmae");
	OK(put(db, 1)); /* asked for anew, it is forgotten */
	st = db_query(db, Q_GET);
	stmt_int(st, "id", 1);
	fails(stmt_step(st, &err), ERROR_STORE, "query get has no parameter id");
	fails(stmt_run(db_query(db, Q_COUNT), &err), ERROR_STORE, "query count gives rows");
	st = db_query(db, Q_PUT);
	stmt_text(st, ":id", STR("word"));
	fails(stmt_run(st, &err), ERROR_STORE, "put: ");
	st = db_query(db, Q_PUT);
	stmt_int(st, ":day", -2000000);
	fails(stmt_run(st, &err), ERROR_STORE, "CHECK constraint failed");
	OK(db_commit(db, &err));
	assert_int_equal(count(db), 1);
	fails(put(db, 2), ERROR_STORE, "query put writes outside a transaction");
	db_close(db);
}

static void one_text(const char *sql, bool writes, const char *says)
{
	struct db_statement_text text = { "it", sql, writes };
	struct db *db = NULL;
	struct stmt *st;

	OK(db_open(path, DB_CREATE, &text, 1, migrations, LENGTH(migrations), &db, &err));
	fails(db_prepare_all(db, &err), ERROR_STORE, says);
	st = db_query(db, 0);
	stmt_int(st, ":id", 1);
	fails(stmt_step(st, &err), ERROR_STORE, says);
	db_close(db);
}

static void stmt_bad_texts(void **state UNUSED)
{
	one_text("SELEC 1", false, "it: near \"SELEC\": syntax error");
	one_text("SELECT absent FROM item", false, "it: no such column: absent");
	one_text("SELECT \"absent\" FROM item", false, "no such column: absent"); /* not a text */
	one_text("SELECT 1; SELECT 2", false, "query it is not one statement");
	one_text(" -- x", false, "query it is not one statement");
	one_text("DELETE FROM item", false, "query it writes, and does not say so");
	one_text("SELECT 1", true, "query it does not write");
	one_text("SELECT 1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1"
		 "+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1"
		 "+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1",
		false, "Expression tree is too large");
}

static void stmt_no_extensions(void **state UNUSED)
{
	struct db_statement_text text = { "it", "SELECT load_extension('x')", false };
	struct db *db = NULL;

	OK(db_open(path, DB_CREATE, &text, 1, migrations, LENGTH(migrations), &db, &err));
	fails(stmt_step(db_query(db, 0), &err), ERROR_STORE, "it: not authorized");
	db_close(db);
}

static void stmt_conflict(void **state UNUSED)
{
	struct db *db = open_db(DB_CREATE);
	struct stmt *st;

	OK(db_begin(db, &err));
	OK(put(db, 1));
	assert_int_equal(put(db, 1), STMT_CONFLICT);
	for (int id = 2; id <= 3; id++) {
		st = db_query(db, Q_PUT);
		stmt_int(st, ":id", id);
		stmt_text(st, ":name", STR("same"));
		assert_int_equal(stmt_run(st, &err), id == 2 ? 0 : STMT_CONFLICT);
	}
	st = db_query(db, Q_PUT_RETURNING);
	stmt_int(st, ":id", 0);
	fails(stmt_step(st, &err), ERROR_STORE, "query put_returning: the row is there already");
	OK(db_commit(db, &err)); /* the transaction goes on after a conflict */
	assert_int_equal(count(db), 2);
	db_close(db);
}

static void stmt_rows_and_changes(void **state UNUSED)
{
	struct db *db = open_db(DB_CREATE);
	struct stmt *st;
	int64_t sum = 0;

	OK(db_begin(db, &err));
	for (int id = 1; id <= 10; id++)
		OK(put(db, id));
	st = db_query(db, Q_PUT_RETURNING);
	stmt_int(st, ":id", 20);
	assert_int_equal(stmt_step(st, &err), STMT_ROW);
	assert_int_equal(stmt_col_int(st, 0), 20);
	OK(db_commit(db, &err)); /* left early: committed all the same */
	st = db_query(db, Q_LIST);
	while (stmt_step(st, &err) == STMT_ROW)
		sum += stmt_col_int(st, 0);
	assert_int_equal(sum, 55 + 20 + 21);
	OK(db_begin(db, &err));
	st = db_query(db, Q_DELETE);
	stmt_int(st, ":below", 5);
	OK(stmt_run(st, &err));
	assert_int_equal(stmt_changes(st), 4);
	st = db_query(db, Q_DELETE);
	stmt_int(st, ":below", 5);
	OK(stmt_run(st, &err));
	assert_int_equal(stmt_changes(st), 0);
	OK(db_commit(db, &err));
	db_close(db);
}

/* transactions */

static void db_rollback_and_commit(void **state UNUSED)
{
	struct db *db = open_db(DB_CREATE);
	struct stmt *st;

	db_rollback(NULL);
	db_rollback(db);
	assert_false(db_in_transaction(db));
	OK(db_begin(db, &err));
	assert_true(db_in_transaction(db));
	OK(put(db, 1));
	db_rollback(db);
	db_rollback(db);
	assert_false(db_in_transaction(db));
	assert_int_equal(count(db), 0);

	/* a commit that fails has rolled back */
	OK(db_begin(db, &err));
	st = db_query(db, Q_CHILD_PUT);
	stmt_int(st, ":item", 99);
	OK(stmt_run(st, &err));
	OK(put(db, 1));
	fails(db_commit(db, &err), ERROR_STORE, "FOREIGN KEY constraint failed");
	assert_false(db_in_transaction(db));
	assert_int_equal(count(db), 0);

	put_committed(db, 1);
	OK(db_begin(db, &err));
	OK(put(db, 2));
	db_close(db); /* as a programme that ends in the middle */
	db = open_db(DB_WRITE);
	assert_int_equal(count(db), 1);
	db_close(db);
}

static void db_read_is_consistent(void **state UNUSED)
{
	struct db *writer = open_db(DB_CREATE), *reader = open_db(DB_READ);

	put_committed(writer, 1);
	OK(db_read_begin(reader, &err));
	assert_int_equal(count(reader), 1);
	put_committed(writer, 2);
	assert_int_equal(count(reader), 1);
	db_read_end(reader);
	db_read_end(reader);
	db_read_end(NULL);
	assert_int_equal(count(reader), 2);
	/* what is written is not seen before it is committed */
	OK(db_begin(writer, &err));
	OK(put(writer, 3));
	assert_int_equal(count(writer), 3);
	assert_int_equal(count(reader), 2);
	OK(db_commit(writer, &err));
	db_close(reader);
	db_close(writer);
}

/* a loop over rows may write as it goes */
static void db_write_while_reading(void **state UNUSED)
{
	struct db *db = open_db(DB_CREATE);
	struct stmt *list;
	int64_t seen = 0;

	put_committed(db, 1);
	put_committed(db, 2);
	list = db_query(db, Q_LIST);
	while (stmt_step(list, &err) == STMT_ROW) {
		if (++seen <= 2)
			put_committed(db, stmt_col_int(list, 0) - 100);
	}
	assert_int_equal(seen, 2);
	assert_int_equal(count(db), 4);
	db_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(stmt_values_come_back),
		TEST(stmt_packed_bytes_come_back),
		TEST(stmt_packed_bytes_that_are_damaged),
		TEST(stmt_mistakes_are_told),
		TEST(stmt_bad_texts),
		TEST(stmt_no_extensions),
		TEST(stmt_conflict),
		TEST(stmt_rows_and_changes),
		TEST(db_rollback_and_commit),
		TEST(db_read_is_consistent),
		TEST(db_write_while_reading),
	};

	return cmocka_run_group_tests_name("gate/db_stmt", tests, NULL, done);
}
