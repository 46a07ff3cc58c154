/* What joins files: lists and word families, declared and put in their places; rules that ask for rules. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/fold.h"
#include "rule_parse.h"
#include "tender/profile.h"

struct rule_list *rule_list_find(struct rule_parser *p, struct str name)
{
	for (size_t i = 0; i < p->n_lists; i++)
		if (str_eq(p->lists[i].name, name))
			return &p->lists[i];
	return NULL;
}

static struct rule_list *list_of(struct rule_parser *p, struct str name, unsigned column)
{
	struct rule_list *list = rule_list_find(p, name);

	if (list != NULL && !str_eq(list->place.file, p->file)) {
		rule_problem(p, column, "the list \"%.*s\" stands in %.*s line %u already; lines of one list "
					"stand in one file", STR_ARG(name), STR_ARG(list->place.file),
			list->place.line);
		return NULL;
	}
	if (list != NULL)
		return list;
	if (p->n_lists == RULE_LISTS_MAX) {
		rule_problem(p, column, "more than %d lists", RULE_LISTS_MAX);
		return NULL;
	}
	arena_grow(&p->rules->arena, p->lists, p->n_lists, &p->lists_capacity);
	list = &p->lists[p->n_lists++];
	*list = (struct rule_list){ .name = rule_keep(p, name), .place = rule_here(p, column) };
	return list;
}

void rule_parse_list(struct rule_parser *p)
{
	struct rule_list *list;
	struct token token;

	if (!rule_expect(p, TOKEN_WORD, "the list's name, like eau", &token))
		return;
	if (!slug_valid(token.text)) {
		rule_problem(p, token.column, "a list's name has lower-case letters, digits and hyphens only");
		return;
	}
	list = list_of(p, token.text, token.column);
	if (list == NULL)
		return;
	p->rule_terms = 0;
	token = rule_lex(&p->lexer);
	if (rule_parse_terms(p, &list->terms, &token))
		rule_end_of_line(p, token);
}

/* word families */

static const struct family_word *family_of(const struct rule_parser *p, struct str folded)
{
	for (size_t i = 0; i < p->n_family_words; i++)
		if (str_eq(p->family_words[i].text, folded))
			return &p->family_words[i];
	return NULL;
}

void rule_parse_family(struct rule_parser *p)
{
	const struct family_word *known;
	struct token token;
	size_t n = 0;

	p->n_families++;
	for (token = rule_lex(&p->lexer); token.kind == TOKEN_WORD || token.kind == TOKEN_TEXT;) {
		struct str folded = fold_text(&p->rules->arena, token.text);

		if (folded.len == 0) {
			rule_problem(p, token.column, "a word of a family needs at least one letter or digit");
			return;
		}
		known = family_of(p, folded);
		if (known != NULL) {
			rule_problem(p, token.column, "\"%.*s\" is in a family already, in %.*s line %u; add to that one",
				STR_ARG(token.text), STR_ARG(known->place.file), known->place.line);
			return;
		}
		arena_grow(&p->rules->arena, p->family_words, p->n_family_words, &p->family_capacity);
		p->family_words[p->n_family_words++] =
			(struct family_word){ folded, p->n_families, rule_here(p, token.column) };
		n++;
		if (!rule_next_value(p, &token, NULL))
			return;
	}
	if (n < 2 && token.kind == TOKEN_END)
		rule_problem(p, token.column, "a family has at least two words");
	rule_end_of_line(p, token);
}

static void add(struct rule_parser *p, struct rule_terms *terms, struct rule_term term)
{
	arena_grow(&p->rules->arena, terms->at, terms->n, &terms->capacity);
	terms->at[terms->n++] = term;
}

/*
 * The term with its first "~word" replaced by each word of the family, and so on for the next: all
 * combinations. False when a problem was told.
 */
static bool add_forms(struct rule_parser *p, struct rule_terms *ret, struct rule_term term, size_t *forms)
{
	size_t at = str_find_char(term.text, '~'), end = at + 1;
	const struct family_word *word;
	struct str folded;

	if (at == SIZE_MAX) {
		if (++*forms > RULE_FORMS_MAX) {
			rule_problem_at(p, &term.place, "with its word families the term has more than %d forms; "
							"use fewer ~", RULE_FORMS_MAX);
			return false;
		}
		add(p, ret, term);
		return true;
	}
	while (end < term.text.len && term.text.ptr[end] != ' ' && term.text.ptr[end] != '~')
		end++;
	folded = fold_text(&p->rules->arena, str_sub(term.text, at + 1, end));
	word = family_of(p, folded);
	if (word == NULL) {
		rule_problem_at(p, &term.place, "\"%.*s\" is in no family; declare one with: family %.*s …",
			STR_ARG(folded), STR_ARG(folded));
		return false;
	}
	for (size_t i = 0; i < p->n_family_words; i++) {
		struct rule_term form = term;

		if (p->family_words[i].family != word->family)
			continue;
		form.text = arena_printf(&p->rules->arena, "%.*s%.*s%.*s", STR_ARG(str_sub(term.text, 0, at)),
			STR_ARG(p->family_words[i].text), STR_ARG(str_from(term.text, end)));
		if (!add_forms(p, ret, form, forms))
			return false;
	}
	return true;
}

