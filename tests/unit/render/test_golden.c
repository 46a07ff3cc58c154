/*
 * The digests of digest_cases.h against tests/golden/digest/NAME.txt, .html and .eml. After a wanted
 * change run this programme with --update in the root of the project, and review the difference.
 */
#include "digest_cases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "render/mail.h"

static bool update;

static const char *golden_path(struct arena *arena, const char *name, const char *kind)
{
	const char *root = getenv("APPARITEUR_SOURCE");

	return arena_printf(arena, "%s/tests/golden/digest/%s.%s", root ? root : ".", name, kind)
		.ptr;
}

static void write_golden(const char *path, struct str text)
{
	FILE *f = fopen(path, "wb");

	if (!f)
		fail_msg("%s cannot be written", path);
	assert_int_equal(fwrite(text.ptr, 1, text.len, f), text.len);
	assert_int_equal(fclose(f), 0);
}

static struct str read_golden(struct arena *arena, const char *path)
{
	enum { SIZE = 1 << 20 };
	char *text = arena_array(arena, char, SIZE);
	FILE *f = fopen(path, "rb");
	size_t len;

	if (!f)
		fail_msg("%s is missing: run with --update", path);
	len = fread(text, 1, SIZE, f);
	assert_int_equal(fclose(f), 0);
	return str_n(text, len);
}

static void check_golden(struct arena *arena, const char *name, const char *kind, struct str got)
{
	const char *path = golden_path(arena, name, kind);
	struct str expected, got_line = STR_NONE, expected_line = STR_NONE, rest = got;
	unsigned line = 0;

	if (update) {
		write_golden(path, got);
		return;
	}
	expected = read_golden(arena, path);
	if (str_eq(got, expected))
		return;
	while (str_eq(got_line, expected_line) && str_given(rest)) {
		line++;
		str_cut(&rest, '\n', &got_line);
		if (!str_cut(&expected, '\n', &expected_line))
			expected_line = STR_NONE;
	}
	fail_msg("%s:%u:\n  now      %.*s\n  expected %.*s", path, line, STR_ARG(got_line),
		STR_ARG(expected_line));
}

static struct mail mail_of(const struct digest_case *c, const struct digest_text *text)
{
	return (struct mail){
		.from_name = STR("Capitale French Tech – veille"),
		.from = STR("veille@example.org"),
		.to = STR("contact@example.org"),
		.subject = text->subject,
		.date = 1795501800, /* 2026-11-24 06:30 UTC */
		.date_offset_s = 3600,
		.message_id = STR("digest.42.20261124@example.org"),
		.list_id = STR("quotidien.example.org"),
		.list_name = STR("Veille quotidienne"),
		.unsubscribe_url = c->page.unsubscribe_url,
		.unsubscribe_mailto = STR("desabonnement@example.org?subject=q7Zk3v0u8XcB1nT5"),
		.language = c->page.profile->language,
		.text = text->text,
		.html = text->html,
	};
}

static void test_digests(void **state UNUSED)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	CLEANUP(rules_freep) struct rules *rules = NULL;
	const struct rule_source given = { STR("case.rules"), str_of(case_rules) };
	struct rule_problem *problems;
	struct digest_case cases[CASES];
	struct error err = ERROR_INIT;
	size_t n_problems;

	if (rules_parse(&given, 1, &arena, &problems, &n_problems, &rules, &err) < 0)
		fail_msg("%s", err.text);
	case_all(&arena, rules, cases);
	for (size_t i = 0; i < CASES; i++) {
		struct digest_text text;
		struct mail mail;
		struct str message;

		if (digest_render(&cases[i].page, &arena, &text, &err) < 0)
			fail_msg("%s: %s", cases[i].name, err.text);
		mail = mail_of(&cases[i], &text);
		if (mail_compose(&mail, &arena, &message, &err) < 0)
			fail_msg("%s: %s", cases[i].name, err.text);
		check_golden(&arena, cases[i].name, "txt", text.text);
		check_golden(&arena, cases[i].name, "html", text.html);
		check_golden(&arena, cases[i].name, "eml", message);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_digests),
	};

	update = argc == 2 && strcmp(argv[1], "--update") == 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
