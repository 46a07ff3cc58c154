/* Signs that are all there is: a rule known by few words, a keyword far behind, what is beside a trade, the title of one lot. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "match/matcher.h"

static const char rule_text[] = "stop de la le les des et d\n"
				"rarity 1 serre serres fleur fleurs\n"
				"field cyber \"Cybers\u00e9curit\u00e9\" cap 12\n"
				"rule cyber.soc \"Supervision\"\n"
				"  any text \"supervision de la s\u00e9curit\u00e9\" /\\bSOC\\b/C\n"
				"weight cyber.soc 8\n"
				"rule cyber.audit \"Audit\"\n"
				"  any text \"test d'intrusion\" pentest\n"
				"weight cyber.audit 6\n"
				"field eau \"Eau\"\n"
				"rule eau.irrigation \"Irrigation\"\n"
				"  any text arrosage irrigation /goutte.{0,4}goutte/\n"
				"weight eau.irrigation 8\n";

/* A profile and a notice to be filled in; what is added to them lives in the arena. */
struct pair {
	struct profile profile;
	struct notice notice;
	struct arena arena;
};

static void pair_init(struct pair *pair, const char *title, const char *description)
{
	pair->arena = (struct arena)ARENA_INIT;
	profile_init(&pair->profile);
	pair->profile.id = STR("p");
	notice_init(&pair->notice);
	pair->notice.id = STR("boamp:26-1");
	pair->notice.kind = pair->notice.stage = NOTICE_COMPETITION;
	pair->notice.nature = NATURE_SERVICES;
	pair->notice.title = str_of(title);
	pair->notice.description = str_of(description);
}

static struct receipt receipt_of(struct pair *pair)
{
	struct rule_source file = { STR("test.rules"), str_of(rule_text) };
	const struct profile *profile = &pair->profile;
	struct match_options options = { .now = 0 };
	struct error err = ERROR_INIT;
	struct rule_problem *problems;
	struct explanation why;
	struct matcher *matcher;
	struct rules *rules;
	size_t n_problems;

	assert_int_equal(rules_parse(&file, 1, &pair->arena, &problems, &n_problems, &rules, &err), 0);
	assert_int_equal(matcher_new(rules, 7, &profile, 1, &matcher, &err), 0);
	assert_int_equal(matcher_explain(matcher, &pair->notice, 0, &options, &pair->arena, &why, &err), 0);
	matcher_free(matcher);
	rules_free(rules);
	return why.receipt;
}

/*
 * The rule on irrigation, worth 8, and cyber.soc, worth 8, with cyber.audit beside it, worth 1.2: one word of the profile,
 * which asks for division 98 unless told otherwise, or two are not enough alone where less than five percent of title and
 * subjects are its words, one is not below fifteen where codes or subjects are all of other trades; nor does what is beside a trade make it enough. A listed word weighs 1, any other 5; what of
 * the title is its words counts beside what is found.
 */
