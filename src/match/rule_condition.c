/* What stands behind any, need, not and cpv; the grammar is in rule_parse.c. */
#include <string.h>

#include "base/fold.h"
#include "rule_parse.h"
#include "rule_pattern.h"
#include "tender/cpv.h"

/* terms */

static bool add_term(struct rule_parser *p, struct rule_terms *terms, const struct token *token)
{
	struct rule_term term = { .raw = token->raw, .text = rule_keep(p, token->text),
		.place = rule_here(p, token->column) };
	struct rules *rules = p->rules;
	struct error err = ERROR_INIT;

	if (++p->rule_terms > RULE_TERMS_MAX) {
		rule_problem(p, token->column, "more than %d terms in one rule; make two rules of it",
			RULE_TERMS_MAX);
		return false;
	}
	if (token->kind == TOKEN_PATTERN) {
		struct regex *regex;

		term.kind = TERM_PATTERN;
		term.pattern = token->raw ? term.text : rule_pattern_fold(term.text, &rules->arena);
		if (regex_new(term.pattern, token->raw ? 0 : REGEX_CASELESS, &regex, &err) < 0) {
			rule_problem(p, token->column, "pattern: %s", err.text);
			return false;
		}
		arena_grow(&rules->arena, rules->regexes, rules->n_regexes, &rules->regexes_capacity);
		rules->regexes[rules->n_regexes++] = regex;
		term.regex = regex;
	} else if (token->kind == TOKEN_WORD && str_starts(token->text, "@")) {
		term.kind = TERM_LIST;
		term.text = str_from(term.text, 1);
	} else {
		term.kind = token->kind == TOKEN_EXACT ? TERM_EXACT : TERM_WORDS;
		if (fold_text(&rules->arena, term.text).len == 0) {
			rule_problem(p, token->column, "a term needs at least one letter or digit");
			return false;
		}
	}
	arena_grow(&rules->arena, terms->at, terms->n, &terms->capacity);
	terms->at[terms->n++] = term;
	return true;
}

bool rule_parse_terms(struct rule_parser *p, struct rule_terms *ret, struct token *token)
{
	size_t before = ret->n;
	bool comma = false;

	while (token->kind == TOKEN_WORD || token->kind == TOKEN_TEXT || token->kind == TOKEN_EXACT ||
		token->kind == TOKEN_PATTERN) {
		if (token_is_word(token, "with") || token_is_word(token, "unless"))
			break;
		if (token_is_word(token, "near") || token_is_word(token, "at-least")) {
			rule_problem(p, token->column, "%.*s stands right behind the fields; quote the word "
				"\"%.*s\" where it is looked for", STR_ARG(token->text), STR_ARG(token->text));
			return false;
		}
		if (!add_term(p, ret, token))
			return false;
		*token = rule_lex(&p->lexer);
		comma = token->kind == TOKEN_COMMA;
		if (comma)
			*token = rule_lex(&p->lexer);
	}
	if (token->kind == TOKEN_BAD || (ret->n > before && !comma))
		return true;
	rule_problem(p, token->column, comma ? "expected one more behind the comma"
					     : "expected at least one word, \"text\" or /pattern/");
	return false;
}

/* conditions on texts */

static const struct {
	const char *name;
	unsigned fields;
} field_names[] = {
	{ "title", 1u << FIELD_TITLE },
	{ "lots", 1u << FIELD_LOT_TITLE | 1u << FIELD_LOT_DESCRIPTION },
	{ "lot-title", 1u << FIELD_LOT_TITLE },
	{ "lot-description", 1u << FIELD_LOT_DESCRIPTION },
	{ "text", 1u << FIELD_TITLE | 1u << FIELD_LOT_TITLE | 1u << FIELD_DESCRIPTION |
		1u << FIELD_LOT_DESCRIPTION | 1u << FIELD_SUBJECTS },
	{ "description", 1u << FIELD_DESCRIPTION },
	{ "subjects", 1u << FIELD_SUBJECTS },
	{ "criteria", 1u << FIELD_CRITERIA },
	{ "buyer", 1u << FIELD_BUYER },
};

static unsigned field_bits(struct str name)
{
	for (size_t i = 0; i < LENGTH(field_names); i++)
		if (str_eqz(name, field_names[i].name))
			return field_names[i].fields;
	return 0;
}

