/* tender/ident, cpv and place: the codes of the trade. */
#include "tender/cpv.h"
#include "tender/ident.h"
#include "tender/place.h"
#include "tender/subject.h"

#include "tender.h"

#define NBSP "\xC2\xA0"

/* DOMAIN 4.5 */
static void test_siren_and_siret(void **state UNUSED)
{
	static const struct {
		const char *digits;
		bool siren, siret;
	} table[] = {
		{ "732829320", true, false },
		{ "73282932000074", false, true },
		{ "73282932000079", false, false },
		{ "35600000000048", false, true },
		{ "35600000009075", false, true },
		{ "35600000009074", false, false },
		{ "356000000", true, false },
		{ "732829321", false, false },
		{ "000000000", false, false },
		{ "00000000000000", false, false },
		{ "7328293200007", false, false },
		{ "732829320000740", false, false },
		{ "73282932A", false, false },
		{ "732 829 320", false, false },
		{ "", false, false },
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		if (siren_valid(exact(table[i].digits)) != table[i].siren ||
			siret_valid(exact(table[i].digits)) != table[i].siret)
			fail_msg("\"%s\"", table[i].digits);
	}
	assert_false(siren_valid(STR_NONE));
	assert_false(siret_valid(STR_NONE));
}

static void test_ident_clean(void **state UNUSED)
{
	static const struct {
		const char *text, *expected;
	} table[] = {
		{ "73282932000074", "73282932000074" },
		{ "732 829 320 00074", "73282932000074" },
		{ " 732829320 00074\n", "73282932000074" },
		{ "732" NBSP "829" NBSP "320", "732829320" },
		{ "732.829.320", "732829320" },
		{ "SIRET : 732 829 320 00074", "73282932000074" },
		{ "siret 73282932000074", "73282932000074" },
		{ "SIRET n° : 73282932000074", "73282932000074" },
		{ "SIREN:732829320", "732829320" },
		{ "N° SIRET 732 829 320 00074", "73282932000074" },
		{ "Numéro SIREN : 732829320", "732829320" },
		{ "n°732829320", "732829320" },
		{ "35600000009075", "35600000009075" },
		/* what is none stays as it is written */
		{ "35600000009074", "35600000009074" },
		{ "49564", "49564" },
		{ "0152FAE7-CA1C-53DE-67ECED446224600F", "0152FAE7-CA1C-53DE-67ECED446224600F" },
		{ "732 829 320 00075", "732 829 320 00075" },
		{ "732829320 RCS Paris", "732829320 RCS Paris" },
		{ "SIRET", "SIRET" },
		{ "SIRET : en cours", "SIRET : en cours" },
		{ "N° 49564", "N° 49564" },
		{ "FR44732829320", "FR44732829320" },
		{ "73282932000074 73282932000074", "73282932000074 73282932000074" },
		{ "", NULL },
		{ "  ", NULL },
		{ NULL, NULL },
	};

	for (size_t i = 0; i < LENGTH(table); i++)
		check_text(table[i].text ? table[i].text : "(none)",
			ident_clean(exact(table[i].text), &arena), table[i].expected);
}

static void test_ident_siren(void **state UNUSED)
{
	static const struct {
		const char *id, *expected;
	} table[] = {
		{ "732829320", "732829320" },
		{ "73282932000074", "732829320" },
		{ "FR44732829320", "732829320" },
		{ "FR 44 732 829 320", "732829320" },
		{ "fr44" NBSP "732829320", "732829320" },
		{ "FR45732829320", NULL }, /* the key is another company's */
		{ "FR44732829321", NULL },
		{ "FR4473282932", NULL },
		{ "FR447328293200", NULL },
		{ "FRJ14", NULL },
		{ "FR", NULL },
		{ "DE44732829320", NULL },
		{ "732829321", NULL },
		{ "7328293200007", NULL },
		{ "49564", NULL },
		{ NULL, NULL },
	};

	for (size_t i = 0; i < LENGTH(table); i++)
		check_text(table[i].id ? table[i].id : "(none)", ident_siren(exact(table[i].id), &arena),
			table[i].expected);
}

