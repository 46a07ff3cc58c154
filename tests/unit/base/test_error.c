#include "base/error.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/str.h"

static void test_set_and_add(void **state UNUSED)
{
	struct error err = ERROR_INIT;

	assert_int_equal(error_set(&err, ERROR_INPUT, "line %d: no %s", 12, "title"), -ERROR_INPUT);
	assert_int_equal(err.kind, ERROR_INPUT);
	assert_string_equal(err.text, "line 12: no title");

	assert_int_equal(error_add(&err, "%s, page %u", "boamp", 3u), -ERROR_INPUT);
	assert_string_equal(err.text, "boamp, page 3: line 12: no title");
	assert_int_equal(err.kind, ERROR_INPUT);

	/* What was told before is forgotten, and may be an argument. */
	assert_int_equal(error_set(&err, ERROR_LIMIT, "again: %s", err.text), -ERROR_LIMIT);
	assert_string_equal(err.text, "again: boamp, page 3: line 12: no title");

	error_clear(&err);
	assert_int_equal(err.kind, ERROR_NONE);
	assert_string_equal(err.text, "");
}

static void test_errno(void **state UNUSED)
{
	struct error err = ERROR_INIT;

	assert_int_equal(
		error_errno(&err, ERROR_SYSTEM, ENOENT, "cannot open %s", "rules"), -ERROR_SYSTEM);
	assert_string_equal(err.text, "cannot open rules: No such file or directory");
	assert_int_equal(error_errno(&err, ERROR_STORE, 123456, "disk"), -ERROR_STORE);
	assert_string_equal(err.text, "disk: error 123456");
}

static void test_one_line(void **state UNUSED)
{
	static const struct {
		const char *told, *expected;
	} table[] = {
		{ "plain", "plain" },
		{ "", "" },
		{ "two\nlines\r\n", "two lines  " },
		{ "tab\tbell\aescape\x1b[31m", "tab bell escape [31m" },
		{ "del\x7f", "del " },
		{ "march\xC3\xA9", "march\xC3\xA9" },
		{ "100 %d", "100 %d" },
		{ "march\xC3", "march?" },
		{ "\xE2\x82 \xFF", "?? ?" },
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		struct error err = ERROR_INIT;

		error_set(&err, ERROR_INPUT, "%s", table[i].told);
		assert_string_equal(err.text, table[i].expected);
	}
}

/* Lengths around the ceiling, with one, two, three and four byte characters at the cut. */
static void test_cut(void **state UNUSED)
{
	static const char *const characters[] = { "x", "\xC3\xA9", "\xE2\x82\xAC",
		"\xF0\x9F\x98\x80" };

	for (size_t k = 0; k < LENGTH(characters); k++)
		for (size_t start = 0; start < 8; start++)
			for (size_t n = 90; n < 900; n += n < 500 ? 1 : 97) {
				struct error err = ERROR_INIT;
				char text[4096] = "";
				size_t len = start;
				bool cut;

				memset(text, 'a', start);
				for (size_t i = 0; i < n; i++) {
					memcpy(text + len, characters[k], strlen(characters[k]));
					len += strlen(characters[k]);
				}
				text[len] = '\0';
				cut = len >= ERROR_TEXT_MAX;
				error_set(&err, ERROR_INPUT, "%s", text);
				assert_true(strlen(err.text) < ERROR_TEXT_MAX);
				assert_true(str_utf8_valid(str_of(err.text)));
				assert_int_equal(str_ends(str_of(err.text), "..."), cut);
				if (!cut)
					assert_string_equal(err.text, text);
				else
					assert_true(strlen(err.text) >= ERROR_TEXT_MAX - 4);
			}
}

static void test_add_to_a_full_text(void **state UNUSED)
{
	struct error err = ERROR_INIT;
	char text[2000];

	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	error_set(&err, ERROR_REMOTE, "%s", text);
	error_add(&err, "first page");
	assert_true(str_starts(str_of(err.text), "first page: aaaa"));
	assert_true(str_ends(str_of(err.text), "aaa..."));
	assert_int_equal(strlen(err.text), ERROR_TEXT_MAX - 1);
	for (int i = 0; i < 100; i++)
		assert_int_equal(error_add(&err, "%s", text), -ERROR_REMOTE);
	assert_int_equal(strlen(err.text), ERROR_TEXT_MAX - 1);
}

static void test_kind_names(void **state UNUSED)
{
	assert_string_equal(error_kind_name(ERROR_INPUT), "input");
	assert_string_equal(error_kind_name(ERROR_CONFIG), "config");
	assert_string_equal(error_kind_name(ERROR_REMOTE), "remote");
	assert_string_equal(error_kind_name(ERROR_STORE), "store");
	assert_string_equal(error_kind_name(ERROR_SYSTEM), "system");
	assert_string_equal(error_kind_name(ERROR_LIMIT), "limit");
}

static void test_die(void **state UNUSED)
{
	char said[256] = "";
	int pipe_fd[2], status;
	pid_t child;

	assert_int_equal(pipe(pipe_fd), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		dup2(pipe_fd[1], STDERR_FILENO);
		die("no memory\nfor %d bytes", 7);
	}
	close(pipe_fd[1]);
	assert_true(read(pipe_fd[0], said, sizeof(said) - 1) > 0);
	close(pipe_fd[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_string_equal(said, "appariteur: no memory for 7 bytes\n");
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 70);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set_and_add),
		cmocka_unit_test(test_errno),
		cmocka_unit_test(test_one_line),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_add_to_a_full_text),
		cmocka_unit_test(test_kind_names),
		cmocka_unit_test(test_die),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
