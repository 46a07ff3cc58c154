/*
 * The rule language: what administrators write, read into rules that the matcher can run. The full
 * manual is appariteur-rules(5); the grammar stands above the parser in src/match/rule_parse.c.
 *
 *	field cybersecurite "Cybersécurité" "Cybersecurity" cap 10
 *	list supervision  "supervision de la sécurité" "centre de supervision"
 *
 *	rule cybersecurite.soc "Supervision de sécurité (SOC)"
 *	    any      title, lots   @supervision  /\bSOC\b/C
 *	    any      text          near 5  supervision  with  cybersécurité  unless sentence  incendie
 *	    cpv      72212730 within 1
 *	    need     amount from 40000 or-unknown
 *	    not      title         vidéosurveillance
 *	    not      rule          cybersecurite.assurance
 *	    example  "Centre opérationnel de sécurité (SOC) managé"
 *	    counter  "Vidéosurveillance des parkings"
 *	weight cybersecurite.soc  8
 *
 * A rule fires when one of its `any` or `cpv` lines holds, every `need` line holds and no `not` line
 * does. A profile of whose words it fires, or that has words of its `for` lines, is told of it. Rules are
 * parsed from several files together; the order of files does not matter.
 *
 * rules_parse() reads and compiles, and is what running processes use. rules_admit() asks more, of what
 * somebody is about to activate: that nothing in it is useless or slow.
 */
#ifndef MATCH_RULES_H
#define MATCH_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/date.h"
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
	RULE_NAME_MAX = 80,       /* bytes of a rule's name */
	RULE_GROUPS_MAX = 8,      /* `with` of one `near` */
	RULE_NEAR_MAX = 50,       /* words between */
	RULE_COUNT_MAX = 100,     /* of `at-least` */
	RULE_LISTS_MAX = 1000,
	RULE_LEVELS_MAX = 32,     /* rules that ask for rules that ask … */
	RULE_FORMS_MAX = 64,      /* of one term with word families */
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
	TERM_LIST,    /* @name, while files are read; afterwards its terms stand there */
};
struct rule_place {
	struct str file;
	unsigned line, column; /* from 1; line 0: the file as a whole */
};
struct rule_term {
	enum rule_term_kind kind;
	struct str text;
	bool raw;            /* TERM_PATTERN: flag C */
	struct str pattern;  /* TERM_PATTERN: as it runs, folded unless raw */
	const struct regex *regex; /* TERM_PATTERN; the set owns it */
	struct rule_place place;
};
struct rule_group { /* terms of which any will do */
	struct rule_term *terms;
	size_t n_terms;
};

/* How near to each other two occurrences must stand, in the text of one field. */
enum rule_span { SPAN_NONE, SPAN_WORDS, SPAN_SENTENCE, SPAN_FIELD };
struct rule_near {
	enum rule_span span;
	unsigned words; /* SPAN_WORDS: at most so many between them, function words too */
	bool ordered;   /* the first group's comes first */
};
enum rule_count {
	COUNT_NONE,
	COUNT_DISTINCT, /* at least so many of the terms */
	COUNT_TIMES,    /* at least so many occurrences of them, in all its fields together */
};

enum rule_line_kind {
	LINE_ANY,
	LINE_NEED,
	LINE_NOT,
	LINE_FOR, /* looked for in profiles only: who hears of the rule beside those it fires on */
};
enum rule_subject {
	ON_TEXT,
	ON_CPV,
	ON_RULE, /* another rule fires, in the same scope */
	/* facts of the notice, or of the lot where it has its own */
	ON_NATURE,
	ON_KIND,
	ON_PROCEDURE,
	ON_BUYER_KIND,
	ON_MARKED,
	ON_PLACE,
	ON_AMOUNT,    /* estimate, ceiling or award, whichever the notice tells */
	ON_PUBLISHED, /* days */
	ON_DEADLINE,  /* its day in Paris */
	ON_DAYS_LEFT, /* from publication to deadline */
};
/* What the publisher has ticked: ON_MARKED. */
enum rule_mark { MARK_INNOVATIVE, MARK_SME, MARK_RESERVED, MARKS };

