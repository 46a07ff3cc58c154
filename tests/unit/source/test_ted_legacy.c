/* TED notices of before eForms: coded header, forms of R2.0.9, forms of R2.0.8. */
#include "document.h"

#define CODE(NAME, VALUE) "<" NAME " CODE=\"" VALUE "\"/>"
#define HEADER(DATA, TYPE, CODES)                                                                  \
	"<CODED_DATA_SECTION><REF_OJS><DATE_PUB>20210330</DATE_PUB></REF_OJS><NOTICE_DATA>"        \
	"<ISO_COUNTRY VALUE=\"FR\"/>" DATA                                                         \
	"</NOTICE_DATA><CODIF_DATA>" CODE("TD_DOCUMENT_TYPE", TYPE) CODES                          \
		"</CODIF_DATA></CODED_DATA_SECTION>"
#define EXPORT(DATA, TYPE, CODES, FORMS)                                                           \
	"<TED_EXPORT xmlns=\"ted/R2.0.9.S02/publication\" xmlns:n=\"ted/2016/nuts\" "              \
	"DOC_ID=\"001234-2021\">" HEADER(DATA, TYPE, CODES) "<FORM_SECTION>" FORMS                 \
							    "</FORM_SECTION></TED_EXPORT>"
#define FORM(NUMBER, BODY)                                                                         \
	"<F_2014 CATEGORY=\"ORIGINAL\" FORM=\"" NUMBER "\" LG=\"FR\">" BODY "</F_2014>"
#define TITLED(REST) "<OBJECT_CONTRACT><TITLE><P>Objet</P></TITLE>" REST "</OBJECT_CONTRACT>"
#define CPV(NAME, VALUE) "<" NAME "><CPV_CODE CODE=\"" VALUE "\"/></" NAME ">"

static void test_call(void **state UNUSED)
{
	struct notice n = read_good(EXPORT(
		"<ORIGINAL_CPV CODE=\"72000000\">x</ORIGINAL_CPV><ORIGINAL_CPV CODE=\"48000000\"/>"
		"<n:PERFORMANCE_NUTS CODE=\"FRK26\"/><n:CA_CE_NUTS CODE=\"FR101\"/>"
		"<REF_NOTICE><NO_DOC_OJS>2020/S 248-016032</NO_DOC_OJS></REF_NOTICE>",
		"3",
		"<DT_DATE_FOR_SUBMISSION>20210510 9:30</DT_DATE_FOR_SUBMISSION>" CODE(
			"NC_CONTRACT_NATURE", "4") CODE("PR_PROC", "2"),
		"<NOTICE_UUID>8c9d</NOTICE_UUID>"
		"<F_2014 CATEGORY=\"TRANSLATION\" FORM=\"F02\" LG=\"FR\"/>"
		"<F_2014 CATEGORY=\"ORIGINAL\" FORM=\"F02\" LG=\"NL\"/>" FORM("F02",
			"<CONTRACTING_BODY><ADDRESS_CONTRACTING_BODY><OFFICIALNAME>Ville\n  d'Essai"
			"</OFFICIALNAME><NATIONALID>732 829 320 00074</NATIONALID><TOWN>Lyon</TOWN>"
			"<POSTAL_CODE>69003</POSTAL_CODE><COUNTRY VALUE=\"FR\"/><n:NUTS CODE=\"FRK26\"/>"
			"</ADDRESS_CONTRACTING_BODY><URL_DOCUMENT>achats.example.org</URL_DOCUMENT>"
			"</CONTRACTING_BODY><OBJECT_CONTRACT><TITLE><P>Réseau de 5 m<FT TYPE=\"SUP\">2</FT>"
			"</P><P>et suite</P></TITLE><REFERENCE_NUMBER>R1</REFERENCE_NUMBER>" CPV(
				"CPV_MAIN",
				"72000000") "<SHORT_DESCR><P>Un.</P><P>Deux\n   mots.</P>"
					    "</SHORT_DESCR><VAL_ESTIMATED_TOTAL CURRENCY=\"EUR\">12500.5 </VAL_ESTIMATED_TOTAL>"
					    "<OBJECT_DESCR><TITLE><P>Étude</P></TITLE><LOT_NO>1</LOT_NO>" CPV(
						    "CPV_ADDITIONAL",
						    "48100000") "<n:NUTS CODE=\"FRK26\"/><n:NUTS CODE=\"00\"/><SHORT_DESCR><P>Nord.</P>"
								"</SHORT_DESCR><AC><AC_QUALITY><AC_CRITERION>Technique</AC_CRITERION><AC_WEIGHTING>60"
								"</AC_WEIGHTING></AC_QUALITY><AC_PRICE><AC_WEIGHTING>40</AC_WEIGHTING></AC_PRICE></AC>"
								"<VAL_OBJECT CURRENCY=\"EUR\">100</VAL_OBJECT></OBJECT_DESCR><OBJECT_DESCR>"
								"<LOT_NO>2 bis</LOT_NO><DIRECTIVE_2014_24_EU><AC_CRITERION>Délai</AC_CRITERION>"
								"</DIRECTIVE_2014_24_EU></OBJECT_DESCR></OBJECT_CONTRACT><LEFTI>"
								"<RESTRICTED_SHELTERED_WORKSHOP/></LEFTI><PROCEDURE><PT_INNOVATION_PARTNERSHIP/>"
								"<DATE_RECEIPT_TENDERS>2021-05-01</DATE_RECEIPT_TENDERS><NOTICE_NUMBER_OJ>"
								"2020/S 248-016032</NOTICE_NUMBER_OJ></PROCEDURE>")));

	check_text("id", n.id, "ted:001234-2021");
	check_text("url", n.url, "https://ted.europa.eu/fr/notice/-/detail/1234-2021");
	check_text("uuid", n.notice_uuid, "8c9d");
	check_text("type", n.notice_type, "F02");
	check_text("language", n.language, "fr");
	check_text("title", n.title, "Réseau de 5 m2 et suite");
	check_text("description", n.description, "Un.\nDeux mots.");
	check_text("buyer", n.buyer.name, "Ville d'Essai");
	check_text("siret", n.buyer.id, "73282932000074");
	check_text("department", n.buyer.department, "69");
	check_text("reference", n.reference, "R1");
	check_text("documents", n.documents_url, "https://achats.example.org");
	check_text("criteria", n.criteria, "Technique (60)\nPrix (40)\nDélai");
	check_text("procedure", n.procedure, "restricted");
	check_codes("cpv", &n.cpv, "72000000 48000000 48100000");
	check_codes("places", &n.places, "FRK26 69");
	check_deadline("the header's", &n.deadline, "2021-05-10T09:30:00+02:00");
	check_text("as written", n.deadline.text, "20210510 9:30");
	assert_int_equal(n.deadline.certainty, DEADLINE_ASSUMED);
	assert_int_equal(n.published, day_parse(STR("2021-03-30")));
	assert_int_equal(n.kind, NOTICE_COMPETITION);
	assert_int_equal(n.nature, NATURE_SERVICES);
	assert_int_equal(n.value.cents, 1250050);
	assert_int_equal(n.value_kind, VALUE_ESTIMATE);
	assert_true(n.innovative);
	assert_true(n.reserved);
	assert_int_equal(n.n_links, 1);
	check_text("six digits", n.links[0].ref, "016032-2020");
	assert_int_equal(n.links[0].kind, LINK_FOLLOWS);
	assert_int_equal(n.n_lots, 2);
	check_text("lot", n.lots[0].id, "LOT-0001");
	check_text("lot", n.lots[0].title, "Étude");
	check_text("lot", n.lots[0].description, "Nord.");
	check_codes("lot", &n.lots[0].cpv, "48100000");
	check_codes("lot", &n.lots[0].places, "FRK26 69");
	assert_int_equal(n.lots[0].value.cents, 10000);
	check_text("as written", n.lots[1].id, "2 bis");
}