static void test_cpv(void **state UNUSED)
{
	static const struct {
		const char *text, *code, *branch;
	} table[] = {
		{ "72000000", "72000000", "72" },
		{ "72000000-5", "72000000", "72" },
		{ "72000000 - 5", "72000000", "72" },
		{ "72 00 00 00", "72000000", "72" },
		{ "72" NBSP "212" NBSP "000", "72212000", "72212" },
		{ " 72212000 ", "72212000", "72212" },
		{ "30000000", "30000000", "30" },
		{ "30192121", "30192121", "30192121" },
		{ "72", NULL, "72" },
		{ "72*", NULL, "72" },
		{ "7221*", NULL, "7221" },
		{ "7220", NULL, "722" },
		{ "720", NULL, "72" },
		{ "72212000*", NULL, "72212" },
		{ "00000000", "00000000", "00" },
		{ "7", NULL, NULL },
		{ "7*", NULL, NULL },
		{ "", NULL, NULL },
		{ "*", NULL, NULL },
		{ "72-5", NULL, NULL },
		{ "72000000-", NULL, NULL },
		{ "72000000-55", NULL, NULL },
		{ "72000000-x", NULL, NULL },
		{ "720000001", NULL, NULL },
		{ "72000000x", NULL, NULL },
		{ "AA000000", NULL, NULL },
		{ "72**", NULL, NULL },
		{ "informatique", NULL, NULL },
		{ NULL, NULL, NULL },
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		const char *what = table[i].text ? table[i].text : "(none)";

		check_text(what, cpv_parse(exact(table[i].text), &arena), table[i].code);
		check_text(what, cpv_branch_parse(exact(table[i].text), &arena), table[i].branch);
	}
	check_text("significant", cpv_significant(STR("72212000")), "72212");
	check_text("significant", cpv_significant(STR("30000000")), "30");
	check_text("significant", cpv_significant(STR("00000000")), "00");
	assert_string_equal(
		cpv_division_label(STR("72212000")), "Services informatiques, internet");
	assert_string_equal(cpv_division_label(STR("03")), "Produits agricoles, élevage, pêche");
	assert_string_equal(cpv_division_label(STR("98000000")), "Autres services");
	assert_null(cpv_division_label(STR("99000000")));
	assert_null(cpv_division_label(STR("7")));
	assert_null(cpv_division_label(STR_NONE));
}

static void check_department(const char *what, const struct department *d, const char *expected)
{
	check_text(what, str_of(d ? d->code : NULL), expected);
}

static void test_departments(void **state UNUSED)
{
	static const struct {
		const char *code, *expected;
	} codes[] = { { "48", "48" }, { "2", "02" }, { "02", "02" }, { "2a", "2A" }, { "2B", "2B" },
		{ "20A", "2A" }, { "20b", "2B" }, { "974", "974" }, { "988", "988" },
		{ " 48 ", "48" }, { "95", "95" }, { "01", "01" }, { "989", "989" }, { "0", NULL },
		{ "00", NULL }, { "20", NULL }, { "96", NULL }, { "970", NULL }, { "2C", NULL },
		{ "048", NULL }, { "", NULL }, { "Lozère", NULL }, { NULL, NULL } };
	static const struct {
		const char *postcode, *expected;
	} postcodes[] = { { "48000", "48" }, { "01000", "01" }, { "20000", "2A" },
		{ "20199", "2A" }, { "20200", "2B" }, { "20600", "2B" }, { "97400", "974" },
		{ "97133", "977" }, { "97150", "978" }, { "97600", "976" }, { "98800", "988" },
		{ "75008", "75" }, { "92 097", "92" }, { "96000", NULL }, { "99000", NULL },
		{ "00100", NULL }, { "4800", NULL }, { "480000", NULL }, { "F-48000", NULL },
		{ "B1000", NULL }, { "", NULL }, { NULL, NULL } };
	static const struct {
		const char *nuts, *expected;
	} nuts[] = { { "FRJ14", "48" }, { "frj14", "48" }, { "FR814", "48" }, { "FR101", "75" },
		{ "FRY40", "974" }, { "FRA40", "974" }, { "FR940", "974" }, { "FRM01", "2A" },
		{ "FR825", "83" }, { "FRJ1", NULL }, { "FRJ", NULL }, { "FR", NULL },
		{ "FRZZZ", NULL }, { "BE100", NULL }, { "FR109", NULL }, { "", NULL },
		{ NULL, NULL } };

	for (size_t i = 0; i < LENGTH(codes); i++)
		check_department(codes[i].code ? codes[i].code : "(none)",
			department_find(exact(codes[i].code)), codes[i].expected);
	for (size_t i = 0; i < LENGTH(postcodes); i++)
		check_department(postcodes[i].postcode ? postcodes[i].postcode : "(none)",
			department_of_postcode(exact(postcodes[i].postcode)),
			postcodes[i].expected);
	for (size_t i = 0; i < LENGTH(nuts); i++)
		check_department(nuts[i].nuts ? nuts[i].nuts : "(none)",
			department_of_nuts(exact(nuts[i].nuts)), nuts[i].expected);
}

