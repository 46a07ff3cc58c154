/* Documents: recognised, cut into items, or refused with a reason. */
#include "document.h"

static void test_split(void **state UNUSED)
{
	static const struct {
		const char *document;
		size_t n;
		enum source_format format;
		const char *label, *bytes;
	} table[] = {
		{ "{\"total_count\":2,\"results\":[{\"objet\":\"b\", \"idweb\":\"26-1\"},{\"idweb\":\"26-2\"}]}",
			2, FORMAT_BOAMP_API, "26-1", "{\"idweb\":\"26-1\",\"objet\":\"b\"}" },
		{ " [ {\"idweb\":\"26-1\"} ] ", 1, FORMAT_BOAMP_API, "26-1",
			"{\"idweb\":\"26-1\"}" },
		{ "{\"idweb\":\"26-1\",\"a\":1}", 1, FORMAT_BOAMP_API, "26-1",
			"{\"a\":1,\"idweb\":\"26-1\"}" },
		{ "\xef\xbb\xbf{\"idweb\":\"26-1\"}", 1, FORMAT_BOAMP_API, "26-1",
			"{\"idweb\":\"26-1\"}" },
		{ "[{\"objet\":\"x\"},{\"idweb\":\"26-1\"}]", 2, FORMAT_UNKNOWN, "record 1",
			"{\"objet\":\"x\"}" },
		/* versions 1 and 2.0 of the API */
		{ "{\"nhits\":1,\"records\":[{\"datasetid\":\"boamp\",\"fields\":{\"idweb\":\"26-1\"}}]}", 1,
			FORMAT_BOAMP_API, "26-1", "{\"idweb\":\"26-1\"}" },
		{ "{\"records\":[{\"links\":[],\"record\":{\"id\":\"x\",\"fields\":{\"idweb\":\"26-1\"}}}]}", 1,
			FORMAT_BOAMP_API, "26-1", "{\"idweb\":\"26-1\"}" },
		{ "[]", 0, FORMAT_UNKNOWN, NULL, NULL },
		{ "{\"total_count\":0,\"results\":[]}", 0, FORMAT_UNKNOWN, NULL, NULL },
		{ "idweb;objet\n", 0, FORMAT_UNKNOWN, NULL, NULL },
		{ "\xef\xbb\xbf"
		  "idweb;objet\r\n26-1;T\r\n",
			1, FORMAT_BOAMP_CSV, "line 2", "idweb;objet\n26-1;T" },
		{ "\"idweb\";\"objet\"\n26-1;T", 1, FORMAT_BOAMP_CSV, "line 2",
			"\"idweb\";\"objet\"\n26-1;T" },
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		struct source_items items;

		if (source_split(exact(table[i].document), &arena, &items, &err) < 0)
			fail_msg("%s: %s", table[i].document, err.text);
		assert_int_equal(items.n, table[i].n);
		if (items.n == 0)
			continue;
		assert_int_equal(items.at[0].format, table[i].format);
		check_text("label", items.at[0].label, table[i].label);
		check_text("bytes", items.at[0].bytes, table[i].bytes);
	}
}

