#include "fixture.h"
#include "store/incident.h"

static void cover(struct fixture *f, bool complete, int64_t now, const char *error)
{
	struct coverage_row row = { .source = STR("boamp"), .day = TODAY, .announced = 9, .stored = complete ? 9 : 4,
		.complete = complete, .attempts = 1, .error = str_of(error), .updated = now };

	begin(f);
	assert_done(f, store_source_ensure(f->db, STR("boamp"), true, &f->err));
	assert_done(f, store_coverage_put(f->db, &row, &f->err));
	commit(f);
}

static size_t list(struct fixture *f, struct incident **ret)
{
	size_t n;

	assert_done(f, store_incident_list(f->db, STR_NONE, TODAY - 1, TODAY, &f->arena, ret, &n, &f->err));
	return n;
}

static void test_a_gap_begins_is_tried_and_ends(void **state)
{
	struct fixture *f = *state;
	struct incident *rows;

	cover(f, true, NOW, NULL);
	assert_int_equal(list(f, &rows), 0);
	cover(f, false, NOW + 10, "HTTP 500");
	cover(f, false, NOW + 20, "HTTP 502");
	assert_int_equal(list(f, &rows), 1);
	assert_int_equal(rows[0].since, NOW + 10);
	assert_int_equal(rows[0].last, NOW + 20);
	assert_int_equal(rows[0].attempts, 2);
	assert_true(rows[0].ended == TIME_NONE);
	assert_text(rows[0].error, "HTTP 502");
	cover(f, true, NOW + 30, NULL);
	cover(f, true, NOW + 40, NULL);
	assert_int_equal(list(f, &rows), 1);
	assert_int_equal(rows[0].ended, NOW + 30);
	assert_int_equal(rows[0].attempts, 3);
	/* a second gap of the same day is one of its own */
	cover(f, false, NOW + 50, "HTTP 500");
	assert_int_equal(list(f, &rows), 2);
	assert_true(rows[1].ended == TIME_NONE);
}

static void test_what_lacks_is_counted_by_day(void **state)
{
	struct fixture *f = *state;
	struct drift_day *days;
	size_t n;

	for (int i = 0; i < 4; i++) {
		struct notice notice = simple_notice(f, "boamp", arena_printf(&f->arena, "26-%d", i).ptr);

		notice.published = TODAY - i / 3;
		notice.summary = i == 2;
		if (i > 0)
			notice.buyer.name = STR("Ville");
		if (i == 1)
			notice.cpv.n = 0;
		assert_outcome(f, put(f, &notice), STORE_NEW);
	}
	assert_done(f, store_drift_days(f->db, TODAY - 28, TODAY, &f->arena, &days, &n, &f->err));
	assert_int_equal(n, 2);
	assert_int_equal(days[0].day, TODAY - 1);
	assert_int_equal(days[0].lacking[DRIFT_BUYER], 0);
	assert_int_equal(days[1].notices, 2);
	assert_int_equal(days[1].lacking[DRIFT_BUYER], 1);
	assert_int_equal(days[1].lacking[DRIFT_CPV], 1);
	assert_int_equal(days[1].lacking[DRIFT_TITLE], 0);
	assert_int_equal(days[1].lacking[DRIFT_URL], 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_a_gap_begins_is_tried_and_ends),
		STORE_TEST(test_what_lacks_is_counted_by_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
