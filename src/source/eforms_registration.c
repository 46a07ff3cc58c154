/*
 * A BusinessRegistrationInformationNotice (subtypes X01, X02): a European economic interest grouping or a
 * European company is registered, moved or struck off. It is about no purchase and has no buyer; it is read
 * as what it is, so that nothing that TED publishes is refused. Paths: eForms SDK, fields BT-…-Business and
 * OPP-…-Business.
 */
#include "base/buf.h"
#include "codes.h"
#include "eforms.h"
#include "node.h"

/* OPP-100, code list notice-purpose. */
static struct str purpose_of(struct str code)
{
	static const struct {
		const char *code, *label;
	} labels[] = { { "for", "constitution" }, { "reg", "immatriculation" },
		{ "liq", "clôture de la liquidation" }, { "del", "radiation" },
		{ "tra-reg", "transfert du siège (immatriculation)" },
		{ "tra-del", "transfert du siège (radiation)" } };

	for (size_t i = 0; i < LENGTH(labels); i++)
		if (str_eqz(code, labels[i].code))
			return str_of(labels[i].label);
	return code;
}

static void add_line(struct buf *out, const char *label, struct str text)
{
	if (str_given(text))
		buf_addf(out, "%s%s%.*s", out->len ? "\n" : "", label, STR_ARG(text));
}

/* The register of the State names the company (BT-500), that of the Union numbers it (@schemeName EU). */
static void add_entities(const struct xml_node *party, struct arena *arena, struct notice *n, struct buf *out)
{
	const struct xml_node *entity = xml_child(party, "PartyLegalEntity");

	for (; entity; entity = xml_next(entity, "PartyLegalEntity")) {
		bool union_register =
			str_eq(xml_attr(xml_child(entity, "CompanyID"), "schemeName"), STR("EU"));
		const struct xml_node *seat =
			xml_find(entity, "CorporateRegistrationScheme/JurisdictionRegionAddress");

		if (!str_given(n->title))
			n->title = node_text(entity, "RegistrationName", arena);
		add_line(out, union_register ? "Numéro européen : " : "Numéro national : ",
			node_text(entity, "CompanyID", arena));
		add_line(out, "Immatriculation : ", node_text(entity, "RegistrationDate", arena));
		add_line(out, "Lieu d'immatriculation : ", node_text(seat, "CityName", arena));
		codes_add(&n->places, arena,
			country_alpha2(node_text(seat, "Country/IdentificationCode", arena)));
	}
}

/* OPP-120 to OPP-124: where the national gazette announced it. */
static void add_gazette(const struct xml_node *gazette, struct arena *arena, struct notice *n, struct buf *out)
{
	static const char uri[] = "Attachment/ExternalReference/URI";

	add_line(out, "Annonce : ", node_text(gazette, "ReferencedDocumentInternalAddress", arena));
	add_line(out, "Journal : ", node_text(gazette, "DocumentDescription", arena));
	add_line(out, "Paru le : ", node_text(gazette, "IssueDate", arena));
	if (!str_given(n->documents_url))
		n->documents_url = node_url(node_text(gazette, uri, arena), arena);
}

void eforms_registration(const struct xml_node *root, struct arena *arena, struct notice *n)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(NOTICE_TEXT_MAX);
	const struct xml_node *party = xml_child(root, "BusinessParty");
	const struct xml_node *gazette = xml_child(root, "AdditionalDocumentReference");
	struct xml_walk purposes = { 0 };

	n->kind = n->kind == n->stage ? NOTICE_REGISTRATION : n->kind;
	n->stage = NOTICE_REGISTRATION;
	add_line(&out, "Objet : ",
		purpose_of(node_own_text(xml_walk(&purposes, root, "**/NoticePurpose/PurposeCode"), arena)));
	add_entities(party, arena, n, &out);
	codes_add(&n->places, arena, node_text(party, "PostalAddress/CountrySubentityCode", arena));
	for (; gazette; gazette = xml_next(gazette, "AdditionalDocumentReference"))
		add_gazette(gazette, arena, n, &out);
	add_line(&out, "", node_text(root, "Note", arena));
	n->description = out.len ? arena_dup(arena, buf_str(&out)) : STR_NONE;
	if (!str_given(n->title))
		n->title = node_text(party, "PartyName/Name", arena);
	if (!str_given(n->documents_url))
		n->documents_url = node_url(node_text(party, "WebsiteURI", arena), arena);
}