/* TD_DOCUMENT_TYPE: the same form otherwise. */
static void test_kinds(void **state UNUSED)
{
	static const struct {
		const char *code;
		enum notice_kind kind, stage;
	} table[] = {
		{ "0", NOTICE_PLANNING, NOTICE_PLANNING },
		{ "1", NOTICE_CHANGE, NOTICE_COMPETITION },
		{ "2", NOTICE_CHANGE, NOTICE_COMPETITION },
		{ "3", NOTICE_COMPETITION, NOTICE_COMPETITION },
		{ "7", NOTICE_RESULT, NOTICE_RESULT },
		{ "A", NOTICE_COMPETITION, NOTICE_COMPETITION },
		{ "B", NOTICE_PLANNING, NOTICE_PLANNING },
		{ "D", NOTICE_COMPETITION, NOTICE_COMPETITION },
		{ "H", NOTICE_COMPETITION, NOTICE_COMPETITION },
		{ "J", NOTICE_RESULT, NOTICE_RESULT },
		{ "K", NOTICE_RESULT, NOTICE_RESULT },
		{ "M", NOTICE_COMPETITION, NOTICE_COMPETITION },
		{ "P", NOTICE_PLANNING, NOTICE_PLANNING },
		{ "Q", NOTICE_COMPETITION, NOTICE_COMPETITION },
		{ "R", NOTICE_RESULT, NOTICE_RESULT },
		{ "V", NOTICE_DIRECT_AWARD, NOTICE_DIRECT_AWARD },
		{ "Z", NOTICE_COMPETITION, NOTICE_COMPETITION },
		{ "", NOTICE_COMPETITION, NOTICE_COMPETITION },
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		struct str text = arena_printf(
			&arena, EXPORT("", "%s", "", FORM("F02", TITLED(""))), table[i].code);
		struct notice n = read_good(text.ptr);

		if (n.kind != table[i].kind || n.stage != table[i].stage)
			fail_msg("document type %s: kind %d, stage %d", table[i].code, n.kind,
				n.stage);
	}
}

