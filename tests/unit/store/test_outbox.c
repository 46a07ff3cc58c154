#include "fixture.h"
#include "store/match.h"
#include "store/digest.h"
#include "store/outbox.h"
#include "store/profile.h"

static int64_t message_at(struct fixture *f, const char *id, int64_t next_at)
{
	struct outbox_row row = {
		.profile = STR("p"),
		.from = STR("avis@example.org"),
		.to = STR("b@example.org"),
		.message_id = str_of(id),
		.message = STR("From: x\r\n\r\nÉté\r\n.\r\n"),
		.created = NOW,
		.next_at = next_at,
	};

	begin(f);
	assert_done(f, store_outbox_put(f->db, &row, &f->err));
	commit(f);
	assert_int_equal(row.state, OUTBOX_READY);
	return row.id;
}

static int claim_at(struct fixture *f, int64_t now, const char *lease, struct outbox_row *row)
{
	int r;

	begin(f);
	r = store_outbox_claim(f->db, now, str_of(lease), &f->arena, row, &f->err);
	commit(f);
	return r;
}

static int handing(struct fixture *f, int64_t id, const char *lease)
{
	int r;

	begin(f);
	r = store_outbox_handing(f->db, id, str_of(lease), NOW, &f->err);
	commit(f);
	return r;
}

static int end(struct fixture *f, int64_t id, const char *lease, enum outbox_state state,
	int64_t next_at, int64_t now)
{
	int r;

	begin(f);
	r = store_outbox_end(f->db, id, str_of(lease), state, next_at, STR("250 ok"), now, &f->err);
	commit(f);
	return r;
}

static void recover(struct fixture *f, int64_t now, int64_t older_than, int64_t wanted_ready,
	int64_t wanted_uncertain)
{
	int64_t ready, uncertain;

	begin(f);
	assert_done(f, store_outbox_recover(f->db, now, older_than, &ready, &uncertain, &f->err));
	commit(f);
	assert_int_equal(ready, wanted_ready);
	assert_int_equal(uncertain, wanted_uncertain);
}

static int set_state(struct fixture *f, int64_t id, enum outbox_state state)
{
	int r;

	begin(f);
	r = store_outbox_set(f->db, id, state, NOW, &f->err);
	commit(f);
	return r;
}

struct wanted {
	int64_t id;
	struct outbox_row row;
};

static int pick(void *data, const struct outbox_row *row, struct error *err)
{
	struct wanted *wanted = data;

	(void)err;
	if (row->id != wanted->id)
		return 0;
	wanted->row = *row;
	/* Its texts end with this call. */
	wanted->row.reply = str_eqz(row->reply, "250 ok") ? STR("250 ok") : STR_NONE;
	return 1;
}

static struct outbox_row row_of(struct fixture *f, int64_t id)
{
	struct wanted wanted = { .id = id };

	assert_outcome(f, store_outbox_each(f->db, true, pick, &wanted, &f->err), 1);
	return wanted.row;
}

#define assert_state(F, ID, STATE)                                                                 \
	assert_string_equal(outbox_state_name(row_of(F, ID).state), STATE)

static void test_the_straight_way(void **state)
{
	struct fixture *f = *state;
	int64_t id = message_at(f, "1@x", TIME_NONE);
	struct outbox_row row;

	assert_outcome(f, claim_at(f, NOW - 1, "a", &row), STORE_NONE);
	assert_done(f, claim_at(f, NOW, "a", &row));
	assert_int_equal(row.id, id);
	assert_int_equal(row.digest, 0);
	assert_int_equal(row.state, OUTBOX_CLAIMED);
	assert_int_equal(row.attempts, 1);
	assert_int_equal(row.created, NOW);
	assert_true(row.sent_at == TIME_NONE);
	assert_text(row.profile, "p");
	assert_text(row.from, "avis@example.org");
	assert_text(row.to, "b@example.org");
	assert_text(row.message_id, "1@x");
	assert_text(row.message, "From: x\r\n\r\nÉté\r\n.\r\n");
	/* Nobody gets it twice. */
	assert_outcome(f, claim_at(f, NOW, "b", &row), STORE_NONE);
	assert_done(f, handing(f, id, "a"));
	assert_state(f, id, "handing");
	assert_done(f, end(f, id, "a", OUTBOX_SENT, TIME_NONE, NOW + 2));
	row = row_of(f, id);
	assert_int_equal(row.state, OUTBOX_SENT);
	assert_int_equal(row.sent_at, NOW + 2);
	assert_true(row.next_at == TIME_NONE);
	assert_text(row.reply, "250 ok");
	assert_outcome(f, claim_at(f, NOW + 99, "a", &row), STORE_NONE);
	recover(f, NOW + 99, NOW + 99, 0, 0);
	assert_state(f, id, "sent");
}

