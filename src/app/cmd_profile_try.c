/*
 * profile try: what a profile would bring, without registering it. Volume over the last year as if it
 * had been there from the first day, then the purchases that are open now.
 */
#include <stdio.h>
#include <stdlib.h>

#include "commands.h"
#include "flow/bench.h"
#include "flow/preview.h"
#include "store/notice.h"
#include "store/profile.h"

enum { VOLUME_DAYS = 365, SHOWN_DEFAULT = 20 };

struct found {
	struct receipt *receipt;
	struct str dossier, title, buyer;
	int64_t deadline; /* TIME_NONE */
};
struct trial {
	struct app *app;
	struct bench bench;
	struct profile profile;
	bool open;           /* the second look: what is open now */
	day_t first;         /* earliest publication compared; DAY_NONE */
	int64_t compared;
	struct found *found; /* all of the year, then, from n_year on, the open ones */
	size_t n, capacity;
	struct arena arena;  /* of the notice at hand */
};

/* A year ago its deadline was still ahead: each notice is taken on the day it was published. */
static int64_t moment_of(const struct trial *t, const struct notice *notice)
{
	int64_t published;

	if (t->open || notice->published == DAY_NONE)
		return t->app->now;
	published = (int64_t)notice->published * 86400;
	return published < t->app->now ? published : t->app->now;
}

static void keep(struct trial *t, const struct notice *notice, const struct receipt *receipt)
{
	struct arena *arena = &t->app->arena;
	struct found *found;

	arena_grow(arena, t->found, t->n, &t->capacity);
	found = &t->found[t->n++];
	found->dossier = arena_dup(arena, str_given(notice->dossier) ? notice->dossier : notice->id);
	if (!t->open)
		return;
	found->receipt = receipt_dup(receipt, arena);
	found->title = arena_dup(arena, notice->title);
	found->buyer = arena_dup(arena, notice->buyer.name);
	found->deadline = notice->deadline.at;
}

static int try_notice(void *data, const struct notice *notice, int64_t seq UNUSED, struct error *err)
{
	struct trial *t = data;
	struct match_options options = { .now = moment_of(t, notice) };
	struct receipts receipts;
	int r;

	arena_reset(&t->arena);
	r = matcher_run(t->bench.matcher, notice, &options, &t->arena, &receipts, err);
	if (r < 0)
		return r;
	t->compared++;
	progress_tell(&t->app->progress, "comparing", t->compared, 0);
	if (t->first == DAY_NONE || (notice->published != DAY_NONE && notice->published < t->first))
		t->first = notice->published;
	for (size_t i = 0; i < receipts.n; i++)
		keep(t, notice, &receipts.at[i]);
	return 0;
}

static int by_dossier(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	return str_cmp(x->dossier, y->dossier);
}

/* A purchase published twice counts once. */
static size_t count_purchases(struct found *found, size_t n)
{
	size_t count = 0;

	if (n > 1)
		qsort(found, n, sizeof(*found), by_dossier);
	for (size_t i = 0; i < n; i++)
		count += i == 0 || !str_eq(found[i].dossier, found[i - 1].dossier);
	return count;
}

static int best_first(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	if (x->receipt->score != y->receipt->score)
		return x->receipt->score < y->receipt->score ? 1 : -1;
	return str_cmp(x->receipt->notice, y->receipt->notice);
}

static bool dossier_before(const struct found *found, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (str_eq(found[i].dossier, found[j].dossier))
			return true;
	return false;
}

/* Tenths of a purchase a week, over the days that there are notices of. */
static int64_t per_week(const struct trial *t, size_t purchases)
{
	int64_t days = t->first == DAY_NONE ? 0 : paris_day(t->app->now) - t->first + 1;

	return days < 7 ? (int64_t)purchases * 10 : ((int64_t)purchases * 70 + days / 2) / days;
}

static void show_volume(struct app *app, const struct trial *t, size_t purchases)
{
	int64_t weekly = per_week(t, purchases);
	struct json_writer *w;

	if (!app->json) {
		out_line("%zu of %lld notices stored since %.*s are for it: about %lld.%lld purchases a week.",
			purchases, (long long)t->compared,
			STR_ARG(t->first == DAY_NONE ? STR("today") : day_text(app, t->first)),
			(long long)(weekly / 10), (long long)(weekly % 10));
		return;
	}
	w = out_json(app);
	json_open_object(w);
	json_add_int(w, "purchases", (int64_t)purchases);
	json_add_int(w, "compared", t->compared);
	json_add_str(w, "since", day_text(app, t->first));
	json_key(w, "per_week");
	json_put_raw(w, arena_printf(&app->arena, "%lld.%lld", (long long)(weekly / 10),
				(long long)(weekly % 10)));
	json_close_object(w);
	out_json_end(app);
}

