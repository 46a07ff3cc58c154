/* DECP: awarded contracts, XML and JSON, and how a document of many is cut. */
#include "document.h"

#define MARCHE(ID_, REST)                                                                          \
	"<marche><id>" ID_ "</id><acheteur><id>732 829 320 00074</id></acheteur><objet>Objet "     \
	"&amp;amp; suite</objet>" REST "</marche>"

static void test_contract(void **state UNUSED)
{
	struct notice n = read_good("<marches>" MARCHE("2026-7",
		"<nature>Accord-cadre</nature><codeCPV>45000000-7</codeCPV><procedure>Appel d’offres "
		"ouvert</procedure><lieuExecution><code>69123</code><typeCode>Code commune</typeCode>"
		"</lieuExecution><marcheInnovant>oui</marcheInnovant><montant>575000</montant>"
		"<dateNotification>2026-05-20</dateNotification><datePublicationDonnees>2026-05-25"
		"</datePublicationDonnees>") "</marches>");

	check_text("id", n.id, "decp:73282932000074-2026-7");
	check_text("title", n.title, "Objet & suite");
	check_text("reference", n.reference, "2026-7");
	check_text("type", n.notice_type, "Accord-cadre");
	check_text("buyer", n.buyer.id, "73282932000074");
	check_text("procedure", n.procedure, "open");
	check_codes("cpv", &n.cpv, "45000000");
	check_codes("places", &n.places, "69");
	assert_int_equal(n.kind, NOTICE_RESULT);
	assert_int_equal(n.value.cents, 57500000);
	assert_int_equal(n.value_kind, VALUE_AWARD);
	assert_int_equal(n.published, day_parse(STR("2026-05-25")));
	assert_true(n.innovative);
}

static void test_json(void **state UNUSED)
{
	static const struct {
		const char *document, *id, *places;
		int64_t cents;
	} table[] = {
		{ "{\"marches\":{\"marche\":[{\"id\":\"1\",\"acheteur\":{\"id\":\"A\"},\"objet\":\"O\",\"montant\":12.5,"
		  "\"lieuExecution\":{\"code\":\"97430\",\"typeCode\":\"Code postal\"}}]}}",
			"decp:A-1", "974", 1250 },
		{ "{\"marches\":{\"contrat-concession\":[{\"id\":2,\"autoriteConcedante\":{\"id\":\"B\"},\"objet\":\"O\","
		  "\"valeurGlobale\":10.3}]}}",
			"decp:B-2", "", 1030 },
		{ "{\"marches\":[{\"id\":\"3\",\"acheteur.id\":\"C\",\"objet\":\"O\",\"montant\":NaN,\"lieuExecution\":"
		  "{\"code\":\"84\",\"typeCode\":\"Code région\"}}]}",
			"decp:C-3", "FRK", MONEY_NONE },
		{ "{\"results\":[{\"id\":\"4\",\"acheteur_id\":\"D\",\"objet\":\"Les \\\"NaN\\\" NaN\",\"montant\":\"CDL\","
		  "\"lieuexecution_code\":\"2A\",\"lieuexecution_typecode\":\"Code département\"}]}",
			"decp:D-4", "2A", MONEY_NONE },
		{ "{\"id\":\"5\",\"autoriteConcedante\":null,\"objet\":\"O\",\"lieuExecution\":{\"code\":\"FR\",\"typeCode\":"
		  "\"Code pays\"}}",
			"decp:5", "FR", MONEY_NONE },
		/* one contract where a list belongs, as converted XML has it; a number as Java writes it */
		{ "{\"marches\":{\"marche\":{\"id\":\"6\",\"acheteur\":{\"id\":\"E\"},\"objet\":\"O\",\"montant\":"
		  "1.25E7,\"titulaires\":{\"titulaire\":{\"id\":\"34027049500021\"}}}}}",
			"decp:E-6", "", 1250000000 },
		/* no buyer at all: the consolidation's number is one alone */
		{ "{\"marches\":[{\"id\":\"7\",\"uid\":\"217500016000197\",\"objet\":\"O\",\"montant\":\"12 000,50\","
		  "\"titulaires\":null}]}",
			"decp:217500016000197", "", 1200050 },
		/* the union of both kinds of contract, with what does not belong left empty */
		{ "[{\"id\":8,\"acheteur\":{\"id\":\"F\"},\"autoriteConcedante\":\"\",\"objet\":\"O\",\"montant\":7.0,"
		  "\"valeurGlobale\":0.0,\"concessionnaires\":\"\",\"dateSignature\":\"nan\"}]",
			"decp:F-8", "", 700 },
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		struct notice n = read_good(table[i].document);

		check_text("id", n.id, table[i].id);
		check_codes("places", &n.places, table[i].places);
		assert_int_equal(n.value.cents, table[i].cents);
		assert_int_equal(n.kind, NOTICE_RESULT);
	}
	check_text("quoted", read_good(table[3].document).title, "Les \"NaN\" NaN");
}

