/*
 * profile preview: volume, examples and near misses of a profile, registered or in a file; and the warning
 * to who saves one that would be a flood.
 */
#include <stdio.h>

#include "commands.h"
#include "flow/preview.h"
#include "gate/file.h"
#include "source/exchange.h"
#include "store/profile.h"
#include "store/ruleset.h"

enum { EXAMPLES_DEFAULT = 5, WARNINGS_MAX = 5 };

static void show_cards(const struct preview_card *cards, size_t n, const char *title)
{
	char score[POINTS_FORMAT_MAX];

	if (n > 0)
		out_line("\n%s", title);
	for (size_t i = 0; i < n; i++) {
		int used = printf("%6s  ", points_format(cards[i].score, score));

		used += out_id(cards[i].notice, 20) + 1;
		putchar(' ');
		out_last(cards[i].title, used);
		if (str_given(cards[i].change))
			out_line("        it would match: %.*s", STR_ARG(cards[i].change));
	}
}

/* "61.5 a week"; what comes seldom is told for a year, as it is found in so many weeks: "14 a year". */
static struct str often(struct app *app, const struct preview *p, const char *what)
{
	enum { A_WEEK = 10, WEEKS = 52 };

	if (p->per_week < A_WEEK && p->weeks > 0)
		return arena_printf(&app->arena, "%lld%s a year",
			(long long)((p->purchases * WEEKS + p->weeks / 2) / p->weeks), what);
	return arena_printf(&app->arena, "%lld.%lld%s a week", (long long)(p->per_week / 10),
		(long long)(p->per_week % 10), what);
}

/* "about 61.5 purchases a week, a flood; without the keyword …" */
static struct str warning_of(struct app *app, const struct preview *p)
{
	if (!p->flood && !p->silence)
		return STR_NONE;
	return arena_printf(&app->arena, "about %.*s, %s%s%.*s", STR_ARG(often(app, p, " purchases")),
		p->flood ? "a flood" : "hardly ever anything", str_given(p->proposal) ? "; " : "",
		STR_ARG(p->proposal));
}

static void show_text(struct app *app, const struct profile *profile, const struct preview *p)
{
	struct str warning = warning_of(app, p);

	out_line("%.*s: %lld purchase%s among %lld notices since %.*s", STR_ARG(profile->id),
		(long long)p->purchases, plural((size_t)p->purchases), (long long)p->notices,
		STR_ARG(p->first == DAY_NONE ? STR("today") : day_text(app, p->first)));
	out_line("about %.*s; at most %lld in a week; none in %lld of %lld weeks", STR_ARG(often(app, p, "")),
		(long long)p->most_in_week, (long long)p->silent_weeks, (long long)p->weeks);
	if (str_given(warning))
		out_text(arena_printf(&app->arena, "Warning: %.*s", STR_ARG(warning)), 0, out_width());
	show_cards(p->cards, p->n_cards, "Examples");
	show_cards(p->near, p->n_near, "Near misses among the newest notices");
}

static void cards_json(struct json_writer *w, const char *key, const struct preview_card *cards, size_t n)
{
	json_key(w, key);
	json_open_array(w);
	for (size_t i = 0; i < n; i++) {
		char score[POINTS_FORMAT_MAX];

		json_open_object(w);
		json_add_str(w, "notice", cards[i].notice);
		json_add_str(w, "title", cards[i].title);
		json_key(w, "score");
		json_put_raw(w, str_of(points_format(cards[i].score, score)));
		json_add_str(w, "change", cards[i].change);
		json_close_object(w);
	}
	json_close_array(w);
}

