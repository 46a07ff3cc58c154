/* rules activate, rollback, history: which ruleset is the active one, and who made it so */
#include <stdlib.h>

#include "commands.h"
#include "flow/backtest.h"
#include "flow/match.h"
#include "match/rules.h"
#include "store/ruleset.h"

enum { FLIPS_TOLD = 5 };

/* activate */

static int by_name(const void *a, const void *b)
{
	const struct rule_source *x = a, *y = b;

	return str_cmp(bare_name(x->name), bare_name(y->name));
}

/* Are these, file by file, the rules that are active already? */
static int same_as_active(struct app *app, const struct rule_set *set, bool *ret, int64_t *ret_number,
	struct error *err)
{
	struct rule_file *files;
	size_t n;
	int r = store_ruleset_active(app->db, ret_number, err);

	*ret = r == 0 && *ret_number == set->number;
	if (r != 0 || *ret || set->number != 0)
		return r < 0 ? r : 0;
	r = store_ruleset_files(app->db, *ret_number, &app->arena, &files, &n, err);
	if (r < 0)
		return r;
	*ret = n == set->n;
	for (size_t i = 0; i < n && *ret; i++)
		*ret = str_eq(files[i].name, bare_name(set->files[i].name)) &&
		       str_eq(files[i].text, set->files[i].text);
	return 0;
}

/*
 * Rules with mistakes, that fail their own examples, or that cannot be compiled with the profiles that
 * are registered, never become active.
 */
static int prove(struct app *app, const struct rule_set *set, struct bench *ret, struct error *err)
{
	CLEANUP(rules_freep) struct rules *rules = NULL;
	struct rule_problem *problems;
	struct rules_tested tested;
	size_t n;
	int r = rule_files_admit(app, set, NULL, &problems, &n, &rules, err);

	if (r < 0)
		return n > 1 ? error_add(err, "%zu problems (see rules check), the first is", n) : r;
	r = rules_test(app, rules, false, &tested, err);
	if (r >= 0 && tested.failed > 0)
		return error_set(err, ERROR_INPUT,
			"%zu of %zu examples fail: see rules test; nothing was activated", tested.failed,
			tested.examples);
	return r < 0 ? r : bench_open_files(app->db, set->files, set->n, set->number, ret, err);
}

/* What is known to be right and would be wrong: told, kept with the activation, refused without a reason. */
static int check_golden(struct app *app, struct bench *after, struct ruleset_activation *activation,
	struct error *err)
{
	struct bench before;
	struct golden golden;
	int64_t number;
	int r = store_ruleset_active(app->db, &number, err);

	if (r != 0 || number == after->ruleset)
		return r < 0 ? r : 0;
	r = bench_open(app->db, &before, err);
	if (r < 0)
		return r;
	r = golden_check(app->db, &before, after, &app->arena, &golden, err);
	for (size_t i = 0; r >= 0 && i < golden.n_flipped && i < FLIPS_TOLD; i++)
		note(app, "golden case: %.*s", STR_ARG(golden_text(app, &golden.flipped[i])));
	bench_done(&before);
	if (r < 0 || golden.n_flipped == 0)
		return r;
	if (golden.n_flipped > FLIPS_TOLD)
		note(app, "… and %zu more; see rules backtest", golden.n_flipped - FLIPS_TOLD);
	activation->flipped = (int64_t)golden.n_flipped;
	if (activation->why.len == 0)
		return error_set(err, ERROR_INPUT,
			"%zu golden case%s from right to wrong: give the reason with --why; "
			"nothing was activated",
			golden.n_flipped, golden.n_flipped == 1 ? " flips" : "s flip");
	return 0;
}

struct str author_of(const struct app *app)
{
	const char *user = getenv("LOGNAME");

	if (app_flag(app, "author"))
		return app_text(app, "author");
	if (user == NULL || *user == '\0')
		user = getenv("USER");
	return user != NULL && *user != '\0' && str_utf8_valid(str_of(user)) ? str_of(user) : STR("unknown");
}

static void show_active(struct app *app, int64_t number, bool fresh)
{
	struct json_writer *w;

	if (!app->json) {
		out_line("ruleset %lld is active%s", (long long)number,
			fresh ? "" : " already, with these very rules");
		return;
	}
	w = out_json(app);
	json_open_object(w);
	json_add_int(w, "ruleset", number);
	json_add_bool(w, "new", fresh);
	json_close_object(w);
	out_json_end(app);
}

/* The ruleset is active by now, whatever becomes of this: what is left is compared by the next match. */
static int rematch(struct app *app, struct error *err)
{
	struct match_count count;
	int r;

	if (app_flag(app, "no-match")) {
		note(app, "next: appariteur match compares every open notice anew");
		return 0;
	}
	r = match_update(app->db, app->now, DAY_NONE, NULL, NULL, &app->progress, &count, err);
	progress_end(app);
	if (r < 0)
		return error_add(err, "the ruleset is active, but open notices were not all compared");
	note(app, "%lld open notice%s compared anew: %lld new match%s; nothing that was sent is sent again",
		(long long)count.notices, plural((size_t)count.notices), (long long)count.added,
		count.added == 1 ? "" : "es");
	return 0;
}

static int make_active(struct app *app, struct rule_set *set, struct ruleset_activation *activation,
	struct error *err)
{
	struct bench bench;
	int64_t active = 0;
	bool same = false;
	int r = prove(app, set, &bench, err);

