/*
 * The grammar of rule files (appariteur-rules(5) explains it with examples):
 *
 *	file    = { line newline }
 *	line    = [ field | rule | any | need | not | for | cpv | example | counter | owner | since | weight
 *	          | override | list | family | rarity | stop ] [ comment ]
 *	field   = "field" SLUG TEXT [ TEXT ] [ "cap" NUMBER ]
 *	rule    = "rule" SLUG "." NAME TEXT [ TEXT ]
 *	any     = "any" ( text | codes | "rule" rules )
 *	cpv     = "cpv" codelist                     short for any cpv
 *	need    = "need" condition
 *	not     = "not" condition
 *	for     = "for" terms             words of a profile that make the rule its own
 *	condition = [ "notice" ] text | codes | "rule" rules | fact
 *	text    = fields [ "at-least" NUMBER ( "of" | "times" ) ] terms [ unless ]
 *	        | fields "near" span [ "ordered" ] terms "with" terms { "with" terms } [ unless ]
 *	unless  = "unless" ( "near" NUMBER | "sentence" | "field" ) terms
 *	span    = NUMBER | "sentence" | "field"
 *	terms   = term { [","] term }
 *	term    = WORD | TEXT | "=" (WORD | TEXT) | "/" PCRE2 "/" [ "C" ] | "@" LIST
 *	          in WORD and TEXT, "~" before a word stands for its family
 *	fields  = FIELD { "," FIELD }     title lots lot-title lot-description text description subjects criteria buyer
 *	codes   = "cpv" codelist
 *	codelist = CODE { [","] CODE } [ "within" NUMBER ] | "=" CODE { [","] "=" CODE }
 *	rules   = SLUG "." ( NAME | "*" ) { [","] … }
 *	fact    = ( "nature" | "kind" | "procedure" | "buyer-kind" | "place" | "marked" )
 *	          VALUE { [","] VALUE } [ "or-unknown" ]
 *	        | "amount" range [ CURRENCY ] [ "or-unknown" ]
 *	        | ( "published" | "deadline" | "days-left" ) range [ "or-unknown" ]
 *	range   = "from" VALUE [ "to" VALUE ] | "to" VALUE [ "from" VALUE ]
 *	example = ( "example" | "counter" ) TEXT { WORD ( WORD | TEXT ) }    rule_example.c has the words
 *	owner   = "owner" TEXT            of the rule; above any rule: of all rules of the file
 *	since   = "since" DATE
 *	weight  = "weight" SLUG "." NAME NUMBER      points, one decimal at most
 *	override = "override" SLUG "." NAME NUMBER [ TEXT ]
 *	list    = "list" NAME terms       more lines of the same name add to it
 *	family  = "family" ( WORD | TEXT ) [","] ( WORD | TEXT ) { [","] ( WORD | TEXT ) }
 *	rarity  = "rarity" 0..10 WORD { [","] WORD }
 *	stop    = "stop" WORD { [","] WORD }
 *	comment = "#" …
 *
 * Conditions, examples, owner and since belong to the rule above them. Here are the statements; the
 * other files are listed in rule_parse.h.
 */
#include "rule_parse.h"

#include <string.h>

#include "base/fold.h"
#include "tender/profile.h"

enum { WEIGHT_MAX = 1000, CAP_DEFAULT = 120 };

struct str rule_keep(struct rule_parser *p, struct str text)
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

bool rule_expect(struct rule_parser *p, enum token_kind kind, const char *what, struct token *ret)
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
		*label_en = rule_keep(p, ret_next->text);
		*ret_next = rule_lex(&p->lexer);
	} else {
		*label_en = *label;
	}
}

void rule_end_of_line(struct rule_parser *p, struct token token)
{
	if (token.kind == TOKEN_BAD)
		rule_problem(p, token.column, "%.*s", STR_ARG(token.text));
	else if (token.kind != TOKEN_END)
		rule_problem(p, token.column, "nothing more was expected on this line");
}

