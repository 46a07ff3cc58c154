/* tender/notice: text repair, code lists, and what notice_finish() adds. */
#include "tender/notice.h"

#include "tender.h"

#define NBSP "\xC2\xA0"

static void test_repair(void **state UNUSED)
{
	static const struct {
		const char *text, *expected;
	} table[] = {
		{ "Fourniture d'eau", "Fourniture d'eau" }, { "  Fourniture\n", "Fourniture" },
		{ NBSP "Fourniture" NBSP, "Fourniture" }, { "", NULL }, { " \n\t", NULL },
		{ NULL, NULL }, { "&nbsp;", NULL }, { "<p></p>", NULL },
		/* an œ lost on the way, and what only looks like one */
		{ "ma\xC3\xAEtrise d'?uvre", "ma\xC3\xAEtrise d'\xC5\x93uvre" },
		{ "MAITRISE D&#039;?UVRE", "MAITRISE D'\xC5\x92UVRE" }, { "?uvres", "\xC5\x93uvres" },
		{ "c?ur, n?uds et v?ux", "c\xC5\x93ur, n\xC5\x93uds et v\xC5\x93ux" },
		{ "man?uvre", "man\xC5\x93uvre" }, { "Quoi ? Un ?", "Quoi ? Un ?" },
		{ "https://a.example.org/c?url=1", "https://a.example.org/c?url=1" },
		{ "https://a.example.org/?uvre=1", "https://a.example.org/?uvre=1" },
		{ "v?udou", "v?udou" }, { "abc?ur", "abc?ur" },
		/* entities, until stable */
		{ "d&#039;eau", "d'eau" }, { "d&amp;#039;eau", "d'eau" },
		{ "d&amp;amp;#039;eau", "d'eau" }, { "d&amp;amp;amp;#039;eau", "d'eau" },
		{ "d&amp;amp;amp;amp;#039;eau", "d&#039;eau" }, /* four times, no more */
		{ "&quot;eau&quot;", "\"eau\"" }, { "R&amp;D", "R&D" }, { "R&D", "R&D" },
		{ "ma&icirc;trise d&rsquo;&oelig;uvre", "maîtrise d’œuvre" },
		{ "&OElig;uvre &Eacute;cole", "Œuvre École" },
		{ "d&#x27;eau d&#X27;eau d&#8217;eau", "d'eau d'eau d’eau" },
		{ "100 &euro;", "100 €" },
		{ "a&#150;b", "a–b" }, /* windows-1252, as browsers read it */
		{ "a&lt;b", "a<b" }, { "x &lt; y &gt; z", "x < y > z" },
		/* what is no entity */
		{ "a&b;c", "a&b;c" }, { "&", "&" }, { "&;", "&;" }, { "&#;", "&#;" },
		{ "&#x;", "&#x;" }, { "&#0;", "&#0;" }, { "&#1114112;", "&#1114112;" },
		{ "&#99999999999;", "&#99999999999;" }, { "&#xD800;", "&#xD800;" },
		{ "&#12a;", "&#12a;" }, { "&unknown;", "&unknown;" },
		{ "?a=1&copy=2&reg",
			"?a=1&copy=2&reg" }, /* without a semicolon it is a parameter */
		{ "login&amp;type=DCE", "login&type=DCE" },
		/* tags */
		{ "<p>Un</p><p>Deux</p>", "Un\nDeux" },
		{ "Un<br>Deux<br/>Trois<BR />Quatre", "Un\nDeux\nTrois\nQuatre" },
		{ "<b>Un</b> <i>mot</i>", "Un mot" }, { "<STRONG>Un</STRONG>", "Un" },
		{ "<ul><li>Un</li><li>Deux</li></ul>", "Un\nDeux" },
		{ "<span style=\"color: red\">Un</span>", "Un" },
		{ "<div\nclass='x'>Un</div>", "Un" }, { "&lt;p&gt;Un&lt;/p&gt;", "Un" },
		{ "a <b c", "a <b c" }, /* never closed: a formula */
		{ "a<b", "a<b" },
		{ "si a<p et b>c", "si a\nc" }, /* reads as a tag: the price of the list */
		{ "<script>x</script>",
			"<script>x</script>" }, /* kept: escaping is for who writes it out */
		{ "<bloc>x</bloc>", "<bloc>x</bloc>" }, { "<", "<" }, { "</", "</" },
		{ "<>", "<>" },
		/* line ends and control bytes */
		{ "Un\r\nDeux\rTrois", "Un\nDeux\nTrois" },
		{ "Un\x01\x1F"
		  "Deux\x7F",
			"UnDeux" },
		{ "Un\xC2\x81"
		  "Deux",
			"UnDeux" },
		{ "l\xC2\x92" "\xC5\x93uvre, d'\xC2\x9Cuvre", "l’œuvre, d'œuvre" },
		{ "Un\tDeux\n\nTrois", "Un\tDeux\n\nTrois" },
	};

	for (size_t i = 0; i < LENGTH(table); i++)
		check_text(table[i].text ? table[i].text : "(none)",
			notice_text_repair(exact(table[i].text), &arena), table[i].expected);
}

