/* notice list, show, search */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "source/exchange.h"
#include "store/notice.h"
#include "tender/cpv.h"
#include "tender/place.h"

static int show_notice(void *data, const struct notice *notice, int64_t seq UNUSED,
	struct error *err UNUSED)
{
	struct app *app = data;

	if (app->json) {
		notice_to_json(notice, app_flag(app, "full"), out_json(app));
		out_json_end(app);
	} else {
		show_notice_line(app, notice);
	}
	return 0;
}

/* Options that `list` and `search` share. */
static int read_filter(struct app *app, struct notice_filter *filter, struct error *err)
{
	struct str kind = app_text(app, "kind"), cpv = app_text(app, "cpv"), place = app_text(app, "place");
	enum notice_kind parsed;

	notice_filter_init(filter);
	filter->since = (day_t)app_number(app, "since", DAY_NONE);
	filter->until = (day_t)app_number(app, "until", DAY_NONE);
	filter->source = app_text(app, "source");
	filter->dossier = app_text(app, "dossier");
	filter->limit = app_number(app, "limit", 0);
	filter->newest_first = true;
	if (!app_flag(app, "all"))
		filter->open_at = app->now;
	if (str_given(kind)) {
		if (!notice_kind_parse(kind, &parsed))
			return bad_usage(app, error_set(err, ERROR_CONFIG, "--kind is one of planning, competition, "
				"direct-award, result, change, cancellation, requirement"));
		filter->kind = (int)parsed;
	}
	if (str_given(cpv)) {
		filter->cpv_branch = cpv_branch_parse(cpv, &app->arena);
		if (!str_given(filter->cpv_branch))
			return bad_usage(app,
				error_set(err, ERROR_CONFIG, "--cpv takes 2 to 8 digits, like 72 or 72212"));
	}
	if (str_given(place)) {
		filter->place = place_parse(place, &app->arena);
		if (!str_given(filter->place))
			return bad_usage(app, error_set(err, ERROR_CONFIG,
				"--place takes a department or a NUTS code, like 48 or FRJ"));
	}
	return 0;
}

int cmd_notice_list(struct app *app, struct error *err)
{
	struct notice_filter filter;
	int r = read_filter(app, &filter, err);

	if (r < 0)
		return r;
	return store_notice_each(app->db, &filter, show_notice, app, err);
}

int cmd_notice_search(struct app *app, struct error *err)
{
	CLEANUP(buf_done) struct buf words = BUF_INIT(4096);
	struct notice_filter filter;
	int r = read_filter(app, &filter, err);

	if (r < 0)
		return r;
	for (int i = 0; i < app->n_operands; i++)
		buf_addf(&words, "%s%s", i > 0 ? " " : "", app->operands[i]);
	r = buf_check(&words, "the search", err);
	if (r < 0)
		return r;
	if (!str_utf8_valid(buf_str(&words)))
		return bad_usage(app, error_set(err, ERROR_CONFIG, "the words are not valid UTF-8"));
	if (words.len > 0)
		filter.text = buf_str(&words);
	return store_notice_each(app->db, &filter, show_notice, app, err);
}

static void show_fact(const char *name, struct str value)
{
	if (!str_given(value))
		return;
	printf("%-12s", name);
	out_text(value, 0, out_width() - 12);
}

static void show_codes(const char *name, const struct codes *codes)
{
	if (codes->n == 0)
		return;
	printf("%-12s", name);
	for (size_t i = 0; i < codes->n; i++)
		printf("%s%.*s", i > 0 ? " " : "", STR_ARG(codes->at[i]));
	putchar('\n');
}

static void show_deadline(const struct deadline *deadline)
{
	char text[TIME_FORMAT_MAX];

	if (deadline->at == TIME_NONE)
		return;
	out_line("%-12s%s (%s%s%.*s)", "deadline", time_format(deadline->at, deadline->offset_s, text),
		deadline_certainty_name(deadline->certainty), deadline->text.len ? ", written " : "",
		STR_ARG(deadline->text));
}

void show_notice_whole(const struct notice *notice)
{
	char day[DAY_FORMAT_MAX], amount[MONEY_FORMAT_MAX];

	out_line("%-12s%.*s version %d, %s (%s)", "notice", STR_ARG(notice->id), notice->version,
		notice_kind_name(notice->kind), notice_kind_name(notice->stage));
	show_fact("title", notice->title);
	show_fact("buyer", notice->buyer.name);
	show_fact("city", notice->buyer.city);
	show_fact("buyer id", notice->buyer.id);
	show_fact("nature", str_of(notice_nature_name(notice->nature)));
	show_fact("procedure", notice->procedure);
	show_codes("cpv", &notice->cpv);
	show_codes("places", &notice->places);
	if (notice->value.cents != MONEY_NONE)
		out_line("%-12s%s %s", "value", money_format(notice->value, amount), notice->value.currency);
	if (notice->published != DAY_NONE)
		out_line("%-12s%s", "published", day_format(notice->published, day));
	show_deadline(&notice->deadline);
	show_fact("page", notice->url);
	show_fact("documents", notice->documents_url);
	show_fact("dossier", notice->dossier);
	if (str_given(notice->description)) {
		putchar('\n');
		out_text(notice->description, 0, out_width());
	}
	for (size_t i = 0; i < notice->n_lots; i++) {
		const struct lot *lot = &notice->lots[i];

		out_line("\n%.*s  %.*s", STR_ARG(lot->id), STR_ARG(lot->title));
		show_codes("  cpv", &lot->cpv);
		if (str_given(lot->description))
			out_text(lot->description, 2, out_width() - 2);
	}
}

int cmd_notice_show(struct app *app, struct error *err)
{
	for (int i = 0; i < app->n_operands; i++) {
		struct notice notice;
		int r = store_notice_find(app->db, app_operand(app, i), &app->arena, &notice, err);

		if (r < 0)
			return r;
		if (r == STORE_NONE)
			return error_set(err, ERROR_INPUT, "no notice %s", app->operands[i]);
		if (app->json) {
			notice_to_json(&notice, app_flag(app, "full"), out_json(app));
			out_json_end(app);
		} else {
			if (i > 0)
				putchar('\n');
			show_notice_whole(&notice);
		}
	}
	return 0;
}
