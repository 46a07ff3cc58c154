/* dossier show, merge, split: one purchase, its notices in their order, and what each changed. */
#include <stdio.h>

#include "commands.h"
#include "source/source.h"
#include "store/dossier.h"
#include "store/notice.h"
#include "tender/dossier.h"

enum { VERSIONS_MAX = 20, TEXT_SHOWN = 200 };

/* One line of the timeline: a notice as it is now, or as an earlier version of it was. */
struct entry {
	const struct notice *notice;
	bool newest;
	struct str against; /* id of what it is compared with; STR_NONE: nothing came before */
	struct differences differences;
};

struct timeline {
	struct str key;
	struct notice *notices;
	size_t n_notices;
	struct dossier_link *links;
	size_t n_links;
	struct entry *at;
	size_t n, capacity;
	struct dossier_story story;
	struct dossier_award *awards;
	size_t n_awards;
};

static void add_entry(struct app *app, struct timeline *t, const struct notice *notice, bool newest,
	const struct notice *before)
{
	struct entry *entry;

	arena_grow(&app->arena, t->at, t->n, &t->capacity);
	entry = &t->at[t->n++];
	*entry = (struct entry){ .notice = notice, .newest = newest };
	if (before == NULL)
		return;
	entry->against = before->id;
	dossier_compare(before, notice, &app->arena, &entry->differences);
}

/*
 * The earlier versions of a notice, read again from the bytes they came in. What another publisher's
 * view of the same version says, or a summary, is no version of its own: it is left out where nothing
 * material differs. Returns the last one, NULL when there is none.
 */
static int add_versions(struct app *app, struct timeline *t, const struct notice *notice,
	const struct notice *before, const struct notice **ret, struct error *err)
{
	struct raw *raws;
	size_t n;
	int r = store_raw_versions(app->db, notice->id, VERSIONS_MAX, &app->arena, &raws, &n, err);

	*ret = NULL;
	for (size_t i = 0; r == 0 && i + 1 < n; i++) {
		struct notice *version = arena_new(&app->arena, struct notice);
		enum source_format format;
		struct error why = ERROR_INIT;
		struct differences differences;

		if (!source_format_parse(raws[i].format, &format) ||
			source_read(format, raws[i].bytes, &app->arena, version, &why) < 0 ||
			version->summary || !str_eq(version->id, notice->id))
			continue;
		version->dossier = notice->dossier;
		dossier_compare(version, notice, &app->arena, &differences);
		if (differences.n == 0 || !differences.at[0].material)
			continue;
		add_entry(app, t, version, false, *ret ? *ret : before);
		*ret = version;
	}
	return r;
}

static int read_timeline(struct app *app, struct str key, struct timeline *t, struct error *err)
{
	int r = store_dossier_notices(app->db, key, &app->arena, &t->notices, &t->n_notices, err);

	t->key = key;
	if (r == 0)
		r = store_dossier_links(app->db, key, &app->arena, &t->links, &t->n_links, err);
	dossier_sort(t->notices, t->n_notices);
	for (size_t i = 0; r == 0 && i < t->n_notices; i++) {
		size_t k = dossier_before(t->notices, i);
		const struct notice *before = k == SIZE_MAX ? NULL : &t->notices[k], *version;

		r = add_versions(app, t, &t->notices[i], before, &version, err);
		add_entry(app, t, &t->notices[i], true, version ? version : before);
	}
	return r;
}

/* as text */

static void show_difference(const struct difference *d)
{
	struct str before = str_clip(d->before, TEXT_SHOWN), after = str_clip(d->after, TEXT_SHOWN);

	printf("    %s %s", d->material ? "!" : "·", d->field);
	if (str_given(d->lot))
		printf(" of %.*s", STR_ARG(d->lot));
	printf(": ");
	out_str(before.len ? before : STR("-"));
	printf(" → ");
	out_str(after.len ? after : STR("-"));
	putchar('\n');
}

static void show_entry(struct app *app, const struct timeline *t, const struct entry *entry)
{
	const struct notice *n = entry->notice;
	struct str day = day_text(app, n->published);

	out_line("\n%.*s  %.*s version %d, %s", STR_ARG(day.len ? day : STR("-")), STR_ARG(n->id),
		n->version, notice_kind_name(n->kind));
	printf("    ");
	out_last(n->title, 4);
	for (size_t i = 0; entry->newest && i < t->n_links; i++)
		if (str_eq(t->links[i].notice, n->id))
			out_line("    with %.*s by %s, %d %%", STR_ARG(t->links[i].other),
				dossier_link_kind_name(t->links[i].kind), t->links[i].confidence);
	for (size_t i = 0; i < entry->differences.n; i++)
		show_difference(&entry->differences.at[i]);
}

static void show_timeline(struct app *app, const struct timeline *t)
{
	const struct dossier_story *story = &t->story;
	struct str amount = amount_text(app, story->amount);

	out_line("%-12s%.*s", "dossier", STR_ARG(t->key));
	out_line("%-12s%s", "state", dossier_state_name(story->state));
	if (story->deadline.at != TIME_NONE)
		out_line("%-12s%.*s", "deadline", STR_ARG(moment(app, story->deadline.at)));
	if (story->awarded != DAY_NONE)
		out_line("%-12s%.*s", "awarded", STR_ARG(day_text(app, story->awarded)));
	if (str_given(amount))
		out_line("%-12s%.*s%s", "amount", STR_ARG(amount),
			story->amount_kind == VALUE_AWARD ? "" : " (not awarded)");
	show_awards(app, t->awards, t->n_awards);
	for (size_t i = 0; i < t->n; i++)
		show_entry(app, t, &t->at[i]);
}

