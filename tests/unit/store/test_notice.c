#include "fixture.h"
#include "store/raw.h"

/* Every text of a notice, so that none is forgotten by the row, the hash or the reader. */
static const struct {
	const char *name;
	size_t offset;
} texts[] = {
	{ "notice_type", offsetof(struct notice, notice_type) },
	{ "language", offsetof(struct notice, language) },
	{ "title", offsetof(struct notice, title) },
	{ "description", offsetof(struct notice, description) },
	{ "buyer.name", offsetof(struct notice, buyer.name) },
	{ "buyer.id", offsetof(struct notice, buyer.id) },
	{ "buyer.city", offsetof(struct notice, buyer.city) },
	{ "buyer.postcode", offsetof(struct notice, buyer.postcode) },
	{ "buyer.department", offsetof(struct notice, buyer.department) },
	{ "buyer.nuts", offsetof(struct notice, buyer.nuts) },
	{ "buyer.country", offsetof(struct notice, buyer.country) },
	{ "procedure", offsetof(struct notice, procedure) },
	{ "criteria", offsetof(struct notice, criteria) },
	{ "deadline.text", offsetof(struct notice, deadline.text) },
	{ "url", offsetof(struct notice, url) },
	{ "documents_url", offsetof(struct notice, documents_url) },
	{ "procedure_id", offsetof(struct notice, procedure_id) },
	{ "notice_uuid", offsetof(struct notice, notice_uuid) },
	{ "reference", offsetof(struct notice, reference) },
};

static struct str *text_of(struct notice *n, size_t i)
{
	return (struct str *)((char *)n + texts[i].offset);
}

static void deadlines_equal(const struct deadline *a, const struct deadline *b)
{
	assert_true(a->at == b->at);
	assert_int_equal(a->offset_s, b->offset_s);
	assert_int_equal(a->certainty, b->certainty);
	assert_true(str_eq(a->text, b->text));
}

static void codes_equal(const struct codes *a, const struct codes *b)
{
	assert_int_equal(a->n, b->n);
	for (size_t i = 0; i < a->n; i++)
		assert_true(str_eq(a->at[i], b->at[i]));
}

static void values_equal(
	struct money a, enum value_kind a_kind, struct money b, enum value_kind b_kind)
{
	assert_true(a.cents == b.cents);
	assert_string_equal(a.currency, b.currency);
	assert_int_equal(a_kind, b_kind);
}

static void terms_equal(const struct term *a, const struct term *b)
{
	assert_int_equal(a->length, b->length);
	assert_int_equal(a->unit, b->unit);
	assert_int_equal(a->start, b->start);
	assert_int_equal(a->end, b->end);
	assert_int_equal(a->renewals, b->renewals);
}

static void wordings_equal(const struct wording *a, size_t n, const struct wording *b, size_t m)
{
	assert_int_equal(n, m);
	for (size_t i = 0; i < n; i++) {
		assert_true(str_eq(a[i].language, b[i].language));
		assert_true(str_eq(a[i].title, b[i].title));
		assert_true(str_eq(a[i].description, b[i].description));
	}
}

static void parties_equal(const struct party *a, const struct party *b)
{
	assert_true(str_eq(a->name, b->name));
	assert_true(str_eq(a->id, b->id));
	assert_true(str_eq(a->city, b->city));
	assert_true(str_eq(a->postcode, b->postcode));
	assert_true(str_eq(a->department, b->department));
	assert_true(str_eq(a->nuts, b->nuts));
	assert_true(str_eq(a->country, b->country));
}

static void awards_equal(const struct award *a, const struct award *b)
{
	assert_true(str_eq(a->lot, b->lot));
	assert_int_equal(a->outcome, b->outcome);
	assert_true(str_eq(a->contract, b->contract));
	assert_int_equal(a->decided, b->decided);
	assert_int_equal(a->concluded, b->concluded);
	assert_int_equal(a->tenders, b->tenders);
	values_equal(a->value, VALUE_NONE, b->value, VALUE_NONE);
	values_equal(a->ceiling, VALUE_NONE, b->ceiling, VALUE_NONE);
	assert_int_equal(a->n_winners, b->n_winners);
	for (size_t i = 0; i < a->n_winners; i++) {
		parties_equal(&a->winners[i].party, &b->winners[i].party);
		assert_int_equal(a->winners[i].size, b->winners[i].size);
	}
}