/* One block is no lot: it tells more of the purchase. */
static void test_without_lots(void **state UNUSED)
{
	struct notice n = read_good(EXPORT("<ORIGINAL_NUTS CODE=\"FR714\"/>", "7",
		CODE("PR_PROC", "E"),
		FORM("F25",
			TITLED("<SHORT_DESCR><P>Un service.</P></SHORT_DESCR><VAL_ESTIMATED_TOTAL "
			       "CURRENCY=\"EUR\">900</VAL_ESTIMATED_TOTAL><VAL_TOTAL CURRENCY=\"EUR\">700"
			       "</VAL_TOTAL><OBJECT_DESCR><TITLE><P>Détail</P></TITLE>" CPV(
				       "CPV_ADDITIONAL",
				       "90910000") "<SHORT_DESCR><P>Un service. Et bien plus.</P></SHORT_DESCR>"
						   "</OBJECT_DESCR>") "<PROCEDURE><PT_AWARD_CONTRACT_WITH_PRIOR_PUBLICATION/></PROCEDURE>")));

	assert_int_equal(n.n_lots, 0);
	check_text(
		"description", n.description, "Un service.\n\nDétail\n\nUn service. Et bien plus.");
	check_text("procedure", n.procedure, "neg-w-call");
	check_codes("cpv", &n.cpv, "90910000");
	check_codes("places", &n.places, "FR714 38");
	assert_int_equal(n.value.cents, 70000);
	assert_int_equal(n.value_kind, VALUE_AWARD);
	check_deadline("none", &n.deadline, NULL);
}

static void test_correction(void **state UNUSED)
{
	struct notice n = read_good(EXPORT(
		"<REF_NOTICE><NO_DOC_OJS>2021/S 035-086481</NO_DOC_OJS></REF_NOTICE>", "2",
		"<DT_DATE_FOR_SUBMISSION>20210418</DT_DATE_FOR_SUBMISSION>",
		FORM("F14",
			TITLED("") "<CHANGES><CHANGE><WHERE><SECTION>IV.2.2)</SECTION><LABEL>Date limite</LABEL></WHERE>"
				   "<OLD_VALUE><DATE>2021-03-10</DATE><TIME>12:00</TIME></OLD_VALUE><NEW_VALUE><TEXT>"
				   "<P>le 18</P></TEXT></NEW_VALUE></CHANGE><CHANGE><OLD_VALUE>" CPV(
					   "CPV_MAIN",
					   "72000000") "</OLD_VALUE></CHANGE></CHANGES>")));

	assert_int_equal(n.kind, NOTICE_CHANGE);
	check_text("changes", n.description,
		"Rubrique : IV.2.2)\nDate limite\nAu lieu de : 2021-03-10\n12:00\nLire : le 18\n"
		"Au lieu de : 72000000");
	check_text("link", n.links[0].ref, "086481-2021");
	assert_int_equal(n.links[0].kind, LINK_CHANGES);
	check_deadline("day", &n.deadline, "2021-04-18T23:59:59+02:00");
	assert_int_equal(n.deadline.certainty, DEADLINE_DAY_ONLY);
}

/* Hours as they were typed; what is none leaves the day. */
static void test_hours_of_the_header(void **state UNUSED)
{
	static const struct {
		const char *written, *deadline;
	} table[] = {
		{ "20210510 9:30", "2021-05-10T09:30:00+02:00" },
		{ "20210510  12:00 ", "2021-05-10T12:00:00+02:00" },
		{ "20210510 12h00", "2021-05-10T12:00:00+02:00" },
		{ "20210510 midi", "2021-05-10T23:59:59+02:00" },
		{ "20210510", "2021-05-10T23:59:59+02:00" },
		{ "10 mai", NULL },
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		struct notice n = read_good(arena_printf(&arena,
			EXPORT("", "3", "<DT_DATE_FOR_SUBMISSION>%s</DT_DATE_FOR_SUBMISSION>",
				FORM("F02", TITLED(""))),
			table[i].written).ptr);

		check_deadline(table[i].written, &n.deadline, table[i].deadline);
	}
}

/* Without one in the header, what a correction moves IV.2.2 to; one lot's is not the purchase's. */
static void test_moved_deadline(void **state UNUSED)
{
#define MOVED(WHERE, DAY)                                                                          \
	"<CHANGE><WHERE>" WHERE "</WHERE><OLD_VALUE><DATE>2021-04-01</DATE></OLD_VALUE><NEW_VALUE><DATE>"  \
	DAY "</DATE><TIME>16:00</TIME></NEW_VALUE></CHANGE>"
	struct notice n = read_good(EXPORT("", "2", "",
		FORM("F14", TITLED("") "<CHANGES>" MOVED("<SECTION>IV.2.7)</SECTION>", "2021-04-20") MOVED(
			"<SECTION>IV.2.2)</SECTION><LOT_NO>2</LOT_NO>", "2021-04-17") MOVED(
			"<SECTION>IV.2.2)</SECTION>", "2021-04-18") "</CHANGES>")));
#undef MOVED

	check_deadline("moved", &n.deadline, "2021-04-18T16:00:00+02:00");
	assert_int_equal(n.deadline.certainty, DEADLINE_CORRECTED);
}

