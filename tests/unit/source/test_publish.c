/* source/boamp and source/ted: addresses to ask, answers to understand. */
#include "source/boamp.h"
#include "source/ted.h"

#include "../tender/tender.h"

static struct error err;

static void test_addresses(void **state UNUSED)
{
	day_t day = day_parse(STR("2026-09-05"));

	check_text("day",
		boamp_flux_day_url(STR("https://flux.example.org/BOAMP"), day, false, &arena),
		"https://flux.example.org/BOAMP/2026/09/05/");
	check_text("slash",
		boamp_flux_day_url(STR("https://flux.example.org/BOAMP/"), day, false, &arena),
		"https://flux.example.org/BOAMP/2026/09/05/");
	check_text("historic",
		boamp_flux_day_url(STR("http://127.0.0.1:8080//"), day, true, &arena),
		"http://127.0.0.1:8080/FluxHistorique/Boamp_v240/2026/09/05/");
	check_text("explore",
		boamp_explore_url(STR("https://api.example.org/datasets/boamp/"), day, 200, &arena),
		"https://api.example.org/datasets/boamp/records?where=dateparution%3Ddate%272026-09-05%27"
		"&order_by=idweb&limit=100&offset=200");
	check_text("notice",
		ted_notice_url(STR("https://ted.example.org/"), STR("123456-2026"), &arena),
		"https://ted.example.org/en/notice/123456-2026/xml");
}

#define PAGE(BODY)                                                                                 \
	"<html><head><title>Index of /BOAMP/2026/09/05</title></head><body>" BODY "</body></html>"
#define LINK(NAME) "<a href=\"" NAME "\">" NAME "</a>   2026-09-05 04:46   12K\n"

static void test_index(void **state UNUSED)
{
	static const struct {
		const char *html, *names; /* NULL: refused */
	} table[] = {
		{ PAGE(LINK("26-81117.xml") LINK("26-81118.xml")), "26-81117.xml 26-81118.xml " },
		{ PAGE(LINK("26-9.xml") LINK("26-100000.xml")),
			"26-100000.xml 26-9.xml " }, /* byte order */
		{ PAGE(LINK("26-2.xml") LINK("26-1.xml") LINK("26-2.xml")), "26-1.xml 26-2.xml " },
		{ PAGE(""), "" },
		{ PAGE("<a href=\"/OPENDATA/BOAMP/\">Parent Directory</a>"), "" },
		/* attribute order, quotes, case, absolute addresses */
		{ PAGE("<A CLASS=x HREF='26-1.xml'>26-1.xml</A>"), "26-1.xml " },
		{ PAGE("<a href=26-1.xml>26-1.xml</a>"), "26-1.xml " },
		{ PAGE("<a href = \"26-1.xml\" class=\"f\">x</a>"), "26-1.xml " },
		{ PAGE("<a href=\"/BOAMP/2026/09/05/26-1.xml\">x</a>"), "26-1.xml " },
		{ PAGE("<a href=\"https://flux.example.org/BOAMP/2026/09/05/26-1.xml\">x</a>"),
			"26-1.xml " },
		{ PAGE("<a href=\"./26-1.xml\">x</a>"), "26-1.xml " },
		/* what is no file of a notice */
		{ PAGE(LINK("../26-1.xml")), "" },
		{ PAGE(LINK("../../etc/26-1.xml")), "" },
		{ PAGE(LINK("26-1234567.xml")), "" },
		{ PAGE(LINK("2026-1.xml")), "" },
		{ PAGE(LINK("26-.xml")), "" },
		{ PAGE(LINK("26-1.xml.gz")), "" },
		{ PAGE(LINK("26-1.XML")), "" },
		{ PAGE(LINK("26-1.xml?C=M;O=A")), "" },
		{ PAGE(LINK("26-1%2exml")), "" },
		{ PAGE(LINK("a6-1.xml")), "" },
		{ PAGE(LINK("26-1 .xml")), "" },
		{ PAGE(LINK("..%2f26-1.xml")), "" },
		{ PAGE("<a href=\"26-1.xml>x</a>"), "" }, /* the quote never closes */
		{ PAGE("<a href>x</a><a href=>x</a><a href=\"\">x</a>"), "" },
		{ "<HTML><HEAD><TITLE>INDEX OF /x</TITLE></HEAD><BODY>" LINK("26-1.xml") "</BODY>",
			"26-1.xml " },
		{ "<html><body><h1>Index of /x</h1>" LINK("26-1.xml") "</body>", "26-1.xml " },
		{ "<html><title>Index of /x\xE9</title>\xFF" LINK("26-1.xml") "</html>",
			"26-1.xml " },
		/* no index, or a cut one */
		{ "", NULL },
		{ "404", NULL },
		{ "<html><body>Service indisponible</body></html>", NULL },
		{ "<html><head><title>Index of /x</title></head><body>" LINK("26-1.xml"), NULL },
		{ "<html><head><title>Index of /x</title></head><body>" LINK("26-1.xml") "</bo",
			NULL },
		{ "{\"total_count\":0,\"results\":[]}", NULL },
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		struct boamp_flux_index index = { 0 };
		struct str names = STR("");
		int r = boamp_flux_index(exact(table[i].html), &arena, &index, &err);

		for (size_t j = 0; r == 0 && j < index.n; j++)
			names = arena_printf(
				&arena, "%.*s%.*s ", STR_ARG(names), STR_ARG(index.at[j].name));
		assert_int_equal(r, table[i].names ? 0 : -ERROR_INPUT);
		if (table[i].names)
			check_text(table[i].html, names, table[i].names);
	}
}