bool rule_next_value(struct rule_parser *p, struct token *token, const char *not_value)
{
	*token = rule_lex(&p->lexer);
	if (token->kind != TOKEN_COMMA)
		return true;
	*token = rule_lex(&p->lexer);
	if (token->kind != TOKEN_END && token->kind != TOKEN_COMMA &&
		(not_value == NULL || !token_is_word(token, not_value)))
		return true;
	rule_problem(p, token->column, "expected one more behind the comma");
	return false;
}

static void parse_field(struct rule_parser *p)
{
	struct activity field = { .cap = CAP_DEFAULT, .file = p->file, .number = p->number };
	struct token token;

	if (!rule_expect(p, TOKEN_WORD, "the field's slug, like cybersecurite", &token))
		return;
	if (!slug_valid(token.text)) {
		rule_problem(p, token.column, "a slug has lower-case letters, digits and hyphens only");
		return;
	}
	field.slug = rule_keep(p, token.text);
	if (!rule_expect(p, TOKEN_TEXT, "a label in quotes", &token))
		return;
	field.label = rule_keep(p, token.text);
	parse_labels(p, &field.label, &field.label_en, &token);
	if (token.kind == TOKEN_WORD && str_eqz(token.text, "cap")) {
		if (!rule_expect(p, TOKEN_WORD, "a number of points", &token))
			return;
		if (!parse_points(token.text, &field.cap)) {
			rule_problem(p, token.column, "points are 0 to %d, with one decimal at most", WEIGHT_MAX);
			return;
		}
		token = rule_lex(&p->lexer);
	}
	rule_end_of_line(p, token);
	arena_grow(&p->rules->arena, p->rules->fields, p->rules->n_fields, &p->fields_capacity);
	p->rules->fields[p->rules->n_fields++] = field;
}

static bool parse_rule_name(struct rule_parser *p, struct rule *rule)
{
	struct token token;

	if (!rule_expect(p, TOKEN_WORD, "the rule's name, like cybersecurite.soc", &token))
		return false;
	if (str_find_char(token.text, '.') == SIZE_MAX || str_ends(token.text, ".")) {
		rule_problem(p, token.column, "a rule's name is its field of activity, a dot, and a name");
		return false;
	}
	if (token.text.len > RULE_NAME_MAX) {
		rule_problem(p, token.column, "a rule's name has at most %d bytes; say the rest in its label", RULE_NAME_MAX);
		return false;
	}
	for (size_t i = 0; i < token.text.len; i++) {
		if (strchr("*@~'+", token.text.ptr[i]) == NULL)
			continue;
		rule_problem(p, token.column, "a rule's name has letters, digits, hyphens, dots and _ only");
		return false;
	}
	if (p->rules->n_rules >= RULES_MAX) {
		rule_problem(p, token.column, "more than %d rules", RULES_MAX);
		return false;
	}
	rule->name = rule_keep(p, token.text);
	if (!rule_expect(p, TOKEN_TEXT, "a label in quotes", &token))
		return false;
	rule->label = rule_keep(p, token.text);
	parse_labels(p, &rule->label, &rule->label_en, &token);
	rule_end_of_line(p, token);
	return true;
}

static void parse_rule(struct rule_parser *p)
{
	struct rule rule = { .file = p->file, .number = p->number,
		.weight = RULE_WEIGHT_NONE, .owner = p->owner, .since = p->since };

	p->rule = NULL;
	p->rule_lost = !parse_rule_name(p, &rule); /* its lines are passed over in silence */
	if (p->rule_lost)
		return;
	arena_grow(&p->rules->arena, p->rules->rules, p->rules->n_rules, &p->rules_capacity);
	p->rule = &p->rules->rules[p->rules->n_rules++];
	*p->rule = rule;
	p->lines_capacity = p->examples_capacity = 0;
	p->rule_terms = 0;
}

static void parse_weight(struct rule_parser *p, bool override)
{
	struct rule_weight weight = { .override = override };
	struct token token;

	if (!rule_expect(p, TOKEN_WORD, "a rule's name", &token))
		return;
	weight.name = rule_keep(p, token.text);
	weight.place = rule_here(p, token.column);
	if (!rule_expect(p, TOKEN_WORD, "a number of points", &token))
		return;
	if (!parse_points(token.text, &weight.points)) {
		rule_problem(p, token.column, "points are 0 to %d, with one decimal at most", WEIGHT_MAX);
		return;
	}
	token = rule_lex(&p->lexer);
	if (override && token.kind == TOKEN_TEXT) {
		weight.why = rule_keep(p, token.text);
		token = rule_lex(&p->lexer);
	}
	rule_end_of_line(p, token);
	arena_grow(&p->rules->arena, p->weights, p->n_weights, &p->weights_capacity);
	p->weights[p->n_weights++] = weight;
}

