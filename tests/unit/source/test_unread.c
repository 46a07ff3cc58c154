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
		/* not counted: a body of before 2024, a schema that does not change any more */
		{ "{\"idweb\":\"26-1\",\"objet\":\"T\",\"donnees\":\"{\\\"OBJET\\\":{\\\"FLEUR\\\":1}}\"}", "" },
		{ "<ANNONCE><GESTION><REFERENCE><IDWEB>17-1</IDWEB></REFERENCE></GESTION><DONNEES><OBJET><TITRE_MARCHE>"
		  "A</TITRE_MARCHE><FLEUR/></OBJET></DONNEES></ANNONCE>", "" },
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
