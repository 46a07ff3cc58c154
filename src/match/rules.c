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

/* Problems found after all files were read still name the place they are about. */
static void at(struct rule_parser *p, struct str file, unsigned number, struct str source)
{
	p->file = file;
	p->number = number;
	p->lexer = (struct rule_lexer){ .line = source };
}

static void sort_and_check_repeats(struct rule_parser *p)
{
	struct rules *rules = p->rules;

	if (rules->n_fields > 1)
		qsort(rules->fields, rules->n_fields, sizeof(*rules->fields), by_slug);
	if (rules->n_rules > 1)
		qsort(rules->rules, rules->n_rules, sizeof(*rules->rules), by_name);
	for (size_t i = 1; i < rules->n_fields; i++) {
		if (str_eq(rules->fields[i].slug, rules->fields[i - 1].slug)) {
			at(p, rules->fields[i].file, rules->fields[i].number, rules->fields[i].slug);
			rule_problem(p, 1, "the field \"%.*s\" is declared twice, first in %.*s line %u",
				STR_ARG(rules->fields[i].slug), STR_ARG(rules->fields[i - 1].file),
				rules->fields[i - 1].number);
		}
	}
	for (size_t i = 1; i < rules->n_rules; i++) {
		if (str_eq(rules->rules[i].name, rules->rules[i - 1].name)) {
			at(p, rules->rules[i].file, rules->rules[i].number, rules->rules[i].name);
			rule_problem(p, 1, "the rule \"%.*s\" is there twice, first in %.*s line %u",
				STR_ARG(rules->rules[i].name), STR_ARG(rules->rules[i - 1].file),
				rules->rules[i - 1].number);
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

static void apply_weights(struct rule_parser *p)
{
	for (size_t i = 0; i < p->n_weights; i++) {
		const struct rule_weight *weight = &p->weights[i];
		struct rule *rule = (struct rule *)rules_find(p->rules, weight->name);

		at(p, weight->file, weight->number, weight->name);
		if (rule == NULL)
			rule_problem(p, weight->column, "there is no rule \"%.*s\"", STR_ARG(weight->name));
		else if (rule->weight != RULE_WEIGHT_NONE)
			rule_problem(p, weight->column, "the rule \"%.*s\" has its weight already",
				STR_ARG(weight->name));
		else
			rule->weight = weight->points;
	}
}

static void check_rules(struct rule_parser *p)
{
	struct rules *rules = p->rules;

	for (size_t i = 0; i < rules->n_rules; i++) {
		struct rule *rule = &rules->rules[i];
		struct str slug = str_sub(rule->name, 0, str_find_char(rule->name, '.'));

		at(p, rule->file, rule->number, rule->name);
		if (rules_field(rules, slug, &rule->field) == NULL)
			rule_problem(p, 6, "there is no field of activity \"%.*s\"; declare it with: field %.*s \"…\"",
				STR_ARG(slug), STR_ARG(slug));
		if (!has_evidence(rule))
			rule_problem(p, 1, "the rule needs at least one line `any` or `cpv`");
		if (rule->weight == RULE_WEIGHT_NONE)
			rule_problem(p, 1, "the rule has no weight; add: weight %.*s 4", STR_ARG(rule->name));
	}
}

int rules_parse(const struct rule_source *files, size_t n_files, struct arena *arena,
	struct rule_problem **problems, size_t *n_problems, struct rules **ret, struct error *err)
{
	struct rule_parser parser = { .report = arena };
	struct rules *rules = calloc(1, sizeof(*rules));

	if (rules == NULL)
		die("out of memory");
	parser.rules = rules;
	for (size_t i = 0; i < n_files; i++)
		rule_parse_file(&parser, files[i].name, files[i].text);
	sort_and_check_repeats(&parser);
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
	for (size_t i = 0; i < rules->n_rules; i++)
		for (size_t j = 0; j < rules->rules[i].n_lines; j++)
			for (size_t k = 0; k < rules->rules[i].lines[j].n_terms; k++)
				regex_free(rules->rules[i].lines[j].terms[k].regex);
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
