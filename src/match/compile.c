#include "compiled.h"

/* Rules to terms, and who of the rules' lines waits for which. */

static uint32_t compile_term(struct matcher *m, const struct rule_term *term, unsigned fields,
	uint32_t rule)
{
	int rarity;

	if (term->kind == TERM_PATTERN)
		return terms_pattern(m->terms, term, fields, rule);
	return terms_phrase(m->terms, term->text, term->kind == TERM_EXACT, &rarity);
}

static struct again *compile_again(struct matcher *m, const struct rule_line *line)
{
	struct again *again = arena_new(&m->arena, struct again);

	again_compile(m->lexicon, &m->arena, line->terms, line->n_terms, &again->first);
	again->with = arena_array(&m->arena, struct again_group, line->n_with);
	for (size_t i = 0; i < line->n_with; i++)
		again_compile(m->lexicon, &m->arena, line->with[i].terms, line->with[i].n_terms,
			&again->with[i]);
	again_compile(m->lexicon, &m->arena, line->except.terms, line->except.n_terms, &again->except);
	return again;
}

static uint32_t compile_code(struct matcher *m, const struct rule_line *line, struct str branch)
{
	if (line->own)
		return terms_cpv_exact(m->terms, branch);
	return terms_cpv_below(m->terms,
		line->within > 0 ? cpv_within_root(branch, line->within) : branch);
}

static void compile_line(struct matcher *m, uint32_t rule, uint32_t number)
{
	const struct rule_line *line = &m->rules->rules[rule].lines[number];
	struct line_terms *code = &m->code[rule].lines[number];
	struct rule_posting posting = { .line = (uint16_t)number,
		.fields = (uint16_t)(line->subject == ON_CPV ? 1u << FIELD_CPV : line->fields) };
	size_t most = line->subject == ON_CPV ? line->branches.n : line->n_terms;

	code->terms = arena_array(&m->arena, uint32_t, most);
	for (size_t i = 0; i < most; i++) {
		uint32_t term = line->subject == ON_CPV
					? compile_code(m, line, line->branches.at[i])
					: compile_term(m, &line->terms[i], line->fields, rule);

		if (term == 0)
			continue;
		code->terms[code->n++] = term;
		posting.rule = rule;
		terms_post_rule(m->terms, term, &posting);
	}
	if (rule_line_reads_again(line))
		code->again = compile_again(m, line);
}

void compile_rules(struct matcher *m, const bool *wanted)
{
	m->code = arena_array(&m->arena, struct rule_code, m->rules->n_rules);
	for (uint32_t rule = 0; rule < m->rules->n_rules; rule++) {
		m->code[rule].lines =
			arena_array(&m->arena, struct line_terms, m->rules->rules[rule].n_lines);
		if (wanted != NULL && !wanted[rule])
			continue;
		for (uint32_t line = 0; line < m->rules->rules[rule].n_lines; line++)
			compile_line(m, rule, line);
	}
}
