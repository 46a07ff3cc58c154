#include <stdlib.h>

#include "base/buf.h"
#include "compiled.h"
#include "query.h"

/*
 * Which rules a profile hears of. Rules speak of fields of activity; a profile names some, and its own
 * words speak of others: the rules are tried on them as on a notice.
 */

static void add_share(struct matcher *m, size_t rule, uint32_t profile, int percent)
{
	struct rule_shares *shares = &m->shares[rule];

	arena_grow(&m->arena, shares->at, shares->n, &shares->capacity);
	shares->at[shares->n++] = (struct rule_share){ profile, (int16_t)percent };
}

/* The profile's own words, as one text that rules can be tried on: keywords, then the description. */
static struct str own_words(const struct profile *profile, struct arena *arena, size_t *ret_keywords)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(PROFILE_TEXT_MAX + PROFILE_TERMS_MAX * 4 * PROFILE_TERM_MAX);

	for (size_t i = 0; i < profile->keywords.n; i++) {
		buf_adds(&out, profile->keywords.at[i]);
		buf_addz(&out, " ; ");
	}
	*ret_keywords = buf_str(&out).len;
	buf_adds(&out, profile->description);
	return arena_dup(arena, buf_str(&out));
}

static void find_named(const struct matcher *m, const struct profile *profile, bool *named)
{
	size_t field;

	for (size_t i = 0; i < profile->fields.n; i++)
		if (rules_field(m->rules, profile->fields.at[i], &field) != NULL)
			named[field] = true;
}

/* How a rule speaks of a profile's own words; of keywords, it speaks of what the profile is about. */
enum own { OWN_NOT, OWN_DESCRIPTION, OWN_KEYWORD };

/* Rules that do not fire, but say that they are for who has a word that was found. */
static void find_for(const struct matcher *m, enum own *own, points_t *points)
{
	const struct scan *scan = &m->own->scan;

	for (size_t i = 0; i < scan->n_touched; i++) {
		size_t n;
		const struct rule_posting *at = terms_rules(m->terms, scan->touched[i], &n);

		for (size_t j = 0; j < n; j++) {
			const struct rule *rule = &m->rules->rules[at[j].rule];

			if (rule->lines[at[j].line].kind != LINE_FOR || own[at[j].rule] != OWN_NOT)
				continue;
			own[at[j].rule] = OWN_DESCRIPTION;
			points[rule->field] += rule->weight;
		}
	}
}

/* Of those, and of those that fire, the ones with a word among the keywords. */
static void find_among_keywords(const struct matcher *m, size_t keywords, enum own *own)
{
	const struct scan *scan = &m->own->scan;

	for (size_t i = 0; i < scan->n_touched; i++) {
		uint32_t term = scan->touched[i];
		size_t n;
		const struct rule_posting *at = terms_rules(m->terms, term, &n);

		if (scan_best(scan, term, 1u << FIELD_TITLE, 0)->start >= keywords)
			continue;
		for (size_t j = 0; j < n; j++) {
			const struct rule_line *line = &m->rules->rules[at[j].rule].lines[at[j].line];

			if (own[at[j].rule] != OWN_NOT && (line->fields & 1u << FIELD_TITLE) != 0 &&
				(line->kind == LINE_FOR || line->kind == LINE_ANY))
				own[at[j].rule] = OWN_KEYWORD;
		}
	}
}

/* Which rules speak of the profile's own words, and what those are worth in each field. */
static void weigh_own_words(
	struct matcher *m, const struct profile *profile, enum own *own, points_t *points)
{
	struct arena scratch = ARENA_INIT;
	struct notice words;
	size_t keywords;

	notice_init(&words);
	words.stage = words.kind = NOTICE_COMPETITION;
	words.title = own_words(profile, &scratch, &keywords);
	matcher_find(m, m->own, &words);
	for (size_t i = 0; i < m->own->firing.n_rules; i++) {
		uint32_t rule = m->own->firing.rules[i];

		own[rule] = OWN_DESCRIPTION;
		points[m->rules->rules[rule].field] += fired_best(&m->own->firing, rule, 0)->points;
	}
	find_for(m, own, points);
	find_among_keywords(m, keywords, own);
	arena_done(&scratch);
}

/* How many different terms of the rule stand in the profile's own words, counted up to two. */
static int own_terms(const struct matcher *m, size_t number)
{
	const struct rule *rule = &m->rules->rules[number];
	uint32_t first = 0;

	for (size_t i = 0; i < rule->n_lines; i++) {
		const struct rule_line *line = &rule->lines[i];

		if (!rule_line_is_of_own_words(line))
			continue;
		for (size_t j = 0; j < line->n_terms; j++) {
			uint32_t term = m->code[number].lines[i].terms[j];

			if (term == 0 || term == first || m->own->scan.seen[term].newest == 0)
				continue;
			if (first != 0)
				return 2;
			first = term;
		}
	}
	return first != 0;
}

/*
 * A keyword says what somebody sells; but a word that one rule alone has in common with it may be of
 * another trade ("thermographie" of bridges, of heat losses).
 */
static int own_percent(const struct matcher *m, const struct profile *profile, size_t rule, bool by_keyword)
{
	bool said = by_keyword || profile->keywords.n == 0; /* then the description says it all */

	return said && own_terms(m, rule) > 1 ? QUERY_RULE_OWN : QUERY_RULE_OWN_FAINT;
}

/*
 * A profile hears of every rule of the fields it names. Of a field that its own words speak of it hears
 * of the very rules that speak of them, and faintly of the others: who sells lamps is in the field of
 * energy, but solar roofs are not its trade.
 */
void compile_hears(struct matcher *m, uint32_t number)
{
	const struct profile *profile = m->profiles[number];
	points_t *points = calloc(m->rules->n_fields + 1, sizeof(*points));
	bool *named = calloc(m->rules->n_fields + 1, sizeof(*named));
	enum own *own = calloc(m->rules->n_rules + 1, sizeof(*own));

	if (points == NULL || named == NULL || own == NULL)
		die("out of memory");
	find_named(m, profile, named);
	weigh_own_words(m, profile, own, points);
	for (size_t rule = 0; rule < m->rules->n_rules; rule++) {
		size_t field = m->rules->rules[rule].field;

		if (named[field])
			add_share(m, rule, number, QUERY_FIELD_NAMED);
		else if (points[field] >= QUERY_FIELD_INFERRED_FROM)
			add_share(m, rule, number,
				own[rule] == OWN_NOT ? QUERY_RULE_BESIDE
						     : own_percent(m, profile, rule, own[rule] == OWN_KEYWORD));
	}
	free(own);
	free(named);
	free(points);
}
