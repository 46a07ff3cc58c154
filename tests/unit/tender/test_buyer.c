/* Kinds of buyers: the number where it tells, else the name, else the number again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tender/buyer.h"

static void test_kinds(void **state)
{
	static const struct {
		const char *name, *id;
		enum buyer_kind kind;
	} rows[] = {
		{ "Commune de Florac", "", BUYER_COMMUNE },
		{ "VILLE DE MENDE", "", BUYER_COMMUNE },
		{ "Mairie", "", BUYER_COMMUNE },
		{ "Communauté de communes du Causse", "", BUYER_EPCI },
		{ "Communauté d’agglomération", "", BUYER_EPCI },
		{ "Bordeaux Métropole", "", BUYER_EPCI },
		{ "Métropole Habitat", "", BUYER_HOUSING },
		{ "Office public de l'habitat de la ville", "", BUYER_HOUSING },
		{ "Syndicat des eaux", "", BUYER_EPCI },
		{ "Département de la Lozère", "", BUYER_DEPARTEMENT },
		{ "Direction départementale des territoires", "", BUYER_STATE },
		{ "Direction régionale de l'alimentation", "", BUYER_STATE },
		{ "Région Occitanie", "", BUYER_REGION },
		{ "Ministère des armées", "", BUYER_STATE },
		{ "Centre hospitalier de la ville", "", BUYER_HOSPITAL },
		{ "CHU", "", BUYER_HOSPITAL },
		{ "Lycée agricole", "", BUYER_EDUCATION },
		{ "Université", "", BUYER_EDUCATION },
		{ "SDIS du département", "", BUYER_OTHER },
		{ "CCAS de la commune", "", BUYER_OTHER },
		{ "Exemple SAS", "", BUYER_OTHER },
		{ "", "", BUYER_OTHER },
		/* a SIREN of a commune decides, one that fails its test does not */
		{ "Régie des eaux", "217500016", BUYER_COMMUNE },
		{ "Syndicat des eaux", "217500016", BUYER_COMMUNE },
		{ "Régie des eaux", "217500017", BUYER_OTHER },
		{ "Régie des eaux", "21 rue de la Paix", BUYER_OTHER },
		{ "Exemple", "732829320", BUYER_OTHER },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct party buyer = { .name = str_of(rows[i].name), .id = str_of(rows[i].id) };

		if (buyer_kind(&buyer) != rows[i].kind)
			fail_msg("\"%s\" %s is of kind %d, not %d", rows[i].name, rows[i].id,
				(int)buyer_kind(&buyer), (int)rows[i].kind);
	}
	assert_int_equal(buyer_kind(&(struct party){ .name = STR_NONE, .id = STR_NONE }), BUYER_OTHER);
}

static void test_courts(void **state)
{
	static const struct {
		const char *name;
		bool court;
	} rows[] = {
		{ "Tribunal administratif d'Orléans", true },
		{ "Greffe du TRIBUNAL ADMINISTRATIF DE PARIS", true },
		{ "Instance chargée des procédures de recours : Rennes", true },
		{ "Cour administrative d'appel de Lyon", true },
		{ "Tribunal judiciaire", true },
		{ "Service administratif régional de la cour d'appel de Versailles", false },
		{ "Cour d'appel de Paris", false },
		{ "Commune de Tribunal-sur-Essai", false },
		{ "", false },
		{ NULL, false },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct notice notice = { .buyer.name = str_of(rows[i].name), .summary = true };

		if (buyer_is_court(&notice) != rows[i].court)
			fail_msg("\"%s\"", rows[i].name);
		notice.summary = false; /* a whole notice names its buyer itself */
		assert_false(buyer_is_court(&notice));
	}
}

static void test_names(void **state)
{
	static const char *const names[BUYER_KINDS] = { "other", "state", "region", "departement", "commune",
		"epci", "hospital", "education", "housing" };
	enum buyer_kind kind;

	(void)state;
	for (int i = 0; i < BUYER_KINDS; i++) {
		assert_true(buyer_kind_parse(str_of(names[i]), &kind));
		assert_int_equal(kind, i);
	}
	assert_false(buyer_kind_parse(STR("town"), &kind));
	assert_false(buyer_kind_parse(STR_NONE, &kind));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_courts),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
