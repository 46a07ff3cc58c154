/*
 * Judgments: what people said of a notice and a profile. One a pair: the last one counts, but a
 * golden one is changed by an administrator alone.
 */
#ifndef STORE_JUDGMENT_H
#define STORE_JUDGMENT_H

#include "store/store.h"
#include "tender/judgment.h"

/*
 * STORE_NEW, STORE_UPDATED or STORE_UNCHANGED (said before in the same words, or golden and said
 * otherwise by somebody who is not JUDGMENT_ADMINISTRATOR); STORE_NONE: no such profile or notice.
 * In an open transaction. ERROR_INPUT: a grade there is not, or a note over JUDGMENT_NOTE_MAX.
 */
int store_judgment_put(struct db *db, const struct judgment *judgment, struct error *err) MUST_CHECK;
/* Taken back. 0 or STORE_NONE */
int store_judgment_delete(struct db *db, struct str profile, struct str notice, struct error *err)
	MUST_CHECK;
/* 0 or STORE_NONE */
int store_judgment_find(struct db *db, struct str profile, struct str notice, struct arena *arena,
	struct judgment *ret, struct error *err) MUST_CHECK;

struct judgment_filter {
	struct str profile, notice; /* STR_NONE: any */
	bool golden;                /* only those */
};
/* By profile and notice, all in `arena`. */
int store_judgment_list(struct db *db, const struct judgment_filter *filter, struct arena *arena,
	struct judgment **ret, size_t *ret_n, struct error *err) MUST_CHECK;

#endif
