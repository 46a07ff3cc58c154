/* One record of the Explore API: flat fields, and the two blocks packed as JSON text in a string. */
#include "boamp_notice.h"
#include "gate/json.h"
#include "json_tree.h"
#include "unread.h"

int boamp_unpack(struct str json, const char *name, struct arena *arena,
	const struct xml_node **ret, struct error *err)
{
	CLEANUP(json_freep) struct json *document = NULL;
	int r;

	*ret = NULL;
	if (str_trim(json).len == 0)
		return 0;
	r = json_parse(json, &document, err);
	if (r < 0)
		return error_add(err, "%s", name);
	*ret = json_tree(json_root(document), name, arena);
	if (!*ret)
		return error_set(err, ERROR_INPUT, "%s: a JSON object expected", name);
	return 0;
}

/* The block as text in a string, or, as some exports have it, as an object. */
static int unpack_member(const struct json_value *record, const char *key, struct arena *arena,
	const struct xml_node **ret, struct error *err)
{
	const struct json_value *member = json_get(record, key);

	if (json_type(member) == JSON_STRING)
		return boamp_unpack(json_str(member), key, arena, ret, err);
	*ret = json_tree(member, key, arena);
	return 0;
}

static void take_list(
	const struct json_value *record, const char *key, struct arena *arena, struct codes *ret)
{
	enum { LISTED_MAX = 5000 }; /* departments, subjects, winners: each is compared with those before it */
	const struct json_value *list = json_get(record, key);

	for (size_t i = 0; i < json_count(list) && i < LISTED_MAX; i++)
		codes_add(ret, arena, json_scalar(json_at(list, i), arena));
}

static struct str take_text(const struct json_value *record, const char *key, struct arena *arena)
{
	return arena_dup(arena, json_scalar(json_get(record, key), arena));
}

static struct boamp_flat flat_of(const struct json_value *record, struct arena *arena)
{
	struct boamp_flat flat = {
		.idweb = take_text(record, "idweb", arena),
		.contractfolderid = take_text(record, "contractfolderid", arena),
		.objet = take_text(record, "objet", arena),
		.famille = take_text(record, "famille", arena),
		.dateparution = take_text(record, "dateparution", arena),
		.datelimitereponse = take_text(record, "datelimitereponse", arena),
		.nomacheteur = take_text(record, "nomacheteur", arena),
		.type_procedure = take_text(record, "type_procedure", arena),
		.nature = take_text(record, "nature", arena),
		.etat = take_text(record, "etat", arena),
	};

	take_list(record, "code_departement", arena, &flat.code_departement);
	take_list(record, "code_departement_prestation", arena, &flat.code_departement_prestation);
	take_list(record, "type_marche", arena, &flat.type_marche);
	take_list(record, "descripteur_libelle", arena, &flat.descripteur_libelle);
	take_list(record, "titulaire", arena, &flat.titulaire);
	take_list(record, "annonce_lie", arena, &flat.annonce_lie);
	return flat;
}

/* The blocks themselves have names of ours. */
static void unread_below(const struct xml_node *block, enum unread_vocabulary vocabulary, struct arena *arena,
	struct codes *ret)
{
	for (const struct xml_node *node = block ? block->child : NULL; node; node = node->next)
		unread_elements(node, vocabulary, arena, ret);
}

void boamp_unread(const struct boamp_parts *parts, struct arena *arena, struct codes *ret)
{
	unread_below(parts->gestion, UNREAD_TODAY, arena, ret);
	unread_below(parts->donnees, boamp_v230_is_body(parts->donnees) ? UNREAD_OLD_BOAMP : UNREAD_TODAY,
		arena, ret);
}

int boamp_api_read(struct str bytes, struct arena *arena, struct notice *ret, struct error *err)
{
	CLEANUP(json_freep) struct json *document = NULL;
	const struct json_value *record;
	struct boamp_flat flat;
	struct boamp_parts parts = { .flat = &flat };
	int r = json_parse(bytes, &document, err);

	if (r < 0)
		return r;
	record = json_root(document);
	if (json_type(record) != JSON_OBJECT)
		return error_set(err, ERROR_INPUT, "a BOAMP record is a JSON object");
	flat = flat_of(record, arena);
	if ((r = unpack_member(record, "gestion", arena, &parts.gestion, err)) < 0 ||
		(r = unpack_member(record, "donnees", arena, &parts.donnees, err)) < 0)
		return r;
	r = boamp_notice_read(&parts, arena, ret, err);
	if (r < 0)
		return r;
	unread_members(record, UNREAD_EXPLORE, arena, &ret->unread);
	boamp_unread(&parts, arena, &ret->unread);
	return 0;
}
