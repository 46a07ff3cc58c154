/* What people see of dossiers and decide about them. */
#include "store/dossier.h"

#include <assert.h>

#include "private.h"
#include "store/notice.h"

int store_dossier_find(
	struct db *db, struct str name, struct arena *arena, struct str *ret, struct error *err)
{
	struct stmt *st = db_query(db, Q_DOSSIER_KEY);
	int r;

	stmt_text(st, ":name", name);
	r = stmt_step(st, err);
	if (r != STMT_ROW)
		return r < 0 ? r : STORE_NONE;
	*ret = stmt_col_text(st, 0, arena);
	stmt_reset(st);
	return 0;
}

int store_dossier_notices(struct db *db, struct str key, struct arena *arena, struct notice **ret,
	size_t *ret_n, struct error *err)
{
	struct stmt *st = db_query(db, Q_DOSSIER_NOTICES);
	int64_t *at = arena_array(arena, int64_t, DOSSIER_NOTICES_MAX + 1);
	struct notice *notices;
	size_t n = 0;
	int r;

	stmt_text(st, ":dossier", key);
	stmt_int(st, ":most", DOSSIER_NOTICES_MAX + 1);
	while ((r = stmt_step(st, err)) == STMT_ROW)
		at[n++] = stmt_col_int(st, 0);
	notices = arena_array(arena, struct notice, n);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = store_notice_get(db, at[i], arena, &notices[i], err);
	if (r)
		return r;
	*ret = notices;
	*ret_n = n;
	return 0;
}

int store_dossier_links(struct db *db, struct str key, struct arena *arena, struct dossier_link **ret,
	size_t *ret_n, struct error *err)
{
	struct stmt *st = db_query(db, Q_DOSSIER_LINKS);
	struct dossier_link *links = NULL;
	size_t n = 0, capacity = 0;
	int r;

	stmt_text(st, ":dossier", key);
	while ((r = stmt_step(st, err)) == STMT_ROW) {
		struct str kind = stmt_col_text(st, 1, arena);
		struct dossier_link link = {
			.notice = stmt_col_text(st, 0, arena),
			.other = stmt_col_text(st, 2, arena),
			.confidence = (int)stmt_col_int(st, 3),
		};

		if (!dossier_link_kind_parse(kind, &link.kind)) {
			stmt_reset(st);
			return col_bad("kind of link", kind, err);
		}
		arena_grow(arena, links, n, &capacity);
		links[n++] = link;
	}
	if (r)
		return r;
	*ret = links;
	*ret_n = n;
	return 0;
}

/* decisions */

static int run_on(struct db *db, enum query query, const char *name, struct str value, struct error *err)
{
	struct stmt *st = db_query(db, (int)query);

	stmt_text(st, name, value);
	return run_any(st, err);
}

static int first_of(
	struct db *db, struct str dossier, struct arena *arena, struct str *ret, struct error *err)
{
	struct stmt *st = db_query(db, Q_DOSSIER_LINK_FIRST);
	int r;

	stmt_text(st, ":dossier", dossier);
	r = stmt_step(st, err);
	if (r < 0)
		return r;
	assert(r == STMT_ROW);
	*ret = stmt_col_text(st, 0, arena);
	stmt_reset(st);
	return str_given(*ret) ? 0 : STORE_NONE;
}

static int remember_merge(struct db *db, struct str key, int64_t now, struct error *err)
{
	struct stmt *st = db_query(db, Q_DOSSIER_HAND_MERGED);

	stmt_text(st, ":dossier", key);
	stmt_time(st, ":now", now);
	return run_any(st, err);
}

int store_dossier_merge(struct db *db, struct str a, struct str b, int64_t now, struct arena *arena,
	struct str *ret, struct error *err)
{
	struct str into = dossier_better(a, b) ? a : b, from = str_eq(into, a) ? b : a;
	struct dossier_link link = { .kind = DOSSIER_HAND, .confidence = 100 };
	int64_t there, here;
	int r;

	assert(db_in_transaction(db));
	*ret = into;
	if (str_eq(a, b))
		return STORE_UNCHANGED;
	r = dossier_size(db, into, &there, err);
	if (r == 0)
		r = dossier_size(db, from, &here, err);
	if (r)
		return r;
	if (there + here > DOSSIER_NOTICES_MAX)
		return error_set(err, ERROR_LIMIT, "more than %d notices in one dossier",
			DOSSIER_NOTICES_MAX);
	r = first_of(db, into, arena, &link.other, err);
	if (r == 0)
		r = first_of(db, from, arena, &link.notice, err);
	if (r == 0)
		r = dossier_move(db, from, into, arena, err);
	if (r == 0)
		r = remember_merge(db, into, now, err);
	return r ? r : dossier_link_put(db, &link, err);
}

int store_dossier_split(struct db *db, struct str notice, int64_t now, struct arena *arena,
	struct str *ret, struct error *err)
{
	struct str own = arena_printf(arena, "%s%.*s", dossier_apart, STR_ARG(notice));
	struct stmt *st = db_query(db, Q_NOTICE_STAMP);
	struct str was;
	int64_t size;
	int r;

	assert(db_in_transaction(db));
	stmt_text(st, ":id", notice);
	r = stmt_step(st, err);
	if (r != STMT_ROW)
		return r < 0 ? r : STORE_NONE;
	was = stmt_col_text(st, 3, arena);
	stmt_reset(st);
	r = dossier_size(db, was, &size, err);
	if (r)
		return r;
	*ret = was;
	if (size == 1)
		return STORE_UNCHANGED;
	*ret = own;
	st = db_query(db, Q_DOSSIER_TAKE_OUT);
	stmt_text(st, ":notice", notice);
	stmt_text(st, ":dossier", own);
	r = run_one(st, err);
	if (r == 0)
		r = run_on(db, Q_DOSSIER_LINK_FORGET, ":notice", notice, err);
	if (r)
		return r;
	st = db_query(db, Q_DOSSIER_HAND_APART);
	stmt_text(st, ":notice", notice);
	stmt_text(st, ":dossier", own);
	stmt_time(st, ":now", now);
	return run_any(st, err);
}

int store_raw_versions(struct db *db, struct str notice, int most, struct arena *arena,
	struct raw **ret, size_t *ret_n, struct error *err)
{
	struct stmt *st = db_query(db, Q_RAW_VERSIONS);
	struct raw *all = arena_array(arena, struct raw, (size_t)most);
	size_t n = 0;
	int r;

	stmt_text(st, ":notice", notice);
	stmt_int(st, ":most", most);
	while ((r = stmt_step(st, err)) == STMT_ROW) {
		r = col_raw(st, arena, &all[n], err);
		if (r < 0) {
			stmt_reset(st);
			return r;
		}
		n++;
	}
	if (r)
		return r;
	*ret = all;
	*ret_n = n;
	return 0;
}
