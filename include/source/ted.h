/*
 * How TED publishes (DOMAIN 2): the Search API v3. Pure: flow does the asking.
 */
#ifndef SOURCE_TED_H
#define SOURCE_TED_H

#include "base/arena.h"
#include "base/date.h"
#include "base/error.h"
#include "base/str.h"

enum { TED_SEARCH_LIMIT = 250 };

/*
 * The body of a search for the notices of one day with a buyer in `country` (ISO 3166-1 alpha-3),
 * ITERATION mode; `token` from the page before, STR_NONE for the first. Dates are written YYYYMMDD:
 * anything else answers 200 with zero notices.
 */
struct str ted_search_body(struct str country, day_t day, struct str token, struct arena *arena);

struct ted_hit {
	struct str ref;     /* publication number without zeros in front */
	struct str xml_url; /* links.xml.MUL; STR_NONE when the answer has none */
};
struct ted_page {
	unsigned total;      /* totalNoticeCount */
	bool timed_out;
	struct str token;    /* STR_NONE when there is none */
	struct str issue;    /* of the Official Journal, as packages name it: "202600176"; STR_NONE */
	struct ted_hit *at;
	size_t n;
};
/*
 * ERROR_INPUT when it is not the API's answer. A 400's JSON error gives its `type` and message
 * through ted_error().
 */
int ted_search_page(struct str body, struct arena *arena, struct ted_page *ret, struct error *err)
	MUST_CHECK;
/* "QUERY_UNKNOWN_FIELD: …" from an error body; STR_NONE when it is none. */
struct str ted_error(struct str body, struct arena *arena);

/*
 * The package of one issue, every notice of the day from every country as tar.gz:
 * BASE/packages/daily/{issue} (DOMAIN 2.1). It is final at 09:30 of its day.
 */
struct str ted_package_url(struct str base, struct str issue, struct arena *arena);
/* Which notice an entry of a package is, "564613-2026" for "00564613_2026.xml"; STR_NONE: none. */
struct str ted_package_ref(struct str entry, struct arena *arena);

/* Working day of the Official Journal: Monday to Friday, not 1 January, Easter Monday, 1 May, 25-26 December. */
bool ted_expects_notices(day_t day);

/* The XML of one notice, when the search answer gave no link: BASE/en/notice/{ref}/xml */
struct str ted_notice_url(struct str base, struct str ref, struct arena *arena);

#endif
