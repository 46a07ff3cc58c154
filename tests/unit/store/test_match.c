#include "fixture.h"
#include "store/match.h"
#include "store/profile.h"

enum { REASONS = 3 };
static struct reason reasons[REASONS];

static int make_reasons(void **state)
{
	(void)state;
	reasons[0] = (struct reason){ STR("cyber.supervision"), 95, STR("lot.title"), 3, 14,
		STR("supervision") };
	reasons[1] = (struct reason){ STR("keyword:sécurité"), 60, STR("title"), 0, 10,
		STR("sécurité") };
	reasons[2] = (struct reason){ STR("cyber.video"), -10, STR("description"), 4294967290,
		4294967295, STR("vidéo") };
	return 0;
}

static void profile(struct fixture *f, const char *id)
{
	struct profile p;

	profile_init(&p);
	p.id = p.name = str_of(id);
	begin(f);
	assert_outcome(f, store_profile_put(f->db, &p, NOW, &f->err), STORE_NEW);
	commit(f);
}

static void notice(struct fixture *f, const char *ref)
{
	struct notice n = simple_notice(f, "boamp", ref);

	assert_outcome(f, put(f, &n), STORE_NEW);
}

static struct receipt receipt(const char *profile_id, const char *notice_id, points_t score)
{
	return (struct receipt){
		.profile = str_of(profile_id),
		.notice = str_of(notice_id),
		.notice_version = 1,
		.lot = STR("LOT-0002"),
		.score = score,
		.threshold = 80,
		.ruleset = 1,
		.reasons = reasons,
		.n_reasons = REASONS,
	};
}

static int put_match(struct fixture *f, struct receipt r, int64_t now)
{
	int outcome;

	begin(f);
	outcome = store_match_put(f->db, &r, now, &f->err);
	if (outcome >= 0)
		commit(f);
	else
		db_rollback(f->db);
	return outcome;
}

static void end_stale(struct fixture *f, const char *notice_id, const char *profile_id,
	int64_t ruleset, int64_t now)
{
	begin(f);
	assert_done(f, store_match_end_stale(f->db, str_of(notice_id), str_of(profile_id), ruleset,
			       now, &f->err));
	commit(f);
}

struct seen {
	struct fixture *f;
	struct str list;
	int64_t first_matched;
	int stop_after;
};

static int see(void *data, const struct receipt *r, int64_t first_matched, struct error *err)
{
	struct seen *seen = data;

	(void)err;
	seen->list = arena_printf(&seen->f->arena, "%.*s%.*s/%.*s/%d ", STR_ARG(seen->list),
		STR_ARG(r->profile), STR_ARG(r->notice), r->score);
	seen->first_matched = first_matched;
	assert_int_equal(r->threshold, 80);
	for (size_t i = 0; i < r->n_reasons; i++) {
		assert_true(str_eq(r->reasons[i].rule, reasons[i].rule));
		assert_int_equal(r->reasons[i].points, reasons[i].points);
		assert_true(str_eq(r->reasons[i].field, reasons[i].field));
		assert_true(r->reasons[i].start == reasons[i].start);
		assert_true(r->reasons[i].end == reasons[i].end);
		assert_true(str_eq(r->reasons[i].text, reasons[i].text));
	}
	return seen->stop_after && --seen->stop_after == 0 ? 5 : 0;
}

static const char *matches(
	struct fixture *f, const char *profile_id, const char *notice_id, int64_t since)
{
	struct match_filter filter = { str_of(profile_id), str_of(notice_id), since };
	struct seen seen = { .f = f, .list = STR("") };

	assert_done(f, store_match_each(f->db, &filter, see, &seen, &f->err));
	return arena_dupz(&f->arena, seen.list);
}

static void some(struct fixture *f)
{
	assert_int_equal(activate_rules(f), 1);
	assert_int_equal(activate_rules(f), 2);
	profile(f, "b");
	profile(f, "a");
	notice(f, "1");
	notice(f, "2");
	notice(f, "3");
}

