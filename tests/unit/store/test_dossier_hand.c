/* Likeness in the store, what people decide, and that computing never goes against it. */
#include "fixture.h"
#include "store/dossier.h"

static struct notice town_notice(struct fixture *f, const char *source, const char *ref, int day)
{
	struct notice n = simple_notice(f, source, ref);

	n.title = STR("Rénovation énergétique du groupe scolaire Jean-Moulin");
	n.buyer.name = STR("Commune de Mende");
	n.published = TODAY + day;
	return n;
}

static void put_new(struct fixture *f, struct notice *n)
{
	begin(f);
	assert_outcome(f, store_notice_put(f->db, n, STR_NONE, NOW, &f->arena, &f->err), STORE_NEW);
	commit(f);
}

static struct str key_of(struct fixture *f, const char *id)
{
	struct str key;

	assert_done(f, store_dossier_find(f->db, str_of(id), &f->arena, &key, &f->err));
	return key;
}

/* The content changes, so that its dossier is computed again. */
static void rewrite(struct fixture *f, struct notice *n)
{
	n->description = arena_printf(&f->arena, "%.*s!", STR_ARG(n->description));
	n->dossier = STR_NONE;
	begin(f);
	assert_outcome(f, store_notice_put(f->db, n, STR_NONE, NOW, &f->arena, &f->err), STORE_UPDATED);
	commit(f);
}

static void test_likeness_joins(void **state)
{
	struct fixture *f = *state;
	struct notice a = town_notice(f, "boamp", "26-1", 0), b = town_notice(f, "ted", "9-2026", 2);
	struct notice c = town_notice(f, "boamp", "26-2", 100), d = town_notice(f, "boamp", "26-3", 1);
	struct dossier_link *links;
	struct notice *notices;
	size_t n;

	c.kind = c.stage = NOTICE_RESULT;
	c.deadline.at = TIME_NONE;
	d.title = STR("Fourniture de repas");
	put_new(f, &a);
	put_new(f, &b);
	put_new(f, &c);
	put_new(f, &d);
	assert_text(key_of(f, "ted:9-2026"), "boamp:26-1");
	assert_text(key_of(f, "boamp:26-2"), "boamp:26-1");
	assert_text(key_of(f, "boamp:26-3"), "boamp:26-3");
	assert_done(f, store_dossier_links(f->db, STR("boamp:26-1"), &f->arena, &links, &n, &f->err));
	assert_int_equal(n, 2);
	assert_text(links[0].notice, "boamp:26-2");
	assert_int_equal(links[0].kind, DOSSIER_LIKENESS);
	assert_text(links[1].notice, "ted:9-2026");
	assert_text(links[1].other, "boamp:26-1");
	assert_int_equal(links[1].kind, DOSSIER_DEADLINE);
	assert_in_range(links[1].confidence, 60, 99);
	assert_done(f, store_dossier_notices(f->db, STR("boamp:26-1"), &f->arena, &notices, &n, &f->err));
	assert_int_equal(n, 3);
	assert_done(f, store_dossier_notices(f->db, STR("none"), &f->arena, &notices, &n, &f->err));
	assert_int_equal(n, 0);
}

/* The call comes last: its correction and its result waited for it. */
static void test_who_came_early_goes_with_a_late_arrival(void **state)
{
	struct fixture *f = *state;
	struct notice call = town_notice(f, "ted", "9-2026", 0), change = town_notice(f, "boamp", "26-2", 10);
	struct notice result = town_notice(f, "boamp", "26-3", 90), twin = town_notice(f, "ted", "8-2026", 0);
	struct dossier_link *links;
	size_t n;

	change.kind = NOTICE_CHANGE;
	change.deadline.at += 20 * 86400; /* not by their deadlines */
	result.kind = result.stage = NOTICE_RESULT;
	result.deadline.at = TIME_NONE;
	result.title = STR("Rénovation énergétique du groupe scolaire Jean-Moulin : attribution du marché");
	call.procedure_id = twin.procedure_id = STR("11111111-aaaa-4bbb-8ccc-000000000001");
	twin.title = STR("Schulsanierung");
	put_new(f, &twin); /* an id joins it and the call */
	put_new(f, &change);
	put_new(f, &result);
	assert_text(key_of(f, "boamp:26-2"), "boamp:26-2");
	put_new(f, &call);
	assert_text(key_of(f, "boamp:26-2"), "procedure:11111111-aaaa-4bbb-8ccc-000000000001");
	assert_text(key_of(f, "ted:8-2026"), "procedure:11111111-aaaa-4bbb-8ccc-000000000001");
	assert_done(f, store_dossier_links(f->db, key_of(f, "ted:9-2026"), &f->arena, &links, &n, &f->err));
	assert_true(n >= 2);
	assert_text(links[0].notice, "boamp:26-2");
	assert_text(links[0].other, "ted:9-2026");
	assert_int_equal(links[0].kind, DOSSIER_LIKENESS);
}

