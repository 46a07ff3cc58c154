/* init: a folder with database, settings and the first ruleset. What is there already stays. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"
#include "gate/file.h"
#include "match/rules.h"
#include "store/ruleset.h"
#include "store/store.h"

enum { TEMPLATE_MAX = 1 << 20, LINK_MAX = 4096 };

struct made {
	bool database, settings, ruleset;
	int64_t number; /* of the active ruleset */
	size_t n_files;
	struct str conf, rules; /* paths */
};

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool is_there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

/* BUILD/src/app/appariteur has BUILD/rules, which the build makes; an installed programme has not. */
static struct str rules_of_build(struct app *app)
{
	char self[LINK_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self));
	struct str folder;

	if (n <= 0 || (size_t)n >= sizeof(self))
		return STR_NONE;
	folder = str_n(self, (size_t)n);
	folder = str_sub(folder, 0, str_rfind_char(folder, '/'));
	if (!str_ends(folder, "/src/app"))
		return STR_NONE;
	return arena_printf(&app->arena, "%.*srules", (int)(folder.len - strlen("src/app")), folder.ptr);
}

static int find_rules(struct app *app, struct str *ret, struct error *err)
{
	const char *env = getenv("APPARITEUR_RULES");

	*ret = app_text(app, "rules");
	if (!str_given(*ret) && env != NULL && *env != '\0')
		*ret = arena_dup(&app->arena, str_of(env));
	if (str_given(*ret))
		return 0;
	*ret = rules_of_build(app);
	if (str_given(*ret) && is_folder(ret->ptr))
		return 0;
	*ret = STR(APPARITEUR_DATADIR "/rules");
	if (is_folder(ret->ptr))
		return 0;
	return error_set(err, ERROR_CONFIG, "the shipped rules are not in %s: name their folder with --rules",
		ret->ptr);
}

static int make_settings(struct made *made, struct error *err)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT(TEMPLATE_MAX);
	int r;

	if (is_there(made->conf.ptr))
		return 0;
	conf_write_template(settings, settings_n, &text);
	r = buf_check(&text, "the settings", err);
	if (r >= 0)
		r = file_write(made->conf.ptr, buf_str(&text), 0600, err);
	made->settings = r >= 0;
	return r;
}

static int make_ruleset(struct app *app, struct made *made, struct error *err)
{
	CLEANUP(rules_freep) struct rules *rules = NULL;
	struct rule_problem *problems;
	struct ruleset_activation activation = { .author = STR("appariteur"), .why = STR("shipped rules") };
	struct rule_set set;
	size_t n_problems;
	int r = store_ruleset_active(app->db, &made->number, err);

	if (r != STORE_NONE)
		return r;
	r = find_rules(app, &made->rules, err);
	if (r >= 0)
		r = rule_files_read(app, &made->rules.ptr, 1, &set, err);
	if (r >= 0)
		r = rule_files_parse(app, &set, &problems, &n_problems, &rules, err);
	if (r >= 0)
		r = rule_files_activate(app, &set, &activation, err);
	if (r >= 0)
		made->number = activation.ruleset;
	made->ruleset = r >= 0;
	made->n_files = set.n;
	return r;
}

static void show_json(struct app *app, const struct made *made)
{
	struct json_writer *w = out_json(app);

	json_open_object(w);
	json_add_str(w, "database", str_of(app->db_path));
	json_add_str(w, "settings", made->conf);
	json_add_int(w, "ruleset", made->number);
	json_key(w, "made");
	json_open_array(w);
	if (made->database)
		json_put_str(w, STR("database"));
	if (made->settings)
		json_put_str(w, STR("settings"));
	if (made->ruleset)
		json_put_str(w, STR("ruleset"));
	json_close_array(w);
	json_close_object(w);
	out_json_end(app);
}

static void show_made(struct app *app, const struct made *made)
{
	bool named = strcmp(app->db_path, "appariteur.db") != 0;

	out_line("%-9s %s%s", "database", app->db_path, made->database ? "" : " (was there)");
	out_line("%-9s %s%s", "settings", made->conf.ptr, made->settings ? "" : " (was there)");
	if (made->ruleset)
		out_line("%-9s %lld, %zu files from %s", "ruleset", (long long)made->number, made->n_files,
			made->rules.ptr);
	else
		out_line("%-9s %lld (was there)", "ruleset", (long long)made->number);
	note(app, "\nNext:");
	if (named)
		note(app, "  export APPARITEUR_DB=%s", app->db_path);
	note(app, "  appariteur profile import FILE      who is to be told");
	note(app, "  appariteur import PATH…             notices from files, or");
	note(app, "  appariteur fetch                    from BOAMP and TED");
	note(app, "  appariteur match                    then: appariteur digest preview PROFILE");
}

/* DIR/appariteur.db, unless --db names it. */
static int find_places(struct app *app, struct made *made, struct error *err)
{
	struct str conf = app_text(app, "config"), folder;
	size_t slash;

	if (app->n_operands > 0 && !app_flag(app, "db"))
		app->db_path = arena_printf(&app->arena, "%s/appariteur.db", app->operands[0]).ptr;
	slash = str_rfind_char(str_of(app->db_path), '/');
	folder = slash == SIZE_MAX ? STR_NONE : arena_printf(&app->arena, "%.*s", (int)slash, app->db_path);
	made->conf = conf_path_beside(app, app->db_path);
	if (app->n_operands > 0)
		made->conf = arena_printf(&app->arena, "%s/appariteur.conf", app->operands[0]);
	if (str_given(conf))
		made->conf = conf;
	if (app->n_operands > 0 && writing(app, file_mkdir(app->operands[0], err), err) < 0)
		return -(int)err->kind;
	return folder.len > 0 ? writing(app, file_mkdir(folder.ptr, err), err) : 0;
}

int cmd_init(struct app *app, struct error *err)
{
	struct made made = { .number = 0 };
	int r = find_places(app, &made, err);

	if (r < 0)
		return r;
	made.database = !is_there(app->db_path);
	r = app_open(app, DB_CREATE, err);
	if (r >= 0)
		r = make_settings(&made, err);
	if (r >= 0)
		r = make_ruleset(app, &made, err);
	if (r < 0)
		return r;
	if (app->json)
		show_json(app, &made);
	else
		show_made(app, &made);
	return 0;
}
