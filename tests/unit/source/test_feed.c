/* RSS and Atom: items, and what their words say. */
#include "document.h"

#define RSS(ITEMS)                                                                                 \
	"<rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>Avis"  \
	"</title><link>http://example.org/</link>" ITEMS "</channel></rss>"
#define ITEM(TITLE, REST) "<item><title>" TITLE "</title>" REST "</item>"

static void test_rss(void **state UNUSED)
{
	struct notice n = read_good(RSS(ITEM("Maintenance du <![CDATA[<b>SI</b>]]>",
		"<link>https://achats.example.org/avis/7</link><guid isPermaLink=\"false\">A-7</guid><dc:creator>"
		"Ville d'Essai</dc:creator><pubDate>Tue, 08 Sep 2026 07:30:00 +0200</pubDate><description>&lt;p&gt;"
		"Date limite de remise des offres : 12/10/2026 à 12h00&lt;/p&gt;CPV : 72000000-5, 48000000</description>")));

	check_text("id", n.id, "feed:A-7");
	check_text("title", n.title, "Maintenance du SI");
	check_text("url", n.url, "https://achats.example.org/avis/7");
	check_text("buyer", n.buyer.name, "Ville d'Essai");
	check_codes("cpv", &n.cpv, "72000000 48000000");
	check_deadline("deadline", &n.deadline, "2026-10-12T12:00:00+02:00");
	check_text("as written", n.deadline.text, "12/10/2026 à 12h00");
	assert_int_equal(n.published, day_parse(STR("2026-09-08")));
	assert_int_equal(n.kind, NOTICE_COMPETITION);
}

static void test_atom(void **state UNUSED)
{
	struct notice n = read_good(
		"<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"fr-FR\"><title>Avis</title><entry><id>urn:7</id>"
		"<title>Étude</title><link rel=\"self\" href=\"https://example.org/self\"/><link href=\"https://example.org/7\"/>"
		"<updated>2026-09-08T07:30:00Z</updated><author><name>Ville</name></author><content type=\"xhtml\">"
		"<div>Clôture le 3.11.2026 ou 03.11.2026</div></content></entry></feed>");

	check_text("id", n.id, "feed:urn:7");
	check_text("url", n.url, "https://example.org/7");
	check_text("buyer", n.buyer.name, "Ville");
	check_text("language", n.language, "fr");
	check_deadline("day", &n.deadline, "2026-11-03T23:59:59+01:00");
	assert_int_equal(n.deadline.certainty, DEADLINE_DAY_ONLY);
	assert_int_equal(n.published, day_parse(STR("2026-09-08")));
}

static void test_kinds(void **state UNUSED)
{
	static const struct {
		const char *item;
		enum notice_kind kind;
	} table[] = {
		{ ITEM("Avis d'attribution : voirie", ""), NOTICE_RESULT },
		{ ITEM("Attribution de logements : logiciel", ""), NOTICE_COMPETITION },
		{ ITEM("Voirie", "<category>Avis d’Attribution</category>"), NOTICE_RESULT },
		{ ITEM("Voirie", "<category>Avis de marché</category>"), NOTICE_COMPETITION },
		{ ITEM("RECTIFICATIF voirie", ""), NOTICE_CHANGE },
		{ ITEM("Voirie", "<category>Annulation</category>"), NOTICE_CANCELLATION },
		{ ITEM("Avis de préinformation", ""), NOTICE_PLANNING },
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		struct notice n = read_good(arena_printf(&arena, RSS("%s"), table[i].item).ptr);

		if (n.kind != table[i].kind)
			fail_msg("%s: %d", table[i].item, n.kind);
	}
}

/* Words beside a date, and dates beside other words. */
static void test_deadlines(void **state UNUSED)
{
	static const struct {
		const char *text, *deadline;
	} table[] = {
		{ "Date limite : 01/02/2027 9h05", "2027-02-01T09:05:00+01:00" },
		{ "Remise des plis le 01-02-2027 à 17:30.", "2027-02-01T17:30:00+01:00" },
		{ "date limite le 01/02/2027 pour 12 lots", "2027-02-01T23:59:59+01:00" },
		{ "date limite 31/02/2027", NULL },
		{ "date limite 01/02-2027", NULL },
		{ "date limite 1/2/2027", "2027-02-01T23:59:59+01:00" },
		{ "Date limite de remise des offres : lundi 1er février 2027 à 12 h 00", "2027-02-01T12:00:00+01:00" },
		{ "Date Limite De Réception des plis : 01/02/2027 12:00", "2027-02-01T12:00:00+01:00" },
		{ "CLÔTURE LE 01/02/2027 à 16h30", "2027-02-01T16:30:00+01:00" },
		{ "Réponse attendue avant le 1 février 2027, 9h", "2027-02-01T09:00:00+01:00" },
		{ "DLRO : 2027-02-01 12:00", "2027-02-01T12:00:00+01:00" },
		{ "Date limite des questions : 15/01/2027. Date limite de remise des offres : 01/02/2027",
			"2027-02-01T23:59:59+01:00" },
		{ "Parution : 05/01/2027. Visite le 12/01/2027. Dépôt des offres le 01/02/2027",
			"2027-02-01T23:59:59+01:00" },
		{ "Date limite initiale : 25/01/2027, reportée au 01/02/2027 à 12h", "2027-02-01T12:00:00+01:00" },
		{ "Appel d'offres ouvert mis en ligne le 05/01/2027", NULL },
		{ "Ouverture des plis : 02/02/2027", NULL },
		{ "Clôture : 01/02/2027", "2027-02-01T23:59:59+01:00" },
		{ "Travaux de clôture du stade à partir du 12/10/2027. Remise des offres : 01/02/2027 à 12h00",
			"2027-02-01T12:00:00+01:00" },
		{ "Les travaux seront achevés au plus tard le 31/12/2027", NULL },
		{ "Les plis doivent parvenir au plus tard le 01/02/2027 à 12h", "2027-02-01T12:00:00+01:00" },
		{ "publié le 01/02/2027", NULL },
		{ "date limite 01/02/27", "2027-02-01T23:59:59+01:00" },
		{ "date limite", NULL },
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		struct notice n = read_good(arena_printf(
			&arena, RSS(ITEM("T", "<description>%s</description>")), table[i].text)
						    .ptr);

		check_deadline(table[i].text, &n.deadline, table[i].deadline);
	}
}

