#include "fixture.h"

#include <fcntl.h>
#include <sys/stat.h>

static void test_every_query_is_sound(void **state)
{
	struct fixture *f = *state;

	assert_done(f, db_prepare_all(f->db, &f->err));
}

static void test_meta_keeps_values(void **state)
{
	struct fixture *f = *state;
	struct str value;

	assert_outcome(
		f, store_meta_find(f->db, "token_key", &f->arena, &value, &f->err), STORE_NONE);
	begin(f);
	assert_done(f, store_meta_put(f->db, "token_key", STR("one"), &f->err));
	assert_done(f, store_meta_put(f->db, "token_key", STR("two"), &f->err));
	assert_done(f, store_meta_put(f->db, "empty", STR(""), &f->err));
	commit(f);
	assert_done(f, store_meta_find(f->db, "token_key", &f->arena, &value, &f->err));
	assert_text(value, "two");
	assert_done(f, store_meta_find(f->db, "empty", &f->arena, &value, &f->err));
	assert_text(value, "");
}

static const struct db_statement_text list_schema[] = {
	{ "list_schema",
		"SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_master ORDER BY type, name",
		false },
};

/* Everything sqlite_master knows, one object after the other. */
static struct str schema_of(
	struct fixture *f, const char *path, const struct db_migration *migrations, size_t n)
{
	struct db *db;
	struct stmt *st;
	struct str all = STR("");
	int r;

	assert_done(f, db_open(path, DB_CREATE, list_schema, 1, migrations, n, &db, &f->err));
	st = db_query(db, 0);
	while ((r = stmt_step(st, &f->err)) == STMT_ROW)
		all = arena_printf(&f->arena, "%.*s%.*s %.*s %.*s\n%.*s\n", STR_ARG(all),
			STR_ARG(stmt_col_text(st, 0, &f->arena)),
			STR_ARG(stmt_col_text(st, 1, &f->arena)),
			STR_ARG(stmt_col_text(st, 2, &f->arena)),
			STR_ARG(stmt_col_text(st, 3, &f->arena)));
	assert_int_equal(r, 0);
	db_close(db);
	return all;
}

static const char *file_text(struct fixture *f, const char *name)
{
	const char *root = getenv("APPARITEUR_SOURCE");
	char path[600];
	struct stat about;
	char *text;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", root ? root : ".", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &about) < 0)
		fail_msg("%s cannot be read", path);
	text = arena_alloc(&f->arena, (size_t)about.st_size + 1);
	assert_int_equal(read(fd, text, (size_t)about.st_size), about.st_size);
	close(fd);
	return text;
}

/* The files of db/migrations. */
static size_t count_migrations(void)
{
	const char *root = getenv("APPARITEUR_SOURCE");
	const struct dirent *entry;
	char path[600];
	size_t n = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/db/migrations", root ? root : ".");
	dir = opendir(path);
	if (dir == NULL)
		fail_msg("%s cannot be read", path);
	while ((entry = readdir(dir)) != NULL)
		n += str_ends(str_of(entry->d_name), ".sql");
	closedir(dir);
	return n;
}

/* Opened with one migration more or less, the file would be refused: so user_version is compared too. */
static void test_migrations_add_up_to_the_schema(void **state)
{
	struct fixture *f = *state;
	struct db_migration schema = { "schema.sql", file_text(f, "db/schema.sql") };
	size_t n = count_migrations();
	struct db_migration *none = arena_array(&f->arena, struct db_migration, n);
	char path[200];
	struct str wanted, got;

	snprintf(path, sizeof(path), "%s/schema.db", f->dir);
	wanted = schema_of(f, path, &schema, 1);
	for (size_t i = 0; i < n; i++)
		none[i] = (struct db_migration){ "one of them", "SELECT 1;" };
	got = schema_of(f, f->path, none, n);
	assert_true(wanted.len > 5000);
	assert_text(got, wanted.ptr);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_every_query_is_sound),
		STORE_TEST(test_meta_keeps_values),
		STORE_TEST(test_migrations_add_up_to_the_schema),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