/* The header says the amount of the form again, and alone where the form leaves it out. */
static void test_value_of_the_header(void **state UNUSED)
{
#define VALUES                                                                                             \
	"<VALUES><VALUE TYPE=\"ESTIMATED_TOTAL\" CURRENCY=\"EUR\">10.00</VALUE>"                             \
	"<VALUE TYPE=\"PROCUREMENT_TOTAL\" CURRENCY=\"SEK\">77.50</VALUE></VALUES>"
	struct notice n = read_good(EXPORT(VALUES, "3", "", FORM("F02", TITLED(""))));

	assert_int_equal(n.value.cents, 1000);
	assert_int_equal(n.value_kind, VALUE_ESTIMATE);
	n = read_good(EXPORT(VALUES, "7", "", FORM("F03", TITLED(""))));
	assert_int_equal(n.value.cents, 7750);
	assert_string_equal(n.value.currency, "SEK");
	assert_int_equal(n.value_kind, VALUE_AWARD);
	n = read_good(EXPORT(VALUES, "7", "",
		FORM("F03", TITLED("<VAL_TOTAL CURRENCY=\"EUR\">5</VAL_TOTAL>"))));
	assert_int_equal(n.value.cents, 500);
#undef VALUES
}

#define DEFENCE(NAME, BODY)                                                                        \
	"<X_DEFENCE CATEGORY=\"ORIGINAL\" FORM=\"17\" LG=\"FR\"><FD_" NAME "><A>"                  \
	"<CA_CE_CONCESSIONAIRE_PROFILE><ORGANISATION><OFFICIALNAME>Service</OFFICIALNAME>"         \
	"</ORGANISATION><TOWN>Brest</TOWN><POSTAL_CODE>29240</POSTAL_CODE><COUNTRY VALUE=\"FR\"/>" \
	"</CA_CE_CONCESSIONAIRE_PROFILE></A>" BODY "</FD_" NAME "></X_DEFENCE>"

static void test_defence(void **state UNUSED)
{
	struct notice n = read_good(EXPORT(
		"<VALUES_LIST><VALUES TYPE=\"GLOBAL\"><RANGE_VALUE><VALUE CURRENCY=\"EUR\">298 000</VALUE>"
		"<VALUE CURRENCY=\"EUR\">1 640 000,50</VALUE></RANGE_VALUE></VALUES></VALUES_LIST>",
		"3", "",
		DEFENCE("CONTRACT_DEFENCE",
			"<O><TITLE_CONTRACT><P>Assurances</P></TITLE_CONTRACT><T><TYPE_CONTRACT "
			"VALUE=\"SERVICES\"/></T><LOCATION_NUTS><n:NUTS CODE=\"FRH02\"/></LOCATION_NUTS>"
			"<SHORT_CONTRACT_DESCRIPTION><P>Texte.</P></SHORT_CONTRACT_DESCRIPTION><CPV>" CPV(
				"CPV_MAIN",
				"66510000") "</CPV><F17_ANNEX_B><LOT_NUMBER>2</LOT_NUMBER>"
					    "<LOT_TITLE>Risques</LOT_TITLE><LOT_DESCRIPTION><P>Lot.</P></LOT_DESCRIPTION><CPV>" CPV(
						    "CPV_MAIN",
						    "66514140") "</CPV><Q><COSTS_RANGE_AND_CURRENCY CURRENCY=\"EUR\">"
								"<VALUE_COST FMTVAL=\"60000\">60 000</VALUE_COST></COSTS_RANGE_AND_CURRENCY></Q>"
								"</F17_ANNEX_B></O><FILE_REFERENCE_NUMBER><P>F-7</P></FILE_REFERENCE_NUMBER>"
								"<NOTICE_NUMBER_OJ>2019/S 125-307127</NOTICE_NUMBER_OJ>")));

	check_text("title", n.title, "Assurances");
	check_text("description", n.description, "Texte.");
	check_text("buyer", n.buyer.name, "Service");
	check_text("reference", n.reference, "F-7");
	check_codes("cpv", &n.cpv, "66510000 66514140");
	check_codes("places", &n.places, "FRH02 29");
	assert_int_equal(n.nature, NATURE_SERVICES);
	assert_int_equal(n.value.cents, 164000050);
	assert_int_equal(n.value_kind, VALUE_CEILING);
	assert_int_equal(n.n_lots, 1);
	check_text("lot", n.lots[0].id, "LOT-0002");
	assert_int_equal(n.lots[0].value.cents, 6000000);
	check_text("link", n.links[0].ref, "307127-2019");

	/* of an award only one contract is its total, and a range of offers is no amount */
	n = read_good(EXPORT(
		"<VALUES_LIST><VALUES TYPE=\"GLOBAL\"><RANGE_VALUE><VALUE "
		"CURRENCY=\"EUR\">1</VALUE><VALUE CURRENCY=\"EUR\">9</VALUE></RANGE_VALUE>"
		"</VALUES><VALUES TYPE=\"CONTRACT\"><SINGLE_VALUE><VALUE CURRENCY=\"EUR\">7"
		"</VALUE></SINGLE_VALUE></VALUES></VALUES_LIST>",
		"7", "",
		DEFENCE("CONTRACT_AWARD_DEFENCE",
			"<TITLE_CONTRACT><P>T</P></TITLE_CONTRACT><AWARD_OF_CONTRACT_DEFENCE><LOT_NUMBER>1"
			"</LOT_NUMBER></AWARD_OF_CONTRACT_DEFENCE>")));
	assert_int_equal(n.value.cents, 700);
	assert_int_equal(n.value_kind, VALUE_AWARD);
	assert_int_equal(n.n_lots, 0);
}

