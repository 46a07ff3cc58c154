#include "fixture.h"

enum { MEMBERS_MAX = 7 };

/* A publication as far as linking sees it. */
struct member {
	const char *source, *ref;
	const char *procedure_id, *notice_uuid; /* or NULL */
	const char *links[3];                   /* refs it names */
};

#define BOAMP .source = "boamp", .ref =
#define TED .source = "ted", .ref =
#define REQUIREMENT .source = "requirement", .ref =

static int put_member(struct fixture *f, const struct member *m)
{
	struct notice n = simple_notice(f, m->source, m->ref);

	if (strcmp(m->source, "requirement") == 0)
		n.kind = n.stage = NOTICE_REQUIREMENT;
	n.procedure_id = str_of(m->procedure_id);
	n.notice_uuid = str_of(m->notice_uuid);
	n.links = arena_array(&f->arena, struct notice_link, LENGTH(m->links));
	for (size_t i = 0; i < LENGTH(m->links) && m->links[i]; i++)
		n.links[n.n_links++] = (struct notice_link){ LINK_FOLLOWS, str_of(m->links[i]) };
	return store_notice_put(f->db, &n, STR_NONE, NOW, &f->arena, &f->err);
}

static struct str dossier_of(struct fixture *f, const struct member *m)
{
	struct notice n;

	assert_done(f, store_notice_find(f->db, arena_printf(&f->arena, "%s:%s", m->source, m->ref),
			       &f->arena, &n, &f->err));
	return n.dossier;
}

/* Puts them in this order, compares, and forgets them again. */
static void check_order(struct fixture *f, const struct member *members, const char *const *wanted,
	const int *order, int n)
{
	begin(f);
	for (int i = 0; i < n; i++)
		assert_outcome(f, put_member(f, &members[order[i]]), STORE_NEW);
	for (int i = 0; i < n; i++) {
		struct str got = dossier_of(f, &members[i]);

		if (!str_eqz(got, wanted[i]))
			fail_msg("%s is in %.*s, not in %s (order %d %d %d %d)", members[i].ref,
				STR_ARG(got), wanted[i], order[0], order[1], order[2], order[3]);
	}
	db_rollback(f->db);
}

/* All orders, by exchanging (Heap). */
static int check_all_orders(struct fixture *f, const struct member *members,
	const char *const *wanted, int *order, int k, int n)
{
	int count = 0;

	if (k == 1) {
		check_order(f, members, wanted, order, n);
		return 1;
	}
	for (int i = 0; i < k; i++) {
		int other = k % 2 ? 0 : i, kept;

		count += check_all_orders(f, members, wanted, order, k - 1, n);
		kept = order[other];
		order[other] = order[k - 1];
		order[k - 1] = kept;
	}
	return count;
}

#define P1 "11111111-aaaa-4bbb-8ccc-000000000001"
#define P2 "22222222-aaaa-4bbb-8ccc-000000000002"
#define U1 "0a0b0c0d-1111-4222-8333-444455556666"

