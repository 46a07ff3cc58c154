#include "match/rules.h"

#include <stdlib.h>

#include "rule_parse.h"

const char *match_field_name(enum match_field field)
{
	static const char *const names[] = {
		[FIELD_TITLE] = "title",
		[FIELD_LOT_TITLE] = "lot.title",
		[FIELD_SUBJECTS] = "subjects",
		[FIELD_DESCRIPTION] = "description",
		[FIELD_LOT_DESCRIPTION] = "lot.description",
		[FIELD_CRITERIA] = "criteria",
		[FIELD_BUYER] = "buyer",
		[FIELD_CPV] = "cpv",
	};
	_Static_assert(LENGTH(names) == FIELDS, "one name per field");

	return names[field];
}

static int by_slug(const void *a, const void *b)
{
	return str_cmp(((const struct activity *)a)->slug, ((const struct activity *)b)->slug);
}

static int by_name(const void *a, const void *b)
{
	return str_cmp(((const struct rule *)a)->name, ((const struct rule *)b)->name);
}

static void sort_and_check_repeats(struct rule_parser *p)
{
	struct rules *rules = p->rules;

	if (rules->n_fields > 1)
		qsort(rules->fields, rules->n_fields, sizeof(*rules->fields), by_slug);
	if (rules->n_rules > 1)
		qsort(rules->rules, rules->n_rules, sizeof(*rules->rules), by_name);
	for (size_t i = 1; i < rules->n_fields; i++) {
		const struct activity *again = &rules->fields[i], *first = &rules->fields[i - 1];

		if (str_eq(again->slug, first->slug)) {
			struct rule_place place = { again->file, again->number, 1 };

			rule_problem_at(p, &place, "the field \"%.*s\" is declared twice, first in %.*s line %u; "
						   "take one out", STR_ARG(again->slug), STR_ARG(first->file),
				first->number);
		}
	}
	for (size_t i = 1; i < rules->n_rules; i++) {
		const struct rule *again = &rules->rules[i], *first = &rules->rules[i - 1];

		if (str_eq(again->name, first->name)) {
			struct rule_place place = { again->file, again->number, 1 };

			rule_problem_at(p, &place, "the rule \"%.*s\" is there twice, first in %.*s line %u; give "
						   "one of them another name", STR_ARG(again->name),
				STR_ARG(first->file), first->number);
		}
	}
}

static bool has_evidence(const struct rule *rule)
{
	for (size_t i = 0; i < rule->n_lines; i++)
		if (rule->lines[i].kind == LINE_ANY)
			return true;
	return false;
}

static void apply_weight(struct rule_parser *p, const struct rule_weight *weight)
{
	struct rule *rule = (struct rule *)rules_find(p->rules, weight->name);

	if (rule == NULL) {
		rule_problem_at(p, &weight->place, "there is no rule \"%.*s\"; see rules list",
			STR_ARG(weight->name));
	} else if (!weight->override && rule->weight != RULE_WEIGHT_NONE) {
		rule_problem_at(p, &weight->place, "the rule \"%.*s\" has its weight already, in %.*s line %u; "
						   "to change it from another file write: override %.*s …",
			STR_ARG(weight->name), STR_ARG(rule->weight_place.file), rule->weight_place.line,
			STR_ARG(weight->name));
	} else if (weight->override && rule->weight != RULE_WEIGHT_NONE && rule->overridden) {
		rule_problem_at(p, &weight->place, "the weight of \"%.*s\" is overridden already, in %.*s line "
						   "%u; take one out", STR_ARG(weight->name),
			STR_ARG(rule->weight_place.file), rule->weight_place.line);
	} else if (weight->override && rule->weight == RULE_WEIGHT_NONE) {
		return; /* told as a rule without weight */
	} else {
		rule->weight = weight->points;
		if (!weight->override)
			rule->weight_own = weight->points;
		rule->overridden = weight->override;
		rule->weight_place = weight->place;
		rule->why = weight->why;
	}
}

