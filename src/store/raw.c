#include "store/raw.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "private.h"

/* naming */

enum { DAY_NEAR = 16 << 10 }; /* bytes looked through */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A day of this century at the start of `s`, in whatever stands alone: DAY_NONE for all else. */
static day_t day_at(struct str s)
{
	int parts[3] = { 0 };
	size_t at = 0;

	for (int i = 0; i < 3; i++) {
		size_t end = at + (i == 0 ? 4 : 2);

		for (; at < end; at++) {
			if (at >= s.len || !is_digit(s.ptr[at]))
				return DAY_NONE;
			parts[i] = parts[i] * 10 + s.ptr[at] - '0';
		}
		at += i < 2 && at < s.len && s.ptr[at] == '-';
	}
	return at < s.len && is_digit(s.ptr[at]) ? DAY_NONE : day_from_civil(parts[0], parts[1], parts[2]);
}

static day_t first_day(struct str bytes)
{
	struct str rest = str_sub(bytes, 0, DAY_NEAR);
	char before = ' ';

	while (rest.len > 1) {
		const char *two = memchr(rest.ptr, '2', rest.len - 1);
		day_t day;

		if (!two)
			break;
		if (two > rest.ptr)
			before = two[-1];
		rest = str_from(rest, (size_t)(two - rest.ptr));
		day = two[1] == '0' && !is_digit(before) ? day_at(rest) : DAY_NONE;
		if (day != DAY_NONE)
			return day;
		before = '2';
		rest = str_from(rest, 1);
	}
	return 0;
}

int store_raw_name(struct db *db, struct str bytes, char *hash, struct error *err)
{
	struct stmt *st = db_query(db, Q_RAW_NAMED_BEFORE);
	char day[RAW_DAY_DIGITS + 1];
	int64_t before;
	int r;

	stmt_text(st, ":hash", str_of(hash));
	r = step_int(st, &before, err);
	if (r || before)
		return r;
	snprintf(day, sizeof(day), "%04x", (unsigned)first_day(bytes) & 0xffff);
	memcpy(hash, day, RAW_DAY_DIGITS);
	return 0;
}

/* items */

static struct stmt *bind_raw(struct db *db, const struct raw *raw, const char *state)
{
	struct stmt *st = db_query(db, Q_RAW_PUT);

	assert(db_in_transaction(db));
	stmt_text(st, ":hash", raw->hash);
	stmt_text(st, ":source", raw->source);
	stmt_text(st, ":label", raw->label);
	stmt_text(st, ":format", raw->format);
	stmt_text(st, ":state", str_of(state));
	stmt_time(st, ":arrived", raw->arrived);
	stmt_packed(st, ":bytes", raw->bytes);
	return st;
}

static int run_put(struct stmt *st, struct error *err)
{
	int r = run_one(st, err);

	if (r < 0)
		return r;
	return r == 0 ? STORE_NEW : STORE_UNCHANGED;
}

int store_raw_put(struct db *db, const struct raw *raw, struct error *err)
{
	return run_put(bind_raw(db, raw, "pending"), err);
}

int store_raw_put_read(
	struct db *db, struct raw *raw, struct str notice_id, int parser_version, struct error *err)
{
	struct stmt *st = bind_raw(db, raw, "read");
	int r;

	stmt_text(st, ":notice_id", notice_id);
	stmt_int(st, ":parser_version", parser_version);
	r = run_put(st, err);
	if (r == STORE_NEW && step_int(db_query(db, Q_NOTICE_INSERTED), &raw->seq, err) < 0)
		return -(int)err->kind;
	return r;
}

int store_raw_put_quarantined(struct db *db, const struct raw *raw, struct str reason, int parser_version,
	int64_t now, struct error *err)
{
	struct stmt *st = bind_raw(db, raw, "quarantined");

	stmt_text(st, ":reason", reason);
	stmt_int(st, ":parser_version", parser_version);
	stmt_time(st, ":decided", now);
	return run_put(st, err);
}

int store_raw_known(struct db *db, struct str hash, struct error *err)
{
	struct stmt *st = db_query(db, Q_RAW_KNOWN);
	int64_t known;
	int r;

	stmt_text(st, ":hash", hash);
	r = step_int(st, &known, err);
	if (r)
		return r;
	return known ? 0 : STORE_NONE;
}

/* Columns of a raw item from 0. */
int col_raw(struct stmt *st, struct arena *arena, struct raw *ret, struct error *err)
{
	struct raw raw = {
		.seq = stmt_col_int(st, 0),
		.hash = stmt_col_text(st, 1, arena),
		.source = stmt_col_text(st, 2, arena),
		.label = stmt_col_text(st, 3, arena),
		.format = stmt_col_text(st, 4, arena),
		.arrived = stmt_col_time(st, 5),
	};
	int r = stmt_col_packed(st, 6, arena, &raw.bytes, err);

	if (r < 0)
		return error_add(err, "raw %.*s", STR_ARG(raw.hash));
	*ret = raw;
	return 0;
}

