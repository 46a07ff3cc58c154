/*
 * The programme: finds the command in the table, gives it what it needs, and turns its result into
 * one line and an exit status.
 */
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "commands.h"
#include "base/log.h"
#include "gate/http.h"
#include "store/store.h"

static const char *const SYSTEM_CONF = "/etc/appariteur/appariteur.conf";

int app_status(const struct error *err)
{
	switch (err->kind) {
	case ERROR_INPUT:
	case ERROR_LIMIT:
		return EX_DATAERR;
	case ERROR_CONFIG:
		return EX_CONFIG;
	case ERROR_REMOTE:
		return EX_UNAVAILABLE;
	case ERROR_STORE:
		return EX_IOERR;
	case ERROR_SYSTEM:
		return EX_OSERR;
	case ERROR_NONE:
		break;
	}
	return EX_SOFTWARE;
}

bool app_flag(const struct app *app, const char *name)
{
	return str_given(app_text(app, name));
}

struct str app_text(const struct app *app, const char *name)
{
	for (size_t i = 0; i < app->n_options; i++)
		if (strcmp(app->options[i].option->name, name) == 0)
			return app->options[i].text;
	return STR_NONE;
}

struct str app_each(const struct app *app, const char *name, size_t *at)
{
	while (*at < app->n_options) {
		const struct option_value *value = &app->options[(*at)++];

		if (strcmp(value->option->name, name) == 0)
			return value->text;
	}
	return STR_NONE;
}

int64_t app_number(const struct app *app, const char *name, int64_t fallback)
{
	for (size_t i = 0; i < app->n_options; i++)
		if (strcmp(app->options[i].option->name, name) == 0)
			return app->options[i].number;
	return fallback;
}

int app_open(struct app *app, enum db_mode mode, struct error *err)
{
	return store_open(app->db_path, mode, &app->db, err);
}

static bool readable(const char *path)
{
	return access(path, R_OK) == 0;
}

struct str conf_path_beside(struct app *app, const char *db_path)
{
	size_t slash = str_rfind_char(str_of(db_path), '/');

	return arena_printf(&app->arena, "%.*sappariteur.conf", slash == SIZE_MAX ? 0 : (int)slash + 1,
		db_path);
}

int app_load_settings(struct app *app, struct error *err)
{
	struct str beside, given = app_text(app, "config");

	if (str_given(given))
		return settings_load(app, given.ptr, err);
	beside = conf_path_beside(app, app->db_path);
	if (readable(beside.ptr))
		return settings_load(app, beside.ptr, err);
	if (readable(SYSTEM_CONF))
		return settings_load(app, SYSTEM_CONF, err);
	return 0;
}

static void find_database(struct app *app)
{
	struct str given = app_text(app, "db");
	const char *env = getenv("APPARITEUR_DB");

	app->db_path = str_given(given) ? given.ptr : env != NULL && *env != '\0' ? env : "appariteur.db";
}

static int prepare(struct app *app, struct error *err)
{
	int r = 0;

	find_database(app);
	conf_init(&app->conf, settings, settings_n);
	if (app->command->needs & NEEDS_CONFIG)
		r = app_load_settings(app, err);
	if (r >= 0 && (app->command->needs & NEEDS_DB_WRITE & ~NEEDS_CONFIG))
		r = app_open(app, DB_WRITE, err);
	else if (r >= 0 && (app->command->needs & NEEDS_DB_READ & ~NEEDS_CONFIG))
		r = app_open(app, DB_READ, err);
	return r;
}

static void finish(struct app *app)
{
	app->db = db_close(app->db);
	conf_done(&app->conf);
	arena_done(&app->arena);
	http_global_done();
}

int main(int argc, char **argv)
{
	struct app app = { .arena = ARENA_INIT };
	struct error err = ERROR_INIT, flush_err = ERROR_INIT;
	int status, flushed;

	/* the C locale whatever the environment says: numbers are read and written by programs */
	setlocale(LC_ALL, "C");
	umask(077);
	http_global_init();
	status = options_parse(&app, argc, argv, &err);
	if (status == 0 && app.command == NULL) { /* --help or --version was answered */
		finish(&app);
		if (out_flush(&err) < 0) {
			complain(&err);
			return EX_IOERR;
		}
		return EX_OK;
	}
	if (status < 0) {
		complain(&err);
		finish(&app);
		return EX_USAGE;
	}
	if (!app.now_given)
		app.now = (int64_t)time(NULL);
	progress_init(&app);
	status = prepare(&app, &err);
	if (status >= 0)
		status = app.command->run(&app, &err);
	progress_end(&app);
	flushed = out_flush(&flush_err);
	if (status < 0) {
		complain(&err);
		status = app.usage ? EX_USAGE : app.status != 0 ? app.status : app_status(&err);
	} else if (flushed < 0) {
		complain(&flush_err);
		status = EX_IOERR;
	}
	finish(&app);
	return status;
}