static void test_every_order_gives_the_same(void **state)
{
	struct fixture *f = *state;
	static const struct {
		struct member members[4];
		const char *wanted[4];
	} cases[] = {
		/* a chain of corrections */
		{ { { BOAMP "26-4", .links = { "26-3" } }, { BOAMP "26-3", .links = { "26-2" } },
			  { BOAMP "26-2", .links = { "26-1" } }, { BOAMP "26-1" } },
			{ "boamp:26-1", "boamp:26-1", "boamp:26-1", "boamp:26-1" } },
		/* a star, whose middle has the greatest id */
		{ { { BOAMP "26-1", .links = { "26-9" } }, { BOAMP "26-2", .links = { "26-9" } },
			  { BOAMP "26-3", .links = { "26-9" } }, { BOAMP "26-9" } },
			{ "boamp:26-1", "boamp:26-1", "boamp:26-1", "boamp:26-1" } },
		/* BOAMP and TED by their procedure, and a national correction without one */
		{ { { BOAMP "26-1", .procedure_id = P1 }, { TED "1-2026", .procedure_id = P1 },
			  { TED "2-2026", .procedure_id = P1 },
			  { BOAMP "26-0", .links = { "26-1" } } },
			{ "procedure:" P1, "procedure:" P1, "procedure:" P1, "procedure:" P1 } },
		/* two procedures that a notice joins; the smaller one wins */
		{ { { TED "1-2026", .procedure_id = P2 }, { TED "2-2026", .procedure_id = P1 },
			  { BOAMP "26-1", .links = { "1-2026", "2-2026" } },
			  { TED "3-2026", .procedure_id = P2 } },
			{ "procedure:" P1, "procedure:" P1, "procedure:" P1, "procedure:" P1 } },
		/* by notice UUID, with its version, in either case */
		{ { { TED "1-2026", .notice_uuid = U1 },
			  { TED "2-2026", .links = { "0A0B0C0D-1111-4222-8333-444455556666-01" } },
			  { TED "3-2026", .links = { U1 } }, { TED "4-2026" } },
			{ "ted:1-2026", "ted:1-2026", "ted:1-2026", "ted:4-2026" } },
		/* zeros in front: early in 2023 a number is written in two ways, later in one */
		{ { { TED "54098-2023" }, { TED "60000-2023", .links = { "054098-2023" } },
			  { TED "054098-2024" }, { BOAMP "23-1", .links = { "54098-2024" } } },
			{ "ted:54098-2023", "ted:54098-2023", "ted:054098-2024", "boamp:23-1" } },
		/* naming what never comes joins nobody; nor does naming oneself, or a requirement's slug */
		{ { { BOAMP "26-1", .links = { "25-7" } },
			  { BOAMP "26-2", .links = { "25-7", "26-2" } }, { REQUIREMENT "26-5" },
			  { BOAMP "26-3", .links = { "26-5" } } },
			{ "boamp:26-1", "boamp:26-2", "requirement:26-5", "boamp:26-3" } },
		/* a circle, and a stranger */
		{ { { BOAMP "26-1", .links = { "26-2" } }, { BOAMP "26-2", .links = { "26-3" } },
			  { BOAMP "26-3", .links = { "26-1" } },
			  { BOAMP "26-4", .links = { "" } } },
			{ "boamp:26-1", "boamp:26-1", "boamp:26-1", "boamp:26-4" } },
	};

	for (size_t i = 0; i < LENGTH(cases); i++) {
		int order[4] = { 0, 1, 2, 3 };

		assert_int_equal(
			check_all_orders(f, cases[i].members, cases[i].wanted, order, 4, 4), 24);
	}
}

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 16;
}

/* The dossiers as their definition has them: join what belongs together until nothing changes. */
static void expected(struct fixture *f, const struct member *members, int n, const char **ret)
{
	bool changed = true;

	for (int i = 0; i < n; i++)
		ret[i] = members[i].procedure_id
				 ? arena_printf(&f->arena, "procedure:%s", members[i].procedure_id)
					   .ptr
				 : arena_printf(
					   &f->arena, "%s:%s", members[i].source, members[i].ref)
					   .ptr;
	while (changed) {
		changed = false;
		for (int i = 0; i < n; i++) {
			for (int k = 0; k < n; k++) {
				const struct member *a = &members[i], *b = &members[k];
				bool joined = a->procedure_id && b->procedure_id &&
					      strcmp(a->procedure_id, b->procedure_id) == 0;
				bool ap = ret[i][0] == 'p', bp = ret[k][0] == 'p';

				for (size_t l = 0; l < LENGTH(a->links) && a->links[l]; l++)
					joined |= strcmp(a->links[l], b->ref) == 0;
				if (!joined || strcmp(ret[i], ret[k]) == 0)
					continue;
				if (ap != bp ? ap : strcmp(ret[i], ret[k]) < 0)
					ret[k] = ret[i];
				else
					ret[i] = ret[k];
				changed = true;
			}
		}
	}
}

