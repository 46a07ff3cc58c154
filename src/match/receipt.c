#include "match/receipt.h"

#include <stdio.h>
#include <stdlib.h>

struct receipt *receipt_dup(const struct receipt *receipt, struct arena *arena)
{
	struct receipt *copy = arena_new(arena, struct receipt);

	*copy = *receipt;
	copy->profile = arena_dup(arena, receipt->profile);
	copy->notice = arena_dup(arena, receipt->notice);
	copy->lot = arena_dup(arena, receipt->lot);
	copy->reasons = arena_array(arena, struct reason, receipt->n_reasons);
	for (size_t i = 0; i < receipt->n_reasons; i++) {
		copy->reasons[i] = receipt->reasons[i];
		copy->reasons[i].rule = arena_dup(arena, receipt->reasons[i].rule);
		copy->reasons[i].field = arena_dup(arena, receipt->reasons[i].field);
		copy->reasons[i].text = arena_dup(arena, receipt->reasons[i].text);
	}
	return copy;
}

const char *points_format(points_t points, char out[POINTS_FORMAT_MAX])
{
	const char *sign = points < 0 ? "-" : "";
	int whole = abs(points / 10), tenth = abs(points % 10);

	if (tenth == 0)
		snprintf(out, POINTS_FORMAT_MAX, "%s%d", sign, whole);
	else
		snprintf(out, POINTS_FORMAT_MAX, "%s%d.%d", sign, whole, tenth);
	return out;
}

static bool reason_same(const struct reason *a, const struct reason *b)
{
	return a->points == b->points && a->start == b->start && a->end == b->end &&
	       str_eq(a->rule, b->rule) && str_eq(a->field, b->field) && str_eq(a->text, b->text);
}

bool receipt_same(const struct receipt *a, const struct receipt *b)
{
	if (a->score != b->score || a->threshold != b->threshold || a->n_reasons != b->n_reasons ||
		a->notice_version != b->notice_version || !str_eq(a->profile, b->profile) ||
		!str_eq(a->notice, b->notice) || !str_eq(a->lot, b->lot))
		return false;
	for (size_t i = 0; i < a->n_reasons; i++)
		if (!reason_same(&a->reasons[i], &b->reasons[i]))
			return false;
	return true;
}
