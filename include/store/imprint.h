/*
 * What matching sees of each notice, kept for matching again: imprints, the dictionary their words are
 * numbered by, and the lists of notices of each stem. Bytes are the business of match/imprint.h,
 * match/dictionary.h and match/segment.h. store_notice_put() notes which notices wait for their imprint;
 * who makes them writes all that belongs together in one transaction.
 */
#ifndef STORE_IMPRINT_H
#define STORE_IMPRINT_H

#include "match/dictionary.h"
#include "match/segment.h"
#include "store/store.h"

/* waiting */
int store_imprint_pending_count(struct db *db, int64_t *ret, struct error *err) MUST_CHECK;
/* The first `limit` of them in order of arrival, in `arena`; 0: all */
int store_imprint_pending(struct db *db, int64_t limit, struct arena *arena, int64_t **ret,
	size_t *ret_n, struct error *err) MUST_CHECK;
/* Throws all away; every notice waits again. */
int store_imprint_reset(struct db *db, struct error *err) MUST_CHECK;

/* The notice no longer waits: these are its bytes; `published` is a copy, to choose by. */
int store_imprint_put(struct db *db, int64_t seq, day_t published, struct str head, struct str body,
	struct error *err) MUST_CHECK;

struct imprint_row {
	int64_t seq;
	struct str head;
};
struct imprint_filter {
	day_t since, until; /* day of publication, both included; DAY_NONE: no bound */
	int64_t after_seq, limit;
};
/* In order of arrival, in `arena`. */
int store_imprint_list(struct db *db, const struct imprint_filter *filter, struct arena *arena,
	struct imprint_row **ret, size_t *ret_n, struct error *err) MUST_CHECK;
/* 0 or STORE_NONE, which is also given for one that was published on another day. */
int store_imprint_find(struct db *db, int64_t seq, const struct imprint_filter *days,
	struct arena *arena, struct str *ret, struct error *err) MUST_CHECK;
/* The body of one that is there, in `arena`. */
int store_imprint_body(struct db *db, int64_t seq, struct arena *arena, struct str *ret, struct error *err)
	MUST_CHECK;
/* How many notices were published on these days; DAY_NONE: no bound. */
int store_imprint_count(struct db *db, day_t since, day_t until, int64_t *ret, struct error *err) MUST_CHECK;
/* How many of them arrived at that place or later, of those that have a day. */
int store_imprint_count_from(struct db *db, const struct imprint_filter *days, int64_t seq, int64_t *ret,
	struct error *err) MUST_CHECK;
/* The last place in arrival order there is one of; 0: none. */
int store_imprint_last(struct db *db, int64_t *ret, struct error *err) MUST_CHECK;

/* Adds what the dictionary in the database has beyond the forms of this one. */
int store_dictionary_read(struct db *db, struct dictionary *dictionary, struct error *err) MUST_CHECK;
/* Writes the forms from `from` on; the database has those before. */
int store_dictionary_write(struct db *db, const struct dictionary *dictionary, uint32_t from,
	struct error *err) MUST_CHECK;

struct segment_row {
	int64_t number;
	int64_t notices; /* it was made of */
};
int store_segment_list(struct db *db, struct arena *arena, struct segment_row **ret, size_t *ret_n,
	struct error *err) MUST_CHECK;
int store_segment_put(struct db *db, const struct segment *segment, int64_t notices, struct error *err)
	MUST_CHECK;
/* All of its blocks, in `arena`. */
int store_segment_read(struct db *db, int64_t number, struct arena *arena, struct segment *ret,
	struct error *err) MUST_CHECK;
int store_segment_delete(struct db *db, int64_t number, struct error *err) MUST_CHECK;
/* The block in which the list of a stem must be, in `arena`; STORE_NONE: the segment has none. */
int store_segment_block(struct db *db, int64_t number, uint32_t stem, struct arena *arena,
	struct segment_block *ret, struct error *err) MUST_CHECK;

#endif
