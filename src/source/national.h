/* What the national formats of BOAMP (FNSimple, MAPA) share. */
#ifndef SOURCE_NATIONAL_H
#define SOURCE_NATIONAL_H

#include "boamp_notice.h"

/*
 * The element that says what the notice is: initial, rectificatif, attribution, annulation. NULL when
 * the body has none.
 */
const struct xml_node *national_block(const struct xml_node *body);

/* "services", "fournitures", "travaux" in any case. */
enum notice_nature national_nature(struct str code);

/* procedureAdapteeO, procedureAdaptee, procedureOuverte … to our codes; STR_NONE when unknown. */
struct str national_procedure(struct str name);

/* Departments and NUTS codes that a text states: five-digit postcodes and codes such as FRK26. */
void national_places(struct str text, struct arena *arena, struct codes *places);

/* initial/lots/lot, initial/lot. ERROR_LIMIT: too many. */
int national_lots(const struct xml_node *block, struct arena *arena, struct notice *notice,
	struct error *err) MUST_CHECK;

/* The CPV codes of a natureMarche or of a lot. */
void national_cpv(const struct xml_node *node, struct arena *arena, struct codes *cpv);

/* avisInitial/idWeb and infosRectif, with the rubrics of the latter as labels. */
void national_correction(const struct xml_node *block, struct arena *arena, struct boamp_body *ret);

/* The first web address among those paths below the body. */
struct str national_url(
	const struct xml_node *node, const char *const *paths, size_t n, struct arena *arena);

#endif
