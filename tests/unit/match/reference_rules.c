/* Rules of the slow matcher: every line looked at in every text, word by word. */
#include <string.h>

#include "base/fold.h"
#include "reference_parts.h"
#include "tender/buyer.h"
#include "tender/cpv.h"
#include "tender/place.h"

struct evidence {
	struct hit hit;
	bool holds;
};

bool ref_find_pattern(const struct reference *r, const struct rule_term *term, struct str text,
	uint32_t *start, uint32_t *end)
{
	struct folded folded = fold(r->arena, text);
	struct error err = ERROR_INIT;
	bool some = false;
	size_t from, to;

	if (folded.n_words == 0 ||
		regex_find(term->regex, term->raw ? text : folded.text, 0, &from, &to, &err) != REGEX_FOUND)
		return false;
	*start = (uint32_t)from;
	*end = (uint32_t)to;
	if (term->raw)
		return true;
	for (uint32_t i = 0; i < folded.n_words; i++) {
		if (folded.words[i].start + folded.words[i].len <= from || folded.words[i].start >= to)
			continue;
		if (!some)
			*start = folded.words[i].raw_start;
		*end = folded.words[i].raw_end;
		some = true;
	}
	return some;
}

/* facts */

static bool fact(const struct reference *r, const struct rule_line *line, uint32_t scope)
{
	const struct notice *n = r->notice;
	struct lot none, *lot = scope > 0 ? &n->lots[scope - 1] : &none;
	enum notice_nature nature;
	const struct codes *places;
	struct codes of_buyer = { NULL, 0, 0 };
	const struct money *value;
	int64_t deadline, days;
	unsigned marks = (n->innovative ? 1u << MARK_INNOVATIVE : 0) | (n->sme ? 1u << MARK_SME : 0) |
			 (n->reserved ? 1u << MARK_RESERVED : 0);

	lot_init(&none);
	nature = lot->nature != NATURE_NONE ? lot->nature : n->nature;
	places = lot->places.n > 0 ? &lot->places : &n->places;
	value = lot->value.cents != MONEY_NONE ? &lot->value : &n->value;
	deadline = lot->deadline.at != TIME_NONE ? lot->deadline.at : n->deadline.at;
	if (places->n == 0) {
		codes_add(&of_buyer, r->arena, str_given(n->buyer.department) ? n->buyer.department : n->buyer.nuts);
		places = &of_buyer;
	}
	switch (line->subject) {
	case ON_NATURE:
		return nature == NATURE_NONE ? line->or_unknown : (line->values >> nature & 1) != 0;
	case ON_KIND:
		return (line->values >> n->stage & 1) != 0;
	case ON_BUYER_KIND:
		return (line->values >> buyer_kind(&n->buyer) & 1) != 0;
	case ON_MARKED:
		return (line->values & marks) != 0;
	case ON_PROCEDURE:
		return str_given(n->procedure) ? codes_has(&line->words, n->procedure) : line->or_unknown;
	case ON_PLACE:
		for (size_t i = 0; i < places->n; i++)
			for (size_t j = 0; j < line->words.n; j++)
				if (place_meets(line->words.at[j], places->at[i]))
					return true;
		return places->n == 0 && line->or_unknown;
	case ON_AMOUNT:
		if (value->cents == MONEY_NONE)
			return line->or_unknown;
		if (strcmp(value->currency, line->currency) != 0)
			return false;
		days = value->cents;
		break;
	default:
		if ((line->subject != ON_DEADLINE && n->published == DAY_NONE) ||
			(line->subject != ON_PUBLISHED && deadline == TIME_NONE))
			return line->or_unknown;
		days = line->subject == ON_PUBLISHED  ? n->published
		       : line->subject == ON_DEADLINE ? paris_day(deadline)
						      : paris_day(deadline) - n->published;
	}
	if (line->from != RULE_UNBOUNDED && days < line->from)
		return false;
	return line->to == RULE_UNBOUNDED || days <= line->to;
}

/* every occurrence */

struct place { /* words of a text, both included */
	uint32_t first, last;
	size_t term;
};
struct places {
	struct place *at;
	size_t n, capacity;
};
struct text {
	struct str raw;
	struct folded folded;
};

