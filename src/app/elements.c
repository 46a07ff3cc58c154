/* JSON documents of many elements: an array, or one object on each line. */
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "gate/file.h"
#include "store/store.h"

enum {
	ELEMENTS_BYTES_MAX = 256 << 20, /* JSON Lines; an array has the lower ceiling of a document */
	ELEMENTS_BATCH = 500,           /* in one transaction */
};

struct intake {
	struct app *app;
	const char *name;
	struct report *report;
	int (*take)(struct app *app, const struct element *element, struct error *err);
	struct arena arena; /* of the element at hand */
	int in_batch;
	struct seen_id *ids; /* of the elements so far: open addressing */
	size_t n_ids, ids_size;
};

struct seen_id {
	struct str id;
	size_t number;
};

static int read_all(struct app *app, const char *path, struct str *ret, struct error *err)
{
	if (strcmp(path, "-") == 0)
		return file_read_fd(STDIN_FILENO, "standard input", ELEMENTS_BYTES_MAX, &app->arena, ret, err);
	return reading(app, file_read(path, ELEMENTS_BYTES_MAX, &app->arena, ret, err), err);
}

static struct str label(struct intake *in, const char *unit, size_t number, const struct json_value *value)
{
	struct str id = json_str(json_get(value, "id"));

	if (!str_given(id))
		return arena_printf(&in->arena, "%s: %s %zu", in->name, unit, number);
	return arena_printf(&in->arena, "%s: %s %zu (%.*s)", in->name, unit, number,
		STR_ARG(str_clip(id, 80)));
}

/* What is wrong with one element is told and stops nobody; a store that fails stops all. */
static int count(struct intake *in, struct str item, int r, struct error *err)
{
	struct report *report = in->report;

	report->read++;
	report->added += r == STORE_NEW;
	report->updated += r == STORE_UPDATED;
	report->unchanged += r == STORE_UNCHANGED;
	if (r >= 0)
		return 0;
	if (err->kind == ERROR_STORE)
		return error_add(err, "%.*s", STR_ARG(item));
	report->rejected++;
	report_fail(report, item, str_of(err->text));
	error_clear(err);
	return 0;
}

static struct seen_id *slot_of(struct seen_id *ids, size_t size, struct str id)
{
	size_t at = str_hash(id) & (size - 1);

	while (str_given(ids[at].id) && !str_eq(ids[at].id, id))
		at = (at + 1) & (size - 1);
	return &ids[at];
}

static void make_room_for_ids(struct intake *in)
{
	size_t size = in->ids_size == 0 ? 64 : 2 * in->ids_size;
	struct seen_id *ids;

	if (2 * (in->n_ids + 1) <= in->ids_size)
		return;
	ids = arena_array(&in->app->arena, struct seen_id, size);
	for (size_t i = 0; i < in->ids_size; i++)
		if (str_given(in->ids[i].id))
			*slot_of(ids, size, in->ids[i].id) = in->ids[i];
	in->ids = ids;
	in->ids_size = size;
}

/* Two elements of one id in one file: nobody can mean both, so the second is a mistake. */
static int check_id(struct intake *in, const struct json_value *value, struct error *err)
{
	struct str id = json_str(json_get(value, "id"));
	struct seen_id *slot;

	if (!str_given(id))
		return 0;
	make_room_for_ids(in);
	slot = slot_of(in->ids, in->ids_size, id);
	if (str_given(slot->id))
		return error_set(err, ERROR_INPUT, "id: \"%.*s\" stands here twice; the first one, number %zu, "
						   "was taken", STR_ARG(str_clip(id, 80)), slot->number);
	*slot = (struct seen_id){ arena_dup(&in->app->arena, id), (size_t)in->report->read + 1 };
	in->n_ids++;
	return 0;
}

static int take_one(struct intake *in, const struct json_value *value, struct str item, struct error *err)
{
	struct element element = { value, item, &in->arena };
	int r = db_in_transaction(in->app->db) ? 0 : db_begin(in->app->db, err);

	if (r < 0)
		return r;
	r = check_id(in, value, err);
	r = count(in, item, r < 0 ? r : in->take(in->app, &element, err), err);
	if (r >= 0 && ++in->in_batch == ELEMENTS_BATCH) {
		in->in_batch = 0;
		r = db_commit(in->app->db, err);
		progress_tell(&in->app->progress, "reading", in->report->read, in->report->announced);
	}
	return r;
}

static int take_array(struct intake *in, const struct json_value *array, struct error *err)
{
	size_t n = json_type(array) == JSON_ARRAY ? json_count(array) : 1;
	int r = 0;

	in->report->announced = (int64_t)n;
	for (size_t i = 0; r >= 0 && i < n; i++) {
		const struct json_value *value = json_type(array) == JSON_ARRAY ? json_at(array, i) : array;

		arena_reset(&in->arena);
		r = take_one(in, value, label(in, "element", i + 1, value), err);
	}
	return r;
}

static int take_lines(struct intake *in, struct str text, struct error *err)
{
	struct str line;
	int r = 0;

	for (size_t number = 1; r >= 0 && str_cut(&text, '\n', &line); number++) {
		CLEANUP(json_freep) struct json *json = NULL;
		struct error why = ERROR_INIT;

		arena_reset(&in->arena);
		if (str_trim(line).len == 0)
			continue;
		if (json_parse(line, &json, &why) < 0)
			r = count(in, label(in, "line", number, NULL), -(int)why.kind, &why);
		else
			r = take_one(in, json_root(json), label(in, "line", number, json_root(json)), err);
	}
	in->report->announced = in->report->read;
	return r;
}

/* A line break inside the first value means one document; else every line is one. */
static int take_text(struct intake *in, struct str text, struct error *err)
{
	CLEANUP(json_freep) struct json *json = NULL;
	struct error why = ERROR_INIT;
	struct str rest = str_trim(text), first = STR_NONE;
	struct str start = rest;

	if (text.len == 0 || rest.len == 0)
		return error_set(err, ERROR_INPUT, "%s: empty", in->name);
	if (!str_starts(start, "[") && !str_starts(start, "{"))
		return error_set(err, ERROR_INPUT, "%s: not JSON: an array, or one object on each line, "
			"was expected", in->name);
	if (json_parse(text, &json, &why) >= 0)
		return take_array(in, json_root(json), err);
	str_cut(&rest, '\n', &first);
	if (str_starts(start, "{") && str_ends(str_trim(first), "}"))
		return take_lines(in, text, err);
	*err = why;
	return error_add(err, "%s", in->name);
}

int import_elements(struct app *app, const char *path, const char *source,
	int (*take)(struct app *app, const struct element *element, struct error *err),
	struct error *err)
{
	struct report report;
	struct intake in = { .app = app, .report = &report, .take = take,
		.name = strcmp(path, "-") == 0 ? "standard input" : path };
	struct str text;
	int r = read_all(app, path, &text, err);

	if (r < 0)
		return r;
	report_init(&report, str_of(source));
	r = take_text(&in, text, err);
	if (r >= 0 && db_in_transaction(app->db))
		r = db_commit(app->db, err);
	db_rollback(app->db);
	if (r >= 0)
		show_report(app, &report);
	if (r >= 0 && report.rejected > 0)
		r = EX_DATAERR;
	report_done(&report);
	arena_done(&in.arena);
	return r;
}
