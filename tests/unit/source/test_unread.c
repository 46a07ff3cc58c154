/* What a document says that no reader has a place for. */
#include "base/buf.h"
#include "document.h"

static void test_paths(void **state UNUSED)
{
	static const struct {
		const char *document, *unread;
	} table[] = {
		{ EFORMS("ContractNotice", ID TYPE("competition", "cn-standard") PROJECT(NAME("T"))), "" },
		{ EFORMS("ContractNotice", ID "<cac:Robot><cbc:Arm/></cac:Robot><cac:Robot/>" PROJECT(NAME("T"))),
			"ContractNotice/Robot" },
		{ EFORMS("ContractNotice",
			  ID PROJECT("<cbc:Name languageID=\"FRA\" mood=\"x\">T</cbc:Name><cbc:Colour>red</cbc:Colour>")),
			"Name/@mood ProcurementProject/Colour" },
		{ CALL("", "<DIVERS><initial><objet>V</objet></initial></DIVERS>"), "" },
		{ CALL("<COULEUR/>", "<ENCHERES><objet>V</objet></ENCHERES>"),
			"DONNEES/ENCHERES INDEXATION/COULEUR" },
		/* a code is the name of an element: one that is new shows, too */
		{ FLUX("VENTE", "INITIAL", "", "<DIVERS><initial><objet>V</objet></initial></DIVERS>"),
			"NATURE/VENTE" },
		{ "{\"idweb\":\"26-1\",\"objet\":\"T\",\"humeur\":1,\"a\\u001b b\":2}", "a??b humeur" },
		{ "{\"idweb\":\"26-1\",\"objet\":\"T\",\"donnees\":\"{\\\"MAPA\\\":{\\\"initial\\\":{\\\"fleur\\\":1}}}\"}",
			"initial/fleur" },
		/* bodies of before 2024, in a record of today and by themselves */
		{ "{\"idweb\":\"26-1\",\"objet\":\"T\",\"donnees\":\"{\\\"OBJET\\\":{\\\"FLEUR\\\":1}}\"}",
			"OBJET/FLEUR" },
		{ "<ANNONCE><GESTION><REFERENCE><IDWEB>17-1</IDWEB></REFERENCE></GESTION><DONNEES><OBJET><TITRE_MARCHE>"
		  "A</TITRE_MARCHE><LOTS><LOT><INTITULE>L</INTITULE><FLEUR/></LOT></LOTS></OBJET></DONNEES></ANNONCE>",
			"LOT/FLEUR" },
		{ "idweb;objet;humeur;caprice\n26-1;T;gaie;", "humeur" },
		{ "<TED_EXPORT DOC_ID=\"1-2019\"><CODED_DATA_SECTION><NOTICE_DATA><MOOD/></NOTICE_DATA></CODED_DATA_SECTION>"
		  "<FORM_SECTION><F02_2014 CATEGORY=\"ORIGINAL\" LG=\"FR\" SMELL=\"x\"><OBJECT_CONTRACT><TITLE><P>T</P></TITLE>"
		  "</OBJECT_CONTRACT></F02_2014></FORM_SECTION></TED_EXPORT>",
			"NOTICE_DATA/MOOD F02_2014/@SMELL" },
		{ "<marches><marche><id>1</id><objet>T</objet><acheteur><id>1</id><humeur>gaie</humeur></acheteur></marche>"
		  "</marches>", "acheteur/humeur" },
		{ "[{\"id\":\"1\",\"objet\":\"T\",\"acheteur\":{\"id\":\"1\"},\"titulaires\":[{\"titulaire\":{\"id\":\"2\","
		  "\"humeur\":1}}]}]", "titulaire/humeur" },
		{ "{\"results\":[{\"code\":\"P-1\",\"libelle\":\"T\",\"siren_de_l_entite_acheteuse\":16000001,\"humeur\":1}]}",
			"humeur" },
		{ "{\"ocid\":\"ocds-1\",\"id\":\"1\",\"tag\":[\"tender\"],\"tender\":{\"id\":\"1\",\"title\":\"T\",\"mood\":{\"x\":1},"
		  "\"items\":[{\"id\":1,\"smell\":2}]}}", "items/smell tender/mood" },
		{ "<rss version=\"2.0\"><channel><title>C</title><item><title>T</title><mood>x</mood></item></channel></rss>",
			"item/mood" },
		{ "<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><id>1</id><title>T</title><link href=\"https://example.org\" "
		  "mood=\"x\"/></entry></feed>", "link/@mood" },
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		struct notice n;

		if (read_one(table[i].document, &n) < 0)
			fail_msg("%s: %s", table[i].document, err.text);
		check_codes(table[i].document, &n.unread, table[i].unread);
	}
}

/* However many there are, a notice tells a few. */
static void test_ceiling(void **state UNUSED)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(1 << 20);
	struct notice n;

	buf_addz(&out, "{\"idweb\":\"26-1\",\"objet\":\"T\"");
	for (int i = 0; i < 500; i++)
		buf_addf(&out, ",\"%0200d\":1", i);
	buf_addz(&out, "}");
	n = read_good(arena_dup(&arena, buf_str(&out)).ptr);
	assert_int_equal(n.unread.n, 1); /* cut at 60 characters they are all the same */
	buf_truncate(&out, 0);
	buf_addz(&out, "{\"idweb\":\"26-1\",\"objet\":\"T\"");
	for (int i = 0; i < 500; i++)
		buf_addf(&out, ",\"x%d\":1", i);
	buf_addz(&out, "}");
	n = read_good(arena_dup(&arena, buf_str(&out)).ptr);
	assert_int_equal(n.unread.n, 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_paths, arena_reset_state),
		cmocka_unit_test_setup(test_ceiling, arena_reset_state),
	};

	return cmocka_run_group_tests(tests, NULL, arena_done_state);
}
