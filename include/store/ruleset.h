/*
 * Rulesets: immutable, numbered, each a set of named rule files. A new one is a draft until it is made
 * the active one; one at most is active, and every change of it is kept with its author and reason.
 */
#ifndef STORE_RULESET_H
#define STORE_RULESET_H

#include "store/store.h"

struct rule_file {
	struct str name; /* "cybersecurite.rules" */
	struct str text;
};

struct ruleset_row {
	int64_t number;
	struct str author, why;     /* of who stored it */
	int64_t created, activated; /* TIME_NONE: never */
};

/* Stores a new ruleset as a draft. ERROR_INPUT: two files of one name. In an open transaction. */
int store_ruleset_put(struct db *db, const struct rule_file *files, size_t n, struct str author,
	struct str why, int64_t now, int64_t *ret_number, struct error *err) MUST_CHECK;

struct ruleset_activation {
	int64_t ruleset, previous; /* previous 0: none was active */
	bool rollback;
	struct str author, why;
	int64_t flipped;           /* golden cases that it was known to get wrong */
	int64_t at;
};
/*
 * Makes a stored ruleset the active one: `ruleset`, `rollback`, `author`, `why`, `flipped` and `at` of
 * the activation. STORE_NONE: there is none of this number. In an open transaction.
 */
int store_ruleset_make_active(struct db *db, const struct ruleset_activation *activation,
	struct error *err) MUST_CHECK;
/* All of them, in order. */
int store_ruleset_activations(struct db *db, struct arena *arena, struct ruleset_activation **ret,
	size_t *ret_n, struct error *err) MUST_CHECK;

/* The active number, or STORE_NONE. */
int store_ruleset_active(struct db *db, int64_t *ret, struct error *err) MUST_CHECK;
/* The one that the present one took the place of, or STORE_NONE. */
int store_ruleset_before(struct db *db, int64_t *ret, struct error *err) MUST_CHECK;
/* Files in order of name, in `arena`. */
int store_ruleset_files(struct db *db, int64_t number, struct arena *arena, struct rule_file **ret,
	size_t *ret_n, struct error *err) MUST_CHECK;
int store_ruleset_list(struct db *db, struct arena *arena, struct ruleset_row **ret, size_t *ret_n,
	struct error *err) MUST_CHECK;

/* A rule that a pattern suspended by overspending its budget (match/matcher.h). */
struct rule_overspent {
	struct str rule, notice; /* the notice on which it happened last */
	int64_t since, last;
	int64_t times;           /* processes that suspended it */
};
int store_rule_overspent_put(struct db *db, int64_t ruleset, struct str rule, struct str notice,
	int64_t now, struct error *err) MUST_CHECK;
/* In order of name. */
int store_rule_overspent_list(struct db *db, int64_t ruleset, struct arena *arena,
	struct rule_overspent **ret, size_t *ret_n, struct error *err) MUST_CHECK;

#endif
