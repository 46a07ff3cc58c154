/* The rule language: what is accepted, and what is refused where and why. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "match/rules.h"

static const char good[] =
	"# a comment\n"
	"field cyber \"Cybersécurité\" \"Cybersecurity\" cap 10\n"
	"\n"
	"rule cyber.soc \"Supervision (SOC)\"   # and another\n"
	"    any title, lots \"supervision de la sécurité\", /\\bSOC\\b/C\n"
	"    cpv 72212730-5, 4873*\n"
	"    not title vidéosurveillance =\"SOC de charrue\"\n"
	"    need nature services, supplies\n"
	"    example \"SOC \\\"managé\\\"\"\n"
	"    counter \"Vidéosurveillance\"\n"
	"weight cyber.soc 8.5\n"
	"rarity 3 logiciel plate-forme\n"
	"stop de la l'\n";

static void test_good(void **state)
{
	struct rule_source file = { STR("good.rules"), str_of(good) };
	struct rule_problem *problems;
	struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	struct rules *rules = NULL;
	const struct rule *rule;
	size_t n, field = 99;

	(void)state;
	assert_int_equal(rules_parse(&file, 1, &arena, &problems, &n, &rules, &err), 0);
	assert_int_equal(n, 0);
	assert_non_null(rules_field(rules, STR("cyber"), &field));
	assert_int_equal(field, 0);
	assert_int_equal(rules->fields[0].cap, 100);
	assert_true(str_eqz(rules->fields[0].label_en, "Cybersecurity"));
	rule = rules_find(rules, STR("cyber.soc"));
	assert_non_null(rule);
	assert_int_equal(rule->weight, 85);
	assert_int_equal(rule->n_lines, 4);
	assert_int_equal(rule->lines[0].fields,
		1u << FIELD_TITLE | 1u << FIELD_LOT_TITLE | 1u << FIELD_LOT_DESCRIPTION);
	assert_int_equal(rule->lines[0].n_terms, 2);
	assert_true(rule->lines[0].terms[1].raw);
	assert_int_equal(rule->lines[1].branches.n, 2);
	assert_true(str_eqz(rule->lines[1].branches.at[1], "4873"));
	assert_int_equal(rule->lines[2].terms[1].kind, TERM_EXACT);
	assert_int_equal(rule->lines[3].values, 1u << NATURE_SERVICES | 1u << NATURE_SUPPLIES);
	assert_int_equal(rule->n_examples, 2);
	assert_true(str_eqz(rule->examples[0].text, "SOC \"managé\""));
	assert_true(str_starts(rule->text, "rule cyber.soc"));
	assert_true(str_ends(str_trim(rule->text), "counter \"Vidéosurveillance\""));
	assert_int_equal(rules->n_rarities, 3); /* plate-forme is two words */
	assert_null(rules_find(rules, STR("cyber.none")));
	rules_free(rules);
	arena_done(&arena);
}

#define FIELD "field f \"F\"\n"
#define RULE FIELD "rule f.r \"R\"\n"
#define WEIGHT "weight f.r 1\n"

/* Each of these is wrong in one way; the message tells the line, the column and the remedy. */
static const struct bad {
	const char *text;
	unsigned line, column;
	const char *says;
} bads[] = {
	{ "frobnicate", 1, 1, "unknown word \"frobnicate\"" },
	{ "\"text\"", 1, 1, "expected field, rule" },
	{ "any title x", 1, 1, "belongs below a rule" },
	{ "cpv 72", 1, 1, "belongs below a rule" },
	{ "field", 1, 6, "slug" },
	{ "field Été \"x\"", 1, 7, "lower-case letters" },
	{ "field f", 1, 8, "label in quotes" },
	{ "field f \"x", 1, 9, "closing quote" },
	{ "field f \"x\" cap", 1, 16, "number of points" },
	{ "field f \"x\" cap many", 1, 17, "points are 0 to" },
	{ "field f \"x\" cap 1 2", 1, 19, "nothing more" },
	{ "field f \"x\"\nfield f \"y\"", 2, 1, "declared twice" },
	{ FIELD "rule r \"R\"", 2, 6, "its field of activity, a dot" },
	{ FIELD "rule f. \"R\"", 2, 6, "its field of activity, a dot" },
	{ FIELD "rule f.r", 2, 9, "label in quotes" },
	{ "rule g.r \"R\"\nany title x\nweight g.r 1", 1, 6, "no field of activity \"g\"" },
	{ RULE WEIGHT, 2, 1, "at least one line" },
	{ RULE "any title x\n", 2, 1, "add: weight f.r 4" },
	{ RULE "any title x\n" WEIGHT WEIGHT, 5, 8, "has its weight already" },
	{ FIELD "weight f.none 3", 2, 8, "no rule \"f.none\"" },
	{ FIELD "weight f.r -3", 2, 12, "points are 0 to" },
	{ FIELD "weight f.r 3.55", 2, 12, "points are 0 to" },
	{ RULE "any titel x\n" WEIGHT, 3, 5, "expected a field" },
	{ RULE "any title\n" WEIGHT, 3, 10, "at least one word" },
	{ RULE "any title,\n" WEIGHT, 3, 11, "expected a field" },
	{ RULE "any title \"…\"\n" WEIGHT, 3, 11, "at least one letter" },
	{ RULE "any title /(/\n" WEIGHT, 3, 11, "pattern:" },
	{ RULE "any title /x*/\n" WEIGHT, 3, 11, "pattern:" },
	{ RULE "any title /(a)\\1/\n" WEIGHT, 3, 11, "pattern:" },
	{ RULE "any title /(?R)x/\n" WEIGHT, 3, 11, "pattern:" },
	{ RULE "any title /(*LIMIT_MATCH=1)x/\n" WEIGHT, 3, 11, "pattern:" },
	{ RULE "any title /x\n" WEIGHT, 3, 11, "closing slash" },
	{ RULE "any title x ; y\n" WEIGHT, 3, 13, "unexpected character" },
	{ RULE "cpv\n" WEIGHT, 3, 4, "at least one value" },
	{ RULE "cpv 7\n" WEIGHT, 3, 5, "2 to 8 digits" },
	{ RULE "cpv abc\n" WEIGHT, 3, 5, "2 to 8 digits" },
	{ RULE "cpv 123456789\n" WEIGHT, 3, 5, "2 to 8 digits" },
	{ RULE "any title x\nneed nature gold\n" WEIGHT, 4, 13, "services, supplies or works" },
	{ RULE "any title x\nneed kind gold\n" WEIGHT, 4, 11, "planning, competition" },
	{ RULE "any title x\nneed\n" WEIGHT, 4, 5, "expected a field" },
	{ RULE "any title x\nexample x\n" WEIGHT, 4, 9, "title in quotes" },
	{ RULE "any title x\nexample \"x\" y\n" WEIGHT, 4, 13, "nothing more" },
	{ RULE "any title x\n" WEIGHT RULE, 5, 1, "declared twice" },
	{ FIELD "rule f.r \"A\"\nany title x\nrule f.r \"B\"\nany title x\n" WEIGHT, 4, 1, "there twice" },
	{ "rarity x logiciel", 1, 8, "from 0" },
	{ "rarity 11 logiciel", 1, 8, "from 0" },
	{ "rarity", 1, 7, "number from 0" },
	{ "stop /x/", 1, 6, "nothing more" },
	{ "field f \"\xff\"", 1, 10, "save it as UTF-8" },
};