struct rule_line {
	enum rule_line_kind kind;
	enum rule_subject subject;
	bool anywhere;           /* ON_TEXT, need and not: a hit in any lot will do */
	unsigned fields;         /* ON_TEXT: bits of enum match_field */
	struct rule_term *terms; /* ON_TEXT: the first group, the evidence */
	size_t n_terms;
	struct rule_near near;   /* SPAN_NONE: no other group */
	struct rule_group *with; /* the other groups, each near the first */
	size_t n_with;
	enum rule_count count;
	unsigned least;
	struct rule_near unless; /* SPAN_NONE: every occurrence counts; else those do not that stand … */
	struct rule_group except; /* … so near one of these */
	struct codes branches;   /* ON_CPV: significant digits */
	bool own;                /* ON_CPV: this very code, none below it */
	unsigned within;         /* ON_CPV: codes at most so many steps away in the tree, 0: those below */
	unsigned values;         /* bits of the enum: ON_NATURE, ON_KIND, ON_BUYER_KIND, ON_MARKED */
	struct codes words;      /* ON_PROCEDURE, ON_PLACE */
	int64_t from, to;        /* cents or days, both included; RULE_UNBOUNDED */
	char currency[4];        /* ON_AMOUNT */
	bool or_unknown;         /* holds also where the notice does not tell */
	uint32_t *rules;         /* ON_RULE: indexes in rules->rules, never its own (names in `terms` until all are read) */
	size_t n_rules;
	unsigned number;         /* line in the file */
};
#define RULE_UNBOUNDED INT64_MIN
/* Does the line need more than where its terms first occur? */
static inline bool rule_line_reads_again(const struct rule_line *line)
{
	return line->near.span != SPAN_NONE || line->unless.span != SPAN_NONE ||
	       line->count == COUNT_TIMES;
}

struct rule_example {
	struct str text;     /* the title */
	struct notice *more; /* with the title, where the example tells of more; NULL: thousands do not */
	bool fires;
	unsigned number;
};

struct rule {
	struct str name;                 /* "cybersecurite.soc": its field of activity, a dot, the rest */
	struct str label, label_en;      /* label_en is label when not given */
	size_t field;                    /* index in rules->fields */
	points_t weight;                 /* what counts: the override's where there is one */
	points_t weight_own;             /* as its `weight` line says */
	bool overridden;
	struct rule_place weight_place;  /* of the line that counts */
	struct str why;                  /* the override's; STR_NONE */
	struct str owner;                /* who answers for it; STR_NONE */
	day_t since;                     /* DAY_NONE */
	struct rule_line *lines;
	size_t n_lines;
	unsigned facts;                  /* lines on facts */
	unsigned level;                  /* 0: asks for no other rule; else above all it asks for */
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

struct rule_source {
	struct str name, text;
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
	uint32_t *meta;          /* rules of level 1 and more, by level, then name */
	size_t n_meta;
	struct regex **regexes;
	size_t n_regexes, regexes_capacity;
	struct rule_source *sources; /* the files, for messages */
	size_t n_sources;
};

struct rule_problem {
	struct str file;
	unsigned line, column; /* from 1 */
	struct str text;       /* what is wrong and what was expected */
	struct str source;     /* the line itself */
};

/* The notice that the example tells of, in `room` or in the rules. */
const struct notice *rule_example_notice(const struct rule_example *example, struct notice *room);

/*
 * Parses and checks all files. On success `*ret` is the whole set. ERROR_INPUT when anything is wrong:
 * `err` tells the first problem as file:line:column, and all of them (at most RULES_PROBLEMS_MAX) are
 * in `problems`, in `arena`.
 */
int rules_parse(const struct rule_source *files, size_t n_files, struct arena *arena,
	struct rule_problem **problems, size_t *n_problems, struct rules **ret, struct error *err)
	MUST_CHECK;
/*
 * What a set must be beyond well-formed before it may be activated (RELIABILITY R2): no term of function
 * words alone, no pattern that every text would have to be tried on, none that costs more than its
 * budget on 4 KiB of texts made from its own letters and classes (gate/regex.h, regex_trial). 0, or
 * ERROR_INPUT as rules_parse() tells it. Uses CPU time, no clock.
 */
int rules_admit(const struct rules *rules, struct arena *arena, struct rule_problem **problems,
	size_t *n_problems, struct error *err) MUST_CHECK;

/*
 * What may be written and is perhaps not meant: a phrase that is found wherever one of its words is, since the others are
 * function words ("système son"). Told as problems are.
 */
void rules_doubt(const struct rules *rules, struct arena *arena, struct rule_problem **doubts, size_t *n_doubts);
/* How many words a phrase has beside function words; *ret_one: where several were written and one is left, that one, or STR_NONE. */
uint32_t rules_words_left(const struct rules *rules, struct str text, struct arena *arena, struct str *ret_one);

void *rules_free(struct rules *rules);
DEFINE_CLEANUP(rules, rules_free);

const struct rule *rules_find(const struct rules *rules, struct str name); /* NULL */
const struct activity *rules_field(const struct rules *rules, struct str slug, size_t *ret_index);

#endif