static void test_sparse(void **state UNUSED)
{
	struct notice n = read_good(
		"<TED_EXPORT><CODED_DATA_SECTION><NOTICE_DATA><NO_DOC_OJS>2021/S 1-0077</NO_DOC_OJS>"
		"</NOTICE_DATA></CODED_DATA_SECTION><TRANSLATION_SECTION><ML_TITLES><ML_TI_DOC LG=\"EN\">"
		"<TI_TEXT><P>no</P></TI_TEXT></ML_TI_DOC><ML_TI_DOC LG=\"FR\"><TI_TEXT><P>Assurances</P>"
		"</TI_TEXT></ML_TI_DOC></ML_TITLES></TRANSLATION_SECTION><FORM_SECTION>" FORM(
			"F02", "") "</FORM_SECTION></TED_EXPORT>");

	check_text("id from the journal", n.id, "ted:000077-2021");
	check_text("title from TED", n.title, "Assurances");
	assert_int_equal(n.published, DAY_NONE);
	n = read_good(EXPORT("", "3", "", FORM("F02", "")));
	check_text("title", n.title, NULL);
}

/* Per-language copies of TED's packages: a translation stands there without the original. */
static void test_translation_alone(void **state UNUSED)
{
	struct notice n = read_good("<TED_EXPORT DOC_ID=\"000011-2013\"><CODED_DATA_SECTION><CODIF_DATA>"
		"<TD_DOCUMENT_TYPE CODE=\"3\"/></CODIF_DATA></CODED_DATA_SECTION><FORM_SECTION><NOTICE_UUID>u</NOTICE_UUID>"
		"<F02_2014 LG=\"EN\" CATEGORY=\"TRANSLATION\"><OBJECT_CONTRACT><TITLE><P>Cleaning</P></TITLE></OBJECT_CONTRACT>"
		"</F02_2014><F02_2014 LG=\"FR\" CATEGORY=\"TRANSLATION\"><OBJECT_CONTRACT><TITLE><P>Nettoyage</P></TITLE>"
		"</OBJECT_CONTRACT></F02_2014></FORM_SECTION></TED_EXPORT>");

	check_text("id", n.id, "ted:000011-2013");
	check_text("in French", n.title, "Nettoyage");
	check_text("language", n.language, "fr");
	assert_int_equal(n.n_wordings, 1);
}

static void test_refused(void **state UNUSED)
{
	static const struct {
		const char *document, *says;
	} table[] = {
		{ "<TED_EXPORT/>", "without a form in any language" },
		{ "<TED_EXPORT><FORM_SECTION><F CATEGORY=\"TRANSLATION\"/></FORM_SECTION></TED_EXPORT>",
			"without a form in any language" },
		{ "<TED_EXPORT><FORM_SECTION>" FORM(
			  "F02", TITLED("")) "</FORM_SECTION></TED_EXPORT>",
			"the notice has no identifier" },
	};
	struct notice n;

	for (size_t i = 0; i < LENGTH(table); i++) {
		if (read_one(table[i].document, &n) != -ERROR_INPUT ||
			str_find(str_of(err.text), str_of(table[i].says)) == SIZE_MAX)
			fail_msg("%s: %s", table[i].document, err.text);
	}
}

/*
 * The forms of R2.0.7 and R2.0.8, of which no real one is at hand but defence: what each calls its title and its
 * text, and how TED codes it.
 */