static void test_put_tells_new_updated_unchanged(void **state)
{
	struct fixture *f = *state;
	struct receipt r = receipt("a", "boamp:1", 145);
	struct reason other[REASONS];

	some(f);
	assert_outcome(f, put_match(f, r, NOW), STORE_NEW);
	assert_outcome(f, put_match(f, r, NOW + 1), STORE_UNCHANGED);
	r.score = 150;
	assert_outcome(f, put_match(f, r, NOW + 2), STORE_UPDATED);
	r.lot = STR_NONE;
	assert_outcome(f, put_match(f, r, NOW + 2), STORE_UPDATED);
	r.ruleset = 2;
	assert_outcome(f, put_match(f, r, NOW + 2), STORE_UPDATED);
	r.n_reasons = 2;
	assert_outcome(f, put_match(f, r, NOW + 2), STORE_UPDATED);
	assert_outcome(f, put_match(f, r, NOW + 2), STORE_UNCHANGED);
#define CHANGE(STATEMENT)                                                                          \
	do {                                                                                       \
		memcpy(other, reasons, sizeof(other));                                             \
		r.reasons = reasons;                                                               \
		assert_true(put_match(f, r, NOW + 3) > 0);                                         \
		r.reasons = other;                                                                 \
		STATEMENT;                                                                         \
		assert_outcome(f, put_match(f, r, NOW + 3), STORE_UPDATED);                        \
	} while (0)
	CHANGE(other[1].rule = STR("x"));
	CHANGE(other[1].points++);
	CHANGE(other[1].field = STR("x"));
	CHANGE(other[1].start++);
	CHANGE(other[1].end++);
	CHANGE(other[1].text = STR("x"));
#undef CHANGE
	r = receipt("nobody", "boamp:1", 100);
	assert_outcome(f, put_match(f, r, NOW), STORE_NONE);
	r = receipt("a", "boamp:9", 100);
	assert_int_equal(put_match(f, r, NOW), -ERROR_STORE);
}

static void test_each_by_profile_score_notice(void **state)
{
	struct fixture *f = *state;
	struct match_filter all = { .since = TIME_NONE };
	struct seen seen = { .f = f, .list = STR(""), .stop_after = 2 };

	some(f);
	assert_string_equal(matches(f, NULL, NULL, TIME_NONE), "");
	assert_outcome(f, put_match(f, receipt("b", "boamp:2", 90), NOW), STORE_NEW);
	assert_outcome(f, put_match(f, receipt("b", "boamp:1", 90), NOW + 1), STORE_NEW);
	assert_outcome(f, put_match(f, receipt("b", "boamp:3", 200), NOW + 2), STORE_NEW);
	assert_outcome(f, put_match(f, receipt("a", "boamp:1", 80), NOW + 3), STORE_NEW);
	assert_string_equal(matches(f, NULL, NULL, TIME_NONE),
		"a/boamp:1/80 b/boamp:3/200 b/boamp:1/90 b/boamp:2/90 ");
	assert_string_equal(
		matches(f, "b", NULL, TIME_NONE), "b/boamp:3/200 b/boamp:1/90 b/boamp:2/90 ");
	assert_string_equal(matches(f, NULL, "boamp:1", TIME_NONE), "a/boamp:1/80 b/boamp:1/90 ");
	assert_string_equal(matches(f, "b", "boamp:1", TIME_NONE), "b/boamp:1/90 ");
	assert_string_equal(matches(f, NULL, NULL, NOW + 2), "a/boamp:1/80 b/boamp:3/200 ");
	assert_string_equal(matches(f, NULL, "boamp:1", NOW + 2), "a/boamp:1/80 ");
	assert_string_equal(matches(f, "x", NULL, TIME_NONE), "");
	assert_outcome(f, store_match_each(f->db, &all, see, &seen, &f->err), 5);
	assert_text(seen.list, "a/boamp:1/80 b/boamp:3/200 ");
	/* First matched stays. */
	assert_outcome(f, put_match(f, receipt("a", "boamp:1", 81), NOW + 9), STORE_UPDATED);
	assert_string_equal(matches(f, NULL, NULL, NOW + 4), "");
}

