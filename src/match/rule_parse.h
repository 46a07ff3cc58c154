/* Reading rule files into struct rules; checks that concern the whole set are in rules.c. */
#ifndef MATCH_RULE_PARSE_H
#define MATCH_RULE_PARSE_H

#include "match/rules.h"
#include "rule_lex.h"

enum { RULE_WEIGHT_NONE = -1 };

struct rule_weight {
	struct str name, file;
	points_t points;
	unsigned number, column;
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
	size_t rule_terms;

	struct rule_weight *weights; /* in rules->arena */
	size_t n_weights;
	size_t fields_capacity, rules_capacity, lines_capacity, examples_capacity, weights_capacity,
		rarities_capacity, stop_capacity;
};

void rule_parse_file(struct rule_parser *p, struct str name, struct str text);
void rule_problem(struct rule_parser *p, unsigned column, const char *fmt, ...) PRINTF_LIKE(3, 4);

#endif
