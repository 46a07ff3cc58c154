/*
 * What notices are found by and comes in no order (codes, buyers, UUIDs) is brought to its place for thousands
 * of them at once, in order: then a page of it is written for several rows, and not for one. What is not there
 * yet is looked up in small tables beside it, or, of codes, where the notice has them.
 */
#include <assert.h>

#include "private.h"
#include "store/notice.h"

/*
 * The more at once, the fewer pages are written, and the more is looked up beside them; so many notices have
 * tables of half a MiB, and some 40,000 codes to go through in a search, 10 ms. Nearly all pages are written, so
 * where there are many, it waits for a sixteenth of what is settled: what it costs a notice is then always the same.
 */
enum { SETTLED_AT_ONCE = 8192, PART_AT_ONCE = 16 };

/*
 * Segments of the full-text index. Merging them costs an import a tenth of its time, a search of one word looks at
 * each segment for some microseconds: so they are merged when there are many, by and by, until they are few.
 */
enum { SEGMENTS_MANY = 750, SEGMENTS_FEW = 300, SEGMENTS_MERGED = 64 };

/* 1 when enough are waiting, else 0. */
static int is_due(struct db *db, struct error *err)
{
	struct stmt *st = db_query(db, Q_SETTLE_WAITING);
	int64_t waiting, settled;
	int r = stmt_step(st, err);

	if (r != STMT_ROW)
		return r;
	waiting = stmt_col_int(st, 0);
	settled = stmt_col_int(st, 1);
	stmt_reset(st);
	return waiting >= SETTLED_AT_ONCE && waiting >= settled / PART_AT_ONCE;
}

static int settle(struct db *db, const enum query *steps, size_t n, struct error *err)
{
	int r = db_begin(db, err);

	for (size_t i = 0; r >= 0 && i < n; i++)
		r = run_any(db_query(db, (int)steps[i]), err);
	if (r >= 0)
		return db_commit(db, err);
	db_rollback(db);
	return r;
}

static int set_merging(struct db *db, int segments, struct error *err)
{
	struct stmt *st;
	int r = db_begin(db, err);

	if (r < 0)
		return r;
	st = db_query(db, Q_TEXT_MERGE);
	stmt_int(st, ":segments", segments);
	r = run_any(st, err);
	if (r >= 0)
		return db_commit(db, err);
	db_rollback(db);
	return r;
}

/*
 * Asked with every commit: a commit writes a segment however few notices it has, and an instance that fetches by the
 * hour would have thousands of segments before notices enough wait to be settled.
 */
static int decide_merging(struct db *db, struct error *err)
{
	struct stmt *st = db_query(db, Q_TEXT_SEGMENTS);
	int64_t segments;
	bool merges;
	int r;

	stmt_int(st, ":many", SEGMENTS_MANY);
	r = stmt_step(st, err);
	if (r != STMT_ROW)
		return r;
	segments = stmt_col_int(st, 0);
	merges = stmt_col_int(st, 1) != 0;
	stmt_reset(st);
	if (merges ? segments > SEGMENTS_FEW : segments < SEGMENTS_MANY)
		return 0;
	return set_merging(db, merges ? 0 : SEGMENTS_MERGED, err);
}

/*
 * A transaction for each of the three: what one of them writes is more than is kept in memory, and pages that
 * are written before their commit for want of room should be those that are not changed again (db_crowded). So
 * not in the transaction of the notices either, whose pages take up all the room. Broken off between two of them,
 * the rest is done the next time: rows of buyers and UUIDs that have moved are not in the smaller tables any more.
 */
int store_notice_settle(struct db *db, struct error *err)
{
	static const enum query buyers[] = { Q_SETTLE_BUYERS, Q_SETTLE_BUYERS_DONE };
	static const enum query uuids[] = { Q_SETTLE_UUIDS, Q_SETTLE_UUIDS_DONE };
	static const enum query codes[] = { Q_SETTLE_CODES, Q_SETTLE_DONE };
	int r;

	assert(!db_in_transaction(db));
	r = is_due(db, err);
	if (r <= 0)
		return r < 0 ? r : decide_merging(db, err);
	r = settle(db, buyers, LENGTH(buyers), err);
	if (r >= 0)
		r = settle(db, uuids, LENGTH(uuids), err);
	if (r >= 0)
		r = settle(db, codes, LENGTH(codes), err);
	return r < 0 ? r : decide_merging(db, err);
}
