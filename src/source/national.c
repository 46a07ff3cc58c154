#include "national.h"

#include <string.h>

#include "base/buf.h"
#include "base/fold.h"
#include "node.h"
#include "tender/cpv.h"
#include "tender/place.h"

const struct xml_node *national_block(const struct xml_node *body)
{
	static const char *const names[] = { "initial", "rectificatif", "attribution", "annulation" };
	const struct xml_node *child, *other = NULL;

	for (child = body->child; child; child = child->next) {
		for (size_t i = 0; i < LENGTH(names); i++)
			if (str_eqz(child->name, names[i]))
				return child;
		if (!other && !str_eq(child->name, STR("organisme")))
			other = child;
	}
	return other;
}

enum notice_nature national_nature(struct str code)
{
	static const struct {
		const char *code;
		enum notice_nature nature;
	} natures[] = { { "services", NATURE_SERVICES }, { "service", NATURE_SERVICES },
		{ "fournitures", NATURE_SUPPLIES }, { "fourniture", NATURE_SUPPLIES },
		{ "travaux", NATURE_WORKS } };

	for (size_t i = 0; i < LENGTH(natures); i++)
		if (str_eq_nocase(code, str_of(natures[i].code)))
			return natures[i].nature;
	return NATURE_NONE;
}

struct str national_procedure(struct str name)
{
	static const struct {
		const char *prefix, *code;
	} procedures[] = { { "procedureAdapt", "adapted" }, { "procedureOuvert", "open" },
		{ "procedureRestreint", "restricted" }, { "procedureNegoc", "neg-w-call" },
		{ "procedureDialogue", "comp-dial" }, { "dialogue", "comp-dial" },
		{ "procedureInnov", "innovation" }, { "partenariatInnov", "innovation" },
		{ "procedurePartenariatInnov", "innovation" }, { "appelOffreOuvert", "open" },
		{ "appelOffreRestreint", "restricted" } };

	for (size_t i = 0; i < LENGTH(procedures); i++)
		if (str_starts(name, procedures[i].prefix))
			return str_of(procedures[i].code);
	return STR_NONE;
}

/* places */

