/*
 * Fetching: for each source and each day, ask what there is, take what is not here, keep it raw, and
 * count what was announced against what was stored. A day stays open until both agree; every run
 * re-reads an overlap and every open day. Protocols differ, the story is one:
 *
 *	1. which days: from the cursor minus the overlap, or the oldest gap, to today
 *	2. per day: list what is announced (index, pages, search), politely, with back-off
 *	3. per item not here in this very version: get it, keep it raw with its item row (one transaction)
 *	4. read what is pending into notices
 *	5. write the day's coverage row and move the cursor over complete days
 */
#ifndef FLOW_FETCH_H
#define FLOW_FETCH_H

#include "base/date.h"
#include "flow/ingest.h"

struct fetch_settings {
	const char *user_agent;
	const char *ca_file;        /* NULL: the system's */
	const char *boamp_url;      /* https://echanges.dila.gouv.fr/OPENDATA/BOAMP */
	const char *explore_url;    /* …/api/explore/v2.1/catalog/datasets/boamp */
	const char *ted_api_url;    /* https://api.ted.europa.eu */
	const char *ted_url;        /* https://ted.europa.eu */
	const char *ted_country;    /* FRA */
	int overlap_days;           /* 3 */
	int tries;                  /* per request, 5: then the day stays a gap */
	bool one_pass;              /* somebody waits: who is out of reach is asked twice, and for one day */
	int64_t wait_base_ms;       /* first wait, 1000; doubles, with jitter */
	int64_t wait_max_ms;        /* 60,000; Retry-After beyond it ends the source's run */
	int64_t pause_ms;           /* between two requests to one host */
	int connect_timeout_s, stall_timeout_s, total_timeout_s;
	int64_t body_max;
};

/* The sources there are: "boamp" (on), "explore" (off: same notices), "ted" (on). */
struct fetch_source {
	const char *name;
	const char *label; /* as people know it */
	bool enabled;      /* by default */
};
extern const struct fetch_source fetch_sources[];
extern const size_t fetch_sources_n;

enum { FETCH_GAP = 1 }; /* done, and some day of the range is not complete: the report tells which */

/*
 * One source over a range of days; DAY_NONE: from the cursor, up to today (Paris) at `now`.
 * 0 or FETCH_GAP; negative when nothing could be asked at all or the store failed.
 */
int fetch_source(struct db *db, const char *source, const struct fetch_settings *settings, day_t since,
	day_t until, int64_t now, struct report *report, const struct progress *progress,
	struct error *err) MUST_CHECK;

#endif
