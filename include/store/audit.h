/* Blind-spot audits (flow/audit.h): what was drawn, from strata of which sizes, and what was said of it. */
#ifndef STORE_AUDIT_H
#define STORE_AUDIT_H

#include "store/judgment.h"

enum { AUDIT_STRATA = 4 };
struct audit_pair {
	struct str profile, notice, title;
	int stratum;
	bool judged;              /* on its subject */
	int grade;
};

/* In an open transaction. */
int store_audit_put(struct db *db, int64_t seed, int64_t ruleset, int64_t now,
	const int64_t sizes[AUDIT_STRATA], const struct audit_pair *pairs, size_t n, int64_t *ret_number,
	struct error *err) MUST_CHECK;
/* The newest one, or STORE_NONE. */
int store_audit_last(struct db *db, int64_t *ret, struct error *err) MUST_CHECK;
/* By profile and notice, in `arena`. */
int store_audit_pairs(struct db *db, int64_t number, struct arena *arena, struct audit_pair **ret,
	size_t *ret_n, int64_t sizes[AUDIT_STRATA], struct error *err) MUST_CHECK;

#endif
