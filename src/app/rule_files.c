/* Rules as files: read from paths or from the active ruleset, parsed, made the active ones. */
#include <string.h>

#include <unistd.h>

#include "commands.h"
#include "flow/trial.h"
#include "gate/file.h"
#include "match/rules.h"
#include "store/ruleset.h"

struct str bare_name(struct str path)
{
	size_t slash = str_rfind_char(path, '/');

	return slash == SIZE_MAX ? path : str_from(path, slash + 1);
}

struct gathering {
	struct app *app;
	struct rule_set *set;
	size_t capacity;
	const char *named; /* the path as given: a file named outright may have any ending */
};

static int take_file(void *data, const char *path, struct error *err)
{
	struct gathering *g = data;
	struct rule_set *set = g->set;
	struct str text;
	int r;

	if (strcmp(path, g->named) != 0 && !str_ends(str_of(path), ".rules"))
		return 0;
	if (set->n == RULE_FILES_MAX)
		return error_set(err, ERROR_LIMIT, "%s: more than %d rule files", g->named, RULE_FILES_MAX);
	r = file_read(path, RULES_FILE_MAX, &g->app->arena, &text, err);
	if (r == -ERROR_LIMIT)
		r = error_set(err, ERROR_LIMIT, "%s:1:1: the file is larger than %d KiB; split it, files are read together", path,
			RULES_FILE_MAX >> 10);
	r = reading(g->app, r, err);
	if (r < 0)
		return r;
	arena_grow(&g->app->arena, set->files, set->n, &g->capacity);
	set->files[set->n++] = (struct rule_source){ arena_dup(&g->app->arena, str_of(path)), text };
	return 0;
}

int rule_files_read(struct app *app, const char *const *paths, int n, struct rule_set *ret,
	struct error *err)
{
	struct gathering g = { .app = app, .set = ret };

	*ret = (struct rule_set){ NULL, 0, 0 };
	for (int i = 0; i < n; i++) {
		size_t before = ret->n;
		int r;

		g.named = paths[i];
		r = reading(app, file_walk(paths[i], take_file, &g, err), err);
		if (r < 0)
			return r;
		if (ret->n == before)
			return error_set(err, ERROR_INPUT, "%s: no file NAME.rules in it", paths[i]);
	}
	return 0;
}

int rule_files_active(struct app *app, struct rule_set *ret, struct error *err)
{
	int64_t number = 0;
	int r = app->db != NULL ? 0 : app_open(app, DB_READ, err);

	if (r >= 0)
		r = store_ruleset_active(app->db, &number, err);
	if (r == STORE_NONE)
		return error_set(err, ERROR_CONFIG, "no ruleset is active: run `appariteur init`");
	return r < 0 ? r : rule_files_stored(app, number, ret, err);
}

int rule_files_stored(struct app *app, int64_t number, struct rule_set *ret, struct error *err)
{
	struct rule_file *files;
	int r;

	*ret = (struct rule_set){ NULL, 0, number };
	r = store_ruleset_files(app->db, number, &app->arena, &files, &ret->n, err);
	if (r >= 0 && ret->n == 0)
		return error_set(err, ERROR_INPUT, "no ruleset %lld; see rules history", (long long)number);
	if (r < 0)
		return r;
	ret->files = arena_array(&app->arena, struct rule_source, ret->n);
	for (size_t i = 0; i < ret->n; i++)
		ret->files[i] = (struct rule_source){
			arena_printf(&app->arena, "ruleset %lld: %.*s", (long long)ret->number,
				STR_ARG(files[i].name)),
			files[i].text,
		};
	return 0;
}

int rule_files_named(struct app *app, const char *const *names, int n, struct rule_set *ret,
	struct error *err)
{
	int64_t number;

	if (n == 1 && str_digits(str_of(names[0])) && str_to_int64(str_of(names[0]), &number))
		return rule_files_stored(app, number, ret, err);
	return rule_files_read(app, names, n, ret, err);
}

int rule_files_parse(struct app *app, const struct rule_set *set, struct rule_problem **problems,
	size_t *n_problems, struct rules **ret, struct error *err)
{
	*problems = NULL;
	*n_problems = 0;
	return rules_parse(set->files, set->n, &app->arena, problems, n_problems, ret, err);
}

/* The rules that are active, of which no pattern has to be tried any more; NULL: there are none, or unsound. */
static struct rules *active_rules(struct app *app)
{
	struct error ignored = ERROR_INIT;
	struct rule_problem *problems;
	struct rules *rules = NULL;
	struct rule_set set;
	size_t n;

	if (rule_files_active(app, &set, &ignored) < 0 ||
		rule_files_parse(app, &set, &problems, &n, &rules, &ignored) < 0)
		return NULL;
	return rules;
}

/* Patterns that are new, on stored notices; rules may be written where there is no database. */
static int try_patterns(struct app *app, const struct rules *rules, struct rule_problem **problems,
	size_t *n_problems, rule_files_tried *tell, struct error *err)
{
	CLEANUP(rules_freep) struct rules *known = NULL;
	CLEANUP(dry_run_freep) struct dry_run *run = NULL;
	int r;

	if (app->db == NULL && (access(app->db_path, R_OK) != 0 || app_open(app, DB_READ, err) < 0))
		return 0;
	known = active_rules(app);
	run = dry_run_new(rules, known);
	r = trial_run(app->db, run, &app->progress, err);
	progress_end(app);
	if (r >= 0)
		r = dry_run_judge(run, &app->arena, problems, n_problems, err);
	if (r >= 0 && tell != NULL)
		tell(app, run);
	return r;
}

int rule_files_admit(struct app *app, const struct rule_set *set, rule_files_tried *tell,
	struct rule_problem **problems, size_t *n_problems, struct rules **ret, struct error *err)
{
	CLEANUP(rules_freep) struct rules *rules = NULL;
	int r = rule_files_parse(app, set, problems, n_problems, &rules, err);

	if (r >= 0)
		r = rules_admit(rules, &app->arena, problems, n_problems, err);
	if (r >= 0 && set->number == 0) /* what is stored was tried when it came */
		r = try_patterns(app, rules, problems, n_problems, tell, err);
	if (r >= 0)
		*ret = steal(&rules);
	return r;
}

static struct rule_file *bare_files(struct app *app, const struct rule_set *set)
{
	struct rule_file *files = arena_array(&app->arena, struct rule_file, set->n);

	for (size_t i = 0; i < set->n; i++)
		files[i] = (struct rule_file){ bare_name(set->files[i].name), set->files[i].text };
	return files;
}

int rule_files_store(struct app *app, const struct rule_set *set, struct str author, struct str why,
	int64_t *ret_number, struct error *err)
{
	int r = db_begin(app->db, err);

	if (r >= 0)
		r = store_ruleset_put(app->db, bare_files(app, set), set->n, author, why, app->now,
			ret_number, err);
	if (r >= 0)
		r = db_commit(app->db, err);
	db_rollback(app->db);
	return r;
}

int rule_files_activate(struct app *app, const struct rule_set *set,
	struct ruleset_activation *activation, struct error *err)
{
	int r = db_begin(app->db, err);

	activation->ruleset = set->number;
	activation->at = app->now;
	if (r >= 0 && set->number == 0)
		r = store_ruleset_put(app->db, bare_files(app, set), set->n, activation->author,
			activation->why, app->now, &activation->ruleset, err);
	if (r >= 0)
		r = store_ruleset_make_active(app->db, activation, err);
	if (r >= 0)
		r = db_commit(app->db, err);
	db_rollback(app->db);
	return r;
}
