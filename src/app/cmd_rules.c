/* rules check, list, show, test: what stands in rule files, or in the active ruleset */
#include <stdio.h>

#include "commands.h"
#include "match/matcher.h"
#include "match/rules.h"

/* The files named; without any, the active ruleset. */
static int load(struct app *app, const char *const *paths, int n, struct rule_set *ret, struct error *err)
{
	return n > 0 ? rule_files_read(app, paths, n, ret, err) : rule_files_active(app, ret, err);
}

static int load_option(struct app *app, struct rule_set *ret, struct error *err)
{
	struct str path = app_text(app, "path");

	return load(app, &path.ptr, str_given(path) ? 1 : 0, ret, err);
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

static void show_problem(struct app *app, const struct rule_problem *problem)
{
	struct json_writer *w;

	if (!app->json && problem->line == 0) { /* of the file as a whole */
		out_line("%.*s: %.*s", STR_ARG(problem->file), STR_ARG(problem->text));
		return;
	}
	if (!app->json) {
		out_line("%.*s:%u:%u: %.*s", STR_ARG(problem->file), problem->line, problem->column,
			STR_ARG(problem->text));
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
	json_close_object(w);
	out_json_end(app);
}

/* `r` itself, or the exit status after problems were told. */
static int tell_problems(struct app *app, const struct rule_problem *problems, size_t n, int r)
{
	if (r >= 0 || n == 0)
		return r;
	for (size_t i = 0; i < n; i++)
		show_problem(app, &problems[i]);
	note(app, "%zu %s%s", n, n == 1 ? "problem" : "problems",
		n == RULES_PROBLEMS_MAX ? ", and perhaps more" : "");
	return EX_DATAERR;
}

static int parse(struct app *app, const struct rule_set *set, struct rules **ret, struct error *err)
{
	struct rule_problem *problems;
	size_t n;
	int r = rule_files_parse(app, set, &problems, &n, ret, err);

	return tell_problems(app, problems, n, r);
}

/* Of files: all that activation asks. What is active has been admitted, by the programme it was then. */
static int admit(struct app *app, const struct rule_set *set, struct rules **ret, struct error *err)
{
	struct rule_problem *problems;
	size_t n;
	int r = rule_files_admit(app, set, &problems, &n, ret, err);

	return tell_problems(app, problems, n, r);
}

int cmd_rules_check(struct app *app, struct error *err)
{
	CLEANUP(rules_freep) struct rules *rules = NULL;
	struct rule_set set;
	int r = load(app, app->operands, app->n_operands, &set, err);

	if (r >= 0)
		r = admit(app, &set, &rules, err);
	if (r == 0 && !app->json)
		out_line("%zu files, %zu fields of activity, %zu rules: no problem", set.n, rules->n_fields,
			rules->n_rules);
	return r;
}

/* list, show */

static void show_rule(struct app *app, const struct rules *rules, const struct rule *rule, bool whole)
{
	struct json_writer *w = out_json(app);
	char points[POINTS_FORMAT_MAX];

	json_open_object(w);
	json_add_str(w, "rule", rule->name);
	json_add_str(w, "field", rules->fields[rule->field].slug);
	json_key(w, "weight");
	json_put_raw(w, str_of(points_format(rule->weight, points)));
	json_add_str(w, "label", rule->label);
	json_add_str(w, "label_en", rule->label_en);
	json_add_str(w, "file", rule->file);
	json_add_int(w, "line", rule->number);
	if (whole) {
		json_add_str(w, "text", rule->text);
	}
	json_close_object(w);
	out_json_end(app);
}

int cmd_rules_list(struct app *app, struct error *err)
{
	CLEANUP(rules_freep) struct rules *rules = NULL;
	struct rule_set set;
	int r = load_option(app, &set, err);

	if (r >= 0)
		r = parse(app, &set, &rules, err);
	for (size_t i = 0; r == 0 && i < rules->n_rules; i++) {
		const struct rule *rule = &rules->rules[i];
		char points[POINTS_FORMAT_MAX];

		if (app->json) {
			show_rule(app, rules, rule, false);
			continue;
		}
		out_cell(rule->name, 34);
		printf(" %5s  ", points_format(rule->weight, points));
		out_cell(rule->label, out_width() - 43);
		putchar('\n');
	}
	return r;
}

static void show_rule_text(const struct rules *rules, const struct rule *rule)
{
	const struct activity *field = &rules->fields[rule->field];
	char weight[POINTS_FORMAT_MAX], cap[POINTS_FORMAT_MAX];

	out_line("%.*s", STR_ARG(str_trim(rule->text)));
	out_line("\nweight  %s", points_format(rule->weight, weight));
	out_line("field   %.*s, %.*s (at most %s points)", STR_ARG(field->slug), STR_ARG(field->label),
		points_format(field->cap, cap));
	out_line("from    %.*s:%u", STR_ARG(rule->file), rule->number);
}

int cmd_rules_show(struct app *app, struct error *err)
{
	CLEANUP(rules_freep) struct rules *rules = NULL;
	struct rule_set set;
	int r = load_option(app, &set, err);

	if (r >= 0)
		r = parse(app, &set, &rules, err);
	for (int i = 0; r == 0 && i < app->n_operands; i++) {
		const struct rule *rule = rules_find(rules, app_operand(app, i));

		if (rule == NULL)
			return error_set(err, ERROR_INPUT, "no rule %s; see rules list", app->operands[i]);
		if (app->json)
			show_rule(app, rules, rule, true);
		else
			show_rule_text(rules, rule);
	}
	return r;
}

/* test */

static void show_failure(struct app *app, const struct rule *rule, const struct rule_example *example)
{
	struct json_writer *w;

	if (!app->json) {
		out_line("%.*s:%u: %.*s %s \"%.*s\"", STR_ARG(rule->file), example->number, STR_ARG(rule->name),
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
			bool fires = false;

			r = matcher_rule_fires(matcher, i, rule->examples[j].notice, &fires, err);
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

int cmd_rules_test(struct app *app, struct error *err)
{
	CLEANUP(rules_freep) struct rules *rules = NULL;
	struct rules_tested tested;
	struct rule_set set;
	int r = load(app, app->operands, app->n_operands, &set, err);

	if (r >= 0)
		r = admit(app, &set, &rules, err);
	if (r == 0)
		r = rules_test(app, rules, true, &tested, err);
	if (r != 0)
		return r;
	if (!app->json)
		out_line("%zu rules, %zu examples, %zu failed", rules->n_rules, tested.examples, tested.failed);
	return tested.failed > 0 ? EX_DATAERR : 0;
}
