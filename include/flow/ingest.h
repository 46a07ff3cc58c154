/*
 * From documents to stored notices: split into items, keep every item raw, read what is pending.
 * Two resumable steps, each in batches of one transaction: a kill between them loses nothing, and
 * doing either twice changes nothing. Documents that stay where they are need no such halt between
 * the two: they are kept and read at once.
 */
#ifndef FLOW_INGEST_H
#define FLOW_INGEST_H

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "gate/db.h"

enum { REPORT_FAILURES_MAX = 1000 }; /* kept with their reason; more are counted only */

struct report_failure {
	struct str item, reason;
};
/* The shape of `import` and `fetch --json`. */
struct report {
	struct arena arena;
	struct str source;
	int64_t announced;  /* what the publisher (or the folder) said there is; -1: it does not say */
	int64_t read;       /* items looked at */
	int64_t added, updated, unchanged, rejected;
	int64_t missing;    /* of the rejected, how many were paths that could not be opened */
	struct str stopped_at; /* the first that was not taken, when a signal ended it; STR_NONE */
	struct report_failure *failures;
	size_t n_failures, failures_capacity;
};
void report_init(struct report *report, struct str source);
void report_done(struct report *report);
void report_fail(struct report *report, struct str item, struct str reason);

/* Called now and then with how far it got; `total` 0: not known. May be NULL. */
struct progress {
	void (*tell)(void *data, const char *what, int64_t done, int64_t total);
	void *data;
};
void progress_tell(const struct progress *progress, const char *what, int64_t done, int64_t total);

/*
 * Keeps a document's items raw, in an open transaction. A document nobody knows is kept whole, in
 * quarantine with its reason, and counted rejected. Fails only when the store does.
 * `ret_hash`, if not NULL and the document was one item: its raw hash, in `arena`.
 */
int ingest_keep(struct db *db, struct str source, struct str name, struct str document, int64_t now,
	struct report *report, struct arena *arena, struct str *ret_hash, struct error *err) MUST_CHECK;

/*
 * Keeps a document's items raw and reads them, in one open transaction: each is written once, as what
 * became of it. Else as ingest_keep().
 */
int ingest_take(struct db *db, struct str source, struct str name, struct str document, int64_t now,
	struct report *report, struct arena *arena, struct error *err) MUST_CHECK;

/* Reads one raw item, in an open transaction, into a notice or into quarantine. */
struct raw;
int ingest_item(struct db *db, const struct raw *raw, int64_t now, struct arena *arena,
	struct report *report, struct error *err) MUST_CHECK;

/* Reads all that is pending into notices, in batches of one transaction each. */
int ingest_pending(struct db *db, int64_t now, struct report *report, const struct progress *progress,
	struct error *err) MUST_CHECK;

/*
 * Files, folders (walked), archives, or "-" for standard input: keeps and reads, then reads what else
 * is pending. A file that cannot be opened is a failure of that item; the others go on. Documents of
 * several paths share a transaction; what a kill takes back is taken anew when asked again.
 */
int ingest_paths(struct db *db, const char *const *paths, int n, int64_t now, struct report *report,
	const struct progress *progress, struct error *err) MUST_CHECK;

#endif
