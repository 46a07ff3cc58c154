/* What every reader asks of an element, whether it came from XML or from the same structure in JSON. */
#ifndef SOURCE_NODE_H
#define SOURCE_NODE_H

#include "base/arena.h"
#include "base/str.h"
#include "gate/xml.h"
#include "tender/notice.h"

/*
 * Text at a path, repaired (notice_text_repair). STR_NONE when it is missing, blank, or withheld:
 * eForms writes "unpublished" there until it may be published (FORMATS.md 1, efac:FieldsPrivacy).
 */
struct str node_text(const struct xml_node *node, const char *path, struct arena *arena);

/* The same of one element's own text. */
struct str node_own_text(const struct xml_node *node, struct arena *arena);

/* The texts of the leaves below, one a line; a leaf's own text when it has no children. */
struct str node_leaves(const struct xml_node *node, struct arena *arena);

/* BOAMP writes codes as the name of an empty element: that of the first child; STR_NONE without. */
struct str node_code(const struct xml_node *node, const char *path);

/*
 * The child `name` in the language (ISO 639-3, as cbc:NoticeLanguageCode has it; STR_NONE for any),
 * else the first that says something.
 */
struct str node_localized(
	const struct xml_node *node, const char *name, struct str language, struct arena *arena);

/*
 * Name and Description in the languages beside the one node_localized() gives, each once, in the order
 * they stand in. Nothing where there is one language only.
 */
void node_wordings(const struct xml_node *node, struct str language, struct arena *arena,
	struct wording **ret, size_t *ret_n);

/*
 * A web address: https:// in front when the scheme is missing, STR_NONE for anything that is not
 * http or https, has blanks inside, or names no host.
 */
struct str node_url(struct str text, struct arena *arena);

#endif
