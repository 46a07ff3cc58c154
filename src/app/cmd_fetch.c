/* fetch, source list, enable, disable */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "flow/fetch.h"
#include "gate/http.h"
#include "store/fetch.h"
#include "tender/drift.h"

enum { REDIRECTS_MAX = 3 };

struct fetch_settings fetch_settings_of(const struct app *app)
{
	const struct conf *conf = &app->conf;
	struct str ca_file = conf_text(conf, "fetch", "ca_file");

	return (struct fetch_settings){
		.user_agent = conf_text(conf, "fetch", "user_agent").ptr,
		.ca_file = ca_file.len > 0 ? ca_file.ptr : NULL,
		.boamp_url = conf_text(conf, "fetch", "boamp_url").ptr,
		.explore_url = conf_text(conf, "fetch", "explore_url").ptr,
		.ted_api_url = conf_text(conf, "fetch", "ted_api_url").ptr,
		.ted_url = conf_text(conf, "fetch", "ted_url").ptr,
		.ted_country = conf_text(conf, "fetch", "ted_country").ptr,
		.overlap_days = (int)conf_int(conf, "fetch", "overlap_days"),
		.tries = (int)conf_int(conf, "fetch", "tries"),
		.one_pass = app_flag(app, "once"),
		.wait_base_ms = conf_int(conf, "fetch", "wait_base_ms"),
		.wait_max_ms = conf_int(conf, "fetch", "wait_max_ms"),
		.pause_ms = conf_int(conf, "fetch", "pause_ms"),
		.connect_timeout_s = (int)conf_int(conf, "fetch", "connect_timeout_s"),
		.stall_timeout_s = (int)conf_int(conf, "fetch", "stall_timeout_s"),
		.total_timeout_s = (int)conf_int(conf, "fetch", "total_timeout_s"),
		.body_max = conf_int(conf, "fetch", "body_max"),
	};
}

struct http *http_client(const struct app *app)
{
	struct fetch_settings s = fetch_settings_of(app);
	struct http_options options = {
		.user_agent = s.user_agent,
		.ca_file = s.ca_file,
		.connect_timeout_s = s.connect_timeout_s,
		.stall_timeout_s = s.stall_timeout_s,
		.total_timeout_s = s.total_timeout_s,
		.max_redirects = REDIRECTS_MAX,
		.body_max = (size_t)s.body_max,
	};

	return http_new(&options);
}

/* Rows for every source there is; the settings say which are on until somebody says otherwise. */
static int ensure_sources(struct app *app, struct error *err)
{
	int r = db_begin(app->db, err);

	for (size_t i = 0; r >= 0 && i < fetch_sources_n; i++)
		r = store_source_ensure(app->db, str_of(fetch_sources[i].name),
			conf_bool(&app->conf, "source", fetch_sources[i].name), err);
	if (r >= 0)
		r = db_commit(app->db, err);
	db_rollback(app->db);
	return r;
}

static const struct fetch_source *known_source(struct str name)
{
	for (size_t i = 0; i < fetch_sources_n; i++)
		if (str_eqz(name, fetch_sources[i].name))
			return &fetch_sources[i];
	return NULL;
}

int check_sources(struct app *app, struct error *err)
{
	for (int i = 0; i < app->n_operands; i++)
		if (known_source(app_operand(app, i)) == NULL)
			return bad_usage(app, error_set(err, ERROR_CONFIG,
				"no source \"%s\"; there are boamp, explore and ted", app->operands[i]));
	return 0;
}

static bool wanted(struct app *app, const struct source_row *row)
{
	for (int i = 0; i < app->n_operands; i++)
		if (str_eq(app_operand(app, i), row->name))
			return true;
	return app->n_operands == 0 && row->enabled;
}

/* One source failing does not keep the others from being fetched; the first failure is told at the end. */
int fetch_all(struct app *app, void (*tell)(struct app *app, const struct report *report),
	struct error *err)
{
	struct fetch_settings s = fetch_settings_of(app);
	day_t since = (day_t)app_number(app, "since", DAY_NONE);
	day_t until = (day_t)app_number(app, "until", DAY_NONE);
	struct source_row *rows;
	size_t n;
	int r = ensure_sources(app, err), status = 0;