/* lists */

static void unknown_list(struct rule_parser *p, const struct rule_term *term)
{
	const char *names[RULE_LISTS_MAX], *nearest;

	for (size_t i = 0; i < p->n_lists; i++)
		names[i] = p->lists[i].name.ptr; /* kept in an arena, so they end in a zero */
	nearest = rule_nearest(term->text, names, p->n_lists);
	if (nearest != NULL)
		rule_problem_at(p, &term->place, "there is no list \"%.*s\"; did you mean @%s?",
			STR_ARG(term->text), nearest);
	else
		rule_problem_at(p, &term->place, "there is no list \"%.*s\"; declare it with: list %.*s …",
			STR_ARG(term->text), STR_ARG(term->text));
}

static bool put_in_place(struct rule_parser *p, const struct rule_term *terms, size_t n, bool of_list,
	struct rule_terms *ret)
{
	for (size_t i = 0; i < n; i++) {
		const struct rule_list *list;
		size_t forms = 0;

		if (terms[i].kind == TERM_PATTERN) {
			add(p, ret, terms[i]);
			continue;
		}
		if (terms[i].kind != TERM_LIST) {
			if (!add_forms(p, ret, terms[i], &forms))
				return false;
			continue;
		}
		if (of_list) {
			rule_problem_at(p, &terms[i].place,
				"a list holds words and patterns, no other list; write its words here");
			return false;
		}
		list = rule_list_find(p, terms[i].text);
		if (list == NULL) {
			unknown_list(p, &terms[i]);
			return false;
		}
		if (!put_in_place(p, list->terms.at, list->terms.n, true, ret))
			return false;
	}
	return true;
}

static bool is_plain(const struct rule_term *term)
{
	return term->kind == TERM_PATTERN ||
	       (term->kind != TERM_LIST && str_find_char(term->text, '~') == SIZE_MAX);
}

static void link_group(struct rule_parser *p, struct rule_term **terms, size_t *n)
{
	struct rule_terms whole = { NULL, 0, 0 };
	size_t plain = 0;

	while (plain < *n && is_plain(&(*terms)[plain]))
		plain++;
	if (plain == *n)
		return;
	if (!put_in_place(p, *terms, *n, false, &whole))
		return;
	if (whole.n > RULE_TERMS_MAX) {
		rule_problem_at(p, &(*terms)[0].place, "more than %d terms with those of its lists",
			RULE_TERMS_MAX);
		return;
	}
	*terms = whole.at;
	*n = whole.n;
}

static void link_terms(struct rule_parser *p, struct rule_line *line)
{
	link_group(p, &line->terms, &line->n_terms);
	for (size_t i = 0; i < line->n_with; i++)
		link_group(p, &line->with[i].terms, &line->with[i].n_terms);
	link_group(p, &line->except.terms, &line->except.n_terms);
	if (line->count == COUNT_DISTINCT && line->least > line->n_terms) {
		struct rule_place place = line->terms[0].place;

		rule_problem_at(p, &place, "at least %u of %zu terms can never hold", line->least,
			line->n_terms);
	}
}

/* A list that no rule names is checked all the same. */
static void check_lists(struct rule_parser *p)
{
	for (size_t i = 0; i < p->n_lists; i++) {
		struct rule_terms whole = { NULL, 0, 0 };

		(void)put_in_place(p, p->lists[i].terms.at, p->lists[i].terms.n, true, &whole);
	}
}

/* rules that ask for rules */

static void unknown_rule(struct rule_parser *p, const struct rule_term *name)
{
	const char **names = arena_array(&p->rules->arena, const char *, p->rules->n_rules), *nearest;

	for (size_t i = 0; i < p->rules->n_rules; i++)
		names[i] = p->rules->rules[i].name.ptr;
	nearest = rule_nearest(name->text, names, p->rules->n_rules);
	if (nearest != NULL)
		rule_problem_at(p, &name->place, "there is no rule \"%.*s\"; did you mean %s?",
			STR_ARG(name->text), nearest);
	else
		rule_problem_at(p, &name->place, "there is no rule \"%.*s\"; see rules list",
			STR_ARG(name->text));
}

