/* backup, config show */
#include "commands.h"

int cmd_backup(struct app *app, struct error *err)
{
	int r = db_backup(app->db, app->operands[0], err);

	if (r >= 0)
		note(app, "%s holds a checked copy of %s", app->operands[0], app->db_path);
	return r;
}

static const char *type_name(enum conf_type type)
{
	static const char *const names[] = {
		[CONF_TEXT] = "text",
		[CONF_INT] = "number",
		[CONF_BOOL] = "yes or no",
		[CONF_CHOICE] = "choice",
	};

	return names[type];
}

static void show_setting(struct app *app, const struct conf_row *row, const struct conf_value *value)
{
	struct json_writer *w;

	if (!app->json) {
		out_line("%s.%s = %.*s  (%.*s)", row->section, row->key, STR_ARG(value->text),
			STR_ARG(value->origin));
		return;
	}
	w = out_json(app);
	json_open_object(w);
	json_add_str(w, "section", str_of(row->section));
	json_add_str(w, "key", str_of(row->key));
	json_add_str(w, "value", value->text);
	json_add_str(w, "origin", value->origin);
	json_add_str(w, "type", str_of(type_name(row->type)));
	json_add_str(w, "help", str_of(row->help));
	json_close_object(w);
	out_json_end(app);
}

int cmd_config_show(struct app *app, struct error *err UNUSED)
{
	for (size_t i = 0; i < app->conf.n_rows; i++)
		show_setting(app, &app->conf.rows[i], &app->conf.values[i]);
	return 0;
}