static void test_old_forms(void **state UNUSED)
{
#define OLD(NAME, BODY)                                                                            \
	"<" NAME " CATEGORY=\"ORIGINAL\" FORM=\"1\" LG=\"FR\"><FD_" NAME ">" BODY "</FD_" NAME      \
	"></" NAME ">"
#define OBJECT(PATH, TITLE, TEXT)                                                                  \
	"<" PATH "><" TITLE "><P>Titre</P></" TITLE "><" TEXT "><P>Texte</P></" TEXT               \
	"><CPV><CPV_MAIN><CPV_CODE CODE=\"72000000\"/></CPV_MAIN></CPV></" PATH ">"
#define PLAIN(PATH) OBJECT(PATH, "TITLE_CONTRACT", "SHORT_CONTRACT_DESCRIPTION")
	static const struct {
		const char *document, *kind, *stage;
	} table[] = {
		{ EXPORT("", "0", "",
			  OLD("PRIOR_INFORMATION", OBJECT("OBJECT_SUPPLIES_SERVICES_PRIOR_INFORMATION",
							   "TITLE_CONTRACT", "DESCRIPTION_OF_CONTRACT"))),
			"planning", "planning" },
		{ EXPORT("", "3", "", OLD("CONTRACT", PLAIN("OBJECT_CONTRACT_INFORMATION"))), "competition",
			"competition" },
		{ EXPORT("", "7", "",
			  OLD("CONTRACT_AWARD", PLAIN("OBJECT_CONTRACT_INFORMATION_CONTRACT_AWARD_NOTICE"))),
			"result", "result" },
		{ EXPORT("", "P", "",
			  OLD("PERIODIC_INDICATIVE_UTILITIES",
				  OBJECT("OBJECT_CONTRACT_PERIODIC_INDICATIVE", "TITLE_CONTRACT",
					  "DESCRIPTION_OF_CONTRACT"))),
			"planning", "planning" },
		{ EXPORT("", "3", "",
			  OLD("CONTRACT_UTILITIES", PLAIN("OBJECT_CONTRACT_CONTRACT_UTILITIES"))),
			"competition", "competition" },
		{ EXPORT("", "7", "",
			  OLD("CONTRACT_AWARD_UTILITIES", OBJECT("OBJECT_CONTRACT_AWARD_UTILITIES",
								  "TITLE_CONTRACT", "SHORT_DESCRIPTION"))),
			"result", "result" },
		{ EXPORT("", "Q", "",
			  OLD("QUALIFICATION_SYSTEM_UTILITIES",
				  OBJECT("OBJECT_QUALIFICATION_SYSTEM", "TITLE_QUALIFICATION_SYSTEM",
					  "DESCRIPTION"))),
			"competition", "competition" },
		{ EXPORT("", "B", "", 
			  OLD("BUYER_PROFILE", OBJECT("OBJECT_NOTICE_BUYER_PROFILE",
						       "TITLE_NOTICE_BUYER_PROFILE", "SHORT_DESCRIPTION_CONTRACT"))),
			"planning", "planning" },
		{ EXPORT("", "Y", "",
			  OLD("SIMPLIFIED_CONTRACT", OBJECT("OBJECT_SIMPLIFIED_CONTRACT_NOTICE",
							     "TITLE_CONTRACT", "SHORT_DESCRIPTION_CONTRACT"))),
			"competition", "competition" },
		{ EXPORT("", "C", "", OLD("CONCESSION", PLAIN("OBJECT_CONCESSION"))), "competition",
			"competition" },
		{ EXPORT("", "E", "", OLD("CONTRACT_CONCESSIONAIRE", PLAIN("OBJECT_CONTRACT_SUB"))),
			"competition", "competition" },
		{ EXPORT("", "D", "", 
			  OLD("DESIGN_CONTEST", OBJECT("OBJECT_DESIGN_CONTEST", "TITLE_DESIGN_CONTACT_NOTICE",
							"SHORT_DESCRIPTION_CONTRACT"))),
			"competition", "competition" },
		{ EXPORT("", "R", "", OLD("RESULT_DESIGN_CONTEST", PLAIN("OBJECT_RESULT_DESIGN_CONTEST"))),
			"result", "result" },
		{ EXPORT("", "2", "", OLD("ADDITIONAL_INFORMATION_CORRIGENDUM", PLAIN("OBJECT_ICAR"))),
			"change", "competition" },
		{ EXPORT("", "V", "",
			  OLD("VOLUNTARY_EX_ANTE_TRANSPARENCY_NOTICE", PLAIN("OBJECT_VEAT"))),
			"direct-award", "direct-award" },
		{ EXPORT("", "0", "", OLD("PRIOR_INFORMATION_DEFENCE", PLAIN("OBJECT_PRIOR"))), "planning",
			"planning" },
		{ EXPORT("", "3", "", OLD("CONTRACT_DEFENCE", PLAIN("OBJECT_CONTRACT_DEFENCE"))),
			"competition", "competition" },
		{ EXPORT("", "7", "", OLD("CONTRACT_AWARD_DEFENCE", PLAIN("OBJECT_AWARD"))), "result",
			"result" },
		{ EXPORT("", "F", "", OLD("CONTRACT_CONCESSIONAIRE_DEFENCE", PLAIN("OBJECT_SUB"))),
			"competition", "competition" },
		{ EXPORT("", "0", "", OLD("PRIOR_INFORMATION_MOVE", PLAIN("OBJECT_PI_MOVE"))), "planning",
			"planning" },
		{ EXPORT("", "7", "", OLD("CONTRACT_MOVE", PLAIN("OBJECT_CONTRACT_MOVE"))), "result",
			"result" },
		{ EXPORT("", "I", "", OLD("OTH_NOT", OBJECT("OBJ_NOT", "TI_DOC", "BLK_BTX"))),
			"competition", "competition" },
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		struct notice n = read_good(table[i].document);

		check_text(table[i].document, n.title, "Titre");
		assert_non_null(strstr(n.description.ptr, "Texte"));
		check_codes(table[i].document, &n.cpv, "72000000");
		check_text(table[i].document, str_of(notice_kind_name(n.kind)), table[i].kind);
		check_text(table[i].document, str_of(notice_kind_name(n.stage)), table[i].stage);
		assert_int_equal(n.n_lots, 0);
	}
}

