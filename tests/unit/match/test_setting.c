/* Which keywords a profile has only as the setting of its trade. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../../src/match/setting.h"

static const char rule_text[] = "stop et ou de d des du la le l les au aux a sur pour dans en avec par sans\n"
				"stop leur leurs votre son sa ses\n"
				"rarity 0 etude\n"
				"rarity 1 gestion entretien logiciel plateforme suivi\n"
				"rarity 2 eau\n";

static const struct {
	const char *name, *description, *keyword;
	bool setting;
} rows[] = {
	{ "Voirie propre", "", "voirie", false },
	{ "", "Voiries propres", "voirie", false },
	{ "", "", "voirie", false },
	{ "", "Entretien de chauss\u00e9es", "voirie", false },
	{ "", "Entretien des espaces verts", "espaces verts", false },
	{ "", "Plateforme de covoiturage", "covoiturage", false },
	{ "", "T\u00e9l\u00e9rel\u00e8ve des compteurs d'eau", "compteurs d'eau", false },
	{ "", "Logiciel de suivi des consommations", "consommation", false },
	{ "", "Capteurs pour mesurer la turbidit\u00e9", "turbidit\u00e9", false },
	{ "", "Arrosage pilot\u00e9, gestion de l'eau des espaces verts", "espaces verts", true },
	{ "", "Gestion de l'eau de la commune", "commune", true },
	{ "", "D\u00e9tection de fuites sur les r\u00e9seaux d'eau potable", "r\u00e9seau d'eau potable", true },
	{ "", "Domotique pour EHPAD", "EHPAD", true },
	{ "", "Domotique dans les EHPAD", "EHPAD", true },
	/* what one is helped with, and not where */
	{ "", "Accompagnement des villes dans leur projet alimentaire", "projet alimentaire", false },
	{ "", "Conseil aux villes dans leurs projets alimentaires", "projet alimentaire", false },
	{ "", "Conseil dans votre projet alimentaire", "projet alimentaire", false },
	{ "", "Conseil pour leur projet alimentaire", "projet alimentaire", true },
	{ "", "Conseil sur son projet alimentaire", "projet alimentaire", true },
	{ "", "Conseil dans leur", "leur", false },
	{ "", "Conseil dans leur ville pour EHPAD", "EHPAD", true },
	{ "", "Dans leur projet alimentaire", "projet alimentaire", false },
	/* said both ways, it is the trade; a comma or "et" begins anew */
	{ "", "Domotique pour EHPAD. EHPAD en gestion", "EHPAD", false },
	{ "", "Domotique pour h\u00f4pitaux, EHPAD", "EHPAD", false },
	{ "", "Domotique pour h\u00f4pitaux et EHPAD", "EHPAD", false },
	{ "", "Pour les EHPAD", "EHPAD", false },
	/* oddities */
	{ "", "de des du pour", "pour", false },
	{ "", "a pour", "a", false },
	{ "pour", "Capteurs pour", "capteurs pour", false },
};

static void test_setting(void **state)
{
	struct error err = ERROR_INIT;
	struct arena arena = ARENA_INIT;
	struct rule_source file = { STR("test.rules"), str_of(rule_text) };
	struct rule_problem *problems;
	struct rules *rules;
	size_t n_problems;
	struct lexicon *lexicon;

	(void)state;
	assert_int_equal(rules_parse(&file, 1, &arena, &problems, &n_problems, &rules, &err), 0);
	lexicon = lexicon_new(rules);
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct profile profile;

		profile_init(&profile);
		profile.name = str_of(rows[i].name);
		profile.description = str_of(rows[i].description);
		if (stated_as_setting(stated_new(lexicon, &profile, &arena), str_of(rows[i].keyword)) != rows[i].setting)
			fail_msg("row %zu: %s in \"%s\"", i, rows[i].keyword, rows[i].description);
	}
	lexicon_free(lexicon);
	rules_free(rules);
	arena_done(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_setting) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
