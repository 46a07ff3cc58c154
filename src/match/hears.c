#include "hears.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "own_words.h"
#include "query.h"

void field_rules_make(const struct rules *rules, struct arena *arena, struct field_rules *ret)
{
	ret->starts = arena_array(arena, uint32_t, rules->n_fields + 2);
	ret->at = arena_array(arena, uint32_t, rules->n_rules);
	for (size_t i = 0; i < rules->n_rules; i++)
		ret->starts[rules->rules[i].field + 2]++;
	for (size_t i = 1; i < rules->n_fields + 2; i++)
		ret->starts[i] += ret->starts[i - 1];
	for (uint32_t i = 0; i < rules->n_rules; i++)
		ret->at[ret->starts[rules->rules[i].field + 1]++] = i;
}

void hearing_init(struct hearing *h, const struct rules *rules, const struct rule_code *code,
	const struct field_rules *by_field, struct reader *reader)
{
	*h = (struct hearing){
		.rules = rules,
		.code = code,
		.by_field = by_field,
		.reader = reader,
		.firing = &reader->firing,
		.points = zeroed(rules->n_fields, sizeof(*h->points)),
		.named = zeroed(rules->n_fields, sizeof(*h->named)),
		.own = zeroed(rules->n_rules, sizeof(*h->own)),
		.spoken = zeroed(rules->n_rules, sizeof(*h->spoken)),
		.firing_rules = rules,
		.bare = *rules,
	};
	h->bare.n_meta = 0;
}

void hearing_done(struct hearing *h)
{
	free(h->points);
	free(h->named);
	free(h->own);
	free(h->spoken);
	free(h->at);
	free(h->said);
	free(h->places);
	arena_done(&h->arena);
}

static void find_named(struct hearing *h, const struct profile *profile)
{
	size_t field;

	for (size_t i = 0; i < profile->fields.n; i++)
		if (rules_field(h->rules, profile->fields.at[i], &field) != NULL)
			h->named[field] = true;
}

static void speaks(struct hearing *h, uint32_t rule, points_t points)
{
	h->own[rule] = OWN_UNTOLD;
	h->spoken[h->n_spoken++] = (struct speech){ rule, points, 0 };
	h->points[h->rules->rules[rule].field] += points;
}

/* Of the postings of this scan, those that the other one has in its place are void. */
static bool is_void(const struct hearing *h, const struct scan *scan, uint32_t rule)
{
	return h->above != NULL && scan != h->above && h->firing->replaced[rule];
}

/* Rules that do not fire, but say that they are for who has a word that was found. */
static void find_for(struct hearing *h, const struct scan *scan)
{
	for (size_t i = 0; i < scan->n_touched; i++) {
		size_t n;
		const struct rule_posting *at = waiting_rules(terms_waiting(scan->terms), scan->touched[i], &n);

		for (size_t j = 0; j < n; j++) {
			const struct rule *rule = &h->rules->rules[at[j].rule];

			if (is_void(h, scan, at[j].rule))
				continue;
			if (rule->lines[at[j].line].kind == LINE_FOR && h->own[at[j].rule] == OWN_NOT)
				speaks(h, at[j].rule, rule->weight);
		}
	}
}

/* Of those, and of those that fire, by which words. */
static void find_by_which(struct hearing *h, const struct scan *scan, const struct own_words *words)
{
	for (size_t i = 0; i < scan->n_touched; i++) {
		uint32_t term = scan->touched[i];
		size_t n;
		const struct rule_posting *at = waiting_rules(terms_waiting(scan->terms), term, &n);
		const struct hit *hit = scan_best(scan, term, 1u << FIELD_TITLE, 0);
		enum own by = own_words_at(words, hit->start, hit->end);

		for (size_t j = 0; j < n; j++) {
			const struct rule_line *line;

			if (is_void(h, scan, at[j].rule))
				continue;
			line = &h->rules->rules[at[j].rule].lines[at[j].line];
			if (h->own[at[j].rule] != OWN_NOT && h->own[at[j].rule] < by &&
				(line->fields & 1u << FIELD_TITLE) != 0 &&
				(line->kind == LINE_FOR || line->kind == LINE_ANY))
				h->own[at[j].rule] = (uint8_t)by;
		}
	}
}

/* Once all is scanned: which rules speak of these words, and what those are worth in each field. */
static void find_spoken(struct hearing *h, const struct notice *words, struct own_words *own)
{
	const struct firing *firing = h->firing;

	fire_rules(h->firing, h->firing_rules, h->code, &h->reader->scan, words);
	for (size_t i = 0; i < firing->n_rules; i++)
		speaks(h, firing->rules[i], fired_best(firing, firing->rules[i], 0)->points);
	find_for(h, &h->reader->scan);
	if (h->above != NULL)
		find_for(h, h->above);
	if (h->n_spoken == 0)
		return;
	if (own->known == NULL)
		own_words_settle(own, h->reader->scan.memo.lexicon, &h->arena);
	find_by_which(h, &h->reader->scan, own);
	if (h->above != NULL)
		find_by_which(h, h->above, own);
}

/* As rules are tried on it: a purchase of these words. */
static void as_notice(struct str text, struct notice *ret)
{
	notice_init(ret);
	ret->stage = ret->kind = NOTICE_COMPETITION;
	ret->title = text;
}

static void weigh_own_words(struct hearing *h, const struct profile *profile)
{
	struct own_words own = own_words_of(profile, &h->arena);
	struct notice words;

	as_notice(own.text, &words);
	scan_notice(&h->reader->scan, &words);
	if (h->above != NULL)
		scan_notice(h->above, &words);
	find_spoken(h, &words, &own);
}

enum { OWN_TERMS_COUNTED = 3 };