/* What a form says where the header is silent, and what belongs to a lot or an award alone. */
static void test_old_whole(void **state UNUSED)
{
#define LIMIT(NAME, DAY)                                                                           \
	"<" NAME "><DAY>" DAY "</DAY><MONTH>04</MONTH><YEAR>2015</YEAR><TIME>9:30</TIME></" NAME ">"
#define COSTS(NAME, VALUE) "<" NAME " CURRENCY=\"EUR\">" VALUE "</" NAME ">"
	struct notice n = read_good(EXPORT("", "0", "",
		OLD("PRIOR_INFORMATION_DEFENCE",
			"<OBJECT><TITLE_CONTRACT><P>Titre</P></TITLE_CONTRACT><LOT_PRIOR_INFORMATION><LOT_NUMBER>1"
			"</LOT_NUMBER><CPV>" CPV("CPV_MAIN", "48000000") "</CPV>" COSTS(
				"COSTS_RANGE_AND_CURRENCY", "<VALUE_COST>5</VALUE_COST>")
			"</LOT_PRIOR_INFORMATION>" COSTS("COSTS_RANGE_AND_CURRENCY",
				"<RANGE_VALUE_COST><LOW_VALUE>10</LOW_VALUE><HIGH_VALUE>20</HIGH_VALUE></RANGE_VALUE_COST>")
			"<CPV>" CPV("CPV_MAIN", "72000000") CPV("CPV_ADDITIONAL", "72200000") "</CPV></OBJECT>")));

	check_codes("behind the lots", &n.cpv, "72000000 72200000 48000000");
	check_codes("the lot's own", &n.lots[0].cpv, "48000000");
	assert_int_equal(n.lots[0].value.cents, 500);
	assert_int_equal(n.value.cents, 2000);
	assert_int_equal(n.value_kind, VALUE_CEILING);

	n = read_good(EXPORT("", "7", "",
		OLD("CONTRACT_AWARD",
			"<OBJECT><TOTAL_FINAL_VALUE>" COSTS("COSTS_RANGE_AND_CURRENCY_WITH_VAT_RATE",
				"<VALUE_COST>70</VALUE_COST>") "</TOTAL_FINAL_VALUE></OBJECT>")));
	assert_int_equal(n.value.cents, 7000);
	assert_int_equal(n.value_kind, VALUE_AWARD);
	n = read_good(EXPORT("", "7", "",
		OLD("CONTRACT_AWARD",
			"<AWARD_OF_CONTRACT><V>" COSTS("COSTS_RANGE_AND_CURRENCY_WITH_VAT_RATE",
				"<VALUE_COST>70</VALUE_COST>") "</V></AWARD_OF_CONTRACT>")));
	assert_int_equal(n.value_kind, VALUE_NONE); /* of one contract, not of the whole */
	n = read_good(EXPORT("", "7", "",
		OLD("CONTRACT_AWARD",
			"<OBJECT><TOTAL_FINAL_VALUE>" COSTS("COSTS_RANGE_AND_CURRENCY_WITH_VAT_RATE",
				"<RANGE_VALUE_COST><HIGH_VALUE>70</HIGH_VALUE></RANGE_VALUE_COST>")
			"</TOTAL_FINAL_VALUE></OBJECT>")));
	assert_int_equal(n.value_kind, VALUE_NONE); /* between the offers */

	n = read_good(EXPORT("", "D", "",
		OLD("DESIGN_CONTEST", "<A>" LIMIT("TIME_LIMIT", "01") LIMIT("TIME_LIMIT_CHP", "02") "</A>")));
	check_deadline("of the contest", &n.deadline, "2015-04-02T09:30:00+02:00");
	n = read_good(EXPORT("", "E", "",
		OLD("CONTRACT_CONCESSIONAIRE", "<F11_TIME_LIMIT_TYPE>" LIMIT("TIME_LIMIT", "03")
			"</F11_TIME_LIMIT_TYPE>")));
	check_deadline("of a concessionaire", &n.deadline, "2015-04-03T09:30:00+02:00");
	n = read_good(EXPORT("", "3", "", OLD("CONTRACT", "<C>" LIMIT("TIME_LIMIT", "01") "</C>")));
	assert_int_equal(n.deadline.certainty, DEADLINE_NONE); /* for asking for documents */
}