static void show_json(struct app *app, const struct profile *profile, const struct preview *p)
{
	struct json_writer *w = out_json(app);

	json_open_object(w);
	json_add_str(w, "profile", profile->id);
	json_add_int(w, "notices", p->notices);
	json_add_str(w, "since", day_text(app, p->first));
	json_add_int(w, "purchases", p->purchases);
	json_key(w, "per_week");
	json_put_raw(w, arena_printf(&app->arena, "%lld.%lld", (long long)(p->per_week / 10),
				(long long)(p->per_week % 10)));
	json_add_int(w, "most_in_week", p->most_in_week);
	json_add_int(w, "weeks", p->weeks);
	json_add_int(w, "silent_weeks", p->silent_weeks);
	json_add_str(w, "warning", p->flood ? STR("flood") : p->silence ? STR("silence") : STR_NONE);
	json_add_str(w, "proposal", p->proposal);
	cards_json(w, "examples", p->cards, p->n_cards);
	cards_json(w, "near_misses", p->near, p->n_near);
	json_close_object(w);
	out_json_end(app);
}

static int preview_one(struct app *app, const struct profile *profile, struct error *err)
{
	struct preview preview;
	int r = preview_profile(app->db, profile, paris_day(app->now),
		(size_t)app_number(app, "examples", EXAMPLES_DEFAULT), &app->progress, &app->arena, &preview,
		err);

	progress_end(app);
	if (r < 0)
		return error_add(err, "%.*s", STR_ARG(profile->id));
	if (app->json)
		show_json(app, profile, &preview);
	else
		show_text(app, profile, &preview);
	return 0;
}

/* The array that `profile import` takes. */
static int preview_file(struct app *app, const char *path, struct error *err)
{
	CLEANUP(json_freep) struct json *json = NULL;
	const struct json_value *root;
	struct str text;
	int r = reading(app, file_read(path, JSON_DOCUMENT_MAX, &app->arena, &text, err), err);

	if (r >= 0)
		r = json_parse(text, &json, err);
	if (r < 0)
		return r;
	root = json_root(json);
	for (size_t i = 0; r >= 0 && i < json_count(root); i++) {
		struct profile profile;

		r = profile_from_json(json_at(root, i), &app->arena, &profile, err);
		if (r < 0)
			return error_add(err, "%s: element %zu", path, i + 1);
		if (i > 0 && !app->json)
			putchar('\n');
		r = preview_one(app, &profile, err);
	}
	return r;
}

int cmd_profile_preview(struct app *app, struct error *err)
{
	int64_t examples = app_number(app, "examples", EXAMPLES_DEFAULT);
	struct profile profile;
	int r;

	if (examples < 0 || examples > PREVIEW_EXAMPLES_MAX)
		return bad_usage(app, error_set(err, ERROR_CONFIG, "--examples takes a number up to %d",
			PREVIEW_EXAMPLES_MAX));
	if (slug_valid(app_operand(app, 0))) {
		r = store_profile_find(app->db, app_operand(app, 0), &app->arena, &profile, err);
		if (r == STORE_NONE)
			return error_set(err, ERROR_INPUT, "no profile %s", app->operands[0]);
		return r < 0 ? r : preview_one(app, &profile, err);
	}
	return preview_file(app, app->operands[0], err);
}

int profile_warn_volumes(struct app *app, const struct profile *const *profiles, size_t n,
	struct error *err)
{
	bool *floods = arena_array(&app->arena, bool, n);
	size_t told = 0, more = 0;
	int64_t active;
	int r = store_ruleset_active(app->db, &active, err);

	if (r != 0)
		return r < 0 ? r : 0;
	r = preview_floods(app->db, profiles, n, paris_day(app->now), floods, err);
	for (size_t i = 0; r >= 0 && i < n; i++) {
		more += floods[i] && told == WARNINGS_MAX;
		if (floods[i] && told < WARNINGS_MAX && ++told)
			r = profile_warn_volume(app, profiles[i], err);
	}
	if (more > 0)
		note(app, "%zu more would get a flood; see profile preview", more);
	return r;
}

int profile_warn_volume(struct app *app, const struct profile *profile, struct error *err)
{
	struct preview preview;
	int64_t active;
	int r = store_ruleset_active(app->db, &active, err);

	if (r != 0)
		return r < 0 ? r : 0;
	r = preview_quick(app->db, profile, paris_day(app->now), &app->arena, &preview, err);
	if (r >= 0 && preview.flood)
		note(app, "%.*s: %.*s", STR_ARG(profile->id), STR_ARG(warning_of(app, &preview)));
	return r;
}