static void lots_equal(const struct lot *a, const struct lot *b)
{
	assert_true(str_eq(a->id, b->id));
	assert_true(str_eq(a->title, b->title));
	assert_true(str_eq(a->description, b->description));
	assert_int_equal(a->nature, b->nature);
	codes_equal(&a->cpv, &b->cpv);
	codes_equal(&a->places, &b->places);
	values_equal(a->value, a->value_kind, b->value, b->value_kind);
	deadlines_equal(&a->deadline, &b->deadline);
	terms_equal(&a->term, &b->term);
	wordings_equal(a->wordings, a->n_wordings, b->wordings, b->n_wordings);
}

static void notices_equal(struct notice *a, struct notice *b)
{
	assert_true(str_eq(a->id, b->id));
	assert_true(str_eq(a->source, b->source));
	assert_true(str_eq(a->ref, b->ref));
	assert_int_equal(a->version, b->version);
	assert_true(str_eq(a->dossier, b->dossier));
	assert_int_equal(a->kind, b->kind);
	assert_int_equal(a->stage, b->stage);
	for (size_t i = 0; i < LENGTH(texts); i++)
		if (!str_eq(*text_of(a, i), *text_of(b, i)))
			fail_msg("%s differs", texts[i].name);
	assert_int_equal(a->nature, b->nature);
	codes_equal(&a->cpv, &b->cpv);
	codes_equal(&a->places, &b->places);
	codes_equal(&a->subjects, &b->subjects);
	values_equal(a->value, a->value_kind, b->value, b->value_kind);
	assert_int_equal(a->published, b->published);
	deadlines_equal(&a->deadline, &b->deadline);
	assert_int_equal(a->innovative, b->innovative);
	assert_int_equal(a->sme, b->sme);
	assert_int_equal(a->reserved, b->reserved);
	assert_int_equal(a->n_lots, b->n_lots);
	for (size_t i = 0; i < a->n_lots; i++)
		lots_equal(&a->lots[i], &b->lots[i]);
	terms_equal(&a->term, &b->term);
	wordings_equal(a->wordings, a->n_wordings, b->wordings, b->n_wordings);
	assert_int_equal(a->n_awards, b->n_awards);
	for (size_t i = 0; i < a->n_awards; i++)
		awards_equal(&a->awards[i], &b->awards[i]);
	assert_int_equal(a->n_links, b->n_links);
	for (size_t i = 0; i < a->n_links; i++) {
		assert_int_equal(a->links[i].kind, b->links[i].kind);
		assert_true(str_eq(a->links[i].ref, b->links[i].ref));
	}
}

/* Two contracts of a lot, one of a group of two, and a lot that nobody got. */
static void add_awards(struct fixture *f, struct notice *n)
{
	n->awards = arena_array(&f->arena, struct award, 3);
	for (n->n_awards = 0; n->n_awards < 3; n->n_awards++)
		award_init(&n->awards[n->n_awards]);
	n->awards[0] = (struct award){
		.lot = STR("LOT-0001"),
		.outcome = AWARD_GIVEN,
		.contract = STR("2026-07"),
		.decided = TODAY - 20,
		.concluded = TODAY - 3,
		.tenders = 4,
		.value = { 12500000, "EUR" },
		.ceiling = { 20000000, "EUR" },
		.winners = arena_array(&f->arena, struct winner, 2),
		.n_winners = 2,
	};
	n->awards[0].winners[0] = (struct winner){
		{ STR("Société d'Été"), STR("73282932000074"), STR("Lyon"), STR("69003"), STR("69"),
			STR("FRK26"), STR("FR") },
		COMPANY_MEDIUM };
	n->awards[0].winners[1].party.name = STR("Hiver & fils");
	n->awards[1].lot = STR("LOT-0001");
	n->awards[1].outcome = AWARD_OPEN;
	n->awards[1].winners = arena_array(&f->arena, struct winner, 1);
	n->awards[1].n_winners = 1;
	n->awards[1].winners[0].size = COMPANY_LARGE;
	n->awards[2].tenders = 0;
	n->awards[2].outcome = AWARD_NOT_GIVEN;
}

