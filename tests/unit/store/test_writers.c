/* Two processes, each with a connection of its own, write into one file. */
#include "fixture.h"

#include <sys/wait.h>

#include "store/outbox.h"

enum { EACH = 100 };

/* In the child: no cmocka, only an exit status. */
static int write_notices(const char *path, char who)
{
	struct error err = ERROR_INIT;
	struct arena arena = ARENA_INIT;
	struct db *db;

	if (store_open(path, DB_WRITE, &db, &err) < 0)
		return 1;
	for (int i = 0; i < EACH; i++) {
		struct notice n;

		arena_reset(&arena);
		notice_init(&n);
		notice_set_id(&n, &arena, STR("boamp"), arena_printf(&arena, "%c%d", who, i));
		n.title = STR("Capteurs");
		/* All of them name one another, so that both move dossiers. */
		n.n_links = 1;
		n.links = arena_new(&arena, struct notice_link);
		n.links[0].ref = arena_printf(&arena, "%c%d", who == 'a' ? 'b' : 'a', i);
		if (db_begin(db, &err) < 0 ||
			store_notice_put(db, &n, STR_NONE, NOW, &arena, &err) != STORE_NEW ||
			db_commit(db, &err) < 0) {
			fprintf(stderr, "%c%d: %s\n", who, i, err.text);
			return 2;
		}
	}
	db_close(db);
	arena_done(&arena);
	return 0;
}

static int claim_messages(const char *path, char who)
{
	struct error err = ERROR_INIT;
	struct arena arena = ARENA_INIT;
	struct str lease = str_n(&who, 1);
	struct db *db;
	int r = 0;

	if (store_open(path, DB_WRITE, &db, &err) < 0)
		return 1;
	while (r == 0) {
		struct outbox_row row;

		arena_reset(&arena);
		if (db_begin(db, &err) < 0)
			return 2;
		r = store_outbox_claim(db, NOW, lease, &arena, &row, &err);
		if (r < 0 ||
			(r == 0 && store_outbox_end(db, row.id, lease, OUTBOX_SENT, TIME_NONE,
					   lease, NOW, &err) != 0) ||
			db_commit(db, &err) < 0) {
			fprintf(stderr, "%c: %s\n", who, err.text);
			return 3;
		}
	}
	db_close(db);
	arena_done(&arena);
	return 0;
}

/* A connection is never carried over a fork: the parent has none meanwhile. */
static void in_two_processes(struct fixture *f, int (*work)(const char *path, char who))
{
	pid_t children[2];
	int status;

	f->db = db_close(f->db);
	for (int i = 0; i < 2; i++) {
		children[i] = fork();
		assert_true(children[i] >= 0);
		if (children[i] == 0)
			_exit(work(f->path, (char)('a' + i)));
	}
	for (int i = 0; i < 2; i++) {
		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
	}
	assert_done(f, store_open(f->path, DB_WRITE, &f->db, &f->err));
}

static int check_pair(void *data, const struct notice *notice, int64_t seq, struct error *err)
{
	struct fixture *f = data;
	struct notice other;

	(void)seq;
	assert_done(f, store_notice_find(f->db,
			       arena_printf(&f->arena, "boamp:%.*s", STR_ARG(notice->links[0].ref)),
			       &f->arena, &other, err));
	assert_true(str_eq(notice->dossier, other.dossier));
	return 0;
}

static void test_two_writers_lose_nothing(void **state)
{
	struct fixture *f = *state;
	struct notice_filter filter;
	int64_t count;

	in_two_processes(f, write_notices);
	notice_filter_init(&filter);
	assert_done(f, store_notice_count(f->db, &filter, &count, &f->err));
	assert_int_equal(count, 2 * EACH);
	filter.text = STR("capteurs");
	assert_done(f, store_notice_count(f->db, &filter, &count, &f->err));
	assert_int_equal(count, 2 * EACH);
	assert_done(f, store_notice_each(f->db, &filter, check_pair, f, &f->err));
	assert_done(f, db_check(f->db, &f->err));
}

static int check_once(void *data, const struct outbox_row *row, struct error *err)
{
	(void)err;
	assert_int_equal(row->state, OUTBOX_SENT);
	assert_int_equal(row->attempts, 1);
	++*(int *)data;
	return 0;
}

static void test_two_mailers_claim_each_once(void **state)
{
	struct fixture *f = *state;
	int n = 0;

	begin(f);
	for (int i = 0; i < EACH; i++) {
		struct outbox_row row = { .profile = STR("p"),
			.from = STR("a@example.org"),
			.to = STR("b@example.org"),
			.message_id = arena_printf(&f->arena, "%d@x", i),
			.message = STR("m"),
			.created = NOW,
			.next_at = TIME_NONE };

		assert_done(f, store_outbox_put(f->db, &row, &f->err));
	}
	commit(f);
	in_two_processes(f, claim_messages);
	assert_done(f, store_outbox_each(f->db, true, check_once, &n, &f->err));
	assert_int_equal(n, EACH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_two_writers_lose_nothing),
		STORE_TEST(test_two_mailers_claim_each_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
