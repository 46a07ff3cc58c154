/* FNSimple: national notices between 90,000 € and the European thresholds (FORMATS.md 2). */
#include "national.h"
#include "node.h"
#include "tender/ident.h"

static void read_buyer(const struct xml_node *organisme, struct arena *arena, struct party *buyer)
{
	buyer->name = node_text(organisme, "nomOfficiel", arena);
	buyer->id = ident_clean(node_text(organisme, "codeIdentificationNational", arena), arena);
	buyer->city = node_text(organisme, "ville", arena);
	buyer->postcode = node_text(organisme, "cp", arena);
}

/* The kind of procedure is the name of a child, among others that say how it is run. */
static void read_procedure(const struct xml_node *procedure, struct notice *n)
{
	const struct xml_node *child = procedure ? procedure->child : NULL;

	for (; child && !str_given(n->procedure); child = child->next)
		n->procedure = national_procedure(child->name);
}

/* Calls have them with the procedure; awards and corrections, which have none, with the purchase. */
static struct str read_criteria(const struct xml_node *block, struct arena *arena)
{
	const struct xml_node *criteria = xml_find(block, "procedure/criteresAttrib");

	if (!criteria)
		criteria = xml_find(block, "natureMarche/criteresAttrib");
	return node_leaves(criteria, arena);
}

/* Who won is prose there: what is not understood of it can at least be read. */
static void add_result_text(const struct xml_node *block, struct arena *arena, struct notice *n)
{
	struct str text = node_text(block, "attributionMarche", arena);

	if (!str_given(text))
		return;
	n->description = str_given(n->description) ? arena_printf(arena, "%.*s\n\n%.*s",
							     STR_ARG(n->description), STR_ARG(text))
						   : text;
}

int boamp_fnsimple_read(const struct xml_node *body, struct arena *arena, struct notice *n,
	struct boamp_body *ret, struct error *err)
{
	static const char *const urls[] = { "communication/urlDocConsul",
		"communication/urlProfilAch" };
	const struct xml_node *block = national_block(body);
	const struct xml_node *purchase = xml_child(block, "natureMarche");
	const struct xml_node *reserved = xml_child(purchase, "reservationMarche");

	read_buyer(xml_child(body, "organisme"), arena, &n->buyer);
	n->title = node_text(purchase, "intitule", arena);
	n->description = node_text(purchase, "description", arena);
	n->nature = national_nature(node_code(purchase, "natureMarche"));
	national_cpv(purchase, arena, &n->cpv);
	national_value(purchase, arena, &n->value, &n->value_kind);
	national_places(
		node_leaves(xml_child(purchase, "lieuExecution"), arena), arena, &n->places);
	n->reserved = reserved && reserved->child && !str_eq(reserved->child->name, STR("non"));
	read_procedure(xml_child(block, "procedure"), n);
	n->criteria = read_criteria(block, arena);
	n->documents_url = national_url(block, urls, LENGTH(urls), arena);
	n->reference = node_text(block, "communication/identifiantInterne", arena);
	ret->deadline = node_text(block, "procedure/dateReceptionOffres", arena);
	national_term(purchase, arena, &n->term);
	national_awards(block, arena, n);
	add_result_text(block, arena, n);
	national_correction(block, arena, ret);
	return national_lots(block, arena, n, err);
}
