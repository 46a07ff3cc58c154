/*
 * Reading rule files into struct rules: rule_parse.c statements, rule_condition.c what stands behind
 * any, need and not, of which rule_fact.c what is asked of facts, rule_example.c examples, rule_link.c
 * what joins files (lists, word families, rules that ask for rules), rule_problem.c what is told of all
 * that is wrong. Checks that concern the whole set are in rules.c.
 */
#ifndef MATCH_RULE_PARSE_H
#define MATCH_RULE_PARSE_H

#include "match/rules.h"
#include "rule_lex.h"

enum { RULE_WEIGHT_NONE = -1, RULE_SOURCE_MAX = 300 };

struct rule_weight {
	struct str name, why;
	struct rule_place place;
	points_t points;
	bool override;
};

/* Terms while they are read. */
struct rule_terms {
	struct rule_term *at;
	size_t n, capacity;
};
struct rule_list {
	struct str name;
	struct rule_place place;
	struct rule_terms terms;
};
struct family_word {
	struct str text; /* folded */
	size_t family;
	struct rule_place place;
};

struct rule_parser {
	struct rules *rules; /* what is being built */
	struct arena *report; /* where problems go */
	struct rule_problem *problems;
	size_t n_problems, problems_capacity;
	bool failed;

	struct str file;
	unsigned number; /* line */
	struct rule_lexer lexer;
	struct rule *rule; /* the one that lines belong to */
	bool rule_lost;    /* there is one, but its first line was wrong */
	struct str owner;  /* of the rules of this file */
	day_t since;
	size_t rule_terms;

	/* in rules->arena */
	struct rule_weight *weights;
	size_t n_weights;
	struct rule_list *lists;
	size_t n_lists;
	struct family_word *family_words;
	size_t n_family_words, n_families;
	size_t fields_capacity, rules_capacity, lines_capacity, examples_capacity, weights_capacity,
		rarities_capacity, stop_capacity, lists_capacity, family_capacity;
};

/* Name and text stay where they are as long as the rules, which point into them. */
void rule_parse_file(struct rule_parser *p, struct str name, struct str text);

/* rule_problem.c */
struct rule_place rule_here(const struct rule_parser *p, unsigned column);
void rule_problem(struct rule_parser *p, unsigned column, const char *fmt, ...) PRINTF_LIKE(3, 4);
void rule_problem_at(struct rule_parser *p, const struct rule_place *place, const char *fmt, ...)
	PRINTF_LIKE(3, 4);
/* Which line of the file's text is none, being no UTF-8. */
void rule_problem_utf8(struct rule_parser *p, struct str text);
/* The name that was probably meant, or NULL; names may be NULL. */
const char *rule_nearest(struct str word, const char *const *names, size_t n);

/* tokens */
bool rule_expect(struct rule_parser *p, enum token_kind kind, const char *what, struct token *ret);
/*
 * Behind a value of several: the next token, past a comma. False, and a problem, when no value stands behind
 * that comma: nothing, or the word `not_value` (NULL: none) that goes on with something else.
 */
bool rule_next_value(struct rule_parser *p, struct token *token, const char *not_value);
void rule_end_of_line(struct rule_parser *p, struct token token);
struct str rule_keep(struct rule_parser *p, struct str text);

/* rule_condition.c */
void rule_parse_condition(struct rule_parser *p, enum rule_line_kind kind, bool cpv_given);
void rule_parse_for(struct rule_parser *p);
/*
 * term { [","] term } from *token on, which is then the one behind: the bare words `with` and `unless` end
 * the terms. False when a problem was told.
 */
bool rule_parse_terms(struct rule_parser *p, struct rule_terms *ret, struct token *token);

/* rule_fact.c */
/* "40000", "40k", "2.5M": cents. */
bool rule_parse_amount(struct str text, int64_t *ret_cents);
/* One value of a fact into the line; false when a problem was told. */
bool rule_parse_value(struct rule_parser *p, enum rule_subject subject, struct token token,
	unsigned *values, struct codes *words);
/* The rest of the line: values of one of a few kinds, or a range; false when a problem was told. */
bool rule_parse_values(struct rule_parser *p, struct rule_line *line, struct token token);
bool rule_parse_range(struct rule_parser *p, struct rule_line *line, struct token token);

/* rule_example.c */
void rule_parse_example(struct rule_parser *p, bool fires);

/* rule_link.c: statements of lists and families, and then, rules in order of name, fields known, what they mean */
void rule_parse_list(struct rule_parser *p);
void rule_parse_family(struct rule_parser *p);
struct rule_list *rule_list_find(struct rule_parser *p, struct str name);
void rule_link(struct rule_parser *p);

#endif
