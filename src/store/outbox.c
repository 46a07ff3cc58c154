#include "store/outbox.h"

#include <assert.h>

#include "private.h"

static const char *const state_names[OUTBOX_STATES] = {
	[OUTBOX_READY] = "ready",
	[OUTBOX_CLAIMED] = "claimed",
	[OUTBOX_HANDING] = "handing",
	[OUTBOX_SENT] = "sent",
	[OUTBOX_RETRY] = "retry",
	[OUTBOX_FAILED] = "failed",
	[OUTBOX_UNCERTAIN] = "uncertain",
	[OUTBOX_SUPPRESSED] = "suppressed",
	[OUTBOX_HELD] = "held",
};

const char *outbox_state_name(enum outbox_state state)
{
	return state_names[state];
}

static bool state_parse(struct str name, enum outbox_state *ret)
{
	for (size_t i = 0; i < OUTBOX_STATES; i++) {
		if (str_eqz(name, state_names[i])) {
			*ret = (enum outbox_state)i;
			return true;
		}
	}
	return false;
}

static int put_message(struct db *db, int64_t id, struct str message, struct error *err)
{
	struct stmt *st = db_query(db, Q_OUTBOX_MESSAGE_PUT);

	stmt_int(st, ":outbox", id);
	stmt_blob(st, ":message", message);
	return run_one(st, err);
}

int store_outbox_put(struct db *db, struct outbox_row *row, struct error *err)
{
	struct stmt *st = db_query(db, Q_OUTBOX_PUT);
	int64_t id;
	int r;

	assert(db_in_transaction(db));
	if (row->digest)
		stmt_int(st, ":digest", row->digest);
	else
		stmt_null(st, ":digest");
	stmt_text(st, ":profile", row->profile);
	stmt_time(st, ":created", row->created);
	stmt_time(st, ":next_at", row->next_at == TIME_NONE ? row->created : row->next_at);
	stmt_text(st, ":sender", row->from);
	stmt_text(st, ":recipient", row->to);
	stmt_text(st, ":message_id", row->message_id);
	r = step_int(st, &id, err);
	if (r >= 0)
		r = put_message(db, id, row->message, err);
	if (r < 0)
		return error_add(err, "message %.*s", STR_ARG(row->message_id));
	assert(r == 0);
	row->id = id;
	row->state = OUTBOX_READY;
	return 0;
}

/* Columns from 0, as Q_OUTBOX_NEXT has them. */
static int outbox_from_row(
	struct stmt *st, struct arena *arena, struct outbox_row *ret, struct error *err)
{
	struct str state = stmt_col_text(st, 3, arena);

	*ret = (struct outbox_row){
		.id = stmt_col_int(st, 0),
		.digest = stmt_col_int(st, 1),
		.profile = stmt_col_text(st, 2, arena),
		.attempts = (int)stmt_col_int(st, 4),
		.created = stmt_col_time(st, 5),
		.next_at = stmt_col_time(st, 6),
		.sent_at = stmt_col_time(st, 7),
		.from = stmt_col_text(st, 8, arena),
		.to = stmt_col_text(st, 9, arena),
		.message_id = stmt_col_text(st, 10, arena),
		.reply = stmt_col_text(st, 11, arena),
	};
	if (!state_parse(state, &ret->state))
		return col_bad("state of a message", state, err);
	return 0;
}

static int get_message(struct db *db, int64_t id, struct arena *arena, struct str *ret, struct error *err)
{
	struct stmt *st = db_query(db, Q_OUTBOX_MESSAGE);
	int r;

	stmt_int(st, ":outbox", id);
	r = stmt_step(st, err);
	if (r != STMT_ROW)
		return r < 0 ? r : error_set(err, ERROR_STORE, "message %lld is empty", (long long)id);
	*ret = stmt_col_blob(st, 0, arena);
	stmt_reset(st);
	return 0;
}

int store_outbox_claim(struct db *db, int64_t now, struct str lease, struct arena *arena,
	struct outbox_row *ret, struct error *err)
{
	struct stmt *st = db_query(db, Q_OUTBOX_CLAIM);
	struct outbox_row row;
	int r;

	assert(db_in_transaction(db));
	stmt_time(st, ":now", now);
	stmt_text(st, ":lease", lease);
	r = stmt_step(st, err);
	if (r != STMT_ROW)
		return r < 0 ? r : STORE_NONE;
	r = outbox_from_row(st, arena, &row, err);
	if (r) {
		stmt_reset(st);
		return r;
	}
	r = stmt_step(st, err);
	if (r < 0)
		return r;
	assert(r == 0); /* ids are unique */
	r = get_message(db, row.id, arena, &row.message, err);
	if (r < 0)
		return r;
	*ret = row;
	return 0;
}

int store_outbox_due(struct db *db, int64_t now, int64_t most, int64_t *ret, struct error *err)
{
	struct stmt *st = db_query(db, Q_OUTBOX_DUE);

	stmt_time(st, ":now", now);
	stmt_int(st, ":most", most);
	return step_int(st, ret, err);
}

