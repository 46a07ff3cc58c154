#include "fire.h"

#include <stdlib.h>
#include <string.h>

static void *zeroed(size_t n, size_t size)
{
	void *p = calloc(n + 1, size);

	if (p == NULL)
		die("out of memory");
	return p;
}

void firing_init(struct firing *firing, size_t n_rules)
{
	*firing = (struct firing){
		.first = zeroed(n_rules, sizeof(uint32_t)),
		.rules = zeroed(n_rules, sizeof(uint32_t)),
		.seen = zeroed(n_rules, sizeof(uint8_t)),
		.touched = zeroed(n_rules, sizeof(uint32_t)),
		.size = n_rules,
	};
}

void firing_done(struct firing *firing)
{
	free(firing->at);
	free(firing->first);
	free(firing->rules);
	free(firing->seen);
	free(firing->touched);
	free(firing->scopes);
}

static bool value_holds(const struct rule_line *line, const struct notice *notice, uint32_t scope)
{
	enum notice_nature nature = notice->nature;

	if (line->subject == ON_KIND)
		return (line->values & 1u << notice->stage) != 0;
	if (scope > 0 && notice->lots[scope - 1].nature != NATURE_NONE)
		nature = notice->lots[scope - 1].nature;
	return (line->values & 1u << nature) != 0;
}

static const struct hit *line_best(const struct rule_line *line, const struct line_terms *terms,
	const struct scan *scan, uint32_t scope)
{
	unsigned fields = line->subject == ON_CPV ? 1u << FIELD_CPV : line->fields;
	const struct hit *best = NULL;

	for (size_t i = 0; i < terms->n; i++) {
		const struct hit *hit = scan_best(scan, terms->terms[i], fields, scope);

		if (hit != NULL &&
			(best == NULL || field_factor(hit->field) > field_factor(best->field)))
			best = hit;
	}
	return best;
}

/* NULL: the rule does not fire here; else its best evidence. */
static const struct hit *rule_fires(const struct rule *rule, const struct rule_code *code,
	const struct scan *scan, const struct notice *notice, uint32_t scope)
{
	const struct hit *best = NULL;

	for (size_t i = 0; i < rule->n_lines; i++) {
		const struct rule_line *line = &rule->lines[i];
		const struct hit *hit = NULL;
		bool holds;

		if (line->kind == LINE_FOR)
			continue;
		if (line->subject == ON_NATURE || line->subject == ON_KIND) {
			holds = value_holds(line, notice, scope);
		} else {
			hit = line_best(line, &code->lines[i], scan, scope);
			holds = hit != NULL;
		}
		if (line->kind == LINE_NOT ? holds : line->kind == LINE_NEED && !holds)
			return NULL;
		if (line->kind == LINE_ANY && hit != NULL &&
			(best == NULL || field_factor(hit->field) > field_factor(best->field)))
			best = hit;
	}
	return best;
}

static void add_fired(struct firing *firing, uint32_t rule, uint32_t scope, const struct hit *hit,
	points_t weight)
{
	points_t points = weight * field_factor(hit->field) / 100;

	if (firing->n == firing->capacity) {
		firing->capacity = firing->capacity ? 2 * firing->capacity : 64;
		firing->at = realloc(firing->at, firing->capacity * sizeof(*firing->at));
		if (firing->at == NULL)
			die("out of memory");
	}
	firing->at[firing->n++] = (struct fired){ rule, scope, hit, points, firing->first[rule] };
	firing->first[rule] = (uint32_t)firing->n;
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* Lots in which a term of the rule was hit, each once. */
static size_t rule_scopes(struct firing *firing, const struct rule *rule, const struct rule_code *code,
	const struct scan *scan)
{
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < rule->n_lines; i++) {
		if (rule->lines[i].kind == LINE_FOR)
			continue;
		for (size_t j = 0; j < code->lines[i].n; j++) {
			uint32_t at = scan->first[code->lines[i].terms[j]];

			for (; at != 0; at = scan->hits[at - 1].next) {
				if (scan->hits[at - 1].scope == 0)
					continue;
				if (n == firing->scopes_capacity) {
					firing->scopes_capacity = n ? 2 * n : 64;
					firing->scopes = realloc(firing->scopes,
						firing->scopes_capacity * sizeof(uint32_t));
					if (firing->scopes == NULL)
						die("out of memory");
				}
				firing->scopes[n++] = scan->hits[at - 1].scope;
			}
		}
	}
	if (n == 0)
		return 0;
	qsort(firing->scopes, n, sizeof(uint32_t), by_number);
	for (size_t i = 1; i < n; i++)
		if (firing->scopes[i] != firing->scopes[kept])
			firing->scopes[++kept] = firing->scopes[i];
	return kept + 1;
}

static void fire_rule(struct firing *firing, const struct rules *rules, const struct rule_code *codes,
	const struct scan *scan, const struct notice *notice, uint32_t number)
{
	const struct rule *rule = &rules->rules[number];
	const struct rule_code *code = &codes[number];
	const struct hit *whole = rule_fires(rule, code, scan, notice, 0);
	size_t n = rule_scopes(firing, rule, code, scan);

	if (whole != NULL)
		add_fired(firing, number, 0, whole, rule->weight);
	for (size_t i = 0; i < n; i++) {
		const struct hit *hit = rule_fires(rule, code, scan, notice, firing->scopes[i]);

		if (hit != NULL && hit->scope != 0 &&
			(whole == NULL || field_factor(hit->field) > field_factor(whole->field)))
			add_fired(firing, number, firing->scopes[i], hit, rule->weight);
		else if (hit != NULL && whole == NULL)
			add_fired(firing, number, firing->scopes[i], hit, rule->weight);
	}
	if (firing->first[number] != 0)
		firing->rules[firing->n_rules++] = number;
}

void fire_rules(struct firing *firing, const struct rules *rules, const struct rule_code *code,
	const struct scan *scan, const struct notice *notice)
{
	for (size_t i = 0; i < firing->n_touched; i++) {
		firing->seen[firing->touched[i]] = 0;
		firing->first[firing->touched[i]] = 0;
	}
	firing->n = firing->n_rules = firing->n_touched = 0;
	for (size_t i = 0; i < scan->n_touched; i++) {
		size_t n;
		const struct rule_posting *postings = terms_rules(scan->terms, scan->touched[i], &n);

		for (size_t j = 0; j < n; j++) {
			uint32_t rule = postings[j].rule;

			if (firing->seen[rule] || rules->rules[rule].lines[postings[j].line].kind != LINE_ANY)
				continue;
			firing->seen[rule] = 1;
			firing->touched[firing->n_touched++] = rule;
		}
	}
	if (firing->n_touched > 1)
		qsort(firing->touched, firing->n_touched, sizeof(uint32_t), by_number);
	for (size_t i = 0; i < firing->n_touched; i++)
		fire_rule(firing, rules, code, scan, notice, firing->touched[i]);
}

const struct fired *fired_best(const struct firing *firing, uint32_t rule, uint32_t scope)
{
	const struct fired *best = NULL;

	for (uint32_t at = firing->first[rule]; at != 0; at = firing->at[at - 1].next) {
		const struct fired *fired = &firing->at[at - 1];

		if (fired->scope != 0 && fired->scope != scope)
			continue;
		if (best == NULL || fired->points > best->points ||
			(fired->points == best->points && fired->scope < best->scope))
			best = fired;
	}
	return best;
}
