/* source/exchange: the JSON shapes of profiles, requirements and notices, which are held fixed. */
#include "source/exchange.h"

#include "../tender/tender.h"

static struct error err;
static struct json *document; /* the values are borrowed from it, until the next one */

static const struct json_value *parse(const char *text)
{
	document = json_free(document);
	error_clear(&err);
	if (json_parse(str_of(text), &document, &err) < 0)
		fail_msg("%s: %s", text, err.text);
	return json_root(document);
}

static int done(void **state)
{
	document = json_free(document);
	return arena_done_state(state);
}

static struct str written(void (*put)(const void *, struct json_writer *), const void *what)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(1 << 20);
	struct json_writer w = { .out = &out };

	put(what, &w);
	return arena_dup(&arena, buf_str(&out));
}

static void put_profile(const void *profile, struct json_writer *w)
{
	profile_to_json(profile, w);
}

static void put_notice(const void *notice, struct json_writer *w)
{
	notice_to_json(notice, false, w);
}

static void put_notice_full(const void *notice, struct json_writer *w)
{
	notice_to_json(notice, true, w);
}

/* What is written reads back the same, and everything is made canonical on the way. */
static void test_profile_round_trip(void **state UNUSED)
{
	static const struct {
		const char *in, *out;
	} table[] = {
		{ "{\"id\":\"irrigo\",\"name\":\"Irrigo\",\"description\":\"Capteurs d'irrigation\"}",
			"{\"id\":\"irrigo\",\"name\":\"Irrigo\",\"siren\":null,\"email\":null,"
			"\"description\":\"Capteurs d'irrigation\",\"keywords\":[],\"exclude\":[],\"cpv\":[],"
			"\"fields\":[],\"places\":[],\"natures\":[],\"value\":{\"min\":null,\"max\":null},"
			"\"effort_days\":10,\"cadence\":\"daily\",\"timezone\":\"Europe/Paris\","
			"\"language\":\"fr\"}" },
		{ "{\"id\":\"a1-b\",\"name\":\" A \",\"siren\":\"732 829 320\",\"email\":\"a@example.org\","
		  "\"keywords\":[\"jumeau numérique\",\"jumeau numérique\",\" \"],\"exclude\":[\"voirie\"],"
		  "\"cpv\":[\"72000000-5\",\"7221*\",\"72\"],\"fields\":[\"cybersecurite\"],"
		  "\"places\":[\"fr\",\"2\",\"frj\"],\"natures\":[\"services\",\"supplies\"],"
		  "\"value\":{\"min\":1000,\"max\":\"250 000,50\"},\"effort_days\":3,\"cadence\":\"weekly\","
		  "\"timezone\":\"Indian/Reunion\",\"language\":\"en\",\"description\":null}",
			"{\"id\":\"a1-b\",\"name\":\"A\",\"siren\":\"732829320\",\"email\":\"a@example.org\","
			"\"description\":null,\"keywords\":[\"jumeau numérique\"],\"exclude\":[\"voirie\"],"
			"\"cpv\":[\"72\",\"7221\"],\"fields\":[\"cybersecurite\"],\"places\":[\"FR\",\"02\",\"FRJ\"],"
			"\"natures\":[\"services\",\"supplies\"],\"value\":{\"min\":1000,\"max\":250000.50},"
			"\"effort_days\":3,\"cadence\":\"weekly\",\"timezone\":\"Indian/Reunion\","
			"\"language\":\"en\"}" },
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		struct profile p;
		struct str out;

		if (profile_from_json(parse(table[i].in), &arena, &p, &err) < 0)
			fail_msg("%s", err.text);
		out = written(put_profile, &p);
		check_text("written", out, table[i].out);
		if (profile_from_json(parse(arena_dupz(&arena, out)), &arena, &p, &err) < 0)
			fail_msg("again: %s", err.text);
		check_text("again", written(put_profile, &p), table[i].out);
	}
}

#define P(MEMBERS) "{\"id\":\"a\",\"name\":\"A\",\"description\":\"d\"," MEMBERS "}"

