/* rules check, test: what stands in rule files, or in the active ruleset */
#include <stdio.h>

#include "commands.h"
#include "match/dry_run.h"
#include "match/matcher.h"
#include "match/rules.h"

/* The files named; without any, the active ruleset. */
static int load(struct app *app, const char *const *paths, int n, struct rule_set *ret, struct error *err)
{
	return n > 0 ? rule_files_read(app, paths, n, ret, err) : rule_files_active(app, ret, err);
}

/* check */

/* The line itself, and a caret under the column; tabs stay so that both stand above each other. */
static void show_source(const struct rule_problem *problem)
{
	size_t at = 0;

	fputs("    ", stdout);
	while (at < problem->source.len) {
		size_t start = at;
		uint32_t c = str_utf8_next(problem->source, &at);

		if (c == '\t')
			putchar('\t');
		else
			out_cell(str_sub(problem->source, start, at), 1);
	}
	fputs("\n    ", stdout);
	at = 0;
	for (unsigned column = 1; column < problem->column; column++)
		putchar(at < problem->source.len && str_utf8_next(problem->source, &at) == '\t' ? '\t' : ' ');
	puts("^");
}

static void show_problem(struct app *app, const struct rule_problem *problem, bool warning)
{
	struct json_writer *w;

	if (!app->json && problem->line == 0) { /* of the file as a whole */
		out_line("%.*s: %.*s", STR_ARG(problem->file), STR_ARG(problem->text));
		return;
	}
	if (!app->json) {
		out_line("%.*s:%u:%u: %s%.*s", STR_ARG(problem->file), problem->line, problem->column,
			warning ? "warning: " : "", STR_ARG(problem->text));
		show_source(problem);
		return;
	}
	w = out_json(app);
	json_open_object(w);
	json_add_str(w, "file", problem->file);
	json_add_int(w, "line", problem->line);
	json_add_int(w, "column", problem->column);
	json_add_str(w, "text", problem->text);
	json_add_str(w, "source", problem->source);
	json_add_bool(w, "warning", warning);
	json_close_object(w);
	out_json_end(app);
}

/* `r` itself, or the exit status after problems were told. */
static int tell_problems(struct app *app, const struct rule_problem *problems, size_t n, int r)
{
	if (r >= 0 || n == 0)
		return r;
	for (size_t i = 0; i < n; i++)
		show_problem(app, &problems[i], false);
	note(app, "%zu %s%s", n, n == 1 ? "problem" : "problems",
		n == RULES_PROBLEMS_MAX ? ", and perhaps more" : "");
	return EX_DATAERR;
}

int rules_load(struct app *app, int64_t *ret_number, struct rules **ret, struct error *err)
{
	struct str path = app_text(app, "path");
	struct rule_problem *problems;
	struct rule_set set;
	size_t n;
	int r = load(app, &path.ptr, str_given(path) ? 1 : 0, &set, err);

	if (r < 0)
		return r;
	*ret_number = set.number;
	r = rule_files_parse(app, &set, &problems, &n, ret, err);
	return tell_problems(app, problems, n, r);
}

enum { PATTERNS_SHOWN = 12 };

static void show_pattern(struct app *app, const struct dry_pattern *pattern, int64_t notices)
{
	double average = (double)pattern->ns / 1000 / (double)notices;
	double worst = (double)pattern->worst_ns / 1000;
	struct str text = pattern->term->text;
	struct json_writer *w;

	if (!app->json) {
		out_line("  %.*s /%.*s/%s: in %lld, %.1f µs a notice, at most %.0f",
			STR_ARG(pattern->rule), STR_ARG(text), pattern->term->raw ? "C" : "",
			(long long)pattern->found, average, worst);
		return;
	}
	w = out_json(app);
	json_open_object(w);
	json_add_str(w, "rule", pattern->rule);
	json_add_str(w, "pattern", text);
	json_add_int(w, "notices", notices);
	json_add_int(w, "found", pattern->found);
	json_add_int(w, "us_average", (int64_t)(average + 0.5));
	json_add_int(w, "us_worst", (int64_t)(worst + 0.5));
	json_close_object(w);
	out_json_end(app);
}

static void show_tried(struct app *app, const struct dry_run *run)
{
	int64_t notices = dry_run_notices(run);
	size_t n;
	const struct dry_pattern *patterns = dry_run_patterns(run, &n);

	if (n == 0 || notices == 0)
		return;
	if (!app->json)
		out_line("%zu new pattern%s tried on the newest %lld notices:", n, plural(n),
			(long long)notices);
	for (size_t i = 0; i < n && (app->json || i < PATTERNS_SHOWN); i++)
		show_pattern(app, &patterns[i], notices);
	if (!app->json && n > PATTERNS_SHOWN)
		out_line("  … and %zu more; --json gives all", n - PATTERNS_SHOWN);
}

/* Of files: all that activation asks. What is active has been admitted, by the programme it was then. */
static int admit(struct app *app, const struct rule_set *set, rule_files_tried *tell, struct rules **ret,
	struct error *err)
{
	struct rule_problem *problems;
	size_t n;
	int r = rule_files_admit(app, set, tell, &problems, &n, ret, err);

	return tell_problems(app, problems, n, r);
}

/*
 * Rules are tried on a profile's own words as on a title: what a `not` keeps away from titles it keeps
 * away from who says it of themselves, "études et pose", unless a `for` line says whom the rule is for.
 */
