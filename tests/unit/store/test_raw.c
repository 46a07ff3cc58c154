#include "fixture.h"
#include "store/raw.h"

static struct raw sample(const char *hash, struct str bytes)
{
	return (struct raw){
		.hash = str_of(hash),
		.source = STR("file"),
		.label = STR("record 12"),
		.format = STR("boamp"),
		.bytes = bytes,
		.arrived = NOW,
	};
}

static void keep(struct fixture *f, const char *hash, int wanted)
{
	struct raw raw = sample(hash, STR("<a/>"));

	begin(f);
	assert_outcome(f, store_raw_put(f->db, &raw, &f->err), wanted);
	commit(f);
}

static void refuse(
	struct fixture *f, const char *hash, const char *reason, int parser_version, int64_t now)
{
	begin(f);
	assert_done(f, store_raw_quarantine(
			       f->db, str_of(hash), str_of(reason), parser_version, now, &f->err));
	commit(f);
}

static void test_bytes_come_back_as_they_were(void **state)
{
	struct fixture *f = *state;
	static const char bytes[] = "\xff\xfe\0\x80 not text \0";
	struct raw raw = sample("h1", str_n(bytes, sizeof(bytes)));
	struct raw got;

	begin(f);
	assert_outcome(f, store_raw_put(f->db, &raw, &f->err), STORE_NEW);
	raw = sample("h2", STR(""));
	assert_outcome(f, store_raw_put(f->db, &raw, &f->err), STORE_NEW);
	commit(f);
	assert_done(f, store_raw_pending(f->db, 0, &f->arena, &got, &f->err));
	assert_int_equal(got.bytes.len, sizeof(bytes));
	assert_memory_equal(got.bytes.ptr, bytes, sizeof(bytes));
	assert_text(got.hash, "h1");
	assert_text(got.source, "file");
	assert_text(got.label, "record 12");
	assert_text(got.format, "boamp");
	assert_int_equal(got.arrived, NOW);
	assert_done(f, store_raw_pending(f->db, got.seq, &f->arena, &got, &f->err));
	assert_text(got.bytes, "");
	assert_outcome(f, store_raw_pending(f->db, got.seq, &f->arena, &got, &f->err), STORE_NONE);
}

static void test_pending_items_come_in_order_until_read(void **state)
{
	struct fixture *f = *state;
	struct raw got;

	keep(f, "b", STORE_NEW);
	keep(f, "a", STORE_NEW);
	keep(f, "b", STORE_UNCHANGED);
	assert_done(f, store_raw_pending(f->db, 0, &f->arena, &got, &f->err));
	assert_text(got.hash, "b");
	begin(f);
	assert_done(f, store_raw_done(f->db, STR("b"), STR("boamp:26-1"), 1, &f->err));
	assert_outcome(
		f, store_raw_done(f->db, STR("x"), STR("boamp:26-1"), 1, &f->err), STORE_NONE);
	commit(f);
	assert_done(f, store_raw_pending(f->db, 0, &f->arena, &got, &f->err));
	assert_text(got.hash, "a");
	assert_outcome(f, store_raw_pending(f->db, got.seq, &f->arena, &got, &f->err), STORE_NONE);
	/* The same bytes again do not make it pending again. */
	keep(f, "b", STORE_UNCHANGED);
	assert_done(f, store_raw_pending(f->db, 0, &f->arena, &got, &f->err));
	assert_text(got.hash, "a");
}

static void test_what_was_read_first_is_never_pending(void **state)
{
	struct fixture *f = *state;
	struct raw a = sample("a", STR("<a/>")), b = sample("b", STR("<b/>")), got;
	struct raw_state about;
	struct str reason;

	assert_outcome(f, store_raw_known(f->db, STR("a"), &f->err), STORE_NONE);
	begin(f);
	assert_outcome(f, store_raw_put_read(f->db, &a, STR("boamp:26-1"), 3, &f->err), STORE_NEW);
	assert_outcome(f, store_raw_put_quarantined(f->db, &b, STR("no title"), 3, NOW, &f->err), STORE_NEW);
	assert_outcome(
		f, store_raw_put_quarantined(f->db, &a, STR("no title"), 3, NOW, &f->err), STORE_UNCHANGED);
	commit(f);
	assert_done(f, store_raw_known(f->db, STR("a"), &f->err));
	assert_outcome(f, store_raw_pending(f->db, 0, &f->arena, &got, &f->err), STORE_NONE);
	assert_done(f, store_raw_next(f->db, 0, &f->arena, &got, &about, &f->err));
	assert_text(got.bytes, "<a/>");
	assert_true(about.read && !about.quarantined);
	assert_outcome(f, store_raw_reason(f->db, STR("a"), &f->arena, &reason, &f->err), STORE_NONE);
	assert_done(f, store_raw_reason(f->db, STR("b"), &f->arena, &reason, &f->err));
	assert_text(reason, "no title");
}