/* owner, since */

static void parse_owner(struct rule_parser *p)
{
	struct str *owner = p->rule != NULL ? &p->rule->owner : &p->owner;
	struct token token;

	if (!rule_expect(p, TOKEN_TEXT, "who answers for the rule, in quotes", &token))
		return;
	*owner = rule_keep(p, token.text);
	rule_end_of_line(p, rule_lex(&p->lexer));
}

static void parse_since(struct rule_parser *p)
{
	struct token token;
	day_t day;

	if (!rule_expect(p, TOKEN_WORD, "a date like 2026-03-01", &token))
		return;
	day = token.text.len == 10 ? day_parse(token.text) : DAY_NONE;
	if (day == DAY_NONE) {
		rule_problem(p, token.column, "expected a date like 2026-03-01");
		return;
	}
	*(p->rule != NULL ? &p->rule->since : &p->since) = day;
	rule_end_of_line(p, rule_lex(&p->lexer));
}

/* WORD { [","] WORD }: each folded; a word that folds to several is several words. */
static void parse_words(struct rule_parser *p, int rarity)
{
	struct rules *rules = p->rules;
	struct token token;

	if (!rule_expect(p, TOKEN_WORD, "at least one word", &token))
		return;
	while (token.kind == TOKEN_WORD) {
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
		if (!rule_next_value(p, &token, NULL))
			return;
	}
	rule_end_of_line(p, token);
}

static void parse_rarity(struct rule_parser *p)
{
	struct token token;
	unsigned rarity;

	if (!rule_expect(p, TOKEN_WORD, "a number from 0 to 10", &token))
		return;
	if (!str_to_uint(token.text, 10, &rarity)) {
		rule_problem(p, token.column, "rarity is a number from 0 (proves nothing) to 10");
		return;
	}
	parse_words(p, (int)rarity);
}

static void parse_any(struct rule_parser *p) { rule_parse_condition(p, LINE_ANY, false); }
static void parse_cpv(struct rule_parser *p) { rule_parse_condition(p, LINE_ANY, true); }
static void parse_need(struct rule_parser *p) { rule_parse_condition(p, LINE_NEED, false); }
static void parse_not(struct rule_parser *p) { rule_parse_condition(p, LINE_NOT, false); }
static void parse_example(struct rule_parser *p) { rule_parse_example(p, true); }
static void parse_counter(struct rule_parser *p) { rule_parse_example(p, false); }
static void parse_own_weight(struct rule_parser *p) { parse_weight(p, false); }
static void parse_override(struct rule_parser *p) { parse_weight(p, true); }
static void parse_stop(struct rule_parser *p) { parse_words(p, -1); }

/* What a line may begin with, in the order in which messages tell it. */
static const struct statement {
	const char *verb;
	void (*parse)(struct rule_parser *p);
	enum { APART, OF_RULE, OF_EITHER } place; /* ends the rule above, belongs to it, or either */
} statements[] = {
	{ "field", parse_field, APART },
	{ "rule", parse_rule, APART },
	{ "any", parse_any, OF_RULE },
	{ "need", parse_need, OF_RULE },
	{ "not", parse_not, OF_RULE },
	{ "for", rule_parse_for, OF_RULE },
	{ "cpv", parse_cpv, OF_RULE },
	{ "example", parse_example, OF_RULE },
	{ "counter", parse_counter, OF_RULE },
	{ "owner", parse_owner, OF_EITHER },
	{ "since", parse_since, OF_EITHER },
	{ "weight", parse_own_weight, APART },
	{ "override", parse_override, APART },
	{ "list", rule_parse_list, APART },
	{ "family", rule_parse_family, APART },
	{ "rarity", parse_rarity, APART },
	{ "stop", parse_stop, APART },
};

