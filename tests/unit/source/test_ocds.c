/* OCDS releases and records; JSON Lines, which they often come in. */
#include "document.h"

#define TENDER                                                                                             \
	"\"tender\":{\"id\":\"T-1\",\"title\":\"Fiber &amp; antennas\",\"description\":\"Supply.\","       \
	"\"status\":\"active\",\"value\":{\"amount\":1200.5,\"currency\":\"GBP\"},\"procurementMethod\":"  \
	"\"selective\",\"mainProcurementCategory\":\"goods\",\"tenderPeriod\":{\"endDate\":"               \
	"\"2026-10-12T12:00:00Z\"},\"items\":[{\"id\":1,\"classification\":{\"scheme\":\"CPV\",\"id\":"    \
	"\"32500000\"},\"additionalClassifications\":[{\"scheme\":\"CPV\",\"id\":\"32562000\"},"           \
	"{\"scheme\":\"UNSPSC\",\"id\":\"43220000\"}],\"relatedLot\":\"L2\",\"deliveryAddress\":"          \
	"{\"region\":\"UKI31\"}},{\"id\":2,\"classification\":{\"scheme\":\"CPV\",\"id\":\"48000000\"},"   \
	"\"deliveryAddress\":{\"region\":\"London\"}}],\"lots\":[{\"id\":\"L1\",\"title\":\"North\"},"     \
	"{\"id\":\"L2\",\"value\":{\"amount\":5,\"currency\":\"GBP\"}}],\"documents\":[{\"documentType\":" \
	"\"tenderNotice\",\"url\":\"https://example.org/notice\"},{\"url\":\"https://example.org/docs\"}]}"
#define RELEASE(TAG, REST)                                                                           \
	"{\"ocid\":\"ocds-1\",\"id\":\"r-1\",\"date\":\"2026-09-10T08:00:00Z\",\"language\":\"en\"," \
	"\"tag\":[" TAG "]" REST "}"

/* A plan and what came before are of one purchase; the framework a contract is drawn from is not. */
static void test_related_processes(void **state UNUSED)
{
	struct notice n = read_good(RELEASE("\"tender\"",
		",\"tender\":{\"title\":\"T\"},\"relatedProcesses\":[{\"relationship\":[\"framework\"],\"identifier\":\"ocds-9\"},"
		"{\"relationship\":[\"parent\",\"planning\"],\"scheme\":\"ocid\",\"identifier\":\"ocds-0\"},"
		"{\"relationship\":[\"prior\"],\"scheme\":\"eu-oj\",\"identifier\":\"2025/S 110-123456\"},{\"relationship\":\"x\"},"
		"{\"relationship\":[\"prior\"]}]"));

	assert_int_equal(n.n_links, 2);
	check_text("plan", n.links[0].ref, "ocds-0");
	check_text("publication", n.links[1].ref, "123456-2025");
	assert_int_equal(n.links[0].kind, LINK_FOLLOWS);
	assert_int_equal(n.unread.n, 0);
}

static void test_release(void **state UNUSED)
{
	struct notice n = read_good("{\"uri\":\"u\",\"releases\":[" RELEASE("\"tender\"",
		",\"buyer\":{\"id\":\"b\",\"name\":\"City\"},\"parties\":[{\"id\":\"s\",\"roles\":[\"supplier\"]},{\"id\":\"b\","
		"\"name\":\"City\",\"identifier\":{\"scheme\":\"GB-COH\",\"id\":\"0123\"},\"address\":{\"locality\":\"Leeds\","
		"\"postalCode\":\"75001\"}}]," TENDER) "]}");

	check_text("id", n.id, "ocds:ocds-1-r-1");
	check_text("process", n.procedure_id, "ocds-1");
	check_text("title", n.title, "Fiber & antennas");
	check_text("description", n.description, "Supply.");
	check_text("type", n.notice_type, "tender");
	check_text("language", n.language, "en");
	check_text("buyer", n.buyer.name, "City");
	check_text("buyer", n.buyer.id, "0123");
	check_text("buyer", n.buyer.city, "Leeds");
	check_text("country", n.buyer.country, "GB");
	check_text("no French department", n.buyer.department, NULL);
	check_text("reference", n.reference, "T-1");
	check_text("procedure", n.procedure, "restricted");
	check_text("url", n.url, "https://example.org/notice");
	check_text("documents", n.documents_url, "https://example.org/docs");
	check_codes("cpv", &n.cpv, "48000000 32500000 32562000");
	check_codes("lot", &n.lots[1].cpv, "32500000 32562000");
	check_codes("places", &n.places, "UKI31");
	check_deadline("deadline", &n.deadline, "2026-10-12T12:00:00Z");
	assert_int_equal(n.nature, NATURE_SUPPLIES);
	assert_int_equal(n.value.cents, 120050);
	assert_int_equal(n.value_kind, VALUE_ESTIMATE);
	assert_int_equal(n.published, day_parse(STR("2026-09-10")));
	assert_int_equal(n.n_lots, 2);
	assert_int_equal(n.lots[1].value.cents, 500);
}

