#include "decp.h"

#include "base/fold.h"
#include "json_tree.h"
#include "node.h"
#include "tender/cpv.h"
#include "tender/ident.h"
#include "tender/place.h"
#include "unread.h"

static const char *const records[] = { "marche", "contrat-concession" };

/* The same fact under its names: the schema's, those of consolidations, and the Explore API's. */
static const char *const buyer_ids[] = { "acheteur/id", "autoriteConcedante/id", "acheteur.id",
	"autoriteConcedante.id", "acheteur_id", "autoriteconcedante_id", "idAcheteur" };
static const char *const buyer_names[] = { "acheteur/nom", "autoriteConcedante/nom", "acheteur.nom",
	"acheteur_nom", "nomAcheteur" };
static const char *const days[] = { "datePublicationDonnees", "datepublicationdonnees",
	"dateNotification", "datenotification", "dateSignature", "datesignature" };
static const char *const amounts[] = { "montant", "valeurGlobale", "valeurglobale" };
static const char *const signed_days[] = { "dateNotification", "datenotification", "dateSignature",
	"datesignature" };
static const char *const months[] = { "dureeMois", "dureemois" };
static const char *const starts[] = { "dateDebutExecution", "datedebutexecution" };
static const char *const counts[] = { "offresRecues", "offresrecues" };
static const char *const cpvs[] = { "codeCPV", "codecpv" };
static const char *const place_codes[] = { "lieuExecution/code", "lieuExecution.code",
	"lieuexecution_code" };
static const char *const place_types[] = { "lieuExecution/typeCode", "lieuExecution.typeCode",
	"lieuexecution_typecode" };
static const char *const innovations[] = { "marcheInnovant", "marcheinnovant" };

enum { DAY_LENGTH = 10 }; /* YYYY-MM-DD */

/* Exports fill what they do not know with CDL, NC or nan. */
static struct str stated(
	const struct xml_node *record, const char *const *paths, size_t n, struct arena *arena)
{
	for (size_t i = 0; i < n; i++) {
		struct str text = node_text(record, paths[i], arena);

		if (str_given(text) && !str_eq(text, STR("CDL")) && !str_eq(text, STR("NC")) &&
			!str_eq(text, STR("null")) && !str_eq(text, STR("nan")))
			return text;
	}
	return STR_NONE;
}

/* Exports write some days as instants; the day is the one that is written. */
static day_t stated_day(
	const struct xml_node *record, const char *const *paths, size_t n, struct arena *arena)
{
	return day_parse(str_sub(stated(record, paths, n, arena), 0, DAY_LENGTH));
}

/* places */

/* Regions by their INSEE code (COG), as typeCode "Code région" has them. */
static const char *region_nuts(struct str code)
{
	static const struct {
		const char *insee, *nuts;
	} regions[] = { { "11", "FR1" }, { "24", "FRB" }, { "27", "FRC" }, { "28", "FRD" },
		{ "32", "FRE" }, { "44", "FRF" }, { "52", "FRG" }, { "53", "FRH" }, { "75", "FRI" },
		{ "76", "FRJ" }, { "84", "FRK" }, { "93", "FRL" }, { "94", "FRM" },
		{ "01", "FRY1" }, { "02", "FRY2" }, { "03", "FRY3" }, { "04", "FRY4" },
		{ "06", "FRY5" } };

	for (size_t i = 0; i < LENGTH(regions); i++)
		if (str_eqz(code, regions[i].insee))
			return regions[i].nuts;
	return NULL;
}

/* The department of a postcode, or of an INSEE code of anything below a department (69123, 2A004). */
static const struct department *department_of(struct str code, bool postcode)
{
	const struct department *d;

	if (postcode)
		return department_of_postcode(code);
	d = code.len > 3 ? department_find(str_sub(code, 0, 3)) : NULL;
	return d && (str_starts(code, "97") || str_starts(code, "98"))
		       ? d
		       : department_find(str_sub(code, 0, 2));
}

static void read_place(const struct xml_node *record, struct arena *arena, struct notice *n)
{
	struct str code = stated(record, place_codes, LENGTH(place_codes), arena);
	struct str type = stated(record, place_types, LENGTH(place_types), arena);
	const struct department *d = NULL;

	if (!str_given(code))
		return;
	type = fold_text(arena, type);
	if (str_eq(type, STR("code region"))) {
		codes_add(&n->places, arena, str_of(region_nuts(code)));
		return;
	}
	if (str_eq(type, STR("code departement")))
		d = department_find(code);
	else if (str_eq(type, STR("code postal")))
		d = department_of(code, true);
	else if (str_eq(type, STR("code pays")))
		codes_add(&n->places, arena, place_parse(code, arena));
	else
		d = department_of(code, false);
	if (d)
		codes_add(&n->places, arena, str_of(d->code));
}

