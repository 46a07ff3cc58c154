#include "fire.h"

#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "memory.h"

enum { AHEAD = 8 }; /* terms whose postings are announced */

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
	free(firing->scopes);
	again_done(&firing->again);
	arena_done(&firing->made);
}

static bool better_field(const struct hit *hit, const struct hit *than)
{
	return hit != NULL && (than == NULL || field_factor(hit->field) > field_factor(than->field));
}

static const struct hit *line_best(const struct rule_line *line, const struct line_terms *terms,
	const struct scan *scan, uint32_t scope)
{
	unsigned fields = line->subject == ON_CPV ? 1u << FIELD_CPV : line->fields;
	const struct hit *best = NULL;

	for (size_t i = 0; i < terms->n; i++) {
		const struct hit *hit;

		if ((scan->seen[terms->terms[i]].fields & fields) == 0)
			continue;
		hit = scan_best(scan, terms->terms[i], fields, scope);
		if (better_field(hit, best))
			best = hit;
	}
	return best;
}

/* In the notice or any of its lots: the first hit there is. */
static const struct hit *line_anywhere(const struct rule_line *line, const struct line_terms *terms,
	const struct scan *scan)
{
	for (size_t i = 0; i < terms->n; i++)
		for (uint32_t at = scan->seen[terms->terms[i]].newest; at != 0; at = scan->hits[at - 1].next)
			if ((line->fields & 1u << scan->hits[at - 1].field) != 0)
				return &scan->hits[at - 1];
	return NULL;
}

/* How many of the line's terms, each different one once, are hit. */
static unsigned distinct_hits(const struct rule_line *line, const struct line_terms *terms,
	const struct scan *scan, uint32_t scope)
{
	unsigned n = 0;

	for (size_t i = 0; i < terms->n; i++) {
		const struct line_terms one = { &terms->terms[i], 1, NULL };
		size_t before = 0;

		while (terms->terms[before] != terms->terms[i])
			before++;
		n += before == i && (line->anywhere ? line_anywhere(line, &one, scan)
						     : scan_best(scan, one.terms[0], line->fields, scope)) != NULL;
	}
	return n;
}

/* A field of a scope in which some term of the line was hit. */
struct spot {
	uint32_t scope, field;
};

static int by_spot(const void *a, const void *b)
{
	const struct spot *x = a, *y = b;

	if (x->scope != y->scope)
		return x->scope < y->scope ? -1 : 1;
	return x->field < y->field ? -1 : x->field > y->field;
}

static size_t line_spots(struct firing *firing, const struct rule_line *line, const struct line_terms *terms,
	const struct scan *scan, uint32_t scope, struct spot **ret)
{
	size_t n = 0, capacity = 0, kept = 0;

	*ret = NULL;
	for (size_t i = 0; i < terms->n; i++) {
		for (uint32_t at = scan->seen[terms->terms[i]].newest; at != 0; at = scan->hits[at - 1].next) {
			const struct hit *hit = &scan->hits[at - 1];

			if ((line->fields & 1u << hit->field) == 0 ||
				(!line->anywhere && hit->scope != 0 && hit->scope != scope))
				continue;
			arena_grow(&firing->made, *ret, n, &capacity);
			(*ret)[n++] = (struct spot){ hit->scope, hit->field };
		}
	}
	if (n == 0)
		return 0;
	qsort(*ret, n, sizeof(**ret), by_spot);
	for (size_t i = 1; i < n; i++)
		if (by_spot(&(*ret)[i], &(*ret)[kept]) != 0)
			(*ret)[++kept] = (*ret)[i];
	return kept + 1;
}

static unsigned count_terms(const struct again_group *group, const bool *counted)
{
	unsigned n = 0;

	for (size_t i = 0; i < group->n; i++) {
		size_t j = 0;

		if (!counted[i])
			continue;
		while (j < i && !(counted[j] && again_same(&group->terms[j], &group->terms[i])))
			j++;
		n += j == i;
	}
	return n;
}

/* Lines that need every occurrence: the fields in which a term was hit are read again. */
static const struct hit *line_again(struct firing *firing, const struct rule_line *line,
	const struct line_terms *terms, const struct scan *scan, uint32_t scope)
{
	bool *counted = arena_array(&firing->made, bool, line->n_terms);
	const struct notice *notice = firing->facts.notice;
	struct hit *best = NULL;
	struct spot *spots;
	size_t n = line_spots(firing, line, terms, scan, scope, &spots), found = 0;

	for (size_t i = 0; i < n; i++)
		firing->read_again |= 1u << spots[i].field;
	for (size_t i = 0; i < n; i++) {
		struct hit *hit = arena_new(&firing->made, struct hit);
		size_t here = again_line(&firing->again, line, terms->again, notice,
			(enum match_field)spots[i].field, spots[i].scope, counted, hit);

		found += here;
		if (here > 0 && (best == NULL || scan_better(hit, best)))
			best = hit;
	}
	if (line->count == COUNT_TIMES && found < line->least)
		return NULL;
	if (line->count == COUNT_DISTINCT && count_terms(&terms->again->first, counted) < line->least)
		return NULL;
	return best;
}

static const struct hit *line_within(struct firing *firing, const struct rule_line *line,
	const struct line_terms *terms, const struct scan *scan, uint32_t scope)
{
	struct hit *hit;

	if (line_best(line, terms, scan, scope) == NULL)
		return NULL;
	hit = arena_new(&firing->made, struct hit);
	return cpv_within(firing->facts.notice, line, scope, hit) ? hit : NULL;
}