static void test_due_order(void **state)
{
	struct fixture *f = *state;
	struct outbox_row row;

	message_at(f, "late@x", NOW + 10);
	message_at(f, "tie-1@x", NOW + 5);
	message_at(f, "tie-2@x", NOW + 5);
	message_at(f, "first@x", NOW + 1);
	static const char *const order[] = { "first@x", "tie-1@x", "tie-2@x", "late@x" };

	assert_outcome(f, claim_at(f, NOW, "a", &row), STORE_NONE);
	for (size_t i = 0; i < LENGTH(order); i++) {
		assert_done(f, claim_at(f, NOW + 10, "a", &row));
		assert_text(row.message_id, order[i]);
	}
	assert_outcome(f, claim_at(f, NOW + 10, "a", &row), STORE_NONE);
}

static void test_retry_fail_suppress_give_back(void **state)
{
	struct fixture *f = *state;
	int64_t id = message_at(f, "1@x", TIME_NONE);
	struct outbox_row row;

	assert_done(f, claim_at(f, NOW, "a", &row));
	assert_done(f, end(f, id, "a", OUTBOX_RETRY, NOW + 300, NOW));
	assert_state(f, id, "retry");
	assert_outcome(f, claim_at(f, NOW + 299, "a", &row), STORE_NONE);
	assert_done(f, claim_at(f, NOW + 300, "b", &row));
	assert_int_equal(row.attempts, 2);
	assert_done(f, end(f, id, "b", OUTBOX_READY, NOW + 300, NOW + 300));
	assert_state(f, id, "ready");
	assert_done(f, claim_at(f, NOW + 300, "c", &row));
	assert_done(f, handing(f, id, "c"));
	assert_done(f, end(f, id, "c", OUTBOX_FAILED, TIME_NONE, NOW + 301));
	assert_state(f, id, "failed");
	assert_true(row_of(f, id).next_at == TIME_NONE);
	assert_outcome(f, claim_at(f, NOW + DAY, "d", &row), STORE_NONE);
	id = message_at(f, "2@x", TIME_NONE);
	assert_done(f, claim_at(f, NOW, "a", &row));
	assert_done(f, end(f, id, "a", OUTBOX_SUPPRESSED, TIME_NONE, NOW));
	assert_state(f, id, "suppressed");
	assert_outcome(f, claim_at(f, NOW + DAY, "d", &row), STORE_NONE);
}

/* Who lost the lease changes nothing any more. */
static void test_lost_lease(void **state)
{
	struct fixture *f = *state;
	int64_t id = message_at(f, "1@x", TIME_NONE);
	struct outbox_row row;

	assert_done(f, claim_at(f, NOW, "slow", &row));
	recover(f, NOW + 100, NOW - 1, 0, 0);
	assert_state(f, id, "claimed");
	recover(f, NOW + 100, NOW, 1, 0);
	assert_state(f, id, "ready");
	assert_outcome(f, handing(f, id, "slow"), STORE_NONE);
	assert_done(f, claim_at(f, NOW + 100, "quick", &row));
	assert_outcome(f, handing(f, id, "slow"), STORE_NONE);
	assert_outcome(f, end(f, id, "slow", OUTBOX_SENT, TIME_NONE, NOW), STORE_NONE);
	assert_state(f, id, "claimed");
	assert_done(f, handing(f, id, "quick"));
	assert_outcome(f, handing(f, id, "quick"), STORE_NONE);
	assert_done(f, end(f, id, "quick", OUTBOX_SENT, TIME_NONE, NOW));
	assert_outcome(f, end(f, id, "quick", OUTBOX_FAILED, TIME_NONE, NOW), STORE_NONE);
	assert_outcome(f, end(f, 99, "quick", OUTBOX_SENT, TIME_NONE, NOW), STORE_NONE);
	assert_state(f, id, "sent");
}