/* A correction that names its call says nothing of an earlier purchase with the same title. */
static void test_a_correction_does_not_take_an_earlier_purchase_along(void **state)
{
	struct fixture *f = *state;
	struct notice a = town_notice(f, "boamp", "26-1", 0), b = town_notice(f, "boamp", "26-2", 1);
	struct notice change = town_notice(f, "boamp", "26-3", 9);
	struct notice_link link = { LINK_CHANGES, STR("26-1") };

	a.deadline.at += 86400;
	change.kind = NOTICE_CHANGE;
	change.links = &link;
	change.n_links = 1;
	put_new(f, &a);
	put_new(f, &b);
	put_new(f, &change);
	assert_text(key_of(f, "boamp:26-3"), "boamp:26-1");
	assert_text(key_of(f, "boamp:26-2"), "boamp:26-2");
}

/* A guess never joins two purchases that have ids of their own. */
static void test_ids_stand_against_likeness(void **state)
{
	struct fixture *f = *state;
	struct notice a = town_notice(f, "boamp", "26-1", 0), b = town_notice(f, "ted", "9-2026", 2);
	struct notice c = town_notice(f, "boamp", "26-2", 1);

	a.procedure_id = STR("11111111-aaaa-4bbb-8ccc-000000000001");
	b.procedure_id = STR("22222222-aaaa-4bbb-8ccc-000000000002");
	c.kind = NOTICE_CHANGE;
	put_new(f, &a);
	put_new(f, &c); /* goes with a by likeness … */
	put_new(f, &b); /* … and does not bring b */
	assert_text(key_of(f, "boamp:26-2"), key_of(f, "boamp:26-1").ptr);
	assert_text(key_of(f, "ted:9-2026"), "procedure:22222222-aaaa-4bbb-8ccc-000000000002");
}

/* What a converter fills in for all is no id of a purchase; what differs in the buyer's name alone is. */
static void test_a_procedure_id_does_not_join_strangers(void **state)
{
	struct fixture *f = *state;
	struct notice a = town_notice(f, "ted", "1-2026", 0), b = town_notice(f, "ted", "2-2026", 2);
	struct notice c = town_notice(f, "ted", "3-2026", 3), d = town_notice(f, "ted", "4-2026", 4);
	static const char procedure[] = "procedure:11111111-aaaa-4bbb-8ccc-000000000001";

	a.procedure_id = b.procedure_id = c.procedure_id = d.procedure_id =
		STR("11111111-aaaa-4bbb-8ccc-000000000001");
	b.title = STR("Fourniture de repas en liaison froide");
	b.buyer.name = STR("Hospices civils du Gévaudan");
	b.buyer.id = STR_NONE;
	c.buyer.name = STR("Lozère Ingénierie");
	d.title = STR("Energetische Sanierung des Schulzentrums");
	put_new(f, &a);
	put_new(f, &b);
	put_new(f, &c);
	put_new(f, &d);
	assert_text(key_of(f, "ted:1-2026"), procedure);
	assert_text(key_of(f, "ted:2-2026"), "ted:2-2026");
	assert_text(key_of(f, "ted:3-2026"), procedure);
	assert_text(key_of(f, "ted:4-2026"), procedure);
}

static void test_a_citation_is_told(void **state)
{
	struct fixture *f = *state;
	struct notice a = simple_notice(f, "boamp", "26-1"), b = simple_notice(f, "boamp", "26-2");
	struct notice_link link = { LINK_CHANGES, STR("26-1") };
	struct dossier_link *links;
	size_t n;

	b.links = &link;
	b.n_links = 1;
	put_new(f, &a);
	put_new(f, &b);
	assert_done(f, store_dossier_links(f->db, STR("boamp:26-1"), &f->arena, &links, &n, &f->err));
	assert_int_equal(n, 1);
	assert_int_equal(links[0].kind, DOSSIER_CITATION);
	assert_int_equal(links[0].confidence, DOSSIER_CITATION_CONFIDENCE);
}

static int merge(struct fixture *f, const char *a, const char *b, struct str *ret)
{
	int r;

	begin(f);
	r = store_dossier_merge(f->db, key_of(f, a), key_of(f, b), NOW, &f->arena, ret, &f->err);
	commit(f);
	return r;
}

static int split(struct fixture *f, const char *id, struct str *ret)
{
	int r;

	begin(f);
	r = store_dossier_split(f->db, str_of(id), NOW, &f->arena, ret, &f->err);
	commit(f);
	return r;
}

static void test_merged_by_hand(void **state)
{
	struct fixture *f = *state;
	struct notice a = simple_notice(f, "boamp", "26-1"), b = simple_notice(f, "boamp", "26-2");
	struct notice c = simple_notice(f, "boamp", "26-3");
	struct notice_link link = { LINK_CHANGES, STR("26-2") };
	struct dossier_link *links;
	struct str key;
	size_t n;

	put_new(f, &a);
	put_new(f, &b);
	assert_outcome(f, merge(f, "boamp:26-2", "boamp:26-1", &key), 0);
	assert_text(key, "boamp:26-1");
	assert_outcome(f, merge(f, "boamp:26-2", "boamp:26-1", &key), STORE_UNCHANGED);
	rewrite(f, &a);
	rewrite(f, &b);
	assert_text(key_of(f, "boamp:26-2"), "boamp:26-1");
	/* what follows one of them comes along, also under a better name */
	c.links = &link;
	c.n_links = 1;
	c.procedure_id = STR("11111111-aaaa-4bbb-8ccc-000000000001");
	put_new(f, &c);
	assert_text(key_of(f, "boamp:26-1"), "procedure:11111111-aaaa-4bbb-8ccc-000000000001");
	rewrite(f, &b);
	assert_text(key_of(f, "boamp:26-2"), "procedure:11111111-aaaa-4bbb-8ccc-000000000001");
	assert_done(f, store_dossier_links(f->db, key_of(f, "boamp:26-1"), &f->arena, &links, &n, &f->err));
	assert_int_equal(n, 2);
	assert_int_equal(links[0].kind, DOSSIER_HAND);
}

