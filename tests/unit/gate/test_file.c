#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "gate/file.h"

static char folder[] = "/tmp/appariteur-file-XXXXXX";

static char *in_folder(char out[300], const char *name)
{
	snprintf(out, 300, "%s/%s", folder, name);
	return out;
}

static int remove_below(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	char name[600];

	while (dir && (entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		if (unlink(name) < 0)
			remove_below(name);
	}
	if (dir)
		closedir(dir);
	return rmdir(path);
}

static int make_folder(void **state)
{
	(void)state;
	memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	return remove_below(folder);
}

static size_t count_entries(const char *path)
{
	DIR *dir = opendir(path);
	size_t n = 0;

	while (readdir(dir))
		n++;
	closedir(dir);
	return n - 2;
}

/* reading and writing */

static void what_is_written_is_read(void **state)
{
	static char bytes[200001];
	static const size_t sizes[] = { 0, 1, 65535, 65536, 65537, 131072, 200001 };
	struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	char path[300];
	struct stat st;
	struct str text;

	(void)state;
	in_folder(path, "file");
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * 7 + i / 256);
	for (size_t i = 0; i < LENGTH(sizes); i++) {
		assert_int_equal(file_write(path, str_n(bytes, sizes[i]), 0640, &err), 0);
		assert_int_equal(file_read(path, sizes[i], &arena, &text, &err), 0);
		assert_int_equal(text.len, sizes[i]);
		assert_memory_equal(text.ptr, bytes, sizes[i]);
		assert_int_equal(text.ptr[text.len], '\0');
		if (sizes[i] > 0) {
			text = STR("kept");
			assert_int_equal(
				file_read(path, sizes[i] - 1, &arena, &text, &err), -ERROR_LIMIT);
			assert_true(str_eqz(text, "kept"));
		}
	}
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	assert_int_equal(count_entries(folder), 1);
	arena_done(&arena);
}

