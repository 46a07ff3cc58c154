#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "base/macros.h"
#include "base/stats.h"

#define assert_near(X, WANTED, EPSILON) assert_true(fabs((X) - (WANTED)) <= (EPSILON))

/* Known values: Newcombe 1998, table I, method 3 (Wilson score). */
static void test_wilson(void **state)
{
	static const struct {
		int64_t k, n;
		double low, high;
	} cases[] = {
		{ 81, 263, 0.2553, 0.3662 },
		{ 15, 148, 0.0624, 0.1605 },
		{ 0, 20, 0.0000, 0.1611 },
		{ 1, 29, 0.0061, 0.1718 },
		{ 10, 10, 0.7225, 1.0000 },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct share s = share_of(cases[i].k, cases[i].n);

		assert_near(s.low, cases[i].low, 0.00005);
		assert_near(s.high, cases[i].high, 0.00005);
		assert_near(s.share, (double)cases[i].k / (double)cases[i].n, 1e-12);
	}
	assert_near(share_of(0, 0).low, 0, 0);
	assert_near(share_of(0, 0).high, 1, 0);
}

static void test_as_people_read_it(void **state)
{
	char out[SHARE_FORMAT_MAX];
	struct share s = share_of(81, 263), none = share_of(0, 0);

	(void)state;
	assert_string_equal(share_format(&s, out), "0.31 (0.26–0.37)");
	assert_string_equal(share_format(&none, out), "none");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wilson),
		cmocka_unit_test(test_as_people_read_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
