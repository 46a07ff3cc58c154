#include "tender/dossier.h"

#include "tender.h"

enum { TODAY = 20500 };
#define DEADLINE(DAYS) ((int64_t)(TODAY + (DAYS)) * 86400 + 36000)

#define LONG_TITLE "Rénovation énergétique du groupe scolaire Jean-Moulin à Mende"
#define TOWN "Commune de Mende"
#define SIRET "21480095500012"
#define OTHER_SIRET "21690123100011"

/* A notice as far as likeness sees it; `day` and `deadline` from TODAY, 0: no deadline. */
struct face {
	const char *source;
	enum notice_kind kind, stage;
	const char *title, *buyer, *buyer_id, *procedure_id;
	int day, deadline;
};

static struct notice notice_of(const struct face *face)
{
	struct notice n;

	notice_init(&n);
	n.source = str_of(face->source);
	n.kind = face->kind;
	n.stage = face->stage;
	n.title = str_of(face->title);
	n.buyer.name = str_of(face->buyer);
	n.buyer.id = str_of(face->buyer_id);
	n.procedure_id = str_of(face->procedure_id);
	n.published = TODAY + face->day;
	if (face->deadline) {
		n.deadline.at = DEADLINE(face->deadline);
		n.deadline.certainty = DEADLINE_STATED;
	}
	return n;
}

#define CALL(SOURCE) .source = (SOURCE), .kind = NOTICE_COMPETITION, .stage = NOTICE_COMPETITION
#define RESULT(SOURCE) .source = (SOURCE), .kind = NOTICE_RESULT, .stage = NOTICE_RESULT
#define PLAN(SOURCE) .source = (SOURCE), .kind = NOTICE_PLANNING, .stage = NOTICE_PLANNING
#define CHANGE(SOURCE) .source = (SOURCE), .kind = NOTICE_CHANGE, .stage = NOTICE_COMPETITION

static bool conceivable(const struct notice *a, const struct notice *b)
{
	struct shingles x = shingles_of(a->title, &arena), y = shingles_of(b->title, &arena);
	struct dossier_sketch one = dossier_sketch(a, &x), other = dossier_sketch(b, &y);

	return dossier_conceivable(&one, &x, &other);
}

