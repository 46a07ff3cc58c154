/*
 * XML documents of many items (DECP, RSS, Atom), cut without writing XML anew: an item's document is
 * the original's bytes with the other items and everything beside them left out, that is
 *
 *     the XML declaration, if there is one
 *     the start tags of the elements around the item, as they stand (namespaces, xml:lang)
 *     the item, from its '<' to the end of its end tag, byte for byte
 *     the end tags of the elements around it
 *
 * so that each parses alone, in the same encoding, is recognised as the same format, and cut again
 * gives itself. A document with one item is that item, untouched.
 */
#ifndef SOURCE_SLICES_H
#define SOURCE_SLICES_H

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

enum {
	SLICES_MAX = 200000,
	SLICES_HEAD_MAX = 8 << 10, /* bytes of start tags around an item: each item repeats them */
	SLICES_BYTES_MAX = 256 << 20, /* of all items together */
};

struct slices {
	struct str *at; /* in the arena; the document itself when it is one item */
	size_t n, capacity;
};

/*
 * Cuts a document that xml_parse() has accepted. Items are the elements at these paths of local
 * names: "marches/marche", "rss/channel/item"; `n` of them. ERROR_LIMIT: the ceilings above.
 */
int xml_slices(struct str document, const char *const *paths, size_t n, struct arena *arena,
	struct slices *ret, struct error *err) MUST_CHECK;

#endif
