#include "match/tune.h"

#include <assert.h>
#include <math.h>

enum { STEPS_MAX = 60, HALVINGS_MAX = 40 };
static const double enough = 1e-9, slope_least = 0.5, slope_most = 5;

/* log(1 + exp(x)) without overflow */
static double soft_plus(double x)
{
	return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x));
}

static double probability(double z)
{
	return z >= 0 ? 1 / (1 + exp(-z)) : exp(z) / (1 + exp(z));
}

/* The slope alone, held softly near one: judgments that are all right would make it endless. */
static double fit_slope(const struct tune_case *cases, size_t n)
{
	double slope = 1;

	for (int step = 0; step < STEPS_MAX; step++) {
		double gradient = slope - 1, curve = 1, next;

		for (size_t i = 0; i < n; i++) {
			double p = probability(slope * cases[i].over);

			gradient += (p - cases[i].relevant) * cases[i].over;
			curve += p * (1 - p) * cases[i].over * cases[i].over;
		}
		next = fmin(slope_most, fmax(slope_least, slope - gradient / curve));
		if (fabs(next - slope) < enough)
			break;
		slope = next;
	}
	return slope;
}

struct fitting {
	const struct tune_case *cases;
	size_t n, n_rules;
	double lambda, slope;
	double *gradient, *curve, *step, *trial;
};

static double z_of(const struct fitting *f, const struct tune_case *c, const double *change)
{
	double over = c->over;

	for (size_t i = 0; i < c->n_parts; i++)
		over += c->parts[i].part * change[c->parts[i].rule];
	return f->slope * over;
}

static double loss(const struct fitting *f, const double *change)
{
	double sum = 0;

	for (size_t i = 0; i < f->n; i++) {
		double z = z_of(f, &f->cases[i], change);

		sum += soft_plus(f->cases[i].relevant ? -z : z);
	}
	for (size_t i = 0; i < f->n_rules; i++)
		sum += f->lambda / 2 * change[i] * change[i];
	return sum;
}

static void derive(const struct fitting *f, const double *change)
{
	for (size_t i = 0; i < f->n_rules; i++) {
		f->gradient[i] = f->lambda * change[i];
		for (size_t j = 0; j < f->n_rules; j++)
			f->curve[i * f->n_rules + j] = i == j ? f->lambda : 0;
	}
	for (size_t k = 0; k < f->n; k++) {
		const struct tune_case *c = &f->cases[k];
		double p = probability(z_of(f, c, change));
		double weight = p * (1 - p) * f->slope * f->slope;

		for (size_t i = 0; i < c->n_parts; i++) {
			const struct tune_part *x = &c->parts[i];

			f->gradient[x->rule] += (p - c->relevant) * f->slope * x->part;
			for (size_t j = 0; j < c->n_parts; j++)
				f->curve[x->rule * f->n_rules + c->parts[j].rule] +=
					weight * x->part * c->parts[j].part;
		}
	}
}

/* curve * step = gradient by Cholesky: lambda makes the matrix positive definite. */
static void solve(const struct fitting *f)
{
	size_t n = f->n_rules;
	double *a = f->curve, *x = f->step;

	for (size_t j = 0; j < n; j++) {
		for (size_t k = 0; k < j; k++)
			a[j * n + j] -= a[j * n + k] * a[j * n + k];
		a[j * n + j] = sqrt(a[j * n + j]);
		for (size_t i = j + 1; i < n; i++) {
			for (size_t k = 0; k < j; k++)
				a[i * n + j] -= a[i * n + k] * a[j * n + k];
			a[i * n + j] /= a[j * n + j];
		}
	}
	for (size_t i = 0; i < n; i++) {
		x[i] = f->gradient[i];
		for (size_t k = 0; k < i; k++)
			x[i] -= a[i * n + k] * x[k];
		x[i] /= a[i * n + i];
	}
	for (size_t i = n; i-- > 0;) {
		for (size_t k = i + 1; k < n; k++)
			x[i] -= a[k * n + i] * x[k];
		x[i] /= a[i * n + i];
	}
}

/* The whole step, or half of it, and so on, until it leads down; false at the bottom. */
static bool step_down(const struct fitting *f, double *change)
{
	double here = loss(f, change), part = 1, largest = 0;

	for (size_t i = 0; i < f->n_rules; i++)
		largest = fmax(largest, fabs(f->step[i]));
	if (largest < enough)
		return false;
	for (int halving = 0; halving < HALVINGS_MAX; halving++, part /= 2) {
		for (size_t i = 0; i < f->n_rules; i++)
			f->trial[i] = change[i] - part * f->step[i];
		if (loss(f, f->trial) >= here)
			continue;
		for (size_t i = 0; i < f->n_rules; i++)
			change[i] = f->trial[i];
		return true;
	}
	return false;
}

void tune_fit(const struct tune_case *cases, size_t n, size_t n_rules, double lambda, struct arena *arena,
	double *ret, double *ret_slope)
{
	struct fitting f = { .cases = cases, .n = n, .n_rules = n_rules, .lambda = lambda };

	assert(lambda > 0 && n_rules <= TUNE_RULES_MAX);
	f.slope = *ret_slope = fit_slope(cases, n);
	f.gradient = arena_array(arena, double, n_rules);
	f.step = arena_array(arena, double, n_rules);
	f.trial = arena_array(arena, double, n_rules);
	f.curve = arena_array(arena, double, n_rules * n_rules);
	for (size_t i = 0; i < n_rules; i++)
		ret[i] = 0;
	for (int step = 0; step < STEPS_MAX; step++) {
		derive(&f, ret);
		solve(&f);
		if (!step_down(&f, ret))
			break;
	}
}
