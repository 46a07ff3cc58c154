/*
 * XML in, through libxml2 held with tongs (RELIABILITY X1-X4).
 *
 * The document becomes a small read-only tree of ours: elements with local name and namespace,
 * attributes, text. Comments and processing instructions are dropped. All text is valid UTF-8 in
 * NFC, control bytes but tab and newline removed; U+0080 to U+009F become what windows-1252 has there.
 *
 * Refused with ERROR_INPUT (line and column where known): any DOCTYPE, before libxml2 sees it and
 * again inside it; encodings other than UTF-8, US-ASCII, ISO-8859-1, ISO-8859-15, windows-1252; a
 * document that does not close. ERROR_LIMIT: more than the ceilings below.
 */
#ifndef GATE_XML_H
#define GATE_XML_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

enum {
	XML_DOCUMENT_MAX = 16 << 20, /* bytes */
	XML_DEPTH_MAX = 64,
	XML_ELEMENTS_MAX = 200000,
	XML_TAG_MAX = 8 << 10,   /* bytes between < and > */
	XML_ATTRIBUTES_MAX = 64, /* of one tag, xmlns included: libxml2 compares each with each */
	XML_TEXT_MAX = 4 << 20,  /* bytes of one element's own text (BOAMP HTML blocks are large) */
};

struct xml_attr {
	struct str name; /* local */
	struct str value;
	struct xml_attr *next;
};

struct xml_node {
	struct str name;        /* local name */
	struct str ns;          /* namespace URI; STR_NONE when in none */
	struct xml_attr *attrs;
	struct xml_node *parent, *child, *next; /* child: the first element; next: the next sibling */
	struct str text;        /* own text and CDATA of a leaf as written; "" when there is none. For an
	                           element with children: the pieces joined (mixed content) */
	uint32_t line;
};

/* The tree lives in `arena`, independent of `bytes`. */
int xml_parse(struct str bytes, struct arena *arena, struct xml_node **ret, struct error *err)
	MUST_CHECK;

/*
 * The document element alone, without children and text: what kind of document this is. Reads no further
 * than it must (the first XML_PEEK_MAX bytes), so nothing is known of the rest; refuses what
 * xml_parse() refuses as far as that. ERROR_LIMIT when the element does not begin so early.
 */
enum { XML_PEEK_MAX = 64 << 10 };
int xml_peek(struct str bytes, struct arena *arena, struct xml_node **ret, struct error *err)
	MUST_CHECK;

/* All text below, in document order; a leaf gives its own text without a copy. */
struct str xml_text_all(const struct xml_node *node, struct arena *arena);

/* First child element of that local name, in any namespace; NULL when node is NULL or has none. */
const struct xml_node *xml_child(const struct xml_node *node, const char *name);
/* The next sibling of the same local name. */
const struct xml_node *xml_next(const struct xml_node *node, const char *name);
/* Follows "a/b/c" of local names, first child at each step; NULL when a step is missing. */
const struct xml_node *xml_find(const struct xml_node *node, const char *path);
/* Attribute by local name; STR_NONE when absent. */
struct str xml_attr(const struct xml_node *node, const char *name);
/* Trimmed own text of xml_find(); STR_NONE when the element is missing or its text is blank. */
struct str xml_text(const struct xml_node *node, const char *path);

/*
 * Every match of a path, depth first in document order: "a/b", "*" for any one element, "**" for any
 * number of levels ("**" then "x": descendants x). Call until it returns NULL with `walk` zeroed before.
 */
struct xml_walk {
	const char *path;
	const struct xml_node *root, *at;
};
const struct xml_node *xml_walk(struct xml_walk *walk, const struct xml_node *root, const char *path);

#endif