static void add_wordings(struct fixture *f, struct wording **at, size_t *n)
{
	*n = 2;
	*at = arena_array(&f->arena, struct wording, 2);
	(*at)[0] = (struct wording){ STR("de"), STR("Überwachung"), STR_NONE };
	(*at)[1] = (struct wording){ STR("en"), STR("Monitoring"), STR("Of networks") };
}

/* Every member given, texts with accents; of three lots one is full, one has empty texts, one nothing. */
static struct notice full_notice(struct fixture *f)
{
	struct notice n = simple_notice(f, "ted", "123456-2026");

	for (size_t i = 0; i < LENGTH(texts); i++)
		*text_of(&n, i) = arena_printf(&f->arena, "été %s", texts[i].name);
	n.kind = NOTICE_CHANGE;
	n.stage = NOTICE_PLANNING;
	n.nature = NATURE_WORKS;
	codes_add(&n.cpv, &f->arena, STR("48000000"));
	codes_add(&n.places, &f->arena, STR("FRJ14"));
	codes_add(&n.subjects, &f->arena, STR("Électricité (travaux)"));
	n.value = (struct money){ 12345678901234, "EUR" };
	n.value_kind = VALUE_CEILING;
	n.deadline.certainty = DEADLINE_ASSUMED;
	n.innovative = n.sme = n.reserved = true;
	n.n_links = 2;
	n.links = arena_array(&f->arena, struct notice_link, 2);
	n.links[0] = (struct notice_link){ LINK_FOLLOWS, STR("26-1") };
	n.links[1] = (struct notice_link){ LINK_CHANGES,
		STR("0A0B0C0D-1111-2222-3333-444455556666-01") };
	n.n_lots = 3;
	n.lots = arena_array(&f->arena, struct lot, 3);
	for (size_t i = 0; i < 3; i++)
		lot_init(&n.lots[i]);
	n.lots[0] = (struct lot){
		.id = STR("LOT-0001"),
		.title = STR("Supervision"),
		.description = STR("Supervision de la sécurité\nSOC"),
		.nature = NATURE_SERVICES,
		.value = { 0, "USD" },
		.value_kind = VALUE_ESTIMATE,
		.deadline = { NOW, -3600, DEADLINE_UNCERTAIN, STR("2026-03-02") },
		.term = { 24, TERM_MONTHS, TODAY, DAY_NONE, 3 },
	};
	n.term = (struct term){ 0, TERM_NONE, TODAY, TODAY + 365, 0 };
	add_awards(f, &n);
	add_wordings(f, &n.wordings, &n.n_wordings);
	add_wordings(f, &n.lots[1].wordings, &n.lots[1].n_wordings);
	codes_add(&n.lots[0].cpv, &f->arena, STR("72000000"));
	codes_add(&n.lots[0].cpv, &f->arena, STR("30000000"));
	codes_add(&n.lots[0].places, &f->arena, STR("975"));
	n.lots[1].id = n.lots[1].title = n.lots[1].description = STR("");
	n.lots[1].value.cents = MONEY_NONE;
	codes_add(&n.lots[1].places, &f->arena, STR("2A"));
	return n;
}

static void find_equals(struct fixture *f, struct notice *wanted)
{
	struct notice got;

	assert_done(f, store_notice_find(f->db, wanted->id, &f->arena, &got, &f->err));
	notices_equal(wanted, &got);
}

