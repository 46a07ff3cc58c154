/* requirement add, import, list, show: the buyer's side */
#include <stdio.h>

#include "commands.h"
#include "gate/smtp.h"
#include "source/exchange.h"
#include "store/notice.h"
#include "store/requirement.h"

/* As the store knows it: "requirement:SLUG", whichever of both was given. */
struct str requirement_id(struct app *app, int i)
{
	struct str given = app_operand(app, i);

	if (str_starts(given, "requirement:"))
		return given;
	return arena_printf(&app->arena, "requirement:%.*s", STR_ARG(given));
}

int requirement_find(struct app *app, int i, struct notice *ret, struct error *err)
{
	int r = store_notice_find(app->db, requirement_id(app, i), &app->arena, ret, err);

	return r == STORE_NONE ? error_set(err, ERROR_INPUT, "no requirement %s", app->operands[i]) : r;
}

static bool same_codes(const struct codes *a, const struct codes *b)
{
	for (size_t i = 0; a->n == b->n && i < a->n; i++)
		if (!str_eq(a->at[i], b->at[i]))
			return false;
	return a->n == b->n;
}

static bool same_lots(const struct notice *a, const struct notice *b)
{
	for (size_t i = 0; a->n_lots == b->n_lots && i < a->n_lots; i++)
		if (!str_eq(a->lots[i].id, b->lots[i].id) || !str_eq(a->lots[i].title, b->lots[i].title) ||
			!str_eq(a->lots[i].description, b->lots[i].description))
			return false;
	return a->n_lots == b->n_lots;
}

static bool same_buyer(const struct party *a, const struct party *b)
{
	return str_eq(a->name, b->name) && str_eq(a->id, b->id) && str_eq(a->city, b->city) &&
	       str_eq(a->department, b->department);
}

/* "title, places": the members that differ; empty: none. */
static struct str what_changed(const struct notice *a, struct str a_email, const struct requirement *q,
	struct arena *arena)
{
	const struct notice *b = &q->notice;
	const struct {
		const char *name;
		bool same;
	} members[] = {
		{ "title", str_eq(a->title, b->title) },
		{ "description", str_eq(a->description, b->description) },
		{ "buyer", same_buyer(&a->buyer, &b->buyer) },
		{ "email", str_eq(a_email, q->email) },
		{ "nature", a->nature == b->nature },
		{ "cpv", same_codes(&a->cpv, &b->cpv) },
		{ "places", same_codes(&a->places, &b->places) },
		{ "amount", a->value.cents == b->value.cents },
		{ "deadline", a->deadline.at == b->deadline.at },
		{ "lots", same_lots(a, b) },
	};
	struct str list = STR("");

	for (size_t i = 0; i < LENGTH(members); i++)
		if (!members[i].same)
			list = arena_printf(arena, "%.*s%s%s", STR_ARG(list), list.len > 0 ? ", " : "",
				members[i].name);
	return list;
}

static int check_email(struct str email, struct error *err)
{
	if (!str_given(email) || smtp_address_valid(email))
		return 0;
	return error_set(err, ERROR_INPUT, "email: \"%.*s\" is not an address like name@example.org",
		STR_ARG(str_clip(email, 100)));
}

int requirement_store(struct app *app, struct requirement *q, bool draft, struct arena *arena,
	struct error *err)
{
	struct requirement_event event = { .at = app->now, .author = author_of(app), .what = STR_NONE };
	struct str email = STR_NONE, what = STR("");
	struct notice before;
	bool closed = draft;
	int r = check_email(q->email, err), was, stored;

	if (r < 0)
		return r;
	was = store_notice_find(app->db, q->notice.id, arena, &before, err);
	if (was == 0)
		r = store_requirement_find(app->db, q->notice.id, arena, &email, &closed, err);
	if (was < 0 || r < 0)
		return was < 0 ? was : r;
	if (was == 0)
		what = what_changed(&before, email, q, arena);
	stored = store_notice_put(app->db, &q->notice, STR_NONE, app->now, arena, err);
	if (stored < 0)
		return stored;
	r = store_requirement_put(app->db, q->notice.id, q->email, closed, err);
	event.action = was == 0 ? REQUIREMENT_CHANGED : draft ? REQUIREMENT_DRAFT : REQUIREMENT_REGISTERED;
	event.what = was == 0 ? what : STR_NONE;
	if (r >= 0 && (was != 0 || what.len > 0))
		r = store_requirement_event_put(app->db, q->notice.id, &event, err);
	return r < 0 ? r : stored == STORE_UNCHANGED && what.len > 0 ? STORE_UPDATED : stored;
}

