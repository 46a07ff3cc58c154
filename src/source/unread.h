/*
 * What a document says that no reader here has a place for, so that a publisher's new form shows while
 * everything still seems to be read. Elements and keys are known by name, wherever they stand: those that
 * are read, and those of the publishers' schemas that are passed over on purpose. An unknown one is told
 * with its parent ("ContractNotice/NewThing", "DONNEES/ENCHERES", "ID/@newAttribute"); what is below it is not
 * looked at.
 *
 * Counted are the formats that daily sources still publish: eForms, BOAMP 3.2.5, the Explore API. The
 * schemas of TED before eForms and of BOAMP before 2024 do not change any more; DECP, OCDS and feeds are as
 * many dialects as there are publishers.
 */
#ifndef SOURCE_UNREAD_H
#define SOURCE_UNREAD_H

#include "base/arena.h"
#include "gate/json.h"
#include "gate/xml.h"
#include "tender/notice.h"

enum { UNREAD_MAX = 40, UNREAD_NAME_MAX = 60 };

/* Adds what is not known below (and of) an element; no more than UNREAD_MAX in all. */
void unread_elements(const struct xml_node *root, struct arena *arena, struct codes *ret);
/* The same of the members of an Explore record. */
void unread_fields(const struct json_value *record, struct arena *arena, struct codes *ret);

#endif