static void test_refused(void **state UNUSED)
{
	static const struct {
		const char *document, *says;
	} table[] = {
		{ "", "the document is empty" },
		{ " \n\t ", "the document is empty" },
		{ "\xef\xbb\xbf", "the document is empty" },
		{ "\xff\xfe<", "the document is UTF-16 or UTF-32, which is not accepted: UTF-8 is expected" },
		{ "\xfe\xff", "the document is UTF-16 or UTF-32, which is not accepted: UTF-8 is expected" },
		{ "bonjour", "unknown format: neither XML, JSON nor BOAMP's CSV" },
		{ "PK\x03\x04", "a package inside a package is not opened: unpack the outer one first" },
		{ "\x1f\x8b\x08", "a package inside a package is not opened: unpack the outer one first" },
		{ "objet;idweb\n", "unknown format" },
		{ "<TED_EXPORT/>", "TED_EXPORT without a form in any language" },
		{ "<ANNONCE/>", "the BOAMP notice has neither GESTION nor DONNEES" },
		{ "<html/>", "unknown format: XML element <html>" },
		{ "<ContractNotice/>", "unknown format: XML element <ContractNotice>" },
		{ "<ann/>", "unknown format: XML element <ann>" },
		{ "<ContractNotice", "" },
		{ "<a><b></a>", "" },
		{ "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "" },
		{ "{\"notices\":[],\"totalNoticeCount\":0}", "TED search" },
		{ "{}", "unknown format: an empty JSON object" },
		{ "{\"hello\":1}", "unknown format: JSON object with \"hello\"" },
		{ "[1,2]", "a JSON list without records we know" },
		{ "[{\"idweb\":5}]", "a JSON list without records we know" },
		{ "{\"idweb\":\"26-1\"", "" },
		{ "{\"idweb\":\"26-1\",\"idweb\":\"26-2\"}", "" },
		{ "{\"idweb\":\"26-1\"}", "the notice has no title" },
		{ "{\"idweb\":\"26-1\",\"objet\":\"&nbsp;\"}", "the notice has no title" },
		{ "{\"idweb\":\"26-1\",\"objet\":\"T\",\"donnees\":\"{\"}", "donnees: " },
		{ "{\"idweb\":\"26-1\",\"objet\":\"T\",\"gestion\":\"[]\"}",
			"gestion: a JSON object expected" },
		{ "<jo:ann xmlns:jo=\"http://boamp.journal-officiel.gouv.fr/XML/3.2.5\"/>",
			"neither GESTION nor DONNEES" },
		{ "<jo:ann xmlns:jo=\"http://boamp.journal-officiel.gouv.fr/XML/3.2.5\"><DONNEES><MAPA/></DONNEES>"
		  "</jo:ann>",
			"the BOAMP notice has no IDWEB" },
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		struct notice n;

		if (read_one(table[i].document, &n) >= 0)
			fail_msg("%s: read", table[i].document);
		if (err.kind != ERROR_INPUT || err.text[0] == '\0' ||
			str_find(str_of(err.text), str_of(table[i].says)) == SIZE_MAX)
			fail_msg("%s: expected \"%s\", got \"%s\"", table[i].document,
				table[i].says, err.text);
	}
}

/* A small document must not become a large one: items repeat the header. */
static void test_csv_ceilings(void **state UNUSED)
{
	static const char head[] = "idweb;";
	size_t len = 4 << 20;
	char *text = arena_alloc(&arena, len);
	struct source_items items;

	memset(text, 'x', len);
	memcpy(text, head, sizeof(head) - 1);
	text[100 << 10] = '\n';
	assert_int_equal(source_split(str_n(text, len), &arena, &items, &err), -ERROR_LIMIT);
	for (size_t i = 8 << 10; i < len; i++)
		text[i] = i % 2 ? 'x' : '\n';
	assert_int_equal(source_split(str_n(text, len), &arena, &items, &err), -ERROR_LIMIT);
	/* A list of very many literals takes memory for what it holds, once. */
	for (size_t i = 0; i + 3 < len; i += 3)
		memcpy(text + i, "'',", 3);
	memcpy(text, "idweb;objet;type_marche\n26-1;T;[", 32);
	text[len - 3] = text[len - 2] = text[len - 1] = ']';
	assert_int_equal(source_split(str_n(text, len), &arena, &items, &err), 0);
	assert_int_equal(items.n, 1);
	assert_int_equal(source_read(items.at[0].format, items.at[0].bytes, &arena,
				 &(struct notice){ .version = 0 }, &err),
		0);
}

static void test_wrong_format_for_the_bytes(void **state UNUSED)
{
	struct notice n;

	assert_int_equal(
		source_read(FORMAT_BOAMP, exact(EFORMS("ContractNotice", ID)), &arena, &n, &err),
		-ERROR_INPUT);
	assert_string_equal(err.text, "the document is eforms, not boamp");
	assert_int_equal(source_read(FORMAT_UNKNOWN, exact("{\"objet\":1}"), &arena, &n, &err),
		-ERROR_INPUT);
	assert_string_equal(err.text, "the record has no idweb");
	assert_int_equal(
		source_read((enum source_format)99, exact("x"), &arena, &n, &err), -ERROR_INPUT);
	assert_int_equal(
		source_read(FORMAT_BOAMP_CSV, exact("idweb;objet\n26-1;\xff"), &arena, &n, &err),
		-ERROR_INPUT);
	assert_string_equal(err.text, "the row is not valid UTF-8");
}

static void test_format_names(void **state UNUSED)
{
	enum source_format format;

	for (int i = 0; i < SOURCE_FORMATS; i++) {
		assert_true(source_format_parse(
			str_of(source_format_name((enum source_format)i)), &format));
		assert_int_equal(format, i);
	}
	assert_false(source_format_parse(STR("pdf"), &format));
	assert_null(source_format_name(SOURCE_FORMATS));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_split, arena_reset_state),
		cmocka_unit_test_setup(test_refused, arena_reset_state),
		cmocka_unit_test_setup(test_csv_ceilings, arena_reset_state),
		cmocka_unit_test_setup(test_wrong_format_for_the_bytes, arena_reset_state),
		cmocka_unit_test_setup(test_format_names, arena_reset_state),
	};

	return cmocka_run_group_tests(tests, NULL, arena_done_state);
}