static bool may_miss_profiles(const struct rule *rule)
{
	bool excepts = false;

	for (size_t i = 0; i < rule->n_lines; i++) {
		const struct rule_line *line = &rule->lines[i];

		if (line->kind == LINE_FOR)
			return false;
		excepts |= line->kind == LINE_NOT && line->subject == ON_TEXT &&
			   (line->fields & 1u << FIELD_TITLE) != 0;
	}
	return excepts;
}

static void advise(struct app *app, const struct rules *rules)
{
	size_t n = 0;

	for (size_t i = 0; i < rules->n_rules; i++) {
		if (!may_miss_profiles(&rules->rules[i]))
			continue;
		n++;
		if (app_flag(app, "verbose"))
			out_line("%.*s: a \"not\" on titles, and no \"for\"", STR_ARG(rules->rules[i].name));
	}
	if (n > 0)
		out_line("%zu rule%s with a \"not\" on titles and no \"for\": "
			 "a profile that has an excepted word is not told of %s%s",
			n, plural(n), n == 1 ? "it" : "them",
			app_flag(app, "verbose") ? "" : "; --verbose names them");
}

static void warn(struct app *app, const struct rules *rules)
{
	struct rule_problem *doubts;
	size_t n;

	rules_doubt(rules, &app->arena, &doubts, &n);
	for (size_t i = 0; i < n; i++)
		show_problem(app, &doubts[i], true);
}

int cmd_rules_check(struct app *app, struct error *err)
{
	CLEANUP(rules_freep) struct rules *rules = NULL;
	struct rule_set set;
	int r = load(app, app->operands, app->n_operands, &set, err);

	if (r >= 0)
		r = admit(app, &set, show_tried, &rules, err);
	if (r == 0)
		warn(app, rules);
	if (r == 0 && !app->json)
		out_line("%zu file%s, %zu field%s of activity, %zu rule%s: no problem",
			set.n, plural(set.n), rules->n_fields, plural(rules->n_fields),
			rules->n_rules, plural(rules->n_rules));
	if (r == 0 && !app->json)
		advise(app, rules);
	return r;
}

/* test */

static void show_failure(struct app *app, const struct rule *rule, const struct rule_example *example)
{
	struct json_writer *w;

	if (!app->json) {
		out_line("%.*s:%u: %.*s %s \"%.*s\"",
			STR_ARG(rule->file), example->number, STR_ARG(rule->name),
			example->fires ? "does not fire on its example" : "fires on its counter-example",
			STR_ARG(example->text));
		return;
	}
	w = out_json(app);
	json_open_object(w);
	json_add_str(w, "file", rule->file);
	json_add_int(w, "line", example->number);
	json_add_str(w, "rule", rule->name);
	json_add_bool(w, "expected", example->fires);
	json_add_str(w, "text", example->text);
	json_close_object(w);
	out_json_end(app);
}

int rules_test(struct app *app, const struct rules *rules, bool show, struct rules_tested *ret,
	struct error *err)
{
	CLEANUP(matcher_freep) struct matcher *matcher = NULL;
	int r = matcher_new(rules, 0, NULL, 0, &matcher, err);

	*ret = (struct rules_tested){ 0, 0 };
	for (size_t i = 0; r >= 0 && i < rules->n_rules; i++) {
		const struct rule *rule = &rules->rules[i];

		for (size_t j = 0; r >= 0 && j < rule->n_examples; j++) {
			struct notice room;
			bool fires = false;

			r = matcher_rule_fires(matcher, i, rule_example_notice(&rule->examples[j], &room), &fires, err);
			ret->examples++;
			if (r < 0 || (r != MATCHER_OVERSPENT && fires == rule->examples[j].fires))
				continue;
			ret->failed++;
			if (show)
				show_failure(app, rule, &rule->examples[j]);
		}
	}
	return r < 0 ? r : 0;
}

/* What no test can find: rules that nobody has proved. */
static void note_unproved(struct app *app, const struct rules *rules)
{
	const struct rule *first = NULL;
	size_t unproved = 0;

	for (size_t i = 0; i < rules->n_rules; i++) {
		const struct rule *rule = &rules->rules[i];
		bool fires = false, silent = false;

		for (size_t j = 0; j < rule->n_examples; j++) {
			fires |= rule->examples[j].fires;
			silent |= !rule->examples[j].fires;
		}
		if (fires && silent)
			continue;
		unproved++;
		first = first == NULL ? rule : first;
	}
	if (unproved > 0)
		note(app, "%zu rule%s no example or no counter-example, the first is %.*s", unproved,
			unproved == 1 ? " has" : "s have", STR_ARG(first->name));
}

int cmd_rules_test(struct app *app, struct error *err)
{
	CLEANUP(rules_freep) struct rules *rules = NULL;
	struct rules_tested tested;
	struct rule_set set;
	int r = load(app, app->operands, app->n_operands, &set, err);

	if (r >= 0)
		r = admit(app, &set, NULL, &rules, err);
	if (r == 0)
		r = rules_test(app, rules, true, &tested, err);
	if (r != 0)
		return r;
	if (!app->json)
		out_line("%zu rule%s, %zu example%s, %zu failed", rules->n_rules, plural(rules->n_rules),
			tested.examples, plural(tested.examples), tested.failed);
	note_unproved(app, rules);
	return tested.failed > 0 ? EX_DATAERR : 0;
}
