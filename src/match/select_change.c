#include "select_change.h"

#include <string.h>

static bool codes_same(const struct codes *a, const struct codes *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!str_eq(a->at[i], b->at[i]))
			return false;
	return true;
}

static bool term_same(const struct rule_term *a, const struct rule_term *b)
{
	return a->kind == b->kind && a->raw == b->raw && str_eq(a->text, b->text) &&
	       str_eq(a->pattern, b->pattern);
}

static bool terms_same(const struct rule_term *a, size_t n, const struct rule_term *b, size_t m)
{
	if (n != m)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!term_same(&a[i], &b[i]))
			return false;
	return true;
}

static bool near_same(const struct rule_near *a, const struct rule_near *b)
{
	return a->span == b->span && a->words == b->words && a->ordered == b->ordered;
}

/* Rules that are asked for go by their names: numbers change when a rule is added. */
static bool asked_same(const struct rules *a, const struct rule_line *x, const struct rules *b,
	const struct rule_line *y)
{
	if (x->n_rules != y->n_rules)
		return false;
	for (size_t i = 0; i < x->n_rules; i++)
		if (!str_eq(a->rules[x->rules[i]].name, b->rules[y->rules[i]].name))
			return false;
	return true;
}

/* All that a line says but its first terms. */
static bool frame_same(const struct rules *a, const struct rule_line *x, const struct rules *b,
	const struct rule_line *y)
{
	if (x->kind != y->kind || x->subject != y->subject || x->anywhere != y->anywhere ||
		x->fields != y->fields || x->n_with != y->n_with || x->count != y->count ||
		x->least != y->least || x->own != y->own || x->within != y->within ||
		x->values != y->values || x->from != y->from || x->to != y->to ||
		x->or_unknown != y->or_unknown || memcmp(x->currency, y->currency, sizeof(x->currency)) != 0)
		return false;
	for (size_t i = 0; i < x->n_with; i++)
		if (!terms_same(x->with[i].terms, x->with[i].n_terms, y->with[i].terms, y->with[i].n_terms))
			return false;
	return near_same(&x->near, &y->near) && near_same(&x->unless, &y->unless) &&
	       terms_same(x->except.terms, x->except.n_terms, y->except.terms, y->except.n_terms) &&
	       codes_same(&x->branches, &y->branches) && codes_same(&x->words, &y->words) &&
	       asked_same(a, x, b, y);
}

uint64_t changed_lines(const struct rules *a, const struct rule *x, const struct rules *b, const struct rule *y)
{
	uint64_t lines = 0;

	for (size_t i = 0; i < x->n_lines; i++) {
		const struct rule_line *p = &x->lines[i];
		bool there = false;

		for (size_t j = 0; j < y->n_lines && !there; j++)
			there = frame_same(a, p, b, &y->lines[j]) &&
				terms_same(p->terms, p->n_terms, y->lines[j].terms, y->lines[j].n_terms);
		if (!there)
			lines |= UINT64_C(1) << i;
	}
	return lines;
}

/* Terms of a line that the other has not: without one of them in it no notice sees a difference. */
static void add_others(const struct rule_line *line, size_t number, const struct rule_line *other,
	struct changed_rule *ret)
{
	for (size_t i = 0; i < line->n_terms; i++) {
		bool there = false;

		for (size_t j = 0; j < other->n_terms && !there; j++)
			there = term_same(&line->terms[i], &other->terms[j]);
		if (!there)
			ret->terms[ret->n_terms++] = (struct term_place){ (uint16_t)number, (uint16_t)i };
	}
}

static bool order_same(const struct rule_line *x, const struct rule_line *y)
{
	size_t j = 0;

	/* what both have stands in the same order, which decides between equals */
	for (size_t i = 0; i < x->n_terms; i++) {
		size_t at = j;

		while (at < y->n_terms && !term_same(&x->terms[i], &y->terms[at]))
			at++;
		if (at < y->n_terms) {
			j = at + 1;
			continue;
		}
		for (at = 0; at < j; at++)
			if (term_same(&x->terms[i], &y->terms[at]))
				return false;
	}
	return true;
}

static size_t count_terms(const struct rule *rule)
{
	size_t n = 0;

	for (size_t i = 0; i < rule->n_lines; i++)
		n += rule->lines[i].n_terms;
	return n;
}

