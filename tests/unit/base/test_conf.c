#include "base/conf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct conf_row rows[] = {
	{ .section = "mail",
		.key = "host",
		.type = CONF_TEXT,
		.fallback = "localhost",
		.max = 20,
		.help = "name of the server" },
	{ .section = "mail",
		.key = "port",
		.type = CONF_INT,
		.fallback = "25",
		.min = 1,
		.max = 65535,
		.help = "port of the server" },
	{ .section = "mail",
		.key = "security",
		.type = CONF_CHOICE,
		.fallback = "starttls",
		.choices = "plain|starttls|tls",
		.help = "how the line is secured" },
	{ .section = "mail",
		.key = "password",
		.type = CONF_TEXT,
		.fallback = "",
		.max = 20,
		.help = "password" },
	{ .section = "fetch",
		.key = "enabled",
		.type = CONF_BOOL,
		.fallback = "yes",
		.help = "fetch at all" },
	{ .section = "fetch",
		.key = "offset",
		.type = CONF_INT,
		.fallback = "-5",
		.min = -10,
		.max = 10,
		.help = "hours" },
	{ .section = "fetch",
		.key = "limit",
		.type = CONF_INT,
		.fallback = "",
		.min = 1,
		.max = 10,
		.help = "pages; empty for all" },
};

static void test_defaults(void **state UNUSED)
{
	CLEANUP(conf_done) struct conf conf;

	conf_init(&conf, rows, LENGTH(rows));
	assert_true(str_eqz(conf_text(&conf, "mail", "host"), "localhost"));
	assert_string_equal(conf_text(&conf, "mail", "security").ptr, "starttls");
	assert_true(str_eqz(conf_text(&conf, "mail", "password"), ""));
	assert_true(conf_int(&conf, "mail", "port") == 25);
	assert_true(conf_int(&conf, "fetch", "offset") == -5);
	assert_true(conf_int(&conf, "fetch", "limit") == 0);
	assert_true(conf_bool(&conf, "fetch", "enabled"));
	for (size_t i = 0; i < LENGTH(rows); i++)
		assert_true(str_eqz(conf.values[i].origin, "default"));
}