static void apply_weights(struct rule_parser *p)
{
	for (int override = 0; override <= 1; override++)
		for (size_t i = 0; i < p->n_weights; i++)
			if (p->weights[i].override == (override != 0))
				apply_weight(p, &p->weights[i]);
}

static void check_rules(struct rule_parser *p)
{
	struct rules *rules = p->rules;

	for (size_t i = 0; i < rules->n_rules; i++) {
		struct rule *rule = &rules->rules[i];
		struct str slug = str_sub(rule->name, 0, str_find_char(rule->name, '.'));
		struct rule_place start = { rule->file, rule->number, 1 }, name = { rule->file, rule->number, 6 };

		if (rules_field(rules, slug, &rule->field) == NULL)
			rule_problem_at(p, &name, "there is no field of activity \"%.*s\"; declare it with: "
						  "field %.*s \"…\"", STR_ARG(slug), STR_ARG(slug));
		if (!has_evidence(rule))
			rule_problem_at(p, &start, "the rule needs at least one line `any` or `cpv`");
		if (rule->weight == RULE_WEIGHT_NONE)
			rule_problem_at(p, &start, "the rule has no weight; add: weight %.*s 4",
				STR_ARG(rule->name));
	}
}

/* What is too long stays too long, by no more than a character. */
enum { SOURCE_MAX = RULES_FILE_MAX + 4 };

static void keep_sources(struct rules *rules, const struct rule_source *files, size_t n)
{
	rules->sources = arena_array(&rules->arena, struct rule_source, n);
	rules->n_sources = n;
	for (size_t i = 0; i < n; i++)
		rules->sources[i] = (struct rule_source){ arena_dup(&rules->arena, files[i].name),
			arena_dup(&rules->arena, str_clip(files[i].text, SOURCE_MAX)) };
}

int rules_parse(const struct rule_source *files, size_t n_files, struct arena *arena,
	struct rule_problem **problems, size_t *n_problems, struct rules **ret, struct error *err)
{
	struct rule_parser parser = { .report = arena };
	struct rules *rules = calloc(1, sizeof(*rules));

	if (rules == NULL)
		die("out of memory");
	parser.rules = rules;
	keep_sources(rules, files, n_files);
	for (size_t i = 0; i < n_files; i++)
		rule_parse_file(&parser, rules->sources[i].name, rules->sources[i].text);
	sort_and_check_repeats(&parser);
	rule_link(&parser);
	apply_weights(&parser);
	check_rules(&parser);
	*problems = parser.problems;
	*n_problems = parser.n_problems;
	if (!parser.failed) {
		*ret = rules;
		return 0;
	}
	rules_free(rules);
	return error_set(err, ERROR_INPUT, "%.*s:%u:%u: %.*s", STR_ARG(parser.problems[0].file),
		parser.problems[0].line, parser.problems[0].column, STR_ARG(parser.problems[0].text));
}

void *rules_free(struct rules *rules)
{
	if (rules == NULL)
		return NULL;
	for (size_t i = 0; i < rules->n_regexes; i++)
		regex_free(rules->regexes[i]);
	arena_done(&rules->arena);
	free(rules);
	return NULL;
}

const struct rule *rules_find(const struct rules *rules, struct str name)
{
	struct rule key = { .name = name };

	if (rules->n_rules == 0)
		return NULL;
	return bsearch(&key, rules->rules, rules->n_rules, sizeof(key), by_name);
}

const struct activity *rules_field(const struct rules *rules, struct str slug, size_t *ret_index)
{
	struct activity key = { .slug = slug };
	const struct activity *found;

	if (rules->n_fields == 0)
		return NULL;
	found = bsearch(&key, rules->fields, rules->n_fields, sizeof(key), by_slug);
	if (found != NULL)
		*ret_index = (size_t)(found - rules->fields);
	return found;
}
