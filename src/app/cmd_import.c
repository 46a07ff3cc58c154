/* import, quarantine: notices from files, and what could not be read. */
#include "commands.h"
#include "flow/ingest.h"
#include "flow/reparse.h"
#include "gate/http.h"
#include "source/source.h"
#include "store/raw.h"

int cmd_import(struct app *app, struct error *err)
{
	struct report report;
	int r;

	stop_on_signals();
	report_init(&report, STR("file"));
	r = ingest_paths(app->db, app->operands, app->n_operands, app->now, &report, &app->progress, err);
	if (r >= 0)
		show_report(app, &report);
	if (r >= 0 && report.rejected > 0)
		r = report.rejected > report.missing ? EX_DATAERR : EX_NOINPUT;
	if (r >= 0 && str_given(report.stopped_at)) {
		note(app, "stopped by a signal before %.*s; what was read is stored, the same import goes on from there",
			STR_ARG(report.stopped_at));
		r = EX_TEMPFAIL;
	}
	report_done(&report);
	return r;
}

static int show_quarantined(void *data, const struct quarantined *item, struct error *err UNUSED)
{
	struct app *app = data;
	char since[TIME_FORMAT_MAX];
	struct json_writer *w;

	app->listed++;
	if (!app->json) {
		out_line("%.*s  %.*s: %.*s", STR_ARG(str_sub(item->hash, 0, 12)), STR_ARG(item->label),
			STR_ARG(item->reason));
		return 0;
	}
	w = out_json(app);
	json_open_object(w);
	json_add_str(w, "hash", item->hash);
	json_add_str(w, "source", item->source);
	json_add_str(w, "item", item->label);
	json_add_str(w, "reason", item->reason);
	json_add_int(w, "bytes", (int64_t)item->size);
	json_add_int(w, "parser_version", item->parser_version);
	json_add_str(w, "since", str_of(time_format(item->since, 0, since)));
	json_close_object(w);
	out_json_end(app);
	return 0;
}

int cmd_quarantine_list(struct app *app, struct error *err)
{
	int r = store_quarantine_each(app->db, show_quarantined, app, err);

	return list_end(app, r, app->listed, "everything that came in could be read");
}

int cmd_quarantine_retry(struct app *app, struct error *err)
{
	struct report report;
	int64_t count = 0;
	int r = db_begin(app->db, err);

	if (r < 0)
		return r;
	r = store_raw_retry(app->db, app_flag(app, "all"), SOURCE_PARSER_VERSION, &count, err);
	if (r >= 0)
		r = db_commit(app->db, err);
	db_rollback(app->db);
	report_init(&report, STR("quarantine"));
	report.announced = count;
	if (r >= 0)
		r = ingest_pending(app->db, app->now, &report, &app->progress, err);
	if (r >= 0)
		show_report(app, &report);
	if (r >= 0 && report.rejected > 0)
		r = EX_DATAERR;
	report_done(&report);
	return r;
}

int cmd_reparse(struct app *app, struct error *err)
{
	struct report report;
	int r;

	report_init(&report, STR("raw"));
	r = reparse(app->db, app->now, &report, &app->progress, err);
	if (r >= 0)
		show_report(app, &report);
	if (r >= 0 && report.rejected > 0)
		r = EX_DATAERR;
	report_done(&report);
	return r;
}
