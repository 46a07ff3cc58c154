#include "tender/buyer.h"

#include "base/fold.h"
#include "tender/ident.h"

static const char *const names[] = {
	[BUYER_OTHER] = "other",
	[BUYER_STATE] = "state",
	[BUYER_REGION] = "region",
	[BUYER_DEPARTEMENT] = "departement",
	[BUYER_COMMUNE] = "commune",
	[BUYER_EPCI] = "epci",
	[BUYER_HOSPITAL] = "hospital",
	[BUYER_EDUCATION] = "education",
	[BUYER_HOUSING] = "housing",
};
_Static_assert(LENGTH(names) == BUYER_KINDS, "one name per kind");

bool buyer_kind_parse(struct str name, enum buyer_kind *ret)
{
	for (int kind = 0; kind < BUYER_KINDS; kind++) {
		if (str_eqz(name, names[kind])) {
			*ret = (enum buyer_kind)kind;
			return true;
		}
	}
	return false;
}

/*
 * Folded words of names between blanks; the first row that stands in the name decides. Narrow names
 * come before wide ones: "Métropole Habitat" is a landlord, "centre hospitalier de la ville de" no town.
 */
static const struct {
	const char *words;
	enum buyer_kind kind;
} words[] = {
	{ " sdis ", BUYER_OTHER },
	{ " incendie et de secours ", BUYER_OTHER },
	{ " ccas ", BUYER_OTHER },
	{ " cias ", BUYER_OTHER },
	{ " action sociale ", BUYER_OTHER },
	{ " caisse des ecoles ", BUYER_OTHER },
	{ " chambre de ", BUYER_OTHER },
	{ " chambre d ", BUYER_OTHER },
	{ " cci ", BUYER_OTHER },
	{ " ehpad ", BUYER_OTHER },
	{ " centre hospitalier ", BUYER_HOSPITAL },
	{ " centres hospitaliers ", BUYER_HOSPITAL },
	{ " groupement hospitalier ", BUYER_HOSPITAL },
	{ " syndicat inter hospitalier ", BUYER_HOSPITAL },
	{ " syndicat interhospitalier ", BUYER_HOSPITAL },
	{ " hopital ", BUYER_HOSPITAL },
	{ " hopitaux ", BUYER_HOSPITAL },
	{ " hospices ", BUYER_HOSPITAL },
	{ " chu ", BUYER_HOSPITAL },
	{ " chru ", BUYER_HOSPITAL },
	{ " ght ", BUYER_HOSPITAL },
	{ " assistance publique ", BUYER_HOSPITAL },
	{ " ap hp ", BUYER_HOSPITAL },
	{ " hlm ", BUYER_HOUSING },
	{ " oph ", BUYER_HOUSING },
	{ " opac ", BUYER_HOUSING },
	{ " opdhlm ", BUYER_HOUSING },
	{ " habitat ", BUYER_HOUSING },
	{ " office public de l habitat ", BUYER_HOUSING },
	{ " bailleur ", BUYER_HOUSING },
	{ " logement social ", BUYER_HOUSING },
	{ " immobiliere sociale ", BUYER_HOUSING },
	{ " rectorat ", BUYER_STATE },
	{ " universite ", BUYER_EDUCATION },
	{ " universites ", BUYER_EDUCATION },
	{ " lycee ", BUYER_EDUCATION },
	{ " college ", BUYER_EDUCATION },
	{ " ecole ", BUYER_EDUCATION },
	{ " crous ", BUYER_EDUCATION },
	{ " insa ", BUYER_EDUCATION },
	{ " iut ", BUYER_EDUCATION },
	{ " eplefpa ", BUYER_EDUCATION },
	{ " communaute de communes ", BUYER_EPCI },
	{ " communaute d agglomeration ", BUYER_EPCI },
	{ " communaute urbaine ", BUYER_EPCI },
	{ " cc ", BUYER_EPCI },
	{ " agglomeration ", BUYER_EPCI },
	{ " metropole ", BUYER_EPCI },
	{ " syndicat ", BUYER_EPCI },
	{ " sivom ", BUYER_EPCI },
	{ " sivu ", BUYER_EPCI },
	{ " smictom ", BUYER_EPCI },
	{ " sictom ", BUYER_EPCI },
	{ " etablissement public territorial ", BUYER_EPCI },
	{ " conseil departemental ", BUYER_DEPARTEMENT },
	{ " departement ", BUYER_DEPARTEMENT },
	{ " collectivite europeenne d alsace ", BUYER_DEPARTEMENT },
	{ " ministere ", BUYER_STATE },
	{ " prefecture ", BUYER_STATE },
	{ " secretariat general ", BUYER_STATE },
	{ " direction generale ", BUYER_STATE },
	{ " direction regionale ", BUYER_STATE },
	{ " direction departementale ", BUYER_STATE },
	{ " direction interdepartementale ", BUYER_STATE },
	{ " dreal ", BUYER_STATE },
	{ " draaf ", BUYER_STATE },
	{ " commissariat ", BUYER_STATE },
	{ " gendarmerie ", BUYER_STATE },
	{ " armees ", BUYER_STATE },
	{ " armee ", BUYER_STATE },
	{ " conseil regional ", BUYER_REGION },
	{ " region ", BUYER_REGION },
	{ " collectivite de corse ", BUYER_REGION },
	{ " commune ", BUYER_COMMUNE },
	{ " communes ", BUYER_COMMUNE },
	{ " ville ", BUYER_COMMUNE },
	{ " mairie ", BUYER_COMMUNE },
};

