#include "fixture.h"
#include "store/consent.h"
#include "store/digest.h"
#include "store/outbox.h"
#include "store/profile.h"

static void enter(struct fixture *f, const char *id, const char *email, bool confirmed)
{
	struct profile p;

	profile_init(&p);
	p.id = str_of(id);
	p.name = STR("Capteurs & Cie");
	p.description = STR("capteurs");
	p.email = str_of(email);
	p.confirmed = confirmed;
	assert_true(store_profile_put(f->db, &p, NOW, &f->err) >= 0);
}

static int64_t purge(struct fixture *f, int64_t now)
{
	int64_t n = -1;

	begin(f);
	assert_int_equal(store_pending_purge(f->db, now, &n, &f->err), 0);
	commit(f);
	return n;
}

static bool is_there(struct fixture *f, const char *id)
{
	struct profile p;

	return store_profile_find(f->db, str_of(id), &f->arena, &p, &f->err) == 0;
}

static void test_who_does_not_confirm_is_forgotten(void **state)
{
	struct fixture *f = *state;

	begin(f);
	enter(f, "waits", "a@example.org", false);
	enter(f, "confirmed", "b@example.org", true);
	enter(f, "old", "c@example.org", false); /* not confirmed, from before there was a waiting list */
	assert_int_equal(store_pending_put(f->db, STR("waits"), NOW, &f->err), 0);
	assert_int_equal(store_pending_put(f->db, STR("confirmed"), NOW, &f->err), 0);
	commit(f);
	assert_int_equal(purge(f, NOW + PENDING_DAYS * DAY - 1), 0);
	assert_int_equal(purge(f, NOW + PENDING_DAYS * DAY), 1);
	assert_false(is_there(f, "waits"));
	assert_true(is_there(f, "confirmed"));
	assert_true(is_there(f, "old"));
}

static void test_asking_again_waits_from_then(void **state)
{
	struct fixture *f = *state;

	begin(f);
	enter(f, "waits", "a@example.org", false);
	assert_int_equal(store_pending_put(f->db, STR("waits"), NOW, &f->err), 0);
	assert_int_equal(store_pending_put(f->db, STR("waits"), NOW + DAY, &f->err), 0);
	commit(f);
	assert_int_equal(purge(f, NOW + PENDING_DAYS * DAY), 0);
	assert_int_equal(purge(f, NOW + (PENDING_DAYS + 1) * DAY), 1);
}

static void test_profiles_are_found_by_address_whatever_its_case(void **state)
{
	struct fixture *f = *state;
	struct address_profile *rows;
	size_t n;

	begin(f);
	enter(f, "one", "Ana@Example.org", true);
	enter(f, "two", "ana@example.org", false);
	enter(f, "other", "bob@example.org", true);
	commit(f);
	assert_int_equal(store_address_profiles(f->db, STR("ana@EXAMPLE.org"), &f->arena, &rows, &n, &f->err), 0);
	assert_int_equal(n, 2);
	assert_true(str_eqz(rows[0].id, "one") && rows[0].confirmed);
	assert_true(str_eqz(rows[1].id, "two") && !rows[1].confirmed);
}

static void test_unsubscribing_is_undone(void **state)
{
	struct fixture *f = *state;
	bool unsubscribed = false;

	begin(f);
	enter(f, "one", "a@example.org", true);
	assert_int_equal(store_profile_unsubscribe(f->db, STR("one"), NOW, &f->err), 0);
	assert_int_equal(store_profile_resubscribe(f->db, STR("one"), &f->err), 0);
	assert_int_equal(store_profile_resubscribe(f->db, STR("none"), &f->err), STORE_NONE);
	commit(f);
	assert_int_equal(store_profile_unsubscribed(f->db, STR("one"), &unsubscribed, &f->err), 0);
	assert_false(unsubscribed);
}

static int count_row(void *data, const struct outbox_row *row, struct error *err)
{
	(void)row;
	(void)err;
	++*(int *)data;
	return 0;
}

