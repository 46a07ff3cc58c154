#include "base/log.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/date.h"
#include "base/str.h"

enum { SAID_MAX = 20000, STAMP = 20 };

/* Standard error goes to a pipe while one line is logged. */
static int saved_stderr, pipe_fd[2];

static void listen(void)
{
	assert_int_equal(pipe(pipe_fd), 0);
	saved_stderr = dup(STDERR_FILENO);
	assert_true(saved_stderr >= 0);
	assert_true(dup2(pipe_fd[1], STDERR_FILENO) >= 0);
	close(pipe_fd[1]);
}

static size_t heard(char said[SAID_MAX])
{
	size_t len = 0;
	ssize_t n;

	assert_true(dup2(saved_stderr, STDERR_FILENO) >= 0);
	close(saved_stderr);
	while ((n = read(pipe_fd[0], said + len, SAID_MAX - 1 - len)) > 0)
		len += (size_t)n;
	close(pipe_fd[0]);
	said[len] = '\0';
	return len;
}

/* One line, a time in front; gives what stands behind the time, without the newline. */
static struct str the_line(const char *said)
{
	struct str line = str_of(said);

	assert_true(line.len > STAMP);
	assert_int_equal(str_find_char(line, '\n'), line.len - 1);
	assert_true(time_parse(str_sub(line, 0, STAMP)) != TIME_NONE);
	assert_int_equal(line.ptr[STAMP - 1], 'Z');
	assert_int_equal(line.ptr[STAMP], ' ');
	return str_sub(line, STAMP + 1, line.len - 1);
}

static void test_levels(void **state UNUSED)
{
	static const char *const names[] = { "debug", "info", "warn", "error" };
	typedef PRINTF_LIKE(2, 3) void log_function(const char *module, const char *fmt, ...);
	static log_function *const functions[] = { log_debug, log_info, log_warn, log_error };
	char said[SAID_MAX], expected[64];

	/* The first round has the level the program starts with. */
	for (int least = -1; least <= LOG_ERROR; least++) {
		if (least >= 0)
			log_set_level((enum log_level)least);
		for (int level = 0; level <= LOG_ERROR; level++) {
			bool shown = level >= (least < 0 ? LOG_WARN : least);

			listen();
			errno = EAGAIN;
			functions[level]("fetch", "source=%s new=%d", "boamp", 7);
			assert_int_equal(errno, EAGAIN);
			if (!shown) {
				assert_int_equal(heard(said), 0);
				continue;
			}
			heard(said);
			snprintf(expected, sizeof(expected), "%s fetch source=boamp new=7",
				names[level]);
			assert_true(str_eqz(the_line(said), expected));
		}
	}
	log_set_level(LOG_WARN);
}

static void test_escapes(void **state UNUSED)
{
	static const struct {
		const char *text, *expected;
	} table[] = {
		{ "title=marché d’œuvre", "title=marché d’œuvre" },
		{ "", "" },
		{ "a\nwarn fetch forged=1", "a\\nwarn fetch forged=1" },
		{ "a\r\nb", "a\\x0d\\nb" },
		{ "\x1b[2J\x1b]0;x\a", "\\x1b[2J\\x1b]0;x\\x07" },
		{ "a\tb\x7f"
		  "c",
			"a\\x09b\\x7fc" },
		{ "\xC2\x85 \xC2\x9B"
		  "31m",
			"\\u0085 \\u009b31m" }, /* C1: NEL, CSI */
		{ "\xC2\xA0", "\xC2\xA0" },
		{ "a\xE2\x80\xAE"
		  "b",
			"a\\u202eb" }, /* right-to-left override */
		{ "\xE2\x80\xAA\xE2\x80\xAB\xE2\x80\xAC\xE2\x80\xAD",
			"\\u202a\\u202b\\u202c\\u202d" },
		{ "\xE2\x81\xA6\xE2\x81\xA7\xE2\x81\xA8\xE2\x81\xA9",
			"\\u2066\\u2067\\u2068\\u2069" },
		{ "\xE2\x80\x8E\xE2\x80\x8F\xD8\x9C", "\\u200e\\u200f\\u061c" },
		{ "\xE2\x80\xA8\xE2\x80\xA9",
			"\\u2028\\u2029" }, /* line and paragraph separators */
		{ "march\xE9", "march\\xe9" },
		{ "\xC3", "\\xc3" },
		{ "\xE2\x82 \xF0\x9F\x98", "\\xe2\\x82 \\xf0\\x9f\\x98" },
		{ "\xC0\x80\xFF", "\\xc0\\x80\\xff" },
		{ "\xED\xA0\x80", "\\xed\\xa0\\x80" },
		{ "\xEF\xBF\xBD", "\xEF\xBF\xBD" }, /* U+FFFD itself is a character */
		{ "\xF0\x9F\x98\x80", "\xF0\x9F\x98\x80" },
		{ "100%s %n", "100%s %n" },
	};
	char said[SAID_MAX];

	for (size_t i = 0; i < LENGTH(table); i++) {
		struct str line;

		listen();
		log_error("web", "%s", table[i].text);
		heard(said);
		line = the_line(said);
		assert_true(str_prefix(&line, "error web "));
		if (!str_eqz(line, table[i].expected))
			fail_msg("\"%.*s\", expected \"%s\"", STR_ARG(line), table[i].expected);
	}
}

/* However long and strange: one line, valid UTF-8, within one undivided write to a pipe. */
static void test_long(void **state UNUSED)
{
	static const char *const pieces[] = { "a", "é", "€", "\x1b", "\xE2\x80\xAE", "\xFF" };
	char said[SAID_MAX];

	for (size_t i = 0; i < LENGTH(pieces); i++)
		for (size_t n = 300; n < 6000; n += 97) {
			size_t len = strlen(pieces[i]);
			char *text = malloc(n * len + 1);
			struct str line;

			assert_non_null(text);
			for (size_t k = 0; k < n; k++)
				memcpy(text + k * len, pieces[i], len);
			text[n * len] = '\0';
			listen();
			log_warn("match", "%s", text);
			assert_true(heard(said) <= 4096);
			line = the_line(said);
			assert_true(str_utf8_valid(line));
			if (n > 4096)
				assert_true(str_ends(line, "..."));
			if (n < 500)
				assert_false(str_ends(line, "..."));
			free(text);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
