/*
 * BOAMP schema 2.3 (2015 to 2023): ANNONCE with GESTION and DONNEES, and the same DONNEES, without a
 * name of their format, in records of the API of before 2024 (FORMATS.md 4, DOMAIN 1.5). Schema 1.10
 * (2008 to 2015) is built alike with other names (IDENT, DELAI, CPV_OBJ); its lots are prose.
 */
#include "base/buf.h"
#include "national.h"
#include "node.h"
#include "tender/cpv.h"
#include "tender/ident.h"

bool boamp_v230_recognise(const struct xml_node *root)
{
	return str_eq(root->name, STR("ANNONCE")) && !str_given(root->ns);
}

bool boamp_v230_is_body(const struct xml_node *donnees)
{
	return xml_child(donnees, "IDENTITE") || xml_child(donnees, "IDENT") ||
	       xml_child(donnees, "OBJET");
}

static void read_buyer(const struct xml_node *body, struct arena *arena, struct party *buyer)
{
	const struct xml_node *identity = xml_child(body, "IDENTITE");

	if (!identity)
		identity = xml_child(body, "IDENT");
	buyer->name = node_text(identity, "DENOMINATION", arena);
	if (!str_given(buyer->name))
		buyer->name = node_text(identity, "NOM", arena);
	buyer->id = ident_clean(node_text(identity, "CODE_IDENT_NATIONAL", arena), arena);
	buyer->city = node_text(identity, "VILLE", arena);
	buyer->postcode = node_text(identity, "CP", arena);
	buyer->nuts = node_text(identity, "ADJUDICATEUR_NUTS", arena);
}

static void add_cpv(const struct xml_node *node, struct arena *arena, struct codes *cpv)
{
	static const char *const paths[] = { "CPV/PRINCIPAL", "CPV/SUPPLEMENTAIRE",
		"CPV/COMPLEMENTAIRE", "CPV_OBJ", "CPV_COMPLEMENT" };

	for (size_t i = 0; i < LENGTH(paths); i++) {
		const struct xml_node *code;
		struct xml_walk walk = { 0 };

		while ((code = xml_walk(&walk, node, paths[i])))
			codes_add(cpv, arena, cpv_parse(node_own_text(code, arena), arena));
	}
}

static void add_places(const struct xml_node *node, struct arena *arena, struct codes *places)
{
	static const char *const paths[] = { "CODE_NUTS", "LIEU_EXEC_LIVR/CODE_NUTS" };
	const struct xml_node *site;

	for (size_t i = 0; i < LENGTH(paths); i++) {
		const struct xml_node *code;
		struct xml_walk walk = { 0 };

		while ((code = xml_walk(&walk, node, paths[i])))
			codes_add(places, arena, node_own_text(code, arena));
	}
	/* Schema 1.10 has the place as a text. */
	for (site = xml_child(node, "LIEU_EXEC_LIVR"); site;
		site = xml_next(site, "LIEU_EXEC_LIVR"))
		national_places(site->child ? node_text(site, "CP", arena) : node_own_text(site, arena),
			arena, places);
	national_places(node_text(node, "LIEU_EXEC", arena), arena, places);
	national_places(node_text(node, "LIEU_LIVR", arena), arena, places);
}

static bool read_amount(const struct xml_node *node, enum value_kind kind, struct arena *arena,
	struct money *value, enum value_kind *value_kind)
{
	struct str currency = xml_attr(node, "DEVISE");
	struct money amount;

	if (!node || !money_parse(node_own_text(node, arena),
			     str_given(currency) ? currency : STR("EUR"), &amount))
		return false;
	if (amount.cents <= 0)
		return false;
	*value = amount;
	*value_kind = kind;
	return true;
}

/* "Valeur technique (50)" of CRITERE/@POIDS, "Prix (50)" of CRITERES_PRIX/POIDS. */
static void add_criteria(const struct xml_node *criteria, struct arena *arena, struct buf *out)
{
	const struct xml_node *group = criteria ? criteria->child : NULL;

	for (; group; group = group->next) {
		bool price = str_eq(group->name, STR("CRITERES_PRIX"));
		const struct xml_node *c = price ? group : xml_child(group, "CRITERE");

		for (; c; c = price ? NULL : xml_next(c, "CRITERE")) {
			struct str text = price ? STR("Prix") : node_own_text(c, arena);
			struct str weight = price ? node_text(c, "POIDS", arena)
						  : str_trim(xml_attr(c, "POIDS"));

			if (!str_given(text))
				continue;
			buf_addf(out, "%s%.*s", out->len ? "\n" : "", STR_ARG(text));
			if (weight.len)
				buf_addf(out, " (%.*s)", STR_ARG(weight));
		}
	}
}