static void test_nothing_is_left_of_who_is_erased(void **state)
{
	struct fixture *f = *state;
	struct outbox_row row = { .profile = STR("one"), .from = STR("a@localhost"),
		.to = STR("one@example.org"), .message_id = STR("1@localhost"), .message = STR("text"),
		.created = NOW, .next_at = NOW, .sent_at = TIME_NONE };
	struct outbox_row claimed;
	int n = 0;

	begin(f);
	enter(f, "one", "one@example.org", true);
	assert_int_equal(store_digest_put(f->db, STR("one"), STR("2026-11-23"), NOW, &row.digest, &f->err),
		STORE_NEW);
	assert_int_equal(store_outbox_put(f->db, &row, &f->err), 0);
	assert_int_equal(store_outbox_claim(f->db, NOW, STR("lease"), &f->arena, &claimed, &f->err), 0);
	assert_int_equal(store_outbox_end(f->db, claimed.id, STR("lease"), OUTBOX_SENT, TIME_NONE, STR("ok"),
		NOW, &f->err), 0);
	assert_int_equal(store_profile_erase(f->db, STR("one"), &f->err), 0);
	assert_int_equal(store_profile_erase(f->db, STR("one"), &f->err), STORE_NONE);
	commit(f);
	assert_false(is_there(f, "one"));
	assert_int_equal(store_outbox_each(f->db, true, count_row, &n, &f->err), 0);
	assert_int_equal(n, 0);
}

static void test_suppression_keeps_its_first_reason(void **state)
{
	struct fixture *f = *state;
	struct str reason;

	begin(f);
	assert_int_equal(store_suppressed(f->db, STR("h"), &f->arena, &reason, &f->err), STORE_NONE);
	assert_int_equal(store_suppress(f->db, STR("h"), "bounced", NOW, &f->err), 0);
	assert_int_equal(store_suppress(f->db, STR("h"), "erased", NOW, &f->err), 0);
	assert_int_equal(store_suppressed(f->db, STR("h"), &f->arena, &reason, &f->err), 0);
	assert_true(str_eqz(reason, "bounced"));
	assert_int_equal(store_unsuppress(f->db, STR("h"), &f->err), 0);
	assert_int_equal(store_suppressed(f->db, STR("h"), &f->arena, &reason, &f->err), STORE_NONE);
	commit(f);
}

static void test_requests_are_counted_for_a_day(void **state)
{
	struct fixture *f = *state;
	struct asking_count count;

	begin(f);
	assert_int_equal(store_asking_put(f->db, STR("a"), STR("net"), NOW, &f->err), 0);
	assert_int_equal(store_asking_put(f->db, STR("b"), STR("net"), NOW + 10, &f->err), 0);
	assert_int_equal(store_asking_count(f->db, STR("a"), STR("net"), NOW - 1, &count, &f->err), 0);
	assert_true(count.address == 1 && count.network == 2 && count.all == 2);
	assert_int_equal(store_asking_count(f->db, STR("a"), STR("net"), NOW, &count, &f->err), 0);
	assert_true(count.address == 0 && count.network == 1 && count.all == 1);
	assert_int_equal(store_asking_put(f->db, STR("c"), STR("else"), NOW + 2 * DAY, &f->err), 0);
	assert_int_equal(store_asking_count(f->db, STR("a"), STR("net"), 0, &count, &f->err), 0);
	assert_true(count.all == 1);
	commit(f);
}

static void test_each_renewal_is_a_generation(void **state)
{
	struct fixture *f = *state;
	int64_t generation;

	begin(f);
	enter(f, "one", "a@example.org", true);
	for (int64_t expected = 1; expected < 4; expected++) {
		assert_int_equal(store_feed_generation(f->db, STR("one"), &generation, &f->err), 0);
		assert_int_equal(generation, expected);
		assert_int_equal(store_feed_renew(f->db, STR("one"), NOW, &f->err), 0);
	}
	commit(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_who_does_not_confirm_is_forgotten),
		STORE_TEST(test_asking_again_waits_from_then),
		STORE_TEST(test_profiles_are_found_by_address_whatever_its_case),
		STORE_TEST(test_unsubscribing_is_undone),
		STORE_TEST(test_nothing_is_left_of_who_is_erased),
		STORE_TEST(test_suppression_keeps_its_first_reason),
		STORE_TEST(test_requests_are_counted_for_a_day),
		STORE_TEST(test_each_renewal_is_a_generation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