static unsigned sentence_of(const struct text *text, uint32_t word)
{
	unsigned n = 0;
	uint32_t at = 0;

	for (uint32_t i = 1; i <= word; i++) {
		bool end = false;

		for (at = text->folded.words[i - 1].raw_end; at < text->folded.words[i].raw_start; at++) {
			char c = text->raw.ptr[at], next = text->raw.ptr[at + 1];

			end |= c == '\n' || c == ';' || ((c == '.' || c == '?' || c == '!') &&
								 (next == ' ' || next == '\n'));
		}
		n += end;
	}
	return n;
}

static void add_place(const struct reference *r, struct places *all, uint32_t first, uint32_t last, size_t term)
{
	arena_grow(r->arena, all->at, all->n, &all->capacity);
	all->at[all->n++] = (struct place){ first, last, term };
}

static void words_in(const struct reference *r, const struct text *text, const struct rule_term *term,
	size_t number, struct places *ret)
{
	struct ref_words words = ref_words_of(r, term->text);

	for (uint32_t first = 0; first < text->folded.n_words; first++) {
		uint32_t at = first;
		size_t n = 0;

		for (; at < text->folded.n_words && n < words.n; at++) {
			struct str word = folded_word(&text->folded, at);

			if (ref_is_stop(r, word) && at > first)
				continue;
			if (term->kind == TERM_EXACT ? !str_eq(word, words.at[n].text)
						     : !str_eq(ref_stem_of(r, word), words.at[n].stem))
				break;
			n++;
		}
		if (n > 0 && n == words.n)
			add_place(r, ret, first, at - 1, number);
	}
}

static void patterns_in(const struct reference *r, const struct text *text, const struct rule_term *term,
	size_t number, struct places *ret)
{
	struct str where = term->raw ? text->raw : text->folded.text;
	struct error err = ERROR_INIT;
	size_t from = 0, start, end;

	while (regex_find(term->regex, where, from, &start, &end, &err) == REGEX_FOUND) {
		struct place place = { UINT32_MAX, 0, number };

		for (uint32_t i = 0; i < text->folded.n_words; i++) {
			const struct fold_word *w = &text->folded.words[i];

			if ((term->raw ? w->raw_end : w->start + w->len) <= start ||
				(term->raw ? w->raw_start : w->start) >= end)
				continue;
			if (place.first == UINT32_MAX)
				place.first = i;
			place.last = i;
		}
		if (place.first != UINT32_MAX)
			add_place(r, ret, place.first, place.last, number);
		from = end;
	}
}

static bool before(const struct place *a, const struct place *b)
{
	return a->first != b->first ? a->first < b->first
	       : a->last != b->last ? a->last < b->last
				    : a->term < b->term;
}

static struct places group_in(const struct reference *r, const struct text *text,
	const struct rule_term *terms, size_t n)
{
	struct places all = { NULL, 0, 0 };

	for (size_t i = 0; i < n; i++) {
		if (terms[i].kind == TERM_PATTERN)
			patterns_in(r, text, &terms[i], i, &all);
		else
			words_in(r, text, &terms[i], i, &all);
	}
	for (size_t i = 0; i < all.n; i++)
		for (size_t j = i + 1; j < all.n; j++)
			if (before(&all.at[j], &all.at[i])) {
				struct place swap = all.at[i];

				all.at[i] = all.at[j];
				all.at[j] = swap;
			}
	return all;
}

static bool touch(const struct place *a, const struct place *b)
{
	return !(a->last < b->first || b->last < a->first);
}

static bool close_by(const struct text *text, const struct rule_near *near, const struct place *a,
	const struct place *b)
{
	uint32_t gap = a->last < b->first ? b->first - a->last - 1 : a->first - b->last - 1;

	if (near->ordered && !(a->last < b->first))
		return false;
	return near->span == SPAN_FIELD || (near->span == SPAN_WORDS && gap <= near->words) ||
	       (near->span == SPAN_SENTENCE && sentence_of(text, a->first) == sentence_of(text, b->first));
}

static bool excepted(const struct text *text, const struct rule_line *line, const struct places *except,
	const struct place *place)
{
	for (size_t i = 0; i < except->n; i++)
		if (touch(place, &except->at[i]) || close_by(text, &line->unless, place, &except->at[i]))
			return true;
	return false;
}

