/* What source.c (the table), split.c and split_json.c (the documents) ask of each other. */
#ifndef SOURCE_DOCUMENTS_H
#define SOURCE_DOCUMENTS_H

#include "gate/xml.h"
#include "source/source.h"

/* Which reader a document element belongs to; ERROR_INPUT for none, or for one not read yet. */
int xml_format(const struct xml_node *root, enum source_format *ret, struct error *err) MUST_CHECK;

void source_items_add(struct source_items *items, struct arena *arena, enum source_format format,
	struct str label, struct str bytes);

/* A document that begins as JSON does, its BOM and blanks at the ends taken off. */
int split_json(struct str document, struct arena *arena, struct source_items *ret,
	struct error *err) MUST_CHECK;

/* Why the bytes of an item of FORMAT_UNKNOWN cannot be read: always ERROR_INPUT. */
int unknown_item_read(struct str bytes, struct error *err) MUST_CHECK;

#endif
