#include "words.h"

#include <stdlib.h>

#include "base/buf.h"

enum { LANGUAGES = 2, WORDS_MAX = 2000 };

/* The space that French puts between thousands, and the one before a unit. */
#define NARROW "\u202f"
#define NBSP "\u00a0"

struct word {
	const char *code, *in[LANGUAGES];
};

enum language language_of(struct str code)
{
	return str_eqz(code, "en") ? ENGLISH : FRENCH;
}

const char *language_code(enum language language)
{
	return language == ENGLISH ? "en" : "fr";
}

static void put_number(enum language language, uint64_t n, struct buf *out)
{
	if (n < 1000) {
		buf_addf(out, "%llu", (unsigned long long)n);
		return;
	}
	put_number(language, n / 1000, out);
	buf_addf(out, "%s%03llu", language == ENGLISH ? "," : NARROW,
		(unsigned long long)(n % 1000));
}

struct str words_number(enum language language, int64_t n, struct arena *arena)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(WORDS_MAX);

	if (n < 0)
		buf_addz(&out, "−");
	put_number(language, n < 0 ? 0 - (uint64_t)n : (uint64_t)n, &out);
	return arena_dup(arena, buf_str(&out));
}

struct str words_points(enum language language, points_t points, struct arena *arena)
{
	const char *sign = points < 0 ? "−" : "";
	int whole = abs(points / 10), tenth = abs(points % 10);

	if (tenth == 0)
		return arena_printf(arena, "%s%d", sign, whole);
	return arena_printf(arena, "%s%d%c%d", sign, whole, language == ENGLISH ? '.' : ',', tenth);
}

bool words_plural(enum language language, int64_t n)
{
	return language == ENGLISH ? n != 1 : n > 1;
}

bool words_plural_points(enum language language, points_t points)
{
	return language == ENGLISH ? points != 10 : abs(points) >= 20;
}

struct str words_money(enum language language, struct money money, struct arena *arena)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(WORDS_MAX);
	bool euro = str_eqz(STR("EUR"), money.currency);

	if (money.cents == MONEY_NONE || money.cents < 0)
		return STR_NONE;
	if (euro && language == ENGLISH)
		buf_addz(&out, "€");
	put_number(language, (uint64_t)money.cents / 100, &out);
	if (money.cents % 100 != 0)
		buf_addf(&out, "%c%02d", language == ENGLISH ? '.' : ',', (int)(money.cents % 100));
	if (euro && language == FRENCH)
		buf_addz(&out, NBSP "€");
	if (!euro && money.currency[0] != '\0')
		buf_addf(&out, NBSP "%s", money.currency);
	return arena_dup(arena, buf_str(&out));
}

const char *words_value_kind(enum language language, enum value_kind kind)
{
	static const char *const words[][LANGUAGES] = {
		[VALUE_ESTIMATE] = { "estimé", "estimate" },
		[VALUE_CEILING] = { "plafond", "ceiling" },
		[VALUE_AWARD] = { "attribué", "awarded" },
	};

	return kind == VALUE_NONE ? NULL : words[kind][language];
}

/* eForms code list procurement-procedure-type, and "adapted" for a MAPA. */
static const struct word procedures[] = {
	{ "open", { "procédure ouverte", "open procedure" } },
	{ "restricted", { "procédure restreinte", "restricted procedure" } },
	{ "neg-w-call", { "procédure négociée avec appel à concurrence",
				"negotiated procedure with a call" } },
	{ "neg-wo-call", { "procédure négociée sans appel à concurrence",
				 "negotiated procedure without a call" } },
	{ "comp-dial", { "dialogue compétitif", "competitive dialogue" } },
	{ "innovation", { "partenariat d’innovation", "innovation partnership" } },
	{ "oth-single", { "procédure libre en une étape", "other single-stage procedure" } },
	{ "oth-mult", { "procédure libre en plusieurs étapes", "other multi-stage procedure" } },
	{ "comp-tend",
		{ "mise en concurrence (transports)", "competitive tendering (transport)" } },
	{ "exp-int-rail", { "demande d’expression d’intérêt (rail)",
				  "request for expression of interest (rail)" } },
	{ "adapted", { "procédure adaptée (MAPA)", "adapted procedure (MAPA)" } },
};