/* procedure */

/* The labels of the order of 22 December 2022, and those of before. First match. */
static struct str procedure_of(struct str label, struct arena *arena)
{
	static const struct {
		const char *words, *code;
	} procedures[] = { { "adaptee", "adapted" }, { "appel d offres ouvert", "open" },
		{ "appel d offres restreint", "restricted" },
		{ "dialogue competitif", "comp-dial" }, { "sans publicite", "neg-wo-call" },
		{ "sans mise en concurrence", "neg-wo-call" },
		{ "partenariat d innovation", "innovation" },
		{ "procedure avec negociation", "neg-w-call" },
		{ "avec mise en concurrence", "neg-w-call" } };
	struct str text = fold_text(arena, label);

	for (size_t i = 0; str_given(label) && i < LENGTH(procedures); i++)
		if (str_find(text, str_of(procedures[i].words)) != SIZE_MAX)
			return str_of(procedures[i].code);
	return STR_NONE;
}

/* holders */

static void add_holder(struct str id, struct str type, struct str name, struct arena *arena,
	size_t *capacity, struct award *award)
{
	struct winner *winner;

	if (!str_given(id) && !str_given(name))
		return;
	winner = award_winner_add(award, arena, capacity);
	if (!winner)
		return;
	winner->party.name = name;
	/* Of the other types (TVA, TAHITI, RIDET …) the number alone would be taken for a SIREN. */
	winner->party.id = !str_given(type) || str_starts(type, "SIRE") ? ident_clean(id, arena) : id;
}

/*
 * titulaires/titulaire of the schema, titulaires alone where JSON leaves the step out, and the numbered
 * columns of the State's export (titulaire_id_1 …).
 */
static void read_holders(const struct xml_node *record, struct arena *arena, struct award *award)
{
	static const char *const paths[] = { "titulaires/titulaire",
		"concessionnaires/concessionnaire", "titulaires", "concessionnaires", "titulaire" };
	static const struct {
		const char *id, *type, *name;
	} columns[] = { { "titulaire_id_1", "titulaire_typeidentifiant_1",
				"titulaire_denominationsociale_1" },
		{ "titulaire_id_2", "titulaire_typeidentifiant_2",
			"titulaire_denominationsociale_2" },
		{ "titulaire_id_3", "titulaire_typeidentifiant_3",
			"titulaire_denominationsociale_3" },
		{ "titulaire_id", "titulaire_typeIdentifiant", "titulaire_nom" },
		{ "titulaire.id", "titulaire.typeIdentifiant", "titulaire.denominationSociale" } };
	size_t capacity = 0;

	for (size_t i = 0; i < LENGTH(paths) && award->n_winners == 0; i++) {
		const struct xml_node *holder;
		struct xml_walk walk = { 0 };

		while ((holder = xml_walk(&walk, record, paths[i])))
			add_holder(node_text(holder, "id", arena),
				node_text(holder, "typeIdentifiant", arena),
				node_text(holder, "denominationSociale", arena), arena, &capacity,
				award);
	}
	for (size_t i = 0; i < LENGTH(columns); i++)
		add_holder(stated(record, &columns[i].id, 1, arena),
			stated(record, &columns[i].type, 1, arena),
			stated(record, &columns[i].name, 1, arena), arena, &capacity, award);
}

/* A record is one contract: for the whole, whatever lot of a purchase it may be. */
static void read_award(const struct xml_node *record, struct arena *arena, struct notice *n)
{
	struct award *award = arena_new(arena, struct award);
	unsigned number;

	award_init(award);
	award->outcome = AWARD_GIVEN;
	award->contract = n->reference;
	award->concluded = stated_day(record, signed_days, LENGTH(signed_days), arena);
	if (str_to_uint(stated(record, counts, LENGTH(counts), arena), 1000000, &number) && number > 0)
		award->tenders = (int)number;
	award->value = n->value;
	read_holders(record, arena, award);
	n->awards = award;
	n->n_awards = 1;
	if (str_to_uint(stated(record, months, LENGTH(months), arena), TERM_LENGTH_MAX, &number))
		term_set(&n->term, number, TERM_MONTHS);
	n->term.start = stated_day(record, starts, LENGTH(starts), arena);
}