static void test_full_notice_comes_back(void **state)
{
	struct fixture *f = *state;
	struct notice n = full_notice(f);

	assert_outcome(f, put(f, &n), STORE_NEW);
	assert_int_equal(n.version, 1);
	assert_text(n.dossier, "procedure:été procedure_id");
	find_equals(f, &n);
}

static void test_none_and_empty_stay_different(void **state)
{
	struct fixture *f = *state;
	struct notice n, got;

	notice_init(&n);
	notice_set_id(&n, &f->arena, STR("boamp"), STR("26-1"));
	assert_outcome(f, put(f, &n), STORE_NEW);
	assert_text(n.dossier, "boamp:26-1");
	find_equals(f, &n);
	assert_done(f, store_notice_find(f->db, n.id, &f->arena, &got, &f->err));
	assert_null(got.title.ptr);
	for (size_t i = 0; i < LENGTH(texts); i++)
		*text_of(&n, i) = STR("");
	assert_outcome(f, put(f, &n), STORE_UPDATED);
	find_equals(f, &n);
	assert_done(f, store_notice_find(f->db, n.id, &f->arena, &got, &f->err));
	assert_non_null(got.title.ptr);
	assert_outcome(f, store_notice_find(f->db, STR("boamp:26-2"), &f->arena, &got, &f->err),
		STORE_NONE);
}

static void test_same_content_touches_nothing(void **state)
{
	struct fixture *f = *state;
	struct notice n = full_notice(f), again = full_notice(f);

	assert_outcome(f, put(f, &n), STORE_NEW);
	assert_outcome(f, put(f, &again), STORE_UNCHANGED);
	assert_int_equal(again.version, 1);
	assert_text(again.dossier, n.dossier.ptr);
	find_equals(f, &n);
}

