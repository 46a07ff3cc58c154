#include "fetch_plan.h"

#include <stdlib.h>

static int compare_day(const void *key, const void *row)
{
	day_t day = *(const day_t *)key, other = ((const struct coverage_row *)row)->day;

	return (day > other) - (day < other);
}

const struct coverage_row *past_find(const struct fetch_past *past, day_t day)
{
	if (past->n == 0)
		return NULL;
	return bsearch(&day, past->rows, past->n, sizeof(*past->rows), compare_day);
}

/* Days between the day and its last reading; what came late in that time we have seen. */
static int age_when_read(const struct coverage_row *row)
{
	return paris_day(row->updated) - row->day;
}

/* The newest day that was asked about while it was new; old stretches read alone do not count. */
static day_t newest_followed(const struct fetch_past *past)
{
	for (size_t i = past->n; i-- > 0;)
		if (age_when_read(&past->rows[i]) <= past->overlap)
			return past->rows[i].day;
	return DAY_NONE;
}

static day_t first_day(const struct fetch_past *past)
{
	day_t first = past->today - past->overlap, newest = newest_followed(past);

	if (past->cursor != DAY_NONE)
		newest = past->cursor - past->overlap;
	return newest != DAY_NONE && newest < first ? newest : first;
}

/* Is there nothing to ask about the day, or is its turn another one? */
static bool settled(const struct fetch_past *past, day_t day)
{
	const struct coverage_row *row = past_find(past, day);

	if (day >= past->today - past->overlap)
		return false;
	/* The overlap reads again; it does not go back behind where we began. */
	if (row == NULL)
		return past->cursor != DAY_NONE && day <= past->cursor;
	if (row->attempts == 0)
		return false;
	/* An old day that is still incomplete is a gap, and has its turn as one. */
	return !row->complete || age_when_read(row) >= past->overlap;
}

struct plan {
	day_t *days;
	size_t n, capacity;
	struct arena *arena;
};

static void add_day(struct plan *plan, day_t day)
{
	arena_grow(plan->arena, plan->days, plan->n, &plan->capacity);
	plan->days[plan->n++] = day;
}

static int compare_gaps(const void *a, const void *b)
{
	const struct coverage_row *x = *(const struct coverage_row *const *)a;
	const struct coverage_row *y = *(const struct coverage_row *const *)b;

	if (x->attempts != y->attempts)
		return x->attempts < y->attempts ? -1 : 1;
	return (x->day > y->day) - (x->day < y->day);
}

static void add_gaps(const struct fetch_past *past, day_t first, struct plan *plan)
{
	const struct coverage_row **gaps =
		arena_array(plan->arena, const struct coverage_row *, past->n);
	size_t n = 0;

	for (size_t i = 0; i < past->n; i++) {
		const struct coverage_row *row = &past->rows[i];

		if (!row->complete && row->day < past->today &&
			(row->day < first || settled(past, row->day)))
			gaps[n++] = row;
	}
	if (n > 0)
		qsort(gaps, n, sizeof(*gaps), compare_gaps);
	for (size_t i = 0; i < n && i < PLAN_GAPS_MAX; i++)
		add_day(plan, gaps[i]->day);
}

int past_plan(const struct fetch_past *past, day_t since, day_t until, struct arena *arena,
	day_t **ret, size_t *ret_n, struct error *err)
{
	struct plan plan = { .arena = arena };
	day_t first = since != DAY_NONE ? since : first_day(past);
	day_t last = until != DAY_NONE ? until : past->today;
	char from[DAY_FORMAT_MAX], to[DAY_FORMAT_MAX];

	if (first > last && since != DAY_NONE)
		return error_set(err, ERROR_CONFIG, "no day lies between %s and %s",
			day_format(first, from), day_format(last, to));
	if ((int64_t)last - first >= PLAN_DAYS_MAX)
		return error_set(err, ERROR_CONFIG, "from %s to %s are more than %d days",
			day_format(first, from), day_format(last, to), PLAN_DAYS_MAX);
	for (day_t day = last; day >= first; day--) {
		if (since != DAY_NONE || !settled(past, day))
			add_day(&plan, day);
	}
	if (since == DAY_NONE)
		add_gaps(past, first, &plan);
	*ret = plan.days;
	*ret_n = plan.n;
	return 0;
}

static bool complete(const struct fetch_past *past, day_t day)
{
	const struct coverage_row *row = past_find(past, day);

	return row != NULL && row->complete;
}

/* Without a cursor: the day before the stretch of known days that the newest followed day is in. */
static day_t first_cursor(const struct fetch_past *past)
{
	day_t day = newest_followed(past);

	while (day != DAY_NONE && past_find(past, day - 1) != NULL)
		day--;
	return day == DAY_NONE ? DAY_NONE : day - 1;
}

day_t past_cursor(const struct fetch_past *past)
{
	day_t start = past->cursor != DAY_NONE ? past->cursor : first_cursor(past), cursor = start;

	if (start == DAY_NONE)
		return DAY_NONE;
	/* A day re-read in the overlap may have been opened again. */
	for (day_t day = start; day > start - past->overlap; day--) {
		const struct coverage_row *row = past_find(past, day);

		if (row != NULL && !row->complete)
			cursor = day - 1;
	}
	while (complete(past, cursor + 1))
		cursor++;
	return cursor == start && past->cursor == DAY_NONE ? DAY_NONE : cursor;
}
