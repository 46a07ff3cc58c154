/* requirement candidates: the start-ups that match a requirement, best first */
#include <stdio.h>
#include <stdlib.h>

#include "commands.h"
#include "flow/match.h"
#include "tender/notice.h"

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
	out_cell(name, (int)str_utf8_count(name));
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
		note(app, "%zu would whatever the place, nature, amount and deadline: see --no-gates, and "
			"explain START-UP %.*s", receipts.n, STR_ARG(notice->id));
	return r < 0 ? r : 0;
}

int cmd_requirement_candidates(struct app *app, struct error *err)
{
	struct match_options options = { .now = app->now, .no_gates = app_flag(app, "no-gates") };
	struct receipts receipts = { NULL, 0 };
	struct notice notice;
	struct bench bench;
	int r = requirement_find(app, 0, &notice, err);

	if (r < 0)
		return r;
	r = bench_open(app->db, &bench, err);
	if (r < 0)
		return r;
	r = matcher_run(bench.matcher, &notice, &options, &app->arena, &receipts, err);
	if (r == MATCHER_OVERSPENT)
		note(app, "%s", err->text);
	if (r >= 0 && receipts.n > 1)
		qsort(receipts.at, receipts.n, sizeof(*receipts.at), best_first);
	for (size_t i = 0; r >= 0 && i < receipts.n; i++)
		show_candidate(app, &bench, &receipts.at[i]);
	if (r >= 0)
		note(app, "%zu of %zu start-ups match", receipts.n, bench.n_profiles);
	if (r >= 0 && receipts.n == 0 && !options.no_gates)
		r = tell_gated(app, &bench, &notice, err);
	bench_done(&bench);
	return r < 0 ? r : 0;
}