static void test_profile_refused(void **state UNUSED)
{
	static const struct {
		const char *in, *says;
	} table[] = {
		{ "[]", "a profile is a JSON object" },
		{ "\"a\"", "a profile is a JSON object" },
		{ "{}", "id: \"\" is not" },
		{ "{\"id\":\"a\"}", "name: missing" },
		{ "{\"id\":\"a\",\"name\":\" \"}", "name: missing" },
		{ "{\"id\":\"a\",\"name\":\"A\"}", "description or keywords" },
		{ "{\"id\":\"a\",\"name\":\"A\",\"keywords\":[\" \"]}", "description or keywords" },
		{ "{\"id\":\"A\",\"name\":\"A\",\"description\":\"d\"}", "id: \"A\"" },
		{ "{\"id\":\"a--b\",\"name\":\"A\",\"description\":\"d\"}", "id: \"a--b\"" },
		{ "{\"id\":\"-a\",\"name\":\"A\",\"description\":\"d\"}", "id: \"-a\"" },
		{ "{\"id\":\"../a\",\"name\":\"A\",\"description\":\"d\"}", "id: \"../a\"" },
		{ "{\"id\":7,\"name\":\"A\",\"description\":\"d\"}", "id: text expected" },
		{ P("\"colour\":1"), "colour: unknown member" },
		{ P("\"siren\":\"732829321\""), "siren: \"732829321\"" },
		{ P("\"siren\":\"73282932000074\""), "siren: " },
		{ P("\"keywords\":\"eau\""), "keywords: a list of texts expected" },
		{ P("\"keywords\":[1]"), "keywords: a list of texts expected" },
		{ P("\"cpv\":[\"72\",\"abc\"]"), "cpv[1]: \"abc\" is not a CPV code" },
		{ P("\"places\":[\"Lozère\"]"), "places[0]: \"Lozère\" is not a place" },
		{ P("\"fields\":[\"Cyber Sécurité\"]"), "fields[0]" },
		{ P("\"natures\":[\"goods\"]"), "natures: " },
		{ P("\"natures\":\"services\""), "natures: " },
		{ P("\"value\":5"), "value: an object expected" },
		{ P("\"value\":{\"min\":-5}"), "value.min: an amount expected" },
		{ P("\"value\":{\"min\":10,\"max\":5}"), "value: min is above max" },
		{ P("\"value\":{\"minimum\":10}"), "value.minimum: unknown member" },
		{ P("\"value\":{\"min\":true}"), "value.min: an amount expected" },
		{ P("\"effort_days\":\"ten\""), "effort_days: " },
		{ P("\"effort_days\":-1"), "effort_days: " },
		{ P("\"effort_days\":400"), "effort_days: 400" },
		{ P("\"effort_days\":9999999999"), "effort_days: " },
		{ P("\"cadence\":\"hourly\""), "cadence: daily, weekly, instant or off expected" },
		{ P("\"cadence\":1"), "cadence: " },
		{ P("\"language\":\"de\""), "language: \"de\" is not fr or en" },
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		struct profile p = { .effort_days = -7 };
		const struct json_value *value = parse(table[i].in);

		assert_int_equal(profile_from_json(value, &arena, &p, &err), -ERROR_INPUT);
		if (str_find(str_of(err.text), str_of(table[i].says)) == SIZE_MAX)
			fail_msg("%s: expected \"%s\", got \"%s\"", table[i].in, table[i].says,
				err.text);
		assert_int_equal(p.effort_days, -7); /* written on success only */
	}
}

static struct str repeated(const char *text, size_t n)
{
	struct str one = str_of(text);
	char *out = arena_alloc(&arena, n * one.len + 1);

	for (size_t i = 0; i < n; i++)
		memcpy(out + i * one.len, one.ptr, one.len);
	return str_n(out, n * one.len);
}

/* At the limit, and one beyond. */
static void test_profile_ceilings(void **state UNUSED)
{
	struct profile p, q;

	profile_init(&p);
	p.id = repeated("a", PROFILE_ID_MAX);
	p.name = repeated("n", PROFILE_NAME_MAX);
	p.description = repeated("d", PROFILE_TEXT_MAX);
	codes_add(&p.keywords, &arena, repeated("é", PROFILE_TERM_MAX));
	for (int i = 1; i < PROFILE_TERMS_MAX; i++)
		codes_add(&p.keywords, &arena, arena_printf(&arena, "mot %d", i));
	q = p;
	assert_int_equal(profile_check(&q, &arena, &err), 0);
	q = p;
	q.id = repeated("a", PROFILE_ID_MAX + 1);
	assert_int_equal(profile_check(&q, &arena, &err), -ERROR_INPUT);
	q = p;
	q.name = repeated("n", PROFILE_NAME_MAX + 1);
	assert_int_equal(profile_check(&q, &arena, &err), -ERROR_INPUT);
	q = p;
	q.description = repeated("d", PROFILE_TEXT_MAX + 1);
	assert_int_equal(profile_check(&q, &arena, &err), -ERROR_INPUT);
	q = p;
	codes_add(&q.keywords, &arena, STR("un de trop"));
	assert_int_equal(profile_check(&q, &arena, &err), -ERROR_INPUT);
	q = p;
	codes_add(&q.exclude, &arena, repeated("é", PROFILE_TERM_MAX + 1));
	assert_int_equal(profile_check(&q, &arena, &err), -ERROR_INPUT);
	q = p;
	for (int i = 0; i <= PROFILE_CODES_MAX; i++)
		codes_add(&q.cpv, &arena, arena_printf(&arena, "72%03d", i));
	assert_int_equal(profile_check(&q, &arena, &err), -ERROR_INPUT);
}

