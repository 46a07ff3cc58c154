/*
 * eForms notices (UBL 2.3 with the eForms extensions), wherever they stand: alone with OASIS
 * namespaces (TED), inside a BOAMP envelope with BOAMP's, or as BOAMP's JSON. Elements are matched by
 * local name. Facts: FORMATS.md 1, DOMAIN 2.6 to 2.8.
 */
#ifndef SOURCE_EFORMS_H
#define SOURCE_EFORMS_H

#include "base/arena.h"
#include "base/error.h"
#include "gate/xml.h"
#include "tender/notice.h"

/* Is that the document element of an eForms document of TED? */
bool eforms_recognise(const struct xml_node *root);

/* Is that an eForms document element, whatever its namespace? */
bool eforms_is_root(struct str name);

/*
 * Fills all that the document says; the identity (source, ref, id) and what notice_finish() does are
 * left to the caller. *ret_publication: the publication number (OPP-010) without zeros in front, or
 * STR_NONE. ERROR_LIMIT: too many lots.
 */
int eforms_fill(const struct xml_node *root, struct arena *arena, struct notice *notice,
	struct str *ret_publication, struct error *err) MUST_CHECK;

/*
 * A TED document, finished. One that states no identifier, no title (a draft, an example) is kept
 * under the hash of its bytes and said to be without title.
 */
int eforms_read(const struct xml_node *root, struct str bytes, struct arena *arena,
	struct notice *ret, struct error *err) MUST_CHECK;

/* What a BusinessRegistrationInformationNotice says of its company, once its kind is filled. */
void eforms_registration(const struct xml_node *root, struct arena *arena, struct notice *notice);

/* The purchase as a cac:ProcurementProject tells it, of the procedure or of a lot. */
struct eforms_project {
	struct str title, description;
	enum notice_nature nature;
	struct codes cpv, places;
	struct money value;
	enum value_kind value_kind;
	bool innovative, sme;
	struct term term;
	struct wording *wordings;
	size_t n_wordings;
};
void eforms_project(const struct xml_node *project, struct str language, struct arena *arena,
	struct eforms_project *ret);

/*
 * The lots, and what a notice says lot by lot only (documents, award criteria, flags). Parts of a
 * planning notice stand for lots when there are none.
 */
int eforms_lots(const struct xml_node *root, struct str language, struct arena *arena,
	struct notice *notice, struct error *err) MUST_CHECK;

/* The first buyer (OPT-300) that the notice describes, its organisation (OPT-200) or touch point (OPT-201). */
void eforms_buyer(const struct xml_node *root, const struct xml_node *extension,
	struct str language, struct arena *arena, struct party *ret);

/* An organisation by its technical id (OPT-200); `steps` grows by the organisations looked at. */
const struct xml_node *eforms_company_with_id(
	const struct xml_node *extension, struct str id, size_t *steps);
/* Name, identifier and address of an efac:Company. */
void eforms_company(const struct xml_node *company, struct str language, struct arena *arena,
	struct party *ret);

/*
 * The awards of efac:NoticeResult, in the order of its lot results; `extension` has the organisations that it
 * names. ERROR_LIMIT: lists that point to each other so often that following them takes too long.
 */
int eforms_results(const struct xml_node *extension, const struct xml_node *result,
	struct str language, struct arena *arena, struct notice *notice,
	struct error *err) MUST_CHECK;

/* BT-27 and the like; false when it is missing, withheld or 0.00, which means unknown. */
bool eforms_amount(const struct xml_node *node, struct arena *arena, struct money *ret);

/* "00123456-2026" without its zeros; anything else as it is. */
struct str eforms_ref(struct str text);
/* "2021/S 069-177092" to "177092-2021"; STR_NONE for anything else. */
struct str ted_journal_ref(struct str text, struct arena *arena);
/*
 * A TED number as other notices cite it, or the Official Journal's: without zeros, up to 2023 with the six
 * digits of DOC_ID.
 */
struct str ted_cited_ref(struct str text, struct arena *arena);

/*
 * Adds a link unless that ref is blank or linked already. ted_link_add() writes a TED number as it is cited;
 * other publishers' numbers look like one ("24-1500" of BOAMP) and are left alone.
 */
void notice_link_add(
	struct notice *notice, struct arena *arena, enum notice_link_kind kind, struct str ref);
void ted_link_add(
	struct notice *notice, struct arena *arena, enum notice_link_kind kind, struct str ref);

#endif
