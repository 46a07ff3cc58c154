#include "fire.h"

#include <stdlib.h>

#include "ears.h"
#include "evidence.h"
#include "memory.h"
#include "touched.h"

/* The lines without which the rule fires nowhere: some hit must stand in each of them. */
static uint64_t needed_lines(const struct rule *rule)
{
	uint64_t needed = 0;

	for (size_t i = 0; i < rule->n_lines; i++)
		if (rule->lines[i].kind == LINE_NEED &&
			(rule->lines[i].subject == ON_TEXT || rule->lines[i].subject == ON_CPV))
			needed |= UINT64_C(1) << i;
	return needed;
}

static uint64_t lines_of_kind(const struct rule *rule, enum rule_line_kind kind)
{
	uint64_t lines = 0;

	for (size_t i = 0; i < rule->n_lines; i++)
		if (rule->lines[i].kind == kind)
			lines |= UINT64_C(1) << i;
	return lines;
}

void firing_init(struct firing *firing, const struct rules *rules, const struct lexicon *lexicon,
	atomic_bool *suspended)
{
	size_t n_rules = rules->n_rules;

	*firing = (struct firing){
		.first = zeroed(n_rules, sizeof(uint32_t)),
		.rules = zeroed(n_rules, sizeof(uint32_t)),
		.gates = zeroed(n_rules, sizeof(struct rule_gate)),
		.touched = zeroed(n_rules, sizeof(uint32_t)),
		.suspended = suspended,
	};
	for (size_t i = 0; i < n_rules; i++) {
		firing->gates[i].needed = needed_lines(&rules->rules[i]);
		firing->gates[i].any = lines_of_kind(&rules->rules[i], LINE_ANY);
	}
	again_init(&firing->again, lexicon);
}

void firing_done(struct firing *firing)
{
	free(firing->at);
	free(firing->first);
	free(firing->rules);
	free(firing->gates);
	free(firing->touched);
	free(firing->signs);
	free(firing->lists);
	free(firing->scopes);
	again_done(&firing->again);
	arena_done(&firing->made);
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

static size_t add_scope(struct firing *firing, size_t n, uint32_t scope)
{
	if (scope == 0 || (n > 0 && firing->scopes[n - 1] == scope)) /* hits of a lot follow each other */
		return n;
	if (n == firing->scopes_capacity) {
		firing->scopes_capacity = n ? 2 * n : 64;
		firing->scopes = realloc(firing->scopes, firing->scopes_capacity * sizeof(uint32_t));
		if (firing->scopes == NULL)
			die("out of memory");
	}
	firing->scopes[n++] = scope;
	return n;
}

/* Lots in which a term of the rule was hit, or a rule it asks for fires, each once. */
static size_t rule_scopes(struct firing *firing, const struct rule *rule, const struct rule_code *code,
	const struct scan *scan)
{
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < rule->n_lines; i++) {
		if (rule->lines[i].kind == LINE_FOR)
			continue;
		for (size_t j = 0; j < code->lines[i].n; j++)
			for (uint32_t at = scan->seen[code->lines[i].terms[j]].newest; at != 0;
				at = scan->hits[at - 1].next)
				n = add_scope(firing, n, scan->hits[at - 1].scope);
		for (size_t j = 0; j < rule->lines[i].n_rules; j++)
			for (uint32_t at = firing->first[rule->lines[i].rules[j]]; at != 0;
				at = firing->at[at - 1].next)
				n = add_scope(firing, n, firing->at[at - 1].scope);
	}
	if (n == 0)
		return 0;
	qsort(firing->scopes, n, sizeof(uint32_t), by_number);
	for (size_t i = 1; i < n; i++)
		if (firing->scopes[i] != firing->scopes[kept])
			firing->scopes[++kept] = firing->scopes[i];
	return kept + 1;
}

static bool is_suspended(const struct firing *firing, uint32_t rule)
{
	return firing->suspended != NULL &&
	       atomic_load_explicit(&firing->suspended[rule], memory_order_relaxed);
}

static void suspend(struct firing *firing, uint32_t rule)
{
	firing->overspent = rule + 1;
	if (firing->suspended != NULL)
		atomic_store_explicit(&firing->suspended[rule], true, memory_order_relaxed);
}