static void test_index_stamps(void **state UNUSED)
{
	static const char pre[] = PAGE("<pre>" LINK(
		"26-1.xml") "<a href=\"26-2.xml\">26-2.xml</a>   2026-09-05 07:45    9K\n</pre>");
	static const char rows[] = PAGE(
		"<table><tr><td><a href=\"26-1.xml\">26-1.xml</a></td>"
		"<td align=\"right\">2026-09-05 04:46  </td><td align=\"right\">\n 12K</td></tr><tr><td>"
		"<a href=\"26-2.xml\">26-2.xml</a></td><td>2026-09-05 07:45</td></tr></table>");
	struct boamp_flux_index index;

	assert_int_equal(boamp_flux_index(str_of(pre), &arena, &index, &err), 0);
	assert_int_equal(index.n, 2);
	check_text("ref", index.at[0].ref, "26-1");
	check_text("stamp", index.at[0].stamp, "2026-09-05 04:46 12K");
	check_text("stamp", index.at[1].stamp, "2026-09-05 07:45 9K");
	assert_int_equal(boamp_flux_index(str_of(rows), &arena, &index, &err), 0);
	check_text("row", index.at[0].stamp, "2026-09-05 04:46 12K");
	check_text("row", index.at[1].stamp, "2026-09-05 07:45");
}

/* Many links that never close: no quadratic time. */
static void test_index_hostile(void **state UNUSED)
{
	static const char piece[] = "<a href=26-1.xml>";
	size_t len = 2 << 20, at = 0;
	char *html = arena_alloc(&arena, len + 64);
	struct boamp_flux_index index;

	at += (size_t)snprintf(html, 64, "<title>Index of /x</title>");
	while (at + sizeof(piece) < len) {
		memcpy(html + at, piece, sizeof(piece) - 1);
		at += sizeof(piece) - 1;
	}
	memcpy(html + at, "</html>", 7);
	/* Over the ceiling of files, each of which is the same. */
	assert_int_equal(boamp_flux_index(str_n(html, at + 7), &arena, &index, &err), -ERROR_LIMIT);
	memset(html + 26, '"', at - 26);
	assert_int_equal(boamp_flux_index(str_n(html, at + 7), &arena, &index, &err), 0);
}

static void test_explore_page(void **state UNUSED)
{
	static const char *const refused[] = { "", "<html>", "[]", "{}", "{\"results\":[]}",
		"{\"total_count\":1}", "{\"total_count\":\"1\",\"results\":[]}",
		"{\"total_count\":-1,\"results\":[]}", "{\"total_count\":1,\"results\":{}}",
		"{\"total_count\":1,\"results\":[{\"idweb\":\"26-1\"}",
		"{\"error_code\":\"ODSQLError\"}" };
	struct boamp_page page;

	assert_int_equal(
		boamp_explore_page(STR("{\"total_count\": 312, \"results\": [ {\"objet\": \"x\", "
				       "\"idweb\": \"26-1\"}, {\"id\": 1}, 5 ] }"),
			&arena, &page, &err),
		0);
	assert_int_equal(page.total, 312);
	assert_int_equal(page.n, 3);
	check_text("ref", page.at[0].ref, "26-1");
	check_text("bytes", page.at[0].bytes, "{\"idweb\":\"26-1\",\"objet\":\"x\"}");
	check_text("without", page.at[1].ref, NULL);
	check_text("other", page.at[2].ref, NULL);
	for (size_t i = 0; i < LENGTH(refused); i++)
		if (boamp_explore_page(exact(refused[i]), &arena, &page, &err) >= 0)
			fail_msg("%s", refused[i]);
}

static void test_search_body(void **state UNUSED)
{
	day_t day = day_parse(STR("2026-09-05"));

	check_text("first", ted_search_body(STR("FRA"), day, STR_NONE, &arena),
		"{\"query\":\"buyer-country IN (FRA) AND publication-date=20260905 SORT BY "
		"publication-number\",\"fields\":[\"publication-number\",\"publication-date\",\"ojs-number\",\"links\"],"
		"\"limit\":250,\"scope\":\"ALL\",\"paginationMode\":\"ITERATION\"}");
	if (str_find(ted_search_body(STR("FRA"), day, STR("a\"b"), &arena),
		    STR(",\"iterationNextToken\":\"a\\\"b\"}")) == SIZE_MAX)
		fail();
}