static void test_places(void **state UNUSED)
{
	static const struct {
		const char *text, *place, *label;
	} table[] = {
		{ "48", "48", "Lozère (48)" },
		{ "2a", "2A", "Corse-du-Sud (2A)" },
		{ "2", "02", "Aisne (02)" },
		{ "FRJ14", "FRJ14", "Lozère (48)" },
		{ "frj", "FRJ", "Occitanie" },
		{ "FRK2", "FRK2", "Rhône-Alpes" },
		{ "FR", "FR", "France" },
		{ "fr", "FR", "France" },
		{ "FR1", "FR1", "Île-de-France" },
		{ "FRY4", "FRY4", "La Réunion" },
		{ "FR825", "FR825", "Var (83)" },
		{ "988", "988", "Nouvelle-Calédonie (988)" },
		{ "FRZZZ", "FRZZZ", "FRZZZ" },
		{ "BE100", "BE100", "BE100" },
		{ "de", "DE", "DE" },
		{ "ITC4C", "ITC4C", "ITC4C" },
		{ "Mende", NULL, NULL },
		{ "Metz", NULL, NULL },
		{ "FRX", NULL, NULL },
		{ "FRJ19", NULL, NULL },
		{ "US", NULL, NULL },
		{ "FRA", NULL, NULL },
		{ "XX123", NULL, NULL },
		{ "Lozère", NULL, NULL },
		{ "FR J14", NULL, NULL },
		{ "FRJ145", NULL, NULL },
		{ "", NULL, NULL },
		{ NULL, NULL, NULL },
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		struct str place = place_parse(exact(table[i].text), &arena);

		check_text(table[i].text ? table[i].text : "(none)", place, table[i].place);
		if (table[i].label)
			check_text(table[i].text, place_label(place, &arena), table[i].label);
	}
	check_text("unknown", place_label(STR("ZZ9"), &arena), "ZZ9");
}

static void test_places_named(void **state UNUSED)
{
	static const struct {
		const char *text, *place;
	} table[] = {
		{ "Lozère", "48" },
		{ " lozere ", "48" },
		{ "VAL DE MARNE", "94" },
		{ "Côte d’Or", "21" },
		{ "Meuse", "55" },
		{ "nord", "59" },
		{ "La Réunion", "974" },
		{ "occitanie", "FRJ" },
		{ "Provence-Alpes-Côte d'Azur", "FRL" },
		{ "Corse", "FRM" },
		{ "France", "FR" },
		{ "2", "02" },
		{ "2a", "2A" },
		{ "frj14", "FRJ14" },
		{ "Mende", NULL },
		{ "Loz", NULL },
		{ "", NULL },
		{ NULL, NULL },
	};

	for (size_t i = 0; i < LENGTH(table); i++)
		check_text(table[i].text ? table[i].text : "(none)", place_named(exact(table[i].text), &arena),
			table[i].place);
}

static void test_place_meets(void **state UNUSED)
{
	static const struct {
		const char *wanted, *stated;
		bool expected;
	} table[] = {
		{ "FR", "FRJ14", true },
		{ "FR", "48", true },
		{ "FR", "988", true },
		{ "FR", "FR", true },
		{ "FRJ", "FRJ14", true },
		{ "FRJ", "48", true },
		{ "48", "FRJ14", true },
		{ "FRJ14", "48", true },
		{ "48", "FRJ", true }, /* the region holds the department */
		{ "48", "FRJ1", true },
		{ "48", "FR", true },
		{ "48", "FR814", true }, /* NUTS 2013 */
		{ "FRJ14", "FR814", true },
		{ "FRL", "FR825", true },
		{ "83", "FR82", true },
		{ "48", "FR81", true },
		{ "69", "FR7", true }, /* a group of the old edition says France */
		{ "02", "2", true },
		{ "2A", "FRM0", true },
		{ "988", "988", true },
		{ "48", "30", false },
		{ "48", "FRJ13", false },
		{ "FRJ", "FRK26", false },
		{ "48", "FRK", false },
		{ "48", "FR82", false },
		{ "FR1", "FRJ", false },
		{ "988", "987", false },
		{ "988", "FRJ", false },
		{ "FR", "BE100", false },
		{ "48", "BE100", false },
		{ "FR", "", false },
		{ "", "FR", false },
		{ "48", "anyw", false },
		{ "BE", "BE100", true },
	};

	for (size_t i = 0; i < LENGTH(table); i++)
		if (place_meets(exact(table[i].wanted), exact(table[i].stated)) !=
			table[i].expected)
			fail_msg("%s, %s", table[i].wanted, table[i].stated);
	assert_false(place_meets(STR_NONE, STR("FR")));
	assert_false(place_meets(STR("FR"), STR_NONE));
}

