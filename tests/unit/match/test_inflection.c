/* Forms of one word meet; words that only look alike do not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../../src/match/inflection.h"

static struct arena arena;

/* Each row is one word in several forms, as folding leaves them. */
static const char *const words[][6] = {
	{ "logiciel", "logiciels", "logicielle", "logicielles" },
	{ "capteur", "capteurs" },
	{ "numerique", "numeriques" },
	{ "reseau", "reseaux" },
	{ "eau", "eaux" },
	{ "travail" },
	{ "travaux" },
	{ "port", "ports" },
	{ "porte", "portes" },
	{ "portee", "portees" },
	{ "implant", "implants" },
	{ "implante", "implantee", "implantes", "implantees" },
	{ "vegetal", "vegetaux" },
	{ "vegetale", "vegetales" },
	{ "tram", "trams" },
	{ "trame", "trames" },
	{ "plui", "pluis" },
	{ "pluie", "pluies" },
	{ "tranche", "tranches" },
	{ "tranchee", "tranchees" },
	{ "plat", "plats" },
	{ "plate", "plates" },
	{ "vent", "vents" },
	{ "vente", "ventes" },
	{ "livre", "livres" },
	{ "livree", "livrees" },
	{ "hall", "halls" },
	{ "halle", "halles" },
	{ "course", "courses" },
	{ "conduit", "conduits" },
	{ "conduite", "conduites" },
	{ "regional", "regionale", "regionaux", "regionales" },
	{ "hopital", "hopitaux" },
	{ "tuyau", "tuyaux" },
	{ "jeu", "jeux" },
	{ "public", "publics", "publique", "publiques" },
	{ "connecte", "connectee", "connectes", "connectees" },
	{ "numerise", "numerisee", "numerises", "numerisees" },
	{ "lumineux", "lumineuse", "lumineuses" },
	{ "chercheur", "chercheuse", "chercheurs", "chercheuses" },
	{ "formateur", "formatrice", "formateurs", "formatrices" },
	{ "actif", "active", "actifs", "actives" },
	{ "neuf", "neuve", "neufs", "neuves" },
	{ "collectif", "collective", "collectifs", "collectives" },
	{ "collecte", "collectes" },
	{ "collection", "collections" },
	{ "professionnel", "professionnelle", "professionnels", "professionnelles" },
	{ "europeen", "europeenne", "europeens", "europeennes" },
	{ "premier", "premiere", "premiers", "premieres" },
	{ "complet", "complete", "completes", "complets" },
	{ "communication", "communications" },
	{ "commune", "communes" },
	{ "communaute", "communautes" },
	{ "data" },
	{ "date", "dates" },
	{ "lora" },
	{ "lors" },
	{ "paille", "pailles" },
	{ "paillasse", "paillasses" },
	{ "format", "formats" },
	{ "formation", "formations" },
	{ "operation", "operations" },
	{ "operateur", "operateurs", "operatrice" },
	{ "billet", "billets" },
	{ "billettique", "billettiques" },
	{ "drone", "drones" },
	{ "dronne" },
	{ "location", "locations" },
	{ "locataire", "locataires" },
	{ "cours" },
	{ "cour" },
	{ "taux" },
	{ "bus" },
	{ "process" },
	{ "gare", "gares" },
	{ "garant", "garants" },
	{ "paie", "paies" },
	{ "paiement", "paiements" },
	{ "panneau", "panneaux" },
	{ "panne", "pannes" },
	{ "gru" },
	{ "grue", "grues" },
	{ "sol", "sols" },
	{ "sole", "soles" },
	{ "epi", "epis" },
	{ "cle", "cles", "clef", "clefs" },
	{ "decheterie", "dechetteries", "decheteries", "dechetterie" },
	{ "fioul", "fuels", "fuel" },
};

static struct str base(const char *word)
{
	return inflection_base(str_of(word), &arena);
}

static void test_forms_of_a_word_meet(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(words); i++)
		for (size_t k = 1; k < LENGTH(words[i]) && words[i][k] != NULL; k++)
			if (!str_eq(base(words[i][0]), base(words[i][k])))
				fail_msg("%s: %.*s, %s: %.*s", words[i][0], STR_ARG(base(words[i][0])),
					words[i][k], STR_ARG(base(words[i][k])));
}

static void test_other_words_stay_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(words); i++)
		for (size_t k = 0; k < i; k++)
			if (str_eq(base(words[i][0]), base(words[k][0])))
				fail_msg("%s and %s: %.*s", words[i][0], words[k][0],
					STR_ARG(base(words[i][0])));
}

static void test_strange_words(void **state)
{
	static const char *const strange[] = { "", "s", "x", "e", "ee", "eux", "aux", "5g", "3ds", "eaux",
		"ssss", "eeee", "travauxs", "portess", "implan", "ventee", "vegetalee", "\xc3\xa9\xc3\xa9s", "\xff\xfe\xff\xfe" };
	char longest[4000];

	(void)state;
	for (size_t i = 0; i < LENGTH(strange); i++)
		assert_true(base(strange[i]).len <= strlen(strange[i]) + 1); /* short words have a mark */
	memset(longest, 's', sizeof(longest));
	assert_int_equal(inflection_base(str_n(longest, sizeof(longest)), &arena).len, sizeof(longest));
}

static int done(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms_of_a_word_meet),
		cmocka_unit_test(test_other_words_stay_apart),
		cmocka_unit_test(test_strange_words),
	};

	return cmocka_run_group_tests(tests, NULL, done);
}