static void test_values(void **state UNUSED)
{
	static const struct {
		const char *section, *key, *value;
		const char *error; /* NULL: accepted */
		int64_t number;
	} table[] = {
		{ "mail", "host", "smtp.example.org", NULL, 0 },
		{ "mail", "host", "", NULL, 0 },
		{ "mail", "host", "12345678901234567890", NULL, 0 },
		{ "mail", "host", "dépôt", NULL, 0 },
		{ "mail", "port", "1", NULL, 1 },
		{ "mail", "port", "65535", NULL, 65535 },
		{ "mail", "port", "0025", NULL, 25 },
		{ "mail", "security", "tls", NULL, 0 },
		{ "fetch", "enabled", "no", NULL, 0 },
		{ "fetch", "enabled", "YES", NULL, 1 },
		{ "fetch", "enabled", "true", NULL, 1 },
		{ "fetch", "enabled", "off", NULL, 0 },
		{ "fetch", "enabled", "0", NULL, 0 },
		{ "fetch", "offset", "-10", NULL, -10 },
		{ "fetch", "limit", "10", NULL, 10 },
		{ "fetch", "limit", "", NULL, 0 },
		{ "mail", "host", "123456789012345678901",
			"f:3: [mail] host: a value of 21 bytes, expected UTF-8 text of at most 20 bytes "
			"without control characters",
			0 },
		{ "mail", "password", "a\nb",
			"f:3: [mail] password: a value of 3 bytes, expected UTF-8 text of at most 20 "
			"bytes without control characters",
			0 },
		{ "mail", "host", "caf\xE9",
			"f:3: [mail] host: a value of 4 bytes, expected UTF-8 text of at most 20 bytes "
			"without control characters",
			0 },
		{ "mail", "port", "0",
			"f:3: [mail] port: \"0\", expected a whole number from 1 to 65535", 0 },
		{ "mail", "port", "65536",
			"f:3: [mail] port: \"65536\", expected a whole number from 1 to 65535", 0 },
		{ "mail", "port", "25 ",
			"f:3: [mail] port: \"25 \", expected a whole number from 1 to 65535", 0 },
		{ "mail", "port", "smtp",
			"f:3: [mail] port: \"smtp\", expected a whole number from 1 to 65535", 0 },
		{ "mail", "port", "",
			"f:3: [mail] port: \"\", expected a whole number from 1 to 65535", 0 },
		{ "mail", "port", NULL,
			"f:3: [mail] port: \"\", expected a whole number from 1 to 65535", 0 },
		{ "mail", "port", "99999999999999999999",
			"f:3: [mail] port: \"99999999999999999999\", expected a whole number from 1 to "
			"65535",
			0 },
		{ "mail", "port",
			"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
			"f:3: [mail] port: "
			"\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...\", expected a "
			"whole number from 1 to 65535",
			0 },
		{ "mail", "security", "ssl",
			"f:3: [mail] security: \"ssl\", expected one of plain|starttls|tls", 0 },
		{ "mail", "security", "plain|starttls",
			"f:3: [mail] security: \"plain|starttls\", expected one of plain|starttls|tls",
			0 },
		{ "mail", "security", "TLS",
			"f:3: [mail] security: \"TLS\", expected one of plain|starttls|tls", 0 },
		{ "mail", "security", "",
			"f:3: [mail] security: \"\", expected one of plain|starttls|tls", 0 },
		{ "fetch", "enabled", "maybe",
			"f:3: [fetch] enabled: \"maybe\", expected yes or no", 0 },
		{ "fetch", "enabled", "2", "f:3: [fetch] enabled: \"2\", expected yes or no", 0 },
		{ "mail", "hots", "x", "f:3: [mail] hots: no such setting", 0 },
		{ "fetch", "host", "x", "f:3: [fetch] host: no such setting", 0 },
		{ "", "", "x", "f:3: [] : no such setting", 0 },
		{ "Mail", "host", "x", "f:3: [Mail] host: no such setting", 0 },
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		CLEANUP(conf_done) struct conf conf;
		struct error err = ERROR_INIT;
		int r;

		conf_init(&conf, rows, LENGTH(rows));
		r = conf_set(
			&conf, table[i].section, table[i].key, str_of(table[i].value), "f:3", &err);
		if (table[i].error) {
			assert_int_equal(r, -ERROR_CONFIG);
			assert_string_equal(err.text, table[i].error);
			/* Nothing was changed. */
			for (size_t k = 0; k < LENGTH(rows); k++)
				assert_true(str_eqz(conf.values[k].origin, "default"));
			continue;
		}
		assert_int_equal(r, 0);
		for (size_t k = 0; k < LENGTH(rows); k++) {
			bool it = strcmp(rows[k].section, table[i].section) == 0 &&
				  strcmp(rows[k].key, table[i].key) == 0;

			assert_true(str_eqz(conf.values[k].origin, it ? "f:3" : "default"));
			if (!it)
				continue;
			assert_string_equal(conf.values[k].text.ptr, table[i].value);
			assert_true(conf.values[k].number == table[i].number);
		}
	}
}

static void test_the_last_one_counts(void **state UNUSED)
{
	CLEANUP(conf_done) struct conf conf;
	struct error err = ERROR_INIT;

	conf_init(&conf, rows, LENGTH(rows));
	assert_int_equal(conf_set(&conf, "mail", "port", STR("587"), "f:3", &err), 0);
	assert_int_equal(conf_set(&conf, "mail", "port", STR("2525"), "--smtp", &err), 0);
	assert_int_equal(conf_set(&conf, "mail", "port", STR("x"), "f:9", &err), -ERROR_CONFIG);
	assert_true(conf_int(&conf, "mail", "port") == 2525);
	assert_true(str_eqz(conf.values[1].origin, "--smtp"));
}

static void test_template(void **state UNUSED)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(10000);

	conf_write_template(rows, LENGTH(rows), &out);
	assert_string_equal(out.ptr,
		"# Settings. Each line behind a \"#\" shows a default; take the \"#\" off to change it.\n"
		"\n"
		"[mail]\n"
		"# name of the server (text of at most 20 bytes)\n"
		"#host = localhost\n"
		"# port of the server (a whole number from 1 to 65535)\n"
		"#port = 25\n"
		"# how the line is secured (one of plain|starttls|tls)\n"
		"#security = starttls\n"
		"# password (text of at most 20 bytes)\n"
		"#password =\n"
		"\n"
		"[fetch]\n"
		"# fetch at all (yes or no)\n"
		"#enabled = yes\n"
		"# hours (a whole number from -10 to 10)\n"
		"#offset = -5\n"
		"# pages; empty for all (a whole number from 1 to 10)\n"
		"#limit =\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_the_last_one_counts),
		cmocka_unit_test(test_template),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
