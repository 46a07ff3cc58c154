#include <assert.h>

#include "private.h"
#include "store/outbox.h"

int store_digest_candidates(struct db *db, struct str profile, struct arena *arena,
	struct digest_candidate **ret, size_t *ret_n, struct error *err)
{
	struct stmt *st = db_query(db, Q_DIGEST_CANDIDATES);
	struct digest_candidate *list = NULL;
	size_t n = 0, capacity = 0;
	int r;

	stmt_text(st, ":profile", profile);
	while ((r = stmt_step(st, err)) == STMT_ROW) {
		arena_grow(arena, list, n, &capacity);
		list[n++] = (struct digest_candidate){
			.notice = stmt_col_text(st, 0, arena),
			.dossier = stmt_col_text(st, 1, arena),
			.lot = stmt_col_text(st, 2, arena),
			.dossier_told = stmt_col_int(st, 3) != 0,
		};
	}
	if (r)
		return r;
	*ret = list;
	*ret_n = n;
	return 0;
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
			.told_deadline = stmt_col_time(st, 2),
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