static void mode_is_not_the_umasks(void **state)
{
	struct error err = ERROR_INIT;
	mode_t before = umask(0077);
	char path[300];
	struct stat st;

	(void)state;
	assert_int_equal(file_write(in_folder(path, "open"), STR("x"), 0644, &err), 0);
	umask(0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0644);
	assert_int_equal(file_write(in_folder(path, "shut"), STR("x"), 0600, &err), 0);
	umask(before);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

/* A failed write leaves what was there, and nothing beside it. */
static void writing_is_whole_or_not_at_all(void **state)
{
	struct error err = ERROR_INIT;
	char path[300];

	(void)state;
	assert_int_equal(mkdir(in_folder(path, "taken"), 0700), 0);
	assert_int_equal(file_write(path, STR("x"), 0600, &err), -ERROR_SYSTEM);
	assert_non_null(strstr(err.text, path));
	assert_int_equal(count_entries(folder), 1);
	assert_int_equal(
		file_write(in_folder(path, "none/file"), STR("x"), 0600, &err), -ERROR_SYSTEM);
	assert_int_equal(
		file_write(in_folder(path, "taken/"), STR("x"), 0600, &err), -ERROR_SYSTEM);
	assert_int_equal(file_write("", STR("x"), 0600, &err), -ERROR_SYSTEM);
}

static void many_are_prepared_then_revealed(void **state)
{
	struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	char made[3][300], path[3][300];
	struct file_new files[3];
	struct str text;
	struct stat st;

	(void)state;
	for (size_t i = 0; i < LENGTH(files); i++) {
		char name[20];

		snprintf(name, sizeof(name), ".new-%zu", i);
		in_folder(made[i], name);
		in_folder(path[i], name + 1);
		files[i] = (struct file_new){ made[i], path[i], str_n("0123456789", i) };
	}
	/* what a killed process left is in the way, be it a link to something else */
	assert_int_equal(symlink("/dev/null", made[1]), 0);
	assert_int_equal(file_write(path[2], STR("older"), 0600, &err), 0);
	assert_int_equal(file_prepare(files, LENGTH(files), 0640, &err), 0);
	assert_int_equal(stat(path[0], &st), -1);
	assert_int_equal(file_reveal(files, LENGTH(files), &err), 0);
	assert_int_equal(count_entries(folder), LENGTH(files));
	for (size_t i = 0; i < LENGTH(files); i++) {
		assert_int_equal(file_read(path[i], 10, &arena, &text, &err), 0);
		assert_true(str_eq(text, str_n("0123456789", i)));
		assert_int_equal(stat(path[i], &st), 0);
		assert_int_equal(st.st_mode & 0777, 0640);
	}
	assert_int_equal(file_prepare(files, 0, 0640, &err), 0);
	assert_int_equal(file_reveal(files, 0, &err), 0);
	arena_done(&arena);
}

/* One that cannot be made or renamed: an error that names it, and no hidden file is left. */
static void many_fail_without_a_trace(void **state)
{
	struct error err = ERROR_INIT;
	char made[2][300], path[2][300], way[300];
	struct file_new files[2] = { { in_folder(made[0], ".a"), in_folder(path[0], "a"), STR("a") },
		{ in_folder(made[1], "none/.b"), in_folder(path[1], "b"), STR("b") } };

	(void)state;
	assert_int_equal(file_prepare(files, 2, 0600, &err), -ERROR_SYSTEM);
	assert_non_null(strstr(err.text, made[1]));
	assert_int_equal(count_entries(folder), 0);
	in_folder(made[1], ".b");
	assert_int_equal(mkdir(in_folder(way, "b"), 0700), 0);
	assert_int_equal(file_prepare(files, 2, 0600, &err), 0);
	assert_int_equal(file_reveal(files, 2, &err), -ERROR_SYSTEM);
	assert_non_null(strstr(err.text, path[1]));
	assert_int_equal(count_entries(folder), 2);
}

static void names_without_a_folder(void **state)
{
	struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	char *before = getcwd(NULL, 0);
	struct str text;

	(void)state;
	assert_int_equal(chdir(folder), 0);
	assert_int_equal(file_write("plain", STR("x"), 0600, &err), 0);
	assert_int_equal(file_read("plain", 10, &arena, &text, &err), 0);
	assert_true(str_eqz(text, "x"));
	assert_int_equal(chdir(before), 0);
	free(before);
	arena_done(&arena);
}

static void what_cannot_be_read(void **state)
{
	struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	struct str text;
	char path[300];

	(void)state;
	assert_int_equal(
		file_read(in_folder(path, "none"), 10, &arena, &text, &err), -ERROR_SYSTEM);
	assert_non_null(strstr(err.text, "none: "));
	assert_int_equal(file_read(folder, 10, &arena, &text, &err), -ERROR_SYSTEM);
	/* Without end: only the ceiling stops it. */
	assert_int_equal(file_read("/dev/zero", 100000, &arena, &text, &err), -ERROR_LIMIT);
	assert_string_equal(err.text, "/dev/zero is larger than 100000 bytes");
	arena_done(&arena);
}

/* Writes `n` bytes into a named pipe, a few at a time, from another process. */
static pid_t start_writer(const char *path, size_t n)
{
	pid_t pid = fork();

	if (pid == 0) {
		int fd = open(path, O_WRONLY);

		for (size_t i = 0; i < n; i += 10) {
			if (write(fd, "0123456789", 10) < 10)
				_exit(1);
		}
		_exit(0);
	}
	return pid;
}

static void pipes_are_read_to_their_end(void **state)
{
	struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	struct str text;
	char path[300];
	pid_t pid;

	(void)state;
	assert_int_equal(mkfifo(in_folder(path, "pipe"), 0600), 0);
	pid = start_writer(path, 50000);
	assert_int_equal(file_read(path, 50000, &arena, &text, &err), 0);
	assert_int_equal(text.len, 50000);
	assert_true(str_ends(text, "789"));
	waitpid(pid, NULL, 0);

	pid = start_writer(path, 50000);
	assert_int_equal(file_read(path, 49999, &arena, &text, &err), -ERROR_LIMIT);
	waitpid(pid, NULL, 0);
	arena_done(&arena);
}

/* A pipe can be read once, what was spooled from it as often as one likes. */
static void pipes_are_spooled(void **state)
{
	struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	char path[300];

	(void)state;
	assert_int_equal(mkfifo(in_folder(path, "pipe"), 0600), 0);
	for (int over = 0; over < 2; over++) {
		pid_t pid = start_writer(path, 200000);
		CLEANUP(file_close) int from = -1;
		CLEANUP(file_close) int fd = -1;

		assert_int_equal(file_open(path, &from, &err), 0);
		assert_int_equal(file_spool(from, "standard input", 200000 - over, &fd, &err),
			over ? -ERROR_LIMIT : 0);
		if (over)
			assert_string_equal(err.text, "standard input is larger than 199999 bytes");
		for (int round = 0; round < 2 && !over; round++) {
			struct str text;

			assert_int_equal(file_read_fd(fd, "spool", 200000, &arena, &text, &err), 0);
			assert_int_equal(text.len, 200000);
			assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
		}
		file_close(&from);
		waitpid(pid, NULL, 0);
	}
	assert_int_equal(count_entries(folder), 1);
	arena_done(&arena);
}

static void locks_are_held_by_one(void **state)
{
	struct error err = ERROR_INIT;
	char path[300];
	int first = -1, second = -1;

	(void)state;
	assert_int_equal(file_lock(in_folder(path, "lock"), &first, &err), 0);
	assert_int_equal(file_lock(path, &second, &err), FILE_TAKEN);
	assert_int_equal(second, -1);
	file_close(&first);
	assert_int_equal(first, -1);
	assert_int_equal(file_lock(path, &second, &err), 0);
	file_close(&second);
	file_close(&second);
	assert_int_equal(file_lock(in_folder(path, "none/lock"), &first, &err), -ERROR_SYSTEM);
}

/* folders */

static void folders_are_made_with_their_parents(void **state)
{
	static const char *const names[] = { "a", "a/b/c/d", "a/b/c/d", "a//e/", "a/./f",
		"a/b/../g" };
	struct error err = ERROR_INIT;
	char path[300], longest[9000];
	struct stat st;

	(void)state;
	for (size_t i = 0; i < LENGTH(names); i++) {
		assert_int_equal(file_mkdir(in_folder(path, names[i]), &err), 0);
		assert_int_equal(stat(path, &st), 0);
		assert_true(S_ISDIR(st.st_mode));
	}
	assert_int_equal(file_mkdir("/", &err), 0);

	assert_int_equal(file_write(in_folder(path, "file"), STR("x"), 0600, &err), 0);
	assert_int_equal(file_mkdir(path, &err), -ERROR_SYSTEM);
	assert_int_equal(file_mkdir(in_folder(path, "file/below"), &err), -ERROR_SYSTEM);
	assert_int_equal(file_mkdir("", &err), -ERROR_SYSTEM);
	memset(longest, 'x', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(file_mkdir(longest, &err), -ERROR_SYSTEM);
}

/* walking */

struct visit {
	struct buf names;
	unsigned stop_after;
};

static int note(void *data, const char *path, struct error *err)
{
	struct visit *visit = data;

	buf_addf(&visit->names, "%s ", path + strlen(folder) + 1);
	if (visit->stop_after > 0 && --visit->stop_after == 0)
		return error_set(err, ERROR_INPUT, "enough");
	return 0;
}

static void touch(const char *name)
{
	struct error err = ERROR_INIT;
	char path[300], *slash;

	in_folder(path, name);
	slash = strrchr(path, '/');
	*slash = '\0';
	assert_int_equal(file_mkdir(path, &err), 0);
	*slash = '/';
	assert_int_equal(file_write(path, STR("x"), 0600, &err), 0);
}

static void walks_go_in_byte_order(void **state)
{
	static const char *const names[] = { "t/b.xml", "t/a/2", "t/a/10", "t/a/1/z", "t/B.xml",
		"t/\xc3\xa9t\xc3\xa9", "t/.hidden", "t/.git/config", "t/a.d/x", "elsewhere/file" };
	struct visit visit = { BUF_INIT(10000), 0 };
	struct error err = ERROR_INIT;
	char path[300], target[300];

	(void)state;
	for (size_t i = 0; i < LENGTH(names); i++)
		touch(names[i]);
	assert_int_equal(
		symlink(in_folder(target, "elsewhere"), in_folder(path, "t/folder-link")), 0);
	assert_int_equal(symlink(in_folder(target, "t"), in_folder(path, "t/a/loop")), 0);
	assert_int_equal(
		symlink(in_folder(target, "elsewhere/file"), in_folder(path, "t/file-link")), 0);
	assert_int_equal(symlink("nowhere", in_folder(path, "t/broken-link")), 0);
	assert_int_equal(mkfifo(in_folder(path, "t/pipe"), 0600), 0);

	assert_int_equal(file_walk(in_folder(path, "t"), note, &visit, &err), 0);
	assert_string_equal(visit.names.ptr,
		"t/B.xml t/a/1/z t/a/10 t/a/2 t/a.d/x t/b.xml t/file-link "
		"t/\xc3\xa9t\xc3\xa9 ");

	/* What is named itself is given, whatever it is: a file, a hidden one, a pipe, a link. */
	buf_reset(&visit.names);
	assert_int_equal(file_walk(in_folder(path, "t/b.xml"), note, &visit, &err), 0);
	assert_int_equal(file_walk(in_folder(path, "t/.hidden"), note, &visit, &err), 0);
	assert_int_equal(file_walk(in_folder(path, "t/pipe"), note, &visit, &err), 0);
	assert_int_equal(file_walk(in_folder(path, "t/folder-link"), note, &visit, &err), 0);
	assert_string_equal(visit.names.ptr, "t/b.xml t/.hidden t/pipe t/folder-link/file ");
	buf_done(&visit.names);
}

static void walks_stop_at_a_failure(void **state)
{
	struct visit visit = { BUF_INIT(1000), 2 };
	struct error err = ERROR_INIT;
	char path[300];

	(void)state;
	touch("t/1");
	touch("t/2/2");
	touch("t/3");
	assert_int_equal(file_walk(in_folder(path, "t"), note, &visit, &err), -ERROR_INPUT);
	assert_string_equal(err.text, "enough");
	assert_string_equal(visit.names.ptr, "t/1 t/2/2 ");
	assert_int_equal(file_walk(in_folder(path, "none"), note, &visit, &err), -ERROR_SYSTEM);
	buf_done(&visit.names);
}

/* Sixteen folders in one another are walked, the seventeenth is told. */
static void walks_have_a_depth(void **state)
{
	struct visit visit = { BUF_INIT(1000), 0 };
	struct error err = ERROR_INIT;
	char path[300];

	(void)state;
	touch("t/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/file");
	assert_int_equal(file_walk(in_folder(path, "t"), note, &visit, &err), 0);
	assert_int_equal(visit.names.len, strlen("t/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/file "));
	touch("t/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/file");
	assert_int_equal(file_walk(path, note, &visit, &err), -ERROR_LIMIT);
	buf_done(&visit.names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			what_is_written_is_read, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(mode_is_not_the_umasks, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(
			writing_is_whole_or_not_at_all, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(
			many_are_prepared_then_revealed, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(
			many_fail_without_a_trace, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(names_without_a_folder, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(what_cannot_be_read, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(
			pipes_are_read_to_their_end, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(pipes_are_spooled, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(locks_are_held_by_one, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(
			folders_are_made_with_their_parents, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(walks_go_in_byte_order, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(
			walks_stop_at_a_failure, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(walks_have_a_depth, make_folder, remove_folder),
	};

	alarm(60);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
