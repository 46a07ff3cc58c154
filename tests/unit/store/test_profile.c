#include "fixture.h"
#include "store/match.h"
#include "store/digest.h"
#include "store/outbox.h"
#include "store/profile.h"

static struct profile full_profile(struct fixture *f, const char *id)
{
	struct profile p;

	profile_init(&p);
	p.id = str_of(id);
	p.name = STR("Capteurs & Cie");
	p.siren = STR("356000000");
	p.email = STR("contact@example.org");
	p.description = STR("Sondes d'humidité, jumeau numérique");
	codes_add(&p.keywords, &f->arena, STR("jumeau numérique"));
	codes_add(&p.keywords, &f->arena, STR("irrigation"));
	codes_add(&p.exclude, &f->arena, STR("arrosage"));
	codes_add(&p.cpv, &f->arena, STR("72212"));
	codes_add(&p.cpv, &f->arena, STR("38"));
	codes_add(&p.fields, &f->arena, STR("agritech"));
	codes_add(&p.places, &f->arena, STR("FRJ"));
	p.natures[NATURE_SERVICES] = true;
	p.natures[NATURE_WORKS] = true;
	p.value_min = 0;
	p.value_max = 9999999999;
	p.effort_days = 15;
	p.cadence = CADENCE_WEEKLY;
	p.timezone = STR("Indian/Reunion");
	p.language = STR("en");
	p.confirmed = true;
	return p;
}

static void codes_equal(const struct codes *a, const struct codes *b)
{
	assert_int_equal(a->n, b->n);
	for (size_t i = 0; i < a->n; i++)
		assert_true(str_eq(a->at[i], b->at[i]));
}

static void profiles_equal(const struct profile *a, const struct profile *b)
{
	assert_true(str_eq(a->id, b->id));
	assert_true(str_eq(a->name, b->name));
	assert_true(str_eq(a->siren, b->siren));
	assert_true(str_eq(a->email, b->email));
	assert_true(str_eq(a->description, b->description));
	codes_equal(&a->keywords, &b->keywords);
	codes_equal(&a->exclude, &b->exclude);
	codes_equal(&a->cpv, &b->cpv);
	codes_equal(&a->fields, &b->fields);
	codes_equal(&a->places, &b->places);
	for (int i = NATURE_NONE + 1; i < NATURES; i++)
		assert_int_equal(a->natures[i], b->natures[i]);
	assert_true(a->value_min == b->value_min);
	assert_true(a->value_max == b->value_max);
	assert_int_equal(a->effort_days, b->effort_days);
	assert_int_equal(a->cadence, b->cadence);
	assert_true(str_eq(a->timezone, b->timezone));
	assert_true(str_eq(a->language, b->language));
	assert_int_equal(a->confirmed, b->confirmed);
}

static int put_profile(struct fixture *f, const struct profile *p, int64_t now)
{
	int r;

	begin(f);
	r = store_profile_put(f->db, p, now, &f->err);
	if (r > 0)
		commit(f);
	else
		db_rollback(f->db);
	return r;
}

static void test_profile_comes_back(void **state)
{
	struct fixture *f = *state;
	struct profile full = full_profile(f, "capteurs"), bare, got;

	assert_outcome(f, put_profile(f, &full, NOW), STORE_NEW);
	assert_done(f, store_profile_find(f->db, full.id, &f->arena, &got, &f->err));
	profiles_equal(&full, &got);
	profile_init(&bare);
	bare.id = STR("bare");
	bare.name = STR("Bare");
	assert_outcome(f, put_profile(f, &bare, NOW), STORE_NEW);
	assert_done(f, store_profile_find(f->db, bare.id, &f->arena, &got, &f->err));
	profiles_equal(&bare, &got);
	assert_null(got.email.ptr);
	assert_true(got.value_max == MONEY_NONE);
	assert_outcome(
		f, store_profile_find(f->db, STR("nobody"), &f->arena, &got, &f->err), STORE_NONE);
}