/* By the first two digits; `sure`: whatever the name says. */
static const struct {
	const char *digits;
	enum buyer_kind kind;
	bool sure;
} numbers[] = {
	{ "11", BUYER_STATE, true },
	{ "13", BUYER_STATE, false },
	{ "17", BUYER_STATE, true },
	{ "18", BUYER_STATE, false },
	{ "19", BUYER_EDUCATION, true },
	{ "21", BUYER_COMMUNE, true },
	{ "22", BUYER_DEPARTEMENT, true },
	{ "23", BUYER_REGION, true },
	{ "24", BUYER_EPCI, true },
	{ "25", BUYER_EPCI, true },
	{ "26", BUYER_HOSPITAL, false },
};

static bool by_number(struct str id, bool sure, enum buyer_kind *ret)
{
	if (!siret_valid(id) && !siren_valid(id))
		return false;
	for (size_t i = 0; i < LENGTH(numbers); i++) {
		if (numbers[i].sure == sure && str_starts(id, numbers[i].digits)) {
			*ret = numbers[i].kind;
			return true;
		}
	}
	return false;
}

static bool by_name(struct str name, enum buyer_kind *ret)
{
	struct arena arena = ARENA_INIT;
	struct str folded = fold(&arena, name).text;
	size_t i = 0;

	while (i < LENGTH(words) && str_find(folded, str_of(words[i].words)) == SIZE_MAX)
		i++;
	if (i < LENGTH(words))
		*ret = words[i].kind;
	arena_done(&arena);
	return i < LENGTH(words);
}

enum buyer_kind buyer_kind(const struct party *buyer)
{
	enum buyer_kind kind;

	if (by_number(buyer->id, true, &kind) || by_name(buyer->name, &kind) ||
		by_number(buyer->id, false, &kind))
		return kind;
	return BUYER_OTHER;
}

bool buyer_is_court(const struct notice *notice)
{
	static const char *const courts[] = { " tribunal administratif ", " tribunal administraif ",
		" tribunaux administratifs ", " cour administrative d appel ", " tribunal judiciaire ",
		" tribunal de grande instance ", " instance chargee des procedures de recours ",
		" greffe du tribunal " };
	struct arena arena = ARENA_INIT;
	bool found = false;
	struct str folded;

	if (!notice->summary || str_blank_none(notice->buyer.name))
		return false;
	folded = fold(&arena, notice->buyer.name).text;
	for (size_t i = 0; i < LENGTH(courts) && !found; i++)
		found = str_find(folded, str_of(courts[i])) != SIZE_MAX;
	arena_done(&arena);
	return found;
}