/* A crash while the relay took it: once more after a quarter of an hour, the same bytes, then never. */
static void test_uncertain_once(void **state)
{
	struct fixture *f = *state;
	int64_t id = message_at(f, "1@x", TIME_NONE);
	struct outbox_row row;

	assert_done(f, claim_at(f, NOW, "a", &row));
	assert_done(f, handing(f, id, "a"));
	recover(f, NOW + 60, NOW + 60, 0, 1);
	assert_state(f, id, "uncertain");
	assert_outcome(f, claim_at(f, NOW + 60 + OUTBOX_DOUBT_S - 1, "b", &row), STORE_NONE);
	assert_done(f, claim_at(f, NOW + 60 + OUTBOX_DOUBT_S, "b", &row));
	assert_text(row.message, "From: x\r\n\r\nÉté\r\n.\r\n");
	assert_text(row.message_id, "1@x");
	/* A crash before anything was handed over counts for nothing. */
	recover(f, NOW + HOUR, NOW + HOUR, 1, 0);
	assert_state(f, id, "ready");
	assert_done(f, claim_at(f, NOW + HOUR, "c", &row));
	assert_done(f, handing(f, id, "c"));
	recover(f, NOW + 2 * HOUR, NOW + 2 * HOUR, 0, 0);
	assert_state(f, id, "failed");
	assert_outcome(f, claim_at(f, NOW + DAY, "d", &row), STORE_NONE);
	/* By hand it starts anew. */
	assert_done(f, set_state(f, id, OUTBOX_READY));
	assert_done(f, claim_at(f, NOW + DAY, "e", &row));
	assert_done(f, handing(f, id, "e"));
	recover(f, NOW + DAY, NOW + DAY, 0, 1);
	assert_state(f, id, "uncertain");
}

static void test_uncertain_told_by_the_sender(void **state)
{
	struct fixture *f = *state;
	int64_t id = message_at(f, "1@x", TIME_NONE);
	struct outbox_row row;

	assert_done(f, claim_at(f, NOW, "a", &row));
	assert_done(f, handing(f, id, "a"));
	assert_done(f, end(f, id, "a", OUTBOX_UNCERTAIN, NOW + 900, NOW));
	assert_state(f, id, "uncertain");
	assert_done(f, claim_at(f, NOW + 900, "b", &row));
	assert_done(f, handing(f, id, "b"));
	assert_done(f, end(f, id, "b", OUTBOX_UNCERTAIN, NOW + 1800, NOW + 900));
	assert_state(f, id, "failed");
	assert_true(row_of(f, id).next_at == TIME_NONE);
}

static void test_by_hand(void **state)
{
	struct fixture *f = *state;
	int64_t id = message_at(f, "1@x", NOW + HOUR);
	struct outbox_row row;

	assert_outcome(f, set_state(f, id, OUTBOX_READY), STORE_NONE);
	assert_done(f, set_state(f, id, OUTBOX_HELD));
	assert_state(f, id, "held");
	assert_outcome(f, set_state(f, id, OUTBOX_HELD), STORE_NONE);
	assert_outcome(f, claim_at(f, NOW + DAY, "a", &row), STORE_NONE);
	assert_done(f, set_state(f, id, OUTBOX_READY));
	assert_done(f, claim_at(f, NOW, "a", &row));
	assert_outcome(f, set_state(f, id, OUTBOX_HELD), STORE_NONE);
	assert_done(f, end(f, id, "a", OUTBOX_RETRY, NOW + 300, NOW));
	assert_done(f, set_state(f, id, OUTBOX_HELD));
	assert_done(f, set_state(f, id, OUTBOX_READY));
	assert_done(f, claim_at(f, NOW, "a", &row));
	assert_done(f, end(f, id, "a", OUTBOX_SENT, TIME_NONE, NOW));
	assert_outcome(f, set_state(f, id, OUTBOX_READY), STORE_NONE);
	assert_outcome(f, set_state(f, id, OUTBOX_HELD), STORE_NONE);
	assert_outcome(f, set_state(f, 99, OUTBOX_HELD), STORE_NONE);
}

struct names {
	struct fixture *f;
	struct str list;
};

static int name(void *data, const struct outbox_row *row, struct error *err)
{
	struct names *names = data;

	(void)err;
	assert_null(row->message.ptr);
	names->list = arena_printf(
		&names->f->arena, "%.*s%.*s ", STR_ARG(names->list), STR_ARG(row->message_id));
	return 0;
}

static void test_listing(void **state)
{
	struct fixture *f = *state;
	struct names names = { f, STR("") };
	struct outbox_row row;

	message_at(f, "1@x", TIME_NONE);
	message_at(f, "2@x", NOW + HOUR);
	assert_done(f, claim_at(f, NOW, "a", &row));
	assert_done(f, end(f, row.id, "a", OUTBOX_SENT, TIME_NONE, NOW));
	assert_done(f, store_outbox_each(f->db, false, name, &names, &f->err));
	assert_text(names.list, "2@x ");
	names.list = STR("");
	assert_done(f, store_outbox_each(f->db, true, name, &names, &f->err));
	assert_text(names.list, "1@x 2@x ");
}