/* Each of the 101 NUTS 3 is some department's, and meets its region and nothing else. */
static void test_every_department(void **state UNUSED)
{
	int n = 0, with_nuts = 0;

	for (int i = 1; i < 990; i++) {
		char code[16];
		const struct department *d;

		snprintf(code, sizeof(code), "%02d", i);
		d = department_find(str_of(code));
		if (!d)
			continue;
		n++;
		if (!d->nuts[0])
			continue;
		with_nuts++;
		assert_ptr_equal(department_of_nuts(str_of(d->nuts)), d);
		assert_non_null(region_name(str_of(d->region)));
		assert_true(str_starts(str_of(d->nuts), d->region));
		assert_true(place_meets(str_of(d->region), str_of(code)));
		assert_false(place_meets(STR("2A"), str_of(code)));
	}
	assert_int_equal(with_nuts, 99); /* and 2A and 2B */
	assert_int_equal(n, 107);
}

static void test_subjects(void **state UNUSED)
{
	static const struct {
		const char *labels[3], *expected;
	} table[] = {
		{ { "Blanchissage" }, "18 39 98 " },
		{ { "Amiante (d\u00e9samiantage)" }, "45 90 " }, /* the first and the last of the list, and between */
		{ { "Abonnement" }, "22 79 " },
		{ { "Zinguerie" }, "45 " },
		{ { "Mission d'ordonnancement, pilotage, coordination (OPC)" }, "71 " },
		{ { "Mission d\u2019ordonnancement, pilotage, coordination (OPC)" }, "71 " },
		{ { "  LOGICIEL " }, "48 72 " },
		{ { "Assurance", "Etude", "Logiciel" }, "66 48 72 " },
		{ { "Assurance", "Assurance" }, "66 " },
		{ { "Etude" }, "" },
		{ { "Prestations de services" }, "" },
		{ { "Logiciels" }, "" },
		{ { "Logiciel de paie" }, "" },
		{ { "" }, "" },
		{ { "()" }, "" },
		{ { "\xff" }, "" },
		{ { "zzz" }, "" },
		{ { "a" }, "" },
	};
	char long_label[4 * SUBJECT_MAX];

	for (size_t i = 0; i < LENGTH(table); i++) {
		struct codes labels = { NULL, 0, 0 }, divisions;
		char out[100] = "";

		for (size_t j = 0; j < 3 && table[i].labels[j] != NULL; j++)
			codes_add(&labels, &arena, str_of(table[i].labels[j]));
		divisions = subject_divisions(&labels, &arena);
		for (size_t j = 0; j < divisions.n; j++)
			snprintf(out + 3 * j, sizeof(out) - 3 * j, "%.*s ", STR_ARG(divisions.at[j]));
		if (strcmp(out, table[i].expected) != 0)
			fail_msg("%s: %s", table[i].labels[0], out);
		for (size_t j = 0; j < divisions.n; j++)
			assert_non_null(cpv_division_label(divisions.at[j]));
	}
	memset(long_label, 'a', sizeof(long_label));
	assert_int_equal(subject_divisions(&(struct codes){ (struct str[]){ { long_label, sizeof(long_label) } },
		1, 0 }, &arena).n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_siren_and_siret, arena_reset_state),
		cmocka_unit_test_setup(test_ident_clean, arena_reset_state),
		cmocka_unit_test_setup(test_ident_siren, arena_reset_state),
		cmocka_unit_test_setup(test_cpv, arena_reset_state),
		cmocka_unit_test_setup(test_departments, arena_reset_state),
		cmocka_unit_test_setup(test_places, arena_reset_state),
		cmocka_unit_test_setup(test_places_named, arena_reset_state),
		cmocka_unit_test_setup(test_place_meets, arena_reset_state),
		cmocka_unit_test(test_every_department),
		cmocka_unit_test_setup(test_subjects, arena_reset_state),
	};

	return cmocka_run_group_tests(tests, NULL, arena_done_state);
}
