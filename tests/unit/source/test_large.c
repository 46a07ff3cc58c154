/*
 * Documents as large as the gates let in, of one thing over and over: what is read costs as much as there is
 * to read, in time and in memory, and not its square. Each of these once took too many seconds or gigabytes.
 */
#include <time.h>

#include "document.h"

#include "base/buf.h"
#include "gate/json.h"
#include "gate/xml.h"
#include "source/boamp.h"
#include "source/code_list.h"

/*
 * Reading may take this many times what parsing takes, here and now, since a checker slows both, and half a second
 * besides. A small element takes some forty times its bytes in the tree.
 */
enum { TIMES_PARSING_MAX = 4, BYTES_PER_BYTE_MAX = 100 };
static const double seconds_besides = 0.5;

#define LEGACY(KIND, FORM)                                                                               \
	"<TED_EXPORT DOC_ID=\"000001-2013\"><CODED_DATA_SECTION><CODIF_DATA><TD_DOCUMENT_TYPE CODE=\"" KIND \
	"\"/></CODIF_DATA></CODED_DATA_SECTION><FORM_SECTION>" FORM
#define LEGACY_END "</FORM_SECTION></TED_EXPORT>"

struct piece {
	const char *text;
	size_t times;
};

static struct str large(const struct piece *pieces, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < pieces[i].times; j++)
			buf_addz(out, pieces[i].text);
	assert_false(out->overflow);
	return buf_str(out);
}

static double now(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

/* The seconds that it takes to parse XML or JSON, and no more. */
static double parsing(struct str bytes)
{
	CLEANUP(arena_done) struct arena scratch = ARENA_INIT;
	CLEANUP(json_freep) struct json *json = NULL;
	struct xml_node *root;
	double start = now();

	if (bytes.ptr[0] == '<')
		assert_int_equal(xml_parse(bytes, &scratch, &root, &err), 0);
	else
		assert_int_equal(json_parse(bytes, &json, &err), 0);
	return now() - start;
}

static void check_cost(const char *what, double start, double parsing, size_t bytes)
{
	double seconds = now() - start;

	print_message("# %s: %.2f s, parsing %.2f s, %zu MB for %zu KB\n", what, seconds, parsing, arena.total >> 20,
		bytes >> 10);
	assert_true(seconds <= TIMES_PARSING_MAX * parsing + seconds_besides);
	assert_true(arena.total <= bytes * BYTES_PER_BYTE_MAX);
}

static void test_notices(void **state UNUSED)
{
	const struct {
		const char *what;
		struct piece pieces[5];
	} table[] = {
		{ "objects of a plan (BOAMP 2.3)",
			{ { "<ANNONCE><GESTION><REFERENCE><IDWEB>18-1</IDWEB></REFERENCE></GESTION><DONNEES>", 1 },
				{ "<OBJET><OBJET_COMPLET>x</OBJET_COMPLET></OBJET>", 40000 },
				{ "</DONNEES></ANNONCE>", 1 } } },
		{ "lots in one element (TED 2.0.8)",
			{ { LEGACY("3", "<CONTRACT LG=\"FR\" CATEGORY=\"ORIGINAL\"><FD_CONTRACT><A>"
				"<TITLE_CONTRACT>t</TITLE_CONTRACT>"), 1 },
				{ "<LOT_NUMBER>1</LOT_NUMBER>", 2000 }, { "<b/>", 150000 },
				{ "</A></FD_CONTRACT></CONTRACT>" LEGACY_END, 1 } } },
		{ "awards of a modification (TED 2.0.9)",
			{ { LEGACY("K", "<F20_2014 LG=\"FR\" CATEGORY=\"ORIGINAL\"><OBJECT_CONTRACT><TITLE>t</TITLE>"
				"</OBJECT_CONTRACT>"), 1 },
				{ "<AWARD_CONTRACT/>", 3000 }, { "<MODIFICATIONS_CONTRACT><INFO_MODIFICATIONS>", 1 },
				{ "<SHORT_DESCR/>", 150000 },
				{ "</INFO_MODIFICATIONS></MODIFICATIONS_CONTRACT></F20_2014>" LEGACY_END, 1 } } },
		{ "links of an entry (Atom)",
			{ { "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:base=\"http://", 1 }, { "a", 7000 },
				{ "/\"><entry><title>t</title>", 1 }, { "<link href=\"a b\"/>", 100000 },
				{ "</entry></feed>", 1 } } },
		{ "items of lots (OCDS)",
			{ { "{\"ocid\":\"o\",\"tag\":[\"tender\"],\"tender\":{\"title\":\"t\",\"lots\":[", 1 },
				{ "{\"id\":\"1\"},", 1999 }, { "{\"id\":\"2\"}],\"items\":[", 1 },
				{ "{\"relatedLot\":\"9\"},", 300000 }, { "{}]}}", 1 } } },
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		CLEANUP(buf_done) struct buf out = BUF_INIT(16 << 20);
		struct str bytes = large(table[i].pieces, LENGTH(table[i].pieces), &out);
		struct source_items items;
		struct notice n;
		double parsed = parsing(bytes), start = now();

		arena_reset(&arena);
		if (source_split(bytes, &arena, &items, &err) < 0 ||
			source_read(items.at[0].format, items.at[0].bytes, &arena, &n, &err) < 0)
			fail_msg("%s: %s", table[i].what, err.text);
		check_cost(table[i].what, start, parsed, bytes.len);
	}
}

static void test_addresses_of_an_index(void **state UNUSED)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(16 << 20);
	const struct piece pieces[] = { { "<title>Index of /</title></html>", 1 }, { "href ", 100000 }, { " ", 500000 } };
	struct str bytes = large(pieces, LENGTH(pieces), &out);
	struct boamp_flux_index index;
	double start = now();

	if (boamp_flux_index(bytes, &arena, &index, &err) < 0)
		fail_msg("%s", err.text);
	check_cost("addresses without a value", start, 0, bytes.len);
}

static void test_columns_of_a_code_list(void **state UNUSED)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(16 << 20);
	struct piece pieces[] = { { "code;label\n", 1 }, { ";", 60000 }, { "\n", 1 }, { ";", 60000 }, { "\n1;un\n", 1 } };
	struct str bytes = large(pieces, LENGTH(pieces), &out);
	struct code_labels labels;
	double start = now();

	if (code_list_read(bytes, STR("list"), STR("fr"), &arena, &labels, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(labels.n, 1);
	check_cost("columns of a code list", start, 0, bytes.len);
	assert_true(arena.total <= 4 * bytes.len);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_notices, arena_reset_state),
		cmocka_unit_test_setup(test_addresses_of_an_index, arena_reset_state),
		cmocka_unit_test_setup(test_columns_of_a_code_list, arena_reset_state),
	};

	return cmocka_run_group_tests(tests, NULL, arena_done_state);
}