	if (r < 0)
		return r;
	r = check_golden(app, &bench, activation, err);
	bench_done(&bench);
	if (r < 0)
		return r;
	if (activation->why.len == 0)
		activation->why = STR("rollback");
	if (set->n > 1)
		qsort(set->files, set->n, sizeof(*set->files), by_name);
	r = same_as_active(app, set, &same, &active, err);
	if (r >= 0 && same)
		show_active(app, active, false);
	if (r < 0 || same)
		return r;
	r = rule_files_activate(app, set, activation, err);
	if (r < 0)
		return r;
	show_active(app, activation->ruleset, true);
	r = out_flush(err);
	return r < 0 ? r : rematch(app, err);
}

int cmd_rules_activate(struct app *app, struct error *err)
{
	struct ruleset_activation activation = { .author = author_of(app),
		.why = str_trim(app_text(app, "why")) };
	struct rule_set set;
	int r;

	if (activation.why.len == 0)
		return bad_usage(app, error_set(err, ERROR_CONFIG,
			"rules activate needs --why TEXT: the reason is kept with the ruleset"));
	r = rule_files_named(app, app->operands, app->n_operands, &set, err);
	return r < 0 ? r : make_active(app, &set, &activation, err);
}

/* rollback */

static int find_target(struct app *app, int64_t *ret, struct error *err)
{
	int r;

	if (app->n_operands == 1) {
		if (!str_digits(app_operand(app, 0)) || !str_to_int64(app_operand(app, 0), ret))
			return bad_usage(app, error_set(err, ERROR_CONFIG,
				"rules rollback takes the number of a ruleset, not \"%s\"",
				app->operands[0]));
		return 0;
	}
	r = store_ruleset_before(app->db, ret, err);
	return r == STORE_NONE ? error_set(err, ERROR_INPUT,
					 "no ruleset was active before this one; see rules history")
			       : r;
}

int cmd_rules_rollback(struct app *app, struct error *err)
{
	struct ruleset_activation activation = { .author = author_of(app), .rollback = true,
		.why = str_trim(app_text(app, "why")) };
	struct rule_set set;
	int64_t target = 0;
	int r = find_target(app, &target, err);

	if (r >= 0)
		r = rule_files_stored(app, target, &set, err);
	return r < 0 ? r : make_active(app, &set, &activation, err);
}

/* history */

struct history {
	struct ruleset_row *rows;
	struct ruleset_activation *activations;
	size_t n, n_activations;
	int64_t active;
};

static void history_json(struct app *app, const struct history *history, const struct ruleset_row *row,
	struct str author, struct str why)
{
	struct json_writer *w = out_json(app);

	json_open_object(w);
	json_add_int(w, "ruleset", row->number);
	json_add_bool(w, "active", row->number == history->active);
	json_add_str(w, "author", author);
	json_add_str(w, "why", why);
	json_add_str(w, "created", moment(app, row->created));
	json_add_str(w, "activated", moment(app, row->activated));
	json_key(w, "activations");
	json_open_array(w);
	for (size_t i = 0; i < history->n_activations; i++) {
		const struct ruleset_activation *a = &history->activations[i];

		if (a->ruleset != row->number)
			continue;
		json_open_object(w);
		json_add_str(w, "action", a->rollback ? STR("rollback") : STR("activate"));
		json_add_str(w, "at", moment(app, a->at));
		json_add_str(w, "author", a->author);
		json_add_str(w, "why", a->why);
		json_add_int(w, "flipped", a->flipped);
		json_close_object(w);
	}
	json_close_array(w);
	json_close_object(w);
	out_json_end(app);
}

/* A line for the ruleset, and one more for each time it became active but the last. */
static void show_ruleset(struct app *app, const struct history *history, const struct ruleset_row *row)
{
	const struct ruleset_activation *last = NULL;

	for (size_t i = 0; i < history->n_activations; i++)
		if (history->activations[i].ruleset == row->number)
			last = &history->activations[i];
	if (app->json) {
		history_json(app, history, row, last != NULL ? last->author : row->author,
			last != NULL ? last->why : row->why);
		return;
	}
	if (last == NULL) {
		out_line("%4lld draft  %.*s  %.*s: %.*s", (long long)row->number,
			STR_ARG(moment(app, row->created)), STR_ARG(row->author), STR_ARG(row->why));
		return;
	}
	for (size_t i = 0; i < history->n_activations; i++) {
		const struct ruleset_activation *a = &history->activations[i];

		if (a->ruleset != row->number)
			continue;
		out_line("%4lld %s %.*s  %.*s: %s%.*s", (long long)row->number,
			a == last && row->number == history->active ? "active" : "      ",
			STR_ARG(moment(app, a->at)), STR_ARG(a->author),
			a->rollback && !str_eqz(a->why, "rollback") ? "rollback, " : "", STR_ARG(a->why));
		if (a->flipped > 0)
			out_line("            although %lld golden case%s flipped", (long long)a->flipped,
				plural((size_t)a->flipped));
	}
}

int cmd_rules_history(struct app *app, struct error *err)
{
	struct history history = { .active = 0 };
	int r = store_ruleset_active(app->db, &history.active, err);

	if (r >= 0)
		r = store_ruleset_list(app->db, &app->arena, &history.rows, &history.n, err);
	if (r >= 0)
		r = store_ruleset_activations(app->db, &app->arena, &history.activations,
			&history.n_activations, err);
	for (size_t i = 0; r >= 0 && i < history.n; i++)
		show_ruleset(app, &history, &history.rows[i]);
	return r < 0 ? r : 0;
}
