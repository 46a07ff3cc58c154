/* The rule language: what is accepted, and what is refused where and why. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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
	{ "stop /x/", 1, 6, "at least one word" },
	{ "stop de,", 1, 9, "one more behind the comma" },
	{ "rarity 3", 1, 9, "at least one word" },
	{ RULE "any title x,\n" WEIGHT, 3, 13, "one more behind the comma" },
	{ RULE "any title x, unless near 3 y\n" WEIGHT, 3, 14, "one more behind the comma" },
	{ RULE "any title at-least 2 of near 3 x\n" WEIGHT, 3, 25, "near stands right behind the fields" },
	{ RULE "any title x unless near sentence y\n" WEIGHT, 3, 25, "how many words may stand between" },
	{ RULE "any title x\nneed days-left from 1 from 2\n" WEIGHT, 4, 23, "\"from\" stands here twice" },
	{ RULE "any title x\nneed nature services,\n" WEIGHT, 4, 22, "one more behind the comma" },
	{ FIELD "rule f.* \"R\"\nany title x\n", 2, 6, "letters, digits, hyphens" },
	{ "field f \"\xff\"", 1, 10, "save it as UTF-8" },
	{ RULE "any title \"x\u200by\"\n" WEIGHT, 3, 13, "not seen (U+200B)" },
	{ RULE "any title x # \u202ey\n" WEIGHT, 3, 15, "not seen (U+202E)" },
	{ RULE "any title \"x\x1b[31my\"\n" WEIGHT, 3, 13, "not seen (U+001B)" },
	{ RULE "any title x\ry\n" WEIGHT, 3, 12, "not seen (U+000D)" },
	{ RULE "any title x\n\ufeffany title y\n" WEIGHT, 4, 1, "not seen (U+FEFF)" },
	{ RULE "any title /x/z\n" WEIGHT, 3, 14, "the only flag behind a pattern is C" },
	{ RULE "any title /x/Cz\n" WEIGHT, 3, 15, "the only flag behind a pattern is C" },
	{ RULE "any title \"x\"y\n" WEIGHT, 3, 14, "a blank is missing" },
	{ RULE "any title =\"x\"\"y\"\n" WEIGHT, 3, 15, "a blank is missing" },
	{ RULE "cpv 99\n" WEIGHT, 3, 5, "no CPV division 99" },
	{ RULE "cpv 72 0012\n" WEIGHT, 3, 8, "no CPV division 00" },
	{ FIELD "rule f.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx \"R\"\n", 2, 6,
		"at most 80 bytes" },
	/* statements */
	{ "feild f \"F\"", 1, 1, "did you mean field?" },
	{ FIELD "rule f \"R\"\n any title x\n", 2, 6, "its field of activity, a dot" },
	{ RULE "any title x\nowner me\n" WEIGHT, 4, 7, "who answers for the rule, in quotes" },
	{ RULE "any title x\nsince yesterday\n" WEIGHT, 4, 7, "a date like 2026-03-01" },
	{ RULE "any title x\nsince 2026-02-30\n" WEIGHT, 4, 7, "a date like 2026-03-01" },
	{ "list", 1, 5, "the list's name" },
	{ "list Eau x", 1, 6, "lower-case letters" },
	{ "list eau", 1, 9, "at least one word" },
	{ "list eau @pluie", 1, 10, "no other list" },
	{ "list eau /(/", 1, 10, "pattern:" },
	{ "family eau", 1, 11, "at least two words" },
	{ "family eau pluie\nfamily pluie neige", 2, 8, "in a family already, in bad.rules line 1" },
	{ "family \"…\" x", 1, 8, "at least one letter" },
	{ FIELD "override f.r 3", 2, 10, "no rule \"f.r\"" },
	{ RULE "any title x\n" WEIGHT "override f.r 2\noverride f.r 3", 6, 10, "overridden already" },
	{ RULE "any title x\n" WEIGHT "override f.r a lot", 5, 14, "points are 0 to" },
	/* texts */
	{ RULE "any titel x\n" WEIGHT, 3, 5, "did you mean title?" },
	{ RULE "any title @eau\n" WEIGHT, 3, 11, "declare it with: list eau" },
	{ "list eaux pluie\n" RULE "any title @eau\n" WEIGHT, 4, 11, "did you mean @eaux?" },
	{ RULE "any title ~eau\n" WEIGHT, 3, 11, "declare one with: family eau" },
	{ "family a1 b1 c1 d1 e1\n" RULE "any title \"~a1 ~b1 ~c1\"\n" WEIGHT, 4, 11, "more than 64 forms" },
	{ RULE "any title near 5 x\n" WEIGHT, 3, 19, "near 5 … with …" },
	{ RULE "any title near x with y\n" WEIGHT, 3, 16, "how many words may stand between" },
	{ RULE "any title near 51 x with y\n" WEIGHT, 3, 16, "0 to 50" },
	{ RULE "any title near 5 x with\n" WEIGHT, 3, 24, "at least one word" },
	{ RULE "any title x with y\n" WEIGHT, 3, 13, "with belongs to near" },
	{ RULE "any title at-least 0 of x\n" WEIGHT, 3, 20, "1 to 100" },
	{ RULE "any title at-least 1000000000000 times x\n" WEIGHT, 3, 20, "1 to 100" },
	{ RULE "any title at-least 2 x y\n" WEIGHT, 3, 22, "of (so many different terms) or times" },
	{ RULE "any title at-least 3 of x y\n" WEIGHT, 3, 25, "can never hold" },
	{ RULE "any title x unless y\n" WEIGHT, 3, 20, "where it must not stand" },
	{ RULE "any title x unless near y\n" WEIGHT, 3, 25, "how many words may stand between" },
	{ RULE "any title x unless sentence\n" WEIGHT, 3, 28, "at least one word" },
	{ RULE "any notice title x\n" WEIGHT, 3, 5, "behind need and not alone" },
	{ RULE "for\nany title x\n" WEIGHT, 3, 4, "at least one word" },
	/* codes, facts, rules */
	{ RULE "any nature services\n" WEIGHT, 3, 5, "write: need nature" },
	{ RULE "cpv 72 =73\n" WEIGHT, 3, 8, "on lines of their own" },
	{ RULE "cpv 72 within\n" WEIGHT, 3, 14, "a number of steps" },
	{ RULE "cpv 72 within 9\n" WEIGHT, 3, 15, "1 to 6" },
	{ RULE "cpv =72 within 2\n" WEIGHT, 3, 9, "leave out = or within" },
	{ RULE "any title x\nneed procedure secret\n" WEIGHT, 4, 16, "a procedure is open" },
	{ RULE "any title x\nneed buyer-kind town\n" WEIGHT, 4, 17, "state, region" },
	{ RULE "any title x\nneed marked good\n" WEIGHT, 4, 13, "innovative, sme or reserved" },
	{ RULE "any title x\nneed place nowhere\n" WEIGHT, 4, 12, "like 48, FRJ" },
	{ RULE "any title x\nneed amount\n" WEIGHT, 4, 12, "expected bounds: from" },
	{ RULE "any title x\nneed amount from much\n" WEIGHT, 4, 18, "an amount like 40000" },
	{ RULE "any title x\nneed amount from 9 to 3\n" WEIGHT, 4, 13, "nothing lies between" },
	{ RULE "any title x\nneed amount to 40k EURO\n" WEIGHT, 4, 20, "nothing more" },
	{ RULE "any title x\nneed published from 2026-13-01\n" WEIGHT, 4, 21, "a date like" },
	{ RULE "any title x\nneed deadline to tomorrow\n" WEIGHT, 4, 18, "a date like" },
	{ RULE "any title x\nneed days-left from -3\n" WEIGHT, 4, 21, "a number of days" },
	{ RULE "any title x\nneed rule\n" WEIGHT, 4, 10, "the name of a rule" },
	{ RULE "any title x\nneed rule soc\n" WEIGHT, 4, 11, "a dot, and a name" },
	{ RULE "any title x\nneed rule f.none\n" WEIGHT, 4, 11, "no rule \"f.none\"" },
	{ RULE "any title x\nneed rule g.*\n" WEIGHT, 4, 11, "no rule \"g.*\"" },
	{ RULE "any title x\nnot rule f.r\n" WEIGHT, 4, 10, "f.r asks for f.r" },
	{ RULE "any title x\nneed rule f.s\n" WEIGHT "rule f.s \"S\"\nany rule f.r\nweight f.s 1\n", 7, 10,
		"f.r asks for f.s asks for f.r; take one" },
	/* examples */
	{ RULE "any title x\nexample \"x\" colour red\n" WEIGHT, 4, 13, "nothing more" },
	{ RULE "any title x\nexample \"x\" cpv 72\n" WEIGHT, 4, 17, "8 digits" },
	{ RULE "any title x\nexample \"x\" amount lots\n" WEIGHT, 4, 20, "an amount in euros" },
	{ RULE "any title x\nexample \"x\" buyer Lyon\n" WEIGHT, 4, 19, "a text in quotes" },
	/* what is well-formed and still refused */
	{ RULE "any title /(a+)+b/\n" WEIGHT, 3, 13, "bound what is repeated" },
	{ RULE "any title /(\\w+ ?)+!x/C\n" WEIGHT, 3, 13, "bound what is repeated" },
	{ RULE "any title /(?:[a-z]+ ?)*[0-9]/\n" WEIGHT, 3, 15, "bound what is repeated" },
	{ RULE "any title /\\b[a-z]{2}[0-9]{2}\\b/\n" WEIGHT, 3, 11, "begin with letters" },
	{ RULE "any title near 3 capteur with /[a-z]+ [a-z]+/\n" WEIGHT, 3, 31, "begin with letters" },
	{ "list a /([a-z]+)*x/\n" RULE "any title @a\nnot title @a\n" WEIGHT, 1, 10, "bound what is repeated" },
	{ "stop de la\n" RULE "any title \"de la\"\n" WEIGHT, 4, 11, "function words only" },
	{ RULE "any title /a{70000}/\n" WEIGHT, 3, 11, "pattern: at 7" },
	{ RULE "any title /(?:[a-zé]bcdefghij){1600}/C\n" WEIGHT, 3, 11, "is too large" },
	{ RULE "any title /\\Cx/\n" WEIGHT, 3, 11, "it cuts characters" },
	{ RULE "any title /(?C1)x/\n" WEIGHT, 3, 11, "callouts" },
	{ RULE "any title /x(?1)(y)/\n" WEIGHT, 3, 11, "recursion" },
	{ RULE "any title /[z-a]x/\n" WEIGHT, 3, 11, "pattern: at" },
	{ RULE "any title /x)/\n" WEIGHT, 3, 11, "pattern: at" },
};