static void test_cpv_and_buyer(void **state UNUSED)
{
	struct notice n = read_good(RSS(ITEM("T", "<category domain=\"https://example.org/CPV\">72000000-5</category>"
		"<category>45000000</category><author>achats@example.org (Ville d'Essai)</author>"
		"<description>Lot 12345678. Code cpv principal : 48000000</description>")));

	check_codes("cpv", &n.cpv, "48000000 72000000");
	check_text("buyer", n.buyer.name, "Ville d'Essai");
	n = read_good(RSS(ITEM("T", "<author>achats@example.org</author>")));
	check_text("an address is no name", n.buyer.name, NULL);
	n = read_good("<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><title>T</title><category scheme=\"cpv\" "
		      "term=\"72000000\"/></entry></feed>");
	check_codes("Atom", &n.cpv, "72000000");
}

static void test_items(void **state UNUSED)
{
	struct source_items items;
	struct notice a, b;

	assert_int_equal(source_split(exact(RSS(ITEM("A", "") ITEM("B", "") ITEM("", ""))), &arena,
				 &items, &err),
		0);
	assert_int_equal(items.n, 3);
	assert_int_equal(items.at[1].format, FORMAT_FEED);
	assert_int_equal(source_read(FORMAT_FEED, items.at[0].bytes, &arena, &a, &err), 0);
	assert_int_equal(source_read(FORMAT_FEED, items.at[1].bytes, &arena, &b, &err), 0);
	check_text("second", b.title, "B");
	/* Without identifier or address the text is one: the same gives the same. */
	assert_false(str_eq(a.id, b.id));
	assert_int_equal(source_read(FORMAT_FEED, items.at[1].bytes, &arena, &a, &err), 0);
	assert_true(str_eq(a.id, b.id));
	assert_int_equal(
		source_read(FORMAT_FEED, items.at[2].bytes, &arena, &a, &err), -ERROR_INPUT);
	assert_int_equal(source_split(exact(RSS("")), &arena, &items, &err), 0);
	assert_int_equal(items.n, 0);
	assert_true(source_split(exact("<feed><entry/></feed>"), &arena, &items, &err) < 0);
}

/* Addresses below xml:base, which stands at the item or at an element around it. */
static void test_relative_addresses(void **state UNUSED)
{
	static const struct {
		const char *base, *link, *url;
	} table[] = {
		{ "https://a.example.org/x/y.xml", "avis/7", "https://a.example.org/x/avis/7" },
		{ "https://a.example.org", "avis/7", "https://a.example.org/avis/7" },
		{ "https://a.example.org/x/", "/avis?id=7", "https://a.example.org/avis?id=7" },
		{ "https://a.example.org/x/y/", "./../avis/7", "https://a.example.org/x/avis/7" },
		{ "https://a.example.org/", "../../7", "https://a.example.org/7" },
		{ "https://a.example.org/x/", "//b.example.org/7", "https://b.example.org/7" },
		{ "https://a.example.org/x/", "https://b.example.org/7", "https://b.example.org/7" },
		{ "x/", "avis/7", NULL },
		{ "", "avis/7", NULL },
	};
	struct notice n;

	for (size_t i = 0; i < LENGTH(table); i++) {
		n = read_good(arena_printf(&arena,
			"<rss><channel xml:base=\"%s\"><item><title>T</title><link>%s</link></item></channel></rss>",
			table[i].base, table[i].link).ptr);
		check_text(table[i].link, n.url, table[i].url);
	}
	n = read_good("<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:base=\"https://a.example.org/f/\"><entry "
		      "xml:base=\"e/\"><title>T</title><link href=\"7\"/></entry></feed>");
	check_text("one below the other", n.url, "https://a.example.org/f/e/7");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_rss, arena_reset_state),
		cmocka_unit_test_setup(test_atom, arena_reset_state),
		cmocka_unit_test_setup(test_kinds, arena_reset_state),
		cmocka_unit_test_setup(test_deadlines, arena_reset_state),
		cmocka_unit_test_setup(test_cpv_and_buyer, arena_reset_state),
		cmocka_unit_test_setup(test_items, arena_reset_state),
		cmocka_unit_test_setup(test_relative_addresses, arena_reset_state),
	};

	return cmocka_run_group_tests(tests, NULL, arena_done_state);
}
