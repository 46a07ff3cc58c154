/* eForms documents under the OASIS namespaces, as TED publishes them. */
#include "document.h"

static void test_eforms_identity(void **state UNUSED)
{
	struct notice n = read_good(EFORMS("ContractNotice",
		EXT("<efac:Publication><efbc:NoticePublicationID schemeName=\"ojs-notice-id\">00123456-2026"
		    "</efbc:NoticePublicationID><efbc:PublicationDate>2026-09-10+02:00</efbc:PublicationDate>"
		    "</efac:Publication>") ID
		"<cbc:ContractFolderID>A66F9036-907D-47DC-82D8-1822D895169A</cbc:ContractFolderID>"
		"<cbc:IssueDate>2026-09-08Z</cbc:IssueDate><cbc:VersionID>03</cbc:VersionID>" TYPE(
			"competition", "cn-standard")
			PROJECT("<cbc:ID>REF 1</cbc:ID>" NAME("Titre"))));

	check_text("id", n.id, "ted:123456-2026");
	check_text("uuid", n.notice_uuid, "c461672f-6128-4263-9e44-178926ead2b3");
	check_text("procedure", n.procedure_id, "a66f9036-907d-47dc-82d8-1822d895169a");
	check_text("reference", n.reference, "REF 1");
	check_text("url", n.url, "https://ted.europa.eu/fr/notice/-/detail/123456-2026");
	assert_int_equal(n.version, 3);
	assert_int_equal(n.published, day_parse(STR("2026-09-10")));
	assert_int_equal(n.kind, NOTICE_COMPETITION);
	n = read_good(EFORMS("ContractNotice",
		ID "<cbc:IssueDate>2026-09-08Z</cbc:IssueDate>" TYPE("competition", "cn-standard")
			PROJECT(NAME("Titre"))));
	check_text("unpublished", n.id, "ted:c461672f-6128-4263-9e44-178926ead2b3");
	check_text("unpublished", n.url, NULL);
	assert_int_equal(
		n.published, DAY_NONE); /* the day of dispatch is not that of publication */
}

/* A draft: nothing identifies it, and nothing names it. */
static void test_eforms_without_identifier(void **state UNUSED)
{
	static const char draft[] = EFORMS("ContractNotice", TYPE("competition", "cn-standard"));
	struct notice n = read_good(draft), again = read_good(draft);

	assert_true(str_starts(n.ref, "sans-numero-"));
	assert_true(str_eq(n.id, again.id));
	assert_false(str_given(n.title));
}

static void test_eforms_kinds(void **state UNUSED)
{
	static const struct {
		const char *root, *form, *type, *changes, *kind, *stage;
	} table[] = {
		{ "ContractNotice", "competition", "cn-standard", "", "competition",
			"competition" },
		{ "PriorInformationNotice", "competition", "pin-cfc-standard", "", "competition",
			"competition" },
		{ "PriorInformationNotice", "planning", "pin-only", "", "planning", "planning" },
		{ "PriorInformationNotice", "consultation", "pmc", "", "planning", "planning" },
		{ "ContractAwardNotice", "result", "can-standard", "", "result", "result" },
		{ "ContractAwardNotice", "cont-modif", "can-modif", "", "result", "result" },
		{ "ContractAwardNotice", "completion", "compl", "", "result", "result" },
		{ "ContractAwardNotice", "dir-awa-pre", "veat", "", "direct-award",
			"direct-award" },
		{ "ContractNotice", "change", "corr", "", "change", "competition" },
		{ "PriorInformationNotice", "", "pin-cfc-social", "", "competition",
			"competition" },
		{ "PriorInformationNotice", "", "", "", "planning", "planning" },
		{ "ContractAwardNotice", "something-new", "x", "", "result", "result" },
		{ "ContractNotice", "competition", "cn-standard", "<efac:Changes/>", "change",
			"competition" },
		{ "ContractNotice", "competition", "cn-standard",
			"<efac:Changes><efac:ChangeReason><cbc:ReasonCode>cancel</cbc:ReasonCode>"
			"</efac:ChangeReason></efac:Changes>",
			"cancellation", "competition" },
		{ "ContractNotice", "competition", "cn-standard",
			"<efac:Changes><efac:ChangeReason><cbc:ReasonCode>cor-buy</cbc:ReasonCode>"
			"</efac:ChangeReason><efac:ChangeReason><cbc:ReasonCode> cancel-intent </cbc:ReasonCode>"
			"</efac:ChangeReason></efac:Changes>",
			"cancellation", "competition" },
		{ "ContractAwardNotice", "result", "can-standard", "<efac:Changes/>", "change",
			"result" },
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		struct notice n = read_good(arena_printf(&arena,
			"<%s xmlns=\"" UBL
			"%s-2\" xmlns:cbc=\"u:c\" xmlns:cac=\"u:a\" xmlns:ext=\"u:x\" "
			"xmlns:efac=\"u:f\" xmlns:efext=\"u:e\">" EXT("%s") ID TYPE("%s", "%s")
				PROJECT(NAME("T")) "</%s>",
			table[i].root, table[i].root, table[i].changes, table[i].form,
			table[i].type, table[i].root)
						    .ptr);

		check_text(table[i].type, str_of(notice_kind_name(n.kind)), table[i].kind);
		check_text(table[i].type, str_of(notice_kind_name(n.stage)), table[i].stage);
	}
}