/* Both ways of the schemas, and what consolidations make of them; what a modification says is not it. */
static void test_holders(void **state UNUSED)
{
#define HOLDER  "{\"id\":\"340 270 495 00021\",\"typeIdentifiant\":\"SIRET\"}"
#define FOREIGN "{\"id\":\"DE814864138\",\"typeIdentifiant\":\"TVA\",\"denominationSociale\":\"H\"}"
#define CHANGED                                                                                    \
	",\"modifications\":[{\"modification\":{\"id\":1,\"montant\":9,\"titulaires\":[{\"titulaire\":" \
	"{\"id\":\"9\"}}]}}],\"actesSousTraitance\":[{\"acteSousTraitance\":{\"id\":1,"                 \
	"\"sousTraitant\":{\"id\":\"8\"}}}]"
	static const char *const table[] = {
		"\"titulaires\":[" HOLDER "," FOREIGN "]",
		"\"titulaires\":[{\"titulaire\":" HOLDER "},{\"titulaire\":" FOREIGN "}]" CHANGED,
		"\"titulaires\":{\"titulaire\":[" HOLDER "," FOREIGN "]}" CHANGED,
		"\"titulaires\":[[[" HOLDER "]," FOREIGN "]]",
		"\"concessionnaires\":[{\"concessionnaire\":" HOLDER "},{\"concessionnaire\":" FOREIGN
		"}],\"titulaires\":\"\"",
		"\"titulaire_id_1\":\"34027049500021\",\"titulaire_id_2\":\"DE814864138\","
		"\"titulaire_typeidentifiant_2\":\"TVA\",\"titulaire_denominationsociale_2\":\"H\","
		"\"titulaire_id_3\":\"CDL\"",
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		struct notice n = read_good(arena_printf(&arena,
			"{\"marches\":[{\"id\":\"1\",\"acheteur\":{\"id\":\"A\"},\"objet\":\"O\",\"montant\":5,"
			"\"dateNotification\":\"2026-05-20T00:00:00+02:00\",%s}]}",
			table[i]).ptr);

		assert_int_equal(n.n_awards, 1);
		if (n.awards[0].n_winners != 2)
			fail_msg("%s: %zu", table[i], n.awards[0].n_winners);
		check_text(table[i], n.awards[0].winners[0].party.id, "34027049500021");
		check_text(table[i], n.awards[0].winners[1].party.id, "DE814864138");
		check_text(table[i], n.awards[0].winners[1].party.name, "H");
		assert_int_equal(n.value.cents, 500);
		assert_int_equal(n.published, day_parse(STR("2026-05-20")));
		assert_int_equal(n.awards[0].concluded, n.published);
	}
}

