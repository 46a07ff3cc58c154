/* What the national formats of BOAMP (FNSimple, MAPA) share. */
#ifndef SOURCE_NATIONAL_H
#define SOURCE_NATIONAL_H

#include "boamp_notice.h"

/*
 * The element that says what the notice is: initial, rectificatif, attribution, annulation; without any
 * of them the first one beside the buyer. NULL when the body has none.
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

/* "LOT-0001" from 1, as the lots are called; what is no number as it is written, STR_NONE for none. */
struct str national_lot_ref(struct str written, struct arena *arena);

/* How long the contract of a block or a lot runs: dureeMois, duree/nbMois and the like. */
void national_term(const struct xml_node *node, struct arena *arena, struct term *ret);

/* 2026-10-01, 01/10/2026, 01/10/26; DAY_NONE for anything else. */
day_t national_day(struct str text);

/* What an attribution tells of lots, winners and amounts; nothing of any other block. */
void national_awards(const struct xml_node *block, struct arena *arena, struct notice *notice);
/* Names of winners from beside the body: they count where the body names nobody. */
void national_holders(const struct codes *names, struct arena *arena, struct notice *notice);

/* The CPV codes of a natureMarche or of a lot. */
void national_cpv(const struct xml_node *node, struct arena *arena, struct codes *cpv);

/* valeurEstimee of a purchase or a lot: an estimate, or the upper end of a range; 0 means unknown. */
void national_value(const struct xml_node *node, struct arena *arena, struct money *value,
	enum value_kind *value_kind);

/* avisInitial/idWeb and infosRectif, with the rubrics of the latter as labels. */
void national_correction(const struct xml_node *block, struct arena *arena, struct boamp_body *ret);

/* The words of all elements at a path, one text a line, with what each is ("Au lieu de : ", "Lire : "). */
struct str national_prose(const struct xml_node *block, const char *path, struct arena *arena);

/* The first web address among those paths below the body. */
struct str national_url(
	const struct xml_node *node, const char *const *paths, size_t n, struct arena *arena);

#endif