static void test_stale_matches_end(void **state)
{
	struct fixture *f = *state;
	struct notice n = simple_notice(f, "boamp", "1");
	struct receipt r = receipt("a", "boamp:1", 90);
	struct profile p;

	some(f);
	assert_outcome(f, put_match(f, r, NOW), STORE_NEW);
	assert_outcome(f, put_match(f, receipt("b", "boamp:1", 95), NOW), STORE_NEW);
	assert_outcome(f, put_match(f, receipt("a", "boamp:2", 95), NOW), STORE_NEW);
	end_stale(f, "boamp:1", NULL, 1, NOW);
	assert_string_equal(
		matches(f, NULL, NULL, TIME_NONE), "a/boamp:2/95 a/boamp:1/90 b/boamp:1/95 ");

	/* Later only one is found again, unchanged; the other pairs of the notice end, no others do. */
	assert_outcome(f, put_match(f, r, NOW + 1), STORE_UNCHANGED);
	end_stale(f, "boamp:1", NULL, 1, NOW + 1);
	assert_string_equal(matches(f, NULL, NULL, TIME_NONE), "a/boamp:2/95 a/boamp:1/90 ");

	/* What comes back keeps its first day. */
	assert_outcome(f, put_match(f, receipt("b", "boamp:1", 95), NOW + 2), STORE_UPDATED);
	assert_string_equal(matches(f, "b", NULL, NOW + 1), "");
	assert_string_equal(matches(f, "b", NULL, NOW), "b/boamp:1/95 ");

	/* One profile only. */
	end_stale(f, "boamp:1", "b", 1, NOW + 3);
	assert_string_equal(matches(f, NULL, NULL, TIME_NONE), "a/boamp:2/95 a/boamp:1/90 ");

	/* Another ruleset, at the same instant. */
	end_stale(f, "boamp:2", NULL, 2, NOW);
	assert_string_equal(matches(f, NULL, NULL, TIME_NONE), "a/boamp:1/90 ");

	/* Another version of the notice, at the same instant. */
	n.title = STR("Other");
	assert_outcome(f, put(f, &n), STORE_UPDATED);
	end_stale(f, "boamp:1", NULL, 1, NOW + 1);
	assert_string_equal(matches(f, NULL, NULL, TIME_NONE), "");
	r.notice_version = 2;
	assert_outcome(f, put_match(f, r, NOW + 1), STORE_UPDATED);
	end_stale(f, "boamp:1", NULL, 1, NOW + 1);
	assert_string_equal(matches(f, NULL, NULL, TIME_NONE), "a/boamp:1/90 ");

	/* Another version of the profile, at the same instant; found again it stays. */
	profile_init(&p);
	p.id = STR("a");
	p.name = STR("A changed");
	begin(f);
	assert_outcome(f, store_profile_put(f->db, &p, NOW, &f->err), STORE_UPDATED);
	commit(f);
	assert_outcome(f, put_match(f, r, NOW + 1), STORE_UNCHANGED);
	end_stale(f, "boamp:1", "a", 1, NOW + 1);
	assert_string_equal(matches(f, NULL, NULL, TIME_NONE), "a/boamp:1/90 ");
	p.name = STR("A again");
	begin(f);
	assert_outcome(f, store_profile_put(f->db, &p, NOW, &f->err), STORE_UPDATED);
	commit(f);
	end_stale(f, "boamp:1", "a", 1, NOW + 1);
	assert_string_equal(matches(f, NULL, NULL, TIME_NONE), "");
}

static int end_it(void *data, const struct receipt *r, int64_t first_matched, struct error *err)
{
	struct fixture *f = data;

	(void)first_matched;
	return store_match_end_stale(f->db, r->notice, r->profile, 2, NOW, err);
}

static void test_writing_while_listing(void **state)
{
	struct fixture *f = *state;
	struct match_filter all = { .since = TIME_NONE };

	some(f);
	assert_outcome(f, put_match(f, receipt("a", "boamp:1", 90), NOW), STORE_NEW);
	assert_outcome(f, put_match(f, receipt("a", "boamp:2", 90), NOW), STORE_NEW);
	assert_outcome(f, put_match(f, receipt("b", "boamp:1", 90), NOW), STORE_NEW);
	begin(f);
	assert_done(f, store_match_each(f->db, &all, end_it, f, &f->err));
	commit(f);
	assert_string_equal(matches(f, NULL, NULL, TIME_NONE), "");
}