/* The first of the group that is near, and the span that holds both. */
static bool widen(const struct text *text, const struct rule_line *line, const struct places *group,
	const struct place *place, struct place *span)
{
	for (size_t i = 0; i < group->n; i++) {
		const struct place *other = &group->at[i];

		if (touch(place, other) || !close_by(text, &line->near, place, other))
			continue;
		span->first = other->first < span->first ? other->first : span->first;
		span->last = other->last > span->last ? other->last : span->last;
		return true;
	}
	return false;
}

/* How many occurrences the line has in the text; `hit` is that of the first. */
static size_t again_in(const struct reference *r, const struct rule_line *line, struct str raw, bool *counted,
	struct hit *hit)
{
	struct text text = { raw, fold(r->arena, raw) };
	struct places first = group_in(r, &text, line->terms, line->n_terms);
	struct places except = group_in(r, &text, line->except.terms, line->except.n_terms);
	uint32_t covered = 0;
	size_t found = 0;

	for (size_t i = 0; i < first.n; i++) {
		struct place span = first.at[i];
		bool holds = !excepted(&text, line, &except, &first.at[i]);

		for (size_t j = 0; j < line->n_with && holds; j++) {
			struct places group =
				group_in(r, &text, line->with[j].terms, line->with[j].n_terms);

			holds = widen(&text, line, &group, &first.at[i], &span);
		}
		if (!holds)
			continue;
		counted[first.at[i].term] = true;
		if (found == 0) {
			hit->start = text.folded.words[span.first].raw_start;
			hit->end = text.folded.words[span.last].raw_end;
		}
		if (found == 0 || first.at[i].first >= covered) {
			found++;
			covered = first.at[i].last + 1;
		}
	}
	return found;
}

static struct str text_of(const struct notice *n, enum match_field field, uint32_t scope)
{
	struct lot *lot = scope > 0 ? &n->lots[scope - 1] : NULL;

	if (lot != NULL)
		return field == FIELD_LOT_TITLE ? lot->title : field == FIELD_LOT_DESCRIPTION ? lot->description
											      : STR_NONE;
	return field == FIELD_TITLE	    ? n->title
	       : field == FIELD_DESCRIPTION ? n->description
	       : field == FIELD_CRITERIA    ? n->criteria
	       : field == FIELD_BUYER	    ? n->buyer.name
					    : STR_NONE;
}

static void consider(struct evidence *best, const struct hit *hit)
{
	const struct hit *than = &best->hit;
	int gain = best->holds ? field_factor(hit->field) - field_factor(than->field) : 1;

	if (gain > 0 || (gain == 0 && (hit->scope < than->scope ||
					      (hit->scope == than->scope && hit->field < than->field))))
		*best = (struct evidence){ *hit, true };
}

static size_t distinct(const struct reference *r, const struct rule_line *line, const bool *counted)
{
	size_t n = 0;

	for (size_t i = 0; i < line->n_terms; i++) {
		bool repeated = !counted[i];

		for (size_t j = 0; j < i && !repeated; j++) {
			struct ref_words a = ref_words_of(r, line->terms[i].text);
			struct ref_words b = ref_words_of(r, line->terms[j].text);

			if (!counted[j] || line->terms[i].kind != line->terms[j].kind ||
				line->terms[i].kind == TERM_PATTERN)
				continue;
			repeated = a.n == b.n && ref_same_phrase(&a, &b);
			for (size_t k = 0; k < a.n && repeated && line->terms[i].kind == TERM_EXACT; k++)
				repeated = str_eq(a.at[k].text, b.at[k].text);
		}
		n += !repeated;
	}
	return n;
}

static struct evidence line_again(const struct reference *r, const struct rule_line *line, uint32_t scope)
{
	bool *counted = arena_array(r->arena, bool, line->n_terms);
	struct evidence best = { .holds = false };
	size_t found = 0;

