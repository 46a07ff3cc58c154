#include "store/audit.h"

#include <assert.h>

#include "private.h"

static int put_strata(struct db *db, int64_t number, const int64_t sizes[AUDIT_STRATA], struct error *err)
{
	int r = 0;

	for (int i = 0; r == 0 && i < AUDIT_STRATA; i++) {
		struct stmt *st = db_query(db, Q_AUDIT_STRATUM_PUT);

		stmt_int(st, ":audit", number);
		stmt_int(st, ":stratum", i);
		stmt_int(st, ":size", sizes[i]);
		r = run_any(st, err);
	}
	return r;
}

int store_audit_put(struct db *db, int64_t seed, int64_t ruleset, int64_t now,
	const int64_t sizes[AUDIT_STRATA], const struct audit_pair *pairs, size_t n, int64_t *ret_number,
	struct error *err)
{
	struct stmt *st = db_query(db, Q_AUDIT_PUT);
	int64_t number = 0;
	int r;

	assert(db_in_transaction(db));
	stmt_int(st, ":seed", seed);
	stmt_int(st, ":ruleset", ruleset);
	stmt_time(st, ":drawn", now);
	r = step_int(st, &number, err);
	if (r == 0)
		r = put_strata(db, number, sizes, err);
	for (size_t i = 0; r == 0 && i < n; i++) {
		st = db_query(db, Q_AUDIT_PAIR_PUT);
		stmt_int(st, ":audit", number);
		stmt_text(st, ":profile", pairs[i].profile);
		stmt_text(st, ":notice", pairs[i].notice);
		stmt_int(st, ":stratum", pairs[i].stratum);
		r = run_any(st, err);
	}
	if (r == 0)
		*ret_number = number;
	return r;
}

int store_audit_last(struct db *db, int64_t *ret, struct error *err)
{
	return step_int(db_query(db, Q_AUDIT_LAST), ret, err);
}

static int read_strata(struct db *db, int64_t number, int64_t sizes[AUDIT_STRATA], struct error *err)
{
	struct stmt *st = db_query(db, Q_AUDIT_STRATA);
	int r;

	for (int i = 0; i < AUDIT_STRATA; i++)
		sizes[i] = 0;
	stmt_int(st, ":audit", number);
	while ((r = stmt_step(st, err)) == STMT_ROW) {
		int64_t stratum = stmt_col_int(st, 0);

		if (stratum >= 0 && stratum < AUDIT_STRATA)
			sizes[stratum] = stmt_col_int(st, 1);
	}
	return r;
}

/* A complaint about a place or a date says nothing of the subject: the pair stays open. */
static bool on_subject(struct stmt *st, struct arena *arena)
{
	struct judgment judgment = { .grade = (int)stmt_col_int(st, 4) };
	struct str reason = stmt_col_text(st, 5, arena);

	return !stmt_col_null(st, 4) &&
	       (!str_given(reason) || !judgment_reason_parse(reason, &judgment.reason) ||
		       judgment_on_subject(&judgment));
}

int store_audit_pairs(struct db *db, int64_t number, struct arena *arena, struct audit_pair **ret,
	size_t *ret_n, int64_t sizes[AUDIT_STRATA], struct error *err)
{
	struct audit_pair *pairs = NULL;
	size_t n = 0, capacity = 0;
	int r = read_strata(db, number, sizes, err);
	struct stmt *st;

	if (r < 0)
		return r;
	st = db_query(db, Q_AUDIT_PAIRS);
	stmt_int(st, ":audit", number);
	while ((r = stmt_step(st, err)) == STMT_ROW) {
		arena_grow(arena, pairs, n, &capacity);
		pairs[n++] = (struct audit_pair){ .profile = stmt_col_text(st, 0, arena),
			.notice = stmt_col_text(st, 1, arena), .stratum = (int)stmt_col_int(st, 2),
			.title = stmt_col_text(st, 3, arena), .judged = on_subject(st, arena),
			.grade = (int)stmt_col_int(st, 4) };
	}
	if (r)
		return r;
	*ret = pairs;
	*ret_n = n;
	return 0;
}
