/*
 * How BOAMP publishes (DOMAIN 1): addresses to ask and answers to understand. Pure: flow does the
 * asking.
 */
#ifndef SOURCE_BOAMP_H
#define SOURCE_BOAMP_H

#include "base/arena.h"
#include "base/date.h"
#include "base/error.h"
#include "base/str.h"

/*
 * The open-data flux: one directory per day. `base` ends where the years begin, with or without a
 * slash: https://echanges.dila.gouv.fr/OPENDATA/BOAMP. `historic`: the copy under FluxHistorique,
 * asked when the first answers 404.
 */
struct str boamp_flux_day_url(struct str base, day_t day, bool historic, struct arena *arena);

struct boamp_flux_file {
	struct str name;  /* "26-81117.xml" */
	struct str ref;   /* "26-81117" */
	struct str stamp; /* modification time and size as the index prints them; changes when the file does */
};
struct boamp_flux_index {
	struct boamp_flux_file *at;
	size_t n;
};
/*
 * Reads an Apache directory index: href values of the form YY-N.xml (one to six digits), each once,
 * in byte order. ERROR_INPUT when it is no directory index, or is cut (no closing </html> or </body>).
 */
int boamp_flux_index(struct str html, struct arena *arena, struct boamp_flux_index *ret,
	struct error *err) MUST_CHECK;

/* The Explore API. One page of the notices of a day, ordered by idweb. */
enum { BOAMP_EXPLORE_LIMIT = 100, BOAMP_EXPLORE_DEPTH = 10000 };
struct str boamp_explore_url(struct str base, day_t day, unsigned offset, struct arena *arena);

struct boamp_record {
	struct str ref;   /* idweb; STR_NONE when the record has none */
	struct str bytes; /* the record as compact JSON with sorted keys */
};
struct boamp_page {
	unsigned total; /* total_count */
	struct boamp_record *at;
	size_t n;
};
/* ERROR_INPUT when it is not the API's answer (HTML with 200, cut, other JSON). */
int boamp_explore_page(struct str body, struct arena *arena, struct boamp_page *ret,
	struct error *err) MUST_CHECK;

#endif