static void read_criteria(const struct xml_node *body, struct arena *arena, struct notice *n)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(NOTICE_TEXT_MAX);
	const struct xml_node *lot = xml_find(body, "OBJET/LOTS/LOT");

	add_criteria(xml_find(body, "PROCEDURE/CRITERES_ATTRIBUTION"), arena, &out);
	for (; lot; lot = xml_next(lot, "LOT"))
		add_criteria(xml_child(lot, "CRITERES_ATTRIBUTION"), arena, &out);
	n->criteria = out.len ? arena_dup(arena, buf_str(&out)) : STR_NONE;
}

/* how long */

static void read_term(const struct xml_node *node, struct arena *arena, struct term *ret)
{
	static const struct {
		const char *path;
		enum term_unit unit;
	} lengths[] = { { "DUREE_MOIS", TERM_MONTHS }, { "DUREE_DELAI/DUREE_MOIS", TERM_MONTHS },
		{ "DUREE_JOURS", TERM_DAYS }, { "DUREE_DELAI/DUREE_JOURS", TERM_DAYS },
		{ "ACCORD_CADRE/DUREE_MOIS", TERM_MONTHS }, { "ACCORD_CADRE/DUREE_AN", TERM_YEARS },
		{ "DUREE_AN", TERM_YEARS } };
	unsigned length;

	for (size_t i = 0; i < LENGTH(lengths) && ret->length == 0; i++)
		if (str_to_uint(node_text(node, lengths[i].path, arena), TERM_LENGTH_MAX, &length))
			term_set(ret, length, lengths[i].unit);
	ret->start = day_parse(node_text(node, "DUREE_DELAI/DATE_DEBUT", arena));
	ret->end = day_parse(node_text(node, "DUREE_DELAI/DATE_FIN", arena));
}

/* who won */

static void read_holders(const struct xml_node *decision, struct arena *arena, struct award *award)
{
	const struct xml_node *holder = xml_child(decision, "TITULAIRE");
	size_t capacity = 0;

	for (; holder; holder = xml_next(holder, "TITULAIRE")) {
		struct winner *winner = award_winner_add(award, arena, &capacity);

		if (!winner)
			return;
		winner->party.name = node_text(holder, "DENOMINATION", arena);
		winner->party.id =
			ident_clean(node_text(holder, "CODE_IDENT_NATIONAL", arena), arena);
		winner->party.city = node_text(holder, "VILLE", arena);
		winner->party.postcode = node_text(holder, "CP", arena);
		award->outcome = AWARD_GIVEN;
	}
}

/* One DECISION a lot, or one for the whole. */
static void read_awards(const struct xml_node *award_block, struct arena *arena, struct notice *n)
{
	const struct xml_node *decision = xml_child(award_block, "DECISION");
	day_t decided = day_parse(node_text(award_block, "DATE_DECISION", arena));
	size_t capacity = 0;

	for (; decision; decision = xml_next(decision, "DECISION")) {
		const struct xml_node *facts = xml_child(decision, "RENSEIGNEMENT");
		struct award *award = notice_award_add(n, arena, &capacity);
		enum value_kind kind;
		unsigned count;

		if (!award)
			return;
		award->lot = national_lot_ref(node_text(decision, "NUM_LOT", arena), arena);
		if (xml_child(decision, "INFRUCTUEUX") || xml_child(decision, "SANS_SUITE"))
			award->outcome = AWARD_NOT_GIVEN;
		award->decided = day_parse(node_text(facts, "DATE_ATTRIBUTION", arena));
		if (award->decided == DAY_NONE)
			award->decided = decided;
		if (str_to_uint(node_text(facts, "NB_OFFRE_RECU", arena), 1000000, &count))
			award->tenders = (int)count;
		read_amount(xml_child(facts, "MONTANT"), VALUE_AWARD, arena, &award->value, &kind);
		read_holders(decision, arena, award);
	}
}

/* lots */

static void read_lot(const struct xml_node *node, struct arena *arena, struct notice *n)
{
	struct lot *lot = &n->lots[n->n_lots++];
	struct str number = node_text(node, "NUM", arena);
	unsigned value;

	lot_init(lot);
	if (!str_given(number))
		lot->id = arena_printf(arena, "LOT-%04zu", n->n_lots);
	else
		lot->id = str_to_uint(number, 9999, &value) ? arena_printf(arena, "LOT-%04u", value)
							    : number;
	lot->title = node_text(node, "INTITULE", arena);
	lot->description = node_text(node, "DESCRIPTION", arena);
	add_cpv(node, arena, &lot->cpv);
	add_places(node, arena, &lot->places);
	read_amount(
		xml_child(node, "VALEUR"), VALUE_ESTIMATE, arena, &lot->value, &lot->value_kind);
	read_term(node, arena, &lot->term);
}

