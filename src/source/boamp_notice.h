/*
 * A BOAMP notice: the management block (GESTION), the notice proper (DONNEES) in one of several
 * formats, and the flat fields of an Explore record, whichever of them there are. FORMATS.md 2 and 3,
 * DOMAIN 1.3 to 1.8.
 */
#ifndef SOURCE_BOAMP_NOTICE_H
#define SOURCE_BOAMP_NOTICE_H

#include "base/arena.h"
#include "base/error.h"
#include "gate/xml.h"
#include "tender/notice.h"

/* The flat fields of an Explore record that we use; STR_NONE and {} for null. */
struct boamp_flat {
	struct str idweb, contractfolderid, objet, famille, dateparution, datelimitereponse,
		nomacheteur, type_procedure, nature, etat;
	struct codes code_departement, code_departement_prestation, type_marche,
		descripteur_libelle, annonce_lie, titulaire;
};

struct boamp_parts {
	const struct xml_node *gestion, *donnees; /* NULL when there is none */
	const struct boamp_flat *flat;            /* NULL for the XML flux */
};

/* Finished. ERROR_INPUT: no identifier; without a body that is known, no title. */
int boamp_notice_read(const struct boamp_parts *parts, struct arena *arena, struct notice *ret,
	struct error *err) MUST_CHECK;

/* What a reader of an inner format fills besides the notice. */
struct boamp_body {
	struct str deadline; /* of a national body, as written */
	struct str prose;    /* of a correction: infosRectif */
	struct str previous; /* avisInitial/idWeb */
	bool changes;        /* the body corrects or cancels that one */
	bool cancels;
	bool european;       /* the body tells form type and notice type itself */
	bool missing;        /* there is none, or none in a format we know: the rest is a summary */
};

/* The inner formats: DONNEES/<name>. Adding one is a file and a row in boamp_notice.c. */
struct boamp_format {
	const char *name;
	int (*read)(const struct xml_node *body, struct arena *arena, struct notice *notice,
		struct boamp_body *ret, struct error *err);
};
int boamp_eforms_read(const struct xml_node *body, struct arena *arena, struct notice *notice,
	struct boamp_body *ret, struct error *err) MUST_CHECK;
int boamp_fnsimple_read(const struct xml_node *body, struct arena *arena, struct notice *notice,
	struct boamp_body *ret, struct error *err) MUST_CHECK;
int boamp_mapa_read(const struct xml_node *body, struct arena *arena, struct notice *notice,
	struct boamp_body *ret, struct error *err) MUST_CHECK;
int boamp_dsp_read(const struct xml_node *body, struct arena *arena, struct notice *notice,
	struct boamp_body *ret, struct error *err) MUST_CHECK;

/*
 * Schema 2.3 and the API's records of before 2024: DONNEES itself is the body, without an element
 * that names its format.
 */
bool boamp_v230_recognise(const struct xml_node *root);
bool boamp_v230_is_body(const struct xml_node *donnees);
int boamp_v230_read(const struct xml_node *donnees, struct arena *arena, struct notice *notice,
	struct boamp_body *ret, struct error *err) MUST_CHECK;

/* An Explore record (JSON) and a row of its CSV export. */
int boamp_api_read(struct str bytes, struct arena *arena, struct notice *ret, struct error *err)
	MUST_CHECK;
int boamp_csv_read(struct str bytes, struct arena *arena, struct notice *ret, struct error *err)
	MUST_CHECK;

/* What no reader has a place for in the two blocks of a record (unread.h). */
void boamp_unread(const struct boamp_parts *parts, struct arena *arena, struct codes *ret);

/*
 * `gestion` or `donnees` packed as JSON text: the tree under a root of that name, NULL for blank.
 * ERROR_INPUT when the text is no JSON object.
 */
int boamp_unpack(struct str json, const char *name, struct arena *arena,
	const struct xml_node **ret, struct error *err) MUST_CHECK;

#endif