static void test_judge(void **state)
{
	static const struct {
		struct face a, b;
		const char *kind; /* NULL: not linked */
	} cases[] = {
		/* two publishers, one purchase */
		{ { CALL("boamp"), .title = LONG_TITLE, .buyer = TOWN, .deadline = 30 },
			{ CALL("ted"), .title = "RENOVATION ENERGETIQUE du groupe scolaire Jean Moulin",
				.buyer = "COMMUNE DE MENDE", .day = 2, .deadline = 30 }, "deadline" },
		{ { CALL("boamp"), .title = LONG_TITLE, .buyer = "Mairie", .buyer_id = SIRET },
			{ CALL("ted"), .title = LONG_TITLE, .buyer = TOWN, .buyer_id = SIRET, .day = 3 },
			"likeness" },
		/* another buyer, whatever else agrees */
		{ { CALL("boamp"), .title = LONG_TITLE, .buyer = TOWN, .buyer_id = SIRET, .deadline = 30 },
			{ CALL("ted"), .title = LONG_TITLE, .buyer = TOWN, .buyer_id = OTHER_SIRET,
				.deadline = 30 }, NULL },
		{ { CALL("boamp"), .title = LONG_TITLE, .buyer = TOWN, .deadline = 30 },
			{ CALL("ted"), .title = LONG_TITLE, .buyer = "Ville de Lyon", .deadline = 30 }, NULL },
		/* procedure ids have the last word, both ways */
		{ { CALL("boamp"), .title = LONG_TITLE, .buyer = TOWN, .procedure_id = "p1", .deadline = 30 },
			{ CALL("ted"), .title = LONG_TITLE, .buyer = TOWN, .procedure_id = "p2",
				.deadline = 30 }, NULL },
		{ { CALL("boamp"), .title = "Lot A", .buyer = TOWN, .procedure_id = "p1" },
			{ CALL("ted"), .title = "Autre", .buyer = "X", .procedure_id = "p1" }, "procedure" },
		/* a number that differs is another purchase, one more is not */
		{ { CALL("boamp"), .title = LONG_TITLE " - lot 1", .buyer = TOWN, .deadline = 30 },
			{ CALL("ted"), .title = LONG_TITLE " - lot 2", .buyer = TOWN, .deadline = 30 }, NULL },
		{ { CALL("boamp"), .title = LONG_TITLE " - lot 01", .buyer = TOWN, .deadline = 30 },
			{ CALL("ted"), .title = LONG_TITLE " - lot 1", .buyer = TOWN, .deadline = 30 },
			"deadline" },
		{ { CALL("boamp"), .title = LONG_TITLE, .buyer = TOWN, .deadline = 30 },
			{ CALL("ted"), .title = LONG_TITLE " (2026)", .buyer = TOWN, .deadline = 30 },
			"deadline" },
		/* the same call a year later is a new purchase; so is one with another deadline */
		{ { CALL("boamp"), .title = LONG_TITLE, .buyer = TOWN, .deadline = 30 },
			{ CALL("boamp"), .title = LONG_TITLE, .buyer = TOWN, .day = 365, .deadline = 395 }, NULL },
		{ { CALL("boamp"), .title = LONG_TITLE, .buyer = TOWN, .deadline = 30 },
			{ CALL("ted"), .title = LONG_TITLE, .buyer = TOWN, .day = 1, .deadline = 50 }, NULL },
		/* plan, call, correction, result; not the other way about */
		{ { PLAN("boamp"), .title = LONG_TITLE, .buyer = TOWN },
			{ CALL("boamp"), .title = LONG_TITLE, .buyer = TOWN, .day = 200, .deadline = 230 },
			"likeness" },
		{ { CALL("boamp"), .title = LONG_TITLE, .buyer = TOWN, .deadline = 30 },
			{ CHANGE("boamp"), .title = LONG_TITLE, .buyer = TOWN, .day = 20, .deadline = 40 },
			"likeness" },
		{ { CALL("boamp"), .title = LONG_TITLE, .buyer = TOWN, .deadline = 30 },
			{ RESULT("boamp"), .title = LONG_TITLE, .buyer = TOWN, .day = 150 }, "likeness" },
		{ { RESULT("boamp"), .title = LONG_TITLE, .buyer = TOWN },
			{ CALL("boamp"), .title = LONG_TITLE, .buyer = TOWN, .day = 2, .deadline = 30 }, NULL },
		{ { RESULT("boamp"), .title = LONG_TITLE, .buyer = TOWN, .day = 3 },
			{ CALL("boamp"), .title = LONG_TITLE, .buyer = TOWN, .deadline = 30 }, NULL },
		{ { PLAN("boamp"), .title = LONG_TITLE, .buyer = TOWN },
			{ RESULT("boamp"), .title = LONG_TITLE, .buyer = TOWN, .day = 150 }, NULL },
		/* same buyer, same deadline, another thing */
		{ { CALL("boamp"), .title = LONG_TITLE, .buyer = TOWN, .deadline = 30 },
			{ CALL("ted"), .title = "Fourniture de repas pour la cantine", .buyer = TOWN,
				.deadline = 30 }, NULL },
		/* what says nothing links nothing */
		{ { CALL("boamp") }, { CALL("ted") }, NULL },
		{ { CALL("boamp"), .title = "…", .buyer = "…", .deadline = 3 },
			{ CALL("ted"), .title = "…", .buyer = "…", .deadline = 3 }, NULL },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct notice x = notice_of(&cases[i].a), y = notice_of(&cases[i].b);
		struct dossier_face a = dossier_face(&x, &arena), b = dossier_face(&y, &arena);
		enum dossier_link_kind kind, back;
		int confidence = dossier_judge(&a, &b, &kind);

		if (dossier_judge(&b, &a, &back) != confidence)
			fail_msg("case %zu: not symmetric", i);
		if ((confidence > 0) != (cases[i].kind != NULL))
			fail_msg("case %zu: confidence %d", i, confidence);
		if (confidence == 0)
			continue;
		assert_string_equal(dossier_link_kind_name(kind), cases[i].kind);
		assert_in_range(confidence, 60, 100);
		if (kind != DOSSIER_PROCEDURE && (!conceivable(&x, &y) || !conceivable(&y, &x)))
			fail_msg("case %zu: linked but not conceivable", i);
	}
}