static void test_random_families(void **state)
{
	struct fixture *f = *state;
	static const char *const ids[MEMBERS_MAX] = { "26-1", "26-2", "26-3", "26-4", "26-5",
		"26-6", "26-7" };
	uint32_t seed = 20260302;

	for (int round = 0; round < 300; round++) {
		struct member members[MEMBERS_MAX] = { { 0 } };
		const char *wanted[MEMBERS_MAX];
		int order[MEMBERS_MAX];

		for (int i = 0; i < MEMBERS_MAX; i++) {
			uint32_t kind = next_random(&seed) % 6;
			struct member *m = &members[i];

			m->source = i % 2 ? "ted" : "boamp";
			m->ref = ids[i];
			m->procedure_id = kind == 0 ? P1 : kind == 1 ? P2 : NULL;
			for (uint32_t l = 0; l < next_random(&seed) % 3; l++)
				m->links[l] = ids[next_random(&seed) % MEMBERS_MAX];
			order[i] = i;
		}
		for (int i = MEMBERS_MAX - 1; i > 0; i--) {
			int k = (int)(next_random(&seed) % (uint32_t)(i + 1)), kept = order[i];

			order[i] = order[k];
			order[k] = kept;
		}
		expected(f, members, MEMBERS_MAX, wanted);
		check_order(f, members, wanted, order, MEMBERS_MAX);
		arena_reset(&f->arena);
	}
}

static void test_a_change_may_link(void **state)
{
	struct fixture *f = *state;
	struct member a = { BOAMP "26-1" }, b = { TED "1-2026", .procedure_id = P1 };

	begin(f);
	assert_outcome(f, put_member(f, &a), STORE_NEW);
	assert_outcome(f, put_member(f, &b), STORE_NEW);
	assert_text(dossier_of(f, &a), "boamp:26-1");
	a.procedure_id = P1;
	assert_outcome(f, put_member(f, &a), STORE_UPDATED);
	assert_text(dossier_of(f, &a), "procedure:" P1);
	/* A link that is gone does not part what was one. */
	a.procedure_id = NULL;
	assert_outcome(f, put_member(f, &a), STORE_UPDATED);
	assert_text(dossier_of(f, &a), "procedure:" P1);
	assert_text(dossier_of(f, &b), "procedure:" P1);
	commit(f);
}

static void test_a_given_dossier_stands(void **state)
{
	struct fixture *f = *state;
	struct notice n = simple_notice(f, "boamp", "26-1"), got;

	n.dossier = STR("by hand");
	assert_outcome(f, put(f, &n), STORE_NEW);
	assert_done(f, store_notice_find(f->db, n.id, &f->arena, &got, &f->err));
	assert_text(got.dossier, "by hand");
}

/* What everybody names is no purchase: the dossier stops growing, and writing stays cheap. */
static void test_dossiers_have_a_ceiling(void **state)
{
	struct fixture *f = *state;
	struct member hub = { BOAMP "hub" };
	struct notice_filter filter;
	int64_t count;

	begin(f);
	assert_outcome(f, put_member(f, &hub), STORE_NEW);
	for (int i = 0; i < DOSSIER_NOTICES_MAX + 100; i++) {
		struct member m = { BOAMP arena_printf(&f->arena, "n%06d", i).ptr,
			.links = { "hub" } };

		assert_outcome(f, put_member(f, &m), STORE_NEW);
	}
	commit(f);
	notice_filter_init(&filter);
	filter.dossier = dossier_of(f, &hub);
	assert_text(filter.dossier, "boamp:hub");
	assert_done(f, store_notice_count(f->db, &filter, &count, &f->err));
	assert_int_equal(count, DOSSIER_NOTICES_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_every_order_gives_the_same),
		STORE_TEST(test_random_families),
		STORE_TEST(test_a_change_may_link),
		STORE_TEST(test_a_given_dossier_stands),
		STORE_TEST(test_dossiers_have_a_ceiling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
