#include "fixture.h"
#include "store/fetch.h"
#include "store/raw.h"

static struct source_row source_of(struct fixture *f, const char *name)
{
	struct source_row row;

	assert_done(f, store_source_find(f->db, str_of(name), &f->arena, &row, &f->err));
	return row;
}

static void test_sources_remember_their_runs(void **state)
{
	struct fixture *f = *state;
	struct source_row row, *rows;
	size_t n;

	assert_outcome(
		f, store_source_find(f->db, STR("ted"), &f->arena, &row, &f->err), STORE_NONE);
	begin(f);
	assert_done(f, store_source_ensure(f->db, STR("ted"), true, &f->err));
	assert_done(f, store_source_ensure(f->db, STR("boamp"), false, &f->err));
	assert_done(f, store_source_ensure(f->db, STR("boamp"), true, &f->err));
	commit(f);
	row = source_of(f, "boamp");
	assert_false(row.enabled);
	assert_true(row.complete_until == DAY_NONE && row.last_run == TIME_NONE);
	assert_true(row.last_success == TIME_NONE && row.failing_since == TIME_NONE);
	assert_null(row.error.ptr);

	begin(f);
	assert_done(f, store_source_enable(f->db, STR("boamp"), true, &f->err));
	assert_done(f, store_source_run(f->db, STR("boamp"), NOW, true, STR_NONE, &f->err));
	assert_done(f, store_source_run(f->db, STR("boamp"), NOW + 1, false, STR("503"), &f->err));
	assert_done(f, store_source_run(f->db, STR("boamp"), NOW + 2, false, STR("504"), &f->err));
	assert_done(f, store_source_cursor(f->db, STR("boamp"), TODAY - 1, &f->err));
	assert_outcome(
		f, store_source_run(f->db, STR("x"), NOW, true, STR_NONE, &f->err), STORE_NONE);
	assert_outcome(f, store_source_cursor(f->db, STR("x"), TODAY, &f->err), STORE_NONE);
	assert_outcome(f, store_source_enable(f->db, STR("x"), true, &f->err), STORE_NONE);
	commit(f);
	row = source_of(f, "boamp");
	assert_true(row.enabled);
	assert_int_equal(row.last_run, NOW + 2);
	assert_int_equal(row.last_success, NOW);
	assert_int_equal(row.failing_since, NOW + 1);
	assert_text(row.error, "504");
	assert_int_equal(row.complete_until, TODAY - 1);

	begin(f);
	assert_done(f, store_source_run(f->db, STR("boamp"), NOW + 3, true, STR_NONE, &f->err));
	commit(f);
	row = source_of(f, "boamp");
	assert_true(row.failing_since == TIME_NONE);
	assert_null(row.error.ptr);
	assert_done(f, store_source_list(f->db, &f->arena, &rows, &n, &f->err));
	assert_int_equal(n, 2);
	assert_text(rows[0].name, "boamp");
	assert_text(rows[1].name, "ted");
}

static void cover(struct fixture *f, const char *source, day_t day, int64_t announced,
	int64_t stored, bool complete)
{
	struct coverage_row row = { .source = str_of(source),
		.day = day,
		.announced = announced,
		.stored = stored,
		.rejected = 1,
		.complete = complete,
		.attempts = 2,
		.error = complete ? STR_NONE : STR("cut off"),
		.updated = NOW };

	begin(f);
	assert_done(f, store_coverage_put(f->db, &row, &f->err));
	commit(f);
}

static void test_coverage(void **state)
{
	struct fixture *f = *state;
	struct coverage_row *rows;
	size_t n;

	begin(f);
	assert_done(f, store_source_ensure(f->db, STR("ted"), true, &f->err));
	assert_done(f, store_source_ensure(f->db, STR("boamp"), true, &f->err));
	commit(f);
	cover(f, "ted", TODAY, -1, 0, false);
	cover(f, "ted", TODAY - 2, 9, 8, false);
	cover(f, "ted", TODAY - 3, 9, 9, true);
	cover(f, "boamp", TODAY - 5, 1, 0, false);
	cover(f, "ted", TODAY - 2, 9, 9, true);
	assert_done(f, store_coverage_list(
			       f->db, STR("ted"), TODAY - 2, TODAY, &f->arena, &rows, &n, &f->err));
	assert_int_equal(n, 2);
	assert_int_equal(rows[0].day, TODAY - 2);
	assert_true(rows[0].complete);
	assert_int_equal(rows[0].stored, 9);
	assert_null(rows[0].error.ptr);
	assert_int_equal(rows[1].announced, -1);
	assert_text(rows[1].error, "cut off");
	assert_int_equal(rows[1].attempts, 2);
	assert_int_equal(rows[1].rejected, 1);
	assert_int_equal(rows[1].updated, NOW);
	assert_done(f, store_coverage_list(
			       f->db, STR_NONE, TODAY - 9, TODAY, &f->arena, &rows, &n, &f->err));
	assert_int_equal(n, 4);
	assert_text(rows[0].source, "boamp");
}

