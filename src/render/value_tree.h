/* What stands behind struct value; for the template engine. */
#ifndef RENDER_VALUE_TREE_H
#define RENDER_VALUE_TREE_H

#include "render/value.h"

struct value_entry {
	struct str key; /* maps only; the caller's, a literal of C */
	struct value *value;
};

struct value {
	enum value_kind_of kind;
	struct arena *arena;
	struct str text;                /* TEXT, MARKUP: not escaped */
	const struct value_span *spans; /* MARKUP: sorted, apart, within the text */
	size_t n_spans;
	bool truth;                  /* BOOL */
	struct value_entry *entries; /* MAP, LIST */
	size_t n_entries, capacity;
};

/* The value of a key of the map itself; NULL when there is none. */
const struct value *value_find(const struct value *map, struct str key);

/* What {{#if}} asks: true, not empty. A number is a text, so 0 is not empty. */
bool value_holds(const struct value *value);

#endif