/* By a fact that no lot has for itself: then no scope need be looked at. */
static bool refused(struct firing *firing, const struct rule *rule)
{
	for (size_t i = 0; rule->facts > 0 && i < rule->n_lines; i++) {
		const struct rule_line *line = &rule->lines[i];
		bool of_notice = line->subject == ON_KIND || line->subject == ON_PROCEDURE ||
				 line->subject == ON_BUYER_KIND || line->subject == ON_MARKED ||
				 line->subject == ON_PUBLISHED;

		if (of_notice && fact_holds(&firing->facts, line, 0) == (line->kind == LINE_NOT))
			return true;
	}
	return false;
}

static void fire_rule(struct firing *firing, const struct rules *rules, const struct rule_code *codes,
	const struct scan *scan, uint32_t number)
{
	const struct rule *rule = &rules->rules[number];
	const struct rule_code *code = &codes[number];
	const struct rule_gate *gate = &firing->gates[number];
	uint64_t met = gate->notice == firing->notice ? gate->met : 0;
	const struct hit *whole;
	size_t n;

	if (firing->replaced != NULL && firing->replaced[number])
		scan = firing->above;
	if (!ears_rule(firing->ears, number) || is_suspended(firing, number) || refused(firing, rule))
		return;
	firing->again.purse = (struct regex_purse){ .segments = 0 };
	whole = rule_fires(firing, rule, code, scan, met, 0);
	n = rule_scopes(firing, rule, code, scan);
	if (whole != NULL)
		add_fired(firing, number, 0, whole, rule->weight);
	for (size_t i = 0; i < n; i++) {
		const struct hit *hit = rule_fires(firing, rule, code, scan, met, firing->scopes[i]);

		if (hit != NULL && hit->scope != 0 &&
			(whole == NULL || field_factor(hit->field) > field_factor(whole->field)))
			add_fired(firing, number, firing->scopes[i], hit, rule->weight);
		else if (hit != NULL && whole == NULL)
			add_fired(firing, number, firing->scopes[i], hit, rule->weight);
	}
	if (firing->first[number] != 0)
		firing->rules[firing->n_rules++] = number;
	if (firing->again.overspent)
		suspend(firing, number);
	firing->again.overspent = false;
}

static bool evidence_fired(const struct firing *firing, const struct rule *rule)
{
	for (size_t i = 0; i < rule->n_lines; i++)
		for (size_t j = 0; rule->lines[i].kind == LINE_ANY && j < rule->lines[i].n_rules; j++)
			if (firing->first[rule->lines[i].rules[j]] != 0)
				return true;
	return false;
}

/*
 * Rules that ask for others, in such an order that those have fired by then. `may`: which of the others
 * may fire, in order.
 */
static void fire_meta(struct firing *firing, const struct rules *rules, const struct rule_code *code,
	const struct scan *scan, const uint32_t *may, size_t n)
{
	size_t before = firing->n_rules;

	for (size_t i = 0; i < rules->n_meta; i++) {
		uint32_t rule = rules->meta[i];

		if ((n > 0 && bsearch(&rule, may, n, sizeof(*may), by_number) != NULL) ||
			evidence_fired(firing, &rules->rules[rule]))
			fire_rule(firing, rules, code, scan, rule);
	}
	if (firing->n_rules > before)
		qsort(firing->rules, firing->n_rules, sizeof(uint32_t), by_number);
}

void fire_rules(struct firing *firing, const struct rules *rules, const struct rule_code *code,
	const struct scan *scan, const struct notice *notice)
{
	size_t n;

	for (size_t i = 0; i < firing->n_rules; i++)
		firing->first[firing->rules[i]] = 0;
	firing->n = firing->n_rules = 0;
	firing->notice++;
	firing->facts = (struct facts){ .notice = notice };
	firing->overspent = 0;
	firing->read_again = 0;
	again_forget(&firing->again);
	if (firing->made.total > 0)
		arena_reset(&firing->made);
	n = touch_rules(firing, scan, firing->replaced, 0);
	if (firing->above != NULL)
		n = touch_rules(firing, firing->above, NULL, n);
	n = drop_lacking(firing, rules, code, n);
	if (n > 1)
		qsort(firing->touched, n, sizeof(uint32_t), by_number);
	for (size_t i = 0; i < n; i++)
		if (rules->rules[firing->touched[i]].level == 0)
			fire_rule(firing, rules, code, scan, firing->touched[i]);
	fire_meta(firing, rules, code, scan, firing->touched, n);
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
