#include "store/store.h"

#include <assert.h>

#include "migrations.h"
#include "private.h"

int store_open(const char *path, enum db_mode mode, struct db **ret, struct error *err)
{
	return db_open(path, mode, queries, Q_COUNT, migrations, MIGRATION_COUNT, ret, err);
}

/* meta */

int store_meta_find(
	struct db *db, const char *name, struct arena *arena, struct str *ret, struct error *err)
{
	struct stmt *st = db_query(db, Q_META_FIND);
	int r;

	stmt_text(st, ":name", str_of(name));
	r = stmt_step(st, err);
	if (r != STMT_ROW)
		return r < 0 ? r : STORE_NONE;
	*ret = stmt_col_text(st, 0, arena);
	stmt_reset(st);
	return 0;
}

int store_meta_put(struct db *db, const char *name, struct str value, struct error *err)
{
	struct stmt *st = db_query(db, Q_META_PUT);

	assert(db_in_transaction(db));
	stmt_text(st, ":name", str_of(name));
	stmt_text(st, ":value", value);
	return run_any(st, err);
}
