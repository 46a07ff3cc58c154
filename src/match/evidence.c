#include "evidence.h"

#include <stdlib.h>

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

const struct hit *rule_fires(struct firing *firing, const struct rule *rule,
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
