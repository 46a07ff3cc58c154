/* rules backtest: what a draft would have changed in a year, for whom, and whether that is better */
#include <stdio.h>

#include "commands.h"
#include "flow/backtest.h"
#include "match/rules_diff.h"
#include "store/ruleset.h"

enum { EXAMPLES_DEFAULT = 5, TALLIES_SHOWN = 10, FLIPS_SHOWN = 10, SINCE_MAX = 1200 };

/* Notices that rules alone are tried on: a few tenths of a second. */
enum { RULES_COUNTED = 2000, RULES_PROVED = 4000 };

static const char *const kind_names[BACKTEST_KINDS] = { "gained", "lost", "moved" };

struct testing {
	struct app *app;
	struct bench before, after;
	struct rules_diff diff;
	struct backtest result;
	struct backtest_options options;
	struct str draft; /* as it was named */
};

/* Options */

static day_t months_back(day_t day, int months)
{
	struct civil c = day_to_civil(day);
	int month = c.year * 12 + c.month - 1 - months;
	day_t ret = DAY_NONE;

	for (int of_month = c.day; ret == DAY_NONE && of_month > 0; of_month--)
		ret = day_from_civil(month / 12, month % 12 + 1, of_month);
	return ret;
}

int since_option(struct app *app, const char *name, const char *fallback, day_t *ret, struct error *err)
{
	struct str text = app_flag(app, name) ? app_text(app, name) : str_of(fallback), unit;
	day_t today = paris_day(app->now);
	size_t digits = 0;
	unsigned n;

	while (digits < text.len && text.ptr[digits] >= '0' && text.ptr[digits] <= '9')
		digits++;
	unit = str_from(text, digits);
	if (str_to_uint(str_sub(text, 0, digits), SINCE_MAX, &n) && unit.len > 0) {
		if (str_eqz(unit, "d") || str_eqz(unit, "w")) {
			*ret = today - (day_t)n * (str_eqz(unit, "w") ? 7 : 1);
			return 0;
		}
		if (str_eqz(unit, "mo") || str_eqz(unit, "y")) {
			*ret = months_back(today, (int)n * (str_eqz(unit, "y") ? 12 : 1));
			return 0;
		}
	}
	*ret = day_parse(text);
	if (*ret != DAY_NONE)
		return 0;
	return bad_usage(app, error_set(err, ERROR_CONFIG,
		"--%s takes a time like 12mo, 90d, 1y or 2026-01-31, not \"%.*s\"", name, STR_ARG(text)));
}

static int take_options(struct testing *t, struct error *err)
{
	struct app *app = t->app;
	int64_t examples = app_number(app, "examples", EXAMPLES_DEFAULT);
	int r;

	if (examples < 0 || examples > BACKTEST_EXAMPLES_MAX)
		return bad_usage(app, error_set(err, ERROR_CONFIG, "--examples takes a number up to %d",
			BACKTEST_EXAMPLES_MAX));
	t->options.examples = (size_t)examples;
	t->options.rules_counted = app_flag(app, "rules") ? INT64_MAX : RULES_COUNTED;
	t->options.rules_proved = RULES_PROVED;
	t->options.until = (day_t)app_number(app, "until", paris_day(app->now));
	t->options.all_digests = str_eqz(app_text(app, "by"), "profile");
	r = since_option(app, "since", "12mo", &t->options.since, err);
	if (r >= 0 && t->options.since > t->options.until)
		return bad_usage(app, error_set(err, ERROR_CONFIG,
			"from %.*s to %.*s is no time: --since is later than %s",
			STR_ARG(day_text(app, t->options.since)), STR_ARG(day_text(app, t->options.until)),
			app_flag(app, "until") ? "--until" : "today"));
	return r;
}

static int open_benches(struct testing *t, struct error *err)
{
	struct app *app = t->app;
	int64_t against = app_number(app, "against", 0);
	struct rule_set before, after;
	struct rules_side sides[2];
	int r = against != 0 ? rule_files_stored(app, against, &before, err)
			     : rule_files_active(app, &before, err);

	if (r >= 0)
		r = rule_files_named(app, app->operands, app->n_operands, &after, err);
	if (r >= 0)
		r = bench_open_files(app->db, before.files, before.n, before.number, &t->before, err);
	if (r >= 0)
		r = bench_open_files(app->db, after.files, after.n, after.number, &t->after, err);
	if (r < 0)
		return r;
	t->draft = after.number != 0 ? arena_printf(&app->arena, "ruleset %lld", (long long)after.number)
				     : str_of(app->operands[0]);
	sides[0] = (struct rules_side){ t->before.rules, before.files, before.n };
	sides[1] = (struct rules_side){ t->after.rules, after.files, after.n };
	rules_diff(&sides[0], &sides[1], &app->arena, &t->diff);
	return 0;
}

