#include <assert.h>

#include "private.h"
#include "store/notice.h"

/* Columns of Q_NOTICE_GET from 0. */
static int notice_from_row(
	struct stmt *st, struct arena *arena, struct notice *ret, struct error *err)
{
	struct str kind, stage;
	int r;

	notice_init(ret);
	ret->id = stmt_col_text(st, 0, arena);
	ret->source = stmt_col_text(st, 1, arena);
	ret->ref = stmt_col_text(st, 2, arena);
	ret->version = (int)stmt_col_int(st, 3);
	ret->dossier = stmt_col_text(st, 4, arena);
	kind = stmt_col_text(st, 5, arena);
	stage = stmt_col_text(st, 6, arena);
	ret->published = stmt_col_day(st, 8);
	ret->innovative = stmt_col_int(st, 16) != 0;
	ret->sme = stmt_col_int(st, 17) != 0;
	ret->reserved = stmt_col_int(st, 18) != 0;
	ret->notice_type = stmt_col_text(st, 19, arena);
	ret->language = stmt_col_text(st, 20, arena);
	ret->procedure = stmt_col_text(st, 21, arena);
	ret->procedure_id = stmt_col_text(st, 22, arena);
	ret->notice_uuid = stmt_col_text(st, 23, arena);
	ret->reference = stmt_col_text(st, 24, arena);
	ret->buyer.name = stmt_col_text(st, 25, arena);
	ret->buyer.id = stmt_col_text(st, 26, arena);
	ret->buyer.city = stmt_col_text(st, 27, arena);
	ret->buyer.postcode = stmt_col_text(st, 28, arena);
	ret->buyer.department = stmt_col_text(st, 29, arena);
	ret->buyer.nuts = stmt_col_text(st, 30, arena);
	ret->buyer.country = stmt_col_text(st, 31, arena);
	ret->url = stmt_col_text(st, 32, arena);
	ret->documents_url = stmt_col_text(st, 33, arena);
	ret->title = stmt_col_text(st, 34, arena);
	ret->criteria = stmt_col_text(st, 35, arena);
	ret->description = stmt_col_text(st, 36, arena);
	ret->summary = stmt_col_int(st, 37) != 0;
	if (!notice_kind_parse(kind, &ret->kind))
		return col_bad("kind of notice", kind, err);
	if (!notice_kind_parse(stage, &ret->stage))
		return col_bad("kind of notice", stage, err);
	r = col_nature(st, 7, arena, &ret->nature, err);
	if (r == 0)
		r = col_deadline(st, 9, arena, &ret->deadline, err);
	if (r == 0)
		r = col_value(st, 13, arena, &ret->value, &ret->value_kind, err);
	return r;
}

/* Columns of Q_NOTICE_LOTS from 0. */
static int lot_from_row(struct stmt *st, struct arena *arena, struct lot *ret, struct error *err)
{
	int r;

	lot_init(ret);
	ret->id = stmt_col_text(st, 0, arena);
	ret->title = stmt_col_text(st, 1, arena);
	ret->description = stmt_col_text(st, 2, arena);
	r = col_nature(st, 3, arena, &ret->nature, err);
	if (r == 0)
		r = col_value(st, 4, arena, &ret->value, &ret->value_kind, err);
	if (r == 0)
		r = col_deadline(st, 7, arena, &ret->deadline, err);
	return r;
}

static struct stmt *query_of(struct db *db, enum query query, int64_t seq)
{
	struct stmt *st = db_query(db, (int)query);

	stmt_int(st, ":notice", seq);
	return st;
}

static int read_lots(
	struct db *db, int64_t seq, struct arena *arena, struct notice *ret, struct error *err)
{
	struct stmt *st = query_of(db, Q_NOTICE_LOTS, seq);
	size_t capacity = 0;
	int r;

	while ((r = stmt_step(st, err)) == STMT_ROW) {
		arena_grow(arena, ret->lots, ret->n_lots, &capacity);
		r = lot_from_row(st, arena, &ret->lots[ret->n_lots++], err);
		if (r) {
			stmt_reset(st);
			return r;
		}
	}
	return r;
}

/* The list that a row of Q_NOTICE_CODES belongs to; NULL when there is none such. */
static struct codes *list_of(struct notice *notice, int64_t lot, struct str kind)
{
	if (lot < 0 || lot > (int64_t)notice->n_lots)
		return NULL;
	if (str_eqz(kind, "cpv"))
		return lot ? &notice->lots[lot - 1].cpv : &notice->cpv;
	if (str_eqz(kind, "place"))
		return lot ? &notice->lots[lot - 1].places : &notice->places;
	return lot == 0 && str_eqz(kind, "subject") ? &notice->subjects : NULL;
}

static int read_codes(
	struct db *db, int64_t seq, struct arena *arena, struct notice *ret, struct error *err)
{
	struct stmt *st = query_of(db, Q_NOTICE_CODES, seq);
	int r;

	while ((r = stmt_step(st, err)) == STMT_ROW) {
		struct str kind = stmt_col_text(st, 1, arena);
		struct codes *codes = list_of(ret, stmt_col_int(st, 0), kind);

		if (!codes) {
			stmt_reset(st);
			return col_bad("list of codes", kind, err);
		}
		arena_grow(arena, codes->at, codes->n, &codes->capacity);
		codes->at[codes->n++] = stmt_col_text(st, 2, arena);
	}
	return r;
}

static int read_links(
	struct db *db, int64_t seq, struct arena *arena, struct notice *ret, struct error *err)
{
	struct stmt *st = query_of(db, Q_NOTICE_LINKS, seq);
	size_t capacity = 0;
	int r;

	while ((r = stmt_step(st, err)) == STMT_ROW) {
		struct str kind = stmt_col_text(st, 0, arena);
		struct notice_link *link;

		arena_grow(arena, ret->links, ret->n_links, &capacity);
		link = &ret->links[ret->n_links++];
		link->ref = stmt_col_text(st, 1, arena);
		if (!link_kind_parse(kind, &link->kind)) {
			stmt_reset(st);
			return col_bad("kind of link", kind, err);
		}
	}
	return r;
}

int store_notice_get(
	struct db *db, int64_t seq, struct arena *arena, struct notice *ret, struct error *err)
{
	struct stmt *st = db_query(db, Q_NOTICE_GET);
	struct notice notice;
	int r;

	stmt_int(st, ":seq", seq);
	r = stmt_step(st, err);
	if (r != STMT_ROW)
		return r < 0 ? r : STORE_NONE;
	r = notice_from_row(st, arena, &notice, err);
	stmt_reset(st);
	if (r == 0)
		r = read_lots(db, seq, arena, &notice, err);
	if (r == 0)
		r = read_codes(db, seq, arena, &notice, err);
	if (r == 0)
		r = read_links(db, seq, arena, &notice, err);
	if (r == 0)
		r = awards_read(db, seq, arena, &notice, err);
	if (r)
		return error_add(err, "notice %lld", (long long)seq);
	*ret = notice;
	return 0;
}

int store_notice_find(
	struct db *db, struct str id, struct arena *arena, struct notice *ret, struct error *err)
{
	struct stmt *st = db_query(db, Q_NOTICE_STAMP);
	int64_t seq;
	int r;

	stmt_text(st, ":id", id);
	r = stmt_step(st, err);
	if (r != STMT_ROW)
		return r < 0 ? r : STORE_NONE;
	seq = stmt_col_int(st, 0);
	stmt_reset(st);
	return store_notice_get(db, seq, arena, ret, err);
}
