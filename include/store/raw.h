/*
 * Raw items: the bytes of one notice as they came, kept before anything is parsed, named by their
 * hash (in the database they are packed). An item is pending until it was read into a notice, or is in
 * quarantine with a reason. Nothing is ever deleted here.
 *
 * Formats are words and parser versions numbers here: what they mean is source's business, which
 * store does not know (source_format_name(), SOURCE_PARSER_VERSION).
 */
#ifndef STORE_RAW_H
#define STORE_RAW_H

#include "base/date.h"
#include "store/store.h"

struct raw {
	int64_t seq;          /* order of arrival */
	struct str hash;      /* 64 hexadecimal digits */
	struct str source;    /* who gave it: "boamp", "explore", "ted", "file" */
	struct str label;     /* for messages: file name, idweb, record number */
	struct str format;    /* "eforms", "boamp", … */
	struct str bytes;
	int64_t arrived;      /* UTC */
};

/*
 * The hash of these bytes: in their SHA-256, which stands in `hash`, the first RAW_DAY_DIGITS make place for
 * the first day that is written in the bytes (since 1970; "2024-02-14" or "20240214" near their start; 0: none).
 * What is published together then stands together in the index of hashes, and several items share a page that
 * is written; by the SHA-256 alone each has a page of its own. Bytes that a database of before has keep theirs.
 */
enum { RAW_DAY_DIGITS = 4 };
int store_raw_name(struct db *db, struct str bytes, char *hash, struct error *err) MUST_CHECK;

/* STORE_NEW: kept, pending. STORE_UNCHANGED: these bytes were here before (nothing changes). */
int store_raw_put(struct db *db, const struct raw *raw, struct error *err) MUST_CHECK;
/* The same for an item that was looked at before it is kept: read into a notice (and given its seq), or refused. */
int store_raw_put_read(struct db *db, struct raw *raw, struct str notice_id, int parser_version,
	struct error *err) MUST_CHECK;
int store_raw_put_quarantined(struct db *db, const struct raw *raw, struct str reason, int parser_version,
	int64_t now, struct error *err) MUST_CHECK;
/* Were these bytes kept before? 0 or STORE_NONE */
int store_raw_known(struct db *db, struct str hash, struct error *err) MUST_CHECK;

/* The next pending item after `seq` (0: from the start), in order of arrival; 0 or STORE_NONE. */
int store_raw_pending(struct db *db, int64_t seq, struct arena *arena, struct raw *ret,
	struct error *err) MUST_CHECK;
/* Pending again: everything in quarantine (`all` false: only what a parser before this one refused). */
int store_raw_retry(struct db *db, bool all, int parser_version, int64_t *ret_count,
	struct error *err) MUST_CHECK;

/* What was decided about an item so far. */
struct raw_state {
	bool read, quarantined; /* neither: pending */
	bool current;           /* a notice is what these bytes say: no later version has come */
};
/* The next item after `seq` (0: from the start), whatever its state; 0 or STORE_NONE. */
int store_raw_next(struct db *db, int64_t seq, struct arena *arena, struct raw *ret,
	struct raw_state *ret_state, struct error *err) MUST_CHECK;
/* How many there are after `seq`. */
int store_raw_count(struct db *db, int64_t seq, int64_t *ret, struct error *err) MUST_CHECK;

/* Why the item is in quarantine; STORE_NONE when it is not. */
int store_raw_reason(struct db *db, struct str hash, struct arena *arena, struct str *ret,
	struct error *err) MUST_CHECK;

/* The item was read into the notice `id`, by this parser. 0 or STORE_NONE */
int store_raw_done(struct db *db, struct str hash, struct str notice_id, int parser_version,
	struct error *err) MUST_CHECK;
/* Parts of the item that its reading had no place for; they take the place of those told before. */
int store_raw_unread(struct db *db, int64_t seq, const struct str *paths, size_t n, struct error *err)
	MUST_CHECK;
/* The item was refused. When it was before, quarantined.since stays. 0 or STORE_NONE */
int store_raw_quarantine(struct db *db, struct str hash, struct str reason, int parser_version,
	int64_t now, struct error *err) MUST_CHECK;

struct quarantined {
	struct str hash, source, label, reason;
	size_t size;
	int parser_version;
	int64_t since;
};
/*
 * Calls `each` for every item in quarantine, in order of arrival; a result other than 0 stops and is
 * returned. Its texts live until `each` returns, which may write.
 */
int store_quarantine_each(struct db *db,
	int (*each)(void *data, const struct quarantined *item, struct error *err), void *data,
	struct error *err) MUST_CHECK;

#endif
