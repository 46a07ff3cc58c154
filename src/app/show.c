#include <stdio.h>

#include "app.h"
#include "base/date.h"
#include "match/receipt.h"
#include "tender/notice.h"

void show_reasons(const struct receipt *receipt)
{
	for (size_t i = 0; i < receipt->n_reasons; i++) {
		const struct reason *reason = &receipt->reasons[i];
		char points[POINTS_FORMAT_MAX];

		printf("  %6s  ", points_format(reason->points, points));
		(void)out_id(reason->rule, 30);
		printf("  %-16.*s “", STR_ARG(reason->field));
		out_cell(reason->text, (int)(str_utf8_count(reason->text) > 40 ? 40
									: str_utf8_count(reason->text)));
		out_line("”");
	}
}

static void receipt_text(const struct receipt *receipt)
{
	char score[POINTS_FORMAT_MAX], threshold[POINTS_FORMAT_MAX];

	out_line("%.*s  %.*s%s%.*s  score %s (threshold %s, ruleset %lld)", STR_ARG(receipt->profile),
		STR_ARG(receipt->notice), str_given(receipt->lot) ? " " : "", STR_ARG(receipt->lot),
		points_format(receipt->score, score), points_format(receipt->threshold, threshold),
		(long long)receipt->ruleset);
	show_reasons(receipt);
}

void show_receipt(struct app *app, const struct receipt *receipt)
{
	if (!app->json) {
		receipt_text(receipt);
		return;
	}
	receipt_to_json(receipt, NULL, STR_NONE, out_json(app));
	out_json_end(app);
}

void show_notice_line(struct app *app UNUSED, const struct notice *notice)
{
	char published[DAY_FORMAT_MAX] = "-", deadline[TIME_FORMAT_MAX] = "-";
	int used = 0;

	if (notice->published != DAY_NONE)
		day_format(notice->published, published);
	if (notice->deadline.at != TIME_NONE)
		day_format(paris_day(notice->deadline.at), deadline);
	used += out_id(notice->id, 22);
	used += printf(" %-11s %-10s%c ", notice_kind_name(notice->kind), deadline,
		notice->deadline.certainty == DEADLINE_UNCERTAIN ? '?' : ' ');
	out_last(notice->title, used);
}

static void report_json(struct app *app, const struct report *report)
{
	struct json_writer *w = out_json(app);

	json_open_object(w);
	json_add_str(w, "source", report->source);
	json_key(w, "announced");
	if (report->announced < 0)
		json_put_null(w);
	else
		json_put_int(w, report->announced);
	json_add_int(w, "read", report->read);
	json_add_int(w, "new", report->added);
	json_add_int(w, "updated", report->updated);
	json_add_int(w, "unchanged", report->unchanged);
	json_add_int(w, "rejected", report->rejected);
	json_key(w, "failures");
	json_open_array(w);
	for (size_t i = 0; i < report->n_failures; i++) {
		json_open_object(w);
		json_add_str(w, "item", report->failures[i].item);
		json_add_str(w, "reason", report->failures[i].reason);
		json_close_object(w);
	}
	json_close_array(w);
	json_close_object(w);
	out_json_end(app);
}

/* A file's name may hold a line end. */
static struct str one_line(struct app *app, struct str text)
{
	struct str copy = arena_dup(&app->arena, text);

	for (size_t i = 0; i < copy.len; i++)
		if (copy.ptr[i] == '\n')
			((char *)copy.ptr)[i] = ' ';
	return copy;
}

void show_report(struct app *app, const struct report *report)
{
	progress_end(app);
	if (app->json) {
		report_json(app, report);
		return;
	}
	for (size_t i = 0; i < report->n_failures; i++)
		note(app, "%.*s: %.*s", STR_ARG(one_line(app, report->failures[i].item)),
			STR_ARG(report->failures[i].reason));
	printf("%.*s: ", STR_ARG(report->source));
	if (report->announced >= 0)
		printf("%lld announced, ", (long long)report->announced);
	out_line("%lld read, %lld new, %lld updated, %lld unchanged, %lld rejected",
		(long long)report->read, (long long)report->added, (long long)report->updated,
		(long long)report->unchanged, (long long)report->rejected);
}
