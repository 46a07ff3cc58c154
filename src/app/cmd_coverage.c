/* stats coverage: per source and day, what was announced, what is here, and what went wrong on the way */
#include "commands.h"

#include "store/incident.h"
#include "tender/drift.h"

/* What is known besides the rows themselves. */
struct coverage_notes {
	struct incident *incidents;
	struct drift *drifts;
	struct drift_part *parts; /* that nothing reads */
	size_t n_incidents, n_drifts, n_parts;
};

static const struct incident *incident_of(
	const struct coverage_notes *notes, const struct coverage_row *row)
{
	for (size_t i = 0; i < notes->n_incidents; i++)
		if (notes->incidents[i].day == row->day &&
			str_eq(notes->incidents[i].source, row->source))
			return &notes->incidents[i];
	return NULL;
}

static bool drifts_on(const struct drift *drift, const struct coverage_row *row)
{
	return drift->day == row->day && str_eq(drift->source, row->source);
}

static bool is_of(const struct drift_part *part, const struct coverage_row *row)
{
	return part->day == row->day && str_eq(part->source, row->source);
}

/* How many parts of a day's notices nothing reads, and those that are new. */
static void show_parts(const struct coverage_row *row, const struct coverage_notes *notes)
{
	enum { SHOWN = 5 };
	size_t count = 0, fresh = 0;

	for (size_t i = 0; i < notes->n_parts; i++) {
		const struct drift_part *part = &notes->parts[i];

		if (!is_of(part, row))
			continue;
		count++;
		if (part->fresh && ++fresh <= SHOWN)
			out_line("         new: %.*s in %lld notices, which nothing here reads",
				STR_ARG(part->path), (long long)part->notices);
	}
	if (fresh > SHOWN)
		out_line("         new: %zu more", fresh - SHOWN);
	if (count > 0)
		out_line("         unread: %zu kinds of parts", count);
}

static void put_parts(struct json_writer *w, const struct coverage_row *row,
	const struct coverage_notes *notes)
{
	json_key(w, "unread");
	json_open_array(w);
	for (size_t i = 0; i < notes->n_parts; i++) {
		const struct drift_part *part = &notes->parts[i];

		if (!is_of(part, row))
			continue;
		json_open_object(w);
		json_add_str(w, "path", part->path);
		json_add_int(w, "notices", part->notices);
		json_add_bool(w, "new", part->fresh);
		json_close_object(w);
	}
	json_close_array(w);
}

static void show_text(struct app *app, const struct coverage_row *row, int64_t linked,
	const struct coverage_notes *notes)
{
	const struct incident *incident = incident_of(notes, row);
	struct str announced = row->announced < 0 ? STR("-")
						  : arena_printf(&app->arena, "%lld", (long long)row->announced);

	out_line("%-8.*s %.*s %9.*s %8lld %8lld %8lld  %s", STR_ARG(row->source),
		STR_ARG(day_text(app, row->day)), STR_ARG(announced), (long long)row->stored,
		(long long)row->rejected, (long long)linked, row->complete ? "complete" : "open");
	if (str_given(row->error))
		out_line("         %.*s", STR_ARG(row->error));
	if (incident != NULL && incident->ended == TIME_NONE)
		out_line("         gap since %.*s, %d attempt%s", STR_ARG(moment(app, incident->since)),
			incident->attempts, plural((size_t)incident->attempts));
	else if (incident != NULL)
		out_line("         gap from %.*s to %.*s", STR_ARG(moment(app, incident->since)),
			STR_ARG(moment(app, incident->ended)));
	for (size_t i = 0; i < notes->n_drifts; i++)
		if (drifts_on(&notes->drifts[i], row))
			out_line("         drift: %d %% lack %s, %d %% as a rule", notes->drifts[i].share,
				drift_field_name(notes->drifts[i].field), notes->drifts[i].usual);
	show_parts(row, notes);
}

static void put_gap(struct app *app, struct json_writer *w, const struct incident *incident)
{
	json_key(w, "gap");
	if (incident == NULL) {
		json_put_null(w);
		return;
	}
	json_open_object(w);
	json_add_str(w, "since", moment(app, incident->since));
	json_add_str(w, "ended", moment(app, incident->ended));
	json_add_int(w, "attempts", incident->attempts);
	json_close_object(w);
}

static void show_json(struct app *app, const struct coverage_row *row, int64_t linked,
	const struct coverage_notes *notes)
{
	struct json_writer *w = out_json(app);

	json_open_object(w);
	json_add_str(w, "source", row->source);
	json_add_str(w, "day", day_text(app, row->day));
	json_key(w, "announced");
	if (row->announced < 0)
		json_put_null(w);
	else
		json_put_int(w, row->announced);
	json_add_int(w, "stored", row->stored);
	json_add_int(w, "rejected", row->rejected);
	json_add_int(w, "linked", linked);
	json_add_bool(w, "complete", row->complete);
	json_add_int(w, "attempts", row->attempts);
	json_add_str(w, "error", row->error);
	put_gap(app, w, incident_of(notes, row));
	json_key(w, "drift");
	json_open_array(w);
	for (size_t i = 0; i < notes->n_drifts; i++)
		if (drifts_on(&notes->drifts[i], row))
			json_put_str(w, str_of(drift_field_name(notes->drifts[i].field)));
	json_close_array(w);
	put_parts(w, row, notes);
	json_close_object(w);
	out_json_end(app);
}

int cmd_stats_coverage(struct app *app, struct error *err)
{
	day_t today = paris_day(app->now);
	day_t since = (day_t)app_number(app, "since", today - 13);
	day_t until = (day_t)app_number(app, "until", today);
	struct str source = app_text(app, "source");
	struct coverage_notes notes = { NULL, NULL, NULL, 0, 0, 0 };
	struct coverage_row *rows;
	size_t n = 0;
	int r = store_coverage_list(app->db, source, since, until, &app->arena, &rows, &n, err);

	if (r >= 0)
		r = store_incident_list(app->db, source, since, until, &app->arena, &notes.incidents,
			&notes.n_incidents, err);
	if (r >= 0)
		r = drift_now(app, &notes.drifts, &notes.n_drifts, err);
	if (r >= 0)
		r = drift_parts_now(app, &notes.parts, &notes.n_parts, err);
	if (r >= 0 && n > 0 && !app->json)
		out_line("%-8s %-10s %9s %8s %8s %8s  %s", "source", "day", "announced", "stored",
			"rejected", "linked", "state");
	for (size_t i = 0; r >= 0 && i < n; i++) {
		int64_t linked;

		r = store_item_linked(app->db, rows[i].source, rows[i].day, &linked, err);
		if (r >= 0)
			(app->json ? show_json : show_text)(app, &rows[i], linked, &notes);
	}
	return list_end(app, r < 0 ? r : 0, (int64_t)n,
		"nothing was fetched in these days: coverage is of sources, what import reads is announced by nobody");
}
