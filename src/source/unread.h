/*
 * What a document says that no reader here has a place for, so that a publisher's new form shows while
 * everything still seems to be read. Elements and keys are known by name, wherever they stand: those that
 * are read, and those of the publishers' schemas that are passed over on purpose. An unknown one is told
 * with its parent ("ContractNotice/NewThing", "DONNEES/ENCHERES", "ID/@newAttribute"); what is below it is not
 * looked at.
 *
 * Each format has a vocabulary of its own. Of formats that are no longer published in (TED before eForms,
 * BOAMP before 2024) no new part can come, but a rare one that nobody read shows all the same.
 */
#ifndef SOURCE_UNREAD_H
#define SOURCE_UNREAD_H

#include "base/arena.h"
#include "gate/json.h"
#include "gate/xml.h"
#include "tender/notice.h"

enum { UNREAD_MAX = 40, UNREAD_NAME_MAX = 60 };

enum unread_vocabulary {
	UNREAD_NOTHING,    /* not looked at */
	UNREAD_TODAY,      /* eForms and BOAMP 3.2.5 */
	UNREAD_OLD_BOAMP,  /* its schemas 2.3 and 1.10 */
	UNREAD_TED_LEGACY,
	UNREAD_DECP,
	UNREAD_FEED,
	UNREAD_EXPLORE,    /* records of BOAMP in the Explore API, columns of its exports */
	UNREAD_APPROCH,
	UNREAD_OCDS,
	UNREAD_VOCABULARIES
};

/* Adds what is not known below (and of) an element; no more than UNREAD_MAX in all. */
void unread_elements(const struct xml_node *root, enum unread_vocabulary vocabulary, struct arena *arena,
	struct codes *ret);
/* The same of the members of a record, and of those below them. */
void unread_members(const struct json_value *record, enum unread_vocabulary vocabulary, struct arena *arena,
	struct codes *ret);
/* The same of one column of a table. */
void unread_column(struct str column, enum unread_vocabulary vocabulary, struct arena *arena, struct codes *ret);

#endif