static void compare_rules(const struct matcher_view *a, size_t i, const struct matcher_view *b, size_t j,
	struct arena *arena, struct changed *ret)
{
	const struct rule *x = &a->rules->rules[i], *y = &b->rules->rules[j];
	struct changed_rule *of_x = &ret->rules[0][i], *of_y = &ret->rules[1][j];
	bool wholly = x->weight != y->weight || x->n_lines != y->n_lines;

	of_x->terms = arena_array(arena, struct term_place, count_terms(x));
	of_y->terms = arena_array(arena, struct term_place, count_terms(y));
	of_x->other = (uint32_t)j;
	of_y->other = (uint32_t)i;
	for (size_t k = 0; !wholly && k < x->n_lines; k++) {
		const struct rule_line *p = &x->lines[k], *q = &y->lines[k];
		const struct line_terms *code_p = &a->code[i].lines[k], *code_q = &b->code[j].lines[k];

		wholly = !frame_same(a->rules, p, b->rules, q);
		if (wholly || terms_same(p->terms, p->n_terms, q->terms, q->n_terms))
			continue;
		/* a term of function words alone has no number, and then numbers do not stand side by side */
		if (code_p->n != p->n_terms || code_q->n != q->n_terms || !order_same(p, q)) {
			wholly = true;
			continue;
		}
		add_others(p, k, q, of_x);
		add_others(q, k, p, of_y);
	}
	of_x->wholly = of_y->wholly = wholly;
	of_x->terms_differ = of_y->terms_differ = of_x->n_terms + of_y->n_terms > 0;
}

/* Stop words, rarities and caps reach everywhere. */
static struct str everywhere(const struct rules *a, const struct rules *b)
{
	bool same = a->n_rarities == b->n_rarities && a->n_stop_words == b->n_stop_words;

	for (size_t i = 0; same && i < a->n_rarities; i++)
		same = a->rarities[i].rarity == b->rarities[i].rarity &&
		       str_eq(a->rarities[i].word, b->rarities[i].word);
	for (size_t i = 0; same && i < a->n_stop_words; i++)
		same = str_eq(a->stop_words[i], b->stop_words[i]);
	if (!same)
		return STR("function words or rarities differ");
	same = a->n_fields == b->n_fields;
	for (size_t i = 0; same && i < a->n_fields; i++)
		same = a->fields[i].cap == b->fields[i].cap && str_eq(a->fields[i].slug, b->fields[i].slug);
	return same ? STR_NONE : STR("fields of activity differ");
}

static bool profile_same(const struct profile *a, const struct profile *b)
{
	return a == b || (str_eq(a->name, b->name) && str_eq(a->description, b->description) && codes_same(&a->keywords, &b->keywords) &&
				 codes_same(&a->exclude, &b->exclude) && codes_same(&a->cpv, &b->cpv) &&
				 codes_same(&a->fields, &b->fields) && codes_same(&a->places, &b->places) &&
				 memcmp(a->natures, b->natures, sizeof(a->natures)) == 0 &&
				 a->value_min == b->value_min && a->value_max == b->value_max);
}

/* Shares of a rule stand in order of profile. Returns whether any differs. */
static bool compare_shares(const struct rule_shares *a, const struct rule_shares *b, bool *profiles)
{
	size_t i = 0, j = 0;
	bool differ = false;

	while (i < a->n || j < b->n) {
		uint32_t x = i < a->n ? a->at[i].profile : UINT32_MAX;
		uint32_t y = j < b->n ? b->at[j].profile : UINT32_MAX;

		if (x != y || a->at[i].percent != b->at[j].percent)
			differ = profiles[x < y ? x : y] = true;
		i += x <= y;
		j += y <= x;
	}
	return differ;
}

static void compare_all_rules(const struct matcher_view *a, const struct matcher_view *b, struct arena *arena,
	struct changed *ret)
{
	size_t i = 0, j = 0;

	while (i < a->rules->n_rules || j < b->rules->n_rules) { /* both in order of name */
		int order = i == a->rules->n_rules   ? 1
			    : j == b->rules->n_rules ? -1
						     : str_cmp(a->rules->rules[i].name, b->rules->rules[j].name);

		if (order == 0) {
			compare_rules(a, i, b, j, arena, ret);
			ret->rules[0][i].shares = ret->rules[1][j].shares =
				compare_shares(&a->shares[i], &b->shares[j], ret->told);
		} else {
			ret->rules[order > 0][order > 0 ? j : i] =
				(struct changed_rule){ .other = CHANGED_ALONE, .wholly = true };
		}
		i += order <= 0;
		j += order >= 0;
	}
}