static const char *const kinds[NOTICE_KINDS][LANGUAGES] = {
	[NOTICE_PLANNING] = { "projet d’achat, pas encore ouvert",
		"planned purchase, not open yet" },
	[NOTICE_COMPETITION] = { "appel à concurrence", "call for competition" },
	[NOTICE_DIRECT_AWARD] = { "attribution sans concurrence envisagée",
		"intended direct award" },
	[NOTICE_RESULT] = { "résultat", "result" },
	[NOTICE_CHANGE] = { "rectificatif", "correction" },
	[NOTICE_CANCELLATION] = { "annulation", "cancellation" },
	[NOTICE_REQUIREMENT] = { "besoin publié ici par l’acheteur", "requirement published here" },
	[NOTICE_REGISTRATION] = { "immatriculation d’une société", "registration of a company" },
};

static const char *const natures[NATURES][LANGUAGES] = {
	[NATURE_SERVICES] = { "services", "services" },
	[NATURE_SUPPLIES] = { "fournitures", "supplies" },
	[NATURE_WORKS] = { "travaux", "works" },
};

static void put_kind(enum language language, const struct notice *notice, struct buf *out)
{
	/* A corrected call is a call: what it is comes first, that it was corrected second. */
	if (notice->kind == NOTICE_CHANGE && notice->stage != NOTICE_CHANGE) {
		buf_addz(out, kinds[notice->stage][language]);
		buf_addz(out, language == ENGLISH ? ", corrected" : ", rectifié");
	} else {
		buf_addz(out, kinds[notice->kind][language]);
	}
}

static void put_procedure(enum language language, struct str code, struct buf *out)
{
	if (str_blank_none(code))
		return;
	buf_addz(out, ", ");
	for (size_t i = 0; i < LENGTH(procedures); i++)
		if (str_eqz(code, procedures[i].code)) {
			buf_addz(out, procedures[i].in[language]);
			return;
		}
	/* One that is newer than we are. */
	buf_addf(out, language == ENGLISH ? "procedure “%.*s”" : "procédure «\u00a0%.*s\u00a0»",
		STR_ARG(str_clip(code, 60)));
}

struct str words_notice(enum language language, const struct notice *notice, struct arena *arena)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(WORDS_MAX);

	put_kind(language, notice, &out);
	put_procedure(language, notice->procedure, &out);
	if (notice->nature != NATURE_NONE)
		buf_addf(&out, ", %s", natures[notice->nature][language]);
	if (notice->innovative)
		buf_addz(&out, language == ENGLISH ? ", innovation" : ", achat innovant");
	if (notice->sme)
		buf_addz(&out, language == ENGLISH ? ", suitable for SMEs" : ", adapté aux PME");
	if (notice->reserved)
		buf_addz(&out, language == ENGLISH ? ", reserved for certain organisations"
						   : ", réservé à certaines structures");
	return arena_dup(arena, buf_str(&out));
}

const char *words_change(enum language language, const char *field, bool added, bool removed)
{
	static const struct word changes[] = {
		{ "deadline", { "échéance", "deadline" } },
		{ "value", { "montant", "amount" } },
		{ "documents_url", { "nouvelle adresse des documents", "new address of the documents" } },
		{ "criteria", { "critères", "criteria" } },
		{ "procedure", { "procédure", "procedure" } },
		{ "reserved", { "réservé à certaines structures", "reserved for certain organisations" } },
		{ "awarded", { "attribué", "awarded" } },
	};

	if (str_eqz(STR("lot"), field) && (added || removed))
		return language == ENGLISH ? (added ? "lot added" : "lot removed")
					   : (added ? "lot ajouté" : "lot supprimé");
	for (size_t i = 0; i < LENGTH(changes); i++)
		if (str_eqz(str_of(field), changes[i].code))
			return changes[i].in[language];
	return field;
}

const char *words_field(enum language language, struct str field)
{
	static const struct word fields[] = {
		{ "title", { "dans le titre", "in the title" } },
		{ "description", { "dans la description", "in the description" } },
		{ "lot.title", { "dans le titre du lot", "in the title of the lot" } },
		{ "lot.description",
			{ "dans la description du lot", "in the description of the lot" } },
		{ "criteria", { "dans les critères", "in the award criteria" } },
		{ "subjects", { "dans les descripteurs", "among the subjects" } },
		{ "buyer", { "dans le nom de l’acheteur", "in the name of the buyer" } },
	};

	for (size_t i = 0; i < LENGTH(fields); i++)
		if (str_eqz(field, fields[i].code))
			return fields[i].in[language];
	return "";
}