/* `n` words of a buyer's titles, by chance. */
static struct str some_words(uint64_t *seed, int n)
{
	static const char *const words[] = { "travaux", "entretien", "voirie", "éclairage", "fourniture",
		"scolaire", "lot 1", "lot 2", "bâtiment", "de la", "numérique", "études" };
	struct str all = STR("");

	for (int i = 0; i < n; i++) {
		*seed = *seed * 6364136223846793005u + 1442695040888963407u;
		all = arena_printf(&arena, "%.*s %s", STR_ARG(all), words[(*seed >> 33) % LENGTH(words)]);
	}
	return all;
}

/* A sketch may let pass what is told apart by the texts, never the other way. */
static void test_sketches_rule_out_nothing_that_is_alike(void **state)
{
	struct face call = { CALL("boamp"), .buyer = TOWN }, change = { CHANGE("boamp"), .buyer = TOWN };
	uint64_t seed = 7;
	int alike = 0, ruled_out = 0;

	(void)state;
	for (int i = 0; i < 3000; i++) {
		struct notice a, b;
		struct dossier_face x, y;
		enum dossier_link_kind kind;

		arena_reset(&arena);
		change.day = i % 7;
		call.deadline = change.deadline = i % 3 ? 30 : 0;
		a = notice_of(&call);
		b = notice_of(&change);
		a.title = some_words(&seed, 2 + i % 20);
		b.title = arena_printf(&arena, "%.*s %.*s", STR_ARG(a.title), STR_ARG(some_words(&seed, i % 9)));
		x = dossier_face(&a, &arena);
		y = dossier_face(&b, &arena);
		if (dossier_judge(&x, &y, &kind) > 0) {
			alike++;
			assert_true(conceivable(&a, &b) && conceivable(&b, &a));
		}
		b.title = STR("Denrées alimentaires pour la restauration collective");
		ruled_out += !conceivable(&a, &b);
	}
	assert_in_range(alike, 1000, 2999);
	assert_in_range(ruled_out, 2900, 3000);
}

static void test_sketches_as_bytes(void **state)
{
	struct face face = { CHANGE("ted"), .title = LONG_TITLE, .buyer = TOWN, .deadline = 30, .day = 3 };
	struct notice n = notice_of(&face);
	struct shingles title = shingles_of(n.title, &arena);
	struct dossier_sketch sketch = dossier_sketch(&n, &title), back;
	struct str bytes = dossier_sketch_pack(&sketch, &arena);

	(void)state;
	assert_true(dossier_sketch_unpack(bytes, n.published, &back));
	assert_int_equal(back.kind, NOTICE_CHANGE);
	assert_int_equal(back.stage, NOTICE_COMPETITION);
	assert_true(str_eqz(back.source, "ted"));
	assert_int_equal(back.deadline_at, n.deadline.at);
	assert_int_equal(back.shingles, title.n);
	assert_int_equal(dossier_sketch_common(&back, &title), title.n);
	assert_int_equal(memcmp(back.bits, sketch.bits, sizeof(back.bits)), 0);
	/* Cut off, of another form, missing: nothing is told. */
	for (size_t i = 0; i + 4 < bytes.len; i++)
		if (dossier_sketch_unpack(str_sub(bytes, 0, i), 0, &back))
			fail_msg("%zu of %zu bytes were read", i, bytes.len);
	assert_false(dossier_sketch_unpack(STR("\x7f 123456789012345678901234567890123456789"), 0, &back));
	assert_false(dossier_sketch_unpack(STR_NONE, 0, &back));
}

static void test_shingles(void **state)
{
	struct shingles a = shingles_of(STR("Entretien des espaces verts"), &arena);
	struct shingles b = shingles_of(STR("ENTRETIEN, des espaces-verts."), &arena);
	struct shingles c = shingles_of(STR("Entretien des espaces verts de la ville"), &arena);
	struct shingles none = shingles_of(STR(""), &arena), tiny = shingles_of(STR("Eau"), &arena);

	(void)state;
	assert_int_equal(shingles_common(&a, &b), 100);
	assert_in_range(shingles_common(&a, &c), 50, 75);
	assert_int_equal(shingles_within(&a, &c), 100);
	assert_int_equal(shingles_common(&none, &none), 0);
	assert_int_equal(shingles_within(&none, &a), 0);
	assert_int_equal(tiny.n, 1);
}