/* The only LOT of a purchase that says it has none (DIV_EN_LOTS/NON) tells of the purchase itself. */
static bool is_whole(const struct xml_node *object, const struct xml_node *lot)
{
	return lot && !xml_next(lot, "LOT") && !xml_child(lot, "NUM") &&
	       !xml_find(object, "DIV_EN_LOTS/OUI");
}

static void read_whole(const struct xml_node *lot, struct arena *arena, struct notice *n)
{
	struct str text = node_text(lot, "DESCRIPTION", arena);

	if (str_given(text) && str_given(n->description) && !str_eq(text, n->description))
		n->description =
			arena_printf(arena, "%.*s\n\n%.*s", STR_ARG(n->description), STR_ARG(text));
	else if (!str_given(n->description))
		n->description = text;
	add_cpv(lot, arena, &n->cpv);
	add_places(lot, arena, &n->places);
	if (!term_given(&n->term))
		read_term(lot, arena, &n->term);
	if (n->value_kind == VALUE_NONE)
		read_amount(
			xml_child(lot, "VALEUR"), VALUE_ESTIMATE, arena, &n->value, &n->value_kind);
}

/* A plan may have several objects: the first gives its title, the others add what they buy. */
static void read_further(const struct xml_node *object, struct arena *arena, struct notice *n)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(NOTICE_TEXT_MAX);
	size_t before;

	buf_adds(&out, str_clip(n->description, NOTICE_TEXT_MAX));
	before = out.len;
	for (object = xml_next(object, "OBJET"); object; object = xml_next(object, "OBJET")) {
		struct str title = node_text(object, "TITRE_MARCHE", arena);
		struct str text = node_text(object, "OBJET_COMPLET", arena);

		add_cpv(object, arena, &n->cpv);
		add_places(object, arena, &n->places);
		if (str_given(title) || str_given(text))
			buf_addf(&out, "%s%.*s%s%.*s", out.len ? "\n\n" : "", STR_ARG(title),
				title.len && text.len ? "\n" : "", STR_ARG(text));
	}
	if (out.len > before)
		n->description = arena_dup(arena, buf_str(&out));
}

static int read_lots(
	const struct xml_node *object, struct arena *arena, struct notice *n, struct error *err)
{
	const struct xml_node *first = xml_find(object, "LOTS/LOT"), *lot;
	size_t count = 0;

	if (is_whole(object, first)) {
		read_whole(first, arena, n);
		return 0;
	}
	for (lot = first; lot; lot = xml_next(lot, "LOT"))
		count++;
	if (count > NOTICE_LOTS_MAX)
		return error_set(err, ERROR_LIMIT, "the notice has %zu lots, more than %d", count,
			NOTICE_LOTS_MAX);
	n->lots = arena_array(arena, struct lot, count);
	for (lot = first; lot; lot = xml_next(lot, "LOT"))
		read_lot(lot, arena, n);
	return 0;
}

/* body */

/*
 * The platform stamps the winter offset all the year: noon in Paris in April is 12:00+01:00. Where
 * Paris has another offset on that day the wall clock counts, and the zone is assumed.
 */
static struct str true_deadline(struct str text, struct arena *arena)
{
	struct str naive;

	if (!str_ends(text, "+01:00"))
		return text;
	naive = str_sub(text, 0, text.len - 6);
	return deadline_read(naive, arena).offset_s == 3600 ? text : naive;
}

static struct str procedure_of(struct str code)
{
	static const struct {
		const char *code, *procedure;
	} procedures[] = { { "OUVERT", "open" }, { "RESTREINT", "restricted" },
		{ "NEGOCIE", "neg-w-call" }, { "PROCEDURE_ADAPTE", "adapted" },
		{ "DIALOGUE_COMPETITIF", "comp-dial" }, { "PARTENARIAT_INNOVATION", "innovation" },
		{ "CONCOURS_OUVERT", "open" }, { "CONCOURS_RESTREINT", "restricted" } };

	for (size_t i = 0; i < LENGTH(procedures); i++)
		if (str_eqz(code, procedures[i].code))
			return str_of(procedures[i].procedure);
	return STR_NONE;
}

/* Many notices have only OBJET_COMPLET: it is the title then, up to its first line end. */
static void read_object(const struct xml_node *object, struct arena *arena, struct notice *n)
{
	n->title = node_text(object, "TITRE_MARCHE", arena);
	n->description = node_text(object, "OBJET_COMPLET", arena);
	if (!str_given(n->title) && str_given(n->description)) {
		size_t end = str_find_char(n->description, '\n');

		n->title = notice_text_repair(str_sub(n->description, 0, end), arena);
		if (end == SIZE_MAX)
			n->description = STR_NONE;
	}
	n->reference = node_text(object, "REF_MARCHE", arena);
	n->nature = national_nature(node_code(object, "TYPE_MARCHE"));
	add_cpv(object, arena, &n->cpv);
	add_places(object, arena, &n->places);
	read_term(object, arena, &n->term);
	if (!term_given(&n->term))
		read_term(xml_child(object, "CARACTERISTIQUES"), arena, &n->term);
}

