/* Documents written small, read by way of source_split() and source_read(). */
#ifndef TESTS_DOCUMENT_H
#define TESTS_DOCUMENT_H

#include "source/source.h"

#include "../tender/tender.h"

#define UBL "urn:oasis:names:specification:ubl:schema:xsd:"
#define EFORMS(ROOT, BODY)                                                                                    \
	"<" ROOT " xmlns=\"" UBL ROOT "-2\" xmlns:cbc=\"" UBL                                                 \
	"CommonBasicComponents-2\" xmlns:cac=\"" UBL                                                          \
	"CommonAggregateComponents-2\" xmlns:ext=\"" UBL                                                      \
	"CommonExtensionComponents-2\" xmlns:efac=\"urn:a\" xmlns:efbc=\"urn:b\" xmlns:efext=\"urn:e\">" BODY \
	"</" ROOT ">"
#define EXT(BODY)                                                                                  \
	"<ext:UBLExtensions><ext:UBLExtension><ext:ExtensionContent><efext:EformsExtension>" BODY  \
	"</efext:EformsExtension></ext:ExtensionContent></ext:UBLExtension></ext:UBLExtensions>"
#define ID "<cbc:ID schemeName=\"notice-id\">C461672F-6128-4263-9E44-178926EAD2B3</cbc:ID>"
#define TYPE(FORM, CODE) "<cbc:NoticeTypeCode listName=\"" FORM "\">" CODE "</cbc:NoticeTypeCode>"
#define PROJECT(BODY) "<cac:ProcurementProject>" BODY "</cac:ProcurementProject>"
#define NAME(TEXT) "<cbc:Name languageID=\"FRA\">" TEXT "</cbc:Name>"
#define LOT(SCHEME, ID_, BODY)                                                                     \
	"<cac:ProcurementProjectLot><cbc:ID schemeName=\"" SCHEME "\">" ID_ "</cbc:ID>" BODY       \
	"</cac:ProcurementProjectLot>"

#define FLUX(NATURE, STATUS, INDEX, BODY)                                                          \
	"<jo:ann xmlns:jo=\"http://boamp.journal-officiel.gouv.fr/XML/3.2.5\"><DONNEES>" BODY      \
	"</DONNEES><GESTION><REFERENCE><IDWEB>26-12345</IDWEB><TYPE_AVIS><NATURE><" NATURE         \
	"/></NATURE><STATUT><" STATUS "/></STATUT></TYPE_AVIS></REFERENCE><INDEXATION>"            \
	"<DATE_PUBLICATION>2026-09-10</DATE_PUBLICATION><RESUME_OBJET>Résumé</RESUME_OBJET>" INDEX \
	"</INDEXATION></GESTION></jo:ann>"
#define CALL(INDEX, BODY) FLUX("APPEL_OFFRE", "INITIAL", INDEX, BODY)

static struct error err;

static inline int read_one(const char *document, struct notice *ret)
{
	struct source_items items;
	int r = source_split(exact(document), &arena, &items, &err);

	if (r < 0)
		return r;
	assert_int_equal(items.n, 1);
	return source_read(items.at[0].format, items.at[0].bytes, &arena, ret, &err);
}

static inline struct notice read_good(const char *document)
{
	struct notice n;

	if (read_one(document, &n) < 0)
		fail_msg("%s", err.text);
	return n;
}

static inline void check_codes(const char *what, const struct codes *codes, const char *expected)
{
	struct str all = STR("");

	for (size_t i = 0; i < codes->n; i++)
		all = arena_printf(
			&arena, "%.*s%s%.*s", STR_ARG(all), i ? " " : "", STR_ARG(codes->at[i]));
	check_text(what, all, expected);
}

static inline void check_deadline(const char *what, const struct deadline *d, const char *expected)
{
	char text[TIME_FORMAT_MAX];

	check_text(what, str_of(d->at == TIME_NONE ? NULL : time_format(d->at, d->offset_s, text)),
		expected);
}

#endif