/* Text */

static void show_examples(const struct backtest *b, enum backtest_kind kind)
{
	char before[POINTS_FORMAT_MAX], after[POINTS_FORMAT_MAX];

	if (b->n_examples[kind] == 0)
		return;
	printf("\n%c%s", kind_names[kind][0] - 'a' + 'A', kind_names[kind] + 1);
	if ((int64_t)b->n_examples[kind] < b->counts[kind])
		printf(", %zu of %lld", b->n_examples[kind], (long long)b->counts[kind]);
	putchar('\n');
	for (size_t i = 0; i < b->n_examples[kind]; i++) {
		const struct backtest_example *e = &b->examples[kind][i];
		int used;

		used = printf("%6s -> %-6s ", e->before ? points_format(e->before, before) : "-",
			e->after ? points_format(e->after, after) : "-");
		used += out_id(e->profile, 18) + 1;
		putchar(' ');
		used += out_id(e->notice, 18) + 1;
		putchar(' ');
		out_cell(e->title, out_width() > used ? out_width() - used : 0); /* a page, also in a file */
		putchar('\n');
	}
}

static void show_tallies(const struct backtest_tallies *tallies, const char *what, bool all)
{
	size_t shown = all || tallies->n < TALLIES_SHOWN ? tallies->n : TALLIES_SHOWN;

	if (tallies->n == 0)
		return;
	printf("\nBy %-27s gained    lost   moved   cards before -> after\n", what);
	for (size_t i = 0; i < shown; i++) {
		const struct backtest_tally *tally = &tallies->at[i];

		(void)out_id(tally->name, 28);
		printf(" %7lld %7lld %7lld", (long long)tally->counts[BACKTEST_GAINED],
			(long long)tally->counts[BACKTEST_LOST], (long long)tally->counts[BACKTEST_MOVED]);
		if (tally->before >= 0)
			printf("  %12lld -> %lld", (long long)tally->before, (long long)tally->after);
		putchar('\n');
	}
	if (shown < tallies->n)
		out_line("… and %zu more; --by %s shows them", tallies->n - shown, what);
}

static void show_digests(const struct backtest *b)
{
	if (b->digests_of == 0)
		return;
	printf("\nDigests of the %zu start-up%s concerned", b->digests_of, plural(b->digests_of));
	if (b->digests_of < b->concerned)
		printf(" most, of %zu", b->concerned);
	printf(", by number of cards\n%-8s", "");
	for (int i = 0; i < DIGEST_SIZES; i++) {
		printf(" ");
		out_cell(str_of(digest_size_names[i]), 8);
	}
	printf("\nbefore  ");
	for (int i = 0; i < DIGEST_SIZES; i++)
		printf(" %-8lld", (long long)b->digests_before[i]);
	printf("\nafter   ");
	for (int i = 0; i < DIGEST_SIZES; i++)
		printf(" %-8lld", (long long)b->digests_after[i]);
	putchar('\n');
}

struct str golden_text(struct app *app, const struct golden_case *one)
{
	if (str_given(one->rule))
		return arena_printf(&app->arena, "%.*s %s on \"%.*s\"", STR_ARG(one->rule),
			one->fires ? "no longer fires" : "now fires", STR_ARG(one->text));
	return arena_printf(&app->arena, "%.*s %s %.*s", STR_ARG(one->profile),
		one->grade > 0 ? "no longer gets" : "now gets", STR_ARG(one->notice));
}

static void show_golden(struct app *app, const struct golden *golden)
{
	out_line("\nGolden cases: %zu, %zu flip from right to wrong, %zu from wrong to right", golden->cases,
		golden->n_flipped, golden->mended);
	for (size_t i = 0; i < golden->n_flipped && i < FLIPS_SHOWN; i++)
		out_text(golden_text(app, &golden->flipped[i]), 2, out_width() - 2);
	if (golden->n_flipped > FLIPS_SHOWN)
		out_line("  … and %zu more", golden->n_flipped - FLIPS_SHOWN);
}