static const struct hit *line_rules(const struct firing *firing, const struct rule_line *line,
	uint32_t scope)
{
	const struct hit *best = NULL;

	for (size_t i = 0; i < line->n_rules; i++) {
		const struct fired *fired = fired_best(firing, line->rules[i], scope);

		if (fired != NULL && better_field(fired->hit, best))
			best = fired->hit;
	}
	return best;
}

/* The evidence of a line on words, codes or rules; NULL: it does not hold. */
static const struct hit *line_hit(struct firing *firing, const struct rule_line *line,
	const struct line_terms *terms, const struct scan *scan, uint32_t scope)
{
	if (line->subject == ON_RULE)
		return line_rules(firing, line, scope);
	if (line->within > 0)
		return line_within(firing, line, terms, scan, scope);
	if (terms->again != NULL)
		return line_again(firing, line, terms, scan, scope);
	if (line->count == COUNT_DISTINCT && distinct_hits(line, terms, scan, scope) < line->least)
		return NULL;
	return line->anywhere ? line_anywhere(line, terms, scan) : line_best(line, terms, scan, scope);
}

static bool is_of_hits(const struct rule_line *line)
{
	return line->subject == ON_TEXT || line->subject == ON_CPV;
}

/* NULL: the rule does not fire here; else its best evidence. `met`: lines (bits) with a hit in some scope. */
static const struct hit *rule_fires(struct firing *firing, const struct rule *rule,
	const struct rule_code *code, const struct scan *scan, uint64_t met, uint32_t scope)
{
	const struct hit *best = NULL;

	for (size_t i = 0; i < rule->n_lines; i++) {
		const struct rule_line *line = &rule->lines[i];
		const struct hit *hit = NULL;
		bool holds;

		if (line->kind == LINE_FOR)
			continue;
		if (line->subject > ON_RULE) {
			holds = fact_holds(&firing->facts, line, scope);
		} else {
			if (!is_of_hits(line) || (met >> i & 1) != 0)
				hit = line_hit(firing, line, &code->lines[i], scan, scope);
			holds = hit != NULL;
		}
		if (line->kind == LINE_NOT ? holds : line->kind == LINE_NEED && !holds)
			return NULL;
		if (line->kind == LINE_ANY && better_field(hit, best))
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

static size_t add_scope(struct firing *firing, size_t n, uint32_t scope)
{
	if (scope == 0)
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
	if (is_suspended(firing, number) || refused(firing, rule))
		return;
	firing->again.purse = (struct regex_purse){ 0, 0, 0 };
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

/* A hit in a line of a rule. */
struct rule_sign {
	uint32_t rule, line;
};

static void make_room_for_signs(struct firing *firing, size_t n)
{
	if (n <= firing->signs_capacity)
		return;
	firing->signs_capacity = 2 * n;
	firing->signs = must(realloc(firing->signs, firing->signs_capacity * sizeof(*firing->signs)));
}

/*
 * The lines of rules in which terms were seen; a field that a line does not look at is no hit of it. Returns how
 * many. Far away are the starts, then the postings, then the rules' gates: each is announced before it is asked
 * for, and what a term has is not guessed at.
 */
static size_t rule_signs(struct firing *firing, const struct scan *scan)
{
	const struct waiting *waiting = terms_waiting(scan->terms);
	size_t n = 0;

	for (size_t i = 0; i < scan->n_touched; i++) {
		if (i + 2 * AHEAD < scan->n_touched)
			__builtin_prefetch(&waiting->starts[scan->touched[i + 2 * AHEAD]]);
		if (i + AHEAD < scan->n_touched)
			__builtin_prefetch(&waiting->rules[waiting->starts[scan->touched[i + AHEAD]].rules]);
		size_t n_postings;
		const struct rule_posting *postings = waiting_rules(waiting, scan->touched[i], &n_postings);
		uint32_t fields = scan->seen[scan->touched[i]].fields;

		make_room_for_signs(firing, n + n_postings + 1);
		waiting_fetch_briefs(waiting, scan->touched[i]); /* for who asks next, when the rules are done with */
		for (size_t j = 0; j < n_postings; j++) {
			__builtin_prefetch(&firing->gates[postings[j].rule]);
			firing->signs[n] = (struct rule_sign){ postings[j].rule, postings[j].line };
			n += (postings[j].fields & fields) != 0;
		}
	}
	return n;
}

/* Which lines of which rules the hits stand in. */
static size_t touch_rules(struct firing *firing, const struct scan *scan, const bool *void_rules, size_t touched)
{
	size_t n = rule_signs(firing, scan);

	for (size_t i = 0; i < n; i++) {
		struct rule_gate *gate = &firing->gates[firing->signs[i].rule];

		if (void_rules != NULL && void_rules[firing->signs[i].rule])
			continue;
		firing->touched[touched] = firing->signs[i].rule;
		touched += gate->hit == 0;
		gate->hit |= UINT64_C(1) << firing->signs[i].line;
	}
	return touched;
}

/* Most rules lack something: of those touched, which may fire. They are announced. */
static size_t drop_lacking(struct firing *firing, const struct rules *rules, const struct rule_code *code,
	size_t touched)
{
	size_t kept = 0;

	for (size_t i = 0; i < touched; i++) {
		struct rule_gate *gate = &firing->gates[firing->touched[i]];

		if ((gate->hit & gate->any) != 0 && (gate->hit & gate->needed) == gate->needed) {
			table_fetch(&rules->rules[firing->touched[i]], sizeof(*rules->rules));
			table_fetch(&code[firing->touched[i]], sizeof(*code));
			firing->touched[kept++] = firing->touched[i];
		}
		gate->met = gate->hit;
		gate->notice = firing->notice;
		gate->hit = 0;
	}
	return kept;
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