static int raw_from_row(struct stmt *st, struct arena *arena, struct raw *ret, struct error *err)
{
	int r = stmt_step(st, err);

	if (r != STMT_ROW)
		return r < 0 ? r : STORE_NONE;
	r = col_raw(st, arena, ret, err);
	stmt_reset(st);
	return r;
}

int store_raw_pending(
	struct db *db, int64_t seq, struct arena *arena, struct raw *ret, struct error *err)
{
	struct stmt *st = db_query(db, Q_RAW_PENDING);

	stmt_int(st, ":after", seq);
	return raw_from_row(st, arena, ret, err);
}

int store_raw_next(struct db *db, int64_t seq, struct arena *arena, struct raw *ret,
	struct raw_state *ret_state, struct error *err)
{
	struct stmt *st = db_query(db, Q_RAW_NEXT);
	struct str state;
	int r;

	stmt_int(st, ":after", seq);
	r = stmt_step(st, err);
	if (r != STMT_ROW)
		return r < 0 ? r : STORE_NONE;
	r = col_raw(st, arena, ret, err);
	state = stmt_col_text(st, 7, arena);
	*ret_state = (struct raw_state){
		.read = str_eqz(state, "read"),
		.quarantined = str_eqz(state, "quarantined"),
		.current = stmt_col_int(st, 8) != 0,
	};
	stmt_reset(st);
	return r;
}

int store_raw_count(struct db *db, int64_t seq, int64_t *ret, struct error *err)
{
	struct stmt *st = db_query(db, Q_RAW_COUNT);

	stmt_int(st, ":after", seq);
	return step_int(st, ret, err);
}

int store_raw_reason(
	struct db *db, struct str hash, struct arena *arena, struct str *ret, struct error *err)
{
	struct stmt *st = db_query(db, Q_RAW_REASON);
	int r;

	stmt_text(st, ":hash", hash);
	r = stmt_step(st, err);
	if (r != STMT_ROW)
		return r < 0 ? r : STORE_NONE;
	*ret = stmt_col_text(st, 0, arena);
	stmt_reset(st);
	return 0;
}

int store_raw_retry(
	struct db *db, bool all, int parser_version, int64_t *ret_count, struct error *err)
{
	struct stmt *st = db_query(db, Q_RAW_RETRY);
	int r;

	assert(db_in_transaction(db));
	stmt_int(st, ":all_of_it", all);
	stmt_int(st, ":parser_version", parser_version);
	r = run_any(st, err);
	if (r)
		return r;
	*ret_count = stmt_changes(st);
	return 0;
}

int store_raw_done(
	struct db *db, struct str hash, struct str notice_id, int parser_version, struct error *err)
{
	struct stmt *st = db_query(db, Q_RAW_DONE);

	assert(db_in_transaction(db));
	stmt_text(st, ":hash", hash);
	stmt_text(st, ":notice_id", notice_id);
	stmt_int(st, ":parser_version", parser_version);
	return run_one(st, err);
}

int store_raw_unread(struct db *db, int64_t seq, const struct str *paths, size_t n, struct error *err)
{
	struct stmt *st = db_query(db, Q_RAW_UNREAD_CLEAR);
	int r;

	assert(db_in_transaction(db));
	stmt_int(st, ":raw", seq);
	r = run_one(st, err);
	for (size_t i = 0; r >= 0 && i < n; i++) {
		st = db_query(db, Q_RAW_UNREAD_PUT);
		stmt_int(st, ":raw", seq);
		stmt_text(st, ":path", paths[i]);
		r = run_one(st, err);
	}
	return r < 0 ? r : 0;
}

int store_raw_quarantine(struct db *db, struct str hash, struct str reason, int parser_version,
	int64_t now, struct error *err)
{
	struct stmt *st = db_query(db, Q_RAW_QUARANTINE);

	assert(db_in_transaction(db));
	stmt_text(st, ":hash", hash);
	stmt_text(st, ":reason", reason);
	stmt_int(st, ":parser_version", parser_version);
	stmt_time(st, ":now", now);
	return run_one(st, err);
}

int store_quarantine_each(struct db *db,
	int (*each)(void *data, const struct quarantined *item, struct error *err), void *data,
	struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	int64_t after = 0;

	/* One statement an item, so that none is open while `each` writes. */
	for (;;) {
		struct stmt *st = db_query(db, Q_RAW_QUARANTINED);
		struct quarantined item;
		struct str bytes = STR_NONE;
		int r;

		arena_reset(&arena);
		stmt_int(st, ":after", after);
		r = stmt_step(st, err);
		if (r != STMT_ROW)
			return r;
		after = stmt_col_int(st, 0);
		r = stmt_col_packed(st, 5, &arena, &bytes, err);
		item = (struct quarantined){
			.hash = stmt_col_text(st, 1, &arena),
			.source = stmt_col_text(st, 2, &arena),
			.label = stmt_col_text(st, 3, &arena),
			.reason = stmt_col_text(st, 4, &arena),
			.size = bytes.len,
			.parser_version = (int)stmt_col_int(st, 6),
			.since = stmt_col_time(st, 7),
		};
		stmt_reset(st);
		if (r == 0)
			r = each(data, &item, err);
		if (r)
			return r;
	}
}
