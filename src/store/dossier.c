/*
 * One dossier per purchase. Notices are joined by a procedure id they share and by links, in whatever
 * order they come:
 *
 *   1. gather the keys of the dossiers this notice belongs to: its own key, the one it was in, those of
 *      its procedure id, those of the publications it names, those of the notices that name it;
 *   2. the best key wins: a procedure id before a notice id, then the smaller;
 *   3. the others are moved into it.
 *
 * A key is thus the best of all keys its notices ever brought, which no order can change. The keys
 * gathered and the notices of a dossier have ceilings: a reference that thousands name ("1", "néant")
 * says nothing, and moving thousands of rows for each of thousands of notices would never end.
 */
#include <string.h>

#include "private.h"
#include "store/notice.h"

enum {
	KEYS_MAX = 400,
	LINKS_MAX = 100, /* followed; a notice names one to five */
	UUID_LENGTH = 36,
};

static const char procedure_prefix[] = "procedure:";

struct keys {
	struct str at[KEYS_MAX];
	size_t n;
};

static void add_key(struct keys *keys, struct str key)
{
	for (size_t i = 0; i < keys->n; i++)
		if (str_eq(keys->at[i], key))
			return;
	if (keys->n < KEYS_MAX)
		keys->at[keys->n++] = key;
}

/* Adds every row of a statement that answers with keys. */
static int add_rows(struct stmt *st, struct keys *keys, struct arena *arena, struct error *err)
{
	int r;

	while ((r = stmt_step(st, err)) == STMT_ROW)
		add_key(keys, stmt_col_text(st, 0, arena));
	return r;
}

static int add_by(struct db *db, enum query query, const char *name, struct str value,
	struct keys *keys, struct arena *arena, struct error *err)
{
	struct stmt *st;

	if (value.len == 0)
		return 0;
	st = db_query(db, (int)query);
	stmt_text(st, name, value);
	return add_rows(st, keys, arena, err);
}

static struct str lower(struct str s, struct arena *arena)
{
	char *copy;

	if (!s.ptr)
		return STR_NONE;
	copy = arena_alloc(arena, s.len + 1);
	for (size_t i = 0; i < s.len; i++)
		copy[i] = (char)(s.ptr[i] >= 'A' && s.ptr[i] <= 'Z' ? s.ptr[i] + ('a' - 'A')
								    : s.ptr[i]);
	return str_n(copy, s.len);
}

static bool is_uuid(struct str s)
{
	if (s.len != UUID_LENGTH)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? s.ptr[i] != '-' : !strchr("0123456789abcdef", s.ptr[i]))
			return false;
	}
	return true;
}

struct str dossier_target(struct str ref, struct arena *arena)
{
	struct str low = lower(ref, arena);
	struct str version = str_from(low, UUID_LENGTH);

	if (is_uuid(low))
		return low;
	if (is_uuid(str_sub(low, 0, UUID_LENGTH)) && str_prefix(&version, "-") &&
		str_digits(version))
		return str_sub(low, 0, UUID_LENGTH);
	return ref;
}

static int gather(struct db *db, const struct notice *notice, struct str stored, struct keys *keys,
	struct arena *arena, struct error *err)
{
	int r;

	if (notice->procedure_id.len)
		add_key(keys, arena_printf(arena, "%s%.*s", procedure_prefix,
				      STR_ARG(notice->procedure_id)));
	else
		add_key(keys, notice->id);
	if (str_given(stored))
		add_key(keys, stored);
	r = add_by(db, Q_DOSSIER_BY_PROCEDURE, ":procedure_id", notice->procedure_id, keys, arena,
		err);
	for (size_t i = 0; r == 0 && i < notice->n_links && i < LINKS_MAX; i++)
		r = add_by(db, Q_DOSSIER_BY_TARGET, ":target",
			dossier_target(notice->links[i].ref, arena), keys, arena, err);
	if (r == 0)
		r = add_by(db, Q_DOSSIER_NAMING, ":target", dossier_target(notice->ref, arena),
			keys, arena, err);
	if (r == 0)
		r = add_by(db, Q_DOSSIER_NAMING, ":target", lower(notice->notice_uuid, arena), keys,
			arena, err);
	return r;
}

static bool better(struct str a, struct str b)
{
	bool a_procedure = str_starts(a, procedure_prefix);

	if (a_procedure != str_starts(b, procedure_prefix))
		return a_procedure;
	return str_cmp(a, b) < 0;
}

/* Notices of a dossier, counted no further than one beyond the ceiling. */
static int size_of(struct db *db, struct str dossier, int64_t *ret, struct error *err)
{
	struct stmt *st = db_query(db, Q_DOSSIER_SIZE);

	stmt_text(st, ":dossier", dossier);
	stmt_int(st, ":most", DOSSIER_NOTICES_MAX + 1);
	return step_int(st, ret, err);
}

static int move(struct db *db, struct str from, struct str into, struct error *err)
{
	struct stmt *st = db_query(db, Q_DOSSIER_MOVE);

	stmt_text(st, ":dossier", from);
	stmt_text(st, ":into", into);
	return run_any(st, err);
}

int dossier_find(struct db *db, const struct notice *notice, struct str stored, struct arena *arena,
	struct str *ret, struct error *err)
{
	struct keys keys = { .n = 0 };
	size_t best = 0;
	int64_t size, total;
	int r;

	if (notice->kind == NOTICE_REQUIREMENT) {
		*ret = notice->id;
		return 0;
	}

	/* 1. */
	r = gather(db, notice, stored, &keys, arena, err);
	if (r)
		return r;

	/* 2. */
	for (size_t i = 1; i < keys.n; i++)
		if (better(keys.at[i], keys.at[best]))
			best = i;
	r = size_of(db, keys.at[best], &total, err);
	if (r)
		return r;
	if (total >= DOSSIER_NOTICES_MAX) {
		*ret = str_given(stored) ? stored : keys.at[0];
		return 0;
	}

	/* 3. */
	for (size_t i = 0; i < keys.n; i++) {
		if (i == best)
			continue;
		r = size_of(db, keys.at[i], &size, err);
		if (r)
			return r;
		if (size == 0 || total + size >= DOSSIER_NOTICES_MAX)
			continue;
		r = move(db, keys.at[i], keys.at[best], err);
		if (r)
			return r;
		total += size;
	}
	*ret = keys.at[best];
	return 0;
}
