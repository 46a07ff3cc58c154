/* requirement edit, publish, close, log: what becomes of a requirement */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "store/match.h"
#include "store/notice.h"
#include "store/requirement.h"
#include "tender/requirement.h"

/* edit */

static int take_amount(struct app *app, struct money *ret, struct error *err)
{
	struct str text = app_text(app, "amount");
	struct money money = MONEY_INIT;

	if (!str_given(text))
		return 0;
	if (text.len > 0 && !money_parse(text, STR("EUR"), &money))
		return bad_usage(app, error_set(err, ERROR_CONFIG,
			"--amount takes euros like 120000, not \"%.*s\"", STR_ARG(text)));
	*ret = money;
	return 0;
}

static int take_deadline(struct app *app, struct deadline *ret, struct error *err)
{
	struct str text = app_text(app, "deadline");
	struct deadline deadline = DEADLINE_INIT;

	if (!str_given(text))
		return 0;
	if (text.len > 0)
		deadline = deadline_read(text, &app->arena);
	if (text.len > 0 && deadline.certainty == DEADLINE_NONE)
		return bad_usage(app, error_set(err, ERROR_CONFIG,
			"--deadline takes a time like 2026-12-18T17:00:00+01:00, not \"%.*s\"", STR_ARG(text)));
	*ret = deadline;
	return 0;
}

static int take_options(struct app *app, struct requirement *q, struct error *err)
{
	struct notice *n = &q->notice;
	int r = take_amount(app, &n->value, err);

	if (r >= 0)
		r = take_deadline(app, &n->deadline, err);
	if (r < 0)
		return r;
	app_take_text(app, "title", &n->title);
	app_take_text(app, "description", &n->description);
	app_take_text(app, "email", &q->email);
	app_take_text(app, "buyer", &n->buyer.name);
	app_take_text(app, "siret", &n->buyer.id);
	app_take_text(app, "city", &n->buyer.city);
	app_take_text(app, "department", &n->buyer.department);
	app_take_list(app, "cpv", &n->cpv);
	app_take_list(app, "place", &n->places);
	if (app_flag(app, "nature") && !notice_nature_parse(app_text(app, "nature"), &n->nature))
		return error_set(err, ERROR_INPUT, "nature: services, supplies or works expected");
	return requirement_check(q, paris_day(app->now), &app->arena, err);
}

static int edit(struct app *app, struct requirement *q, struct error *err)
{
	bool closed;
	int r = requirement_find(app, 0, &q->notice, err), stored;

	if (r >= 0)
		r = store_requirement_find(app->db, q->notice.id, &app->arena, &q->email, &closed, err);
	if (r >= 0)
		r = take_options(app, q, err);
	if (r < 0)
		return r;
	stored = requirement_store(app, q, false, &app->arena, err);
	if (stored >= 0)
		r = db_commit(app->db, err);
	return stored < 0 ? stored : r < 0 ? r : stored;
}

int cmd_requirement_edit(struct app *app, struct error *err)
{
	struct requirement q = { .email = STR_NONE };
	int r = db_begin(app->db, err);

	if (r >= 0)
		r = edit(app, &q, err);
	db_rollback(app->db);
	if (r < 0)
		return r;
	note(app, r == STORE_UNCHANGED ? "%.*s: nothing changed" : "%.*s: changed", STR_ARG(q.notice.ref));
	return 0;
}

/* publish, close */

static int record(struct app *app, struct str id, enum requirement_action action, struct error *err)
{
	const struct requirement_event event = { app->now, action, author_of(app), STR_NONE };

	return store_requirement_event_put(app->db, id, &event, err);
}

/* It is matched by the next `match`; whom it was shown to before is not told of it again. */
static int publish_one(struct app *app, int i, struct error *err)
{
	const char *state = NULL;
	struct notice notice;
	struct str email;
	int r = requirement_find(app, i, &notice, err);

	if (r >= 0)
		r = requirement_state(app, notice.id, &email, &state, err);
	if (r < 0)
		return r;
	if (strcmp(state, "open") == 0) {
		note(app, "%.*s is open already", STR_ARG(notice.ref));
		return 0;
	}
	if (notice.deadline.at != TIME_NONE && notice.deadline.at <= app->now)
		return error_set(err, ERROR_INPUT,
			"%.*s: its deadline is past; give another one by requirement edit --deadline",
			STR_ARG(notice.ref));
	r = store_requirement_put(app->db, notice.id, email, false, err);
	if (r >= 0)
		r = store_requirement_again(app->db, notice.id, err);
	return r < 0 ? r : record(app, notice.id, REQUIREMENT_PUBLISHED, err);
}