static void test_any_change_is_seen(void **state)
{
	struct fixture *f = *state;

#define CHANGE(STATEMENT)                                                                          \
	do {                                                                                       \
		struct profile base_ = full_profile(f, "p"), changed_ = full_profile(f, "p");      \
		struct profile *p = &changed_, got_;                                               \
		if (put_profile(f, &base_, NOW) < 0)                                               \
			fail_msg("%s", f->err.text);                                               \
		assert_outcome(f, put_profile(f, &base_, NOW + 1), STORE_UNCHANGED);               \
		STATEMENT;                                                                         \
		if (put_profile(f, p, NOW + 2) != STORE_UPDATED)                                   \
			fail_msg("not seen: %s %s", #STATEMENT, f->err.text);                      \
		assert_done(f, store_profile_find(f->db, p->id, &f->arena, &got_, &f->err));       \
		profiles_equal(p, &got_);                                                          \
	} while (0)
	CHANGE(p->name = STR("x"));
	CHANGE(p->siren = STR_NONE);
	CHANGE(p->email = STR_NONE);
	CHANGE(p->description = STR(""));
	CHANGE(codes_add(&p->keywords, &f->arena, STR("sonde")));
	CHANGE(p->keywords.n = 1);
	CHANGE(p->exclude.n = 0);
	CHANGE(p->cpv.at[0] = STR("73"));
	CHANGE(p->fields.n = 0);
	CHANGE(p->places.n = 0);
	CHANGE(p->natures[NATURE_SUPPLIES] = true);
	CHANGE(p->natures[NATURE_SERVICES] = false);
	CHANGE(p->value_min = MONEY_NONE);
	CHANGE(p->value_max--);
	CHANGE(p->effort_days++);
	CHANGE(p->cadence = CADENCE_OFF);
	CHANGE(p->timezone = STR("Europe/Paris"));
	CHANGE(p->language = STR("fr"));
	CHANGE(p->confirmed = false);
#undef CHANGE
}

static struct profile_row row_of(struct fixture *f, const char *id, int64_t ruleset)
{
	struct profile_row *rows, *found = NULL;
	size_t n;

	assert_done(f, store_profile_list(f->db, ruleset, &f->arena, &rows, &n, &f->err));
	for (size_t i = 0; i < n; i++)
		if (str_eqz(rows[i].profile.id, id))
			found = &rows[i];
	assert_non_null(found);
	return *found;
}

static void test_list_tells_the_state(void **state)
{
	struct fixture *f = *state;
	int64_t rules = activate_rules(f), more = activate_rules(f), digest;
	struct profile b = full_profile(f, "b"), a = full_profile(f, "a");
	struct profile_row *rows, row;
	size_t n;

	assert_done(f, store_profile_list(f->db, rules, &f->arena, &rows, &n, &f->err));
	assert_int_equal(n, 0);
	assert_outcome(f, put_profile(f, &b, NOW), STORE_NEW);
	assert_outcome(f, put_profile(f, &a, NOW + 5), STORE_NEW);
	assert_done(f, store_profile_list(f->db, rules, &f->arena, &rows, &n, &f->err));
	assert_int_equal(n, 2);
	assert_text(rows[0].profile.id, "a");
	profiles_equal(&rows[0].profile, &a);
	profiles_equal(&rows[1].profile, &b);
	assert_int_equal(rows[0].created, NOW + 5);
	assert_int_equal(rows[0].version, 1);
	assert_false(rows[0].matched);
	assert_false(rows[0].unsubscribed);
	assert_true(rows[0].last_digest == TIME_NONE);

	begin(f);
	assert_done(f, store_profile_matched(f->db, a.id, 1, rules, &f->err));
	assert_outcome(f, store_profile_matched(f->db, b.id, 2, rules, &f->err), STORE_NONE);
	assert_done(f, store_profile_unsubscribe(f->db, b.id, NOW, &f->err));
	assert_outcome(f, store_profile_unsubscribe(f->db, STR("x"), NOW, &f->err), STORE_NONE);
	assert_outcome(f, store_digest_put(f->db, a.id, STR("2026-03-02"), NOW, &digest, &f->err),
		STORE_NEW);
	assert_outcome(f,
		store_digest_put(f->db, a.id, STR("2026-03-03"), NOW + DAY, &digest, &f->err),
		STORE_NEW);
	commit(f);
	row = row_of(f, "a", rules);
	assert_true(row.matched);
	assert_int_equal(row.last_digest, NOW + DAY);
	assert_false(row_of(f, "a", more).matched);
	assert_false(row_of(f, "b", rules).matched);

	/* A change makes it unmatched; who left stays away. */
	a.effort_days++;
	b.effort_days++;
	assert_outcome(f, put_profile(f, &a, NOW + 9), STORE_UPDATED);
	assert_outcome(f, put_profile(f, &b, NOW + 9), STORE_UPDATED);
	row = row_of(f, "a", rules);
	assert_false(row.matched);
	assert_int_equal(row.version, 2);
	assert_int_equal(row.created, NOW + 5);
	assert_true(row_of(f, "b", rules).unsubscribed);
}

static struct str states;

static int collect_states(void *data, const struct outbox_row *row, struct error *err)
{
	struct fixture *f = data;

	(void)err;
	states = arena_printf(&f->arena, "%.*s%.*s=%s ", STR_ARG(states), STR_ARG(row->message_id),
		outbox_state_name(row->state));
	return 0;
}

static void message(struct fixture *f, int64_t digest, const char *id)
{
	struct outbox_row row = { .digest = digest,
		.profile = STR("p"),
		.from = STR("a@example.org"),
		.to = STR("b@example.org"),
		.message_id = str_of(id),
		.message = STR("x"),
		.created = NOW,
		.next_at = TIME_NONE };

	assert_done(f, store_outbox_put(f->db, &row, &f->err));
}

static int64_t digest_of(struct fixture *f, const char *period)
{
	int64_t id;

	assert_outcome(
		f, store_digest_put(f->db, STR("p"), str_of(period), NOW, &id, &f->err), STORE_NEW);
	return id;
}

static int count_match(
	void *data, const struct receipt *receipt, int64_t first_matched, struct error *err)
{
	(void)receipt, (void)first_matched, (void)err;
	++*(int *)data;
	return 0;
}

static void test_deleting(void **state)
{
	struct fixture *f = *state;
	struct profile p = full_profile(f, "p"), got;
	struct notice n = simple_notice(f, "boamp", "26-1");
	struct receipt receipt = { .profile = p.id,
		.notice = n.id,
		.notice_version = 1,
		.score = 90,
		.threshold = 80,
		.ruleset = activate_rules(f) };
	struct match_filter all = { .since = TIME_NONE };
	struct outbox_row row;
	struct digest_candidate *candidates;
	int64_t sent, waiting, id, ready, uncertain;
	size_t n_candidates;
	int matches = 0;

	assert_outcome(f, put(f, &n), STORE_NEW);
	assert_outcome(f, put_profile(f, &p, NOW), STORE_NEW);
	begin(f);
	assert_outcome(f, store_match_put(f->db, &receipt, NOW, &f->err), STORE_NEW);
	sent = digest_of(f, "1");
	message(f, sent, "sent@x");
	assert_done(f, store_outbox_claim(f->db, NOW, STR("l"), &f->arena, &row, &f->err));
	assert_done(f, store_outbox_end(f->db, row.id, STR("l"), OUTBOX_SENT, TIME_NONE, STR("250"),
			       NOW, &f->err));
	message(f, 0, "uncertain@x");
	assert_done(f, store_outbox_claim(f->db, NOW, STR("l"), &f->arena, &row, &f->err));
	assert_done(f, store_outbox_handing(f->db, row.id, STR("l"), NOW, &f->err));
	assert_done(f, store_outbox_recover(f->db, NOW, NOW, &ready, &uncertain, &f->err));
	waiting = digest_of(f, "2");
	assert_done(f, store_digest_item(f->db, waiting, p.id, n.id, n.dossier, true, TIME_NONE, &f->err));
	message(f, waiting, "ready@x");
	commit(f);

	begin(f);
	assert_done(f, store_profile_delete(f->db, p.id, &f->err));
	commit(f);
	assert_outcome(f, store_profile_find(f->db, p.id, &f->arena, &got, &f->err), STORE_NONE);
	assert_done(f, store_match_each(f->db, &all, count_match, &matches, &f->err));
	assert_int_equal(matches, 0);
	states = STR("");
	assert_done(f, store_outbox_each(f->db, true, collect_states, f, &f->err));
	assert_text(states, "sent@x=sent uncertain@x=suppressed ");

	/* The same slug again is told the notice again; the digest that left keeps its period. */
	assert_outcome(f, put_profile(f, &p, NOW), STORE_NEW);
	begin(f);
	assert_outcome(f, store_match_put(f->db, &receipt, NOW, &f->err), STORE_NEW);
	assert_outcome(
		f, store_digest_put(f->db, p.id, STR("1"), NOW, &id, &f->err), STORE_UNCHANGED);
	assert_outcome(f, store_digest_put(f->db, p.id, STR("2"), NOW, &id, &f->err), STORE_NEW);
	assert_true(id > waiting);
	assert_outcome(f, store_profile_delete(f->db, STR("nobody"), &f->err), STORE_NONE);
	commit(f);
	assert_done(f, store_digest_candidates(
			       f->db, p.id, NOW, TIME_NONE, 100, &f->arena, &candidates, &n_candidates, &f->err));
	assert_int_equal(n_candidates, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_profile_comes_back),
		STORE_TEST(test_any_change_is_seen),
		STORE_TEST(test_list_tells_the_state),
		STORE_TEST(test_deleting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