/* Each member alone makes a new version of what was there. */
static void test_any_change_is_seen(void **state)
{
	struct fixture *f = *state;

#define CHANGE(STATEMENT)                                                                          \
	do {                                                                                       \
		struct notice base_ = full_notice(f), changed_ = full_notice(f), *c = &changed_;   \
		if (put(f, &base_) < 0)                                                            \
			fail_msg("%s", f->err.text);                                               \
		STATEMENT;                                                                         \
		if (put(f, c) != STORE_UPDATED)                                                    \
			fail_msg("not seen: %s %s", #STATEMENT, f->err.text);                      \
		assert_int_equal(c->version, base_.version + 1);                                   \
		find_equals(f, c);                                                                 \
	} while (0)
	for (size_t i = 0; i < LENGTH(texts); i++)
		CHANGE(*text_of(c, i) = STR("x"));
	CHANGE(c->kind = NOTICE_PLANNING);
	CHANGE(c->stage = NOTICE_RESULT);
	CHANGE(c->nature = NATURE_NONE);
	CHANGE(codes_add(&c->cpv, &f->arena, STR("99000000")));
	CHANGE(c->places.n--);
	CHANGE(c->subjects.n = 0);
	CHANGE(c->value.cents++);
	CHANGE(c->value.currency[0] = 0);
	CHANGE(c->value_kind = VALUE_AWARD);
	CHANGE(c->published++);
	CHANGE(c->published = DAY_NONE);
	CHANGE(c->deadline.at++);
	CHANGE(c->deadline.at = TIME_NONE);
	CHANGE(c->deadline.offset_s = 0);
	CHANGE(c->deadline.certainty = DEADLINE_NONE);
	CHANGE(c->innovative = false);
	CHANGE(c->sme = false);
	CHANGE(c->reserved = false);
	CHANGE(c->n_links = 1);
	CHANGE(c->links[0].kind = LINK_CHANGES);
	CHANGE(c->links[0].ref = STR("26-2"));
	CHANGE(c->n_lots = 2);
	CHANGE(c->lots[2].id = STR("x"));
	CHANGE(c->lots[1].title = STR_NONE);
	CHANGE(c->lots[0].description = STR("x"));
	CHANGE(c->lots[0].nature = NATURE_SUPPLIES);
	CHANGE(c->lots[0].cpv.n = 1);
	CHANGE(c->lots[1].places.n = 0);
	CHANGE(c->lots[0].value.cents = 1);
	CHANGE(c->lots[0].value_kind = VALUE_NONE);
	CHANGE(c->lots[0].deadline.at = NOW + 1);
	CHANGE(c->term.end = DAY_NONE);
	CHANGE(c->term.renewals = TERM_RENEWALS_NONE);
	CHANGE(c->lots[0].term.length = 12);
	CHANGE(c->lots[0].term.unit = TERM_WEEKS);
	CHANGE(c->lots[0].term = (struct term)TERM_INIT);
	CHANGE(c->lots[2].term.unit = TERM_UNLIMITED);
	CHANGE(c->wordings[1].title = STR("x"));
	CHANGE(c->n_wordings = 0);
	CHANGE(c->lots[1].wordings[0].description = STR("x"));
	CHANGE(c->n_awards = 1);
	CHANGE(c->awards[0].lot = STR_NONE);
	CHANGE(c->awards[0].outcome = AWARD_NONE);
	CHANGE(c->awards[0].contract = STR("x"));
	CHANGE(c->awards[0].decided = DAY_NONE);
	CHANGE(c->awards[0].concluded++);
	CHANGE(c->awards[0].tenders = AWARD_TENDERS_NONE);
	CHANGE(c->awards[0].value.cents++);
	CHANGE(c->awards[0].ceiling.currency[0] = 0);
	CHANGE(c->awards[0].winners[0].party.id = STR("732829320"));
	CHANGE(c->awards[0].winners[1].size = COMPANY_SME);
	CHANGE(c->awards[0].n_winners = 1);
#undef CHANGE
}

/* Two records without a body, each way round: the same one stays. */
static void test_summaries_in_any_order(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *ref;
		int first;
	} orders[] = { { "26-1", 0 }, { "26-2", 1 } };

	for (int differ = 0; differ < 3; differ++) {
		struct str titles[2];

		for (size_t i = 0; i < 2; i++) {
			struct notice got, two[2];
			struct str ref = arena_printf(&f->arena, "%s%d", orders[i].ref, differ);

			for (int j = 0; j < 2; j++) {
				two[j] = simple_notice(f, "boamp", ref.ptr);
				two[j].summary = true;
				/* The numbers are in the hash: only the first two cases are alike in both. */
				two[j].title = arena_printf(&f->arena, "record %d", j);
				if (differ == 0)
					two[j].kind = j ? NOTICE_CANCELLATION : NOTICE_COMPETITION;
				else if (differ == 1)
					two[j].published = TODAY + j;
			}
			if (put(f, &two[orders[i].first]) < 0 || put(f, &two[!orders[i].first]) < 0)
				fail_msg("%s", f->err.text);
			assert_done(f, store_notice_find(f->db, two[0].id, &f->arena, &got, &f->err));
			titles[i] = got.title;
			/* And again nothing changes. */
			assert_outcome(f, put(f, &two[0]), STORE_UNCHANGED);
			assert_outcome(f, put(f, &two[1]), STORE_UNCHANGED);
		}
		if (differ < 2) {
			assert_text(titles[0], "record 1");
			assert_text(titles[1], "record 1");
		}
	}
}

static void test_publishers_versions(void **state)
{
	struct fixture *f = *state;
	struct notice n = simple_notice(f, "ted", "1-2026");

	/* Ours goes up with content, theirs with a new publication; the higher one stands. */
	n.version = 3;
	assert_outcome(f, put(f, &n), STORE_NEW);
	assert_int_equal(n.version, 3);
	n.title = STR("Older");
	n.version = 2;
	assert_outcome(f, put(f, &n), STORE_UNCHANGED);
	assert_int_equal(n.version, 3);
	n.title = STR("Changed under the same version");
	assert_outcome(f, put(f, &n), STORE_UPDATED);
	assert_int_equal(n.version, 4);
	n.version = 3;
	n.title = STR("Changed again");
	assert_outcome(f, put(f, &n), STORE_UPDATED);
	assert_int_equal(n.version, 5);
	n.version = 9;
	assert_outcome(f, put(f, &n), STORE_UPDATED);
	assert_int_equal(n.version, 9);
	assert_outcome(f, put(f, &n), STORE_UNCHANGED);
	find_equals(f, &n);
}

