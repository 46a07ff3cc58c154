/*
 * The grammar of rule files (appariteur-rules(5) explains it with examples):
 *
 *	file    = { line newline }
 *	line    = [ field | rule | any | need | not | for | cpv | example | counter | weight | rarity | stop ] [ comment ]
 *	field   = "field" SLUG TEXT [ TEXT ] [ "cap" NUMBER ]
 *	rule    = "rule" SLUG "." NAME TEXT [ TEXT ]
 *	any     = "any" fields term { [","] term }
 *	need    = "need" condition
 *	not     = "not" condition
 *	condition = fields term { [","] term } | "cpv" CODE { [","] CODE } | "nature" NATURE { [","] NATURE }
 *	          | "kind" KIND { [","] KIND }
 *	for     = "for" term { [","] term }     words of a profile that make the rule its own
 *	cpv     = "cpv" CODE { [","] CODE }
 *	example = "example" TEXT          the rule must fire on this title
 *	counter = "counter" TEXT          the rule must not fire on it
 *	weight  = "weight" SLUG "." NAME NUMBER      points, one decimal at most
 *	rarity  = "rarity" 0..10 WORD { WORD }
 *	stop    = "stop" WORD { WORD }
 *	fields  = FIELD { "," FIELD }     title lots text description subjects criteria buyer
 *	term    = WORD | TEXT | "=" (WORD | TEXT) | "/" PCRE2 "/" [ "C" ]
 *	comment = "#" …
 *
 * `any`, `need`, `not`, `for`, `cpv`, `example`, `counter` belong to the rule above them.
 */
#include "rule_parse.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fold.h"
#include "rule_pattern.h"
#include "tender/cpv.h"
#include "tender/profile.h"

enum { WEIGHT_MAX = 1000, CAP_DEFAULT = 120 };

