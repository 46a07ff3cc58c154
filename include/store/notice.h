/*
 * Notices: the newest version of each, with lots, codes and links; full-text index over title,
 * descriptions, lots and buyer. Older versions are their raw bytes.
 */
#ifndef STORE_NOTICE_H
#define STORE_NOTICE_H

#include "store/store.h"
#include "tender/notice.h"

/*
 * Inserts the notice, or refreshes it when its content differs (hash over all that was read), then
 * notice->version becomes at least one more than the stored one. An older publisher's version than
 * the stored one, a summary when a whole one is stored, or the lesser of two summaries (the earlier kind,
 * else the earlier day, else the lesser hash: in any order the same one stays) is STORE_UNCHANGED (requirements have no
 * publisher: any counts). `raw_hash` may be
 * STR_NONE (requirements).
 *
 * Fills notice->dossier when it is STR_NONE: notices are of one purchase when they have the same
 * procedure id or when one names the other (links), whichever came first; two dossiers that turn out
 * to be one are joined. The key is "procedure:" and the smallest procedure id in it, else the smallest
 * notice id: the same in every order of arrival. A dossier takes at most DOSSIER_NOTICES_MAX by links
 * and ids; what thousands name is a mistake, not a purchase. Requirements stand alone.
 *
 * Returns STORE_NEW, STORE_UPDATED or STORE_UNCHANGED (version and dossier are then the stored ones).
 */
enum { DOSSIER_NOTICES_MAX = 1000 };
int store_notice_put(struct db *db, struct notice *notice, struct str raw_hash, int64_t now,
	struct arena *arena, struct error *err) MUST_CHECK;

/*
 * After a transaction that may have put many: once some thousands are waiting, what they are found by is brought
 * to its place for all of them, in transactions of its own. They are found before that, too.
 */
int store_notice_settle(struct db *db, struct error *err) MUST_CHECK;

/* 0 or STORE_NONE */
int store_notice_find(struct db *db, struct str id, struct arena *arena, struct notice *ret,
	struct error *err) MUST_CHECK;

/* The one at this place in arrival order. 0 or STORE_NONE */
int store_notice_get(struct db *db, int64_t seq, struct arena *arena, struct notice *ret,
	struct error *err) MUST_CHECK;

/* Which notices; members left zero (STR_NONE, *_NONE by notice_filter_init) do not restrict. */
struct notice_filter {
	/*
	 * Still open at this instant (after the publisher's own rule, DOMAIN 1.2): the deadline is not
	 * past, or none is known, or one in the year 2924 (deadline_last_credible()), and it was
	 * published within the last NOTICE_OPEN_DAYS (the last day
	 * shown as current is not kept). Results, direct awards and cancellations never are, nor changes
	 * of those, nor closed requirements. TIME_NONE: all
	 */
	int64_t open_at;
	day_t since, until;    /* by day of publication, both included */
	int64_t stored_since;  /* first stored at or after this instant; TIME_NONE: any */
	struct str source;
	int kind;              /* enum notice_kind, -1: any */
	struct str cpv_branch; /* significant digits */
	struct str place;      /* canonical; of the notice or of a lot, wide ones in both directions */
	struct str dossier;
	struct str text;       /* words for the full-text index, all must occur, accents and case do not
	                          matter; "quotes" make phrases, * at the end of either stands for more */
	int64_t unmatched_ruleset; /* only those not yet matched, in this version, by this ruleset; 0: any */
	int64_t rematch_at;    /* with it: what another ruleset has matched counts only when it is open at this
	                          instant; TIME_NONE: always */
	int64_t matched_ruleset;   /* only those matched, in this version, by this ruleset; 0: any */
	int64_t after_seq;     /* keyset paging: rows after this one */
	int64_t limit;         /* 0: no limit */
	bool newest_first;     /* by day of publication, then id; else by arrival (seq) */
};
enum { NOTICE_OPEN_DAYS = 90, SEARCH_BYTES_MAX = 1000, SEARCH_TERMS_MAX = 32 };
void notice_filter_init(struct notice_filter *filter);

/*
 * Calls `each` per notice; its arena is reset after each call. A positive result of `each` stops
 * quietly (and is returned), a negative one is a failure. `seq` is the row's place in arrival order.
 * Which notices is settled before the first call, so `each` may write.
 * ERROR_INPUT: the text query has no word, or too many.
 */
int store_notice_each(struct db *db, const struct notice_filter *filter,
	int (*each)(void *data, const struct notice *notice, int64_t seq, struct error *err), void *data,
	struct error *err) MUST_CHECK;
/*
 * The places in arrival order of those that store_notice_each() would give, in `arena`. Each call goes through
 * all that is here, so who takes many in pieces asks for many places at once, and then for the notices.
 */
int store_notice_seqs(struct db *db, const struct notice_filter *filter, struct arena *arena, int64_t **ret,
	size_t *ret_n, struct error *err) MUST_CHECK;
/* The notices at these places, as they are now: the first n, fewer when they take more than `bytes` (one at least). */
struct stored_notice {
	struct notice notice;
	int64_t seq;
};
int store_notice_batch(struct db *db, const int64_t *seqs, size_t n, size_t bytes, struct arena *arena,
	struct stored_notice **ret, size_t *ret_n, struct error *err) MUST_CHECK;
/* How many store_notice_each() would give without paging: after_seq, limit and order do not count. */
int store_notice_count(struct db *db, const struct notice_filter *filter, int64_t *ret,
	struct error *err) MUST_CHECK;
/* The earliest day of publication from `since` to `until`, both with; DAY_NONE: no notice is of them. */
int store_notice_first_day(struct db *db, day_t since, day_t until, day_t *ret, struct error *err)
	MUST_CHECK;

/* Requirements only: who may be written to, and whether it is still open. 0 or STORE_NONE */
int store_requirement_put(struct db *db, struct str id, struct str email, bool closed,
	struct error *err) MUST_CHECK;
int store_requirement_find(struct db *db, struct str id, struct arena *arena, struct str *ret_email,
	bool *ret_closed, struct error *err) MUST_CHECK;

#endif
