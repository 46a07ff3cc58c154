/*
 * What the publishers' protocols have in common, and the small table that tells them apart.
 *
 * A driver reads one day: it asks what the day announces, and gives each item to day_take() (an
 * address to get) or day_keep() (bytes that came with the list). The story around it, the days, the
 * counting and the cursor are fetch.c's.
 */
#ifndef FETCH_DRIVER_H
#define FETCH_DRIVER_H

#include "ask.h"
#include "flow/fetch.h"
#include "store/fetch.h"

/* A day whose list changes under us, or whose count does not come out, is read so often at most. */
enum { DAY_PASSES = 3 };

/* An item the day announces. */
struct day_entry {
	struct str ref;
	bool here; /* its bytes are stored, or wait to be in the next transaction */
};

/* Bytes that wait for the next transaction. */
struct day_waiting {
	struct str ref, name, stamp, bytes;
};

/* One day being read. */
struct fetch_day {
	struct db *db;
	struct ask *ask;
	const struct fetch_settings *settings;
	struct str source;
	const char *what; /* for the progress bar: "boamp 2026-09-10" */
	day_t day, today; /* today: in Paris */
	int64_t now;
	const struct coverage_row *before; /* what was known of the day; NULL: nothing */
	struct report *report;
	const struct progress *progress;
	struct arena arena; /* lives as long as the day */

	int64_t announced;  /* learned by the driver; -1: not */
	struct str unsure;  /* the count cannot be trusted: why; STR_NONE */
	struct str missing; /* why the first item that is not here is not; STR_NONE */
	bool same;          /* the list is the one `before` was made from */
	struct str url, etag, last_modified; /* of the list; STR_NONE: nothing to remember */

	struct day_entry *entries;
	size_t n_entries, entries_capacity;
	struct day_waiting *waiting;
	size_t n_waiting;
	size_t waiting_bytes;
	struct arena waiting_arena;
	bool again; /* a further pass: what is here was counted in the first */
};

struct fetch_driver {
	/*
	 * Learns `announced` and takes every item. 0, also when items are missing; negative: the
	 * list could not be read to its end (a gap), or ERROR_STORE: the store failed (the end of
	 * the run).
	 */
	int (*read_day)(struct fetch_day *day, struct error *err);
	/* Is a past day without a single notice suspicious? NULL: never. */
	bool (*expects)(day_t day);
	/* Requests in a stretch of time that the publisher allows; 0: it names no number. */
	size_t budget;
	int64_t window_ms;
};

extern const struct fetch_driver fetch_flux, fetch_explore, fetch_ted;

/*
 * Takes one announced item: from `url`, unless it is here with this very stamp. An item that cannot
 * be got is missing, told in the report, and no failure. Fails only when the store does.
 */
int day_take(struct fetch_day *day, struct str ref, struct str name, struct str stamp,
	struct str url, struct error *err) MUST_CHECK;
/* The same for an item whose bytes are at hand; they are copied. */
int day_keep(struct fetch_day *day, struct str ref, struct str name, struct str stamp,
	struct str bytes, struct error *err) MUST_CHECK;
/* Stores what waits, in one transaction. */
int day_flush(struct fetch_day *day, struct error *err) MUST_CHECK;
/* Before a further pass: what was announced is forgotten, what is stored stays. */
int day_restart(struct fetch_day *day, struct error *err) MUST_CHECK;
/* Distinct items announced, and those of them that are here. Sorts the entries. */
size_t day_distinct(struct fetch_day *day, size_t *ret_here);
/* Frees what the day holds. */
void day_done(struct fetch_day *day);

#endif