static void test_old_details(void **state UNUSED)
{
	static const char names[] =
		"<TRANSLATION_SECTION><ML_AA_NAMES><AA_NAME LG=\"EN\">No</AA_NAME><AA_NAME LG=\"FR\">"
		"Agence d'Essai</AA_NAME></ML_AA_NAMES></TRANSLATION_SECTION></TED_EXPORT>";
	struct notice n = read_good(EXPORT("", "7", "",
		OLD("CONTRACT_AWARD_UTILITIES",
			"<AWARD_CONTRACT_CONTRACT_AWARD_UTILITIES><AWARD_AND_CONTRACT_VALUE><CONTRACT_NO>C7"
			"</CONTRACT_NO><LOT_NUMBER>2</LOT_NUMBER><DATE_OF_CONTRACT_AWARD><DAY>02</DAY><MONTH>03"
			"</MONTH><YEAR>2015</YEAR></DATE_OF_CONTRACT_AWARD><ECONOMIC_OPERATOR_NAME_ADDRESS>"
			"<CONTACT_DATA_WITHOUT_RESPONSIBLE_NAME><ORGANISATION><OFFICIALNAME>Essai SA"
			"</OFFICIALNAME></ORGANISATION></CONTACT_DATA_WITHOUT_RESPONSIBLE_NAME>"
			"</ECONOMIC_OPERATOR_NAME_ADDRESS><INFO><COSTS_RANGE_AND_CURRENCY_WITH_VAT_RATE "
			"CURRENCY=\"EUR\"><VALUE_COST FMTVAL=\"1200\">1 200</VALUE_COST>"
			"</COSTS_RANGE_AND_CURRENCY_WITH_VAT_RATE></INFO></AWARD_AND_CONTRACT_VALUE>"
			"</AWARD_CONTRACT_CONTRACT_AWARD_UTILITIES>")));

	assert_int_equal(n.n_lots, 0); /* an award names lots, it does not make any */
	assert_int_equal(n.n_awards, 1);
	check_text("lot", n.awards[0].lot, "LOT-0002");
	check_text("contract", n.awards[0].contract, "C7");
	assert_int_equal(n.awards[0].decided, day_parse(STR("2015-03-02")));
	check_text("winner", n.awards[0].winners[0].party.name, "Essai SA");
	assert_int_equal(n.awards[0].value.cents, 120000);

	n = read_good(EXPORT("", "R", "",
		OLD("RESULT_DESIGN_CONTEST",
			"<RESULTS_CONTEST_RESULT_DESIGN_CONTEST><RESULT_CONTEST><AWARD_PRIZES>"
			"<NAME_ADDRESS_WINNER><CONTACT_DATA_WITHOUT_RESPONSIBLE_NAME><ORGANISATION>Atelier"
			"</ORGANISATION></CONTACT_DATA_WITHOUT_RESPONSIBLE_NAME></NAME_ADDRESS_WINNER>"
			"</AWARD_PRIZES></RESULT_CONTEST></RESULTS_CONTEST_RESULT_DESIGN_CONTEST>")));
	assert_int_equal(n.n_awards, 1);
	check_text("prize", n.awards[0].winners[0].party.name, "Atelier");

	n = read_good(EXPORT("", "3", "",
		OLD("CONTRACT", "<PROC><RECEIPT_LIMIT_DATE><DAY>3</DAY><MONTH>4</MONTH><YEAR>2015</YEAR>"
				"<TIME>9:30</TIME></RECEIPT_LIMIT_DATE></PROC>"
				"<A><URL_PARTICIPATE>achats.example.org/p</URL_PARTICIPATE>"
				"<URL_DOCUMENT>achats.example.org/d</URL_DOCUMENT></A>")));
	check_deadline("without one in the header", &n.deadline, "2015-04-03T09:30:00+02:00");
	check_text("documents", n.documents_url, "https://achats.example.org/d");

	n = read_good(EXPORT("", "3", "", OLD("CONTRACT",
		"<A><URL_PARTICIPATE>achats.example.org/p</URL_PARTICIPATE>"
		"<URL_BUYER>https://profil.example.org</URL_BUYER></A>")));
	assert_false(str_given(n.documents_url)); /* where tenders go, who buys: not where documents are */

	n = read_good(EXPORT("", "2", "",
		OLD("ADDITIONAL_INFORMATION_CORRIGENDUM",
			"<PROCEDURES_ICAR><NOTICE_NUMBER_OJ>2015/S 1-77</NOTICE_NUMBER_OJ><CORRECTION_ADDITIONAL_INFO>"
			"<INFORMATION_CORRECTED_ADDED><REPLACE><WHERE><P>II.1</P></WHERE><OLD_VALUE><P>dix</P>"
			"</OLD_VALUE><NEW_VALUE><P>onze</P></NEW_VALUE></REPLACE></INFORMATION_CORRECTED_ADDED>"
			"</CORRECTION_ADDITIONAL_INFO></PROCEDURES_ICAR>")));
	check_text("what is corrected", n.description, "II.1\ndix\nonze");
	check_text("which notice", n.links[0].ref, "000077-2015");
	assert_int_equal(n.links[0].kind, LINK_CHANGES);

	n = read_good(arena_printf(&arena, "%.*s%s",
		(int)strlen(EXPORT("", "G", "", "<EEIG CATEGORY=\"ORIGINAL\" LG=\"FR\"><P>Constitution</P></EEIG>")) -
			(int)strlen("</TED_EXPORT>"),
		EXPORT("", "G", "", "<EEIG CATEGORY=\"ORIGINAL\" LG=\"FR\"><P>Constitution</P></EEIG>"),
		names).ptr);
	check_text("a company", str_of(notice_kind_name(n.kind)), "registration");
	check_text("what it says", n.description, "Constitution");
	check_text("who", n.buyer.name, "Agence d'Essai");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_call, arena_reset_state),
		cmocka_unit_test_setup(test_kinds, arena_reset_state),
		cmocka_unit_test_setup(test_without_lots, arena_reset_state),
		cmocka_unit_test_setup(test_correction, arena_reset_state),
		cmocka_unit_test_setup(test_hours_of_the_header, arena_reset_state),
		cmocka_unit_test_setup(test_moved_deadline, arena_reset_state),
		cmocka_unit_test_setup(test_value_of_the_header, arena_reset_state),
		cmocka_unit_test_setup(test_defence, arena_reset_state),
		cmocka_unit_test_setup(test_old_forms, arena_reset_state),
		cmocka_unit_test_setup(test_old_whole, arena_reset_state),
		cmocka_unit_test_setup(test_old_details, arena_reset_state),
		cmocka_unit_test_setup(test_sparse, arena_reset_state),
		cmocka_unit_test_setup(test_translation_alone, arena_reset_state),
		cmocka_unit_test_setup(test_refused, arena_reset_state),
	};

	return cmocka_run_group_tests(tests, NULL, arena_done_state);
}