/* Version 1.0 has no parties: an organisation says itself who it is. */
static void test_version_1_0(void **state UNUSED)
{
	struct notice n = read_good(RELEASE("\"award\"",
		",\"buyer\":{\"name\":\"Ville\",\"identifier\":{\"scheme\":\"FR-RCS\",\"id\":\"732 829 320\"},\"address\":{"
		"\"locality\":\"Lyon\",\"countryName\":\"France\",\"postalCode\":\"69001\"}},\"tender\":{\"title\":\"T\","
		"\"procuringEntity\":{\"name\":\"Other\"}},\"awards\":[{\"id\":1,\"status\":\"active\",\"suppliers\":[{"
		"\"name\":\"S\",\"identifier\":{\"scheme\":\"FR-RCS\",\"id\":\"34027049500021\"}}]}]"));

	check_text("buyer", n.buyer.name, "Ville");
	check_text("buyer", n.buyer.id, "732829320");
	check_text("city", n.buyer.city, "Lyon");
	check_text("department", n.buyer.department, "69");
	check_text("winner", n.awards[0].winners[0].party.id, "34027049500021");
	check_text("country", n.awards[0].winners[0].party.country, "FR");
}

/* What extensions add: the profile for eForms has deadlines and terms in lots. */
static void test_extensions(void **state UNUSED)
{
	struct notice n = read_good(RELEASE("\"tender\"",
		",\"parties\":[{\"id\":\"s\",\"roles\":[\"supplier\"]},{\"id\":7,\"name\":\"Agency\",\"roles\":["
		"\"procuringEntity\"],\"identifier\":{\"id\":\"0123\"}}],\"tender\":{\"title\":\"T\",\"procuringEntity\":{"
		"\"id\":7},\"additionalClassifications\":[{\"scheme\":\"CPV\",\"id\":\"45000000\"}],"
		"\"submissionMethodDetails\":\"https://example.org/submit\",\"lots\":[{\"id\":1,\"tenderPeriod\":{"
		"\"endDate\":\"2026-12-01T12:00:00+01:00\"},\"contractPeriod\":{\"durationInDays\":30}},{\"id\":2,"
		"\"tenderPeriod\":{\"endDate\":\"2026-11-30T12:00:00+01:00\"}}]}"));

	check_text("buyer", n.buyer.name, "Agency");
	check_text("buyer", n.buyer.id, "0123");
	check_codes("cpv", &n.cpv, "45000000");
	check_text("documents", n.documents_url, "https://example.org/submit");
	check_deadline("the first", &n.deadline, "2026-11-30T12:00:00+01:00");
	check_deadline("lot", &n.lots[0].deadline, "2026-12-01T12:00:00+01:00");
	assert_int_equal(n.lots[0].term.length, 30);

	n = read_good(RELEASE("\"tender\"",
		",\"tender\":{\"title\":\"T\",\"expressionOfInterestDeadline\":\"2026-12-02T12:00:00Z\"}"));
	check_deadline("interest", &n.deadline, "2026-12-02T12:00:00Z");
}

static void test_organisations_without_an_identifier(void **state UNUSED)
{
	struct notice n = read_good(RELEASE("\"award\"",
		",\"buyer\":{\"id\":\"FR-SIRET-73282932000074\",\"name\":\"Ville\"},\"tender\":{\"title\":\"T\",\"items\":[{"
		"\"classification\":{\"scheme\":\"cpv\",\"id\":\"72000000-5\"}}]},\"awards\":[{\"id\":1,\"suppliers\":["
		"{\"id\":\"FR-RCS-340270495\",\"name\":\"S\"},{\"id\":\"ORG-0001\",\"name\":\"R\"}]}]"));

	check_text("buyer", n.buyer.id, "73282932000074");
	check_text("winner", n.awards[0].winners[0].party.id, "340270495");
	check_text("no number of a list", n.awards[0].winners[1].party.id, "ORG-0001");
	check_codes("cpv", &n.cpv, "72000000");
}