static int take_requirement(struct app *app, const struct element *element, struct error *err)
{
	struct requirement q;
	int r = requirement_from_json(element->value, paris_day(app->now), element->arena, &q, err);

	return r < 0 ? r : requirement_store(app, &q, app_flag(app, "draft"), element->arena, err);
}

int cmd_requirement_import(struct app *app, struct error *err)
{
	return import_elements(app, app->operands[0], "requirement", take_requirement, err);
}

/* add: the options become the JSON that import takes, so that there is one way in */

static void put_text(struct app *app, struct json_writer *w, const char *key, const char *option)
{
	if (!app_flag(app, option))
		return;
	json_key(w, key);
	json_put_str(w, app_text(app, option));
}

static void put_list(struct app *app, struct json_writer *w, const char *key, const char *option)
{
	size_t at = 0;
	struct str text;

	json_key(w, key);
	json_open_array(w);
	while (str_given(text = app_each(app, option, &at)))
		json_put_str(w, text);
	json_close_array(w);
}

static void put_options(struct app *app, struct str id, struct json_writer *w)
{
	json_open_object(w);
	json_add_str(w, "id", id);
	put_text(app, w, "title", "title");
	put_text(app, w, "description", "description");
	put_text(app, w, "email", "email");
	put_text(app, w, "nature", "nature");
	put_text(app, w, "deadline", "deadline");
	put_list(app, w, "cpv", "cpv");
	put_list(app, w, "places", "place");
	json_key(w, "buyer");
	json_open_object(w);
	put_text(app, w, "name", "buyer");
	put_text(app, w, "id", "siret");
	put_text(app, w, "city", "city");
	put_text(app, w, "department", "department");
	json_close_object(w);
	if (app_flag(app, "amount")) {
		json_key(w, "value");
		json_open_object(w);
		put_text(app, w, "amount", "amount");
		json_close_object(w);
	}
	json_close_object(w);
}

static int check_options(struct app *app, struct error *err)
{
	static const char *const needed[] = { "title", "description", "buyer" };
	struct str missing = STR_NONE;

	for (size_t i = 0; i < LENGTH(needed); i++)
		if (!app_flag(app, needed[i]))
			missing = arena_printf(&app->arena, "%.*s%s--%s", STR_ARG(missing),
				str_given(missing) ? ", " : "", needed[i]);
	if (!str_given(missing))
		return 0;
	return bad_usage(app, error_set(err, ERROR_CONFIG, "requirement add needs %.*s", STR_ARG(missing)));
}

static int add(struct app *app, const struct json_value *value, struct requirement *q, struct error *err)
{
	struct notice stored;
	int r = requirement_from_json(value, paris_day(app->now), &app->arena, q, err);

	if (r >= 0)
		r = store_notice_find(app->db, q->notice.id, &app->arena, &stored, err);
	if (r == 0)
		return error_set(err, ERROR_INPUT,
			"there is a requirement %.*s already; requirement edit changes it",
			STR_ARG(q->notice.ref));
	if (r >= 0 && q->notice.deadline.at != TIME_NONE && q->notice.deadline.at <= app->now)
		return error_set(err, ERROR_INPUT, "deadline: \"%.*s\" is past: nobody could answer",
			STR_ARG(q->notice.deadline.text));
	if (r >= 0)
		r = db_begin(app->db, err);
	if (r >= 0)
		r = requirement_store(app, q, app_flag(app, "draft"), &app->arena, err);
	if (r >= 0)
		r = db_commit(app->db, err);
	db_rollback(app->db);
	return r;
}

