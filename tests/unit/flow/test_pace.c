#include "../../../src/flow/pace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/macros.h"

static void test_the_first_request_waits_for_nothing(void **state UNUSED)
{
	struct pace pace;

	pace_init(&pace, 500, 3, 1000);
	assert_int_equal(pace_due(&pace, 0), 0);
	assert_int_equal(pace_due(&pace, 123456), 0);
}

static void test_the_pause_runs_from_the_end_of_a_request(void **state UNUSED)
{
	struct pace pace;

	pace_init(&pace, 500, 0, 0);
	pace_begin(&pace, 1000);
	pace_end(&pace, 1200);
	assert_int_equal(pace_due(&pace, 1200), 500);
	assert_int_equal(pace_due(&pace, 1699), 1);
	assert_int_equal(pace_due(&pace, 1700), 0);
}

static void test_without_bounds_there_is_no_wait(void **state UNUSED)
{
	struct pace pace;

	pace_init(&pace, 0, 0, 0);
	for (int i = 0; i < 10000; i++) {
		assert_int_equal(pace_due(&pace, 7), 0);
		pace_begin(&pace, 7);
		pace_end(&pace, 7);
	}
}

/* A client that asks as soon as it may: no stretch of the window has more than the budget. */
static void run_budget(size_t budget, int64_t window, int64_t pause, int64_t answer)
{
	enum { N = 3000 };
	static int64_t began[N];
	struct pace pace;
	int64_t at = 0;

	pace_init(&pace, pause, budget, window);
	for (int i = 0; i < N; i++) {
		at += pace_due(&pace, at);
		began[i] = at;
		pace_begin(&pace, at);
		at += answer;
		pace_end(&pace, at);
	}
	for (size_t i = budget; i < N; i++)
		assert_true(began[i] - began[i - budget] >= window);
	/* … and it is not slower than it must be. */
	if (pause + answer == 0)
		assert_int_equal(began[N - 1], (int64_t)((N - 1) / budget) * window);
}

static void test_the_budget_is_never_exceeded_in_any_window(void **state UNUSED)
{
	run_budget(1, 100, 0, 0);
	run_budget(480, 360000, 0, 0);
	run_budget(480, 360000, 0, 90);
	run_budget(PACE_BUDGET_MAX, 60000, 3, 17);
	run_budget(7, 1000, 400, 0);
}

static void test_the_wait_after_a_failure_doubles_up_to_the_longest(void **state UNUSED)
{
	static const int64_t ceilings[] = { 1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000 };

	for (int failed = 1; failed <= (int)LENGTH(ceilings); failed++) {
		int64_t top = ceilings[failed - 1];

		assert_int_equal(pace_backoff(1000, 60000, failed, 0), 0);
		assert_int_equal(pace_backoff(1000, 60000, failed, (uint64_t)top), top);
		assert_int_equal(pace_backoff(1000, 60000, failed, (uint64_t)top + 1), 0);
		assert_true(pace_backoff(1000, 60000, failed, UINT64_MAX) <= top);
	}
	assert_int_equal(pace_backoff(1000, 60000, 1000000, 60000), 60000);
	assert_int_equal(pace_backoff(0, 60000, 20, UINT64_MAX), 0);
	assert_int_equal(pace_backoff(90000, 60000, 1, 60000), 60000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_first_request_waits_for_nothing),
		cmocka_unit_test(test_the_pause_runs_from_the_end_of_a_request),
		cmocka_unit_test(test_without_bounds_there_is_no_wait),
		cmocka_unit_test(test_the_budget_is_never_exceeded_in_any_window),
		cmocka_unit_test(test_the_wait_after_a_failure_doubles_up_to_the_longest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
