/*
 * The rule language: what administrators write, read into rules that the matcher can run. The full
 * manual is appariteur-rules(5); the grammar stands above the parser in src/match/rule_parse.c.
 *
 *	field cybersecurite "Cybersécurité" "Cybersecurity" cap 10
 *
 *	rule cybersecurite.soc "Supervision de sécurité (SOC)"
 *	    any      title, lots   "supervision de la sécurité"  /\bSOC\b/C
 *	    cpv      72212730
 *	    not      title         vidéosurveillance
 *	    example  "Centre opérationnel de sécurité (SOC) managé"
 *	    counter  "Vidéosurveillance des parkings"
 *	weight cybersecurite.soc  8
 *
 * A rule fires when one of its `any` or `cpv` lines holds, every `need` line holds and no `not` line
 * does. A profile of whose words it fires, or that has words of its `for` lines, is told of it. Rules are parsed from several files together; the order of files does not matter.
 */
#ifndef MATCH_RULES_H
#define MATCH_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "gate/regex.h"
#include "match/receipt.h"
#include "tender/notice.h"

/* Ceilings (RELIABILITY 4). */
enum {
	RULES_FILE_MAX = 1 << 20, /* bytes of one file */
	RULES_MAX = 5000,
	RULE_LINES_MAX = 64,
	RULE_TERMS_MAX = 4000,    /* of one rule */
	RULE_LINE_MAX = 8000,     /* bytes of one line */
	RULES_PROBLEMS_MAX = 100,
};

/* Where a term may be looked for, and where a hit was. */
enum match_field {
	FIELD_TITLE,
	FIELD_LOT_TITLE,
	FIELD_SUBJECTS,
	FIELD_DESCRIPTION,
	FIELD_LOT_DESCRIPTION,
	FIELD_CRITERIA,
	FIELD_BUYER,
	FIELD_CPV,
	FIELDS
};
const char *match_field_name(enum match_field field); /* "title", "lot.title", … */

enum rule_term_kind {
	TERM_WORDS,   /* words in their inflected forms, function words between them do not count */
	TERM_EXACT,   /* ="…": these very folded words */
	TERM_PATTERN, /* /…/ on the folded text, /…/C on the text as written */
};
struct rule_term {
	enum rule_term_kind kind;
	struct str text;
	bool raw;            /* TERM_PATTERN: flag C */
	struct str pattern;  /* TERM_PATTERN: as it runs, folded unless raw */
	struct regex *regex; /* TERM_PATTERN */
};

enum rule_line_kind {
	LINE_ANY,
	LINE_NEED,
	LINE_NOT,
	LINE_FOR, /* looked for in profiles only: who hears of the rule beside those it fires on */
};
enum rule_subject { ON_TEXT, ON_CPV, ON_NATURE, ON_KIND };
struct rule_line {
	enum rule_line_kind kind;
	enum rule_subject subject;
	unsigned fields;         /* ON_TEXT: bits of enum match_field */
	struct rule_term *terms; /* ON_TEXT */
	size_t n_terms;
	struct codes branches;   /* ON_CPV: significant digits */
	unsigned values;         /* ON_NATURE, ON_KIND: bits of the enum */
	unsigned number;         /* line in the file */
};

struct rule_example {
	struct str text;
	bool fires;
	unsigned number;
};

struct rule {
	struct str name;                 /* "cybersecurite.soc": its field of activity, a dot, the rest */
	struct str label, label_en;      /* label_en is label when not given */
	size_t field;                    /* index in rules->fields */
	points_t weight;
	struct rule_line *lines;
	size_t n_lines;
	struct rule_example *examples;
	size_t n_examples;
	struct str file, text;           /* file name and the rule as written */
	unsigned number;
};

struct activity { /* field of activity (filière) */
	struct str slug, label, label_en;
	points_t cap; /* most points its rules may give one match */
	struct str file;
	unsigned number;
};

struct word_rarity {
	struct str word; /* folded */
	int rarity;      /* 0 proves nothing … 10 */
};

struct rules {
	struct arena arena;
	struct activity *fields; /* by slug */
	size_t n_fields;
	struct rule *rules;      /* by name */
	size_t n_rules;
	struct word_rarity *rarities;
	size_t n_rarities;
	struct str *stop_words;  /* folded */
	size_t n_stop_words;
};

struct rule_source {
	struct str name, text;
};
struct rule_problem {
	struct str file;
	unsigned line, column; /* from 1 */
	struct str text;       /* what is wrong and what was expected */
	struct str source;     /* the line itself */
};

/*
 * Parses and checks all files. On success `*ret` is the whole set. ERROR_INPUT when anything is wrong:
 * `err` tells the first problem as file:line:column, and all of them (at most RULES_PROBLEMS_MAX) are
 * in `problems`, in `arena`.
 */
int rules_parse(const struct rule_source *files, size_t n_files, struct arena *arena,
	struct rule_problem **problems, size_t *n_problems, struct rules **ret, struct error *err)
	MUST_CHECK;
void *rules_free(struct rules *rules);
DEFINE_CLEANUP(rules, rules_free);

const struct rule *rules_find(const struct rules *rules, struct str name); /* NULL */
const struct activity *rules_field(const struct rules *rules, struct str slug, size_t *ret_index);

#endif
