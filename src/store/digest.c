#include "store/digest.h"

#include <assert.h>
#include <limits.h>

#include "private.h"

int store_digest_candidates(struct db *db, struct str profile, int64_t now, int64_t known, int most,
	struct arena *arena, struct digest_candidate **ret, size_t *ret_n, struct error *err)
{
	struct stmt *st = db_query(db, Q_DIGEST_CANDIDATES);
	struct digest_candidate *list = NULL;
	size_t n = 0, capacity = 0;
	int r;

	stmt_text(st, ":profile", profile);
	stmt_time(st, ":now", now);
	stmt_time(st, ":known", known);
	stmt_int(st, ":most", most);
	while ((r = stmt_step(st, err)) == STMT_ROW) {
		arena_grow(arena, list, n, &capacity);
		list[n++] = (struct digest_candidate){
			.notice = stmt_col_text(st, 0, arena),
			.dossier = stmt_col_text(st, 1, arena),
			.lot = stmt_col_text(st, 2, arena),
			.score = (points_t)stmt_col_int(st, 3),
			.threshold = (points_t)stmt_col_int(st, 4),
			.ruleset = stmt_col_int(st, 5),
			.notice_version = (int)stmt_col_int(st, 6),
			.dossier_told = stmt_col_int(st, 7) != 0,
		};
	}
	if (r)
		return r;
	*ret = list;
	*ret_n = n;
	return 0;
}

int store_digest_told(struct db *db, struct str profile, struct str dossier, bool *ret,
	struct error *err)
{
	struct stmt *st = db_query(db, Q_DIGEST_TOLD);
	int64_t told = 0;
	int r;

	stmt_text(st, ":profile", profile);
	stmt_text(st, ":dossier", dossier);
	r = step_int(st, &told, err);
	*ret = told != 0;
	return r < 0 ? r : 0;
}

/* The first column of every row. */
static int list_texts(
	struct stmt *st, struct arena *arena, struct str **ret, size_t *ret_n, struct error *err)
{
	struct str *list = NULL;
	size_t n = 0, capacity = 0;
	int r;

	while ((r = stmt_step(st, err)) == STMT_ROW) {
		arena_grow(arena, list, n, &capacity);
		list[n++] = stmt_col_text(st, 0, arena);
	}
	*ret = list;
	*ret_n = n;
	return r;
}

int store_digest_with_updates(struct db *db, int64_t since, struct arena *arena, struct str **ret,
	size_t *ret_n, struct error *err)
{
	struct stmt *st = db_query(db, Q_DIGEST_WITH_UPDATES);

	stmt_time(st, ":since", since);
	return list_texts(st, arena, ret, ret_n, err);
}

int store_digest_with_due(struct db *db, int64_t now, int64_t until, struct arena *arena,
	struct str **ret, size_t *ret_n, struct error *err)
{
	struct stmt *st = db_query(db, Q_DIGEST_WITH_DUE);

	stmt_time(st, ":now", now);
	stmt_time(st, ":until", until);
	return list_texts(st, arena, ret, ret_n, err);
}

int store_digest_due(struct db *db, struct str profile, int64_t now, int64_t until,
	struct arena *arena, struct digest_due **ret, size_t *ret_n, struct error *err)
{
	struct stmt *st = db_query(db, Q_DIGEST_DUE);
	struct digest_due *list = NULL;
	size_t n = 0, capacity = 0;
	int r;

	stmt_text(st, ":profile", profile);
	stmt_time(st, ":now", now);
	stmt_time(st, ":until", until);
	while ((r = stmt_step(st, err)) == STMT_ROW) {
		arena_grow(arena, list, n, &capacity);
		list[n++] = (struct digest_due){
			.notice = stmt_col_text(st, 0, arena),
			.dossier = stmt_col_text(st, 1, arena),
			.deadline = stmt_col_time(st, 2),
			.told = stmt_col_time(st, 3),
			.reminded = stmt_col_null(st, 4) ? INT_MAX : (int)stmt_col_int(st, 4),
		};
	}
	*ret = list;
	*ret_n = n;
	return r;
}