static void test_update_leaves_no_old_lists(void **state)
{
	struct fixture *f = *state;
	struct notice n = full_notice(f), less = simple_notice(f, "ted", "123456-2026");

	assert_outcome(f, put(f, &n), STORE_NEW);
	less.cpv.n = less.places.n = 0;
	assert_outcome(f, put(f, &less), STORE_UPDATED);
	find_equals(f, &less);
}

static void test_requirements(void **state)
{
	struct fixture *f = *state;
	struct notice n = simple_notice(f, "requirement", "capteurs"), got;
	struct str email;
	bool closed;

	n.kind = n.stage = NOTICE_REQUIREMENT;
	assert_outcome(f, put(f, &n), STORE_NEW);
	assert_text(n.dossier, "requirement:capteurs");
	assert_outcome(f, store_requirement_find(f->db, n.id, &f->arena, &email, &closed, &f->err),
		STORE_NONE);
	begin(f);
	assert_done(f, store_requirement_put(f->db, n.id, STR_NONE, true, &f->err));
	assert_done(
		f, store_requirement_put(f->db, n.id, STR("achat@example.org"), false, &f->err));
	assert_outcome(f,
		store_requirement_put(f->db, STR("requirement:x"), STR_NONE, false, &f->err),
		STORE_NONE);
	commit(f);
	assert_done(f, store_requirement_find(f->db, n.id, &f->arena, &email, &closed, &f->err));
	assert_text(email, "achat@example.org");
	assert_false(closed);

	/* Read, changed and written again, then imported anew from a file that knows no versions. */
	assert_done(f, store_notice_find(f->db, n.id, &f->arena, &got, &f->err));
	assert_outcome(f, put(f, &got), STORE_UNCHANGED);
	got.title = STR("Capteurs d'humidité");
	assert_outcome(f, put(f, &got), STORE_UPDATED);
	assert_int_equal(got.version, 2);
	n.version = 1;
	n.title = STR("Capteurs");
	assert_outcome(f, put(f, &n), STORE_UPDATED);
	assert_int_equal(n.version, 3);
}

static void test_a_raw_that_is_not_there_is_refused(void **state)
{
	struct fixture *f = *state;
	struct notice n = simple_notice(f, "boamp", "26-1"), got;
	struct raw raw = { .hash = STR("h"),
		.source = STR("file"),
		.label = STR("l"),
		.format = STR("boamp"),
		.bytes = STR("x"),
		.arrived = NOW };

	begin(f);
	assert_int_equal(
		store_notice_put(f->db, &n, STR("h"), NOW, &f->arena, &f->err), -ERROR_STORE);
	db_rollback(f->db);
	assert_outcome(f, store_notice_find(f->db, n.id, &f->arena, &got, &f->err), STORE_NONE);
	begin(f);
	assert_outcome(f, store_raw_put(f->db, &raw, &f->err), STORE_NEW);
	assert_outcome(
		f, store_notice_put(f->db, &n, STR("h"), NOW, &f->arena, &f->err), STORE_NEW);
	commit(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_full_notice_comes_back),
		STORE_TEST(test_summaries_in_any_order),
		STORE_TEST(test_none_and_empty_stay_different),
		STORE_TEST(test_same_content_touches_nothing),
		STORE_TEST(test_any_change_is_seen),
		STORE_TEST(test_publishers_versions),
		STORE_TEST(test_update_leaves_no_old_lists),
		STORE_TEST(test_requirements),
		STORE_TEST(test_a_raw_that_is_not_there_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