static void test_requirement(void **state UNUSED)
{
	static const char full[] =
		"{\"id\":\"jumeau-numerique\",\"title\":\"Jumeau numérique &amp; capteurs\","
		"\"description\":\"Un jumeau du centre-bourg.\",\"buyer\":{\"name\":\"Commune d'Essai\","
		"\"id\":\"732 829 320 00074\",\"city\":\"Essai\",\"department\":\"2\"},"
		"\"email\":\"mairie@example.org\",\"nature\":\"services\",\"cpv\":[\"72\",\"72212000-4\"],"
		"\"places\":[\"48\"],\"value\":{\"amount\":\"40 000\",\"currency\":\"EUR\"},"
		"\"deadline\":\"2026-12-01\",\"lots\":[{\"title\":\"Étude\"},{\"id\":\"B\",\"title\":\"Capteurs\","
		"\"description\":\"Pose\"}]}";
	struct requirement q;
	struct notice *n = &q.notice;

	if (requirement_from_json(parse(full), day_parse(STR("2026-11-23")), &arena, &q, &err) < 0)
		fail_msg("%s", err.text);
	assert_false(q.closed);
	check_text("email", q.email, "mairie@example.org");
	check_text("json", written(put_notice, n),
		"{\"id\":\"requirement:jumeau-numerique\",\"source\":\"requirement\","
		"\"ref\":\"jumeau-numerique\",\"version\":1,\"dossier\":null,\"kind\":\"requirement\","
		"\"language\":\"fr\",\"title\":\"Jumeau numérique & capteurs\","
		"\"description\":\"Un jumeau du centre-bourg.\",\"buyer\":{\"name\":\"Commune d'Essai\","
		"\"id\":\"73282932000074\",\"city\":\"Essai\",\"department\":\"02\",\"nuts\":null,"
		"\"country\":\"FR\"},\"nature\":\"services\",\"procedure\":null,"
		"\"cpv\":[\"72000000\",\"72212000\"],\"places\":[\"48\"],"
		"\"value\":{\"amount\":\"40000.00\",\"currency\":\"EUR\"},\"published\":\"2026-11-23\","
		"\"deadline\":\"2026-12-01T23:59:59+01:00\",\"lots\":[{\"id\":\"LOT-0001\",\"title\":\"Étude\","
		"\"description\":null,\"cpv\":[],\"value\":null,\"deadline\":null},{\"id\":\"B\","
		"\"title\":\"Capteurs\",\"description\":\"Pose\",\"cpv\":[],\"value\":null,\"deadline\":null}],"
		"\"url\":null,\"documents_url\":null}");
}

#define Q(MEMBERS)                                                                                 \
	"{\"id\":\"a\",\"title\":\"T\",\"description\":\"D\",\"buyer\":{\"name\":\"B\"}," MEMBERS  \
	"}"