/* as JSON */

static void put_differences(struct json_writer *w, const struct differences *differences)
{
	json_key(w, "differences");
	json_open_array(w);
	for (size_t i = 0; i < differences->n; i++) {
		const struct difference *d = &differences->at[i];

		json_open_object(w);
		json_add_str(w, "field", str_of(d->field));
		json_add_str(w, "lot", d->lot);
		json_add_bool(w, "material", d->material);
		json_add_str(w, "before", d->before);
		json_add_str(w, "after", d->after);
		json_close_object(w);
	}
	json_close_array(w);
}

static void put_links(struct json_writer *w, const struct timeline *t, const struct entry *entry)
{
	json_key(w, "links");
	json_open_array(w);
	for (size_t i = 0; entry->newest && i < t->n_links; i++) {
		const struct dossier_link *link = &t->links[i];

		if (!str_eq(link->notice, entry->notice->id))
			continue;
		json_open_object(w);
		json_add_str(w, "notice", link->other);
		json_add_str(w, "kind", str_of(dossier_link_kind_name(link->kind)));
		json_add_int(w, "confidence", link->confidence);
		json_close_object(w);
	}
	json_close_array(w);
}

static void put_entry(struct app *app, struct json_writer *w, const struct timeline *t,
	const struct entry *entry)
{
	const struct notice *n = entry->notice;

	json_open_object(w);
	json_add_str(w, "notice", n->id);
	json_add_int(w, "version", n->version);
	json_add_bool(w, "newest", entry->newest);
	json_add_str(w, "kind", str_of(notice_kind_name(n->kind)));
	json_add_str(w, "published", day_text(app, n->published));
	json_add_str(w, "title", n->title);
	put_links(w, t, entry);
	json_add_str(w, "compared_with", entry->against);
	put_differences(w, &entry->differences);
	json_close_object(w);
}

static void timeline_json(struct app *app, const struct timeline *t)
{
	const struct dossier_story *story = &t->story;
	struct json_writer *w = out_json(app);

	json_open_object(w);
	json_add_str(w, "dossier", t->key);
	json_add_str(w, "state", str_of(dossier_state_name(story->state)));
	json_add_str(w, "deadline", moment(app, story->deadline.at));
	json_add_str(w, "awarded", day_text(app, story->awarded));
	if (open_amount(w, "value", story->amount)) {
		json_add_bool(w, "awarded", story->amount_kind == VALUE_AWARD);
		json_close_object(w);
	}
	put_awards(app, w, t->awards, t->n_awards);
	json_key(w, "timeline");
	json_open_array(w);
	for (size_t i = 0; i < t->n; i++)
		put_entry(app, w, t, &t->at[i]);
	json_close_array(w);
	json_close_object(w);
	out_json_end(app);
}

/* commands */

static int find(struct app *app, int operand, struct str *ret, struct error *err)
{
	int r = store_dossier_find(app->db, app_operand(app, operand), &app->arena, ret, err);

	return r == STORE_NONE ? error_set(err, ERROR_INPUT, "no dossier and no notice %s",
					 app->operands[operand])
			       : r;
}

int cmd_dossier_show(struct app *app, struct error *err)
{
	for (int i = 0; i < app->n_operands; i++) {
		struct timeline t = { 0 };
		struct str key;
		int r = find(app, i, &key, err);

		if (r == 0)
			r = read_timeline(app, key, &t, err);
		if (r < 0)
			return r;
		t.story = dossier_story(t.notices, t.n_notices, app->now);
		dossier_awards(t.notices, t.n_notices, &app->arena, &t.awards, &t.n_awards);
		if (app->json) {
			timeline_json(app, &t);
			continue;
		}
		if (i > 0)
			putchar('\n');
		show_timeline(app, &t);
	}
	return 0;
}

static void tell_key(struct app *app, struct str key, bool changed)
{
	struct json_writer *w;

	if (!app->json) {
		out_line("%.*s%s", STR_ARG(key), changed ? "" : ", as before");
		return;
	}
	w = out_json(app);
	json_open_object(w);
	json_add_str(w, "dossier", key);
	json_add_bool(w, "changed", changed);
	json_close_object(w);
	out_json_end(app);
}

int cmd_dossier_merge(struct app *app, struct error *err)
{
	struct str a, b, key;
	int r = db_begin(app->db, err);

	if (r >= 0)
		r = find(app, 0, &a, err);
	if (r >= 0)
		r = find(app, 1, &b, err);
	if (r >= 0)
		r = store_dossier_merge(app->db, a, b, app->now, &app->arena, &key, err);
	if (r >= 0 && db_commit(app->db, err) < 0)
		r = -(int)err->kind;
	db_rollback(app->db);
	if (r < 0)
		return r;
	tell_key(app, key, r == 0);
	return 0;
}

int cmd_dossier_split(struct app *app, struct error *err)
{
	struct str key;
	int r = db_begin(app->db, err);

	if (r >= 0)
		r = store_dossier_split(app->db, app_operand(app, 0), app->now, &app->arena, &key, err);
	if (r == STORE_NONE)
		r = error_set(err, ERROR_INPUT, "no notice %s", app->operands[0]);
	if (r >= 0 && db_commit(app->db, err) < 0)
		r = -(int)err->kind;
	db_rollback(app->db);
	if (r < 0)
		return r;
	tell_key(app, key, r == 0);
	return 0;
}
