#include "store/incident.h"

#include "private.h"

static int run_at(struct db *db, enum query query, const struct coverage_row *row, struct error *err)
{
	struct stmt *st = db_query(db, (int)query);

	stmt_text(st, ":source", row->source);
	stmt_day(st, ":day", row->day);
	stmt_time(st, ":now", row->updated);
	if (query != Q_INCIDENT_END)
		stmt_text(st, ":error", row->error);
	return run_one(st, err);
}

int incident_put(struct db *db, const struct coverage_row *row, struct error *err)
{
	int r;

	/* A day that is still going on is not complete, and lacks nothing. */
	if (!str_given(row->error)) {
		r = run_at(db, Q_INCIDENT_END, row, err);
		return r < 0 ? r : 0;
	}
	if (row->attempts == 0) /* planned, and not asked yet */
		return 0;
	r = run_at(db, Q_INCIDENT_AGAIN, row, err);
	return r == STORE_NONE ? run_at(db, Q_INCIDENT_OPEN, row, err) : r;
}

int store_incident_list(struct db *db, struct str source, day_t since, day_t until, struct arena *arena,
	struct incident **ret, size_t *ret_n, struct error *err)
{
	struct stmt *st = db_query(db, Q_INCIDENT_LIST);
	struct incident *rows = NULL;
	size_t n = 0, capacity = 0;
	int r;

	stmt_text(st, ":source", source);
	stmt_int(st, ":since", since);
	stmt_int(st, ":until", until);
	while ((r = stmt_step(st, err)) == STMT_ROW) {
		arena_grow(arena, rows, n, &capacity);
		rows[n++] = (struct incident){
			.source = stmt_col_text(st, 0, arena),
			.day = stmt_col_day(st, 1),
			.since = stmt_col_time(st, 2),
			.attempts = (int)stmt_col_int(st, 3),
			.last = stmt_col_time(st, 4),
			.ended = stmt_col_time(st, 5),
			.error = stmt_col_text(st, 6, arena),
		};
	}
	if (r)
		return r;
	*ret = rows;
	*ret_n = n;
	return 0;
}

int store_drift_days(struct db *db, day_t since, day_t until, struct arena *arena,
	struct drift_day **ret, size_t *ret_n, struct error *err)
{
	struct stmt *st = db_query(db, Q_DRIFT_DAYS);
	struct drift_day *rows = NULL;
	size_t n = 0, capacity = 0;
	int r;

	stmt_int(st, ":since", since);
	stmt_int(st, ":until", until);
	while ((r = stmt_step(st, err)) == STMT_ROW) {
		struct drift_day *day;

		arena_grow(arena, rows, n, &capacity);
		day = &rows[n++];
		*day = (struct drift_day){
			.source = stmt_col_text(st, 0, arena),
			.day = stmt_col_day(st, 1),
			.notices = stmt_col_int(st, 2),
		};
		for (int i = 0; i < DRIFT_FIELDS; i++)
			day->lacking[i] = stmt_col_int(st, 3 + i);
	}
	if (r)
		return r;
	*ret = rows;
	*ret_n = n;
	return 0;
}

int store_drift_parts(struct db *db, day_t since, day_t until, struct arena *arena,
	struct drift_part **ret, size_t *ret_n, struct error *err)
{
	struct stmt *st = db_query(db, Q_DRIFT_PARTS);
	struct drift_part *rows = NULL;
	size_t n = 0, capacity = 0;
	int r;

	stmt_int(st, ":since", since);
	stmt_int(st, ":until", until);
	while ((r = stmt_step(st, err)) == STMT_ROW) {
		arena_grow(arena, rows, n, &capacity);
		rows[n++] = (struct drift_part){
			.source = stmt_col_text(st, 0, arena),
			.path = stmt_col_text(st, 1, arena),
			.day = stmt_col_day(st, 2),
			.notices = stmt_col_int(st, 3),
		};
	}
	if (r)
		return r;
	*ret = rows;
	*ret_n = n;
	return 0;
}