int cmd_requirement_add(struct app *app, struct error *err)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT(JSON_DOCUMENT_MAX);
	CLEANUP(json_freep) struct json *json = NULL;
	struct json_writer w = { .out = &text };
	struct requirement q;
	struct str id = app_text(app, "id");
	int r = check_options(app, err);

	if (r < 0)
		return r;
	put_options(app, str_given(id) ? id : slug_from(app_text(app, "title"), PROFILE_ID_MAX, &app->arena), &w);
	r = buf_check(&text, "the requirement", err);
	if (r >= 0)
		r = json_parse(buf_str(&text), &json, err);
	if (r >= 0)
		r = add(app, json_root(json), &q, err);
	if (r < 0)
		return r;
	out_line("%.*s", STR_ARG(q.notice.ref));
	note(app, app_flag(app, "draft")
		? "a draft; who could answer: appariteur requirement candidates %.*s; then requirement publish"
		: "registered; who could answer: appariteur requirement candidates %.*s", STR_ARG(q.notice.ref));
	return 0;
}

/* list, show */

/* A draft is closed until it is published: of both, what was done last tells which it is. */
int requirement_state(struct app *app, struct str id, struct str *ret_email, const char **ret_state,
	struct error *err)
{
	enum requirement_action last = REQUIREMENT_REGISTERED;
	struct requirement_event *events;
	bool closed = false;
	size_t n = 0;
	int r = store_requirement_find(app->db, id, &app->arena, ret_email, &closed, err);

	if (r == STORE_NONE) /* a notice of this kind without its row: as good as open */
		*ret_email = STR_NONE;
	if (r >= 0)
		r = store_requirement_events(app->db, id, &app->arena, &events, &n, err);
	for (size_t i = 0; r >= 0 && i < n; i++)
		if (events[i].action != REQUIREMENT_CHANGED)
			last = events[i].action;
	*ret_state = !closed ? "open" : last == REQUIREMENT_DRAFT ? "draft" : "closed";
	return r < 0 ? r : 0;
}

static void list_json(struct app *app, const struct notice *notice, const char *state, struct str email)
{
	struct json_writer *w = out_json(app);

	json_open_object(w);
	json_add_str(w, "id", notice->ref);
	json_add_str(w, "notice", notice->id);
	json_add_str(w, "title", notice->title);
	json_add_str(w, "buyer", notice->buyer.name);
	json_add_str(w, "email", email);
	json_add_str(w, "state", str_of(state));
	json_add_str(w, "published", day_text(app, notice->published));
	json_add_str(w, "deadline", moment(app, notice->deadline.at));
	json_close_object(w);
	out_json_end(app);
}

static int list_one(void *data, const struct notice *notice, int64_t seq UNUSED, struct error *err)
{
	struct app *app = data;
	const char *state;
	struct str email;
	int used, r = requirement_state(app, notice->id, &email, &state, err);

	if (r < 0)
		return r;
	app->listed++;
	if (app->json) {
		list_json(app, notice, state, email);
		return 0;
	}
	used = out_id(notice->ref, 26);
	used += printf(" %-6s %-10.*s ", state,
		STR_ARG(notice->deadline.at == TIME_NONE ? STR("-")
							 : day_text(app, paris_day(notice->deadline.at))));
	out_last(notice->title, used);
	return 0;
}

int cmd_requirement_list(struct app *app, struct error *err)
{
	struct notice_filter filter;
	int r;

	notice_filter_init(&filter);
	filter.kind = NOTICE_REQUIREMENT;
	filter.newest_first = true;
	if (!app_flag(app, "all"))
		filter.open_at = app->now;
	r = store_notice_each(app->db, &filter, list_one, app, err);
	return list_end(app, r, app->listed, app_flag(app, "all") ? "no requirement is registered" :
		"no requirement is open; --all lists drafts and closed ones, too");
}

int cmd_requirement_show(struct app *app, struct error *err)
{
	for (int i = 0; i < app->n_operands; i++) {
		const char *state = NULL;
		struct notice notice;
		struct str email;
		int r = requirement_find(app, i, &notice, err);

		if (r >= 0)
			r = requirement_state(app, notice.id, &email, &state, err);
		if (r < 0)
			return r;
		if (app->json) {
			notice_to_json(&notice, false, out_json(app));
			out_json_end(app);
			continue;
		}
		if (i > 0)
			putchar('\n');
		show_notice_whole(app, &notice);
		out_line("\n%-12s%s", "state", state);
		if (str_given(email))
			out_line("%-12s%.*s", "replies to", STR_ARG(email));
	}
	return 0;
}
