/*
 * Bytes to notices: one file per format, a table of them, recognition by content and never by name.
 * No input or output, no clock: the same bytes always give the same notice.
 *
 * A document (a file, a page of an API, an export) is first split into items, each of which is one
 * notice's bytes, kept raw and read alone; so one bad record never stops its neighbours.
 */
#ifndef SOURCE_SOURCE_H
#define SOURCE_SOURCE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "tender/notice.h"

/* Raise when a reader changes what it gives: stored with each raw, so that a re-parse is known. */
enum { SOURCE_PARSER_VERSION = 1 };

enum source_format {
	FORMAT_UNKNOWN,
	FORMAT_EFORMS,     /* UBL 2.3 with eForms extensions, OASIS namespaces (TED) */
	FORMAT_BOAMP,      /* BOAMP XML 3.2.5: envelope with EFORMS, FNSimple, MAPA … inside */
	FORMAT_BOAMP_API,  /* one record of the Explore API, JSON */
	FORMAT_BOAMP_CSV,  /* header and one row of an Explore CSV export */
	SOURCE_FORMATS
};
const char *source_format_name(enum source_format format); /* "eforms", "boamp", … */
bool source_format_parse(struct str name, enum source_format *ret);

struct source_item {
	enum source_format format;
	struct str label; /* for messages: "26-12345", "record 12", "line 40"; "" for a whole document */
	struct str bytes; /* in the arena or a view into the document */
};
struct source_items {
	struct source_item *at;
	size_t n, capacity;
};

/*
 * Recognises a document and splits it. An item that cannot even be split off stands in the list with
 * FORMAT_UNKNOWN and its bytes; reading it will say why.
 * ERROR_INPUT: nothing we know ("unknown format: XML element <TED_EXPORT>"), empty, or not well-formed as a whole.
 */
int source_split(struct str document, struct arena *arena, struct source_items *ret,
	struct error *err) MUST_CHECK;

/*
 * One item to one notice, finished (notice_finish) and checked. ERROR_INPUT or ERROR_LIMIT tells why
 * it cannot be one, in a line fit for the quarantine.
 */
int source_read(enum source_format format, struct str bytes, struct arena *arena,
	struct notice *ret, struct error *err) MUST_CHECK;

#endif
