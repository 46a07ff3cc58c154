#include "inflection.h"

#include <string.h>

#include "one_of.h"

/* No word of ours is longer; what is, an address or a blob, is its own base. */
enum { WORD_MAX = 100, SHORT_WORD = 3 };

/* The first ending that a word has, and is long enough for, is put in place of its other form. */
struct ending {
	const char *of, *instead;
	size_t least; /* letters of the word */
};

static const struct ending plurals[] = {
	{ "eaux", "eau", 4 },
	{ "tuyaux", "tuyau", 6 },
	{ "noyaux", "noyau", 6 },
	{ "boyaux", "boyau", 6 },
	{ "travaux", "travaux", 7 }, /* of a purchase; "sécurité au travail" is another matter */
	{ "vitraux", "vitrail", 7 },
	{ "aux", "al", 6 }, /* not "taux", "faux", "locaux" are "local" */
	{ "eux", "eu", 4 },
	{ "oux", "ou", 5 },
	{ "ss", "ss", 4 },
	{ "s", "", 4 },
};

static const struct ending feminines[] = {
	{ "trice", "teu", 6 },
	{ "euse", "eu", 6 },
	{ "eur", "eu", 5 }, /* meets "euse", and those that end in "eux" */
	{ "elle", "el", 6 },
	{ "enne", "en", 6 },
	{ "ique", "ic", 6 }, /* meets "public" */
	{ "ve", "f", 5 },
	{ "ee", "", 5 },
	{ "e", "", 5 },
};

/* Singular as they stand; without their s they would be another word. */
static const char *const singular[] = { "cours", "fonds", "corps", "temps" };

/*
 * Nouns of which another noun, a participle or an adjective differs by no more than an ending: "ports" are no
 * "portes", "implants" are not "implantés", "végétaux" are no "matières végétales". Singular; each is its own base.
 */
static const char *const apart[] = { "conduite", "course", "desserte", "golfe", "halle", "implant", "livree",
	"montee", "plate", "pluie", "porte", "portee", "tranchee", "trame", "vegetale", "vente" };

/* Two ways to write one word, both in use; singular. */
static const char *const spellings[][2] = {
	{ "clef", "cle" },
	{ "connection", "connexion" },
	{ "container", "conteneur" },
	{ "containeur", "conteneur" },
	{ "dechetterie", "decheterie" },
	{ "etiquettage", "etiquetage" },
	{ "fuel", "fioul" },
	{ "granite", "granit" },
	{ "parafeur", "parapheur" },
	{ "payement", "paiement" },
	{ "scanneur", "scanner" },
	{ "traffic", "trafic" },
	{ "yogourt", "yaourt" },
};

static struct str respell(struct str word)
{
	for (size_t i = 0; i < LENGTH(spellings); i++)
		if (str_eqz(word, spellings[i][0]))
			return str_of(spellings[i][1]);
	return word;
}

/* The mark keeps short words apart from what longer ones come down to: GRU is not "grues". */
static struct str marked(struct str word, struct arena *arena)
{
	return arena_printf(arena, "%.*s=", STR_ARG(word));
}

static struct str replace(struct str word, const struct ending *endings, size_t n, struct arena *arena)
{
	for (size_t i = 0; i < n; i++) {
		const struct ending *ending = &endings[i];
		size_t keep;

		if (word.len < ending->least || !str_ends(word, ending->of))
			continue;
		keep = word.len - strlen(ending->of);
		if (strncmp(ending->of, ending->instead, strlen(ending->instead)) == 0)
			return str_sub(word, 0, keep + strlen(ending->instead));
		return arena_printf(arena, "%.*s%s", (int)keep, word.ptr, ending->instead);
	}
	return word;
}

struct str inflection_base(struct str word, struct arena *arena)
{
	if (word.len > WORD_MAX)
		return word;
	if (word.len <= SHORT_WORD)
		return marked(word, arena);
	for (size_t i = 0; i < LENGTH(singular); i++)
		if (str_eqz(word, singular[i]))
			return word;
	word = respell(replace(word, plurals, LENGTH(plurals), arena));
	if (word.len <= SHORT_WORD || ONE_OF(word, apart))
		return marked(word, arena);
	return replace(word, feminines, LENGTH(feminines), arena);
}