/* The court stands first; the buyer is reached through its reference. */
static void test_eforms_buyer(void **state UNUSED)
{
#define COMPANY(REF, TEXT, MORE)                                                                   \
	"<efac:Company><cac:PartyIdentification><cbc:ID>" REF                                      \
	"</cbc:ID></cac:PartyIdentification>"                                                      \
	"<cac:PartyName>" NAME(TEXT) "</cac:PartyName>" MORE "</efac:Company>"
#define BUYER(REF)                                                                                 \
	"<cac:ContractingParty><cac:Party><cac:PartyIdentification><cbc:ID> " REF                  \
	" </cbc:ID></cac:PartyIdentification></cac:Party></cac:ContractingParty>"
#define ORGANISATIONS                                                                                                                                                                                            \
	EXT("<efac:Organizations><efac:Organization>" COMPANY("ORG-0009", "Tribunal",                                                                                                                            \
		"") "</efac:Organization><efac:Organization>" COMPANY("ORG-0001",                                                                                                                                \
		"Commune d&amp;#039;Essai",                                                                                                                                                                      \
		"<cac:PostalAddress><cbc:CityName>Mende</cbc:CityName><cbc:PostalZone>48000</cbc:PostalZone>"                                                                                                    \
		"<cbc:CountrySubentityCode>FRJ14</cbc:CountrySubentityCode><cac:Country>"                                                                                                                        \
		"<cbc:IdentificationCode>FRA</cbc:IdentificationCode></cac:Country></cac:PostalAddress>"                                                                                                         \
		"<cac:PartyLegalEntity><cbc:CompanyID>732 829 320 00074</cbc:CompanyID></cac:PartyLegalEntity>") "<efac:TouchPoint><cac:PartyIdentification><cbc:ID>TPO-0001</cbc:ID></cac:PartyIdentification>" \
														 "<cac:PartyName>" NAME(                                                                         \
															 "Service achats") "</cac:PartyName></efac:TouchPoint>"                                  \
																	   "</efac:Organization></efac:Organizations>")
	struct notice n = read_good(
		EFORMS("ContractNotice", ORGANISATIONS ID BUYER("ORG-0001") PROJECT(NAME("T"))));

	check_text("name", n.buyer.name, "Commune d'Essai");
	check_text("id", n.buyer.id, "73282932000074");
	check_text("city", n.buyer.city, "Mende");
	check_text("department", n.buyer.department, "48");
	check_text("country", n.buyer.country, "FR");
	n = read_good(
		EFORMS("ContractNotice", ORGANISATIONS ID BUYER("TPO-0001") PROJECT(NAME("T"))));
	check_text("touch point", n.buyer.name, "Service achats");
	check_text("its company", n.buyer.id, "73282932000074");
	n = read_good(
		EFORMS("ContractNotice", ORGANISATIONS ID BUYER("ORG-0002") PROJECT(NAME("T"))));
	check_text("nobody", n.buyer.name, NULL);
	n = read_good(EFORMS("ContractNotice",
		ORGANISATIONS ID BUYER("ORG-0002") BUYER("ORG-0001") BUYER("ORG-0009") PROJECT(NAME("T"))));
	check_text("the first that is described", n.buyer.name, "Commune d'Essai");
	n = read_good(EFORMS("ContractNotice", ORGANISATIONS ID PROJECT(NAME("T"))));
	check_text("no reference", n.buyer.name, NULL);
	n = read_good(EFORMS("ContractNotice",
		ID "<cac:ContractingParty><cac:Party><cac:PartyName>" NAME("Ici") "</cac:PartyName><cac:PartyLegalEntity>"
		"<cbc:CompanyID>FR 44 732829320</cbc:CompanyID></cac:PartyLegalEntity><cac:PartyLegalEntity>"
		"<cbc:CompanyID>732 829 320 00074</cbc:CompanyID></cac:PartyLegalEntity></cac:Party>"
		"</cac:ContractingParty>" PROJECT(NAME("T"))));
	check_text("inlined", n.buyer.name, "Ici");
	check_text("of several numbers the SIRET", n.buyer.id, "73282932000074");
}

