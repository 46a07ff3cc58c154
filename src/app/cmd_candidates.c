/* requirement candidates: the start-ups that match a requirement, best first, or what each clause costs */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "commands.h"
#include "flow/bench.h"
#include "flow/near.h"
#include "flow/waterfall.h"
#include "tender/notice.h"

enum { FEW = 3 }; /* a need with fewer candidates is worth a second look */

static int best_first(const void *a, const void *b)
{
	const struct receipt *x = a, *y = b;

	if (x->score != y->score)
		return x->score < y->score ? 1 : -1;
	return str_cmp(x->profile, y->profile);
}

static void show_candidate(struct app *app, const struct bench *bench, const struct receipt *receipt)
{
	struct str name = bench->profiles[bench_profile(bench, receipt->profile)]->name;
	char score[POINTS_FORMAT_MAX];

	if (app->json) {
		receipt_to_json(receipt, "name", name, out_json(app));
		out_json_end(app);
		return;
	}
	printf("%6s  ", points_format(receipt->score, score));
	out_str(name);
	out_line(" (%.*s)%s%.*s", STR_ARG(receipt->profile), str_given(receipt->lot) ? ", " : "",
		STR_ARG(receipt->lot));
	show_reasons(receipt);
}

/* Nobody: is it the words, or the gates? Says how many there would be without them. */
static int tell_gated(struct app *app, const struct bench *bench, const struct notice *notice,
	struct error *err)
{
	struct match_options options = { .now = app->now, .no_gates = true };
	struct receipts receipts = { NULL, 0 };
	int r = matcher_run(bench->matcher, notice, &options, &app->arena, &receipts, err);

	if (r >= 0 && receipts.n > 0)
		note(app, "%zu would whatever the place, nature, amount and deadline: see --waterfall, "
			"--no-gates, and explain START-UP %.*s", receipts.n, STR_ARG(notice->id));
	return r < 0 ? r : 0;
}

static void show_best_first(struct app *app, const struct bench *bench, struct receipts *receipts)
{
	if (receipts->n > 1)
		qsort(receipts->at, receipts->n, sizeof(*receipts->at), best_first);
	for (size_t i = 0; i < receipts->n; i++)
		show_candidate(app, bench, &receipts->at[i]);
}

/* Below the threshold: shown when asked for, told of when few match. */
static int show_near(struct app *app, const struct bench *bench, const struct notice *notice,
	const struct match_options *options, size_t matches, struct error *err)
{
	bool asked = app_flag(app, "near");
	struct receipts near = { NULL, 0 };
	int r = near_find(bench, notice, options, &app->arena, &near, err);

	if (r < 0)
		return r;
	if (asked && near.n > 0 && !app->json)
		out_line("%sNear the threshold:", matches > 0 ? "\n" : "");
	if (asked)
		show_best_first(app, bench, &near);
	if (near.n > 0 && !asked)
		note(app, "%zu come%s near the threshold, see --near; what the title says counts most", near.n,
			near.n == 1 ? "s" : "");
	else if (asked)
		note(app, "%zu come%s near the threshold", near.n, near.n == 1 ? "s" : "");
	return 0;
}

/* --waterfall */

enum { NAMED = 3 };

/* What the requirement says of it; STR_NONE: nothing. */
static struct str clause_value(struct app *app, const struct notice *notice, const struct waterfall *w,
	enum waterfall_clause_kind kind)
{
	struct str list = STR_NONE;

	switch (kind) {
	case CLAUSE_NATURE:
		return notice->nature != NATURE_NONE ? str_of(notice_nature_name(notice->nature)) : STR_NONE;
	case CLAUSE_PLACE:
		for (size_t i = 0; i < notice->places.n; i++)
			list = i == 0 ? notice->places.at[i] : arena_printf(&app->arena, "%.*s, %.*s", STR_ARG(list),
				STR_ARG(notice->places.at[i]));
		return str_given(list) ? list : notice->buyer.department;
	case CLAUSE_AMOUNT:
		return amount_text(app, notice->value);
	case CLAUSE_TIME:
		if (w->working_days == INT_MAX)
			return STR_NONE;
		if (w->working_days < 0)
			return STR("deadline passed");
		return arena_printf(&app->arena, "%d working day%s left", w->working_days,
			plural((size_t)w->working_days));
	case CLAUSE_WORDS:
	case CLAUSES:
		break;
	}
	return STR_NONE;
}