static void test_keys(void **state)
{
	struct face face = { CALL("boamp"), .title = "T", .buyer = "Ville de LYON", .buyer_id = SIRET };
	struct notice n = notice_of(&face);
	struct dossier_keys keys = dossier_keys(&n, &arena);

	(void)state;
	assert_true(str_eqz(keys.siren, "214800955"));
	assert_true(str_eqz(keys.name, "ville de lyon"));
	n.buyer.id = STR("12345678900018"); /* no SIREN in front */
	keys = dossier_keys(&n, &arena);
	assert_false(str_given(keys.siren));
	assert_true(str_eqz(keys.name, "ville de lyon"));
	n.kind = NOTICE_REQUIREMENT;
	keys = dossier_keys(&n, &arena);
	assert_false(str_given(keys.siren) || str_given(keys.name));
}

/* story */

static struct notice entry(const char *id, enum notice_kind kind, enum notice_kind stage, int day)
{
	struct notice n;

	notice_init(&n);
	n.id = n.ref = str_of(id);
	n.source = STR("boamp");
	n.kind = kind;
	n.stage = stage;
	n.published = TODAY + day;
	return n;
}

static void test_story(void **state)
{
	struct notice n[4] = {
		entry("c", NOTICE_RESULT, NOTICE_RESULT, 90),
		entry("b", NOTICE_CHANGE, NOTICE_COMPETITION, 10),
		entry("a", NOTICE_COMPETITION, NOTICE_COMPETITION, 0),
		entry("p", NOTICE_PLANNING, NOTICE_PLANNING, 0),
	};
	struct dossier_story story;
	const char *order[] = { "p", "a", "b", "c" };

	(void)state;
	n[0].value = (struct money){ 12345600, "EUR" };
	n[0].value_kind = VALUE_AWARD;
	n[1].deadline.at = DEADLINE(40);
	n[2].deadline.at = DEADLINE(30);
	n[2].value = (struct money){ 10000000, "EUR" };
	n[2].value_kind = VALUE_ESTIMATE;
	dossier_sort(n, 4);
	for (size_t i = 0; i < 4; i++)
		assert_true(str_eqz(n[i].id, order[i]));
	assert_string_equal(dossier_state_name(dossier_story(n, 1, DEADLINE(0)).state), "planned");
	assert_string_equal(dossier_state_name(dossier_story(n, 2, DEADLINE(20)).state), "open");
	assert_string_equal(dossier_state_name(dossier_story(n, 2, DEADLINE(31)).state), "closed");
	story = dossier_story(n, 3, DEADLINE(31));
	assert_string_equal(dossier_state_name(story.state), "open");
	assert_int_equal(story.deadline.at, DEADLINE(40));
	story = dossier_story(n, 4, DEADLINE(100));
	assert_string_equal(dossier_state_name(story.state), "awarded");
	assert_int_equal(story.awarded, TODAY + 90);
	assert_int_equal(story.amount.cents, 12345600);
	n[3].kind = NOTICE_CANCELLATION;
	assert_string_equal(dossier_state_name(dossier_story(n, 4, DEADLINE(100)).state), "cancelled");
}

static struct award award_of(const char *lot, enum award_outcome outcome, day_t concluded)
{
	struct award award;

	award_init(&award);
	award.lot = lot ? str_of(lot) : STR_NONE;
	award.outcome = outcome;
	award.concluded = concluded;
	return award;
}