static void show_found(struct app *app, const struct found *found)
{
	char score[POINTS_FORMAT_MAX];

	if (app->json) {
		receipt_to_json(found->receipt, "title", found->title, out_json(app));
		out_json_end(app);
		return;
	}
	printf("\n%6s  ", points_format(found->receipt->score, score));
	out_last(found->title, 8);
	printf("        %.*s%s%.*s, ", STR_ARG(found->receipt->notice), str_given(found->receipt->lot) ? " " : "",
		STR_ARG(found->receipt->lot));
	if (found->deadline == TIME_NONE)
		printf("no deadline known");
	else
		printf("until %.*s", STR_ARG(day_text(app, paris_day(found->deadline))));
	if (str_given(found->buyer)) {
		fputs(", ", stdout);
		out_str(found->buyer);
	}
	putchar('\n');
	show_reasons(found->receipt);
}

static int compare_year(struct trial *t, struct error *err)
{
	struct notice_filter filter;

	notice_filter_init(&filter);
	filter.since = paris_day(t->app->now) - VOLUME_DAYS;
	filter.until = paris_day(t->app->now);
	return store_notice_each(t->app->db, &filter, try_notice, t, err);
}

/* Results count from 0 again: what the year gave is told by then. */
static int compare_open(struct trial *t, struct error *err)
{
	struct notice_filter filter;

	notice_filter_init(&filter);
	filter.open_at = t->app->now;
	t->open = true;
	t->n = 0;
	return store_notice_each(t->app->db, &filter, try_notice, t, err);
}

static void show_open(struct app *app, struct trial *t)
{
	size_t most = (size_t)app_number(app, "limit", SHOWN_DEFAULT), shown = 0, more = 0;

	if (t->n > 1)
		qsort(t->found, t->n, sizeof(*t->found), best_first);
	for (size_t i = 0; i < t->n; i++) {
		if (shown == most) {
			more++;
		} else if (!dossier_before(t->found, i)) {
			show_found(app, &t->found[i]);
			shown++;
		}
	}
	if (!app->json && t->n == 0)
		out_line("Nothing that is open now.");
	if (more > 0)
		note(app, "%zu more; --limit shows them", more);
}

static int run_trial(struct app *app, struct trial *t, struct error *err)
{
	size_t purchases;
	int r = compare_year(t, err);

	if (r < 0)
		return r;
	progress_end(app);
	purchases = count_purchases(t->found, t->n);
	show_volume(app, t, purchases);
	if (per_week(t, purchases) > PREVIEW_FLOOD)
		r = profile_warn_volume(app, &t->profile, err);
	if (r < 0)
		return r;
	r = compare_open(t, err);
	progress_end(app);
	if (r >= 0)
		show_open(app, t);
	return r < 0 ? r : 0;
}

/* A registered profile, or nothing, with the options laid over it. */
static int make_profile(struct app *app, struct profile *p, struct error *err)
{
	int r = 0;

	profile_init(p);
	p->id = p->name = STR("try");
	if (app->n_operands > 0)
		r = store_profile_find(app->db, app_operand(app, 0), &app->arena, p, err);
	if (r == STORE_NONE)
		return error_set(err, ERROR_INPUT, "no profile %s", app->operands[0]);
	if (r >= 0)
		r = profile_take_options(app, p, err);
	if (r >= 0 && !str_given(p->description) && p->keywords.n == 0)
		return bad_usage(app, error_set(err, ERROR_CONFIG,
			"profile try needs --text, --keyword or a registered profile"));
	if (r >= 0)
		r = profile_check(p, &app->arena, err);
	return r < 0 ? r : profile_warn(app, p, p->id, err);
}

int cmd_profile_try(struct app *app, struct error *err)
{
	struct trial t = { .app = app, .first = DAY_NONE };
	const struct profile *profiles[1] = { &t.profile };
	int r;

	if (app_number(app, "limit", SHOWN_DEFAULT) < 0)
		return bad_usage(app, error_set(err, ERROR_CONFIG, "--limit takes a number from 0"));
	r = make_profile(app, &t.profile, err);
	if (r >= 0)
		r = bench_open_with(app->db, profiles, 1, &t.bench, err);
	if (r < 0)
		return r;
	r = run_trial(app, &t, err);
	arena_done(&t.arena);
	bench_done(&t.bench);
	return r;
}
