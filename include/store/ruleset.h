/* Rulesets: immutable, numbered, each a set of named rule files; one is active. */
#ifndef STORE_RULESET_H
#define STORE_RULESET_H

#include "store/store.h"

struct rule_file {
	struct str name; /* "cybersecurite.rules" */
	struct str text;
};

struct ruleset_row {
	int64_t number;
	struct str author, why;
	int64_t created, activated; /* TIME_NONE: never */
};

/* Stores a new ruleset and makes it the active one. ERROR_INPUT: two files of one name. */
int store_ruleset_activate(struct db *db, const struct rule_file *files, size_t n, struct str author,
	struct str why, int64_t now, int64_t *ret_number, struct error *err) MUST_CHECK;
/* The active number, or STORE_NONE. */
int store_ruleset_active(struct db *db, int64_t *ret, struct error *err) MUST_CHECK;
/* Files in order of name, in `arena`. */
int store_ruleset_files(struct db *db, int64_t number, struct arena *arena, struct rule_file **ret,
	size_t *ret_n, struct error *err) MUST_CHECK;
int store_ruleset_list(struct db *db, struct arena *arena, struct ruleset_row **ret, size_t *ret_n,
	struct error *err) MUST_CHECK;

#endif
