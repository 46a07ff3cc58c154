/* stats incidents: days that stayed incomplete, and sources whose notices have grown thin */
#include "commands.h"

#include "base/log.h"
#include "store/incident.h"

int drift_now(struct app *app, struct drift **ret, size_t *ret_n, struct error *err)
{
	day_t today = paris_day(app->now);
	struct drift_day *days;
	size_t n;
	int r = store_drift_days(app->db, today - 2 * DRIFT_DAYS, today, &app->arena, &days, &n, err);

	if (r == 0)
		*ret_n = drift_find(days, n, &app->arena, ret);
	return r;
}

int drift_parts_now(struct app *app, struct drift_part **ret, size_t *ret_n, struct error *err)
{
	day_t today = paris_day(app->now);
	struct drift_day *days;
	size_t n_days = 0;
	int r = store_drift_days(app->db, today - 2 * DRIFT_DAYS, today, &app->arena, &days, &n_days, err);

	if (r == 0)
		r = store_drift_parts(
			app->db, today - 2 * DRIFT_DAYS, today, &app->arena, ret, ret_n, err);
	if (r == 0)
		drift_parts_compare(*ret, *ret_n, days, n_days);
	return r;
}

/* What is new, and came in the last so many days. */
static bool is_news(struct app *app, const struct drift_part *part, int days)
{
	return part->fresh && part->day > paris_day(app->now) - days;
}

static int warn_of_parts(struct app *app, struct error *err)
{
	struct drift_part *parts;
	size_t n = 0;
	int r = drift_parts_now(app, &parts, &n, err);

	for (size_t i = 0; r == 0 && i < n; i++)
		if (is_news(app, &parts[i], 2)) /* today and yesterday: each fetch says it again */
			log_warn("source", "[source.unread] source=%.*s day=%.*s part=%.*s notices=%lld",
				STR_ARG(parts[i].source), STR_ARG(day_text(app, parts[i].day)),
				STR_ARG(parts[i].path), (long long)parts[i].notices);
	return r;
}

int drift_warn(struct app *app, struct error *err)
{
	struct drift *all;
	size_t n = 0;
	int r = drift_now(app, &all, &n, err);

	for (size_t i = 0; r == 0 && i < n; i++)
		log_warn("source", "[source.drift] source=%.*s day=%.*s field=%s lacking=%d%% usual=%d%%",
			STR_ARG(all[i].source), STR_ARG(day_text(app, all[i].day)),
			drift_field_name(all[i].field), all[i].share, all[i].usual);
	return r < 0 ? r : warn_of_parts(app, err);
}

static void show_incident(struct app *app, const struct incident *incident)
{
	struct str since = moment(app, incident->since), ended = moment(app, incident->ended);
	struct json_writer *w;

	app->listed++;
	if (!app->json) {
		out_line("%-8.*s %.*s  gap since %.*s, %d attempt%s, %s%.*s  %.*s", STR_ARG(incident->source),
			STR_ARG(day_text(app, incident->day)), STR_ARG(since), incident->attempts,
			plural((size_t)incident->attempts),
			ended.len ? "ended " : "open", STR_ARG(ended), STR_ARG(incident->error));
		return;
	}
	w = out_json(app);
	json_open_object(w);
	json_add_str(w, "incident", STR("gap"));
	json_add_str(w, "source", incident->source);
	json_add_str(w, "day", day_text(app, incident->day));
	json_add_str(w, "since", since);
	json_add_int(w, "attempts", incident->attempts);
	json_add_str(w, "last", moment(app, incident->last));
	json_add_str(w, "ended", ended);
	json_add_str(w, "error", incident->error);
	json_close_object(w);
	out_json_end(app);
}

static void show_drift(struct app *app, const struct drift *drift)
{
	struct json_writer *w;

	app->listed++;
	if (!app->json) {
		out_line("%-8.*s %.*s  drift: %d %% of its notices lack %s, %d %% as a rule",
			STR_ARG(drift->source), STR_ARG(day_text(app, drift->day)), drift->share,
			drift_field_name(drift->field), drift->usual);
		return;
	}
	w = out_json(app);
	json_open_object(w);
	json_add_str(w, "incident", STR("drift"));
	json_add_str(w, "source", drift->source);
	json_add_str(w, "day", day_text(app, drift->day));
	json_add_str(w, "field", str_of(drift_field_name(drift->field)));
	json_add_int(w, "lacking_percent", drift->share);
	json_add_int(w, "usual_percent", drift->usual);
	json_close_object(w);
	out_json_end(app);
}

static void show_part(struct app *app, const struct drift_part *part)
{
	struct json_writer *w;

	app->listed++;
	if (!app->json) {
		out_line("%-8.*s %.*s  new: %.*s in %lld of its notices, which nothing here reads",
			STR_ARG(part->source), STR_ARG(day_text(app, part->day)), STR_ARG(part->path),
			(long long)part->notices);
		return;
	}
	w = out_json(app);
	json_open_object(w);
	json_add_str(w, "incident", STR("unread"));
	json_add_str(w, "source", part->source);
	json_add_str(w, "day", day_text(app, part->day));
	json_add_str(w, "path", part->path);
	json_add_int(w, "notices", part->notices);
	json_close_object(w);
	out_json_end(app);
}

int cmd_stats_incidents(struct app *app, struct error *err)
{
	day_t today = paris_day(app->now);
	struct str source = app_text(app, "source");
	struct incident *incidents;
	struct drift *drifts;
	struct drift_part *parts;
	size_t n = 0, n_drifts = 0, n_parts = 0;
	int r = store_incident_list(app->db, source, (day_t)app_number(app, "since", today - 13),
		(day_t)app_number(app, "until", today), &app->arena, &incidents, &n, err);

	if (r == 0)
		r = drift_now(app, &drifts, &n_drifts, err);
	if (r == 0)
		r = drift_parts_now(app, &parts, &n_parts, err);
	for (size_t i = 0; r == 0 && i < n; i++)
		show_incident(app, &incidents[i]);
	for (size_t i = 0; r == 0 && i < n_drifts; i++)
		if (!str_given(source) || str_eq(source, drifts[i].source))
			show_drift(app, &drifts[i]);
	for (size_t i = 0; r == 0 && i < n_parts; i++)
		if (is_news(app, &parts[i], DRIFT_DAYS) && (!str_given(source) || str_eq(source, parts[i].source)))
			show_part(app, &parts[i]);
	return list_end(app, r, app->listed, "no gap in these days, and no drift now");
}
