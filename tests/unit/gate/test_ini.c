#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "gate/ini.h"

/* Writes what it is given, one "line[section]key=value;" after the other. */
static int collect(void *data, const char *section, const char *key, struct str value, int line,
	struct error *err)
{
	struct buf *out = data;

	if (strcmp(key, "stop") == 0)
		return error_set(err, ERROR_CONFIG, "stopped on line %d", line);
	buf_addf(out, "%d[%s]%s=%.*s;", line, section, key, STR_ARG(value));
	return 0;
}

static void texts_give_settings(void **state)
{
	static const struct {
		const char *text, *settings;
		const char *failure; /* NULL: none */
	} cases[] = {
		{ "", "", NULL },
		{ "\n\n", "", NULL },
		{ "a=1", "1[]a=1;", NULL },
		{ "[mail]\nurl = smtp://localhost:25\n", "2[mail]url=smtp://localhost:25;", NULL },
		{ "[mail]\r\nurl = x\r\n", "2[mail]url=x;", NULL },
		{ "\xef\xbb\xbf[mail]\nurl=x\n", "2[mail]url=x;", NULL },
		{ "# one\n; two\n  # three\n[s]\n\n a = b \n", "6[s]a=b;", NULL },
		{ "[s]\na =\n", "2[s]a=;", NULL },
		{ "[s]\na = b = c\n", "2[s]a=b = c;", NULL },
		{ "[s]\na = 1 ; not a comment # nor this\n", "2[s]a=1 ; not a comment # nor this;",
			NULL },
		{ "[s]\na = 1\n  b = 2\n", "2[s]a=1;3[s]b=2;", NULL },
		{ "[s]\na = 1\na = 2\n[t]\na = 3\n", "2[s]a=1;3[s]a=2;5[t]a=3;", NULL },
		{ "[s]\na = \xc3\xa9t\xc3\xa9\n", "2[s]a=\xc3\xa9t\xc3\xa9;", NULL },
		{ "[s] \na = 1\n", "2[s]a=1;", NULL },
		{ "[s]\na = 1\nnothing\nb = 2\n", "2[s]a=1;",
			"f.conf:3: neither [section] nor name = value" },
		{ "[s\na = 1\n", "", "f.conf:1: a section is [name] and nothing else" },
		{ "[s] more\na = 1\n", "", "f.conf:1: a section is [name] and nothing else" },
		{ "a = 1\n = 2\n", "1[]a=1;", "f.conf:2: a name is missing before '='" },
		{ "a = 1\n\n\xe9 = 2\n", "1[]a=1;", "f.conf:3: the line is not UTF-8 text" },
		{ "a = 1\nstop = 1\nb = 2\n", "1[]a=1;", "stopped on line 2" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct buf out = BUF_INIT(1000);
		struct error err = ERROR_INIT;
		int r = ini_read(str_of(cases[i].text), "f.conf", collect, &out, &err);

		assert_int_equal(r, cases[i].failure ? -ERROR_CONFIG : 0);
		assert_string_equal(err.text, cases[i].failure ? cases[i].failure : "");
		buf_addz(&out, "");
		assert_true(str_eqz(buf_str(&out), cases[i].settings));
		buf_done(&out);
	}
}

static void nul_is_refused(void **state)
{
	struct error err = ERROR_INIT;
	struct buf out = BUF_INIT(1000);

	(void)state;
	assert_int_equal(ini_read(STR("a=1\nb=\0002\n"), "f", collect, &out, &err), -ERROR_CONFIG);
	assert_string_equal(err.text, "f:2: the line is not UTF-8 text");
	buf_done(&out);
}

/* A line at the ceiling arrives whole, one byte more is refused; so is a file over its own. */
static void ceilings_hold(void **state)
{
	static char text[INI_FILE_MAX + 2];
	struct error err = ERROR_INIT;
	struct buf out = BUF_INIT(10000);

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text, "k=", 2);
	assert_int_equal(ini_read(str_n(text, 4096), "f", collect, &out, &err), 0);
	assert_int_equal(out.len, strlen("1[]k=;") + 4094);
	assert_int_equal(ini_read(str_n(text, 4097), "f", collect, &out, &err), -ERROR_CONFIG);
	assert_string_equal(err.text, "f:1: the line is longer than 4096 bytes");

	memset(text, '\n', sizeof(text));
	assert_int_equal(ini_read(str_n(text, INI_FILE_MAX), "f", collect, &out, &err), 0);
	assert_int_equal(
		ini_read(str_n(text, INI_FILE_MAX + 1), "f", collect, &out, &err), -ERROR_LIMIT);
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_give_settings),
		cmocka_unit_test(nul_is_refused),
		cmocka_unit_test(ceilings_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