static void show_judged(const struct judged *judged)
{
	char before[SHARE_FORMAT_MAX], after[SHARE_FORMAT_MAX];

	if (judged->pairs == 0) {
		out_line("\nNo judged pair: see judgment import");
		return;
	}
	out_line("\nJudged pairs: %zu", judged->pairs);
	out_line("  precision  before %s  after %s", share_format(&judged->before.precision, before),
		share_format(&judged->after.precision, after));
	out_line("  recall     before %s  after %s", share_format(&judged->before.recall, before),
		share_format(&judged->after.recall, after));
	out_line("  right only before: %zu, only after: %zu", judged->right_before, judged->right_after);
}

static struct str against_text(struct app *app, const struct testing *t)
{
	return arena_printf(&app->arena, "ruleset %lld", (long long)t->before.ruleset);
}

static void show_text(struct testing *t)
{
	struct app *app = t->app;
	struct backtest *b = &t->result;
	struct str by = app_text(app, "by");
	size_t changed = t->diff.n_rules + t->diff.n_fields + t->diff.n_rest;

	out_line("%.*s against %.*s, notices from %.*s to %.*s", STR_ARG(t->draft),
		STR_ARG(against_text(app, t)), STR_ARG(day_text(app, t->options.since)),
		STR_ARG(day_text(app, t->options.until)));
	out_line("%lld notices, %lld looked at, %zu start-up%s; %zu rule%s, field%s or line%s differ%s",
		(long long)b->count.notices, (long long)b->count.looked_at, b->profiles, plural(b->profiles), changed,
		plural(changed), plural(changed), plural(changed), changed == 1 ? "s" : "");
	if (b->count.notices == 0)
		note(app, "no stored notice was published in that time: see notice list --all, --since, --until");
	out_line("\nMatches: %lld gained, %lld lost, %lld moved, %lld with other reasons, for %zu start-up%s",
		(long long)b->counts[BACKTEST_GAINED], (long long)b->counts[BACKTEST_LOST],
		(long long)b->counts[BACKTEST_MOVED], (long long)b->reworded, b->by_profile.n,
		plural(b->by_profile.n));
	for (int kind = 0; kind < BACKTEST_KINDS; kind++)
		show_examples(b, (enum backtest_kind)kind);
	show_digests(b);
	if (!str_given(by) || str_eqz(by, "profile"))
		show_tallies(&b->by_profile, "profile", str_given(by));
	if (!str_given(by) || str_eqz(by, "department"))
		show_tallies(&b->by_department, "department", str_given(by));
	if (!str_given(by) || str_eqz(by, "field"))
		show_tallies(&b->by_field, "field", str_given(by));
	show_golden(app, &b->golden);
	show_judged(&b->judged);
	backtest_rules_show(&b->uses, &t->diff, app_flag(app, "rules"));
	if (b->count.overspent > 0)
		out_line("\nA pattern overspent its budget on %lld notices", (long long)b->count.overspent);
}

/* JSON: one object */

static void put_points(struct json_writer *w, const char *key, points_t points)
{
	char text[POINTS_FORMAT_MAX];

	json_key(w, key);
	json_put_raw(w, str_of(points_format(points, text)));
}

static void examples_json(struct json_writer *w, const struct backtest *b)
{
	for (int kind = 0; kind < BACKTEST_KINDS; kind++) {
		json_key(w, kind_names[kind]);
		json_open_array(w);
		for (size_t i = 0; i < b->n_examples[kind]; i++) {
			const struct backtest_example *e = &b->examples[kind][i];

			json_open_object(w);
			json_add_str(w, "profile", e->profile);
			json_add_str(w, "notice", e->notice);
			json_add_str(w, "title", e->title);
			put_points(w, "before", e->before);
			put_points(w, "after", e->after);
			json_close_object(w);
		}
		json_close_array(w);
	}
}

static void tallies_json(struct json_writer *w, const char *key, const char *name,
	const struct backtest_tallies *tallies)
{
	json_key(w, key);
	json_open_array(w);
	for (size_t i = 0; i < tallies->n; i++) {
		const struct backtest_tally *tally = &tallies->at[i];

		json_open_object(w);
		json_add_str(w, name, tally->name);
		for (int kind = 0; kind < BACKTEST_KINDS; kind++)
			json_add_int(w, kind_names[kind], tally->counts[kind]);
		if (tally->before >= 0) {
			json_add_int(w, "before", tally->before);
			json_add_int(w, "after", tally->after);
		}
		json_close_object(w);
	}
	json_close_array(w);
}