static void count_told(const struct matcher_view *a, struct changed *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < a->n_profiles; i++)
		n += ret->told[i];
	if (ret->n_profiles > SELECT_PROFILES_MAX)
		ret->whole = STR("many profiles say something else");
	ret->few_told = n > 0 && n + ret->n_profiles <= SELECT_PROFILES_MAX;
	ret->many_told = n > 0 && !ret->few_told;
}

void changed_find(const struct matcher_view *a, const struct matcher_view *b, struct arena *arena,
	struct changed *ret)
{
	*ret = (struct changed){ .rules = { arena_array(arena, struct changed_rule, a->rules->n_rules),
					 arena_array(arena, struct changed_rule, b->rules->n_rules) },
		.profiles = arena_array(arena, bool, a->n_profiles),
		.told = arena_array(arena, bool, a->n_profiles),
		.whole = everywhere(a->rules, b->rules) };
	if (a->n_profiles != b->n_profiles)
		ret->whole = STR("profiles were added or removed");
	if (str_given(ret->whole))
		return;
	compare_all_rules(a, b, arena, ret);
	for (size_t i = 0; i < a->n_profiles; i++) {
		if (!str_eq(a->profiles[i]->id, b->profiles[i]->id))
			ret->whole = STR("the profiles are not the same");
		ret->profiles[i] = !profile_same(a->profiles[i], b->profiles[i]);
		ret->n_profiles += ret->profiles[i];
	}
	count_told(a, ret);
}

/* who hears of it */

/* Rules of which somebody hears, and those they ask for. */
static bool *find_heard(const struct matcher_view *view, struct arena *arena)
{
	const struct rules *rules = view->rules;
	bool *heard = arena_array(arena, bool, rules->n_rules);

	for (size_t i = 0; i < rules->n_rules; i++)
		heard[i] = view->shares[i].n > 0;
	for (size_t i = rules->n_meta; i > 0; i--) {
		const struct rule *rule = &rules->rules[rules->meta[i - 1]];

		for (size_t j = 0; heard[rules->meta[i - 1]] && j < rule->n_lines; j++)
			for (size_t k = 0; k < rule->lines[j].n_rules; k++)
				heard[rule->lines[j].rules[k]] = true;
	}
	return heard;
}

/* A rule is of interest while it is heard of on either side. */
static void drop_unheard(struct changed *changed, const struct matcher_view views[2], struct arena *arena)
{
	const bool *heard[2] = { find_heard(&views[0], arena), find_heard(&views[1], arena) };

	for (int side = 0; side < 2; side++) {
		for (size_t i = 0; i < views[side].rules->n_rules; i++) {
			struct changed_rule *rule = &changed->rules[side][i];

			if (!heard[side][i] &&
				(rule->other == CHANGED_ALONE || !heard[!side][rule->other]))
				*rule = (struct changed_rule){ .other = rule->other };
		}
	}
}

bool *changed_moved(const struct changed_rule *changed, const struct rules *rules, struct arena *arena)
{
	bool *moved = arena_array(arena, bool, rules->n_rules);

	for (size_t i = 0; i < rules->n_rules; i++)
		moved[i] = changed_rule_any(&changed[i]);
	for (size_t i = 0; i < rules->n_meta; i++) { /* the lowest levels first */
		const struct rule *rule = &rules->rules[rules->meta[i]];

		for (size_t j = 0; j < rule->n_lines; j++)
			for (size_t k = 0; k < rule->lines[j].n_rules; k++)
				moved[rules->meta[i]] |= moved[rule->lines[j].rules[k]];
	}
	return moved;
}

static void mark_side(const struct changed_rule *changed, const struct matcher_view *view, bool *ret,
	struct arena *arena)
{
	const bool *moved = changed_moved(changed, view->rules, arena);

	for (size_t i = 0; i < view->rules->n_rules; i++)
		for (size_t j = 0; moved[i] && j < view->shares[i].n; j++)
			ret[view->shares[i].at[j].profile] = true;
}

size_t changed_concerns(struct changed *changed, const struct matcher_view views[2], bool *ret,
	struct arena *arena)
{
	size_t n = 0;

	drop_unheard(changed, views, arena);
	for (int side = 0; side < 2; side++)
		mark_side(changed->rules[side], &views[side], ret, arena);
	for (size_t i = 0; i < views[0].n_profiles; i++) {
		ret[i] |= changed->profiles[i] || changed->told[i];
		n += ret[i];
	}
	return n;
}