static const struct {
	const char *keywords[2], *says, *title, *description, *subject, *code;
	bool named, no_branch;
	points_t score;
	size_t n_reasons;
} faint[] = {
	{ { "irrigation" }, "", "Goutte-\u00e0-goutte", NULL, NULL, NULL, false, false, 55, 2 },
	{ { "irrigation" }, "", "Goutte-\u00e0-goutte", NULL, NULL, NULL, false, true, 55, 2 },
	{ { "irrigation" }, "", "Goutte-\u00e0-goutte", NULL, NULL, NULL, true, false, 80, 1 },
	{ { "irrigation" }, "", "Goutte-\u00e0-goutte", NULL, "Blanchissage", NULL, false, false, 55, 2 },
	{ { "irrigation" }, "", "Goutte-\u00e0-goutte", NULL, "Blanchissage", NULL, false, true, 55, 2 },
	{ { "irrigation" }, "", "Goutte-\u00e0-goutte", NULL, "Assurance", NULL, false, false, 20, 2 },
	{ { "irrigation" }, "", "Goutte-\u00e0-goutte", NULL, "", NULL, false, false, 55, 2 },
	{ { "irrigation" }, "", "Goutte-\u00e0-goutte", NULL, "Assurance", "98310000", false, false, 60, 3 },
	{ { "irrigation" }, "", "Goutte-\u00e0-goutte", NULL, "Blanchissage", "66510000", false, false, 20, 2 },
	{ { "irrigation" }, "Des serres.", "Goutte-\u00e0-goutte des serres", NULL, NULL, NULL, false, false, 89, 2 },
	{ { "irrigation" }, "Des serres.", "Goutte-\u00e0-goutte d'une serre", NULL, NULL, NULL, false, false, 86, 2 },
	{ { "irrigation" }, "Les 12 d.", "Goutte-\u00e0-goutte les 12 d", NULL, NULL, NULL, false, false, 55, 2 },
	{ { "irrigation" }, "Des serres.", "Goutte-\u00e0-goutte", NULL, "Serres", NULL, false, false, 80, 1 },
	{ { "irrigation" }, "Des serres.", "Goutte-\u00e0-goutte", "Serres", NULL, NULL, false, false, 55, 2 },
	{ { "irrigation" }, "Des serres.", "Goutte-\u00e0-goutte des serres", NULL, NULL, "66510000", false, false, 20, 2 },
	{ { "irrigation", "arrosage" }, "", "Goutte-\u00e0-goutte", NULL, NULL, NULL, false, false, 74, 2 },
	{ { "irrigation", "arrosage" }, "Du goutte-\u00e0-goutte.", "Gouttes, goutte", NULL, NULL, NULL, false, false, 200, 2 },
	{ { "irrigation connect\u00e9e", "arrosage automatique" }, "", "Goutte-\u00e0-goutte", NULL, NULL, NULL, false, false, 55, 2 },
	{ { "irrigation" }, "", "Irrigation", NULL, NULL, NULL, false, false, 180, 2 },
	{ { "irrigation" }, "", "Goutte-\u00e0-goutte", "Irrigation", NULL, NULL, false, false, 128, 2 },
	{ { "SOC" }, "", "Tests d'intrusion", NULL, "Blanchissage", NULL, false, false, 0, 0 },
	{ { "SOC" }, "", "Tests d'intrusion", NULL, NULL, "98310000", false, false, 5, 1 },
	{ { "SOC" }, "", "Supervision de la s\u00e9curit\u00e9 et tests d'intrusion", NULL, "Blanchissage", NULL, false, false, 55, 2 },
	{ { "SOC" }, "", "Supervision de la s\u00e9curit\u00e9 et tests d'intrusion", NULL, "Assurance", NULL, false, false, 20, 2 },
	{ { "SOC" }, "", "Supervision de la s\u00e9curit\u00e9 et tests d'intrusion", NULL, NULL, NULL, false, true, 55, 2 },
	{ { "SOC" }, "", "Supervision de la s\u00e9curit\u00e9 et tests d'intrusion", NULL, NULL, NULL, true, false, 120, 2 },
	{ { "irrigation" }, "Des serres.", "Goutte-\u00e0-goutte, vannes, tuyaux, serres", NULL, NULL, NULL, false, false, 55, 2 },
	/* one word of the profile, and a purchase of other trades: below fifteen percent, whatever else is found */
	{ { "irrigation" }, "", "Goutte-\u00e0-goutte", "Irrigation", NULL, "66510000", false, false, 68, 3 },
	{ { "irrigation" }, "Des plantations.", "Goutte-\u00e0-goutte des plantations", NULL, NULL, "66510000", false, false, 118, 4 },
	{ { "irrigation" }, "", "Goutte-\u00e0-goutte", NULL, NULL, "66510000", true, false, 65, 2 },
	{ { "irrigation" }, "", "Goutte-\u00e0-goutte", NULL, NULL, "66510000", false, true, 55, 2 },
	{ { "irrigation", "arrosage" }, "", "Goutte-\u00e0-goutte", NULL, NULL, "66510000", false, false, 74, 2 },
	/* a keyword that is less than eight percent of it */
	{ { "paillage" }, "", "Paillage, bordures, massifs, bancs, grilles, clous, planches, sable, argile", NULL, NULL, NULL, false, false, 91, 2 },
	{ { "paillage" }, "", "Paillage, bordures, massifs, bancs, grilles, clous, planches, sable, argile, pavage", NULL, NULL, NULL, false, false, 90, 2 },
	{ { "paillage" }, "", "Paillage, bordures, massifs, bancs, grilles, clous, planches, sable, argile, pavage, bois", NULL, NULL, NULL, false, false, 89, 2 },
	{ { "paillage" }, "", "Paillage, bordures, massifs, bancs, grilles, clous, planches, sable, argile, pavage, bois, tuiles, galets", NULL, NULL, NULL, false, false, 65, 2 },
	/* one behind fifty bytes of a title, or just before */
	{ { "paillage" }, "", "Entretien courant de tous les ronds-points fleuris, paillage", NULL, NULL, NULL, false, false, 75, 2 },
	{ { "paillage" }, "", "Entretien courant de tout le rond-point fleuri, paillage", NULL, NULL, NULL, false, false, 94, 2 },
	{ { "paillage" }, "Des fleurs.", "Entretien courant de tous les ronds-points et fleurs, paillage", NULL, NULL, NULL, false, false, 99, 2 },
	{ { "paillage" }, "", "Entretien courant de tous les ronds-points fleuris, paillage", NULL, "Blanchissage", NULL, false, false, 94, 2 },
	{ { "paillage" }, "", "Entretien courant de tous les ronds-points fleuris, paillage", NULL, NULL, "66510000", false, false, 65, 2 },
};

