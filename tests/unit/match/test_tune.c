#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "base/macros.h"
#include "match/tune.h"

#define assert_near(X, WANTED) assert_true(fabs((X) - (WANTED)) < 1e-6)

static const struct tune_part good[] = { { 0, 1 } }, bad[] = { { 1, 1 } }, both[] = { { 0, 1 }, { 1, 0.5 } };

/* Rule 0 speaks of what is relevant and is too light, rule 1 of what is not and is too heavy. */
static const struct tune_case separable[] = {
	{ -2, good, 1, true }, { -2, good, 1, true }, { -1, good, 1, true }, { -2, good, 1, true },
	{ 2, bad, 1, false }, { 1, bad, 1, false }, { 2, bad, 1, false }, { 3, bad, 1, false },
};

static double fit(const struct tune_case *cases, size_t n, double lambda, double change[2])
{
	struct arena arena = ARENA_INIT;
	double slope;

	tune_fit(cases, n, 2, lambda, &arena, change, &slope);
	arena_done(&arena);
	return slope;
}

static void test_a_small_separable_set(void **state)
{
	double firm[2], loose[2];

	(void)state;
	fit(separable, LENGTH(separable), 0.01, loose);
	fit(separable, LENGTH(separable), 10, firm);
	/* pulled the right way, over the threshold when little holds them back */
	assert_true(loose[0] > 2 && loose[1] < -3);
	assert_true(firm[0] > 0 && firm[0] < loose[0] && firm[1] < 0 && firm[1] > loose[1]);
}

/* At the minimum the gradient is nought: lambda * change = sum of (y - p) * slope * part. */
static void test_the_minimum(void **state)
{
	struct tune_case cases[] = { { 1, good, 1, false }, { -1, both, 2, true }, { 0.5, bad, 1, true },
		{ 2, both, 2, true }, { -3, bad, 1, false } };
	double change[2], slope = fit(cases, LENGTH(cases), 0.5, change), gradient[2];

	(void)state;
	for (int rule = 0; rule < 2; rule++)
		gradient[rule] = 0.5 * change[rule];
	for (size_t i = 0; i < LENGTH(cases); i++) {
		double z = cases[i].over;

		for (size_t j = 0; j < cases[i].n_parts; j++)
			z += cases[i].parts[j].part * change[cases[i].parts[j].rule];
		for (size_t j = 0; j < cases[i].n_parts; j++)
			gradient[cases[i].parts[j].rule] +=
				(1 / (1 + exp(-slope * z)) - cases[i].relevant) * slope * cases[i].parts[j].part;
	}
	assert_near(gradient[0], 0);
	assert_near(gradient[1], 0);
}

/* One judgment, one rule, known by hand: slope clamps at its least, change solves lambda c = s (1 - p). */
static void test_known_values(void **state)
{
	struct tune_case one[] = { { 0, good, 1, true } };
	double change[2], slope = fit(one, 1, 1, change);

	(void)state;
	assert_near(slope, 1); /* nothing speaks about it */
	assert_near(change[0], 0.4010581375414951); /* c = 1 / (1 + exp(c)) */
	assert_near(change[1], 0);
}

static void test_nothing_judged_changes_nothing(void **state)
{
	double change[2];

	(void)state;
	fit(NULL, 0, 1, change);
	assert_near(change[0], 0);
	assert_near(change[1], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_small_separable_set),
		cmocka_unit_test(test_the_minimum),
		cmocka_unit_test(test_known_values),
		cmocka_unit_test(test_nothing_judged_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