static void unknown_field(struct rule_parser *p, const struct token *token, bool first)
{
	static const char expected[] = "expected a field: title, lots, lot-title, lot-description, text, "
				       "description, subjects, criteria or buyer";
	const char *names[LENGTH(field_names)], *nearest;

	for (size_t i = 0; i < LENGTH(field_names); i++)
		names[i] = field_names[i].name;
	nearest = token->kind == TOKEN_WORD ? rule_nearest(token->text, names, LENGTH(names)) : NULL;
	if (nearest != NULL)
		rule_problem(p, token->column, "%s; did you mean %s?", expected, nearest);
	else
		rule_problem(p, token->column, "%s%s", expected, !first ? "" :
			"; or a fact: cpv, rule, nature, kind, procedure, buyer-kind, place, marked, amount, "
			"published, deadline, days-left");
}

static bool parse_fields(struct rule_parser *p, struct rule_line *line, struct token *token)
{
	for (bool first = true;; first = false) {
		unsigned bits = token->kind == TOKEN_WORD ? field_bits(token->text) : 0;

		if (bits == 0) {
			unknown_field(p, token, first);
			return false;
		}
		line->fields |= bits;
		*token = rule_lex(&p->lexer);
		if (token->kind != TOKEN_COMMA)
			return true;
		*token = rule_lex(&p->lexer);
	}
}

static bool parse_number(struct rule_parser *p, struct token *token, unsigned least, unsigned most,
	const char *what, unsigned *ret)
{
	unsigned number;

	if (token->kind != TOKEN_WORD || !str_to_uint(token->text, most, &number) || number < least) {
		rule_problem(p, token->column, "expected %s, %u to %u", what, least, most);
		return false;
	}
	*ret = number;
	*token = rule_lex(&p->lexer);
	return true;
}

/* NUMBER | "sentence" | "field" */
static bool parse_span(struct rule_parser *p, struct token *token, struct rule_near *near)
{
	bool sentence = token_is_word(token, "sentence");

	if (sentence || token_is_word(token, "field")) {
		near->span = sentence ? SPAN_SENTENCE : SPAN_FIELD;
		*token = rule_lex(&p->lexer);
		return true;
	}
	near->span = SPAN_WORDS;
	return parse_number(p, token, 0, RULE_NEAR_MAX,
		"how many words may stand between (or sentence, or field)", &near->words);
}

static bool parse_count(struct rule_parser *p, struct rule_line *line, struct token *token)
{
	*token = rule_lex(&p->lexer);
	if (!parse_number(p, token, 1, RULE_COUNT_MAX, "a number", &line->least))
		return false;
	line->count = token_is_word(token, "of") ? COUNT_DISTINCT :
		token_is_word(token, "times")    ? COUNT_TIMES :
						   COUNT_NONE;
	if (line->count == COUNT_NONE) {
		rule_problem(p, token->column,
			"expected of (so many different terms) or times (so many occurrences)");
		return false;
	}
	*token = rule_lex(&p->lexer);
	return true;
}

static bool parse_near(struct rule_parser *p, struct rule_line *line, struct token *token)
{
	*token = rule_lex(&p->lexer);
	if (!parse_span(p, token, &line->near))
		return false;
	if (token_is_word(token, "ordered")) {
		line->near.ordered = true;
		*token = rule_lex(&p->lexer);
	}
	return true;
}

/* "with" terms { "with" terms } */
static bool parse_with(struct rule_parser *p, struct rule_line *line, struct token *token)
{
	if (line->near.span == SPAN_NONE && token_is_word(token, "with")) {
		rule_problem(p, token->column, "with belongs to near: near 5 … with …; quote the word \"with\" "
					      "where it is looked for");
		return false;
	}
	line->with = arena_array(&p->rules->arena, struct rule_group, RULE_GROUPS_MAX);
	while (token_is_word(token, "with")) {
		struct rule_terms terms = { NULL, 0, 0 };

		if (line->n_with == RULE_GROUPS_MAX) {
			rule_problem(p, token->column, "more than %d groups behind with", RULE_GROUPS_MAX);
			return false;
		}
		*token = rule_lex(&p->lexer);
		if (!rule_parse_terms(p, &terms, token))
			return false;
		line->with[line->n_with++] = (struct rule_group){ terms.at, terms.n };
	}
	if (line->near.span != SPAN_NONE && line->n_with == 0 && token->kind != TOKEN_BAD) {
		rule_problem(p, token->column, "near needs what shall stand near: near 5 … with …");
		return false;
	}
	return true;
}