	for (uint32_t at = 0; at <= r->notice->n_lots; at++) {
		if (at != 0 && at != scope && !line->anywhere)
			continue;
		for (int field = 0; field < FIELDS; field++) {
			struct hit hit = { .scope = at, .field = (uint8_t)field };
			size_t here = 0;
			uint32_t base = 0;

			if ((line->fields & 1u << field) == 0)
				continue;
			if (field != FIELD_SUBJECTS)
				here = again_in(r, line, text_of(r->notice, (enum match_field)field, at), counted,
					&hit);
			for (size_t i = 0; field == FIELD_SUBJECTS && at == 0 && i < r->notice->subjects.n; i++) {
				struct hit of_subject = hit;
				size_t n = again_in(r, line, r->notice->subjects.at[i], counted, &of_subject);

				if (n > 0 && here == 0) {
					hit.start = base + of_subject.start;
					hit.end = base + of_subject.end;
				}
				here += n;
				base += (uint32_t)r->notice->subjects.at[i].len + 1;
			}
			found += here;
			if (here > 0)
				consider(&best, &hit);
		}
	}
	if ((line->count == COUNT_TIMES && found < line->least) ||
		(line->count == COUNT_DISTINCT && distinct(r, line, counted) < line->least))
		best.holds = false;
	return best;
}

/* codes, other rules */

static unsigned level(struct str code)
{
	return (unsigned)cpv_significant(code).len;
}

/* Up from the branch to what it shares with the code, then down to the code, but not below its own level. */
static bool within(const struct rule_line *line, struct str code)
{
	for (size_t i = 0; i < line->branches.n; i++) {
		struct str branch = line->branches.at[i];
		unsigned depth = (unsigned)branch.len, down = level(code) < depth ? level(code) : depth, shared = 0;

		while (shared < down && branch.ptr[shared] == code.ptr[shared])
			shared++;
		if (shared >= 2 && depth - shared + down - shared <= line->within)
			return true;
	}
	return false;
}

static struct evidence line_codes(const struct reference *r, const struct rule_line *line, uint32_t scope)
{
	struct evidence best = { .holds = false };

	for (size_t i = 0; i < (line->within > 0 ? r->notice->cpv.n : line->branches.n); i++) {
		struct str code = line->within > 0 ? cpv_significant(r->notice->cpv.at[i]) : line->branches.at[i];
		struct ref_hits hits;
		const struct hit *hit;

		if (line->within > 0 && !within(line, r->notice->cpv.at[i]))
			continue;
		hits = ref_find_cpv(r, code, line->within > 0 || line->own);
		hit = ref_best_of(&hits, 1u << FIELD_CPV, scope);
		if (hit == NULL || (best.holds && hit->scope >= best.hit.scope))
			continue;
		best = (struct evidence){ *hit, true };
	}
	return best;
}

static void improve(struct evidence *best, const struct hit *hit)
{
	if (hit != NULL && (!best->holds || field_factor(hit->field) > field_factor(best->hit.field)))
		*best = (struct evidence){ *hit, true };
}

static struct evidence line_rules(const struct reference *r, const struct rule_line *line, uint32_t scope)
{
	struct evidence best = { .holds = false };

	for (size_t i = 0; i < line->n_rules; i++) {
		points_t points;
		struct hit hit;

		if (ref_rule_fires(r, &r->rules->rules[line->rules[i]], scope, &hit, &points))
			improve(&best, &hit);
	}
	return best;
}

static struct evidence line_words(const struct reference *r, const struct rule_line *line, uint32_t scope)
{
	bool *counted = arena_array(r->arena, bool, line->n_terms);
	struct evidence best = { .holds = false };

	for (size_t i = 0; i < line->n_terms; i++) {
		struct ref_hits hits = ref_term_hits(r, line, i);

		for (uint32_t at = 0; at <= r->notice->n_lots; at++) {
			const struct hit *hit = line->anywhere || at == scope
							? ref_best_of(&hits, line->fields, at)
							: NULL;

			counted[i] |= hit != NULL;
			improve(&best, hit);
		}
	}
	if (line->count == COUNT_DISTINCT && distinct(r, line, counted) < line->least)
		best.holds = false;
	return best;
}

/* firing */

static bool fires_in_lot(const struct reference *r, const struct rule *rule, uint32_t lot);