static void waterfall_json(struct app *app, const struct notice *notice, const struct waterfall *w)
{
	struct json_writer *out = out_json(app);

	json_open_object(out);
	json_add_str(out, "requirement", notice->ref);
	json_add_int(out, "startups", (int64_t)w->startups);
	json_key(out, "clauses");
	json_open_array(out);
	for (size_t c = 0; c < CLAUSES; c++) {
		const struct waterfall_clause *clause = &w->clauses[c];

		json_open_object(out);
		json_add_str(out, "clause", str_of(waterfall_clause_name((enum waterfall_clause_kind)c)));
		json_add_str(out, "value", clause_value(app, notice, w, (enum waterfall_clause_kind)c));
		json_add_int(out, "left", (int64_t)clause->left);
		json_add_int(out, "removed", (int64_t)clause->removed);
		json_key(out, "alone");
		json_open_array(out);
		for (size_t i = 0; i < clause->n_alone; i++)
			json_put_str(out, clause->alone[i]->id);
		json_close_array(out);
		json_close_object(out);
	}
	json_close_array(out);
	json_add_int(out, "everywhere", (int64_t)w->everywhere);
	json_key(out, "regions");
	json_open_array(out);
	for (size_t i = 0; i < WATERFALL_REGIONS; i++) {
		json_open_object(out);
		json_add_str(out, "region", str_of(w->regions[i].nuts));
		json_add_str(out, "name", str_of(w->regions[i].name));
		json_add_int(out, "startups", (int64_t)w->regions[i].n);
		json_close_object(out);
	}
	json_close_array(out);
	json_close_object(out);
	out_json_end(app);
}

static void show_clause(struct app *app, const struct notice *notice, const struct waterfall *w,
	enum waterfall_clause_kind kind)
{
	const struct waterfall_clause *clause = &w->clauses[kind];
	struct str value = kind == CLAUSE_WORDS ? STR("title, description, lots, CPV")
						: clause_value(app, notice, w, kind);

	printf("%-7s ", waterfall_clause_name(kind));
	out_cell(str_given(value) ? value : STR("not said"), 34);
	printf(" %7zu %8zu", clause->left, clause->removed);
	if (kind != CLAUSE_WORDS)
		printf(" %6zu", clause->n_alone);
	putchar('\n');
	for (size_t i = 0; i < clause->n_alone && i < NAMED; i++) {
		printf("%8s", "");
		out_str(clause->alone[i]->name);
		out_line(" (%.*s)", STR_ARG(clause->alone[i]->id));
	}
	if (clause->n_alone > NAMED)
		out_line("%8sand %zu more", "", clause->n_alone - NAMED);
}

static void show_waterfall(struct app *app, const struct notice *notice, const struct waterfall *w)
{
	size_t left = w->clauses[CLAUSE_TIME].left;

	if (app->json) {
		waterfall_json(app, notice, w);
		return;
	}
	out_str(notice->title);
	out_line("\n");
	out_line("%-42s %7s %8s %6s", "clause", "left", "removes", "alone");
	out_line("%-42s %7zu", "registered start-ups", w->startups);
	for (size_t c = 0; c < CLAUSES; c++)
		show_clause(app, notice, w, (enum waterfall_clause_kind)c);
	out_line("\nWhere those work whom words, nature and amount leave, whatever the place:");
	out_line("%-42s %7zu", "everywhere in France", w->everywhere);
	for (size_t i = 0; i < WATERFALL_REGIONS; i++)
		if (w->regions[i].n > w->everywhere) {
			out_cell(str_of(w->regions[i].name), 42);
			out_line(" %7zu", w->regions[i].n);
		}
	note(app, "%s\"alone\" counts whom nothing but this clause keeps away",
		left < FEW ? "fewer than three could answer; " : "");
}

static int show_stress(struct app *app, const struct bench *bench, const struct notice *notice,
	struct error *err)
{
	struct waterfall w;
	int r = waterfall_make(bench, notice, app->now, &app->arena, &w, err);

	if (r < 0)
		return r;
	if (r == MATCHER_OVERSPENT)
		note(app, "%s", err->text);
	show_waterfall(app, notice, &w);
	return 0;
}

static int show_candidates(struct app *app, const struct bench *bench, const struct notice *notice,
	struct error *err)
{
	struct match_options options = { .now = app->now, .no_gates = app_flag(app, "no-gates") };
	struct receipts receipts = { NULL, 0 };
	int r = matcher_run(bench->matcher, notice, &options, &app->arena, &receipts, err);

	if (r < 0)
		return r;
	if (r == MATCHER_OVERSPENT)
		note(app, "%s", err->text);
	show_best_first(app, bench, &receipts);
	note(app, "%zu of %zu start-ups match", receipts.n, bench->n_profiles);
	if (receipts.n == 0 && !options.no_gates)
		r = tell_gated(app, bench, notice, err);
	if (r >= 0 && (receipts.n < FEW || app_flag(app, "near")))
		r = show_near(app, bench, notice, &options, receipts.n, err);
	return r;
}

int cmd_requirement_candidates(struct app *app, struct error *err)
{
	bool stress = app_flag(app, "waterfall");
	struct notice notice;
	struct bench bench;
	int r;

	if (stress && (app_flag(app, "no-gates") || app_flag(app, "near")))
		return bad_usage(app, error_set(err, ERROR_CONFIG,
			"--waterfall shows what each gate costs; it does not go with --no-gates and --near"));
	r = requirement_find(app, 0, &notice, err);
	if (r < 0)
		return r;
	r = bench_open(app->db, &bench, err);
	if (r < 0)
		return r;
	r = stress ? show_stress(app, &bench, &notice, err) : show_candidates(app, &bench, &notice, err);
	bench_done(&bench);
	return r < 0 ? r : 0;
}
