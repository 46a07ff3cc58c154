/*
 * DECP: the essential data of contracts awarded in France (FORMATS.md 7, DOMAIN 3.3). One record is
 * one contract (marche) or concession (contrat-concession): always a result. XML and JSON hold the
 * same names; older consolidations write "acheteur.id", the Explore API acheteur_id.
 */
#ifndef SOURCE_DECP_H
#define SOURCE_DECP_H

#include "base/arena.h"
#include "base/error.h"
#include "gate/json.h"
#include "gate/xml.h"
#include "tender/notice.h"

/* <marches>, with marche and contrat-concession below. */
bool decp_recognise(const struct xml_node *root);
/* The first record below. */
int decp_xml_read(const struct xml_node *root, struct str bytes, struct arena *arena,
	struct notice *ret, struct error *err) MUST_CHECK;

/* Is that a record? */
bool decp_is_record(const struct json_value *value);
int decp_json_read(struct str bytes, struct arena *arena, struct notice *ret, struct error *err)
	MUST_CHECK;

#endif
