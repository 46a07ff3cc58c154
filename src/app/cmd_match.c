/* match, explain, verify */
#include <stdio.h>

#include "commands.h"
#include "flow/bench.h"
#include "flow/match.h"
#include "store/match.h"
#include "store/notice.h"
#include "store/profile.h"

static int show_new(void *data, const struct receipt *receipt, struct error *err UNUSED)
{
	struct app *app = data;

	progress_end(app);
	show_receipt(app, receipt);
	return 0;
}

static int show_current(void *data, const struct receipt *receipt, int64_t first_matched UNUSED,
	struct error *err UNUSED)
{
	show_receipt(data, receipt);
	return 0;
}

/* --no-gates: every stored notice against every profile, computed and not stored. */
struct open_run {
	struct app *app;
	struct bench *bench;
	struct arena arena;
};

static int run_without_gates(void *data, const struct notice *notice, int64_t seq UNUSED,
	struct error *err)
{
	struct open_run *run = data;
	struct match_options options = { .now = run->app->now, .no_gates = true };
	struct receipts receipts;
	int r;

	arena_reset(&run->arena);
	r = matcher_run(run->bench->matcher, notice, &options, &run->arena, &receipts, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < receipts.n; i++)
		show_receipt(run->app, &receipts.at[i]);
	return 0;
}

static int match_without_gates(struct app *app, struct error *err)
{
	struct notice_filter filter;
	struct bench bench;
	struct open_run run = { app, &bench, ARENA_INIT };
	int r = bench_open(app->db, &bench, err);

	if (r < 0)
		return r;
	notice_filter_init(&filter);
	filter.since = (day_t)app_number(app, "since", DAY_NONE);
	r = store_notice_each(app->db, &filter, run_without_gates, &run, err);
	arena_done(&run.arena);
	bench_done(&bench);
	return r;
}

int cmd_match(struct app *app, struct error *err)
{
	struct match_filter all = { STR_NONE, STR_NONE, TIME_NONE };
	struct match_count count;
	int r;

	if (app_flag(app, "no-gates"))
		return match_without_gates(app, err);
	r = match_update(app->db, app->now, (day_t)app_number(app, "since", DAY_NONE),
		app_flag(app, "all") ? NULL : show_new, app, &app->progress, &count, err);
	progress_end(app);
	if (r >= 0 && app_flag(app, "all"))
		r = store_match_each(app->db, &all, show_current, app, err);
	if (r >= 0)
		note(app, "%lld notice%s and %lld new profile%s compared: %lld new match%s", (long long)count.notices,
			count.notices == 1 ? "" : "s", (long long)count.profiles, count.profiles == 1 ? "" : "s",
			(long long)count.added, count.added == 1 ? "" : "es");
	return r;
}

static int load_pair(struct app *app, struct profile *profile, struct notice *notice, struct error *err)
{
	int r = store_profile_find(app->db, app_operand(app, 0), &app->arena, profile, err);

	if (r == STORE_NONE)
		return error_set(err, ERROR_INPUT, "no profile %s", app->operands[0]);
	if (r >= 0)
		r = store_notice_find(app->db, app_operand(app, 1), &app->arena, notice, err);
	if (r == STORE_NONE)
		return error_set(err, ERROR_INPUT, "no notice %s", app->operands[1]);
	return r;
}

static void explanation_json(struct app *app, const struct explanation *why)
{
	struct json_writer *w;
	char missing[POINTS_FORMAT_MAX];

	show_receipt(app, &why->receipt);
	w = out_json(app);
	json_open_object(w);
	json_add_bool(w, "matches", why->matches);
	json_add_str(w, "gate", why->gate == GATE_PASSED ? STR_NONE : str_of(match_gate_name(why->gate)));
	json_add_str(w, "gate_text", why->gate_text);
	json_key(w, "missing");
	json_put_raw(w, str_of(points_format(why->missing, missing)));
	json_add_str(w, "change", why->change);
	json_close_object(w);
	out_json_end(app);
}

static void explanation_text(struct app *app, const struct explanation *why)
{
	char missing[POINTS_FORMAT_MAX];

	out_line("%s", why->matches ? "It matches." : "It does not match.");
	if (why->gate != GATE_PASSED)
		out_line("First gate that failed: %.*s", STR_ARG(why->gate_text));
	if (why->missing > 0)
		out_line("Missing points: %s", points_format(why->missing, missing));
	if (str_given(why->change))
		out_line("Smallest change that would match: %.*s", STR_ARG(why->change));
	else if (why->missing > 0 && why->gate == GATE_PASSED)
		out_line("No change of the profile would match: the words of the notice are those of any purchase.");
	show_receipt(app, &why->receipt);
}

/* A gate and missing points need both their changes; where one has none, nothing would have helped. */
static int complete_change(struct app *app, const struct bench *bench, const struct notice *notice,
	const struct profile *profile, struct explanation *why, struct error *err)
{
	struct profile opened = *profile; /* as it is once the gate is open */
	bool some = false; /* none: all natures are asked for */
	struct str words;
	int r;

	if (why->missing == 0 || (why->gate != GATE_PASSED && !str_given(why->change)))
		return 0;
	for (size_t i = 0; i < NATURES; i++)
		some |= profile->natures[i];
	if (some && notice->nature != NATURE_NONE)
		opened.natures[notice->nature] = why->gate != GATE_PASSED || profile->natures[notice->nature];
	r = matcher_propose(bench->matcher, bench->rules, notice, &opened, &app->arena, &words, err);
	if (why->gate == GATE_PASSED || !str_given(words))
		why->change = words;
	else
		why->change = arena_printf(&app->arena, "%.*s, and %.*s", STR_ARG(why->change), STR_ARG(words));
	return r;
}

int cmd_explain(struct app *app, struct error *err)
{
	struct match_options options = { .now = app->now, .no_gates = app_flag(app, "no-gates") };
	const struct profile *profiles[1];
	struct explanation why;
	struct profile profile;
	struct notice notice;
	struct bench bench;
	int r = load_pair(app, &profile, &notice, err);

	if (r < 0)
		return r;
	profiles[0] = &profile;
	r = bench_open_with(app->db, profiles, 1, &bench, err);
	if (r < 0)
		return r;
	r = matcher_explain(bench.matcher, &notice, 0, &options, &app->arena, &why, err);
	if (r >= 0)
		r = complete_change(app, &bench, &notice, &profile, &why, err);
	if (r >= 0 && app->json)
		explanation_json(app, &why);
	else if (r >= 0)
		explanation_text(app, &why);
	bench_done(&bench);
	return r < 0 ? r : 0;
}