/* record */

static bool is_yes(struct str text)
{
	return str_eq_nocase(text, STR("oui")) || str_eq_nocase(text, STR("true")) ||
	       str_eq(text, STR("1"));
}

/*
 * Buyers number their contracts themselves: the number is one only together with the buyer's. The
 * same record published again, with a modification in it, is the same contract. Consolidations put
 * both together (uid), also where they leave the buyer out.
 */
static struct str ref_of(
	struct str buyer, struct str id, struct str consolidated, struct arena *arena)
{
	if (!str_given(buyer))
		return str_given(consolidated) ? consolidated : id;
	return arena_printf(arena, "%.*s-%.*s", STR_ARG(buyer), STR_ARG(id));
}

static int read_record(
	const struct xml_node *record, struct arena *arena, struct notice *ret, struct error *err)
{
	struct notice n;
	struct str id = node_text(record, "id", arena), uid = node_text(record, "uid", arena), amount;
	int r;

	notice_init(&n);
	n.kind = n.stage = NOTICE_RESULT;
	n.language = STR("fr");
	n.buyer.id = ident_clean(stated(record, buyer_ids, LENGTH(buyer_ids), arena), arena);
	n.buyer.name = stated(record, buyer_names, LENGTH(buyer_names), arena);
	if (!str_given(id))
		id = uid;
	if (!str_given(id))
		return error_set(err, ERROR_INPUT, "the DECP record has no id");
	notice_set_id(&n, arena, STR("decp"), ref_of(n.buyer.id, id, uid, arena));
	n.reference = id;
	n.notice_type = node_text(record, "nature", arena);
	n.title = node_text(record, "objet", arena);
	if (!str_given(n.title))
		return error_set(err, ERROR_INPUT, "the DECP record has no objet");
	codes_add(&n.cpv, arena, cpv_parse(stated(record, cpvs, LENGTH(cpvs), arena), arena));
	read_place(record, arena, &n);
	n.procedure = procedure_of(node_text(record, "procedure", arena), arena);
	n.innovative = is_yes(stated(record, innovations, LENGTH(innovations), arena)) ||
		       str_eq(n.procedure, STR("innovation"));
	n.published = stated_day(record, days, LENGTH(days), arena);
	amount = stated(record, amounts, LENGTH(amounts), arena);
	if (money_parse(amount, STR("EUR"), &n.value) && n.value.cents > 0)
		n.value_kind = VALUE_AWARD;
	else
		n.value = (struct money)MONEY_INIT;
	read_award(record, arena, &n);
	r = notice_finish(&n, arena, err);
	if (r < 0)
		return r;
	*ret = n;
	return 0;
}

bool decp_recognise(const struct xml_node *root)
{
	return str_eq(root->name, STR("marches"));
}

int decp_xml_read(const struct xml_node *root, struct str bytes, struct arena *arena,
	struct notice *ret, struct error *err)
{
	(void)bytes;
	for (const struct xml_node *record = root->child; record; record = record->next)
		for (size_t i = 0; i < LENGTH(records); i++)
			if (str_eqz(record->name, records[i]))
				return read_record(record, arena, ret, err);
	return error_set(err, ERROR_INPUT, "DECP without marche or contrat-concession");
}

bool decp_is_record(const struct json_value *value)
{
	static const char *const keys[] = { "acheteur", "acheteur.id", "acheteur_id",
		"autoriteConcedante", "autoriteConcedante.id", "autoriteconcedante_id",
		"idAcheteur", "titulaires", "concessionnaires", "dateNotification" };

	if (json_type(json_get(value, "objet")) != JSON_STRING || !json_get(value, "id"))
		return false;
	for (size_t i = 0; i < LENGTH(keys); i++)
		if (json_get(value, keys[i]))
			return true;
	return false;
}

int decp_json_read(struct str bytes, struct arena *arena, struct notice *ret, struct error *err)
{
	CLEANUP(json_freep) struct json *document = NULL;
	const struct xml_node *record;
	int r = json_parse(bytes, &document, err);

	if (r < 0)
		return r;
	record = json_tree(json_root(document), records[0], arena);
	if (!record)
		return error_set(err, ERROR_INPUT, "a DECP record is a JSON object");
	r = read_record(record, arena, ret, err);
	if (r == 0)
		unread_elements(record, UNREAD_DECP, arena, &ret->unread);
	return r;
}
