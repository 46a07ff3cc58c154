#include "tender/cpv.h"

#include <string.h>

enum { CPV_DIGITS = 8, CPV_DIVISION_DIGITS = 2 };

/* Divisions of CPV 2008 in the order of their codes. */
static const struct {
	const char *code;
	const char *label;
} divisions[] = {
	{ "03", "Produits agricoles, élevage, pêche" },
	{ "09", "Produits pétroliers, électricité, énergie" },
	{ "14", "Mines, métaux de base" },
	{ "15", "Produits alimentaires, boissons" },
	{ "16", "Machines agricoles" },
	{ "18", "Vêtements, chaussures" },
	{ "19", "Cuir, textiles, plastique, caoutchouc" },
	{ "22", "Imprimés" },
	{ "24", "Produits chimiques" },
	{ "30", "Matériel informatique et de bureau" },
	{ "31", "Équipements électriques, éclairage" },
	{ "32", "Radio, télécommunication, réseaux" },
	{ "33", "Matériel médical, pharmacie" },
	{ "34", "Équipement de transport" },
	{ "35", "Sécurité, incendie, police, défense" },
	{ "37", "Sport, jeux, musique, arts" },
	{ "38", "Laboratoire, optique, précision" },
	{ "39", "Meubles, électroménager, nettoyage" },
	{ "41", "Eau" },
	{ "42", "Machines industrielles" },
	{ "43", "Équipement minier, de construction" },
	{ "44", "Structures et matériaux" },
	{ "45", "Travaux de construction" },
	{ "48", "Logiciels et systèmes d'information" },
	{ "50", "Réparation et entretien" },
	{ "51", "Installation (hors logiciels)" },
	{ "55", "Hôtellerie, restauration" },
	{ "60", "Transport" },
	{ "63", "Services annexes des transports" },
	{ "64", "Postes et télécommunications" },
	{ "65", "Services publics (réseaux)" },
	{ "66", "Finance et assurance" },
	{ "70", "Immobilier" },
	{ "71", "Architecture, ingénierie, inspection" },
	{ "72", "Services informatiques, internet" },
	{ "73", "Recherche et développement" },
	{ "75", "Administration, défense, sécurité sociale" },
	{ "76", "Services pétrole et gaz" },
	{ "77", "Agriculture, espaces verts (services)" },
	{ "79", "Services aux entreprises" },
	{ "80", "Enseignement et formation" },
	{ "85", "Santé et action sociale" },
	{ "90", "Déchets, eaux, environnement" },
	{ "92", "Loisirs, culture, sport" },
	{ "98", "Autres services" },
};

/*
 * Digits at the front of `text` into `out`, blanks (NBSP too) between them skipped; at most `max`.
 * What follows them is left in *rest, trimmed.
 */
static size_t take_digits(struct str text, char *out, size_t max, struct str *rest)
{
	size_t n = 0, i = 0;

	while (i < text.len) {
		size_t next = i;
		uint32_t c = str_utf8_next(text, &next);

		if (c >= '0' && c <= '9') {
			if (n == max)
				break;
			out[n++] = (char)c;
		} else if (c != ' ' && c != '\t' && c != '\n' && c != 0xA0 && c != 0x202F) {
			break;
		}
		i = next;
	}
	*rest = str_trim(str_from(text, i));
	return n;
}

/* Empty, or a dash and one digit. */
static bool is_check_digit(struct str rest)
{
	if (rest.len == 0)
		return true;
	if (!str_prefix(&rest, "-"))
		return false;
	rest = str_trim(rest);
	return rest.len == 1 && str_digits(rest);
}

struct str cpv_parse(struct str text, struct arena *arena)
{
	char digits[CPV_DIGITS];
	struct str rest;

	if (take_digits(str_trim(text), digits, CPV_DIGITS, &rest) != CPV_DIGITS ||
		!is_check_digit(rest))
		return STR_NONE;
	return arena_dup(arena, str_n(digits, CPV_DIGITS));
}

struct str cpv_significant(struct str code)
{
	size_t n = code.len;

	while (n > CPV_DIVISION_DIGITS && code.ptr[n - 1] == '0')
		n--;
	return str_sub(code, 0, n);
}

struct str cpv_branch_parse(struct str text, struct arena *arena)
{
	char digits[CPV_DIGITS];
	struct str rest;
	size_t n = take_digits(str_trim(text), digits, CPV_DIGITS, &rest);

	if (n < CPV_DIVISION_DIGITS)
		return STR_NONE;
	if (!str_eqz(rest, "*") && !(n == CPV_DIGITS ? is_check_digit(rest) : rest.len == 0))
		return STR_NONE;
	return arena_dup(arena, cpv_significant(str_n(digits, n)));
}

const char *cpv_division_label(struct str code)
{
	size_t low = 0, high = LENGTH(divisions);

	if (code.len < CPV_DIVISION_DIGITS)
		return NULL;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = memcmp(code.ptr, divisions[middle].code, CPV_DIVISION_DIGITS);

		if (order == 0)
			return divisions[middle].label;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}
