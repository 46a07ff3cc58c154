/*
 * DSP (delegations of public service, concessions) and DIVERS (everything else) of BOAMP 3.2.5, as
 * XML or as the API's JSON. What is known of their bodies (DOMAIN 1.5): a DSP has the buyer of an
 * FNSimple and a block descriptionMarche, a DIVERS is built like a MAPA. Neither has an open schema,
 * so each fact is looked for where either of the two families, or both, would have it.
 */
#include "national.h"
#include "node.h"
#include "tender/ident.h"

/* The first text among those paths. */
static struct str first_text(
	const struct xml_node *node, const char *const *paths, size_t n, struct arena *arena)
{
	for (size_t i = 0; i < n; i++) {
		const struct xml_node *found;
		struct xml_walk walk = { 0 };

		while ((found = xml_walk(&walk, node, paths[i]))) {
			struct str text = node_own_text(found, arena);

			if (str_given(text))
				return text;
		}
	}
	return STR_NONE;
}

static void read_buyer(const struct xml_node *organisme, struct arena *arena, struct party *buyer)
{
	static const char *const names[] = { "nomOfficiel", "acheteurPublic", "denomination" };
	static const char *const ids[] = { "codeIdentificationNational", "siret" };
	static const char *const cities[] = { "ville", "adr/ville" };
	static const char *const postcodes[] = { "cp", "adr/cp" };

	buyer->name = first_text(organisme, names, LENGTH(names), arena);
	buyer->id = ident_clean(first_text(organisme, ids, LENGTH(ids), arena), arena);
	buyer->city = first_text(organisme, cities, LENGTH(cities), arena);
	buyer->postcode = first_text(organisme, postcodes, LENGTH(postcodes), arena);
}

static void read_places(const struct xml_node *block, struct arena *arena, struct notice *n)
{
	static const char *const sites[] = { "**/lieuExecution", "**/lieuLivraison",
		"**/lieuExecutionLivraison" };

	for (size_t i = 0; i < LENGTH(sites); i++) {
		const struct xml_node *site;
		struct xml_walk walk = { 0 };

		while ((site = xml_walk(&walk, block, sites[i])))
			/* The street of a site may hold numbers of five digits that are no postcode. */
			national_places(site->child ? node_text(site, "cp", arena)
						    : node_own_text(site, arena),
				arena, &n->places);
	}
}

/* The names of procedures are element names, as in FNSimple and MAPA. */
static void read_procedure(const struct xml_node *block, struct arena *arena, struct notice *n)
{
	const struct xml_node *procedure = xml_child(block, "procedure");
	const struct xml_node *child = procedure ? procedure->child : NULL;

	for (; child && !str_given(n->procedure); child = child->next)
		n->procedure = national_procedure(child->name);
	n->criteria = node_leaves(xml_child(procedure, "criteresAttrib"), arena);
	if (!str_given(n->criteria))
		n->criteria = node_leaves(xml_child(block, "criteres"), arena);
}

static void read_cpv(const struct xml_node *block, struct arena *arena, struct notice *n)
{
	static const char *const places[] = { "descriptionMarche", "natureMarche", "description" };

	for (size_t i = 0; i < LENGTH(places); i++)
		national_cpv(xml_child(block, places[i]), arena, &n->cpv);
	national_cpv(block, arena, &n->cpv);
}

int boamp_dsp_read(const struct xml_node *body, struct arena *arena, struct notice *n,
	struct boamp_body *ret, struct error *err)
{
	static const char *const titles[] = { "descriptionMarche/titreMarche",
		"natureMarche/intitule", "description/objet", "objet" };
	static const char *const texts[] = { "descriptionMarche/description",
		"natureMarche/description", "caracteristiques/principales" };
	static const char *const deadlines[] = { "procedure/dateReceptionOffres",
		"delais/receptionOffres", "**/dateReceptionOffres", "**/receptionOffres",
		"**/dateReceptionCandidatures", "**/receptionCandidatures" };
	static const char *const references[] = { "communication/identifiantInterne",
		"renseignements/idMarche", "descriptionMarche/numReference" };
	static const char *const urls[] = { "*/communication/urlDocConsul",
		"*/communication/urlProfilAch", "*/adressesComplt/document/coord/url",
		"organisme/urlProfilAcheteur", "organisme/coord/url" };
	const struct xml_node *block = national_block(body);
	const struct xml_node *purchase = xml_child(block, "descriptionMarche");

	read_buyer(xml_child(body, "organisme"), arena, &n->buyer);
	n->title = first_text(block, titles, LENGTH(titles), arena);
	n->description = first_text(block, texts, LENGTH(texts), arena);
	n->nature = national_nature(node_code(block, "natureMarche"));
	if (n->nature == NATURE_NONE)
		n->nature = national_nature(node_code(block, "natureMarche/natureMarche"));
	read_cpv(block, arena, n);
	national_value(purchase, arena, &n->value, &n->value_kind);
	read_places(block, arena, n);
	read_procedure(block, arena, n);
	n->documents_url = national_url(body, urls, LENGTH(urls), arena);
	n->reference = first_text(block, references, LENGTH(references), arena);
	ret->deadline = first_text(block, deadlines, LENGTH(deadlines), arena);
	national_term(purchase, arena, &n->term);
	if (!term_given(&n->term))
		national_term(xml_child(block, "natureMarche"), arena, &n->term);
	if (!term_given(&n->term))
		national_term(block, arena, &n->term);
	national_awards(block, arena, n);
	national_correction(block, arena, ret);
	/* A DSP has its lots in the description, a DIVERS beside it. */
	return national_lots(xml_child(purchase, "lots") ? purchase : block, arena, n, err);
}