#define STATEMENTS                                                                                  \
	"field, rule, any, need, not, for, cpv, example, counter, owner, since, weight, override, list, " \
	"family, rarity or stop"

static void unknown_verb(struct rule_parser *p, const struct token *verb)
{
	const char *verbs[LENGTH(statements)], *nearest;

	for (size_t i = 0; i < LENGTH(statements); i++)
		verbs[i] = statements[i].verb;
	nearest = rule_nearest(verb->text, verbs, LENGTH(verbs));
	if (nearest != NULL)
		rule_problem(p, verb->column, "unknown word \"%.*s\"; did you mean %s?", STR_ARG(verb->text),
			nearest);
	else
		rule_problem(p, verb->column, "unknown word \"%.*s\"; expected " STATEMENTS,
			STR_ARG(verb->text));
}

static void parse_line(struct rule_parser *p)
{
	struct token verb = rule_lex(&p->lexer);

	if (verb.kind == TOKEN_END)
		return;
	if (verb.kind != TOKEN_WORD) {
		rule_problem(p, verb.column, "expected " STATEMENTS);
		return;
	}
	for (size_t i = 0; i < LENGTH(statements); i++) {
		if (!str_eqz(verb.text, statements[i].verb))
			continue;
		if (statements[i].place == OF_RULE && p->rule == NULL) {
			if (!p->rule_lost)
				rule_problem(p, verb.column, "\"%.*s\" belongs below a rule; begin one with: "
							     "rule SLUG.NAME \"…\"", STR_ARG(verb.text));
			return;
		}
		if (statements[i].place == APART)
			p->rule = NULL, p->rule_lost = false;
		statements[i].parse(p);
		return;
	}
	unknown_verb(p, &verb);
}

/* The rule's own lines, for `rules show`: from its "rule" line to the last line that belongs to it. */
static void keep_source(struct rule *rule, const char *rule_start, struct str line)
{
	if (rule != NULL)
		rule->text = str_n(rule_start, (size_t)(line.ptr + line.len - rule_start));
}

/* Nobody sees that it stands there, and words that hold it are found nowhere; or it turns what is seen around. */
static bool unseen(uint32_t c)
{
	return (c < 0x20 && c != '\t') || (c >= 0x7f && c < 0xa0) || c == 0xad || (c >= 0x200b && c <= 0x200f) ||
	       (c >= 0x202a && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff;
}

static bool check_characters(struct rule_parser *p, struct str line)
{
	unsigned column = 1;

	for (size_t at = 0; at < line.len; column++) {
		uint32_t c = str_utf8_next(line, &at);

		if (!unseen(c))
			continue;
		rule_problem(p, column, "a character that is not seen (U+%04X) stands here; take it out", c);
		return false;
	}
	return true;
}

void rule_parse_file(struct rule_parser *p, struct str name, struct str text)
{
	struct str rest = text, line;
	const char *rule_start = text.ptr;
	struct rule *before;

	p->file = name;
	p->number = 0;
	p->rule = NULL;
	p->rule_lost = false;
	p->owner = STR_NONE;
	p->since = DAY_NONE;
	if (text.len > RULES_FILE_MAX || !str_utf8_valid(text)) {
		p->lexer = (struct rule_lexer){ .line = STR("") };
		if (text.len > RULES_FILE_MAX)
			rule_problem(p, 1, "the file is larger than 1 MiB; split it, files are read together");
		else
			rule_problem_utf8(p, text);
		return;
	}
	str_prefix(&rest, "\xEF\xBB\xBF");
	while (str_cut(&rest, '\n', &line)) {
		p->number++;
		if (str_ends(line, "\r"))
			line.len--;
		p->lexer = (struct rule_lexer){ .line = line, .arena = &p->rules->arena };
		if (line.len > RULE_LINE_MAX) {
			rule_problem(p, 1, "the line is longer than %d bytes; write its terms on several lines", RULE_LINE_MAX);
			continue;
		}
		if (!check_characters(p, line))
			continue;
		before = p->rule;
		parse_line(p);
		if (p->rule != before)
			rule_start = line.ptr;
		if (str_trim(line).len > 0)
			keep_source(p->rule, rule_start, line);
	}
}
