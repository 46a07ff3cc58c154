#include "tender/drift.h"

#include <stdlib.h>

const char *drift_field_name(enum drift_field field)
{
	static const char *const names[] = {
		[DRIFT_TITLE] = "title",
		[DRIFT_BUYER] = "buyer",
		[DRIFT_DEADLINE] = "deadline",
		[DRIFT_URL] = "url",
		[DRIFT_CPV] = "cpv",
		[DRIFT_PLACE] = "place",
	};

	return names[field];
}

static int share(const struct drift_day *day, enum drift_field field)
{
	return (int)(100 * day->lacking[field] / day->notices);
}

static int compare(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* Days [first, last) of one source against day `last`; -1: too few to say. */
static int usual(const struct drift_day *days, size_t first, size_t last, enum drift_field field)
{
	int shares[DRIFT_DAYS];
	size_t n = 0;

	for (size_t i = last; i-- > first && n < DRIFT_DAYS;)
		if (days[i].notices >= DRIFT_NOTICES && days[i].day >= days[last].day - DRIFT_DAYS)
			shares[n++] = share(&days[i], field);
	if (n < DRIFT_KNOWN)
		return -1;
	qsort(shares, n, sizeof(*shares), compare);
	return n % 2 ? shares[n / 2] : (shares[n / 2 - 1] + shares[n / 2]) / 2;
}

size_t drift_find(const struct drift_day *days, size_t n, struct arena *arena, struct drift **ret)
{
	struct drift *found = NULL;
	size_t n_found = 0, capacity = 0;

	for (size_t first = 0, end; first < n; first = end) {
		size_t last;

		for (end = first; end < n && str_eq(days[end].source, days[first].source); end++)
			continue;
		for (last = end - 1; last > first && days[last].notices < DRIFT_NOTICES; last--)
			continue;
		if (days[last].notices < DRIFT_NOTICES)
			continue;
		for (int field = 0; field < DRIFT_FIELDS; field++) {
			int before = usual(days, first, last, (enum drift_field)field);
			int now = share(&days[last], (enum drift_field)field);

			if (before < 0 || now < before + DRIFT_POINTS || now < 2 * before)
				continue;
			arena_grow(arena, found, n_found, &capacity);
			found[n_found++] = (struct drift){ days[last].source, days[last].day,
				(enum drift_field)field, now, before };
		}
	}
	*ret = found;
	return n_found;
}

/* Did enough of the days before have notices to say that a part was not in them? */
static bool is_known(const struct drift_part *part, const struct drift_day *days, size_t n)
{
	int known = 0;

	for (size_t i = 0; i < n; i++)
		known += str_eq(days[i].source, part->source) && days[i].day < part->day &&
			 days[i].day >= part->day - DRIFT_DAYS;
	return known >= DRIFT_KNOWN;
}

void drift_parts_compare(
	struct drift_part *parts, size_t n, const struct drift_day *days, size_t n_days)
{
	for (size_t i = 0; i < n; i++) {
		const struct drift_part *last = i > 0 ? &parts[i - 1] : NULL;
		bool before = last && str_eq(last->source, parts[i].source) &&
			      str_eq(last->path, parts[i].path) &&
			      last->day >= parts[i].day - DRIFT_DAYS;

		parts[i].fresh = !before && is_known(&parts[i], days, n_days);
	}
}
