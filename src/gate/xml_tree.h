/* What xml.c knows of an element beyond what it shows. */
#ifndef GATE_XML_TREE_H
#define GATE_XML_TREE_H

#include "gate/xml.h"

/*
 * Every struct xml_node is the first member of one of these. Mixed content ("m<FT>2</FT> utiles")
 * needs the places of the children in the text of their parent; they count in `raw`, because NFC may
 * move bytes.
 */
struct xml_element {
	struct xml_node node;
	struct str raw; /* own text before NFC, the pieces joined */
	size_t at;      /* how much of the parent's `raw` stands before this element */
};

static inline const struct xml_element *xml_element(const struct xml_node *node)
{
	return (const struct xml_element *)node;
}

#endif