/* Does something the line asks for stand in this very lot? */
static bool is_local(const struct reference *r, const struct rule_line *line, uint32_t scope)
{
	bool local = false;

	if (line->kind == LINE_FOR)
		return false;
	for (size_t i = 0; line->subject == ON_TEXT && i < line->n_terms; i++) {
		struct ref_hits hits = ref_term_hits(r, line, i);

		for (size_t k = 0; k < hits.n; k++)
			local |= hits.at[k].scope == scope && (line->terms[i].kind != TERM_PATTERN ||
								      (line->fields & 1u << hits.at[k].field) != 0);
	}
	for (size_t i = 0; i < line->branches.n; i++) {
		/* what makes the matcher look: any code below the root that they share */
		size_t len = line->branches.at[i].len;
		size_t root = line->within == 0 ? len : len > line->within + 2 ? len - line->within : 2;
		struct ref_hits hits = ref_find_cpv(r, str_sub(line->branches.at[i], 0, root), line->own);

		for (size_t k = 0; k < hits.n; k++)
			local |= hits.at[k].scope == scope;
	}
	for (size_t i = 0; i < line->n_rules; i++)
		local |= fires_in_lot(r, &r->rules->rules[line->rules[i]], scope);
	return local;
}

static struct evidence look_at_rule(const struct reference *r, const struct rule *rule, uint32_t scope)
{
	struct evidence best = { .holds = false };

	for (size_t i = 0; i < rule->n_lines; i++) {
		const struct rule_line *line = &rule->lines[i];
		struct evidence of_line = { .holds = false };

		if (line->kind == LINE_FOR)
			continue;
		if (line->subject == ON_TEXT)
			of_line = rule_line_reads_again(line) ? line_again(r, line, scope)
							      : line_words(r, line, scope);
		else if (line->subject == ON_CPV)
			of_line = line_codes(r, line, scope);
		else if (line->subject == ON_RULE)
			of_line = line_rules(r, line, scope);
		else
			of_line.holds = fact(r, line, scope);
		if (line->kind == LINE_NOT ? of_line.holds : line->kind == LINE_NEED && !of_line.holds)
			return (struct evidence){ .holds = false };
		if (line->kind == LINE_ANY && of_line.holds)
			improve(&best, &of_line.hit);
	}
	return best;
}

struct ref_fired *ref_fired_new(const struct reference *r)
{
	return arena_array(r->arena, struct ref_fired, r->rules->n_rules * (r->notice->n_lots + 1));
}

static struct evidence rule_in(const struct reference *r, const struct rule *rule, uint32_t scope)
{
	struct ref_fired *fired =
		&r->fired[(size_t)(rule - r->rules->rules) * (r->notice->n_lots + 1) + scope];

	if (!fired->known) {
		struct evidence evidence = look_at_rule(r, rule, scope);

		*fired = (struct ref_fired){ true, evidence.holds, evidence.hit };
	}
	return (struct evidence){ fired->hit, fired->holds };
}

/* In the lot, when something of it stands there and it says more than the notice as a whole. */
static struct evidence rule_in_lot(const struct reference *r, const struct rule *rule, uint32_t lot)
{
	struct evidence whole = rule_in(r, rule, 0), there = { .holds = false };
	bool local = false;

	for (size_t i = 0; lot > 0 && i < rule->n_lines; i++)
		local |= is_local(r, &rule->lines[i], lot);
	if (local)
		there = rule_in(r, rule, lot);
	if (there.holds && whole.holds &&
		(there.hit.scope == 0 || field_factor(there.hit.field) <= field_factor(whole.hit.field)))
		there.holds = false;
	return there;
}

static bool fires_in_lot(const struct reference *r, const struct rule *rule, uint32_t lot)
{
	return rule_in_lot(r, rule, lot).holds;
}

bool ref_rule_fires(const struct reference *r, const struct rule *rule, uint32_t scope, struct hit *ret_hit,
	points_t *ret_points)
{
	struct evidence whole = rule_in(r, rule, 0), lot = rule_in_lot(r, rule, scope);
	points_t whole_points = whole.holds ? rule->weight * field_factor(whole.hit.field) / 100 : 0;
	points_t lot_points = lot.holds ? rule->weight * field_factor(lot.hit.field) / 100 : 0;

	if (lot.holds && (!whole.holds || lot_points > whole_points))
		whole = lot, whole_points = lot_points;
	*ret_hit = whole.hit;
	*ret_points = whole_points;
	return whole.holds;
}