static bool parse_unless(struct rule_parser *p, struct rule_line *line, struct token *token)
{
	struct rule_terms terms = { NULL, 0, 0 };

	*token = rule_lex(&p->lexer);
	if (token_is_word(token, "near")) {
		*token = rule_lex(&p->lexer);
		line->unless.span = SPAN_WORDS;
		if (!parse_number(p, token, 0, RULE_NEAR_MAX, "how many words may stand between",
			    &line->unless.words))
			return false;
	} else if (token_is_word(token, "sentence") || token_is_word(token, "field")) {
		if (!parse_span(p, token, &line->unless))
			return false;
	} else {
		rule_problem(p, token->column, "expected where it must not stand: unless near 3 …, unless "
					      "sentence … or unless field …");
		return false;
	}
	if (!rule_parse_terms(p, &terms, token))
		return false;
	line->except = (struct rule_group){ terms.at, terms.n };
	return true;
}

static bool parse_text(struct rule_parser *p, struct rule_line *line, struct token token)
{
	struct rule_terms terms = { NULL, 0, 0 };

	line->subject = ON_TEXT;
	if (!parse_fields(p, line, &token))
		return false;
	if (token_is_word(&token, "at-least") && !parse_count(p, line, &token))
		return false;
	if (token_is_word(&token, "near") && line->count == COUNT_NONE && !parse_near(p, line, &token))
		return false;
	if (!rule_parse_terms(p, &terms, &token))
		return false;
	line->terms = terms.at;
	line->n_terms = terms.n;
	if (!parse_with(p, line, &token))
		return false;
	if (token_is_word(&token, "unless") && !parse_unless(p, line, &token))
		return false;
	rule_end_of_line(p, token);
	return token.kind == TOKEN_END;
}

/* conditions on codes, rules and facts */

static bool add_branch(struct rule_parser *p, struct rule_line *line, struct token token)
{
	struct str branch = cpv_branch_parse(token.text, &p->rules->arena);

	if (!str_given(branch)) {
		rule_problem(p, token.column, "a CPV code has 2 to 8 digits, like 72 or 72212730");
		return false;
	}
	if (cpv_division_label(branch) == NULL) {
		rule_problem(p, token.column, "there is no CPV division %.2s; divisions are 03 to 98, as in Regulation 213/2008",
			branch.ptr);
		return false;
	}
	if (line->branches.n > 0 && line->own != (token.kind == TOKEN_EXACT)) {
		rule_problem(p, token.column,
			"codes with and without = stand on lines of their own: the one means itself, the other "
			"all below it too");
		return false;
	}
	line->own = token.kind == TOKEN_EXACT;
	codes_add(&line->branches, &p->rules->arena, branch);
	return true;
}

enum { CPV_STEPS_MAX = 6 };

static bool parse_codes(struct rule_parser *p, struct rule_line *line, struct token token)
{
	line->subject = ON_CPV;
	while ((token.kind == TOKEN_WORD && !token_is_word(&token, "within")) || token.kind == TOKEN_EXACT) {
		if (!add_branch(p, line, token) || !rule_next_value(p, &token, "within"))
			return false;
	}
	if (line->branches.n == 0 && token.kind != TOKEN_BAD) {
		rule_problem(p, token.column, "expected at least one value: a CPV code like 72 or 72212730");
		return false;
	}
	if (token_is_word(&token, "within")) {
		if (line->own) {
			rule_problem(p, token.column, "a code with = means itself alone; leave out = or within");
			return false;
		}
		token = rule_lex(&p->lexer);
		if (!parse_number(p, &token, 1, CPV_STEPS_MAX, "a number of steps in the tree of codes",
			    &line->within))
			return false;
	}
	rule_end_of_line(p, token);
	return token.kind == TOKEN_END;
}