/* What needs no repair is not copied; what was repaired stays as it is. */
static void test_repair_is_stable(void **state UNUSED)
{
	struct str plain = STR("Mission d’assistance, 48000 Mende");
	struct str once = notice_text_repair(STR("<p>R&amp;amp;D d&#039;été</p>"), &arena);

	assert_ptr_equal(notice_text_repair(plain, &arena).ptr, plain.ptr);
	check_text("again", notice_text_repair(once, &arena), "R&D d'été");
}

/* A long run of ampersands and brackets takes no quadratic time (the suite has a clock). */
static void test_repair_ceilings(void **state UNUSED)
{
	size_t len = 4 << 20;
	char *text = arena_alloc(&arena, len);

	memset(text, '&', len);
	assert_int_equal(notice_text_repair(str_n(text, len), &arena).len, len);
	memset(text, '<', len);
	assert_int_equal(notice_text_repair(str_n(text, len), &arena).len, len);
	for (size_t i = 0; i + 3 < len; i += 3)
		memcpy(text + i, "<b ", 3);
	assert_true(notice_text_repair(str_n(text, len - len % 3), &arena).len > 0);
}

static void test_codes(void **state UNUSED)
{
	struct codes codes = { 0 };
	struct str exactly[3] = { STR("a"), STR("b"), STR("c") };
	struct codes made_elsewhere = { .at = exactly, .n = 3 };

	codes_add(&codes, &arena, STR("72000000"));
	codes_add(&codes, &arena, STR(" 72000000 "));
	codes_add(&codes, &arena, STR(""));
	codes_add(&codes, &arena, STR_NONE);
	codes_add(&codes, &arena, STR("48000000"));
	assert_int_equal(codes.n, 2);
	check_text("order", codes.at[0], "72000000");
	assert_true(codes_has(&codes, STR("48000000")));
	assert_false(codes_has(&codes, STR("4800000")));
	assert_false(codes_has(&codes, STR_NONE));
	for (int i = 0; i < 5000; i++)
		codes_add(&codes, &arena, arena_printf(&arena, "%d", i));
	assert_int_equal(codes.n, 2000);
	codes_add(&made_elsewhere, &arena, STR("d"));
	assert_int_equal(made_elsewhere.n, 4);
	check_text("moved", made_elsewhere.at[3], "d");
	check_text("kept", made_elsewhere.at[2], "c");
}

static struct notice minimal(const char *source, const char *ref)
{
	struct notice n;

	notice_init(&n);
	n.title = STR("Supervision du réseau");
	notice_set_id(&n, &arena, str_of(source), str_of(ref));
	return n;
}

