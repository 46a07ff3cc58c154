/*
 * What one set of rules has and another has not, so that a person sees what a change changes: rules and
 * fields of activity by name, weights apart from texts, and everything else line by line. Order of files
 * and rules, blank lines and comments between rules do not count.
 */
#ifndef MATCH_RULES_DIFF_H
#define MATCH_RULES_DIFF_H

#include "match/rules.h"

/* One of both is NULL for a rule that was added or removed. */
struct rule_change {
	const struct rule *before, *after;
	bool weight, text; /* what differs, when both are there */
};
struct field_change {
	const struct activity *before, *after;
};
/* A line of a text, or of the rest of the files (rarities, stop words and what there may be). */
struct line_change {
	char sign; /* '+', '-' or, between them, ' ' */
	struct str text;
};

struct rules_diff {
	struct rule_change *rules;   /* in order of name */
	size_t n_rules;
	struct field_change *fields; /* in order of slug */
	size_t n_fields;
	struct line_change *rest;    /* removed and added lines, each sorted */
	size_t n_rest;
};

/* A set of rules and the files it was parsed from. */
struct rules_side {
	const struct rules *rules;
	const struct rule_source *files;
	size_t n_files;
};
void rules_diff(const struct rules_side *before, const struct rules_side *after, struct arena *arena,
	struct rules_diff *ret);

/* How one text becomes another, line by line: the shortest way. At most RULE_LINES_MAX * 4 lines each. */
size_t rules_diff_lines(struct str before, struct str after, struct arena *arena,
	struct line_change **ret);

#endif