static bool names_rule(struct str name, const struct rule *rule)
{
	if (!str_ends(name, ".*"))
		return str_eq(name, rule->name);
	name.len--;
	return rule->name.len > name.len && str_eq(str_sub(rule->name, 0, name.len), name);
}

/* "eau.*" means all others of the field: the rule itself is left out. */
static void link_rules(struct rule_parser *p, uint32_t self, struct rule_line *line)
{
	bool *asked = arena_array(&p->rules->arena, bool, p->rules->n_rules);

	for (size_t i = 0; i < line->n_terms; i++) {
		bool some = false;

		for (uint32_t j = 0; j < p->rules->n_rules; j++) {
			if (!names_rule(line->terms[i].text, &p->rules->rules[j]))
				continue;
			some = true;
			if (j == self && str_ends(line->terms[i].text, ".*"))
				continue;
			if (!asked[j])
				line->n_rules++;
			asked[j] = true;
		}
		if (!some)
			unknown_rule(p, &line->terms[i]);
	}
	line->rules = arena_array(&p->rules->arena, uint32_t, line->n_rules);
	line->n_rules = 0;
	for (uint32_t j = 0; j < p->rules->n_rules; j++)
		if (asked[j])
			line->rules[line->n_rules++] = j;
}

/* Depth first; `path` is what asks for what, up to the rule at hand. */
struct walk {
	struct rule_parser *p;
	uint8_t *state; /* by rule: 0 not seen, 1 on the path, 2 done */
	uint32_t path[RULE_LEVELS_MAX + 1];
	unsigned n;
};

static void tell_cycle(struct walk *walk, const struct rule_line *line, uint32_t again)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(4096);
	struct rule *rules = walk->p->rules->rules;
	unsigned i = 0;

	while (walk->path[i] != again)
		i++;
	for (; i < walk->n; i++)
		buf_addf(&out, "%.*s asks for ", STR_ARG(rules[walk->path[i]].name));
	buf_adds(&out, rules[again].name);
	rule_problem_at(walk->p, &line->terms[0].place,
		"rules that ask for each other never come to an end: %.*s; take one of these lines out",
		STR_ARG(str_clip(buf_str(&out), 240)));
}

static unsigned level_of(struct walk *walk, uint32_t number)
{
	struct rule *rule = &walk->p->rules->rules[number];

	if (walk->state[number] == 2)
		return rule->level;
	walk->state[number] = 1;
	walk->path[walk->n++] = number;
	for (size_t i = 0; i < rule->n_lines; i++) {
		const struct rule_line *line = &rule->lines[i];

		for (size_t j = 0; line->subject == ON_RULE && j < line->n_rules; j++) {
			unsigned below;

			if (walk->state[line->rules[j]] == 1) {
				tell_cycle(walk, line, line->rules[j]);
				break;
			}
			if (walk->n == RULE_LEVELS_MAX) {
				rule_problem_at(walk->p, &line->terms[0].place,
					"rules ask for rules more than %d deep; ask for the innermost one",
					RULE_LEVELS_MAX);
				break;
			}
			below = level_of(walk, line->rules[j]) + 1;
			if (below > rule->level)
				rule->level = below;
		}
	}
	walk->n--;
	walk->state[number] = 2;
	return rule->level;
}

static void order_meta(struct rules *rules)
{
	unsigned highest = 0;

	for (size_t i = 0; i < rules->n_rules; i++) {
		rules->n_meta += rules->rules[i].level > 0;
		if (rules->rules[i].level > highest)
			highest = rules->rules[i].level;
	}
	rules->meta = arena_array(&rules->arena, uint32_t, rules->n_meta);
	rules->n_meta = 0;
	for (unsigned level = 1; level <= highest; level++)
		for (uint32_t i = 0; i < rules->n_rules; i++)
			if (rules->rules[i].level == level)
				rules->meta[rules->n_meta++] = i;
}

void rule_link(struct rule_parser *p)
{
	struct rules *rules = p->rules;
	struct walk walk = { .p = p, .state = arena_array(&rules->arena, uint8_t, rules->n_rules) };

	check_lists(p);
	for (uint32_t i = 0; i < rules->n_rules; i++) {
		for (size_t j = 0; j < rules->rules[i].n_lines; j++) {
			struct rule_line *line = &rules->rules[i].lines[j];

			if (line->subject == ON_RULE)
				link_rules(p, i, line);
			else
				link_terms(p, line);
		}
	}
	for (uint32_t i = 0; i < rules->n_rules; i++)
		level_of(&walk, i);
	order_meta(rules);
	for (size_t i = 0; i < rules->n_rules; i++) /* their names are of no more use */
		for (size_t j = 0; j < rules->rules[i].n_lines; j++)
			if (rules->rules[i].lines[j].subject == ON_RULE)
				rules->rules[i].lines[j].n_terms = 0;
}