/* Milliseconds within which a wrong edit is refused. */
enum { REFUSED_MS = 100 };

static double cpu_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static bool slow_machine(void)
{
#if defined(__SANITIZE_ADDRESS__)
	return true;
#else
	return getenv("LD_PRELOAD") != NULL && strstr(getenv("LD_PRELOAD"), "vgpreload") != NULL;
#endif
}

/* Parsed and admitted: what activation does with files. */
static int take(const char *text, struct arena *arena, struct rule_problem **problems, size_t *n,
	struct error *err)
{
	CLEANUP(rules_freep) struct rules *rules = NULL;
	struct rule_source file = { STR("bad.rules"), str_of(text) };
	int r = rules_parse(&file, 1, arena, problems, n, &rules, err);

	return r < 0 ? r : rules_admit(rules, arena, problems, n, err);
}

static void test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(bads); i++) {
		struct rule_problem *problems;
		struct arena arena = ARENA_INIT;
		struct error err = ERROR_INIT;
		double before = cpu_ms();
		size_t n = 0;

		if (take(bads[i].text, &arena, &problems, &n, &err) != -ERROR_INPUT)
			fail_msg("accepted: %s", bads[i].text);
		if (cpu_ms() - before > REFUSED_MS && !slow_machine())
			fail_msg("%.0f ms for %s", cpu_ms() - before, bads[i].text);
		assert_true(n >= 1);
		if (problems[0].line != bads[i].line || problems[0].column != bads[i].column ||
			str_find(problems[0].text, str_of(bads[i].says)) == SIZE_MAX)
			fail_msg("%s\nsays %s, not %u:%u %s", bads[i].text, err.text, bads[i].line,
				bads[i].column, bads[i].says);
		if (str_utf8_valid(str_of(bads[i].text))) { /* the line itself is shown with it */
			struct str rest = str_of(bads[i].text), line = STR("");

			for (unsigned number = 0; number < bads[i].line; number++)
				assert_true(str_cut(&rest, '\n', &line));
			assert_true(str_eq(problems[0].source, line));
		}
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