static void test_a_message_id_is_used_once(void **state)
{
	struct fixture *f = *state;
	struct outbox_row row = { .profile = STR("p"),
		.from = STR("a@example.org"),
		.to = STR("b@example.org"),
		.message_id = STR("1@x"),
		.message = STR(""),
		.created = NOW,
		.next_at = TIME_NONE };

	message_at(f, "1@x", TIME_NONE);
	begin(f);
	assert_int_equal(store_outbox_put(f->db, &row, &f->err), -ERROR_STORE);
	db_rollback(f->db);
}

/* digests */

static void match(struct fixture *f, const char *ref, const char *procedure_id, points_t score)
{
	struct notice n = simple_notice(f, "boamp", ref);
	struct receipt r = { .profile = STR("p"),
		.notice = n.id,
		.notice_version = 1,
		.lot = score > 100 ? STR("LOT-0001") : STR_NONE,
		.score = score,
		.threshold = 80,
		.ruleset = 1 };

	n.procedure_id = str_of(procedure_id);
	assert_outcome(f, put(f, &n), STORE_NEW);
	begin(f);
	assert_outcome(f, store_match_put(f->db, &r, NOW, &f->err), STORE_NEW);
	commit(f);
}

static const char *candidates(struct fixture *f)
{
	struct digest_candidate *list;
	struct str all = STR("");
	size_t n;

	assert_done(f, store_digest_candidates(
			       f->db, STR("p"), NOW, TIME_NONE, 100, &f->arena, &list, &n, &f->err));
	for (size_t i = 0; i < n; i++)
		all = arena_printf(&f->arena, "%.*s%.*s(%.*s)%s ", STR_ARG(all),
			STR_ARG(list[i].notice), STR_ARG(list[i].lot),
			list[i].dossier_told ? "told" : "");
	return arena_dupz(&f->arena, all);
}

static void test_digest_and_items_are_unique(void **state)
{
	struct fixture *f = *state;
	struct profile p;
	int64_t first, second, none = 42;

	activate_rules(f);
	profile_init(&p);
	p.id = p.name = STR("p");
	begin(f);
	assert_outcome(f, store_profile_put(f->db, &p, NOW, &f->err), STORE_NEW);
	commit(f);
	match(f, "26-1", NULL, 90);
	match(f, "26-2", NULL, 120);
	match(f, "26-3", NULL, 90);
	assert_string_equal(candidates(f), "boamp:26-2(LOT-0001) boamp:26-1() boamp:26-3() ");

	begin(f);
	assert_outcome(f, store_digest_put(f->db, p.id, STR("2026-03-02"), NOW, &first, &f->err),
		STORE_NEW);
	assert_outcome(f, store_digest_put(f->db, p.id, STR("2026-03-02"), NOW, &none, &f->err),
		STORE_UNCHANGED);
	assert_int_equal(none, 42);
	assert_done(f, store_digest_item(f->db, first, p.id, STR("boamp:26-2"), STR("boamp:26-2"),
			       true, TIME_NONE, &f->err));
	assert_done(f, store_digest_item(f->db, first, p.id, STR("boamp:26-1"), STR("boamp:26-1"),
			       false, TIME_NONE, &f->err));
	assert_outcome(f, store_digest_put(f->db, p.id, STR("2026-03-03"), NOW, &second, &f->err),
		STORE_NEW);
	assert_int_not_equal(first, second);
	assert_outcome(f,
		store_digest_item(
			f->db, second, p.id, STR("boamp:26-1"), STR("boamp:26-1"), true, TIME_NONE,
			&f->err),
		STORE_UNCHANGED);
	commit(f);
	assert_string_equal(candidates(f), "boamp:26-3() ");

	/* A correction of what was told is of a dossier that was told, even when it joins later. */
	match(f, "26-4", "proc", 90);
	assert_string_equal(candidates(f), "boamp:26-3() boamp:26-4() ");
	struct notice told = simple_notice(f, "boamp", "26-1");

	told.procedure_id = STR("proc");
	assert_outcome(f, put(f, &told), STORE_UPDATED);
	assert_string_equal(candidates(f), "boamp:26-3() boamp:26-4()told ");

	/* What no longer matches is not told. */
	begin(f);
	assert_done(
		f, store_match_end_stale(f->db, STR("boamp:26-3"), STR_NONE, 1, NOW + 1, &f->err));
	commit(f);
	assert_string_equal(candidates(f), "boamp:26-4()told ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_the_straight_way),
		STORE_TEST(test_due_order),
		STORE_TEST(test_retry_fail_suppress_give_back),
		STORE_TEST(test_lost_lease),
		STORE_TEST(test_uncertain_once),
		STORE_TEST(test_uncertain_told_by_the_sender),
		STORE_TEST(test_by_hand),
		STORE_TEST(test_listing),
		STORE_TEST(test_a_message_id_is_used_once),
		STORE_TEST(test_digest_and_items_are_unique),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