int store_digest_reminded(struct db *db, int64_t digest, struct str profile, struct str notice,
	int64_t deadline, int days, struct error *err)
{
	struct stmt *st = db_query(db, Q_DIGEST_REMINDED);

	assert(db_in_transaction(db));
	stmt_int(st, ":digest", digest);
	stmt_text(st, ":profile", profile);
	stmt_text(st, ":notice", notice);
	stmt_time(st, ":deadline_at", deadline);
	stmt_int(st, ":days", days);
	return run_any(st, err);
}

int store_digest_led(struct db *db, int64_t digest, int64_t lead, struct error *err)
{
	struct stmt *st = db_query(db, Q_DIGEST_LED);

	assert(db_in_transaction(db));
	stmt_int(st, ":digest", digest);
	stmt_int(st, ":lead", lead);
	return run_any(st, err);
}

int store_digest_end_closed(
	struct db *db, int64_t since, int64_t until, int64_t now, struct error *err)
{
	struct stmt *st = db_query(db, Q_DIGEST_END_CLOSED);

	assert(db_in_transaction(db));
	stmt_time(st, ":since", since);
	stmt_time(st, ":until", until);
	stmt_time(st, ":now", now);
	return run_any(st, err);
}

int store_digest_find(struct db *db, struct str profile, struct str period, struct error *err)
{
	struct stmt *st = db_query(db, Q_DIGEST_FIND);
	int r;

	stmt_text(st, ":profile", profile);
	stmt_text(st, ":period", period);
	r = stmt_step(st, err);
	stmt_reset(st);
	return r == STMT_ROW ? 0 : r < 0 ? r : STORE_NONE;
}

int store_digest_put(struct db *db, struct str profile, struct str period, int64_t now,
	int64_t *ret_id, struct error *err)
{
	struct stmt *st = db_query(db, Q_DIGEST_PUT);
	int r;

	assert(db_in_transaction(db));
	stmt_text(st, ":profile", profile);
	stmt_text(st, ":period", period);
	stmt_time(st, ":now", now);
	r = step_int(st, ret_id, err);
	if (r < 0)
		return r;
	return r == 0 ? STORE_NEW : STORE_UNCHANGED;
}

int store_digest_updates(struct db *db, struct str profile, struct arena *arena,
	struct digest_update **ret, size_t *ret_n, struct error *err)
{
	struct stmt *st = db_query(db, Q_DIGEST_UPDATES);
	struct digest_update *list = NULL;
	size_t n = 0, capacity = 0;
	int r;

	stmt_text(st, ":profile", profile);
	while ((r = stmt_step(st, err)) == STMT_ROW) {
		arena_grow(arena, list, n, &capacity);
		list[n++] = (struct digest_update){
			.notice = stmt_col_text(st, 0, arena),
			.dossier = stmt_col_text(st, 1, arena),
			.told = stmt_col_text(st, 2, arena),
			.told_deadline = stmt_col_time(st, 3),
		};
	}
	if (r)
		return r;
	*ret = list;
	*ret_n = n;
	return 0;
}

int store_digest_item(struct db *db, int64_t digest, struct str profile, struct str notice,
	struct str dossier, bool shown, int64_t deadline, struct error *err)
{
	struct stmt *st = db_query(db, Q_DIGEST_ITEM_PUT);
	int r;

	assert(db_in_transaction(db));
	stmt_int(st, ":digest", digest);
	stmt_text(st, ":profile", profile);
	stmt_text(st, ":notice", notice);
	stmt_text(st, ":dossier", dossier);
	stmt_int(st, ":shown", shown);
	stmt_time(st, ":deadline_at", deadline);
	r = run_one(st, err);
	return r == STORE_NONE ? STORE_UNCHANGED : r;
}
