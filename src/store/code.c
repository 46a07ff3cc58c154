#include "store/code.h"

#include <assert.h>

#include "private.h"

static struct stmt *bound(struct db *db, enum query query, struct str list, struct str code,
	struct str language)
{
	struct stmt *st = db_query(db, (int)query);

	stmt_text(st, ":list", list);
	stmt_text(st, ":code", code);
	stmt_text(st, ":language", language);
	return st;
}

int store_code_put(struct db *db, struct str list, struct str code, struct str language,
	struct str label, struct error *err)
{
	struct stmt *st = bound(db, Q_CODE_UPDATE, list, code, language);
	int r;

	assert(db_in_transaction(db));
	stmt_text(st, ":label", label);
	r = run_one(st, err);
	if (r <= 0)
		return r < 0 ? r : STORE_UPDATED;
	st = bound(db, Q_CODE_PUT, list, code, language);
	stmt_text(st, ":label", label);
	r = run_one(st, err);
	if (r < 0)
		return r;
	return r == 0 ? STORE_NEW : STORE_UNCHANGED;
}

int store_code_find(struct db *db, struct str list, struct str code, struct str language,
	struct arena *arena, struct str *ret, struct error *err)
{
	struct stmt *st = bound(db, Q_CODE_FIND, list, code, language);
	int r = stmt_step(st, err);

	if (r != STMT_ROW)
		return r < 0 ? r : STORE_NONE;
	*ret = stmt_col_text(st, 0, arena);
	stmt_reset(st);
	return 0;
}

int store_code_counts(struct db *db, struct arena *arena, struct code_count **ret, size_t *ret_n,
	struct error *err)
{
	struct stmt *st = db_query(db, Q_CODE_COUNTS);
	struct code_count *rows = NULL;
	size_t n = 0, capacity = 0;
	int r;

	while ((r = stmt_step(st, err)) == STMT_ROW) {
		arena_grow(arena, rows, n, &capacity);
		rows[n++] = (struct code_count){
			.list = stmt_col_text(st, 0, arena),
			.language = stmt_col_text(st, 1, arena),
			.codes = stmt_col_int(st, 2),
		};
	}
	if (r)
		return r;
	*ret = rows;
	*ret_n = n;
	return 0;
}
