#include "store/judgment.h"

#include <assert.h>

#include "private.h"

/* Columns from 0: profile, notice, grade, reason, origin, golden, note, judged. */
static int from_row(struct stmt *st, struct arena *arena, struct judgment *ret, struct error *err)
{
	struct str reason = stmt_col_text(st, 3, arena), origin = stmt_col_text(st, 4, arena);

	*ret = (struct judgment){
		.profile = stmt_col_text(st, 0, arena),
		.notice = stmt_col_text(st, 1, arena),
		.grade = (int)stmt_col_int(st, 2),
		.golden = stmt_col_int(st, 5) != 0,
		.note = stmt_col_text(st, 6, arena),
		.judged = stmt_col_time(st, 7),
	};
	if (!judgment_reason_parse(str_given(reason) ? reason : STR(""), &ret->reason))
		return col_bad("reason of a judgment", reason, err);
	if (!judgment_origin_parse(origin, &ret->origin))
		return col_bad("origin of a judgment", origin, err);
	return 0;
}

int store_judgment_find(struct db *db, struct str profile, struct str notice, struct arena *arena,
	struct judgment *ret, struct error *err)
{
	struct stmt *st = db_query(db, Q_JUDGMENT_FIND);
	int r;

	stmt_text(st, ":profile", profile);
	stmt_text(st, ":notice", notice);
	r = stmt_step(st, err);
	if (r != STMT_ROW)
		return r < 0 ? r : STORE_NONE;
	r = from_row(st, arena, ret, err);
	stmt_reset(st);
	return r;
}

static bool same(const struct judgment *a, const struct judgment *b)
{
	return a->grade == b->grade && a->reason == b->reason && a->origin == b->origin &&
	       a->golden == b->golden && str_eq(a->note, b->note);
}

static int check(const struct judgment *judgment, struct error *err)
{
	if (judgment->grade < 0 || judgment->grade > JUDGMENT_GRADE_MAX)
		return error_set(err, ERROR_INPUT, "grade %d: 0, 1 or %d was expected", judgment->grade,
			JUDGMENT_GRADE_MAX);
	if (judgment->note.len > JUDGMENT_NOTE_MAX)
		return error_set(err, ERROR_INPUT, "a note of %zu bytes: at most %d are kept",
			judgment->note.len, JUDGMENT_NOTE_MAX);
	return 0;
}

int store_judgment_put(struct db *db, const struct judgment *judgment, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct judgment stored;
	struct stmt *st;
	int found, r;

	assert(db_in_transaction(db));
	r = check(judgment, err);
	if (r < 0)
		return r;
	found = store_judgment_find(db, judgment->profile, judgment->notice, &arena, &stored, err);
	if (found < 0)
		return found;
	if (found == 0 && (same(judgment, &stored) ||
				  (stored.golden && judgment->origin != JUDGMENT_ADMINISTRATOR)))
		return STORE_UNCHANGED;
	st = db_query(db, Q_JUDGMENT_PUT);
	stmt_text(st, ":profile", judgment->profile);
	stmt_text(st, ":notice", judgment->notice);
	stmt_int(st, ":grade", judgment->grade);
	stmt_text(st, ":reason", judgment->reason == JUDGMENT_NO_REASON
					 ? STR_NONE
					 : str_of(judgment_reason_name(judgment->reason)));
	stmt_text(st, ":origin", str_of(judgment_origin_name(judgment->origin)));
	stmt_int(st, ":golden", judgment->golden);
	stmt_text(st, ":note", judgment->note);
	stmt_time(st, ":judged", judgment->judged);
	r = run_one(st, err);
	if (r)
		return r;
	return found == STORE_NONE ? STORE_NEW : STORE_UPDATED;
}

int store_judgment_delete(struct db *db, struct str profile, struct str notice, struct error *err)
{
	struct stmt *st = db_query(db, Q_JUDGMENT_DELETE);

	assert(db_in_transaction(db));
	stmt_text(st, ":profile", profile);
	stmt_text(st, ":notice", notice);
	return run_one(st, err);
}

int store_judgment_list(struct db *db, const struct judgment_filter *filter, struct arena *arena,
	struct judgment **ret, size_t *ret_n, struct error *err)
{
	struct stmt *st = db_query(db, Q_JUDGMENT_LIST);
	struct judgment *rows = NULL;
	size_t n = 0, capacity = 0;
	int r;

	stmt_text(st, ":profile", filter->profile);
	stmt_text(st, ":notice", filter->notice);
	stmt_int(st, ":golden", filter->golden);
	while ((r = stmt_step(st, err)) == STMT_ROW) {
		arena_grow(arena, rows, n, &capacity);
		r = from_row(st, arena, &rows[n++], err);
		if (r < 0) {
			stmt_reset(st);
			return r;
		}
	}
	if (r)
		return r;
	*ret = rows;
	*ret_n = n;
	return 0;
}