static void test_eforms_language(void **state UNUSED)
{
	static const struct {
		const char *language, *title, *code;
	} table[] = { { "FRA", "Titre", "fr" }, { "NLD", "Titel", "nl" }, { "ENG", "Titel", "en" },
		{ "QQQ", "Titel", NULL }, { "", "Titel", NULL } };

	for (size_t i = 0; i < LENGTH(table); i++) {
		struct notice n = read_good(arena_printf(&arena,
			EFORMS("ContractNotice",
				ID "<cbc:NoticeLanguageCode>%s</cbc:NoticeLanguageCode>" PROJECT(
					"<cbc:Name languageID=\"DEU\"> </cbc:Name>"
					"<cbc:Name languageID=\"NLD\">Titel</cbc:Name>" NAME(
						"Titre"))),
			table[i].language)
						    .ptr);

		check_text(table[i].language, n.title, table[i].title);
		check_text(table[i].language, n.language, table[i].code);
	}
}

static void test_eforms_purchase(void **state UNUSED)
{
#define CPV(KIND, CODE)                                                                            \
	"<cac:" KIND "CommodityClassification><cbc:ItemClassificationCode>" CODE                   \
	"</cbc:ItemClassificationCode></cac:" KIND "CommodityClassification>"
#define SITE(CODE)                                                                                 \
	"<cac:RealizedLocation><cac:Address><cbc:CountrySubentityCode>" CODE                       \
	"</cbc:CountrySubentityCode></cac:Address></cac:RealizedLocation>"
	struct notice n = read_good(EFORMS("ContractNotice", ID
		"<cac:TenderingProcess><cbc:ProcedureCode>innovation</cbc:ProcedureCode>"
		"<cac:NoticeDocumentReference><cbc:ID>00485884-2025</cbc:ID></cac:NoticeDocumentReference>"
		"</cac:TenderingProcess>" PROJECT(NAME(
			"T") "<cbc:Description>D</cbc:Description>"
			     "<cbc:ProcurementTypeCode>services</cbc:ProcurementTypeCode>" CPV(
				     "Additional", "48000000") CPV("Main", "72000000-5")
				     CPV("Additional", "abc") SITE("FRJ")) LOT("Lot", "LOT-0002",
			"<cac:TenderingTerms><cac:CallForTendersDocumentReference><cac:Attachment>"
			"<cac:ExternalReference><cbc:URI>javascript:alert(1)</cbc:URI></cac:ExternalReference>"
			"</cac:Attachment></cac:CallForTendersDocumentReference>"
			"<cac:CallForTendersDocumentReference><cac:Attachment><cac:ExternalReference>"
			"<cbc:URI>https://achats.example.org/?a=1&amp;amp;b=2</cbc:URI></cac:ExternalReference>"
			"</cac:Attachment></cac:CallForTendersDocumentReference>"
			"<cac:TendererQualificationRequest><cac:SpecificTendererRequirement>"
			"<cbc:TendererRequirementTypeCode listName=\"reserved-procurement\">res-ws"
			"</cbc:TendererRequirementTypeCode></cac:SpecificTendererRequirement>"
			"</cac:TendererQualificationRequest></cac:TenderingTerms>" PROJECT(
				NAME("Lot deux") "<cbc:SMESuitableIndicator>true</cbc:SMESuitableIndicator>" CPV(
					"Main", "72212000") SITE("FRJ14")))
			LOT("LotsGroup", "GLO-0001", PROJECT(NAME("Groupe")))
				LOT("Part", "PAR-0001", PROJECT(NAME("Partie")))));

	check_text("description", n.description, "D");
	assert_int_equal(n.nature, NATURE_SERVICES);
	check_text("procedure", n.procedure, "innovation");
	check_codes("cpv", &n.cpv, "72000000 48000000 72212000");
	check_codes("places", &n.places, "FRJ FRJ14 48");
	assert_int_equal(n.n_lots, 1);
	check_text("lot", n.lots[0].id, "LOT-0002");
	check_text("lot", n.lots[0].title, "Lot deux");
	check_text("documents", n.documents_url, "https://achats.example.org/?a=1&b=2");
	assert_true(n.innovative);
	assert_true(n.sme);
	assert_true(n.reserved);
	assert_int_equal(n.n_links, 1);
	assert_int_equal(n.links[0].kind, LINK_FOLLOWS);
	check_text("link", n.links[0].ref, "485884-2025");
}

