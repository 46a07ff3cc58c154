/*
 * RSS 2.0 (and 0.91, 1.0) and Atom (RFC 4287): what a buyer's platform may offer. An item is one
 * notice: title, text, link, day, and what the text says in the usual words of procurement ("Date
 * limite de remise des offres : 12/10/2026 à 12h00", "CPV : 72000000"). Kind competition, unless a
 * category or the first words of the title tell another.
 */
#ifndef SOURCE_FEED_H
#define SOURCE_FEED_H

#include "base/arena.h"
#include "base/error.h"
#include "gate/xml.h"
#include "tender/notice.h"

bool feed_recognise(const struct xml_node *root);
/* The first item below. ERROR_INPUT: no item, or one without title and text. */
int feed_read(const struct xml_node *root, struct str bytes, struct arena *arena,
	struct notice *ret, struct error *err) MUST_CHECK;

#endif