/* Names, looked up when all files are read. */
static bool parse_rules(struct rule_parser *p, struct rule_line *line, struct token token)
{
	struct rule_terms names = { NULL, 0, 0 };

	line->subject = ON_RULE;
	while (token.kind == TOKEN_WORD) {
		if (str_find_char(token.text, '.') == SIZE_MAX) {
			rule_problem(p, token.column, "a rule's name is its field of activity, a dot, and a name; "
						      "all rules of a field are named like eau.*");
			return false;
		}
		arena_grow(&p->rules->arena, names.at, names.n, &names.capacity);
		names.at[names.n++] = (struct rule_term){ .text = rule_keep(p, token.text),
			.place = rule_here(p, token.column) };
		if (!rule_next_value(p, &token, NULL))
			return false;
	}
	if (names.n == 0 && token.kind == TOKEN_END) {
		rule_problem(p, token.column, "expected the name of a rule, like cybersecurite.soc");
		return false;
	}
	line->terms = names.at;
	line->n_terms = names.n;
	rule_end_of_line(p, token);
	return token.kind == TOKEN_END;
}

static const struct {
	const char *name;
	enum rule_subject subject;
	bool (*parse)(struct rule_parser *p, struct rule_line *line, struct token token);
} subjects[] = {
	{ "cpv", ON_CPV, parse_codes },
	{ "rule", ON_RULE, parse_rules },
	{ "nature", ON_NATURE, rule_parse_values },
	{ "kind", ON_KIND, rule_parse_values },
	{ "procedure", ON_PROCEDURE, rule_parse_values },
	{ "buyer-kind", ON_BUYER_KIND, rule_parse_values },
	{ "marked", ON_MARKED, rule_parse_values },
	{ "place", ON_PLACE, rule_parse_values },
	{ "amount", ON_AMOUNT, rule_parse_range },
	{ "published", ON_PUBLISHED, rule_parse_range },
	{ "deadline", ON_DEADLINE, rule_parse_range },
	{ "days-left", ON_DAYS_LEFT, rule_parse_range },
};

static bool parse_subject(struct rule_parser *p, struct rule_line *line)
{
	struct token token = rule_lex(&p->lexer);

	if (token_is_word(&token, "notice")) {
		line->anywhere = true;
		if (line->kind == LINE_ANY) {
			rule_problem(p, token.column, "notice stands behind need and not alone; evidence is of the "
						      "notice or of one lot");
			return false;
		}
		token = rule_lex(&p->lexer);
		return parse_text(p, line, token);
	}
	for (size_t i = 0; i < LENGTH(subjects); i++) {
		if (!token_is_word(&token, subjects[i].name))
			continue;
		if (line->kind == LINE_ANY && subjects[i].subject > ON_RULE) {
			rule_problem(p, token.column, "any takes words, codes or rules; of a fact write: need %s …",
				subjects[i].name);
			return false;
		}
		line->subject = subjects[i].subject;
		return subjects[i].parse(p, line, rule_lex(&p->lexer));
	}
	return parse_text(p, line, token);
}

static void add_line(struct rule_parser *p, const struct rule_line *line)
{
	if (p->rule->n_lines >= RULE_LINES_MAX) {
		rule_problem(p, 1, "more than %d lines in one rule; put the terms into a list or make two rules",
			RULE_LINES_MAX);
		return;
	}
	arena_grow(&p->rules->arena, p->rule->lines, p->rule->n_lines, &p->lines_capacity);
	p->rule->lines[p->rule->n_lines++] = *line;
	p->rule->facts += line->subject > ON_RULE;
}

void rule_parse_condition(struct rule_parser *p, enum rule_line_kind kind, bool cpv_given)
{
	struct rule_line line = { .kind = kind, .number = p->number };

	if (cpv_given ? parse_codes(p, &line, rule_lex(&p->lexer)) : parse_subject(p, &line))
		add_line(p, &line);
}

void rule_parse_for(struct rule_parser *p)
{
	struct rule_line line = { .kind = LINE_FOR, .subject = ON_TEXT, .fields = 1u << FIELD_TITLE,
		.number = p->number };
	struct rule_terms terms = { NULL, 0, 0 };
	struct token token = rule_lex(&p->lexer);

	if (!rule_parse_terms(p, &terms, &token))
		return;
	line.terms = terms.at;
	line.n_terms = terms.n;
	rule_end_of_line(p, token);
	if (token.kind == TOKEN_END)
		add_line(p, &line);
}