/* Parts stand for lots when there are none. */
static void test_eforms_parts(void **state UNUSED)
{
	struct notice n = read_good(EFORMS("PriorInformationNotice",
		ID TYPE("planning", "pin-buyer") LOT("LotsGroup", "GLO-0001",
			PROJECT(NAME("Groupe"))) LOT("Part", "PAR-0001", PROJECT(NAME("Partie un")))
			LOT("Part", "PAR-0002", PROJECT(NAME("Deux")))));

	assert_int_equal(n.n_lots, 2);
	check_text("part", n.lots[1].id, "PAR-0002");
	check_text("title", n.title, "Partie un");
}

/* Each gets a number of its kind. */
static void test_eforms_lots_without_number(void **state UNUSED)
{
	struct notice n = read_good(EFORMS("PriorInformationNotice",
		ID TYPE("planning", "pin-only") LOT("Part", "", PROJECT(NAME("Partie un")))
			LOT("Part", "", PROJECT(NAME("Deux")))));

	check_text("part", n.lots[0].id, "PAR-0001");
	check_text("part", n.lots[1].id, "PAR-0002");
	n = read_good(EFORMS("ContractNotice", ID LOT("Lot", "", PROJECT(NAME("Un")))));
	check_text("lot", n.lots[0].id, "LOT-0001");
}

static void test_eforms_values(void **state UNUSED)
{
#define TOTAL(AMOUNT, CEILING)                                                                                  \
	"<cac:RequestedTenderTotal><ext:UBLExtensions><ext:UBLExtension><ext:ExtensionContent>"                 \
	"<efext:EformsExtension><efbc:FrameworkMaximumAmount currencyID=\"EUR\">" CEILING                       \
	"</efbc:FrameworkMaximumAmount></efext:EformsExtension></ext:ExtensionContent>"                         \
	"</ext:UBLExtension></ext:UBLExtensions><cbc:EstimatedOverallContractAmount currencyID=\"EUR\">" AMOUNT \
	"</cbc:EstimatedOverallContractAmount></cac:RequestedTenderTotal>"
	static const struct {
		const char *form, *estimate, *ceiling, *award;
		int64_t cents;
		enum value_kind kind;
	} table[] = {
		{ "competition", "120000.50", "900000", "", 12000050, VALUE_ESTIMATE },
		{ "competition", "0.00", "900000", "", 90000000, VALUE_CEILING },
		{ "competition", "-1", "900000", "", 90000000, VALUE_CEILING }, /* withheld */
		{ "competition", "", "0", "", MONEY_NONE, VALUE_NONE },
		{ "competition", "unpublished", "", "", MONEY_NONE, VALUE_NONE },
		{ "competition", "env. 5 k", "", "", MONEY_NONE, VALUE_NONE },
		{ "competition", "99999999999999999999", "", "", MONEY_NONE, VALUE_NONE },
		{ "competition", "100", "", "70", 10000, VALUE_ESTIMATE },
		{ "result", "100", "900", "70.5", 7050, VALUE_AWARD },
		{ "result", "100", "", "0.00", 10000, VALUE_ESTIMATE },
		{ "result", "", "", "70", 7000, VALUE_AWARD },
		{ "dir-awa-pre", "", "", "70", 7000, VALUE_AWARD },
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		struct notice n = read_good(arena_printf(&arena,
			EFORMS("ContractNotice",
				EXT("<efac:NoticeResult><cbc:TotalAmount currencyID=\"EUR\">%s</cbc:TotalAmount>"
				    "</efac:NoticeResult>") ID TYPE("%s", "x")
					PROJECT(NAME("T") TOTAL("%s", "%s"))),
			table[i].award, table[i].form, table[i].ceiling, table[i].estimate)
						    .ptr);

		if (n.value.cents != table[i].cents || n.value_kind != table[i].kind)
			fail_msg("row %zu: %lld, kind %d", i, (long long)n.value.cents,
				(int)n.value_kind);
	}
}