static void test_kinds(void **state UNUSED)
{
	static const struct {
		const char *document;
		enum notice_kind kind, stage;
	} table[] = {
		{ RELEASE("\"planning\"", ""), NOTICE_PLANNING, NOTICE_PLANNING },
		{ RELEASE("\"tender\",\"award\"", ""), NOTICE_RESULT, NOTICE_RESULT },
		{ RELEASE("\"tenderUpdate\"", ""), NOTICE_CHANGE, NOTICE_COMPETITION },
		{ RELEASE("\"tenderCancellation\",\"tender\"", ""), NOTICE_CANCELLATION,
			NOTICE_COMPETITION },
		{ RELEASE("\"compiled\"", "," TENDER), NOTICE_COMPETITION, NOTICE_COMPETITION },
		{ RELEASE("\"compiled\"", ",\"tender\":{\"status\":\"cancelled\"}"),
			NOTICE_CANCELLATION, NOTICE_COMPETITION },
		{ RELEASE("\"tenderUpdate\"", ",\"tender\":{\"status\":\"withdrawn\"}"),
			NOTICE_CANCELLATION, NOTICE_COMPETITION },
		{ RELEASE("\"compiled\"", ",\"awards\":[{\"id\":1}]"), NOTICE_RESULT,
			NOTICE_RESULT },
		{ RELEASE("", ",\"planning\":{}"), NOTICE_PLANNING, NOTICE_PLANNING },
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		struct notice n = read_good(table[i].document);

		if (n.kind != table[i].kind || n.stage != table[i].stage)
			fail_msg("%s: kind %d, stage %d", table[i].document, n.kind, n.stage);
	}
}

static void test_record(void **state UNUSED)
{
	struct notice n = read_good(
		"{\"records\":[{\"ocid\":\"ocds-1\",\"compiledRelease\":{\"ocid\":\"ocds-1\",\"id\":\"ocds-1-c\",\"tag\":["
		"\"compiled\"],\"awards\":[{\"title\":\"Won\",\"value\":{\"amount\":10,\"currency\":\"EUR\"}},{\"status\":"
		"\"cancelled\",\"value\":{\"amount\":99,\"currency\":\"EUR\"}},{\"value\":{\"amount\":5,\"currency\":\"EUR\"}}]}}]}");

	check_text("id", n.id, "ocds:ocds-1-c");
	check_text("title", n.title, "Won");
	assert_int_equal(n.value.cents, 1500);
	assert_int_equal(n.value_kind, VALUE_AWARD);

	/* the last release, passing over what is only a link */
	n = read_good("{\"ocid\":\"ocds-1\",\"releases\":[" RELEASE(
		"\"planning\"", "") ",{\"url\":\"u\"}]}");
	assert_int_equal(n.kind, NOTICE_PLANNING);
	assert_int_equal(
		read_one("{\"ocid\":\"o\",\"releases\":[{\"url\":\"u\"}]}", &n), -ERROR_INPUT);
	check_text("why", str_of(err.text), "the OCDS record only links to its releases");
}

static void test_lines(void **state UNUSED)
{
	static const char document[] = "{\"idweb\":\"26-1\", \"objet\":\"A\"}\r\n\n" RELEASE(
		"\"tender\"",
		"," TENDER) "\n{broken\n{\"x\":1}\n"
			    "{\"id\":\"1\",\"acheteur\":{},\"objet\":\"O\",\"montant\":NaN}";
	struct source_items items;
	struct notice n;

	assert_int_equal(source_split(exact(document), &arena, &items, &err), 0);
	assert_int_equal(items.n, 5);
	assert_int_equal(items.at[0].format, FORMAT_BOAMP_API);
	check_text("as it stands", items.at[0].bytes, "{\"idweb\":\"26-1\", \"objet\":\"A\"}");
	assert_int_equal(items.at[1].format, FORMAT_OCDS);
	check_text("label", items.at[1].label, "line 3");
	assert_int_equal(items.at[2].format, FORMAT_UNKNOWN);
	check_text("kept", items.at[2].bytes, "{broken");
	assert_int_equal(items.at[3].format, FORMAT_UNKNOWN);
	assert_int_equal(items.at[4].format, FORMAT_DECP_JSON);
	assert_int_equal(source_read(items.at[4].format, items.at[4].bytes, &arena, &n, &err), 0);
	assert_true(source_split(exact("{\"a\":1}\n{\"a\":2}"), &arena, &items, &err) < 0);
	assert_non_null(strstr(err.text, "JSON Lines without records we know"));
	/* one object over several lines is no JSON Lines */
	assert_int_equal(source_split(exact("{\n\"idweb\":\"26-1\"\n}"), &arena, &items, &err), 0);
	assert_int_equal(items.n, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_related_processes, arena_reset_state),
		cmocka_unit_test_setup(test_release, arena_reset_state),
		cmocka_unit_test_setup(test_version_1_0, arena_reset_state),
		cmocka_unit_test_setup(test_extensions, arena_reset_state),
		cmocka_unit_test_setup(test_organisations_without_an_identifier, arena_reset_state),
		cmocka_unit_test_setup(test_kinds, arena_reset_state),
		cmocka_unit_test_setup(test_record, arena_reset_state),
		cmocka_unit_test_setup(test_lines, arena_reset_state),
	};

	return cmocka_run_group_tests(tests, NULL, arena_done_state);
}