static void digests_json(struct json_writer *w, const struct backtest *b)
{
	json_key(w, "digests");
	json_open_array(w);
	for (int i = 0; i < DIGEST_SIZES; i++) {
		json_open_object(w);
		json_add_str(w, "cards", str_of(digest_size_names[i]));
		json_add_int(w, "before", b->digests_before[i]);
		json_add_int(w, "after", b->digests_after[i]);
		json_close_object(w);
	}
	json_close_array(w);
}

void share_json(struct json_writer *w, const char *key, const struct share *share)
{
	char number[3][24];

	snprintf(number[0], sizeof(number[0]), "%.4f", share->share);
	snprintf(number[1], sizeof(number[1]), "%.4f", share->low);
	snprintf(number[2], sizeof(number[2]), "%.4f", share->high);
	json_key(w, key);
	json_open_object(w);
	json_add_int(w, "k", share->k);
	json_add_int(w, "n", share->n);
	json_key(w, "share");
	json_put_raw(w, share->n == 0 ? STR("null") : str_of(number[0]));
	json_key(w, "low");
	json_put_raw(w, str_of(number[1]));
	json_key(w, "high");
	json_put_raw(w, str_of(number[2]));
	json_close_object(w);
}

static void judged_json(struct json_writer *w, const struct judged *judged)
{
	json_key(w, "judged");
	json_open_object(w);
	json_add_int(w, "pairs", (int64_t)judged->pairs);
	share_json(w, "precision_before", &judged->before.precision);
	share_json(w, "precision_after", &judged->after.precision);
	share_json(w, "recall_before", &judged->before.recall);
	share_json(w, "recall_after", &judged->after.recall);
	json_add_int(w, "right_only_before", (int64_t)judged->right_before);
	json_add_int(w, "right_only_after", (int64_t)judged->right_after);
	json_close_object(w);
}

static void golden_json(struct app *app, struct json_writer *w, const struct golden *golden)
{
	json_key(w, "golden");
	json_open_object(w);
	json_add_int(w, "cases", (int64_t)golden->cases);
	json_add_int(w, "mended", (int64_t)golden->mended);
	json_key(w, "flipped");
	json_open_array(w);
	for (size_t i = 0; i < golden->n_flipped; i++)
		json_put_str(w, golden_text(app, &golden->flipped[i]));
	json_close_array(w);
	json_close_object(w);
}

static void show_json(struct testing *t)
{
	struct backtest *b = &t->result;
	struct json_writer *w = out_json(t->app);

	json_open_object(w);
	json_add_str(w, "draft", t->draft);
	json_add_int(w, "against", t->before.ruleset);
	json_add_str(w, "since", day_text(t->app, t->options.since));
	json_add_str(w, "until", day_text(t->app, t->options.until));
	json_add_int(w, "notices", b->count.notices);
	json_add_int(w, "profiles", (int64_t)b->profiles);
	json_add_int(w, "concerned", (int64_t)b->concerned);
	json_add_int(w, "digests_of", (int64_t)b->digests_of);
	json_key(w, "counts");
	json_open_object(w);
	for (int kind = 0; kind < BACKTEST_KINDS; kind++)
		json_add_int(w, kind_names[kind], b->counts[kind]);
	json_add_int(w, "reworded", b->reworded);
	json_close_object(w);
	examples_json(w, b);
	digests_json(w, b);
	tallies_json(w, "by_profile", "profile", &b->by_profile);
	tallies_json(w, "by_department", "department", &b->by_department);
	tallies_json(w, "by_field", "field", &b->by_field);
	golden_json(t->app, w, &b->golden);
	judged_json(w, &b->judged);
	backtest_rules_json(w, &b->uses, &t->diff);
	json_add_int(w, "overspent", b->count.overspent);
	json_close_object(w);
	out_json_end(t->app);
}

int cmd_rules_backtest(struct app *app, struct error *err)
{
	struct testing t = { .app = app };
	int r = take_options(&t, err);

	if (r >= 0)
		r = open_benches(&t, err);
	if (r >= 0)
		r = backtest_run(app->db, &t.before, &t.after, &t.options, &app->progress, &app->arena,
			&t.result, err);
	progress_end(app);
	if (r >= 0 && app->json)
		show_json(&t);
	else if (r >= 0)
		show_text(&t);
	bench_done(&t.before);
	bench_done(&t.after);
	return r < 0 ? r : 0;
}