static void test_eforms_deadlines(void **state UNUSED)
{
#define PERIOD(NAME_, DATE, TIME)                                                                  \
	"<cac:" NAME_ "><cbc:EndDate>" DATE "</cbc:EndDate><cbc:EndTime>" TIME                     \
	"</cbc:EndTime></cac:" NAME_ ">"
#define PROCESS(BODY) "<cac:TenderingProcess>" BODY "</cac:TenderingProcess>"
	struct notice n = read_good(EFORMS("ContractNotice",
		ID PROJECT(NAME("T")) LOT("Lot", "LOT-0001",
			PROCESS(PERIOD("ParticipationRequestReceptionPeriod", "2026-10-01+02:00",
				"12:00:00+02:00") PERIOD("TenderSubmissionDeadlinePeriod",
				"2026-10-12+02:00", "12:00:00.000+02:00"))) LOT("Lot", "LOT-0002",
			PROCESS(PERIOD("ParticipationRequestReceptionPeriod", "2026-10-05+02:00",
				"16:00:00+02:00"))) LOT("Lot", "LOT-0003",
			PROCESS("<ext:UBLExtensions><ext:UBLExtension><ext:ExtensionContent>"
				"<efext:EformsExtension><efac:InterestExpressionReceptionPeriod><cbc:EndDate>2027-01-01Z"
				"</cbc:EndDate></efac:InterestExpressionReceptionPeriod></efext:EformsExtension>"
				"</ext:ExtensionContent></ext:UBLExtension></ext:UBLExtensions>"))
			LOT("Lot", "LOT-0004",
				PROCESS(PERIOD("AdditionalInformationRequestPeriod", "2026-09-15Z",
					"10:00:00Z")))));

	check_deadline("tenders", &n.lots[0].deadline, "2026-10-12T12:00:00+02:00");
	check_deadline("requests", &n.lots[1].deadline, "2026-10-05T16:00:00+02:00");
	check_deadline("interest", &n.lots[2].deadline, "2027-01-01T23:59:59+01:00");
	check_deadline("questions are none", &n.lots[3].deadline, NULL);
	check_deadline("earliest", &n.deadline, "2026-10-05T16:00:00+02:00");

	n = read_good(EFORMS("PriorInformationNotice",
		ID TYPE("consultation", "pmc") PROJECT(NAME("T")) LOT("Lot", "LOT-0001",
			PROCESS("<ext:UBLExtensions><ext:UBLExtension><ext:ExtensionContent>"
				"<efext:EformsExtension><efac:AnswerReceptionPeriod><cbc:EndDate>2026-12-11+01:00"
				"</cbc:EndDate><cbc:EndTime>18:00:00+01:00</cbc:EndTime></efac:AnswerReceptionPeriod>"
				"</efext:EformsExtension></ext:ExtensionContent></ext:UBLExtension>"
				"</ext:UBLExtensions>"))));
	check_deadline("answers to a consultation", &n.deadline, "2026-12-11T18:00:00+01:00");
}