/* The call says how long, the results who; the newest result of a lot counts, and lots stay apart. */
static void test_awards(void **state)
{
	struct notice n[3] = {
		entry("a", NOTICE_COMPETITION, NOTICE_COMPETITION, 0),
		entry("b", NOTICE_RESULT, NOTICE_RESULT, 90),
		entry("c", NOTICE_RESULT, NOTICE_RESULT, 95),
	};
	struct lot lots[2] = { { .id = STR("LOT-0001"), .term = TERM_INIT },
		{ .id = STR("LOT-0002"), .term = TERM_INIT } };
	struct award early[2], late[2];
	struct dossier_award *awards;
	struct renewal renewal;
	size_t n_awards;

	(void)state;
	term_set(&lots[0].term, 12, TERM_MONTHS);
	lots[0].term.renewals = 3;
	n[0].lots = lots;
	n[0].n_lots = 2;
	early[0] = award_of("LOT-0001", AWARD_GIVEN, DAY_NONE);
	early[1] = award_of("LOT-0002", AWARD_NOT_GIVEN, DAY_NONE);
	late[0] = award_of("LOT-0001", AWARD_GIVEN, day_from_civil(2026, 7, 1));
	late[1] = award_of("LOT-0001", AWARD_GIVEN, day_from_civil(2026, 8, 1));
	n[1].awards = early;
	n[1].n_awards = 2;
	n[2].awards = late;
	n[2].n_awards = 2;

	dossier_awards(n, 3, &arena, &awards, &n_awards);
	assert_int_equal(n_awards, 3);
	assert_true(str_eqz(awards[0].lot, "LOT-0002") && awards[0].result == &n[1]);
	assert_int_equal(awards[0].from, TODAY + 90);
	assert_int_equal(awards[0].over, DAY_NONE);
	assert_true(awards[1].result == &n[2] && awards[2].result == &n[2]);
	assert_int_equal(awards[1].over, day_from_civil(2027, 7, 1));
	assert_int_equal(awards[2].over_renewed, day_from_civil(2030, 8, 1));

	renewal = dossier_renewal(awards, n_awards);
	assert_int_equal(renewal.from, day_from_civil(2027, 7, 1) - RENEWAL_LEAD_DAYS);
	assert_int_equal(renewal.until, day_from_civil(2030, 8, 1));
	renewal = dossier_renewal(awards, 1);
	assert_int_equal(renewal.from, DAY_NONE);

	assert_string_equal(dossier_state_name(dossier_story(n, 3, DEADLINE(100)).state), "awarded");
	early[0].outcome = AWARD_NOT_GIVEN;
	assert_string_equal(dossier_state_name(dossier_story(n, 2, DEADLINE(100)).state), "unsuccessful");
	assert_string_equal(dossier_state_name(dossier_story(n, 3, DEADLINE(100)).state), "awarded");
	dossier_awards(n, 1, &arena, &awards, &n_awards);
	assert_int_equal(n_awards, 0);
}

static void test_what_a_notice_is_compared_with(void **state)
{
	struct notice n[4] = {
		entry("26-1", NOTICE_COMPETITION, NOTICE_COMPETITION, 0),
		entry("26-2", NOTICE_COMPETITION, NOTICE_COMPETITION, 1),
		entry("9-2026", NOTICE_COMPETITION, NOTICE_COMPETITION, 2),
		entry("26-3", NOTICE_CHANGE, NOTICE_COMPETITION, 3),
	};
	struct notice_link link = { LINK_CHANGES, STR("26-1") };

	(void)state;
	n[2].source = STR("ted");
	assert_true(dossier_before(n, 0) == SIZE_MAX);
	assert_int_equal(dossier_before(n, 2), 1);
	assert_int_equal(dossier_before(n, 3), 1);
	n[3].links = &link;
	n[3].n_links = 1;
	assert_int_equal(dossier_before(n, 3), 0);
}

/* differences: "field[lot]!" with ! for material ones */

static struct str told(const struct differences *all)
{
	struct str text = STR("");

	for (size_t i = 0; i < all->n; i++)
		text = arena_printf(&arena, "%.*s%s%s%.*s%s", STR_ARG(text), i ? " " : "", all->at[i].field,
			STR_ARG(all->at[i].lot), all->at[i].material ? "!" : "");
	return text;
}

static void check_differences(const struct notice *before, const struct notice *after, const char *wanted)
{
	struct differences all;
	struct str got;

	dossier_compare(before, after, &arena, &all);
	got = told(&all);
	if (!str_eqz(got, wanted))
		fail_msg("\"%.*s\", not \"%s\"", STR_ARG(got), wanted);
}