static void test_requirement_refused(void **state UNUSED)
{
	static const struct {
		const char *in, *says;
	} table[] = {
		{ "[]", "a requirement is a JSON object" },
		{ "{}", "id: \"\"" },
		{ "{\"id\":\"a\"}", "title: missing" },
		{ "{\"id\":\"a\",\"title\":\"<p></p>\"}", "title: missing" },
		{ "{\"id\":\"a\",\"title\":\"T\"}", "description: missing" },
		{ "{\"id\":\"a\",\"title\":\"T\",\"description\":\"D\"}", "buyer.name: missing" },
		{ "{\"id\":\"a\",\"title\":\"T\",\"description\":\"D\",\"buyer\":\"B\"}",
			"buyer: an object expected" },
		{ "{\"id\":\"a\",\"title\":\"T\",\"description\":\"D\",\"buyer\":{\"name\":\"B\",\"siret\":\"1\"}}",
			"buyer.siret: unknown member" },
		{ "{\"id\":\"a\",\"title\":\"T\",\"description\":\"D\",\"buyer\":{\"name\":\"B\",\"id\":\"123\"}}",
			"buyer.id: \"123\"" },
		{ "{\"id\":\"a\",\"title\":\"T\",\"description\":\"D\",\"buyer\":{\"name\":\"B\",\"department\":\"99\"}}",
			"buyer.department: \"99\"" },
		{ Q("\"nature\":\"goods\""), "nature: " },
		{ Q("\"cpv\":[\"x\"]"), "cpv[0]: \"x\"" },
		{ Q("\"places\":[\"Mende\"]"), "places[0]: \"Mende\"" },
		{ Q("\"value\":{\"amount\":\"beaucoup\"}"), "value.amount: an amount expected" },
		{ Q("\"value\":{\"amount\":\"5\",\"currency\":\"euros\"}"), "value.currency: " },
		{ Q("\"deadline\":\"demain\""), "deadline: a date" },
		{ Q("\"deadline\":5"), "deadline: text expected" },
		{ Q("\"lots\":{}"), "lots: a list expected" },
		{ Q("\"lots\":[1]"), "lots[0]: an object expected" },
		{ Q("\"lots\":[{\"title\":\"T\"},{}]"), "lots[1]: title missing" },
		{ Q("\"lots\":[{\"price\":1}]"), "lots[0].price: unknown member" },
		{ Q("\"winner\":\"x\""), "winner: unknown member" },
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		struct requirement q;
		int r = requirement_from_json(parse(table[i].in), 20000, &arena, &q, &err);

		if (r != -ERROR_INPUT)
			fail_msg("%s: returned %d", table[i].in, r);
		if (str_find(str_of(err.text), str_of(table[i].says)) == SIZE_MAX)
			fail_msg("%s: expected \"%s\", got \"%s\"", table[i].in, table[i].says,
				err.text);
	}
}

/* Every key is there when nothing is said. */
static void test_empty_notice(void **state UNUSED)
{
	struct notice n;

	notice_init(&n);
	check_text("empty", written(put_notice, &n),
		"{\"id\":null,\"source\":null,\"ref\":null,\"version\":1,\"dossier\":null,"
		"\"kind\":\"competition\",\"language\":null,\"title\":null,\"description\":null,"
		"\"buyer\":{\"name\":null,\"id\":null,\"city\":null,\"department\":null,\"nuts\":null,"
		"\"country\":null},\"nature\":null,\"procedure\":null,\"cpv\":[],\"places\":[],\"value\":null,"
		"\"published\":null,\"deadline\":null,\"lots\":[],\"url\":null,\"documents_url\":null}");
	n.deadline = (struct deadline){ TIME_NONE, 0, DEADLINE_UNCERTAIN, STR_NONE };
	n.links = &(struct notice_link){ LINK_CHANGES, STR("26-1") };
	n.n_links = 1;
	check_text("more", str_from(written(put_notice_full, &n), written(put_notice, &n).len - 1),
		",\"more\":{\"stage\":\"competition\",\"notice_type\":null,\"postcode\":null,\"subjects\":[],"
		"\"criteria\":null,\"value_kind\":null,\"deadline_certainty\":\"uncertain\","
		"\"deadline_text\":null,\"innovative\":false,\"sme\":false,\"reserved\":false,"
		"\"procedure_id\":null,\"notice_uuid\":null,\"reference\":null,"
		"\"links\":[{\"kind\":\"changes\",\"ref\":\"26-1\"}],\"term\":null,\"awarded\":null,\"awards\":[],"
		"\"wordings\":[],\"lots\":[]}}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_profile_round_trip, arena_reset_state),
		cmocka_unit_test_setup(test_profile_refused, arena_reset_state),
		cmocka_unit_test_setup(test_profile_ceilings, arena_reset_state),
		cmocka_unit_test_setup(test_requirement, arena_reset_state),
		cmocka_unit_test_setup(test_requirement_refused, arena_reset_state),
		cmocka_unit_test_setup(test_empty_notice, arena_reset_state),
	};

	return cmocka_run_group_tests(tests, NULL, done);
}