static void test_faint(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(faint); i++) {
		struct receipt receipt;
		struct pair pair;

		pair_init(&pair, faint[i].title, faint[i].description ? faint[i].description : "");
		for (size_t j = 0; j < 2 && faint[i].keywords[j] != NULL; j++)
			codes_add(&pair.profile.keywords, &pair.arena, str_of(faint[i].keywords[j]));
		pair.profile.description = str_of(faint[i].says);
		if (!faint[i].no_branch)
			codes_add(&pair.profile.cpv, &pair.arena, STR("98"));
		if (faint[i].named) {
			codes_add(&pair.profile.fields, &pair.arena, STR("eau"));
			codes_add(&pair.profile.fields, &pair.arena, STR("cyber"));
		}
		if (faint[i].subject != NULL)
			codes_add(&pair.notice.subjects, &pair.arena, str_of(faint[i].subject));
		if (faint[i].code != NULL)
			codes_add(&pair.notice.cpv, &pair.arena, str_of(faint[i].code));
		receipt = receipt_of(&pair);
		if (receipt.score != faint[i].score || receipt.n_reasons != faint[i].n_reasons)
			fail_msg("case %zu: %d of %zu", i, (int)receipt.score, receipt.n_reasons);
		arena_done(&pair.arena);
	}
}

/* Beside a lot called "Voirie", one more: a rule told of by irrigation and arrosage, worth 9.9, counts 6 in its title alone. */
static const struct {
	const char *title, *description, *lot_title, *lot_description, *code;
	bool one_lot;
	points_t score;
} lone_lots[] = {
	{ "", "", "Goutte-\u00e0-goutte", "", NULL, false, 60 },
	{ "", "", "GOUTTE \u00c0 GOUTTE", "", NULL, false, 60 },
	{ "", "", "Goutte-\u00e0-goutte et voirie", "", NULL, false, 60 },
	{ "", "", "Goutte-\u00e0-goutte", "", NULL, true, 99 },
	{ "", "", "Goutte-\u00e0-goutte", "", "38340000", false, 90 },
	{ "", "", "Goutte-\u00e0-goutte", "", "38000000", false, 65 },
	{ "", "", "Goutte-\u00e0-goutte", "", "45210000", false, 45 },
	{ "", "", "Goutte-\u00e0-goutte", "Arrosage", NULL, false, 147 },
	{ "", "Arrosage", "Goutte-\u00e0-goutte", "", NULL, false, 147 },
	{ "Goutte-\u00e0-goutte", "", "Goutte-\u00e0-goutte", "", NULL, false, 74 },
	{ "Goutte-\u00e0-goutte", "", "", "", NULL, false, 74 },
	{ "Arrosage", "", "Goutte-\u00e0-goutte", "", NULL, false, 199 },
	{ "", "", "", "Goutte-\u00e0-goutte", NULL, false, 59 },
	{ "", "", "Goutte-\u00e0-goutte", "Goutte-\u00e0-goutte", NULL, false, 60 },
	{ "", "", "Arrosage", "", NULL, false, 99 },
	{ "", "", "Hydrophones", "", NULL, false, 0 },
	{ "", "", "", "", NULL, false, 0 },
};

static void test_lone_lots(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(lone_lots); i++) {
		struct receipt receipt;
		struct lot lots[2];
		struct pair pair;

		pair_init(&pair, lone_lots[i].title, lone_lots[i].description);
		for (size_t j = 0; j < LENGTH(lots); j++)
			lot_init(&lots[j]);
		lots[0].title = str_of(lone_lots[i].lot_title);
		lots[0].description = str_of(lone_lots[i].lot_description);
		lots[1].title = STR("Voirie");
		pair.notice.lots = lots;
		pair.notice.n_lots = lone_lots[i].one_lot ? 1 : 2;
		codes_add(&pair.profile.keywords, &pair.arena, STR("irrigation"));
		codes_add(&pair.profile.keywords, &pair.arena, STR("arrosage"));
		codes_add(&pair.profile.cpv, &pair.arena, STR("3834"));
		if (lone_lots[i].code != NULL) {
			codes_add(&pair.notice.cpv, &pair.arena, str_of(lone_lots[i].code));
			codes_add(&lots[0].cpv, &pair.arena, str_of(lone_lots[i].code));
		}
		receipt = receipt_of(&pair);
		if (receipt.score != lone_lots[i].score)
			fail_msg("case %zu: %d", i, (int)receipt.score);
		arena_done(&pair.arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_faint),
		cmocka_unit_test(test_lone_lots),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
