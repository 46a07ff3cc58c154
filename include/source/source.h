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
enum { SOURCE_PARSER_VERSION = 9 };

enum source_format {
	FORMAT_UNKNOWN,
	FORMAT_EFORMS,     /* UBL 2.3 with eForms extensions, OASIS namespaces (TED) */
	FORMAT_BOAMP,      /* BOAMP XML 3.2.5: envelope with EFORMS, FNSimple, MAPA … inside */
	FORMAT_BOAMP_API,  /* one record of the Explore API, JSON */
	FORMAT_BOAMP_CSV,  /* header and one row of an Explore CSV export */
	FORMAT_BOAMP_V230, /* BOAMP schema 2.3, ANNONCE (2015 to 2023) */
	FORMAT_DECP_XML,   /* marches with one marche or contrat-concession */
	FORMAT_DECP_JSON,  /* one record of the same */
	FORMAT_APPROCH,    /* one record of projets-dachats-publics, JSON */
	FORMAT_FEED,       /* RSS or Atom with one item */
	FORMAT_OCDS,       /* one release or record of the Open Contracting Data Standard, JSON */
	FORMAT_TED_LEGACY, /* TED_EXPORT, schemas R2.0.7 to R2.0.9 */
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
 * ERROR_INPUT: nothing we know ("unknown format: XML element <html>"), empty, or not well-formed as a whole.
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
