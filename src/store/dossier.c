/*
 * One dossier per purchase. Notices are joined by a procedure id they share and by links, in whatever
 * order they come:
 *
 *   1. what somebody decided by hand comes first: a notice that was split off stays where it is;
 *   2. gather the keys of the dossiers this notice belongs to: its own key, the one it was in, those of
 *      its procedure id, those of the publications it names, those of the notices that name it; when
 *      no id says anything, that of the notice it is most like; those of later notices that are like
 *      it and came before it (dossier_joins.c, dossier_like.c);
 *   3. the best key wins: a procedure id before a notice id, then the smaller;
 *   4. the others are moved into it.
 *
 * A key is thus the best of all keys its notices ever brought, which no order can change; likeness
 * alone may see more when it comes later. The keys
 * gathered and the notices of a dossier have ceilings: a reference that thousands name ("1", "néant")
 * says nothing, and moving thousands of rows for each of thousands of notices would never end.
 */
#include "store/dossier.h"

#include <assert.h>

#include "dossier_joins.h"
#include "store/notice.h"

const char dossier_apart[] = "apart:";

bool dossier_better(struct str a, struct str b)
{
	bool a_procedure = str_starts(a, dossier_procedure), a_apart = str_starts(a, dossier_apart);

	if (a_apart != str_starts(b, dossier_apart))
		return !a_apart;
	if (a_procedure != str_starts(b, dossier_procedure))
		return a_procedure;
	return str_cmp(a, b) < 0;
}

int dossier_size(struct db *db, struct str dossier, int64_t *ret, struct error *err)
{
	struct stmt *st = db_query(db, Q_DOSSIER_SIZE);

	stmt_text(st, ":dossier", dossier);
	stmt_int(st, ":most", DOSSIER_NOTICES_MAX + 1);
	return step_int(st, ret, err);
}

/* 1 when one more was moved, 0 when none is left (or none that can be). */
static int move_notice(struct db *db, struct str from, struct str into, struct error *err)
{
	struct stmt *st = db_query(db, Q_DOSSIER_FIRST);
	int64_t seq;
	int r;

	stmt_text(st, ":dossier", from);
	r = stmt_step(st, err);
	if (r != STMT_ROW)
		return r;
	seq = stmt_col_int(st, 0);
	stmt_reset(st);
	st = db_query(db, Q_DOSSIER_MOVE);
	stmt_int(st, ":notice", seq);
	stmt_text(st, ":into", into);
	r = run_one(st, err);
	return r < 0 ? r : r == 0;
}

static int move_decision(struct db *db, struct str from, struct str into, struct arena *arena,
	struct error *err)
{
	struct stmt *st = db_query(db, Q_DOSSIER_HAND_FIRST);
	struct str notice;
	int r;

	stmt_text(st, ":dossier", from);
	r = stmt_step(st, err);
	if (r != STMT_ROW)
		return r;
	notice = stmt_col_text(st, 0, arena);
	stmt_reset(st);
	st = db_query(db, Q_DOSSIER_HAND_MOVE);
	stmt_text(st, ":notice", notice);
	stmt_text(st, ":into", into);
	r = run_one(st, err);
	return r < 0 ? r : r == 0;
}

int dossier_move(struct db *db, struct str from, struct str into, struct arena *arena, struct error *err)
{
	int r;

	assert(!str_eq(from, into));
	do {
		r = move_notice(db, from, into, err);
	} while (r > 0);
	if (r < 0)
		return r;
	do {
		r = move_decision(db, from, into, arena, err);
	} while (r > 0);
	return r;
}

static void bind_link(struct stmt *st, const struct dossier_link *link)
{
	stmt_text(st, ":notice", link->notice);
	stmt_text(st, ":kind", str_of(dossier_link_kind_name(link->kind)));
	stmt_text(st, ":other", link->other);
}

int dossier_link_add(struct db *db, const struct dossier_link *link, struct error *err)
{
	struct stmt *st = db_query(db, Q_DOSSIER_LINK_PUT);

	bind_link(st, link);
	stmt_int(st, ":confidence", link->confidence);
	return run_any(st, err);
}

