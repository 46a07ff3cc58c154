/*
 * What fetching remembers: sources, what each announced and we stored by day, and which remote items
 * are already here.
 */
#ifndef STORE_FETCH_H
#define STORE_FETCH_H

#include "base/date.h"
#include "store/store.h"

struct source_row {
	struct str name;         /* "boamp", "explore", "ted" */
	bool enabled;
	day_t complete_until;    /* cursor: every day up to this one is complete; DAY_NONE */
	int64_t last_run, last_success; /* TIME_NONE: never */
	int64_t failing_since;   /* TIME_NONE: not failing */
	struct str error;        /* the last one while failing */
};
/* What follows returns 0, or STORE_NONE for a source without a row. */

/* Makes the row when missing, enabled or not; one that is there stays as it is. */
int store_source_ensure(struct db *db, struct str name, bool enabled, struct error *err) MUST_CHECK;
int store_source_find(struct db *db, struct str name, struct arena *arena, struct source_row *ret,
	struct error *err) MUST_CHECK;
int store_source_list(struct db *db, struct arena *arena, struct source_row **ret, size_t *ret_n,
	struct error *err) MUST_CHECK;
int store_source_enable(struct db *db, struct str name, bool enabled, struct error *err) MUST_CHECK;
int store_source_run(struct db *db, struct str name, int64_t now, bool success, struct str error,
	struct error *err) MUST_CHECK;
int store_source_cursor(struct db *db, struct str name, day_t complete_until, struct error *err)
	MUST_CHECK;

/* One day of one source: the publisher's count against ours. */
struct coverage_row {
	struct str source;
	day_t day;
	int64_t announced; /* what the publisher lists; -1: could not be asked */
	int64_t stored;    /* distinct refs of that day whose bytes are here */
	int64_t rejected;  /* of those, in quarantine */
	bool complete;     /* announced was learned and stored >= announced; a past day then closes */
	int attempts;
	struct str error;  /* why not complete */
	int64_t updated;
};
int store_coverage_put(struct db *db, const struct coverage_row *row, struct error *err) MUST_CHECK;
/* Rows of `source` (STR_NONE: all) with since <= day <= until, by source and day. */
int store_coverage_list(struct db *db, struct str source, day_t since, day_t until,
	struct arena *arena, struct coverage_row **ret, size_t *ret_n, struct error *err) MUST_CHECK;

/* A remote item: its ref, the publisher's stamp (index line, version) and the raw it became. Returns 0 */
int store_item_put(struct db *db, struct str source, struct str ref, day_t day, struct str stamp,
	struct str raw_hash, struct error *err) MUST_CHECK;
/* 0: here with this very stamp; STORE_UPDATED: here with another; STORE_NONE. */
int store_item_find(struct db *db, struct str source, struct str ref, struct str stamp,
	struct error *err) MUST_CHECK;
/* Items of that day that are here; and of those, in quarantine. */
int store_item_count(struct db *db, struct str source, day_t day, int64_t *ret_stored,
	int64_t *ret_rejected, struct error *err) MUST_CHECK;
/* Items of that day whose notice shares its dossier with another one. */
int store_item_linked(struct db *db, struct str source, day_t day, int64_t *ret, struct error *err)
	MUST_CHECK;

/* ETag and Last-Modified of an address, for conditional requests. STORE_NONE. */
int store_validator_find(struct db *db, struct str url, struct arena *arena, struct str *ret_etag,
	struct str *ret_last_modified, struct error *err) MUST_CHECK;
int store_validator_put(struct db *db, struct str url, struct str etag, struct str last_modified,
	struct error *err) MUST_CHECK;

#endif