static bool is_alnum(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static void add_place(struct str word, struct arena *arena, struct codes *places)
{
	const struct department *d;

	if (word.len == 5 && str_digits(word)) {
		d = department_of_postcode(word);
		if (d)
			codes_add(places, arena, str_of(d->code));
		return;
	}
	/* A code of four or five: three letters of a word in capitals are too easily one ("FRE"). */
	if (word.len >= 4 && str_starts(word, "FR") &&
		(department_of_nuts(word) || region_name(word)))
		codes_add(places, arena, word);
}

/* "Mende (48)", "Ajaccio (2A)": a number in brackets behind a name is its department's. */
static void add_bracketed(struct str text, struct arena *arena, struct codes *places)
{
	for (size_t i = 0; i < text.len; i++) {
		size_t end = i + 1;
		const struct department *d;

		if (text.ptr[i] != '(')
			continue;
		while (end < text.len && is_alnum(text.ptr[end]))
			end++;
		if (end == text.len || text.ptr[end] != ')' || end - i < 3 || end - i > 4)
			continue;
		d = department_find(str_sub(text, i + 1, end));
		if (d)
			codes_add(places, arena, str_of(d->code));
	}
}

/*
 * "département de la Lozère", "Département du Val-de-Marne", "département 48". A name alone is no proof:
 * many are rivers, and "Nord", "Lot" or "Manche" are words.
 */
static void add_departments(struct str text, struct arena *arena, struct codes *places)
{
	static const char *const joints[] = { "de la ", "de l ", "du ", "des ", "de ", "d ", "" };
	struct folded f = fold(arena, str_clip(text, 4 << 10));
	struct str rest = f.text, word = STR("departement ");

	for (size_t at; (at = str_find(rest, word)) != SIZE_MAX;) {
		struct str name;
		size_t joint = 0, end;

		rest = str_from(rest, at + word.len);
		name = rest;
		while (!str_starts(name, joints[joint]))
			joint++;
		name = str_from(name, strlen(joints[joint]));
		/* The longest name of four words at most: "val de marne" before "val". */
		end = 0;
		for (int words = 0; words < 5 && end < name.len; words++) {
			size_t blank = str_find_char(str_from(name, end), ' ');

			end = blank == SIZE_MAX ? name.len : end + blank + 1;
		}
		for (; end > 0; end = str_rfind_char(str_sub(name, 0, end - 1), ' ') + 1) {
			const struct department *d = department_named(str_trim(str_sub(name, 0, end)), arena);

			if (d) {
				codes_add(places, arena, str_of(d->code));
				break;
			}
		}
	}
}

void national_places(struct str text, struct arena *arena, struct codes *places)
{
	if (!str_given(text))
		return;
	add_bracketed(text, arena, places);
	add_departments(text, arena, places);
	for (size_t i = 0; i < text.len; i++) {
		size_t start = i;

		while (i < text.len && is_alnum(text.ptr[i]))
			i++;
		if (i > start)
			add_place(str_sub(text, start, i), arena, places);
	}
}

/* what a purchase and a lot of it say alike */

void national_cpv(const struct xml_node *node, struct arena *arena, struct codes *cpv)
{
	static const char *const paths[] = { "codeCPV/objetPrincipal/classPrincipale",
		"codeCPV/*/classPrincipale" };

	for (size_t i = 0; i < LENGTH(paths); i++) {
		const struct xml_node *code;
		struct xml_walk walk = { 0 };

		while ((code = xml_walk(&walk, node, paths[i])))
			codes_add(cpv, arena, cpv_parse(node_own_text(code, arena), arena));
	}
}

void national_value(const struct xml_node *node, struct arena *arena, struct money *value,
	enum value_kind *value_kind)
{
	static const struct {
		const char *path;
		enum value_kind kind;
	} values[] = { { "valeurEstimee/valeur", VALUE_ESTIMATE },
		{ "valeurEstimee/fourchette/valeurHaute", VALUE_CEILING } };

	for (size_t i = 0; i < LENGTH(values); i++) {
		const struct xml_node *stated = xml_find(node, values[i].path);
		struct str currency = xml_attr(stated, "devise");
		struct money amount;

		if (!str_given(currency))
			currency = STR("EUR");
		if (stated && money_parse(node_own_text(stated, arena), currency, &amount) &&
			amount.cents > 0) {
			*value = amount;
			*value_kind = values[i].kind;
			return;
		}
	}
}

struct str national_lot_ref(struct str written, struct arena *arena)
{
	unsigned value;

	return str_to_uint(written, 9999, &value) ? arena_printf(arena, "LOT-%04u", value)
						  : written;
}

static struct str lot_id(struct str written, size_t number, struct arena *arena)
{
	return str_given(written) ? national_lot_ref(written, arena)
				  : arena_printf(arena, "LOT-%04zu", number);
}

void national_term(const struct xml_node *node, struct arena *arena, struct term *ret)
{
	static const struct {
		const char *path;
		enum term_unit unit;
	} lengths[] = { { "dureeMois", TERM_MONTHS }, { "duree/nbMois", TERM_MONTHS },
		{ "duree/dureeMois", TERM_MONTHS }, { "dureeJours", TERM_DAYS },
		{ "duree/nbJours", TERM_DAYS }, { "duree/dureeJours", TERM_DAYS },
		{ "dureeAnnees", TERM_YEARS }, { "duree/nbAnnees", TERM_YEARS } };
	static const char *const starts[] = { "duree/dateDebut", "dateDebut" };
	static const char *const ends[] = { "duree/dateFin", "dateFin" };
	unsigned length;

	for (size_t i = 0; i < LENGTH(lengths) && ret->length == 0; i++)
		if (str_to_uint(node_text(node, lengths[i].path, arena), TERM_LENGTH_MAX, &length))
			term_set(ret, length, lengths[i].unit);
	for (size_t i = 0; i < LENGTH(starts) && ret->start == DAY_NONE; i++)
		ret->start = national_day(node_text(node, starts[i], arena));
	for (size_t i = 0; i < LENGTH(ends) && ret->end == DAY_NONE; i++)
		ret->end = national_day(node_text(node, ends[i], arena));
}

/*
 * The first line is the title, what follows the description; many platforms write the same text
 * twice, with a new line between.
 */
static void split_text(struct str text, struct arena *arena, struct lot *lot)
{
	size_t end = str_find_char(text, '\n');
	struct str rest;

	if (end == SIZE_MAX) {
		lot->title = text;
		return;
	}
	lot->title = notice_text_repair(str_sub(text, 0, end), arena);
	rest = notice_text_repair(str_from(text, end + 1), arena);
	if (!str_eq(rest, lot->title))
		lot->description = rest;
}

static void read_lot(const struct xml_node *node, struct arena *arena, struct notice *n)
{
	struct lot *lot = &n->lots[n->n_lots++];
	struct str title = node_text(node, "intitule", arena);
	struct str description = node_text(node, "description", arena);

	lot_init(lot);
	lot->id = lot_id(node_text(node, "numLot", arena), n->n_lots, arena);
	split_text(str_given(title) ? title : description, arena, lot);
	if (str_given(title) && !str_given(lot->description) && !str_eq(description, lot->title))
		lot->description = description;
	national_cpv(node, arena, &lot->cpv);
	national_value(node, arena, &lot->value, &lot->value_kind);
	national_places(node_leaves(xml_child(node, "lieuExecution"), arena), arena, &lot->places);
	national_term(node, arena, &lot->term);
}

int national_lots(
	const struct xml_node *block, struct arena *arena, struct notice *n, struct error *err)
{
	const struct xml_node *first = xml_find(block, "lots/lot");
	size_t count = 0;

	if (!first)
		first = xml_child(block, "lot"); /* seen too, perhaps beside an empty "lots" */
	for (const struct xml_node *lot = first; lot; lot = xml_next(lot, "lot"))
		count++;
	if (count > NOTICE_LOTS_MAX)
		return error_set(err, ERROR_LIMIT, "the notice has %zu lots, more than %d", count,
			NOTICE_LOTS_MAX);
	n->lots = arena_array(arena, struct lot, count);
	for (const struct xml_node *lot = first; lot; lot = xml_next(lot, "lot"))
		read_lot(lot, arena, n);
	return 0;
}

/* corrections */

/* infosRectif is prose in FNSimple and most of MAPA, rubrics in the rest of MAPA. */
static const char *rubric_label(struct str name)
{
	static const struct {
		const char *name, *label;
	} labels[] = { { "rubrique", "Rubrique : " }, { "supprimer", "Au lieu de : " },
		{ "auLieuDe", "Au lieu de : " }, { "remplacer", "Lire : " },
		{ "ajouter", "Lire : " }, { "lire", "Lire : " }, { "RUB_INIT", "Rubrique : " },
		{ "TXT_INIT", "Au lieu de : " }, { "LIRE", "Lire : " }, { "AJOUTER", "Lire : " } };

	for (size_t i = 0; i < LENGTH(labels); i++)
		if (str_eqz(name, labels[i].name))
			return labels[i].label;
	return "";
}

static void add_prose(const struct xml_node *node, struct arena *arena, struct buf *out)
{
	struct str text = node_own_text(node, arena);

	if (text.len) {
		if (out->len)
			buf_addc(out, '\n');
		buf_addz(out, rubric_label(node->name));
		buf_adds(out, text);
	}
	for (const struct xml_node *child = node->child; child; child = child->next)
		add_prose(child, arena, out);
}

void national_correction(const struct xml_node *block, struct arena *arena, struct boamp_body *ret)
{
	ret->previous = node_text(block, "avisInitial/idWeb", arena);
	ret->changes = block && (str_eq(block->name, STR("rectificatif")) ||
					str_eq(block->name, STR("annulation")));
	ret->prose = national_prose(block, "infosRectif", arena);
}

struct str national_prose(const struct xml_node *block, const char *path, struct arena *arena)
{
	CLEANUP(buf_done) struct buf prose = BUF_INIT(NOTICE_TEXT_MAX);
	const struct xml_node *node;
	struct xml_walk walk = { 0 };

	while ((node = xml_walk(&walk, block, path)))
		add_prose(node, arena, &prose);
	return prose.len ? arena_dup(arena, buf_str(&prose)) : STR_NONE;
}

struct str national_url(
	const struct xml_node *node, const char *const *paths, size_t n, struct arena *arena)
{
	for (size_t i = 0; i < n; i++) {
		const struct xml_node *found;
		struct xml_walk walk = { 0 };

		while ((found = xml_walk(&walk, node, paths[i]))) {
			struct str url = node_url(node_own_text(found, arena), arena);

			if (str_given(url))
				return url;
		}
	}
	return STR_NONE;
}
