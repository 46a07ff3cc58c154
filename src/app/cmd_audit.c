/* audit draw, estimate: what do we miss? Pairs drawn at random to be judged, and what the answers say */
#include <stdio.h>

#include "commands.h"
#include "flow/audit.h"

enum { PAIRS_DEFAULT = 60, PAIRS_MAX = 2000 };

/* The lines that `judgment import` takes, without a grade yet. */
static void show_pair(struct app *app, const struct audit_pair *pair)
{
	struct json_writer *w;

	if (!app->json) {
		printf("%.*s\t%.*s\t?\t", STR_ARG(pair->profile), STR_ARG(pair->notice));
		out_str(pair->title);
		putchar('\n');
		return;
	}
	w = out_json(app);
	json_open_object(w);
	json_add_str(w, "profile", pair->profile);
	json_add_str(w, "notice", pair->notice);
	json_add_str(w, "title", pair->title);
	json_add_int(w, "stratum", pair->stratum);
	json_close_object(w);
	out_json_end(app);
}

int cmd_audit_draw(struct app *app, struct error *err)
{
	int64_t pairs = app_number(app, "pairs", PAIRS_DEFAULT), seed = app_number(app, "seed", 1), number = 0;
	int64_t sizes[AUDIT_STRATA];
	struct audit_pair *drawn;
	struct bench bench;
	day_t since;
	size_t n = 0;
	int r;

	if (pairs < AUDIT_STRATA || pairs > PAIRS_MAX)
		return bad_usage(app, error_set(err, ERROR_CONFIG, "--pairs takes a number from %d to %d",
			AUDIT_STRATA, PAIRS_MAX));
	r = since_option(app, "since", "12mo", &since, err);
	if (r >= 0)
		r = bench_open(app->db, &bench, err);
	if (r < 0)
		return r;
	r = audit_draw(app->db, &bench, since, paris_day(app->now), (uint64_t)seed, (size_t)pairs, app->now,
		&number, err);
	if (r >= 0)
		r = store_audit_pairs(app->db, number, &app->arena, &drawn, &n, sizes, err);
	for (size_t i = 0; r >= 0 && i < n; i++)
		show_pair(app, &drawn[i]);
	r = list_end(app, r, (int64_t)n, "no pair to draw: that takes start-ups and notices of these days");
	if (r >= 0 && n > 0 && (int64_t)n < pairs)
		note(app, "%zu of %lld pairs: some range of scores has no more", n, (long long)pairs);
	if (r >= 0 && n > 0)
		note(app, "audit %lld: put a grade 0, 1 or 2 for each ?, then judgment import, then audit estimate",
			(long long)number);
	bench_done(&bench);
	return r;
}

static void estimate_json(struct app *app, int64_t number, const struct audit_estimate *e)
{
	struct json_writer *w = out_json(app);
	char text[3][24];

	snprintf(text[0], sizeof(text[0]), "%.4f", e->recall);
	snprintf(text[1], sizeof(text[1]), "%.4f", e->low);
	snprintf(text[2], sizeof(text[2]), "%.4f", e->high);
	json_open_object(w);
	json_add_int(w, "audit", number);
	json_key(w, "recall");
	json_put_raw(w, e->known ? str_of(text[0]) : STR("null"));
	json_key(w, "low");
	json_put_raw(w, str_of(text[1]));
	json_key(w, "high");
	json_put_raw(w, str_of(text[2]));
	json_key(w, "strata");
	json_open_array(w);
	for (int i = 0; i < AUDIT_STRATA; i++) {
		json_open_object(w);
		json_add_str(w, "name", str_of(audit_stratum_names[i]));
		json_add_int(w, "pairs", e->sizes[i]);
		share_json(w, "relevant", &e->strata[i]);
		json_close_object(w);
	}
	json_close_array(w);
	json_close_object(w);
	out_json_end(app);
}

int cmd_audit_estimate(struct app *app, struct error *err)
{
	int64_t number = 0, sizes[AUDIT_STRATA];
	struct audit_estimate estimate;
	struct audit_pair *pairs;
	char text[SHARE_FORMAT_MAX];
	size_t n = 0;
	int r = store_audit_last(app->db, &number, err);

	if (r == STORE_NONE)
		return error_set(err, ERROR_INPUT, "nothing was drawn yet: see audit draw");
	if (r >= 0)
		r = store_audit_pairs(app->db, number, &app->arena, &pairs, &n, sizes, err);
	if (r < 0)
		return r;
	audit_estimate(pairs, n, sizes, &estimate);
	if (app->json) {
		estimate_json(app, number, &estimate);
		return 0;
	}
	out_line("audit %lld      pairs  judged  relevant", (long long)number);
	for (int i = 0; i < AUDIT_STRATA; i++)
		out_line("%-14s %6lld  %6lld  %s", audit_stratum_names[i], (long long)sizes[i],
			(long long)estimate.strata[i].n, share_format(&estimate.strata[i], text));
	if (estimate.known)
		out_line("recall %.2f (%.2f–%.2f)", estimate.recall, estimate.low, estimate.high);
	else
		out_line("recall cannot be told yet: judge some of each, see judgment import");
	return 0;
}