static void test_split_by_hand(void **state)
{
	struct fixture *f = *state;
	struct notice a = town_notice(f, "boamp", "26-1", 0), b = town_notice(f, "ted", "9-2026", 2);
	struct notice c = simple_notice(f, "ted", "10-2026"), d = town_notice(f, "boamp", "26-4", 3);
	struct notice_link link = { LINK_CHANGES, STR("9-2026") };
	struct str key;

	put_new(f, &a);
	assert_outcome(f, split(f, "boamp:26-1", &key), STORE_UNCHANGED);
	assert_outcome(f, split(f, "boamp:26-9", &key), STORE_NONE);
	put_new(f, &b);
	assert_outcome(f, split(f, "ted:9-2026", &key), 0);
	assert_text(key, "apart:ted:9-2026");
	rewrite(f, &b);
	rewrite(f, &a);
	assert_text(key_of(f, "boamp:26-1"), "boamp:26-1");
	assert_text(key_of(f, "ted:9-2026"), "apart:ted:9-2026");
	/* a correction that names it goes with it, a look-alike does not */
	c.links = &link;
	c.n_links = 1;
	put_new(f, &c);
	assert_text(key_of(f, "ted:10-2026"), "apart:ted:9-2026");
	rewrite(f, &c);
	assert_text(key_of(f, "ted:10-2026"), "apart:ted:9-2026");
	d.kind = NOTICE_CHANGE;
	put_new(f, &d);
	assert_text(key_of(f, "boamp:26-4"), "boamp:26-1");
	/* the last decision counts */
	assert_outcome(f, merge(f, "ted:9-2026", "boamp:26-1", &key), 0);
	assert_text(key, "boamp:26-1");
	rewrite(f, &b);
	assert_text(key_of(f, "ted:9-2026"), "boamp:26-1");
	assert_text(key_of(f, "ted:10-2026"), "boamp:26-1");
}

/* Same ids as the rest of its dossier, and yet apart. */
static void test_split_stands_against_ids(void **state)
{
	struct fixture *f = *state;
	struct notice n[3];
	struct str key;

	for (int i = 0; i < 3; i++) {
		n[i] = simple_notice(f, "boamp", arena_printf(&f->arena, "26-%d", i).ptr);
		n[i].procedure_id = STR("11111111-aaaa-4bbb-8ccc-000000000001");
	}
	put_new(f, &n[0]);
	put_new(f, &n[1]);
	assert_outcome(f, split(f, "boamp:26-1", &key), 0);
	put_new(f, &n[2]);
	rewrite(f, &n[0]);
	rewrite(f, &n[1]);
	assert_text(key_of(f, "boamp:26-0"), "procedure:11111111-aaaa-4bbb-8ccc-000000000001");
	assert_text(key_of(f, "boamp:26-1"), "apart:boamp:26-1");
	assert_text(key_of(f, "boamp:26-2"), "procedure:11111111-aaaa-4bbb-8ccc-000000000001");
}

static void test_merging_has_a_ceiling(void **state)
{
	struct fixture *f = *state;
	struct notice n = simple_notice(f, "boamp", "last");
	struct str key;

	begin(f);
	for (int i = 0; i < DOSSIER_NOTICES_MAX; i++) {
		struct notice m = simple_notice(f, "boamp", arena_printf(&f->arena, "n%d", i).ptr);

		m.dossier = STR("full");
		assert_outcome(f, store_notice_put(f->db, &m, STR_NONE, NOW, &f->arena, &f->err), STORE_NEW);
	}
	commit(f);
	put_new(f, &n);
	begin(f);
	assert_int_equal(store_dossier_merge(f->db, STR("full"), STR("boamp:last"), NOW, &f->arena, &key,
				 &f->err), -ERROR_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_likeness_joins),
		STORE_TEST(test_who_came_early_goes_with_a_late_arrival),
		STORE_TEST(test_a_correction_does_not_take_an_earlier_purchase_along),
		STORE_TEST(test_ids_stand_against_likeness),
		STORE_TEST(test_a_procedure_id_does_not_join_strangers),
		STORE_TEST(test_a_citation_is_told),
		STORE_TEST(test_merged_by_hand),
		STORE_TEST(test_split_by_hand),
		STORE_TEST(test_split_stands_against_ids),
		STORE_TEST(test_merging_has_a_ceiling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