	if (r >= 0)
		r = store_source_list(app->db, &app->arena, &rows, &n, err);
	for (size_t i = 0; r >= 0 && i < n && !http_stop; i++) {
		struct report report;
		struct error why = ERROR_INIT;
		int got;

		if (!wanted(app, &rows[i]))
			continue;
		report_init(&report, rows[i].name);
		got = fetch_source(app->db, rows[i].name.ptr, &s, since, until, app->now, &report,
			&app->progress, &why);
		if (got == FETCH_GAP || got < 0)
			status = EX_TEMPFAIL;
		if (got < 0)
			report_fail(&report, rows[i].name, str_of(why.text));
		tell(app, &report);
		report_done(&report);
		if (got < 0 && why.kind == ERROR_STORE) {
			*err = why;
			return -(int)why.kind;
		}
	}
	if (r >= 0)
		r = drift_warn(app, err);
	return r < 0 ? r : status;
}

int cmd_fetch(struct app *app, struct error *err)
{
	int r = check_sources(app, err);

	stop_on_signals();
	return r < 0 ? r : fetch_all(app, show_report, err);
}

struct str moment(struct app *app, int64_t at)
{
	char text[TIME_FORMAT_MAX];

	if (at == TIME_NONE)
		return STR_NONE;
	return arena_dup(&app->arena, str_of(time_format(at, paris_offset(at), text)));
}

struct str day_text(struct app *app, day_t day)
{
	char text[DAY_FORMAT_MAX];

	return day == DAY_NONE ? STR_NONE : arena_dup(&app->arena, str_of(day_format(day, text)));
}

static void show_source(struct app *app, const struct source_row *row, const struct drift *drifts,
	size_t n)
{
	struct json_writer *w;

	if (!app->json) {
		struct str until = day_text(app, row->complete_until), run = moment(app, row->last_run);

		out_line("%-8.*s %-4s complete until %-10.*s  last run %.*s", STR_ARG(row->name),
			row->enabled ? "on" : "off", STR_ARG(until.len ? until : STR("-")),
			STR_ARG(run.len ? run : STR("never")));
		if (row->failing_since != TIME_NONE)
			out_line("         failing since %.*s: %.*s", STR_ARG(moment(app, row->failing_since)),
				STR_ARG(row->error));
		for (size_t i = 0; i < n; i++)
			if (str_eq(drifts[i].source, row->name))
				out_line("         drift: %d %% lack %s, %d %% as a rule", drifts[i].share,
					drift_field_name(drifts[i].field), drifts[i].usual);
		return;
	}
	w = out_json(app);
	json_open_object(w);
	json_add_str(w, "source", row->name);
	json_add_bool(w, "enabled", row->enabled);
	json_add_str(w, "complete_until", day_text(app, row->complete_until));
	json_add_str(w, "last_run", moment(app, row->last_run));
	json_add_str(w, "last_success", moment(app, row->last_success));
	json_add_str(w, "failing_since", moment(app, row->failing_since));
	json_add_str(w, "error", row->error);
	json_key(w, "drift");
	json_open_array(w);
	for (size_t i = 0; i < n; i++)
		if (str_eq(drifts[i].source, row->name))
			json_put_str(w, str_of(drift_field_name(drifts[i].field)));
	json_close_array(w);
	json_close_object(w);
	out_json_end(app);
}

int cmd_source_list(struct app *app, struct error *err)
{
	struct source_row *rows;
	struct drift *drifts;
	size_t n, n_drifts = 0;
	int r = ensure_sources(app, err);

	if (r >= 0)
		r = store_source_list(app->db, &app->arena, &rows, &n, err);
	if (r >= 0)
		r = drift_now(app, &drifts, &n_drifts, err);
	for (size_t i = 0; r >= 0 && i < n; i++)
		show_source(app, &rows[i], drifts, n_drifts);
	return r;
}

static int set_enabled(struct app *app, bool enabled, struct error *err)
{
	int r = check_sources(app, err);

	if (r >= 0)
		r = ensure_sources(app, err);
	if (r >= 0)
		r = db_begin(app->db, err);
	for (int i = 0; r >= 0 && i < app->n_operands; i++)
		r = store_source_enable(app->db, app_operand(app, i), enabled, err);
	if (r >= 0)
		r = db_commit(app->db, err);
	db_rollback(app->db);
	return r;
}

int cmd_source_enable(struct app *app, struct error *err)
{
	return set_enabled(app, true, err);
}

int cmd_source_disable(struct app *app, struct error *err)
{
	return set_enabled(app, false, err);
}