static void test_search_page(void **state UNUSED)
{
	static const char *const refused[] = { "", "<html>", "[]", "{}", "{\"notices\":[]}",
		"{\"totalNoticeCount\":1}", "{\"notices\":{},\"totalNoticeCount\":1}",
		"{\"notices\":[{}],\"totalNoticeCount\":1}",
		"{\"notices\":[{\"publication-number\":\"x\"}],\"totalNoticeCount\":1}",
		"{\"notices\":[{\"publication-number\":\"../1-2026\"}],\"totalNoticeCount\":1}",
		"{\"notices\":[],\"totalNoticeCount\":-1}" };
	struct ted_page page;

	assert_int_equal(
		ted_search_page(
			STR("{\"notices\":[{\"publication-number\":\"00564613-2026\",\"links\":{\"xml\":"
			    "{\"MUL\":\"https://ted.example.org/en/notice/564613-2026/xml\"}}},"
			    "{\"publication-number\":[\"564614-2026\"],\"links\":{\"xml\":{\"MUL\":"
			    "[\"https://ted.example.org/x\"]}}},{\"publication-number\":\"1-2026\","
			    "\"links\":{\"xml\":{\"MUL\":\"file:///etc/passwd\"}}}],"
			    "\"totalNoticeCount\":297,\"iterationNextToken\":\"abc\",\"timedOut\":true}"),
			&arena, &page, &err),
		0);
	assert_int_equal(page.total, 297);
	assert_int_equal(page.n, 3);
	assert_true(page.timed_out);
	check_text("token", page.token, "abc");
	check_text("ref", page.at[0].ref, "564613-2026");
	check_text("url", page.at[0].xml_url, "https://ted.example.org/en/notice/564613-2026/xml");
	check_text("list", page.at[1].ref, "564614-2026");
	check_text("list", page.at[1].xml_url, "https://ted.example.org/x");
	check_text("file", page.at[2].xml_url, NULL);
	assert_int_equal(ted_search_page(STR("{\"notices\":[],\"totalNoticeCount\":0,"
					     "\"iterationNextToken\":null}"),
				 &arena, &page, &err),
		0);
	assert_false(page.timed_out);
	check_text("no token", page.token, NULL);
	for (size_t i = 0; i < LENGTH(refused); i++)
		if (ted_search_page(exact(refused[i]), &arena, &page, &err) >= 0)
			fail_msg("%s", refused[i]);
}

static void test_errors(void **state UNUSED)
{
	static const struct {
		const char *body, *expected;
	} table[] = {
		{ "{\"message\":\"no such field\",\"error\":{\"type\":\"QUERY_UNKNOWN_FIELD\"}}",
			"QUERY_UNKNOWN_FIELD: no such field" },
		{ "{\"type\":\"QUERY_SYNTAX_ERROR\",\"message\":\"at 5\"}",
			"QUERY_SYNTAX_ERROR: at 5" },
		{ "{\"type\":\"EXPIRED_ITERATION_TOKEN\"}", "EXPIRED_ITERATION_TOKEN" },
		{ "{\"message\":\"busy\"}", "busy" },
		{ "{}", NULL },
		{ "[]", NULL },
		{ "<html>", NULL },
		{ "", NULL },
	};

	for (size_t i = 0; i < LENGTH(table); i++)
		check_text(
			table[i].body, ted_error(exact(table[i].body), &arena), table[i].expected);
}

static void test_official_journal_days(void **state UNUSED)
{
	static const struct {
		const char *day;
		bool expected;
	} table[] = { { "2026-09-10", true }, { "2026-09-11", true }, { "2026-09-12", false },
		{ "2026-09-13", false }, { "2026-01-01", false }, { "2026-04-06", false },
		{ "2026-04-03", true }, { "2026-05-01", false }, { "2026-05-25", true },
		{ "2026-07-14", true }, { "2026-12-25", false }, { "2024-12-26", false },
		{ "2027-03-29", false } };

	for (size_t i = 0; i < LENGTH(table); i++)
		if (ted_expects_notices(day_parse(str_of(table[i].day))) != table[i].expected)
			fail_msg("%s", table[i].day);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_addresses, arena_reset_state),
		cmocka_unit_test_setup(test_index, arena_reset_state),
		cmocka_unit_test_setup(test_index_stamps, arena_reset_state),
		cmocka_unit_test_setup(test_index_hostile, arena_reset_state),
		cmocka_unit_test_setup(test_explore_page, arena_reset_state),
		cmocka_unit_test_setup(test_search_body, arena_reset_state),
		cmocka_unit_test_setup(test_search_page, arena_reset_state),
		cmocka_unit_test_setup(test_errors, arena_reset_state),
		cmocka_unit_test(test_official_journal_days),
	};

	return cmocka_run_group_tests(tests, NULL, arena_done_state);
}
