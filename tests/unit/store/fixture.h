/* A fresh database file for each test of store, and the few words its tests share. */
#ifndef TEST_STORE_FIXTURE_H
#define TEST_STORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/notice.h"
#include "store/ruleset.h"
#include "store/store.h"

struct fixture {
	char dir[64], path[128];
	struct db *db;
	struct arena arena;
	struct error err;
};

/* 2026-03-02 10:00 UTC */
enum { NOW = 1772445600, HOUR = 3600, DAY = 86400, TODAY = NOW / DAY };

/* The outcome, or the failure told. */
#define assert_outcome(F, EXPR, WANTED)                                                            \
	do {                                                                                       \
		int outcome_ = (EXPR);                                                             \
		if (outcome_ < 0)                                                                  \
			fail_msg("%s: %s", #EXPR, (F)->err.text);                                  \
		assert_int_equal(outcome_, (WANTED));                                              \
	} while (0)
#define assert_done(F, EXPR) assert_outcome(F, EXPR, 0)

#define assert_text(STR_, Z)                                                                       \
	do {                                                                                       \
		struct str text_ = (STR_);                                                         \
		if (!str_eqz(text_, (Z)))                                                          \
			fail_msg("%s is \"%.*s\", not \"%s\"", #STR_, STR_ARG(text_), (Z));        \
	} while (0)

static inline int fixture_setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	snprintf(f->dir, sizeof(f->dir), "/tmp/appariteur-store-XXXXXX");
	if (!mkdtemp(f->dir)) {
		perror(f->dir);
		return -1;
	}
	snprintf(f->path, sizeof(f->path), "%s/a.db", f->dir);
	if (store_open(f->path, DB_CREATE, &f->db, &f->err) < 0) {
		fprintf(stderr, "%s\n", f->err.text);
		return -1;
	}
	*state = f;
	return 0;
}

static inline int fixture_teardown(void **state)
{
	struct fixture *f = *state;
	DIR *dir;
	struct dirent *entry;

	db_rollback(f->db);
	f->db = db_close(f->db);
	arena_done(&f->arena);
	dir = opendir(f->dir);
	while (dir && (entry = readdir(dir))) {
		char path[400];

		snprintf(path, sizeof(path), "%s/%s", f->dir, entry->d_name);
		unlink(path);
	}
	closedir(dir);
	rmdir(f->dir);
	free(f);
	return 0;
}

#define STORE_TEST(NAME) cmocka_unit_test_setup_teardown(NAME, fixture_setup, fixture_teardown)

static inline void begin(struct fixture *f)
{
	assert_done(f, db_begin(f->db, &f->err));
}

static inline void commit(struct fixture *f)
{
	assert_done(f, db_commit(f->db, &f->err));
}

/* A call for sensors as most notices are: title, one CPV, one place, a deadline in four weeks. */
static inline struct notice simple_notice(struct fixture *f, const char *source, const char *ref)
{
	struct notice n;

	notice_init(&n);
	notice_set_id(&n, &f->arena, str_of(source), str_of(ref));
	n.title = STR("Fourniture de capteurs");
	n.kind = n.stage = NOTICE_COMPETITION;
	n.published = TODAY;
	n.deadline.at = NOW + 28 * DAY;
	n.deadline.offset_s = 7200;
	n.deadline.certainty = DEADLINE_STATED;
	codes_add(&n.cpv, &f->arena, STR("38000000"));
	codes_add(&n.places, &f->arena, STR("48"));
	return n;
}

/* Puts it in a transaction of its own. */
static inline int put(struct fixture *f, struct notice *n)
{
	int r;

	begin(f);
	r = store_notice_put(f->db, n, STR_NONE, NOW, &f->arena, &f->err);
	if (r > 0)
		commit(f);
	else
		db_rollback(f->db);
	return r;
}

/* Stored, and the active one from here on. */
static inline int activate_files(struct fixture *f, const struct rule_file *files, size_t n, struct str why,
	int64_t *ret_number)
{
	struct ruleset_activation activation = { .author = STR("admin"), .why = why, .at = NOW };
	int r = store_ruleset_put(f->db, files, n, STR("admin"), why, NOW, &activation.ruleset, &f->err);

	if (r == 0)
		r = store_ruleset_make_active(f->db, &activation, &f->err);
	*ret_number = activation.ruleset;
	return r;
}

/* The number of a ruleset, which matches need. */
static inline int64_t activate_rules(struct fixture *f)
{
	struct rule_file file = { STR("a.rules"), STR("rule a \"A\"\n") };
	int64_t number;

	begin(f);
	assert_done(f, activate_files(f, &file, 1, STR("first"), &number));
	commit(f);
	return number;
}

#endif