static void test_differences(void **state)
{
	struct notice a = entry("a", NOTICE_COMPETITION, NOTICE_COMPETITION, 0), b;
	struct str cpv[] = { STR("72000000"), STR("48000000") }, same[] = { STR("48000000"), STR("72000000") };

	(void)state;
	a.title = STR("Capteurs d'irrigation");
	a.deadline.at = DEADLINE(30);
	a.value = (struct money){ 100, "EUR" };
	a.value_kind = VALUE_ESTIMATE;
	a.cpv = (struct codes){ cpv, 2, 0 };
	a.documents_url = STR("https://example.org/a");
	a.criteria = STR("Prix");

	b = a;
	check_differences(&a, &b, "");
	b.title = STR("CAPTEURS D’IRRIGATION");
	b.cpv.at = same;
	check_differences(&a, &b, "");
	/* a correction that repeats nothing takes nothing back */
	b = entry("b", NOTICE_CHANGE, NOTICE_COMPETITION, 5);
	check_differences(&a, &b, "");
	b.deadline.at = DEADLINE(37);
	b.title = STR("Capteurs d'irrigation et vannes");
	b.documents_url = STR("https://example.org/b");
	b.criteria = STR("Prix\nDélai");
	b.cpv = (struct codes){ cpv, 1, 0 };
	b.value = (struct money){ 200, "EUR" };
	b.value_kind = VALUE_ESTIMATE;
	check_differences(&a, &b, "deadline! value! documents_url! criteria! title cpv");
	/* a ceiling is not another estimate */
	b = a;
	b.value = (struct money){ 900, "EUR" };
	b.value_kind = VALUE_CEILING;
	check_differences(&a, &b, "");
	/* only the day is known: the hour has not moved */
	b = a;
	b.deadline.at = DEADLINE(30) + 3600 * 5;
	b.deadline.certainty = DEADLINE_DAY_ONLY;
	check_differences(&a, &b, "");
	b = a;
	b.kind = NOTICE_CANCELLATION;
	check_differences(&a, &b, "cancelled!");
	check_differences(&b, &b, "");
}

static void test_differences_of_lots(void **state)
{
	struct notice a = entry("a", NOTICE_COMPETITION, NOTICE_COMPETITION, 0), b;
	struct lot was[2], now[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		lot_init(&was[i]);
		was[i].id = i ? STR("LOT-0002") : STR("LOT-0001");
		was[i].title = i ? STR("Vannes") : STR("Capteurs");
		was[i].deadline.at = DEADLINE(30);
		now[i] = was[i];
	}
	a.deadline.at = DEADLINE(30);
	a.lots = was;
	a.n_lots = 2;
	b = a;
	b.lots = now;
	check_differences(&a, &b, "");
	now[1].id = STR("LOT-0003");
	check_differences(&a, &b, "lotLOT-0003! lotLOT-0002!");
	now[1].id = was[1].id;
	now[1].description = STR("En laiton");
	check_differences(&a, &b, "descriptionLOT-0002");
	/* all lots move together: told once */
	now[1] = was[1];
	now[0].deadline.at = now[1].deadline.at = b.deadline.at = DEADLINE(40);
	check_differences(&a, &b, "deadline!");
	now[1].deadline.at = DEADLINE(50);
	check_differences(&a, &b, "deadline! deadlineLOT-0002!");
	b.n_lots = 0;
	b.deadline.at = DEADLINE(30);
	check_differences(&a, &b, "");
}

static void test_differences_of_results(void **state)
{
	struct notice a = entry("a", NOTICE_COMPETITION, NOTICE_COMPETITION, 0);
	struct notice b = entry("b", NOTICE_RESULT, NOTICE_RESULT, 90), c;

	(void)state;
	a.title = STR("Capteurs");
	b.title = STR("Autre titre");
	check_differences(&a, &b, "awarded!");
	c = b;
	check_differences(&b, &c, "");
	c.value = (struct money){ 500, "EUR" };
	c.value_kind = VALUE_AWARD;
	check_differences(&b, &c, "awarded!");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_judge),
		cmocka_unit_test(test_sketches_rule_out_nothing_that_is_alike),
		cmocka_unit_test(test_sketches_as_bytes),
		cmocka_unit_test(test_shingles),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_story),
		cmocka_unit_test(test_awards),
		cmocka_unit_test(test_what_a_notice_is_compared_with),
		cmocka_unit_test(test_differences),
		cmocka_unit_test(test_differences_of_lots),
		cmocka_unit_test(test_differences_of_results),
	};

	return cmocka_run_group_tests(tests, NULL, arena_done_state);
}