/* The surest of a kind stays; what the other says of this one need not be said twice. */
int dossier_link_put(struct db *db, const struct dossier_link *link, struct error *err)
{
	struct stmt *st = db_query(db, Q_DOSSIER_LINK_STANDS);
	bool has, said;
	int64_t sure;
	int r;

	bind_link(st, link);
	r = stmt_step(st, err);
	if (r < 0)
		return r;
	has = !stmt_col_null(st, 0);
	sure = stmt_col_int(st, 0);
	said = stmt_col_int(st, 1) != 0;
	stmt_reset(st);
	if (said || (has && sure >= link->confidence))
		return 0;
	if (has) {
		st = db_query(db, Q_DOSSIER_LINK_DELETE);
		stmt_text(st, ":notice", link->notice);
		stmt_text(st, ":kind", str_of(dossier_link_kind_name(link->kind)));
		r = run_any(st, err);
		if (r)
			return r;
	}
	return dossier_link_add(db, link, err);
}

/* What was decided about the notice. 0 or STORE_NONE */
static int decided(struct db *db, struct str notice, struct arena *arena, struct str *ret,
	bool *ret_apart, struct error *err)
{
	struct stmt *st = db_query(db, Q_DOSSIER_HAND_FIND);
	int r;

	stmt_text(st, ":notice", notice);
	r = stmt_step(st, err);
	if (r != STMT_ROW)
		return r < 0 ? r : STORE_NONE;
	*ret_apart = str_eqz(stmt_col_text(st, 0, arena), "apart");
	*ret = stmt_col_text(st, 1, arena);
	stmt_reset(st);
	return 0;
}

/* Joins the dossiers of all keys, as far as the ceiling allows. */
static int join(struct db *db, const struct dossier_joins *keys, struct str stored, struct arena *arena,
	struct str *ret, struct error *err)
{
	size_t best = 0;
	int64_t size, total;
	int r;

	/* 3. */
	for (size_t i = 1; i < keys->n; i++)
		if (dossier_better(keys->at[i], keys->at[best]))
			best = i;
	r = dossier_size(db, keys->at[best], &total, err);
	if (r)
		return r;
	if (total >= DOSSIER_NOTICES_MAX) {
		*ret = str_given(stored) ? stored : keys->at[0];
		return 0;
	}

	/* 4. */
	for (size_t i = 0; i < keys->n; i++) {
		if (i == best)
			continue;
		r = dossier_size(db, keys->at[i], &size, err);
		if (r)
			return r;
		if (size == 0 || total + size >= DOSSIER_NOTICES_MAX)
			continue;
		r = dossier_move(db, keys->at[i], keys->at[best], arena, err);
		if (r)
			return r;
		total += size;
	}
	*ret = keys->at[best];
	return 0;
}

/*
 * A dossier that was split off is never joined to another: a notice that was in it stays, one that is
 * new and names one of its notices goes there, for all others it does not exist.
 */
static bool settled(struct dossier_joins *keys, struct str stored, struct str *ret)
{
	size_t n = 0;

	if (str_given(stored) && str_starts(stored, dossier_apart)) {
		*ret = stored;
		return true;
	}
	for (size_t i = 0; i < keys->n; i++) {
		if (!str_starts(keys->at[i], dossier_apart)) {
			keys->at[n++] = keys->at[i];
		} else if (!str_given(stored)) {
			*ret = keys->at[i];
			return true;
		}
	}
	keys->n = n;
	return false;
}

int dossier_find(struct db *db, const struct notice *notice, struct str stored, struct arena *arena,
	struct dossier_found *ret, struct error *err)
{
	struct dossier_joins keys = { .self = notice->id, .found = ret };
	struct str by_hand;
	bool apart = false;
	int r;

	*ret = (struct dossier_found){ .dossier = notice->id };
	if (notice->kind == NOTICE_REQUIREMENT)
		return 0;

	/* 1. */
	r = decided(db, notice->id, arena, &by_hand, &apart, err);
	if (r < 0)
		return r;
	if (apart) {
		ret->dossier = by_hand;
		return 0;
	}

	/* 2. */
	if (r == 0)
		dossier_joins_add(&keys, by_hand);
	r = dossier_joins_gather(db, notice, stored, &keys, arena, err);
	if (r)
		return r;
	if (settled(&keys, stored, &ret->dossier))
		return 0;
	return join(db, &keys, stored, arena, &ret->dossier, err);
}