struct seen {
	struct fixture *f;
	struct str hashes;
	int64_t since;
	bool retry;
};

static int see(void *data, const struct quarantined *item, struct error *err)
{
	struct seen *seen = data;

	assert_int_equal(item->size, 4);
	assert_text(item->source, "file");
	assert_text(item->label, "record 12");
	seen->hashes = arena_printf(&seen->f->arena, "%.*s[%.*s: %.*s, %d]", STR_ARG(seen->hashes),
		STR_ARG(item->hash), STR_ARG(item->reason), item->parser_version);
	seen->since = item->since;
	/* Writing while the list goes on. */
	if (seen->retry)
		return store_raw_done(seen->f->db, item->hash, STR("boamp:1"), 9, err);
	return 0;
}

static void test_quarantine_keeps_reasons_and_gives_back(void **state)
{
	struct fixture *f = *state;
	struct seen seen = { .f = f };
	int64_t count;
	struct raw got;

	keep(f, "a", STORE_NEW);
	keep(f, "b", STORE_NEW);
	keep(f, "c", STORE_NEW);
	refuse(f, "c", "no title", 2, NOW + 9);
	refuse(f, "a", "unknown format", 1, NOW + 10);
	assert_done(f, store_quarantine_each(f->db, see, &seen, &f->err));
	assert_text(seen.hashes, "[a: unknown format, 1][c: no title, 2]");

	begin(f);
	assert_done(f, store_raw_retry(f->db, false, 2, &count, &f->err));
	assert_int_equal(count, 1);
	commit(f);
	assert_done(f, store_raw_pending(f->db, 0, &f->arena, &got, &f->err));
	assert_text(got.hash, "a");
	/* Refused again: in quarantine since the first time. */
	refuse(f, "a", "still unknown", 2, NOW + 99);
	begin(f);
	assert_done(f, store_raw_retry(f->db, true, 2, &count, &f->err));
	assert_int_equal(count, 2);
	commit(f);
	refuse(f, "a", "again", 2, NOW + 100);
	seen.hashes = STR("");
	seen.retry = true;
	begin(f);
	assert_done(f, store_quarantine_each(f->db, see, &seen, &f->err));
	commit(f);
	assert_text(seen.hashes, "[a: again, 2]");
	assert_int_equal(seen.since, NOW + 10);
	seen.hashes = STR("");
	assert_done(f, store_quarantine_each(f->db, see, &seen, &f->err));
	assert_text(seen.hashes, "");
}

static const char plain[] = "abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789";

static const char *named(struct fixture *f, struct str bytes)
{
	char *hash = arena_alloc(&f->arena, sizeof(plain));

	memcpy(hash, plain, sizeof(plain));
	assert_done(f, store_raw_name(f->db, bytes, hash, &f->err));
	assert_string_equal(hash + RAW_DAY_DIGITS, plain + RAW_DAY_DIGITS);
	hash[RAW_DAY_DIGITS] = '\0';
	return hash;
}

static void test_the_hash_begins_with_the_first_day_in_the_bytes(void **state)
{
	struct fixture *f = *state;
	char far[20000];

	assert_string_equal(named(f, STR("<a>2024-02-14+01:00</a><b>2023-01-01</b>")), "4d37");
	assert_string_equal(named(f, STR("20240214")), "4d37");
	assert_string_equal(named(f, STR("2 20 202 2024 2024-02-30 2024-13-01 120240215 202402159 2024-02-14")), "4d37");
	assert_string_equal(named(f, STR("2024-02-1")), "0000");
	assert_string_equal(named(f, STR("")), "0000");
	assert_string_equal(named(f, STR("1999-02-14")), "0000");
	memset(far, ' ', sizeof(far));
	memcpy(far + sizeof(far) - 10, "2024-02-14", 10);
	assert_string_equal(named(f, str_n(far, sizeof(far))), "0000");
}

static void test_bytes_named_before_hashes_had_a_day_keep_their_name(void **state)
{
	struct fixture *f = *state;
	char hash[sizeof(plain)];

	keep(f, plain, STORE_NEW);
	assert_string_equal(named(f, STR("2024-02-14")), "4d37");
	begin(f);
	assert_done(f, store_meta_put(f->db, "raw-plain-hashes", STR("1"), &f->err));
	commit(f);
	memcpy(hash, plain, sizeof(hash));
	assert_done(f, store_raw_name(f->db, STR("2024-02-14"), hash, &f->err));
	assert_string_equal(hash, plain);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_bytes_come_back_as_they_were),
		STORE_TEST(test_pending_items_come_in_order_until_read),
		STORE_TEST(test_what_was_read_first_is_never_pending),
		STORE_TEST(test_quarantine_keeps_reasons_and_gives_back),
		STORE_TEST(test_the_hash_begins_with_the_first_day_in_the_bytes),
		STORE_TEST(test_bytes_named_before_hashes_had_a_day_keep_their_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
