/*
 * TED notices of before eForms: TED_EXPORT, schemas R2.0.7 to R2.0.9 (FORMATS.md 5). Four namespaces
 * for one structure, and one more for NUTS: elements are matched by local name.
 *
 * A document has a coded header (CODED_DATA_SECTION), the same for every form, and the form itself in
 * its original language, often beside translations. Where both say the same, the header wins for what
 * TED keeps up to date there (kind, deadline: a published correction moves the header's alone), and
 * the form for what the buyer wrote (title, buyer, amounts); CPV and places are those of both.
 */
#ifndef SOURCE_TED_LEGACY_H
#define SOURCE_TED_LEGACY_H

#include "base/arena.h"
#include "base/error.h"
#include "gate/xml.h"
#include "tender/notice.h"

bool ted_legacy_recognise(const struct xml_node *root);

/* Finished. ERROR_INPUT: no number, no form in any language. */
int ted_legacy_read(const struct xml_node *root, struct str bytes, struct arena *arena,
	struct notice *ret, struct error *err) MUST_CHECK;

/* What the two generations of forms share. */

/* The paragraphs (P) of an element joined by `glue`, superscripts and all; its own text without P. */
struct str ted_legacy_text(const struct xml_node *node, char glue, struct arena *arena);

/* False when it is missing, unreadable or 0.00, which means unknown. @FMTVAL wins over the text. */
bool ted_legacy_amount(const struct xml_node *node, struct str currency, struct arena *arena,
	struct money *ret);

/* Codes in @CODE of all matches of a path: CPV or places. */
void ted_legacy_cpv(
	const struct xml_node *node, const char *path, struct arena *arena, struct codes *cpv);
void ted_legacy_places(
	const struct xml_node *node, const char *path, struct arena *arena, struct codes *places);

/* "LOT-0001" from 1; what is no number as it is written. */
struct str ted_legacy_lot_id(struct str written, size_t number, struct arena *arena);

/* ISO 3166-1 alpha-2: TED writes UK and EL. */
struct str ted_legacy_country(struct str code);

/* "1", "WORKS"; "2", "SUPPLIES"; "4", "SERVICES": NC_CONTRACT_NATURE and TYPE_CONTRACT. */
enum notice_nature ted_legacy_nature(struct str code);

/* ADDRESS_CONTRACTING_BODY, ADDRESS_CONTRACTOR and the like of R2.0.9. */
void ted_legacy_party(const struct xml_node *address, struct arena *arena, struct party *ret);

/* DURATION, DATE_START, DATE_END of an OBJECT_DESCR; a PERIOD_WORK_DATE_STARTING of the older schemas. */
void ted_legacy_term(const struct xml_node *block, struct arena *arena, struct term *ret);
void ted_legacy_old_term(const struct xml_node *period, struct arena *arena, struct term *ret);

/* Who won: of a form of R2.0.9, and of the older ones. */
void ted_legacy_awards(const struct xml_node *form, struct arena *arena, struct notice *notice);
void ted_legacy_old_awards(const struct xml_node *form, struct arena *arena, struct notice *notice);

/* Is the amount that counts what was agreed, rather than what was expected? */
static inline bool ted_legacy_awarded(const struct notice *notice)
{
	return notice->stage == NOTICE_RESULT || notice->stage == NOTICE_DIRECT_AWARD;
}

/*
 * A form, into a notice that has what the header says of kind, deadline and nature. ERROR_LIMIT: too
 * many lots.
 *
 * R2.0.9: F01 to F25 and MOVE.
 */
int ted_legacy_form(const struct xml_node *form, struct arena *arena, struct notice *notice,
	struct error *err) MUST_CHECK;
/*
 * The forms of R2.0.7 and R2.0.8 (element FD_… inside the form; of these only defence, directive
 * 2009/81/EC, went on after 2014). Their elements have another name in each form and the same ones
 * below, so that they are found wherever they stand.
 */
int ted_legacy_old_form(const struct xml_node *form, struct arena *arena, struct notice *notice,
	struct error *err) MUST_CHECK;

#endif