/* An award, else an estimate, else the most that may be spent. */
static void read_value(const struct xml_node *body, const struct xml_node *object, struct arena *arena,
	struct notice *n)
{
	static const struct {
		const char *path;
		enum value_kind kind;
	} of_object[] = { { "CARACTERISTIQUES/VALEUR_TOTALE", VALUE_ESTIMATE },
		{ "CARACTERISTIQUES/VALEUR", VALUE_ESTIMATE },
		{ "ACCORD_CADRE/VALEUR", VALUE_CEILING }, { "ACCORD_CADRE/VALEUR_MAX", VALUE_CEILING },
		{ "CARACTERISTIQUES/VALEUR_MAX", VALUE_CEILING },
		{ "ACCORD_CADRE_VALEUR", VALUE_CEILING }, { "ACCORD_CADRE_VALEUR_MAXI", VALUE_CEILING } };

	read_amount(xml_find(body, "ATTRIBUTION/VALEUR_TOTALE"), VALUE_AWARD, arena, &n->value,
		&n->value_kind);
	for (size_t i = 0; i < LENGTH(of_object) && n->value_kind == VALUE_NONE; i++)
		read_amount(xml_find(object, of_object[i].path), of_object[i].kind, arena, &n->value,
			&n->value_kind);
}

/* What is corrected or why it is called off, and of which notice. */
static void read_change(const struct xml_node *body, struct arena *arena, struct boamp_body *ret)
{
	static const char *const blocks[] = { "RECTIF", "ANNULATION" };
	static const char *const words[] = { "RECTIFICATIF", "RECTIF/MODIFICATION",
		"RECTIF/INFO_COMPLEMENTAIRE", "RECTIF", "ANNULATION/MOTIF", "MOTIF_RECTIFICATIF",
		"MOTIF_ANNULATION" };

	for (size_t i = 0; i < LENGTH(blocks) && !str_given(ret->previous); i++) {
		struct xml_walk walk = { 0 };

		ret->previous = node_own_text(
			xml_walk(&walk, xml_child(body, blocks[i]), "**/REFERENCE/IDWEB"), arena);
		ret->changes |= xml_child(body, blocks[i]) != NULL;
	}
	ret->cancels = xml_child(body, "ANNULATION") || xml_child(body, "MOTIF_ANNULATION");
	ret->changes |= ret->cancels || xml_child(body, "MOTIF_RECTIFICATIF");
	for (size_t i = 0; i < LENGTH(words); i++) {
		struct str text = national_prose(body, words[i], arena);

		/* A RECTIF without a structure below it is prose. */
		if (str_eqz(str_of(words[i]), "RECTIF") && str_given(ret->prose))
			continue;
		if (str_given(text))
			ret->prose = str_given(ret->prose)
					     ? arena_printf(arena, "%.*s\n%.*s", STR_ARG(ret->prose),
						       STR_ARG(text))
					     : text;
	}
}

int boamp_v230_read(const struct xml_node *body, struct arena *arena, struct notice *n,
	struct boamp_body *ret, struct error *err)
{
	static const char *const urls[] = { "IDENTITE/URL_DOCUMENT", "IDENTITE/URL_PROFIL_ACHETEUR",
		"IDENTITE/URL_PARTICIPATION", "IDENT/URL_DOCUMENT", "IDENT/URL_PROFIL_ACHETEUR" };
	static const char *const deadlines[] = { "CONDITION_DELAI/RECEPT_OFFRES",
		"CONDITION_DELAI/RECEPT_CANDIDAT", "DELAI/RECEPT_OFFRES", "DELAI/RECEPT_CANDIDAT" };
	const struct xml_node *object = xml_child(body, "OBJET");

	read_buyer(body, arena, &n->buyer);
	read_object(object, arena, n);
	if (object)
		read_further(object, arena, n);
	if (!str_given(n->reference))
		n->reference = node_text(body, "CONDITION_ADMINISTRATIVE/REFERENCE_MARCHE", arena);
	n->procedure = procedure_of(node_code(body, "PROCEDURE/TYPE_PROCEDURE"));
	read_value(body, object, arena, n);
	n->documents_url = national_url(body, urls, LENGTH(urls), arena);
	for (size_t i = 0; i < LENGTH(deadlines) && !str_given(ret->deadline); i++)
		ret->deadline = true_deadline(node_text(body, deadlines[i], arena), arena);
	read_change(body, arena, ret);
	read_criteria(body, arena, n);
	read_awards(xml_child(body, "ATTRIBUTION"), arena, n);
	return read_lots(object, arena, n, err);
}