/* Each item is a document that parses alone, and cut again gives itself. */
static void test_items(void **state UNUSED)
{
	static const char document[] =
		"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<!-- <marche/> -->\n"
		"<d:marches xmlns:d=\"urn:d\" a='>'>\n <marche><id>1</id><acheteur><id>A</id></acheteur><objet>Pr\xe9"
		"vu</objet><marche>no</marche></marche>\n<![CDATA[<marche>]]><autre><marche/></autre>"
		"<contrat-concession ><id>2</id><autoriteConcedante><id>B</id></autoriteConcedante><objet>O</objet>"
		"</contrat-concession><marche/></d:marches>";
	struct source_items items, again;
	struct notice n;

	assert_int_equal(source_split(exact(document), &arena, &items, &err), 0);
	assert_int_equal(items.n, 3);
	check_text("bytes", items.at[0].bytes,
		"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><d:marches xmlns:d=\"urn:d\" a='>'><marche><id>1</id>"
		"<acheteur><id>A</id></acheteur><objet>Pr\xe9vu</objet><marche>no</marche></marche></d:marches>");
	check_text("label", items.at[1].label, "item 2");
	for (size_t i = 0; i < items.n; i++) {
		assert_int_equal(items.at[i].format, FORMAT_DECP_XML);
		assert_int_equal(source_split(items.at[i].bytes, &arena, &again, &err), 0);
		assert_int_equal(again.n, 1);
		assert_true(str_eq(again.at[0].bytes, items.at[i].bytes));
	}
	assert_int_equal(source_read(items.at[0].format, items.at[0].bytes, &arena, &n, &err), 0);
	check_text("encoding", n.title, "Prévu");
	assert_int_equal(source_read(items.at[1].format, items.at[1].bytes, &arena, &n, &err), 0);
	check_text("id", n.id, "decp:B-2");
	assert_int_equal(
		source_read(items.at[2].format, items.at[2].bytes, &arena, &n, &err), -ERROR_INPUT);
}

/* Every item repeats the tags around it: a small document must not become a large one. */
static void test_ceiling(void **state UNUSED)
{
	static const char shape[] =
		"<rss a=\"%*s\"><channel b=\"%*s\"><item/><item/></channel></rss>";
	struct source_items items;

	assert_int_equal(
		source_split(arena_printf(&arena, shape, 4000, "", 4000, ""), &arena, &items, &err),
		0);
	assert_int_equal(items.n, 2);
	assert_int_equal(
		source_split(arena_printf(&arena, shape, 5000, "", 4000, ""), &arena, &items, &err),
		-ERROR_LIMIT);
	check_text("why", str_of(err.text), "the tags around an item are larger than 8192 bytes");
}

static void test_refused(void **state UNUSED)
{
	static const struct {
		const char *document, *says;
	} table[] = {
		{ "<marches><marche><objet>O</objet></marche></marches>",
			"the DECP record has no id" },
		{ "<marches>" MARCHE("", "") "</marches>", "the DECP record has no id" },
		{ "<marches><marche><id>1</id></marche></marches>",
			"the DECP record has no objet" },
		{ "{\"marches\":{\"marche\":[{\"a\":1}]}}", "records we know" },
		{ "{\"marches\":[1],\"x\":NaN,}", "" },
	};
	struct notice n;

	for (size_t i = 0; i < LENGTH(table); i++) {
		if (read_one(table[i].document, &n) != -ERROR_INPUT ||
			str_find(str_of(err.text), str_of(table[i].says)) == SIZE_MAX)
			fail_msg("%s: %s", table[i].document, err.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_contract, arena_reset_state),
		cmocka_unit_test_setup(test_json, arena_reset_state),
		cmocka_unit_test_setup(test_holders, arena_reset_state),
		cmocka_unit_test_setup(test_items, arena_reset_state),
		cmocka_unit_test_setup(test_ceiling, arena_reset_state),
		cmocka_unit_test_setup(test_refused, arena_reset_state),
	};

	return cmocka_run_group_tests(tests, NULL, arena_done_state);
}
