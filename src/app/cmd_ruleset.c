/* rules activate, history, export: rulesets as the database keeps them */
#include <stdlib.h>

#include "commands.h"
#include "gate/file.h"
#include "match/rules.h"
#include "store/ruleset.h"

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

	*ret = false;
	if (r != 0)
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

/* Rules with mistakes, or that fail their own examples, never become active. */
static int prove(struct app *app, const struct rule_set *set, struct error *err)
{
	CLEANUP(rules_freep) struct rules *rules = NULL;
	struct rule_problem *problems;
	struct rules_tested tested;
	size_t n;
	int r = rule_files_parse(app, set, &problems, &n, &rules, err);

	if (r < 0)
		return n > 1 ? error_add(err, "%zu problems (see rules check), the first is", n) : r;
	r = rules_test(app, rules, false, &tested, err);
	if (r < 0 || tested.failed == 0)
		return r;
	return error_set(err, ERROR_INPUT, "%zu of %zu examples fail: see rules test; nothing was activated",
		tested.failed, tested.examples);
}

static struct str author_of(const struct app *app)
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

int cmd_rules_activate(struct app *app, struct error *err)
{
	struct str why = str_trim(app_text(app, "why"));
	struct rule_set set;
	int64_t number = 0;
	bool same = false;
	int r;

	if (why.len == 0)
		return bad_usage(app, error_set(err, ERROR_CONFIG,
			"rules activate needs --why TEXT: the reason is kept with the ruleset"));
	r = rule_files_read(app, app->operands, app->n_operands, &set, err);
	if (r >= 0)
		r = prove(app, &set, err);
	if (r < 0)
		return r;
	qsort(set.files, set.n, sizeof(*set.files), by_name);
	r = same_as_active(app, &set, &same, &number, err);
	if (r >= 0 && !same)
		r = rule_files_activate(app, &set, author_of(app), why, &number, err);
	if (r < 0)
		return r;
	show_active(app, number, !same);
	if (!same)
		note(app, "next: appariteur match compares every open notice anew");
	return 0;
}

/* history */

static void show_ruleset(struct app *app, const struct ruleset_row *row, bool active)
{
	struct json_writer *w;

	if (!app->json) {
		out_line("%4lld %s %.*s  %.*s: %.*s", (long long)row->number, active ? "active" : "      ",
			STR_ARG(moment(app, row->activated)), STR_ARG(row->author), STR_ARG(row->why));
		return;
	}
	w = out_json(app);
	json_open_object(w);
	json_add_int(w, "ruleset", row->number);
	json_add_bool(w, "active", active);
	json_add_str(w, "author", row->author);
	json_add_str(w, "why", row->why);
	json_add_str(w, "created", moment(app, row->created));
	json_add_str(w, "activated", moment(app, row->activated));
	json_close_object(w);
	out_json_end(app);
}

int cmd_rules_history(struct app *app, struct error *err)
{
	struct ruleset_row *rows;
	int64_t active = 0;
	size_t n;
	int r = store_ruleset_active(app->db, &active, err);

	if (r >= 0)
		r = store_ruleset_list(app->db, &app->arena, &rows, &n, err);
	for (size_t i = 0; r >= 0 && i < n; i++)
		show_ruleset(app, &rows[i], rows[i].number == active);
	return r < 0 ? r : 0;
}

/* export */

int cmd_rules_export(struct app *app, struct error *err)
{
	int64_t number = app_number(app, "ruleset", 0);
	struct rule_file *files;
	size_t n = 0;
	int r = number != 0 ? 0 : store_ruleset_active(app->db, &number, err);

	if (r == STORE_NONE)
		return error_set(err, ERROR_CONFIG, "no ruleset is active: run `appariteur init`");
	if (r >= 0)
		r = store_ruleset_files(app->db, number, &app->arena, &files, &n, err);
	if (r >= 0 && n == 0)
		return error_set(err, ERROR_INPUT, "no ruleset %lld", (long long)number);
	if (r >= 0)
		r = file_mkdir(app->operands[0], err);
	for (size_t i = 0; r >= 0 && i < n; i++) {
		/* names came in as the last part of a path: they cannot lead out of the folder */
		struct str path = arena_printf(&app->arena, "%s/%.*s", app->operands[0],
			STR_ARG(bare_name(files[i].name)));

		r = file_write(path.ptr, files[i].text, 0644, err);
		if (r >= 0 && !app->json)
			out_line("%.*s", STR_ARG(path));
	}
	return r < 0 ? r : 0;
}