int store_outbox_overdue(struct db *db, int64_t before, int64_t since, int64_t *ret_waiting,
	int64_t *ret_oldest, int64_t *ret_lost, struct error *err)
{
	struct stmt *st = db_query(db, Q_OUTBOX_OVERDUE);
	int r;

	stmt_time(st, ":before", before);
	r = stmt_step(st, err);
	if (r < 0)
		return r;
	assert(r == STMT_ROW); /* counts have a row */
	*ret_waiting = stmt_col_int(st, 0);
	*ret_oldest = stmt_col_time(st, 1);
	stmt_reset(st);
	st = db_query(db, Q_OUTBOX_LOST);
	stmt_time(st, ":since", since);
	stmt_time(st, ":before", before);
	r = step_int(st, ret_lost, err);
	return r < 0 ? r : 0;
}

int store_outbox_wanted(struct db *db, int64_t id, bool *ret, struct error *err)
{
	struct stmt *st = db_query(db, Q_OUTBOX_WANTED);
	int64_t wanted = 0;
	int r;

	stmt_int(st, ":id", id);
	r = step_int(st, &wanted, err);
	*ret = wanted != 0;
	return r < 0 ? r : 0;
}

int store_outbox_handing(
	struct db *db, int64_t id, struct str lease, int64_t now, struct error *err)
{
	struct stmt *st = db_query(db, Q_OUTBOX_HANDING);

	assert(db_in_transaction(db));
	stmt_int(st, ":id", id);
	stmt_text(st, ":lease", lease);
	stmt_time(st, ":now", now);
	return run_one(st, err);
}

int store_outbox_end(struct db *db, int64_t id, struct str lease, enum outbox_state state,
	int64_t next_at, struct str reply, int64_t now, struct error *err)
{
	struct stmt *st = db_query(db, Q_OUTBOX_END);
	bool due = state == OUTBOX_RETRY || state == OUTBOX_UNCERTAIN || state == OUTBOX_READY;

	assert(db_in_transaction(db));
	assert(due || state == OUTBOX_SENT || state == OUTBOX_FAILED || state == OUTBOX_SUPPRESSED);
	assert(!due || next_at != TIME_NONE);
	stmt_int(st, ":id", id);
	stmt_text(st, ":lease", lease);
	stmt_text(st, ":state", str_of(state_names[state]));
	stmt_time(st, ":next_at", due ? next_at : TIME_NONE);
	stmt_text(st, ":reply", reply);
	stmt_time(st, ":now", now);
	return run_one(st, err);
}

int store_outbox_recover(struct db *db, int64_t now, int64_t older_than, int64_t *ret_ready,
	int64_t *ret_uncertain, struct error *err)
{
	struct stmt *st = db_query(db, Q_OUTBOX_RECOVER_CLAIMED);
	int64_t ready;
	int r;

	assert(db_in_transaction(db));
	stmt_time(st, ":now", now);
	stmt_time(st, ":older_than", older_than);
	r = run_any(st, err);
	if (r)
		return r;
	ready = stmt_changes(st);

	/* Those in doubt for the second time first: the others become uncertain only now. */
	st = db_query(db, Q_OUTBOX_RECOVER_FAILED);
	stmt_time(st, ":older_than", older_than);
	r = run_any(st, err);
	if (r)
		return r;
	st = db_query(db, Q_OUTBOX_RECOVER_HANDING);
	stmt_time(st, ":older_than", older_than);
	stmt_time(st, ":next_at", now + OUTBOX_DOUBT_S);
	r = run_any(st, err);
	if (r)
		return r;
	*ret_ready = ready;
	*ret_uncertain = stmt_changes(st);
	return 0;
}

int store_outbox_set(
	struct db *db, int64_t id, enum outbox_state state, int64_t now, struct error *err)
{
	struct stmt *st = db_query(db, state == OUTBOX_HELD ? Q_OUTBOX_HOLD : Q_OUTBOX_RELEASE);

	assert(db_in_transaction(db));
	assert(state == OUTBOX_HELD || state == OUTBOX_READY);
	stmt_int(st, ":id", id);
	if (state == OUTBOX_READY)
		stmt_time(st, ":now", now);
	return run_one(st, err);
}

int store_outbox_recipient(
	struct db *db, int64_t id, struct arena *arena, struct str *ret, struct error *err)
{
	struct stmt *st = db_query(db, Q_OUTBOX_RECIPIENT);
	int r;

	stmt_int(st, ":id", id);
	r = stmt_step(st, err);
	if (r != STMT_ROW)
		return r < 0 ? r : STORE_NONE;
	*ret = stmt_col_text(st, 0, arena);
	stmt_reset(st);
	return 0;
}

int store_outbox_each(struct db *db, bool all,
	int (*each)(void *data, const struct outbox_row *row, struct error *err), void *data,
	struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	int64_t after = 0;

	/* One statement a row, so that none is open while `each` writes. */
	for (;;) {
		struct stmt *st = db_query(db, Q_OUTBOX_NEXT);
		struct outbox_row row;
		int r;

		arena_reset(&arena);
		stmt_int(st, ":after", after);
		stmt_int(st, ":sent_too", all);
		r = stmt_step(st, err);
		if (r != STMT_ROW)
			return r;
		r = outbox_from_row(st, &arena, &row, err);
		stmt_reset(st);
		if (r)
			return r;
		after = row.id;
		r = each(data, &row, err);
		if (r)
			return r;
	}
}