static void finish(struct notice *n)
{
	struct error err = ERROR_INIT;

	if (notice_finish(n, &arena, &err) != 0)
		fail_msg("%s", err.text);
}

static void test_finish_from_lots(void **state UNUSED)
{
	struct notice n = minimal("boamp", "26-12345");
	struct lot lots[2];

	lot_init(&lots[0]);
	lot_init(&lots[1]);
	n.lots = lots;
	n.n_lots = 2;
	n.published = day_parse(STR("2026-09-10"));
	codes_add(&n.cpv, &arena, STR("72000000"));
	codes_add(&lots[0].cpv, &arena, STR("72212000"));
	codes_add(&lots[1].cpv, &arena, STR("72000000"));
	codes_add(&n.places, &arena, STR("FRJ"));
	codes_add(&lots[1].places, &arena, STR("FRJ14"));
	codes_add(&lots[1].places, &arena, STR("BE100"));
	lots[0].deadline = deadline_read(STR("2026-10-12T12:00:00+02:00"), &arena);
	lots[1].deadline = deadline_read(STR("2026-10-05T12:00:00+02:00"), &arena);
	finish(&n);
	check_text("id", n.id, "boamp:26-12345");
	check_text("url", n.url, "https://www.boamp.fr/pages/avis/?q=idweb:26-12345");
	assert_int_equal(n.cpv.n, 2);
	check_text("cpv", n.cpv.at[1], "72212000");
	assert_int_equal(n.places.n, 4);
	check_text("region", n.places.at[0], "FRJ");
	check_text("nuts", n.places.at[1], "FRJ14");
	check_text("department", n.places.at[2], "48");
	check_text("foreign", n.places.at[3], "BE100");
	assert_int_equal(n.lots[1].places.n, 3);
	assert_int_equal(n.deadline.at, lots[1].deadline.at);
	assert_int_equal(n.deadline.certainty, DEADLINE_STATED);
}

static void test_finish_own_deadline_stays(void **state UNUSED)
{
	struct notice n = minimal("boamp", "26-1");
	struct lot lot;

	lot_init(&lot);
	lot.deadline = deadline_read(STR("2026-10-05T12:00:00+02:00"), &arena);
	n.lots = &lot;
	n.n_lots = 1;
	n.deadline = deadline_read(STR("2026-10-12T12:00:00"), &arena);
	finish(&n);
	assert_int_equal(n.deadline.certainty, DEADLINE_ASSUMED);
}

static void test_finish_party(void **state UNUSED)
{
	static const struct {
		const char *stated, *postcode, *nuts, *country, *expected;
	} table[] = {
		{ NULL, "48000", "FRK26", "FR", "48" },
		{ NULL, NULL, "FRJ14", "FR", "48" },
		{ NULL, "48000", NULL, NULL, "48" },
		{ NULL, "97400", NULL, "RE", "974" },
		{ "30", "48000", NULL, "FR", "30" },
		{ NULL, "48000", NULL, "DE", NULL }, /* Münster */
		{ NULL, "1000", "BE100", "BE", NULL },
		{ NULL, "Mende", "FRJ14", "FR", "48" },
		{ NULL, NULL, "FRJ", "FR", NULL },
		{ NULL, NULL, NULL, NULL, NULL },
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		struct notice n = minimal("boamp", "26-1");

		n.buyer.department = str_of(table[i].stated);
		n.buyer.postcode = str_of(table[i].postcode);
		n.buyer.nuts = str_of(table[i].nuts);
		n.buyer.country = str_of(table[i].country);
		finish(&n);
		check_text("department", n.buyer.department, table[i].expected);
	}
}

static void test_finish_url(void **state UNUSED)
{
	static const struct {
		const char *source, *ref, *expected;
	} table[] = {
		{ "ted", "123456-2026", "https://ted.europa.eu/fr/notice/-/detail/123456-2026" },
		{ "ted", "c461672f-6128-4263-9e44-178926ead2b3", NULL },
		{ "ted", "123456", NULL },
		{ "requirement", "jumeau-numerique", NULL },
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		struct notice n = minimal(table[i].source, table[i].ref);

		finish(&n);
		check_text(table[i].ref, n.url, table[i].expected);
	}
}