static void test_rulesets(void **state)
{
	struct fixture *f = *state;
	struct rule_file files[] = {
		{ STR("b.rules"), STR("rule b \"É\"\n") },
		{ STR("a.rules"), STR("") },
	};
	struct rule_file *got;
	struct ruleset_row *rows;
	int64_t number;
	size_t n;

	assert_outcome(f, store_ruleset_active(f->db, &number, &f->err), STORE_NONE);
	begin(f);
	assert_done(f, activate_files(f, files, 2, STR("first"), &number));
	assert_int_equal(number, 1);
	assert_done(f, activate_files(f, files, 1, STR("second"), &number));
	commit(f);
	assert_done(f, store_ruleset_active(f->db, &number, &f->err));
	assert_int_equal(number, 2);
	assert_done(f, store_ruleset_files(f->db, 1, &f->arena, &got, &n, &f->err));
	assert_int_equal(n, 2);
	assert_text(got[0].name, "a.rules");
	assert_text(got[0].text, "");
	assert_text(got[1].text, "rule b \"É\"\n");
	assert_done(f, store_ruleset_files(f->db, 9, &f->arena, &got, &n, &f->err));
	assert_int_equal(n, 0);
	assert_done(f, store_ruleset_list(f->db, &f->arena, &rows, &n, &f->err));
	assert_int_equal(n, 2);
	assert_int_equal(rows[1].number, 2);
	assert_text(rows[1].why, "second");
	assert_text(rows[1].author, "admin");
	assert_int_equal(rows[0].activated, NOW);
	assert_int_equal(rows[0].created, NOW);
	assert_done(f, store_ruleset_before(f->db, &number, &f->err));
	assert_int_equal(number, 1);

	files[1].name = files[0].name;
	begin(f);
	assert_int_equal(activate_files(f, files, 2, STR("twice"), &number), -ERROR_INPUT);
	db_rollback(f->db);
	assert_done(f, store_ruleset_active(f->db, &number, &f->err));
	assert_int_equal(number, 2);
}

static void test_a_draft_goes_live_and_back(void **state)
{
	struct fixture *f = *state;
	struct rule_file file = { STR("a.rules"), STR("# none\n") };
	struct ruleset_activation back = { .ruleset = 1, .rollback = true, .author = STR("admin"),
		.why = STR("noise"), .flipped = 2, .at = NOW + 1 }, *rows;
	int64_t number;
	size_t n;

	assert_int_equal(activate_rules(f), 1);
	assert_outcome(f, store_ruleset_before(f->db, &number, &f->err), STORE_NONE);
	begin(f);
	assert_done(f, store_ruleset_put(f->db, &file, 1, STR("admin"), STR("try"), NOW, &number, &f->err));
	assert_int_equal(number, 2);
	assert_done(f, store_ruleset_active(f->db, &number, &f->err));
	assert_int_equal(number, 1);
	assert_done(f, store_ruleset_make_active(f->db,
			       &(struct ruleset_activation){ .ruleset = 2, .author = STR("admin"),
				       .why = STR("go"), .at = NOW },
			       &f->err));
	assert_done(f, store_ruleset_make_active(f->db, &back, &f->err));
	back.ruleset = 3;
	assert_outcome(f, store_ruleset_make_active(f->db, &back, &f->err), STORE_NONE);
	db_rollback(f->db);
	assert_done(f, store_ruleset_active(f->db, &number, &f->err));
	assert_int_equal(number, 1);
	begin(f);
	assert_done(f, store_ruleset_put(f->db, &file, 1, STR("admin"), STR("try"), NOW, &number, &f->err));
	back.ruleset = 2;
	assert_done(f, store_ruleset_make_active(f->db, &back, &f->err));
	commit(f);
	assert_done(f, store_ruleset_activations(f->db, &f->arena, &rows, &n, &f->err));
	assert_int_equal(n, 2);
	assert_int_equal(rows[0].previous, 0);
	assert_false(rows[0].rollback);
	assert_int_equal(rows[1].previous, 1);
	assert_true(rows[1].rollback);
	assert_int_equal(rows[1].flipped, 2);
	assert_text(rows[1].why, "noise");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_put_tells_new_updated_unchanged),
		STORE_TEST(test_each_by_profile_score_notice),
		STORE_TEST(test_stale_matches_end),
		STORE_TEST(test_writing_while_listing),
		STORE_TEST(test_rulesets),
		STORE_TEST(test_a_draft_goes_live_and_back),
	};

	return cmocka_run_group_tests(tests, make_reasons, NULL);
}
