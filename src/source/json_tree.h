/*
 * BOAMP's XML turned into JSON, turned back: the same `struct xml_node` tree that gate/xml.h gives,
 * so that each format has one reader. An object is an element, an array the same element repeated,
 * "@x" an attribute, "#text" the text; prefixes ("cbc:") are dropped, null is no element.
 */
#ifndef SOURCE_JSON_TREE_H
#define SOURCE_JSON_TREE_H

#include "base/arena.h"
#include "gate/json.h"
#include "gate/xml.h"

/*
 * The tree lives in `arena`, independent of `value`. NULL when value is no object. The nodes are for
 * reading by path; xml_text_all() is not for them.
 */
const struct xml_node *json_tree(
	const struct json_value *value, const char *root_name, struct arena *arena);

#endif