static void test_finish_refuses(void **state UNUSED)
{
	struct error err = ERROR_INIT;
	struct notice n = minimal("boamp", "26-1");

	n = minimal("boamp", "");
	assert_int_equal(notice_finish(&n, &arena, &err), -ERROR_INPUT);
	assert_string_equal(err.text, "the notice has no identifier");
	n = minimal("boamp", "../../x");
	assert_int_equal(notice_finish(&n, &arena, &err), -ERROR_INPUT);
	assert_string_equal(err.text, "\"../../x\" is no number of a notice");
	n = minimal("boamp", "26-1");
	n.n_lots = NOTICE_LOTS_MAX + 1;
	assert_int_equal(notice_finish(&n, &arena, &err), -ERROR_LIMIT);
}

static void test_finish_ceilings(void **state UNUSED)
{
	struct notice n = minimal("boamp", "26-1");
	size_t len = NOTICE_TEXT_MAX + 1;
	char *text = arena_alloc(&arena, len);

	/* Two bytes a character: an odd ceiling must not cut one. */
	for (size_t i = 0; i + 1 < len; i += 2)
		memcpy(text + i, "é", 2);
	text[len - 1] = 'x';
	n.title = str_n(text + 2, NOTICE_TITLE_MAX + 2);
	n.description = str_n(text, len);
	finish(&n);
	assert_int_equal(n.title.len, NOTICE_TITLE_MAX);
	assert_int_equal(n.description.len, NOTICE_TEXT_MAX);
	assert_true(str_utf8_valid(n.title));
}

static void test_names(void **state UNUSED)
{
	enum notice_kind kind;
	enum notice_nature nature;

	for (int i = 0; i < NOTICE_KINDS; i++) {
		assert_true(
			notice_kind_parse(str_of(notice_kind_name((enum notice_kind)i)), &kind));
		assert_int_equal(kind, i);
	}
	for (int i = NATURE_NONE + 1; i < NATURES; i++) {
		assert_true(notice_nature_parse(
			str_of(notice_nature_name((enum notice_nature)i)), &nature));
		assert_int_equal(nature, i);
	}
	assert_null(notice_nature_name(NATURE_NONE));
	assert_null(notice_kind_name(NOTICE_KINDS));
	assert_false(notice_kind_parse(STR("award"), &kind));
	assert_false(notice_nature_parse(STR_NONE, &nature));
}

static void test_nothing_is_said_at_first(void **state UNUSED)
{
	struct notice notice;

	notice_init(&notice);
	assert_int_equal(notice.published, DAY_NONE);
	assert_int_equal(notice.value.cents, MONEY_NONE);
	assert_int_equal(notice.deadline.at, TIME_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_repair, arena_reset_state),
		cmocka_unit_test_setup(test_repair_is_stable, arena_reset_state),
		cmocka_unit_test_setup(test_repair_ceilings, arena_reset_state),
		cmocka_unit_test_setup(test_codes, arena_reset_state),
		cmocka_unit_test_setup(test_finish_from_lots, arena_reset_state),
		cmocka_unit_test_setup(test_finish_own_deadline_stays, arena_reset_state),
		cmocka_unit_test_setup(test_finish_party, arena_reset_state),
		cmocka_unit_test_setup(test_finish_url, arena_reset_state),
		cmocka_unit_test_setup(test_finish_refuses, arena_reset_state),
		cmocka_unit_test_setup(test_finish_ceilings, arena_reset_state),
		cmocka_unit_test(test_names),
		cmocka_unit_test_setup(test_nothing_is_said_at_first, arena_reset_state),
	};

	return cmocka_run_group_tests(tests, NULL, arena_done_state);
}