/* Its matches end at once; what was told stays recorded. */
static int close_one(struct app *app, int i, struct error *err)
{
	const char *state = NULL;
	struct notice notice;
	struct str email;
	int r = requirement_find(app, i, &notice, err);

	if (r >= 0)
		r = requirement_state(app, notice.id, &email, &state, err);
	if (r < 0 || strcmp(state, "closed") == 0)
		return r;
	r = store_requirement_put(app->db, notice.id, email, true, err);
	if (r >= 0) /* no ruleset has this number: none of its matches was found by it */
		r = store_match_end_stale(app->db, notice.id, STR_NONE, -1, app->now, err);
	return r < 0 ? r : record(app, notice.id, REQUIREMENT_CLOSED, err);
}

/* All of them or none. */
static int each_operand(struct app *app, int (*each)(struct app *app, int i, struct error *err), struct error *err)
{
	int r = db_begin(app->db, err);

	for (int i = 0; r >= 0 && i < app->n_operands; i++)
		r = each(app, i, err);
	if (r >= 0)
		r = db_commit(app->db, err);
	db_rollback(app->db);
	return r < 0 ? r : 0;
}

int cmd_requirement_publish(struct app *app, struct error *err)
{
	return each_operand(app, publish_one, err);
}

int cmd_requirement_close(struct app *app, struct error *err)
{
	return each_operand(app, close_one, err);
}

/* log */

struct log_line {
	int64_t at;
	size_t order; /* of what happened at one instant */
	const char *action;
	struct str what, author;
	int64_t startups; /* -1: of no start-up */
};

static int by_time(const void *a, const void *b)
{
	const struct log_line *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static int gather(struct app *app, struct str id, struct log_line **ret, size_t *ret_n, struct error *err)
{
	static const char *const grades[] = { "not relevant", "adjacent", "relevant" };
	struct requirement_event *events;
	struct requirement_count *counts;
	struct log_line *lines;
	size_t n_events = 0, n_counts = 0;
	int r = store_requirement_events(app->db, id, &app->arena, &events, &n_events, err);

	if (r >= 0)
		r = store_requirement_counts(app->db, id, &app->arena, &counts, &n_counts, err);
	if (r < 0)
		return r;
	lines = arena_array(&app->arena, struct log_line, n_events + n_counts);
	for (size_t i = 0; i < n_events; i++)
		lines[i] = (struct log_line){ events[i].at, i, requirement_action_name(events[i].action),
			events[i].what, events[i].author, -1 };
	for (size_t i = 0; i < n_counts; i++)
		lines[n_events + i] = (struct log_line){ counts[i].at, n_events + i,
			counts[i].grade < 0 ? "told" : "answered",
			counts[i].grade < 0 ? STR_NONE : str_of(grades[counts[i].grade]), STR_NONE, counts[i].n };
	*ret = lines;
	*ret_n = n_events + n_counts;
	if (*ret_n > 1)
		qsort(lines, *ret_n, sizeof(*lines), by_time);
	return 0;
}

static void log_json(struct app *app, const struct log_line *line)
{
	struct json_writer *w = out_json(app);

	json_open_object(w);
	json_add_str(w, "at", moment(app, line->at));
	json_add_str(w, "action", str_of(line->action));
	json_add_str(w, "what", line->what);
	json_add_str(w, "author", line->author);
	json_key(w, "startups");
	if (line->startups >= 0)
		json_put_int(w, line->startups);
	else
		json_put_null(w);
	json_close_object(w);
	out_json_end(app);
}

static void show_line(struct app *app, const struct log_line *line)
{
	printf("%.*s  %-10s", STR_ARG(moment(app, line->at)), line->action);
	if (line->startups >= 0)
		printf("  %lld %s", (long long)line->startups, line->startups == 1 ? "start-up" : "start-ups");
	if (str_given(line->what)) {
		fputs("  ", stdout);
		out_str(line->what);
	}
	if (str_given(line->author)) {
		fputs("  by ", stdout);
		out_str(line->author);
	}
	putchar('\n');
}

int cmd_requirement_log(struct app *app, struct error *err)
{
	struct log_line *lines;
	struct notice notice;
	size_t n = 0;
	int r = requirement_find(app, 0, &notice, err);

	if (r >= 0)
		r = gather(app, notice.id, &lines, &n, err);
	for (size_t i = 0; r >= 0 && i < n; i++) {
		if (app->json)
			log_json(app, &lines[i]);
		else
			show_line(app, &lines[i]);
	}
	return r < 0 ? r : 0;
}
