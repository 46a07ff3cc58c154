/*
 * What notices are found by and comes in no order (codes, buyers, UUIDs) is brought to its place for thousands
 * of them at once, in order: then a page of it is written for several rows, and not for one. What is not there
 * yet is looked up in small tables beside it, or, of codes, where the notice has them.
 */
#include "private.h"
#include "store/notice.h"

/*
 * The more at once, the fewer pages are written, and the more is looked up beside them; so many notices have
 * tables of half a MiB, and some 40,000 codes to go through in a search, 10 ms. Nearly all pages are written, so
 * where there are many, it waits for a sixteenth of what is settled: what it costs a notice is then always the same.
 */
enum { SETTLED_AT_ONCE = 8192, PART_AT_ONCE = 16 };

int store_notice_settle(struct db *db, struct error *err)
{
	static const enum query settling[] = {
		Q_SETTLE_CODES,
		Q_SETTLE_BUYERS,
		Q_SETTLE_BUYERS_DONE,
		Q_SETTLE_UUIDS,
		Q_SETTLE_UUIDS_DONE,
		Q_SETTLE_DONE,
	};
	struct stmt *st = db_query(db, Q_SETTLE_WAITING);
	int64_t waiting, settled;
	int r = stmt_step(st, err);

	if (r != STMT_ROW)
		return r < 0 ? r : STORE_NONE;
	waiting = stmt_col_int(st, 0);
	settled = stmt_col_int(st, 1);
	stmt_reset(st);
	if (waiting < SETTLED_AT_ONCE || waiting < settled / PART_AT_ONCE)
		return 0;
	for (size_t i = 0; r >= 0 && i < LENGTH(settling); i++)
		r = run_any(db_query(db, (int)settling[i]), err);
	return r < 0 ? r : 0;
}