static void test_items(void **state)
{
	struct fixture *f = *state;
	struct raw raw = { .source = STR("boamp"),
		.label = STR("l"),
		.format = STR("boamp"),
		.bytes = STR("x"),
		.arrived = NOW };
	static const char *const refs[] = { "a", "b", "c" };
	int64_t stored, rejected;

	begin(f);
	assert_done(f, store_source_ensure(f->db, STR("boamp"), true, &f->err));
	for (size_t i = 0; i < LENGTH(refs); i++) {
		raw.hash = str_of(refs[i]);
		assert_outcome(f, store_raw_put(f->db, &raw, &f->err), STORE_NEW);
		assert_done(f, store_item_put(f->db, STR("boamp"), raw.hash,
				       i < 2 ? TODAY : TODAY - 1, STR("v1"), raw.hash, &f->err));
	}
	assert_done(f, store_raw_quarantine(f->db, STR("b"), STR("no title"), 1, NOW, &f->err));
	commit(f);
	assert_done(f, store_item_find(f->db, STR("boamp"), STR("a"), STR("v1"), &f->err));
	assert_outcome(f, store_item_find(f->db, STR("boamp"), STR("a"), STR("v2"), &f->err),
		STORE_UPDATED);
	assert_outcome(
		f, store_item_find(f->db, STR("boamp"), STR("z"), STR("v1"), &f->err), STORE_NONE);
	assert_outcome(
		f, store_item_find(f->db, STR("ted"), STR("a"), STR("v1"), &f->err), STORE_NONE);
	assert_done(f, store_item_count(f->db, STR("boamp"), TODAY, &stored, &rejected, &f->err));
	assert_int_equal(stored, 2);
	assert_int_equal(rejected, 1);
	assert_done(
		f, store_item_count(f->db, STR("boamp"), TODAY + 1, &stored, &rejected, &f->err));
	assert_int_equal(stored, 0);
	assert_int_equal(rejected, 0);
	begin(f);
	assert_done(f,
		store_item_put(f->db, STR("boamp"), STR("a"), TODAY, STR("v2"), STR("c"), &f->err));
	commit(f);
	assert_done(f, store_item_find(f->db, STR("boamp"), STR("a"), STR("v2"), &f->err));
	assert_done(f, store_item_count(f->db, STR("boamp"), TODAY, &stored, &rejected, &f->err));
	assert_int_equal(stored, 2);
}

static void test_validators(void **state)
{
	struct fixture *f = *state;
	struct str url = STR("https://example.org/a"), etag, modified;

	assert_outcome(f, store_validator_find(f->db, url, &f->arena, &etag, &modified, &f->err),
		STORE_NONE);
	begin(f);
	assert_done(f, store_validator_put(f->db, url, STR("\"1\""), STR_NONE, &f->err));
	commit(f);
	assert_done(f, store_validator_find(f->db, url, &f->arena, &etag, &modified, &f->err));
	assert_text(etag, "\"1\"");
	assert_null(modified.ptr);
	begin(f);
	assert_done(f, store_validator_put(f->db, url, STR_NONE,
			       STR("Sun, 06 Nov 1994 08:49:37 GMT"), &f->err));
	commit(f);
	assert_done(f, store_validator_find(f->db, url, &f->arena, &etag, &modified, &f->err));
	assert_null(etag.ptr);
	assert_text(modified, "Sun, 06 Nov 1994 08:49:37 GMT");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_sources_remember_their_runs),
		STORE_TEST(test_coverage),
		STORE_TEST(test_items),
		STORE_TEST(test_validators),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