/* How many different terms of the rule stand in the profile's own words, as far as they are counted. */
static int own_terms(const struct hearing *h, size_t number)
{
	const struct rule *rule = &h->rules->rules[number];
	const struct scan *scan = h->above != NULL && h->firing->replaced[number] ? h->above : &h->reader->scan;
	uint32_t met[OWN_TERMS_COUNTED];
	int n = 0;

	for (size_t i = 0; i < rule->n_lines; i++) {
		const struct rule_line *line = &rule->lines[i];

		if (!rule_line_is_of_own_words(line))
			continue;
		for (size_t j = 0; j < line->n_terms; j++) {
			uint32_t term = h->code[number].lines[i].terms[j];
			int k = 0;

			if (term == 0 || scan->seen[term].newest == 0)
				continue;
			while (k < n && met[k] != term)
				k++;
			if (k < n)
				continue;
			met[n++] = term;
			if (n == OWN_TERMS_COUNTED)
				return n;
		}
	}
	return n;
}

/*
 * A keyword says what somebody sells; but a word that one rule alone has in common with it may be of
 * another trade ("thermographie" of bridges, of heat losses).
 */
static int own_percent(const struct hearing *h, uint32_t rule)
{
	switch ((enum own)h->own[rule]) {
	case OWN_NOT:
	case OWN_SETTING:
		return QUERY_RULE_BESIDE;
	case OWN_UNTOLD:
	case OWN_DESCRIPTION:
		return QUERY_RULE_OWN_PASSING;
	case OWN_PART:
		return own_terms(h, rule) > 1 ? QUERY_RULE_OWN_FAINT : QUERY_RULE_OWN_PART;
	case OWN_KEYWORD:
		break;
	}
	switch (own_terms(h, rule)) {
	case 0:
	case 1: return QUERY_RULE_OWN_FAINT;
	case 2: return QUERY_RULE_OWN_TWICE;
	default: return QUERY_RULE_OWN;
	}
}

static void hear_of(struct hearing *h, uint32_t rule, int percent)
{
	if (h->n == h->capacity) {
		h->capacity = h->capacity ? 2 * h->capacity : 256;
		h->at = realloc(h->at, h->capacity * sizeof(*h->at));
		if (h->at == NULL)
			die("out of memory");
	}
	h->at[h->n++] = (struct heard){ rule, (int16_t)percent };
}

/*
 * A profile hears of every rule of the fields it names. Of a field that its own words speak of it hears
 * of the very rules that speak of them, and faintly of the others: who sells lamps is in the field of
 * energy, but solar roofs are not its trade.
 */
static void hear_field(struct hearing *h, size_t field)
{
	if (!h->named[field] && h->points[field] < QUERY_FIELD_INFERRED_FROM)
		return;
	for (uint32_t i = h->by_field->starts[field]; i < h->by_field->starts[field + 1]; i++) {
		uint32_t rule = h->by_field->at[i];

		if (h->named[field])
			hear_of(h, rule, QUERY_FIELD_NAMED);
		else
			hear_of(h, rule, own_percent(h, rule));
	}
}

static void keep_said(struct hearing *h)
{
	if (h->n_said + h->n_spoken > h->said_capacity) {
		h->said_capacity = 2 * (h->n_said + h->n_spoken) + 64;
		h->said = realloc(h->said, h->said_capacity * sizeof(*h->said));
		if (h->said == NULL)
			die("out of memory");
	}
	for (size_t i = 0; i < h->n_spoken; i++) {
		struct speech speech = h->spoken[i];

		speech.percent = (int16_t)own_percent(h, speech.rule);
		h->said[h->n_said++] = speech;
	}
}

static void forget_spoken(struct hearing *h)
{
	for (; h->n_spoken > 0; h->n_spoken--) {
		uint32_t rule = h->spoken[h->n_spoken - 1].rule;

		h->own[rule] = OWN_NOT;
		h->points[h->rules->rules[rule].field] = 0;
	}
	arena_reset(&h->arena);
}

void hear(struct hearing *h, const struct profile *profile)
{
	find_named(h, profile);
	weigh_own_words(h, profile);
	for (size_t field = 0; field < h->rules->n_fields; field++) {
		hear_field(h, field);
		h->named[field] = false;
	}
	if (h->keeps_said)
		keep_said(h);
	forget_spoken(h);
}

/* of replaced rules alone */

void hear_said(struct hearing *h, const struct profile *profile)
{
	struct own_words own = own_words_of(profile, &h->arena);
	struct notice words;

	as_notice(own.text, &words);
	scan_begin(&h->reader->scan);
	scan_notice(h->above, &words);
	h->firing_rules = &h->bare;
	find_spoken(h, &words, &own);
	h->firing_rules = h->rules;
	keep_said(h);
	forget_spoken(h);
}

void hear_said_words(struct hearing *h, const uint32_t *ids, const uint8_t *known, uint32_t n)
{
	struct own_words own = { .known = known };
	struct words words = { .ids = ids, .n = n };
	struct notice nothing;

	if (n > h->n_places) {
		h->n_places = 2 * n + 64;
		h->places = realloc(h->places, h->n_places * sizeof(*h->places));
		if (h->places == NULL)
			die("out of memory");
		for (uint32_t i = 0; i < h->n_places; i++)
			h->places[i] = (struct fold_word){ i, 0, i, i };
	}
	words.places = h->places;
	words.folded = words.raw = STR("");
	as_notice(STR_NONE, &nothing);
	scan_begin(&h->reader->scan);
	scan_begin(h->above);
	if (n > 0)
		scan_words(h->above, &words, 0, FIELD_TITLE);
	h->firing_rules = &h->bare;
	find_spoken(h, &nothing, &own);
	h->firing_rules = h->rules;
	keep_said(h);
	forget_spoken(h);
}