static void test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(bads); i++) {
		struct rule_source file = { STR("bad.rules"), str_of(bads[i].text) };
		struct rule_problem *problems;
		struct arena arena = ARENA_INIT;
		struct error err = ERROR_INIT;
		struct rules *rules = NULL;
		size_t n;

		if (rules_parse(&file, 1, &arena, &problems, &n, &rules, &err) != -ERROR_INPUT)
			fail_msg("accepted: %s", bads[i].text);
		assert_null(rules);
		assert_true(n >= 1);
		if (problems[0].line != bads[i].line || problems[0].column != bads[i].column ||
			str_find(problems[0].text, str_of(bads[i].says)) == SIZE_MAX)
			fail_msg("%s\nsays %s, not %u:%u %s", bads[i].text, err.text, bads[i].line,
				bads[i].column, bads[i].says);
		arena_done(&arena);
	}
}

static void test_every_problem_is_told(void **state)
{
	struct rule_source files[] = {
		{ STR("a.rules"), STR("field a \"A\"\nnonsense\nrule a.x \"X\"\n any nowhere y\nweight a.x 1\n") },
		{ STR("b.rules"), STR("more nonsense\n") },
	};
	struct rule_problem *problems;
	struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	struct rules *rules = NULL;
	size_t n;

	(void)state;
	assert_int_equal(rules_parse(files, 2, &arena, &problems, &n, &rules, &err), -ERROR_INPUT);
	assert_int_equal(n, 4); /* two unknown words, an unknown field, a rule left without evidence */
	assert_string_equal(err.text + strlen("a.rules:2:1: "), "unknown word \"nonsense\"; expected field, "
		"rule, any, need, not, for, cpv, example, counter, owner, since, weight, override, list, family, rarity or stop");
	assert_true(str_eqz(problems[2].file, "b.rules"));
	arena_done(&arena);
}

/* Any bytes at all: an answer, no crash. */
static void test_noise(void **state)
{
	static const char *const pieces[] = { "field ", "rule ", "f.r ", "\"x\" ", "any ", "title ", "/a(b|c)/ ",
		", ", "\n", "cpv ", "72 ", "weight ", "3 ", "=", "\"", "/", "\\", "#", "\xc3\xa9", "\xff", "\0" };
	unsigned seed = 20261123;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		char text[400];
		size_t len = 0;
		struct rule_problem *problems;
		struct arena arena = ARENA_INIT;
		struct error err = ERROR_INIT;
		struct rules *rules = NULL;
		size_t n;

		for (int i = 0; i < 30; i++) {
			const char *piece;

			seed = seed * 1103515245u + 12345u;
			piece = pieces[(seed >> 16) % LENGTH(pieces)];
			memcpy(text + len, piece, strlen(piece) ? strlen(piece) : 1);
			len += strlen(piece) ? strlen(piece) : 1;
		}
		if (rules_parse(&(struct rule_source){ STR("noise"), str_n(text, len) }, 1, &arena, &problems,
			    &n, &rules, &err) == 0)
			rules_free(rules);
		else
			assert_true(n > 0);
		arena_done(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_every_problem_is_told),
		cmocka_unit_test(test_noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
