/*
 * MAPA: adapted procedures below 90,000 €. The schema has neither CPV nor SIRET (FORMATS.md 2); one in
 * fifty has a CPV all the same (DOMAIN 1.5), in the element of the other formats.
 */
#include "base/buf.h"
#include "national.h"
#include "node.h"
#include "tender/ident.h"

static void read_buyer(const struct xml_node *organisme, struct arena *arena, struct party *buyer)
{
	buyer->name = node_text(organisme, "acheteurPublic", arena);
	if (!str_given(buyer->name))
		buyer->name = node_text(organisme, "nomOfficiel", arena);
	buyer->id = ident_clean(node_text(organisme, "codeIdentificationNational", arena), arena);
	buyer->city = node_text(organisme, "adr/ville", arena);
	buyer->postcode = node_text(organisme, "adr/cp", arena);
}

/* What is bought and how much of it, the two halves of a MAPA's description. */
static struct str read_description(const struct xml_node *block, struct arena *arena)
{
	struct str main = node_text(block, "caracteristiques/principales", arena);
	struct str amounts = node_text(block, "caracteristiques/quantites", arena);

	if (!str_given(main) || !str_given(amounts))
		return str_given(main) ? main : amounts;
	return arena_printf(arena, "%.*s\n%.*s", STR_ARG(main), STR_ARG(amounts));
}

/* "Prix (60 %)", one a line; critereCDC only points to the documents. */
static struct str read_criteria(const struct xml_node *criteria, struct arena *arena)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(NOTICE_TEXT_MAX);
	const struct xml_node *c = xml_child(criteria, "criterePondere");

	for (; c; c = xml_next(c, "criterePondere")) {
		struct str text = node_text(c, "critere", arena);
		struct str percent = node_text(c, "criterePCT", arena);

		if (!str_given(text))
			continue;
		if (out.len)
			buf_addc(&out, '\n');
		buf_adds(&out, text);
		if (str_given(percent))
			buf_addf(&out, " (%.*s %%)", STR_ARG(percent));
	}
	return out.len ? arena_dup(arena, buf_str(&out)) : STR_NONE;
}

static void read_places(const struct xml_node *description, struct arena *arena, struct notice *n)
{
	static const char *const sites[] = { "lieuExecution", "lieuLivraison",
		"lieuExecutionLivraison" };

	for (size_t i = 0; i < LENGTH(sites); i++) {
		const struct xml_node *site;

		for (site = xml_child(description, sites[i]); site;
			site = xml_next(site, sites[i])) {
			/* The street of a site may hold numbers of five digits that are no postcode. */
			struct str text = site->child ? node_text(site, "cp", arena)
						      : node_own_text(site, arena);

			national_places(text, arena, &n->places);
		}
	}
}

int boamp_mapa_read(const struct xml_node *body, struct arena *arena, struct notice *n,
	struct boamp_body *ret, struct error *err)
{
	static const char *const urls[] = { "*/adressesComplt/document/coord/url",
		"organisme/urlProfilAcheteur", "organisme/coord/url",
		"*/adressesComplt/*/coord/url" };
	const struct xml_node *block = national_block(body);

	read_buyer(xml_child(body, "organisme"), arena, &n->buyer);
	n->title = node_text(block, "description/objet", arena);
	n->description = read_description(block, arena);
	n->nature = national_nature(node_code(block, "natureMarche"));
	national_cpv(xml_child(block, "description"), arena, &n->cpv);
	national_cpv(block, arena, &n->cpv);
	read_places(xml_child(block, "description"), arena, n);
	n->procedure = national_procedure(node_code(block, "procedure"));
	n->criteria = read_criteria(xml_child(block, "criteres"), arena);
	n->documents_url = national_url(body, urls, LENGTH(urls), arena);
	n->reference = node_text(block, "renseignements/idMarche", arena);
	ret->deadline = node_text(block, "delais/receptionOffres", arena);
	national_term(block, arena, &n->term);
	national_awards(block, arena, n);
	national_correction(block, arena, ret);
	return national_lots(block, arena, n, err);
}