void rule_problem(struct rule_parser *p, unsigned column, const char *fmt, ...)
{
	struct rule_problem *problem;
	char text[300];
	va_list ap;

	p->failed = true;
	if (p->n_problems >= RULES_PROBLEMS_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	arena_grow(p->report, p->problems, p->n_problems, &p->problems_capacity);
	problem = &p->problems[p->n_problems++];
	*problem = (struct rule_problem){
		.file = arena_dup(p->report, p->file),
		.line = p->number,
		.column = column,
		.text = arena_dup(p->report, str_of(text)),
		.source = arena_dup(p->report, str_clip(p->lexer.line, 200)),
	};
}

static struct str keep(struct rule_parser *p, struct str text)
{
	return arena_dup(&p->rules->arena, text);
}

/* "4", "4.5": tenths. */
static bool parse_points(struct str text, points_t *ret)
{
	struct str whole = STR_NONE;
	unsigned units = 0, tenths = 0;
	struct str rest = text;

	if (!str_cut(&rest, '.', &whole) || !str_to_uint(whole, WEIGHT_MAX, &units))
		return false;
	if (str_given(rest) && (rest.len != 1 || !str_to_uint(rest, 9, &tenths)))
		return false;
	*ret = (points_t)(units * 10 + tenths);
	return true;
}

static bool expect(struct rule_parser *p, enum token_kind kind, const char *what, struct token *ret)
{
	*ret = rule_lex(&p->lexer);
	if (ret->kind == kind)
		return true;
	if (ret->kind == TOKEN_BAD)
		rule_problem(p, ret->column, "%.*s", STR_ARG(ret->text));
	else
		rule_problem(p, ret->column, "expected %s", what);
	return false;
}

static void parse_labels(struct rule_parser *p, struct str *label, struct str *label_en,
	struct token *ret_next)
{
	*label_en = STR_NONE;
	*ret_next = rule_lex(&p->lexer);
	if (ret_next->kind == TOKEN_TEXT) {
		*label_en = keep(p, ret_next->text);
		*ret_next = rule_lex(&p->lexer);
	} else {
		*label_en = *label;
	}
}

static void end_of_line(struct rule_parser *p, struct token token)
{
	if (token.kind == TOKEN_BAD)
		rule_problem(p, token.column, "%.*s", STR_ARG(token.text));
	else if (token.kind != TOKEN_END)
		rule_problem(p, token.column, "nothing more was expected on this line");
}

static void parse_field(struct rule_parser *p)
{
	struct activity field = { .cap = CAP_DEFAULT, .file = keep(p, p->file), .number = p->number };
	struct token token;

	if (!expect(p, TOKEN_WORD, "the field's slug, like cybersecurite", &token))
		return;
	if (!slug_valid(token.text)) {
		rule_problem(p, token.column, "a slug has lower-case letters, digits and hyphens only");
		return;
	}
	field.slug = keep(p, token.text);
	if (!expect(p, TOKEN_TEXT, "a label in quotes", &token))
		return;
	field.label = keep(p, token.text);
	parse_labels(p, &field.label, &field.label_en, &token);
	if (token.kind == TOKEN_WORD && str_eqz(token.text, "cap")) {
		if (!expect(p, TOKEN_WORD, "a number of points", &token))
			return;
		if (!parse_points(token.text, &field.cap)) {
			rule_problem(p, token.column, "points are 0 to %d, with one decimal at most", WEIGHT_MAX);
			return;
		}
		token = rule_lex(&p->lexer);
	}
	end_of_line(p, token);
	arena_grow(&p->rules->arena, p->rules->fields, p->rules->n_fields, &p->fields_capacity);
	p->rules->fields[p->rules->n_fields++] = field;
}

static void parse_rule(struct rule_parser *p)
{
	struct rule rule = { .file = keep(p, p->file), .number = p->number, .weight = RULE_WEIGHT_NONE };
	struct token token;

	p->rule = NULL;
	if (!expect(p, TOKEN_WORD, "the rule's name, like cybersecurite.soc", &token))
		return;
	if (str_find_char(token.text, '.') == SIZE_MAX || str_ends(token.text, ".")) {
		rule_problem(p, token.column, "a rule's name is its field of activity, a dot, and a name");
		return;
	}
	if (p->rules->n_rules >= RULES_MAX) {
		rule_problem(p, token.column, "more than %d rules", RULES_MAX);
		return;
	}
	rule.name = keep(p, token.text);
	if (!expect(p, TOKEN_TEXT, "a label in quotes", &token))
		return;
	rule.label = keep(p, token.text);
	parse_labels(p, &rule.label, &rule.label_en, &token);
	end_of_line(p, token);
	arena_grow(&p->rules->arena, p->rules->rules, p->rules->n_rules, &p->rules_capacity);
	p->rule = &p->rules->rules[p->rules->n_rules++];
	*p->rule = rule;
	p->lines_capacity = p->examples_capacity = 0;
	p->rule_terms = 0;
}

static const struct {
	const char *name;
	unsigned fields;
} field_names[] = {
	{ "title", 1u << FIELD_TITLE },
	{ "lots", 1u << FIELD_LOT_TITLE | 1u << FIELD_LOT_DESCRIPTION },
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

static bool add_term(struct rule_parser *p, struct rule_line *line, size_t *capacity,
	const struct token *token)
{
	struct rule_term term = { .raw = token->raw, .text = keep(p, token->text) };
	struct error err = ERROR_INIT;

	if (++p->rule_terms > RULE_TERMS_MAX) {
		rule_problem(p, token->column, "more than %d terms in one rule", RULE_TERMS_MAX);
		return false;
	}
	if (token->kind == TOKEN_PATTERN) {
		struct str pattern = token->raw ? term.text : rule_pattern_fold(term.text, &p->rules->arena);

		term.kind = TERM_PATTERN;
		term.pattern = pattern;
		if (regex_new(pattern, token->raw ? 0 : REGEX_CASELESS, &term.regex, &err) < 0) {
			rule_problem(p, token->column, "pattern: %s", err.text);
			return false;
		}
	} else {
		term.kind = token->kind == TOKEN_EXACT ? TERM_EXACT : TERM_WORDS;
		if (fold_text(&p->rules->arena, term.text).len == 0) {
			rule_problem(p, token->column, "a term needs at least one letter or digit");
			return false;
		}
	}
	arena_grow(&p->rules->arena, line->terms, line->n_terms, capacity);
	line->terms[line->n_terms++] = term;
	return true;
}

/* term { [","] term } to the end of the line; `token` is the first. */
static bool parse_terms(struct rule_parser *p, struct rule_line *line, struct token token)
{
	size_t capacity = 0;

	while (token.kind == TOKEN_WORD || token.kind == TOKEN_TEXT || token.kind == TOKEN_EXACT ||
		token.kind == TOKEN_PATTERN) {
		if (!add_term(p, line, &capacity, &token))
			return false;
		token = rule_lex(&p->lexer);
		if (token.kind == TOKEN_COMMA)
			token = rule_lex(&p->lexer);
	}
	if (line->n_terms == 0 && token.kind == TOKEN_END) {
		rule_problem(p, token.column, "expected at least one word, \"text\" or /pattern/");
		return false;
	}
	end_of_line(p, token);
	return token.kind == TOKEN_END;
}

/* fields term { [","] term }; `first` is the first field's token. */
static bool parse_text_condition(struct rule_parser *p, struct rule_line *line, struct token first)
{
	struct token token = first;
	unsigned bits;

	line->subject = ON_TEXT;
	for (;;) {
		bits = token.kind == TOKEN_WORD ? field_bits(token.text) : 0;
		if (bits == 0) {
			rule_problem(p, token.column,
				"expected a field: title, lots, text, description, subjects, criteria or buyer");
			return false;
		}
		line->fields |= bits;
		token = rule_lex(&p->lexer);
		if (token.kind != TOKEN_COMMA)
			break;
		token = rule_lex(&p->lexer);
	}
	return parse_terms(p, line, token);
}

static bool add_branch(struct rule_parser *p, struct rule_line *line, struct token token)
{
	struct str branch = cpv_branch_parse(token.text, &p->rules->arena);

	if (!str_given(branch)) {
		rule_problem(p, token.column, "a CPV code has 2 to 8 digits, like 72 or 72212730");
		return false;
	}
	codes_add(&line->branches, &p->rules->arena, branch);
	return true;
}

static bool add_value(struct rule_parser *p, struct rule_line *line, struct token token)
{
	enum notice_nature nature;
	enum notice_kind kind;

	if (line->subject == ON_NATURE) {
		if (notice_nature_parse(token.text, &nature)) {
			line->values |= 1u << nature;
			return true;
		}
		rule_problem(p, token.column, "a nature is services, supplies or works");
		return false;
	}
	if (notice_kind_parse(token.text, &kind)) {
		line->values |= 1u << kind;
		return true;
	}
	rule_problem(p, token.column, "a kind is planning, competition, change or requirement");
	return false;
}

/* CODE { [","] CODE } and the like, after "cpv", "nature" or "kind". */
static bool parse_value_condition(struct rule_parser *p, struct rule_line *line)
{
	struct token token = rule_lex(&p->lexer);
	bool some = false;

	while (token.kind == TOKEN_WORD) {
		if (!(line->subject == ON_CPV ? add_branch(p, line, token) : add_value(p, line, token)))
			return false;
		some = true;
		token = rule_lex(&p->lexer);
		if (token.kind == TOKEN_COMMA)
			token = rule_lex(&p->lexer);
	}
	if (!some && token.kind == TOKEN_END) {
		rule_problem(p, token.column, "expected at least one value");
		return false;
	}
	end_of_line(p, token);
	return token.kind == TOKEN_END;
}

static void add_line(struct rule_parser *p, const struct rule_line *line)
{
	if (p->rule->n_lines >= RULE_LINES_MAX) {
		rule_problem(p, 1, "more than %d lines in one rule", RULE_LINES_MAX);
		return;
	}
	arena_grow(&p->rules->arena, p->rule->lines, p->rule->n_lines, &p->lines_capacity);
	p->rule->lines[p->rule->n_lines++] = *line;
}

static void parse_condition(struct rule_parser *p, enum rule_line_kind kind, bool cpv_given)
{
	struct rule_line line = { .kind = kind, .number = p->number };
	struct token token;
	bool good;

	if (cpv_given) {
		line.subject = ON_CPV;
		good = parse_value_condition(p, &line);
	} else {
		token = rule_lex(&p->lexer);
		line.subject = token.kind != TOKEN_WORD         ? ON_TEXT
			       : str_eqz(token.text, "cpv")     ? ON_CPV
			       : str_eqz(token.text, "nature")  ? ON_NATURE
			       : str_eqz(token.text, "kind")    ? ON_KIND
									: ON_TEXT;
		good = line.subject == ON_TEXT ? parse_text_condition(p, &line, token)
					       : parse_value_condition(p, &line);
	}
	if (good)
		add_line(p, &line);
}

/* A profile's own words are looked at as a title. */
static void parse_for(struct rule_parser *p)
{
	struct rule_line line = { .kind = LINE_FOR, .subject = ON_TEXT, .fields = 1u << FIELD_TITLE,
		.number = p->number };

	if (parse_terms(p, &line, rule_lex(&p->lexer)))
		add_line(p, &line);
}

static void parse_example(struct rule_parser *p, bool fires)
{
	struct rule_example example = { .fires = fires, .number = p->number };
	struct token token;

	if (!expect(p, TOKEN_TEXT, "a title in quotes", &token))
		return;
	example.text = keep(p, token.text);
	end_of_line(p, rule_lex(&p->lexer));
	arena_grow(&p->rules->arena, p->rule->examples, p->rule->n_examples, &p->examples_capacity);
	p->rule->examples[p->rule->n_examples++] = example;
}

static void parse_weight(struct rule_parser *p)
{
	struct rule_weight weight = { .file = p->file, .number = p->number };
	struct token token;

	if (!expect(p, TOKEN_WORD, "a rule's name", &token))
		return;
	weight.name = keep(p, token.text);
	weight.column = token.column;
	if (!expect(p, TOKEN_WORD, "a number of points", &token))
		return;
	if (!parse_points(token.text, &weight.points)) {
		rule_problem(p, token.column, "points are 0 to %d, with one decimal at most", WEIGHT_MAX);
		return;
	}
	end_of_line(p, rule_lex(&p->lexer));
	arena_grow(&p->rules->arena, p->weights, p->n_weights, &p->weights_capacity);
	p->weights[p->n_weights++] = weight;
}

/* WORD { WORD }: each folded; a word that folds to several is several words. */
static void parse_words(struct rule_parser *p, int rarity)
{
	struct rules *rules = p->rules;
	struct token token;

	while ((token = rule_lex(&p->lexer)).kind == TOKEN_WORD || token.kind == TOKEN_COMMA) {
		struct folded folded = fold(&rules->arena, token.text);

		for (uint32_t i = 0; i < folded.n_words; i++) {
			struct str word = folded_word(&folded, i);

			if (rarity < 0) {
				arena_grow(&rules->arena, rules->stop_words, rules->n_stop_words,
					&p->stop_capacity);
				rules->stop_words[rules->n_stop_words++] = word;
			} else {
				arena_grow(&rules->arena, rules->rarities, rules->n_rarities,
					&p->rarities_capacity);
				rules->rarities[rules->n_rarities++] = (struct word_rarity){ word, rarity };
			}
		}
	}
	end_of_line(p, token);
}

static void parse_rarity(struct rule_parser *p)
{
	struct token token;
	unsigned rarity;

	if (!expect(p, TOKEN_WORD, "a number from 0 to 10", &token))
		return;
	if (!str_to_uint(token.text, 10, &rarity)) {
		rule_problem(p, token.column, "rarity is a number from 0 (proves nothing) to 10");
		return;
	}
	parse_words(p, (int)rarity);
}

static bool belongs_to_rule(struct str verb)
{
	static const char *const verbs[] = { "any", "need", "not", "for", "cpv", "example", "counter" };

	for (size_t i = 0; i < LENGTH(verbs); i++)
		if (str_eqz(verb, verbs[i]))
			return true;
	return false;
}

static void parse_line(struct rule_parser *p)
{
	struct token verb = rule_lex(&p->lexer);

	if (verb.kind == TOKEN_END)
		return;
	if (verb.kind != TOKEN_WORD) {
		rule_problem(p, verb.column, "expected field, rule, any, need, not, for, cpv, example, counter, "
					     "weight, rarity or stop");
	} else if (belongs_to_rule(verb.text) && p->rule == NULL) {
		rule_problem(p, verb.column, "\"%.*s\" belongs below a rule", STR_ARG(verb.text));
	} else if (str_eqz(verb.text, "field")) {
		p->rule = NULL;
		parse_field(p);
	} else if (str_eqz(verb.text, "rule")) {
		parse_rule(p);
	} else if (str_eqz(verb.text, "any")) {
		parse_condition(p, LINE_ANY, false);
	} else if (str_eqz(verb.text, "cpv")) {
		parse_condition(p, LINE_ANY, true);
	} else if (str_eqz(verb.text, "need")) {
		parse_condition(p, LINE_NEED, false);
	} else if (str_eqz(verb.text, "not")) {
		parse_condition(p, LINE_NOT, false);
	} else if (str_eqz(verb.text, "for")) {
		parse_for(p);
	} else if (str_eqz(verb.text, "example") || str_eqz(verb.text, "counter")) {
		parse_example(p, str_eqz(verb.text, "example"));
	} else if (str_eqz(verb.text, "weight")) {
		p->rule = NULL;
		parse_weight(p);
	} else if (str_eqz(verb.text, "rarity")) {
		p->rule = NULL;
		parse_rarity(p);
	} else if (str_eqz(verb.text, "stop")) {
		p->rule = NULL;
		parse_words(p, -1);
	} else {
		rule_problem(p, verb.column, "unknown word \"%.*s\"; expected field, rule, any, need, not, "
					     "for, cpv, example, counter, weight, rarity or stop",
			STR_ARG(verb.text));
	}
}

/* The rule's own lines, for `rules show`: from its "rule" line to the last line that belongs to it. */
static void keep_source(struct rule_parser *p, struct rule *rule, const char *rule_start,
	struct str line)
{
	if (rule != NULL)
		rule->text = keep(p, str_n(rule_start, (size_t)(line.ptr + line.len - rule_start)));
}

void rule_parse_file(struct rule_parser *p, struct str name, struct str text)
{
	struct str rest = text, line;
	const char *rule_start = text.ptr;
	struct rule *before;

	p->file = keep(p, name);
	p->number = 0;
	p->rule = NULL;
	if (text.len > RULES_FILE_MAX || !str_utf8_valid(text)) {
		p->lexer = (struct rule_lexer){ .line = STR("") };
		rule_problem(p, 1, text.len > RULES_FILE_MAX ? "the file is larger than 1 MiB"
							     : "the file is not valid UTF-8");
		return;
	}
	str_prefix(&rest, "\xEF\xBB\xBF");
	while (str_cut(&rest, '\n', &line)) {
		p->number++;
		if (str_ends(line, "\r"))
			line.len--;
		p->lexer = (struct rule_lexer){ .line = line, .arena = &p->rules->arena };
		if (line.len > RULE_LINE_MAX) {
			rule_problem(p, 1, "the line is longer than %d bytes", RULE_LINE_MAX);
			continue;
		}
		before = p->rule;
		parse_line(p);
		if (p->rule != before)
			rule_start = line.ptr;
		if (str_trim(line).len > 0)
			keep_source(p, p->rule, rule_start, line);
	}
}