/* What one extension says is said by several as well. */
static void test_eforms_extensions(void **state UNUSED)
{
#define ONE(BODY)                                                                                  \
	"<ext:UBLExtension><ext:ExtensionContent><efext:EformsExtension>" BODY                     \
	"</efext:EformsExtension></ext:ExtensionContent></ext:UBLExtension>"
	struct notice n = read_good(EFORMS("ContractAwardNotice",
		"<ext:UBLExtensions><ext:UBLExtension><ext:ExtensionContent/></ext:UBLExtension>" ONE(
			"<efac:Changes><efbc:ChangedNoticeIdentifier>740039-2025</efbc:ChangedNoticeIdentifier>"
			"</efac:Changes>") ONE("<efac:NoticeResult><cbc:TotalAmount currencyID=\"EUR\">50</cbc:TotalAmount>"
					       "</efac:NoticeResult>") ONE(
			"<efac:Organizations><efac:Organization><efac:Company><cac:PartyIdentification><cbc:ID>ORG-0001"
			"</cbc:ID></cac:PartyIdentification><cac:PartyName><cbc:Name>Ville</cbc:Name></cac:PartyName>"
			"</efac:Company></efac:Organization></efac:Organizations>") ONE(
			"<efac:Publication><efbc:NoticePublicationID>00123456-2026</efbc:NoticePublicationID>"
			"</efac:Publication>") "</ext:UBLExtensions>" ID TYPE("result", "can-standard")
		"<cac:ContractingParty><cac:Party><cac:PartyIdentification><cbc:ID>ORG-0001</cbc:ID>"
		"</cac:PartyIdentification></cac:Party></cac:ContractingParty>" PROJECT(NAME("Titre"))));
#undef ONE

	check_text("id", n.id, "ted:123456-2026");
	check_text("buyer", n.buyer.name, "Ville");
	assert_int_equal(n.value.cents, 5000);
	assert_int_equal(n.kind, NOTICE_CHANGE);
	check_text("link", n.links[0].ref, "740039-2025");
}

/* Of the publication, of the notice with its version, and as the Official Journal counted until 2023. */
static void test_eforms_links(void **state UNUSED)
{
	static const char *const refs[] = { "740039-2025", "018265-2021",
		"12345678-6128-4263-9e44-178926ead2b3-01", "177092-2021", "018265-2022" };
	struct notice n = read_good(EFORMS("ContractNotice",
		EXT("<efac:Changes><efbc:ChangedNoticeIdentifier> 00740039-2025\n</efbc:ChangedNoticeIdentifier>"
		    "</efac:Changes>") ID TYPE("competition", "cn-standard")
		"<cac:TenderingProcess><cac:NoticeDocumentReference><cbc:ID>00018265-2021</cbc:ID>"
		"</cac:NoticeDocumentReference><cac:NoticeDocumentReference><cbc:ID>"
		"12345678-6128-4263-9e44-178926ead2b3-01</cbc:ID></cac:NoticeDocumentReference>"
		"<cac:NoticeDocumentReference><cbc:ID>2021/S 069-177092</cbc:ID></cac:NoticeDocumentReference>"
		"<cac:NoticeDocumentReference><cbc:ID>2022/S 009-018265</cbc:ID></cac:NoticeDocumentReference>"
		"</cac:TenderingProcess>" PROJECT(NAME("Titre"))));

	assert_int_equal(n.n_links, LENGTH(refs));
	assert_int_equal(n.links[0].kind, LINK_CHANGES);
	for (size_t i = 0; i < LENGTH(refs); i++)
		check_text("link", n.links[i].ref, refs[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_eforms_identity, arena_reset_state),
		cmocka_unit_test_setup(test_eforms_without_identifier, arena_reset_state),
		cmocka_unit_test_setup(test_eforms_kinds, arena_reset_state),
		cmocka_unit_test_setup(test_eforms_buyer, arena_reset_state),
		cmocka_unit_test_setup(test_eforms_language, arena_reset_state),
		cmocka_unit_test_setup(test_eforms_purchase, arena_reset_state),
		cmocka_unit_test_setup(test_eforms_parts, arena_reset_state),
		cmocka_unit_test_setup(test_eforms_lots_without_number, arena_reset_state),
		cmocka_unit_test_setup(test_eforms_values, arena_reset_state),
		cmocka_unit_test_setup(test_eforms_deadlines, arena_reset_state),
		cmocka_unit_test_setup(test_eforms_links, arena_reset_state),
		cmocka_unit_test_setup(test_eforms_extensions, arena_reset_state),
	};

	return cmocka_run_group_tests(tests, NULL, arena_done_state);
}
