#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "gate/regex.h"

static struct regex *compile(const char *pattern, int options)
{
	struct error err = ERROR_INIT;
	struct regex *regex = NULL;

	if (regex_new(str_of(pattern), options, &regex, &err) < 0)
		fail_msg("%s: %s", pattern, err.text);
	return regex;
}

static void first_matches(void **state)
{
	static const struct {
		const char *pattern;
		int options;
		const char *text;
		size_t from;
		int start, end; /* -1: none */
	} cases[] = {
		{ "b+", 0, "abbbc", 0, 1, 4 },
		{ "b+", 0, "abbbc", 2, 2, 4 },
		{ "b+", 0, "abbbc", 4, -1, 0 },
		{ "b", 0, "abbbc", 5, -1, 0 },
		{ "b", 0, "abbbc", 500, -1, 0 },
		{ "b", 0, "", 0, -1, 0 },
		{ "\\bSOC\\b", 0, "un SOC, un soc", 0, 3, 6 },
		{ "\\bsoc\\b", REGEX_CASELESS, "un SOC", 0, 3, 6 },
		{ "\\bsoc\\b", 0, "un SOC", 0, -1, 0 },
		/* \w, \b, case and classes know Unicode. */
		{ "\\b\xc3\xa9t\xc3\xa9\\b", REGEX_CASELESS, "l'\xc3\x89T\xc3\x89 2026", 0, 2, 7 },
		{ "\\bt\xc3\xa9\\b", 0, "\xc3\xa9t\xc3\xa9", 0, -1, 0 },
		{ "^\\w+$", 0, "\xc5\x93uvre", 0, 0, 6 },
		{ "vid\xc3\xa9o.?surveillance", 0, "vid\xc3\xa9o\xe2\x80\x93surveillance", 0, 0,
			21 },
		{ "[\xc3\xa0-\xc3\xbf]", 0, "a\xc3\xa9", 0, 1, 3 },
		/* What stands before `from` is seen, and a `from` inside a character moves on. */
		{ "(?<=a)b", 0, "ab", 1, 1, 2 },
		{ "\\bb", 0, "ab", 1, -1, 0 },
		{ "^b", 0, "ab", 1, -1, 0 },
		{ ".", 0, "\xc3\xa9x", 1, 2, 3 },
		{ ".", 0, "\xc3\xa9", 1, -1, 0 },
		{ "x$", 0, "xxx", 0, 2, 3 },
		{ "^b", 0, "a\nb", 0, -1, 0 },
		{ "(?m)^b", 0, "a\nb", 0, 2, 3 },
		{ "a(?=c)", 0, "abac", 0, 2, 3 },
		{ "supervision (de|en) (la )?s\xc3\xa9"
		  "curit\xc3\xa9",
			0,
			"la supervision de s\xc3\xa9"
			"curit\xc3\xa9",
			0, 3, 28 },
		{ "\\(\\*", 0, "a(*", 0, 1, 3 },
		{ "\\x{e9}", 0, "\xc3\xa9", 0, 0, 2 },
		{ "(?i)abc", 0, "ABC", 0, 0, 3 },
		{ "(?-i)a", REGEX_CASELESS, "Aa", 0, 1, 2 },
	};
	struct error err = ERROR_INIT;

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		CLEANUP(regex_freep)
		struct regex *regex = compile(cases[i].pattern, cases[i].options);
		size_t start = 77, end = 77;
		int r = regex_find(regex, str_of(cases[i].text), cases[i].from, &start, &end, &err);

		if (r != (cases[i].start < 0 ? 0 : REGEX_FOUND))
			fail_msg("/%s/ on \"%s\" from %zu gives %d", cases[i].pattern,
				cases[i].text, cases[i].from, r);
		assert_int_equal(start, r ? cases[i].start : 77);
		assert_int_equal(end, r ? cases[i].end : 77);
	}
}

static void refused_patterns_say_where(void **state)
{
	static const struct {
		const char *pattern, *message;
	} cases[] = {
		{ "", "the pattern is empty" },
		{ "a(b", "at 3: missing closing parenthesis" },
		{ "a)", "at 1: unmatched closing parenthesis" },
		{ "[a", "at 2: missing terminating ] for character class" },
		{ "+", "at 0: quantifier does not follow a repeatable item" },
		{ "\xc3\xa9(", "at 3: missing closing parenthesis" },
		{ "a\\", "at 2: \\ at end of pattern" },
		{ "(?<=a+)b", "at 0: lookbehind assertion is not fixed length" },
		{ "a*", "the pattern matches the empty text" },
		{ "a|", "the pattern matches the empty text" },
		{ "^", "the pattern matches the empty text" },
		{ "\\b", "the pattern matches the empty text" },
		{ "(?=a)", "the pattern matches the empty text" },
		{ "()", "the pattern matches the empty text" },
		{ "(*UTF)a", "at 0: (*VERBS) are not allowed" },
		{ "(*LIMIT_MATCH=1000000)a", "at 0: (*VERBS) are not allowed" },
		{ "a(*COMMIT)b", "at 1: (*VERBS) are not allowed" },
		{ "a(*pla:b)", "at 1: (*VERBS) are not allowed" },
		{ "\\\\(*F)", "at 2: (*VERBS) are not allowed" },
		{ "\\Qa\\E(*F)", "at 5: (*VERBS) are not allowed" },
		{ "(?x)# [\n(*F)a", "at 8: (*VERBS) are not allowed" },
		{ "a(?C)", "at 1: callouts are not allowed" },
		{ "a(?C1)", "at 1: callouts are not allowed" },
		{ "a(?C'x')", "at 1: callouts are not allowed" },
		{ "(a(?R)?b)", "at 2: recursion is not allowed" },
		{ "(a(?1)?b)", "at 2: recursion is not allowed" },
		{ "(a(?0)?b)", "at 2: recursion is not allowed" },
		{ "(a(?-1)?b)", "at 2: recursion is not allowed" },
		{ "(?+1)(a)", "at 0: recursion is not allowed" },
		{ "(?<n>a(?&n)?b)", "at 6: recursion is not allowed" },
		{ "(?<n>a(?P>n)?b)", "at 6: recursion is not allowed" },
		{ "(a)\\1", "at 3: back-references are not allowed" },
		{ "(a)\\9", "at 3: back-references are not allowed" },
		{ "(a)\\11", "at 3: back-references are not allowed" },
		{ "(a)\\\\\\1", "at 5: back-references are not allowed" },
		{ "(a)\\Q\\\\E\\1", "at 8: back-references are not allowed" },
		{ "(a)\\g1", "at 3: back-references and recursion are not allowed" },
		{ "(a)\\g{-1}", "at 3: back-references and recursion are not allowed" },
		{ "(a)\\g<1>", "at 3: back-references and recursion are not allowed" },
		{ "(?<n>a)\\k<n>", "at 7: back-references are not allowed" },
		{ "(?<n>a)\\k{n}", "at 7: back-references are not allowed" },
		{ "(?P<n>a)(?P=n)", "at 8: back-references are not allowed" },
		{ "(a)\\c\\\\1", "at 3: control characters are not allowed" },
		{ "a\\C", "at 1: \\C is not allowed: it cuts characters" },
		{ "a\\Kb", "at 1: \\K is not allowed: a match is shown whole" },
		{ "\\Ga",
			"at 0: \\G is not allowed: where a search starts has no meaning in a rule" },
		{ "a\\z", "at 1: \\z is not allowed: write $" },
		{ "a\\Z", "at 1: \\Z is not allowed: write $" },
		{ "caf\xe9", "the pattern is not UTF-8 text" },
		{ "(?:(?:a{200}){200}){200}", "at 24: regular expression is too large" },
	};
	struct error err = ERROR_INIT;

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct regex *regex = NULL;

		if (regex_new(str_of(cases[i].pattern), 0, &regex, &err) != -ERROR_INPUT)
			fail_msg("%s was not refused", cases[i].pattern);
		assert_string_equal(err.text, cases[i].message);
		assert_null(regex);
	}
	struct regex *regex = NULL;
	assert_int_equal(regex_new(STR("a\0b"), 0, &regex, &err), -ERROR_INPUT);
	assert_int_equal(regex_new(STR_NONE, 0, &regex, &err), -ERROR_INPUT);
}

static void pattern_ceilings_hold(void **state)
{
	struct error err = ERROR_INIT;
	struct regex *regex = NULL;
	char text[1200];

	(void)state;
	memset(text, 'a', sizeof(text));
	assert_int_equal(regex_new(str_n(text, REGEX_PATTERN_MAX), 0, &regex, &err), 0);
	regex = regex_free(regex);
	assert_int_equal(
		regex_new(str_n(text, REGEX_PATTERN_MAX + 1), 0, &regex, &err), -ERROR_INPUT);
	assert_string_equal(err.text, "the pattern is longer than 1000 bytes");

	/* Compiled: 20 KB pass, 130 KB do not. */
	regex = regex_free(compile("(?:abcdefghij){1000}", 0));
	assert_int_equal(
		regex_new(STR("(?:[a-z\xc3\xa9]bcdefghij){1600}"), 0, &regex, &err), -ERROR_INPUT);
	assert_null(regex);

	memset(text, '(', 51);
	text[51] = 'a';
	memset(text + 52, ')', 51);
	assert_int_equal(regex_new(str_n(text, 103), 0, &regex, &err), -ERROR_INPUT);
	assert_non_null(strstr(err.text, "too deeply nested"));
	assert_int_equal(regex_new(str_n(text + 1, 101), 0, &regex, &err), 0);
	regex_free(regex);
}

/*
 * A word of 200 bytes is found wherever it stands around the places where segments may meet, in
 * text with blanks, without any, and of characters of several bytes.
 */
static void segments_hide_nothing(void **state)
{
	static const char *const fillers[] = { "aaa bbb ", "x", "\xc3\xa9", "\xe2\x82\xac\n" };
	CLEANUP(regex_freep) struct regex *regex = compile("\\bQ[0-9]{198}Q\\b", 0);
	struct error err = ERROR_INIT;
	char word[203];

	(void)state;
	memset(word, '7', sizeof(word));
	memcpy(word, " Q", 2);
	memcpy(word + 200, "Q ", 3);
	for (size_t f = 0; f < LENGTH(fillers); f++) {
		for (size_t before = 3400; before < 4700; before += 13) {
			CLEANUP(buf_done) struct buf text = BUF_INIT(20000);
			size_t start, end, at;

			while (text.len < before)
				buf_addz(&text, fillers[f]);
			at = text.len + 1;
			buf_addz(&text, word);
			while (text.len < 9000)
				buf_addz(&text, fillers[f]);
			assert_int_equal(regex_find(regex, buf_str(&text), 0, &start, &end, &err),
				REGEX_FOUND);
			assert_int_equal(start, at);
			assert_int_equal(end, at + 200);
			assert_int_equal(
				regex_find(regex, buf_str(&text), at + 1, &start, &end, &err), 0);
		}
	}
}

/* The ends of segments are no ends of the text or of words, nor their starts starts. */
static void segments_have_no_edges(void **state)
{
	static const char *const never[] = { "x$", "^y", "\\bx", "x\\b", "(?<![xy])x", "x(?![xy])",
		"(?s)x.{300}$" };
	struct error err = ERROR_INIT;
	CLEANUP(buf_done) struct buf text = BUF_INIT(100000);
	size_t start, end;

	(void)state;
	buf_addc(&text, 'y');
	for (size_t i = 0; i < 50000; i++)
		buf_addc(&text, 'x');
	for (size_t i = 0; i < 500; i++)
		buf_addc(&text, 'y');
	/* The last one takes 15 million steps, of which valgrind makes more than its budget of time. */
	for (size_t i = 0; i < LENGTH(never) - (getenv("APPARITEUR_SLOW") != NULL); i++) {
		CLEANUP(regex_freep) struct regex *regex = compile(never[i], 0);
		int r = regex_find(regex, buf_str(&text), 1, &start, &end, &err);

		if (r != 0)
			fail_msg("/%s/ gives %d: %s", never[i], r, err.text);
	}
}

/* Every match of a long text once and in order, as an unsegmented search has them. */
static void all_matches_in_order(void **state)
{
	CLEANUP(regex_freep) struct regex *regex = compile("\\bn[0-9]+\\b", 0);
	struct error err = ERROR_INIT;
	CLEANUP(buf_done) struct buf text = BUF_INIT(1 << 20);
	size_t from = 0, start, end, n = 0;
	char want[16];

	(void)state;
	for (unsigned i = 0; i < 20000; i++)
		buf_addf(&text, "n%u%s", i, i % 3 ? " " : ", lot ");
	while (regex_find(regex, buf_str(&text), from, &start, &end, &err) == REGEX_FOUND) {
		snprintf(want, sizeof(want), "n%zu", n++);
		assert_true(str_eqz(str_sub(buf_str(&text), start, end), want));
		from = end;
	}
	assert_int_equal(n, 20000);
}

/* budgets */

/* Patterns known to take exponential or high polynomial time somewhere. */
static const char *const bad_patterns[] = {
	"(a+)+$",
	"(a+)+b",
	"(a*)*b",
	"(a|a)+b",
	"(a|aa)+$",
	"(a|a?)+b",
	"(a+a+)+b",
	"(.*)*x",
	"(.+)+x",
	"(.*a){12}x",
	"(?:a?){30}a{30}b",
	"(a+){2,}b",
	"((a+)+)+b",
	"(([a-z])+.)+[A-Z]([a-z])+$",
	"^(([a-z])+)+$",
	"([a-zA-Z]+)*[0-9]",
	"(\\w+\\s?)*x$",
	"(\\w+ ?)+!",
	"(\\w*)*!",
	"(\\s*\\w*)*!",
	"(?:[a-z]+ )*[0-9]",
	"[a-z]*[0-9]",
	"[a-z]*[a-z]*[0-9]",
	"[a-z]*[a-z]*[a-z]*[0-9]",
	"[a-z ]*[a-z ]*[a-z ]*[a-z ]*[0-9]",
	".*.*.*x",
	".*.*=.*",
	"(?s).*.*.*.*=",
	"\\s*\\s*\\s*$x",
	"(a|b|ab)*c",
	"(ab|a|b|ba)+c",
	"(aa|a)(a|aa)*(aaa|a)*b",
	"(x+x+)+y",
	"(a?a?)*b",
	"(a{0,1}?)*b|aab",
	"(?:(?:a+)?b?)+c",
	"(?=(a+)+b)a",
	"(?!(a+)+b)ab",
	"(?<!b)(a+)+c",
	"(\\d+)+\\D!",
	"([^x]+)+x",
	"([\\s\\S]*)*x",
	"(\\p{L}+)+!",
	"(\\X+)+!",
	"(\\p{L}|\\w)+!",
	"(?i)(a|A)+b",
	"(?i)([a-z]+)+1",
	"(?:.|\\n)*!",
	"(?:.|\\w|\\s)*!",
	"(a{1,9}){1,9}b",
	"(?:a{1,30}){1,30}b",
	"(?:(?:a|b)+c?)+d",
	"(?>a+)*b",
	"(?:a++)+b",
	"^(?:a+)+$",
	"(a+|b+)+c",
	"([a-c]|[b-d]|[c-e])+f",
	"(?:a.*){1,10}b",
	"(.{1,50}a){1,20}b",
	"(?:\\w+\\.)+\\w+@",
	"<(?:[^>]|a)*>",
	"(\\W*\\w+\\W*)+!",
	"(?:[^,]*,){20}x",
};

/* Under valgrind or a sanitizer time means nothing. */
static bool slow_machine(void)
{
#if defined(__SANITIZE_ADDRESS__)
	return true;
#else
	return getenv("LD_PRELOAD") != NULL && strstr(getenv("LD_PRELOAD"), "vgpreload") != NULL;
#endif
}

static const char *const bad_texts[] = { "a", "ab", "a ", "ab, ", "aA", "x1 ", "\xc3\xa9x", ",",
	"a\n" };

/*
 * None of them hangs: each search of 200 KB ends, with a match, with none or with ERROR_LIMIT. The
 * alarm of main() is what fails when one does not.
 */
static void bad_patterns_end(void **state)
{
	static const size_t lengths[] = { 30, 1000, 4096, 5000, 200000 };
	struct error err = ERROR_INIT;
	unsigned limits = 0, others = 0;

	(void)state;
	assert_true(LENGTH(bad_patterns) >= 60);
	for (size_t l = 0; l < LENGTH(lengths); l++) {
		for (size_t p = 0; p < LENGTH(bad_patterns); p++) {
			CLEANUP(regex_freep) struct regex *regex = NULL;
			CLEANUP(buf_done) struct buf text = BUF_INIT(1 << 20);
			const char *unit = bad_texts[(p + l) % LENGTH(bad_texts)];
			size_t start, end;
			int r;

			/* Some are refused at once, which is as good. */
			if (regex_new(str_of(bad_patterns[p]), 0, &regex, &err) < 0)
				continue;
			/* Now and then what the patterns end with, or PCRE2 would not even begin. */
			for (size_t i = 1; text.len < lengths[l]; i++)
				buf_addz(&text, i % 300 ? unit : "#=b#c#d#e#f#x#y#!#1#@#>#A,");
			r = regex_find(regex, buf_str(&text), 0, &start, &end, &err);
			assert_true(r == 0 || r == REGEX_FOUND || r == -ERROR_LIMIT);
			if (r < 0)
				limits++;
			else
				others++;
		}
	}
	assert_true(limits > 30);
	assert_true(others > 100);
}

/* CPU time of this thread. */
static double cpu_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/*
 * None of them takes more than twice its budget, however long the text and whatever it is made of; and
 * what was tried and admitted stays within it without being stopped. The machine may be busy: what is
 * too slow once is looked at twice more.
 */
static void re_budget(void **state)
{
	static const size_t lengths[] = { 100, 1000, 4096, 20000, 200000 };
	struct error err = ERROR_INIT;
	struct arena arena = ARENA_INIT;
	unsigned refused = 0, admitted = 0;
	double most = slow_machine() ? 1e9 : 2.0 * REGEX_BUDGET_US / 1e3;

	(void)state;
	for (size_t p = 0; p < LENGTH(bad_patterns); p++) {
		CLEANUP(regex_freep) struct regex *regex = NULL;
		struct regex_trial trial;

		if (regex_new(str_of(bad_patterns[p]), 0, &regex, &err) < 0)
			continue;
		if (regex_try(regex, str_of(bad_patterns[p]), &arena, &trial, &err) < 0)
			refused++;
		else
			admitted++;
		for (size_t l = 0; l < LENGTH(lengths); l++) {
			CLEANUP(buf_done) struct buf text = BUF_INIT(1 << 20);
			const char *unit = bad_texts[(p + l) % LENGTH(bad_texts)];
			double spent = 0;
			size_t start, end;

			while (text.len < lengths[l])
				buf_addz(&text, unit);
			for (int i = 0; i < 3 && (i == 0 || spent > most); i++) {
				double before = cpu_ms();

				(void)!regex_find(regex, buf_str(&text), 0, &start, &end, &err);
				spent = cpu_ms() - before;
			}
			if (spent > most)
				fail_msg("/%s/ takes %.1f ms on %zu bytes of \"%s\"", bad_patterns[p], spent,
					lengths[l], unit);
		}
	}
	assert_true(refused >= 30);
	assert_true(admitted >= 5); /* some are bad in name only */
	arena_done(&arena);
}

/* What the measure of admission must tell apart: the pattern, is it refused, and what it was tried on. */
static void re_admit(void **state)
{
	static const struct {
		const char *pattern, *says; /* says NULL: admitted */
	} rows[] = {
		{ "(a+)+b", "over and over" },
		{ "[a-z]*[a-z]*[a-z]*[0-9]", "too many steps on 4 KiB of \"a\"" },
		{ "[a-z]*[0-9]", NULL }, /* PCRE2 sees by itself that nothing is to be given back */
		{ "([a-z]+)*[0-9]", "bound what is repeated" },
		{ "(\\w+ ?)+!", "too many steps" },
		{ "capteurs? (?:de |d )?[a-z]{1,20}", NULL },
		{ "\\bGTB\\b", NULL },
		{ "s[eé]curit\\w{1,2} .{0,12}eau", NULL },
		{ "lot [0-9]+", NULL },
		{ "(?:audit|analys\\w+) (?:de|des) [a-z]+", NULL },
	};
	struct error err = ERROR_INIT;
	struct arena arena = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		CLEANUP(regex_freep) struct regex *regex = compile(rows[i].pattern, 0);
		struct regex_trial trial;
		int r = regex_try(regex, str_of(rows[i].pattern), &arena, &trial, &err);

		if (rows[i].says == NULL && slow_machine())
			continue;
		if (r != (rows[i].says != NULL ? -ERROR_LIMIT : 0))
			fail_msg("/%s/ gives %d after %u us", rows[i].pattern, r, trial.us);
		if (rows[i].says != NULL && strstr(err.text, rows[i].says) == NULL)
			fail_msg("/%s/ says %s", rows[i].pattern, err.text);
	}
	arena_done(&arena);
}

/* Near the budget a faster machine admits what a slower one refuses: but never without the measure. */
static void re_admit_measures(void **state)
{
	CLEANUP(regex_freep) struct regex *regex = compile("(?:[a-z]+ )*[0-9]", 0);
	struct error err = ERROR_INIT;
	struct arena arena = ARENA_INIT;
	struct regex_trial trial;
	int r = regex_try(regex, STR("(?:[a-z]+ )*[0-9]"), &arena, &trial, &err);

	(void)state;
	assert_true(r == 0 || r == -ERROR_LIMIT);
	assert_true(r < 0 || trial.us <= REGEX_TRIAL_US);
	assert_true(trial.us >= 500); /* it is slow everywhere */
	/* Which of its pieces is dearest, chance tells; but it is a piece, and stands in the pattern. */
	assert_true(trial.pump.len > 0 && trial.at < strlen("(?:[a-z]+ )*[0-9]"));
	for (size_t i = 0; i < trial.pump.len; i++)
		assert_non_null(strchr("abcdefghijklmnopqrstuvwxyz 0123456789", trial.pump.ptr[i]));
	arena_done(&arena);
}

/* Two thousand short texts share a purse: what none of them shows alone, all together do. */
static void purse_is_shared(void **state)
{
	CLEANUP(regex_freep) struct regex *regex = compile("(?:[a-z]+ )*[0-9]", 0);
	struct regex_purse purse = { .segments = 0 };
	struct error err = ERROR_INIT;
	char text[3000];
	size_t start, end, n = 0;
	int r = 0;

	(void)state;
	memset(text, 'a', sizeof(text));
	for (; n < 2000 && r == 0; n++)
		r = regex_find_with(regex, &purse, str_n(text, sizeof(text)), 0, &start, &end, &err);
	assert_int_equal(r, -ERROR_LIMIT);
	assert_non_null(strstr(err.text, "takes too long on a text of 3000 bytes"));
	assert_true(n > 1);
	assert_true(purse.spent_ns <= REGEX_BUDGET_US * UINT64_C(1000) + purse.last_ns);
}

static void overspending_is_told(void **state)
{
	CLEANUP(regex_freep) struct regex *regex = compile("(a|aa)+$", 0);
	struct error err = ERROR_INIT;
	char text[5000];
	size_t start, end;

	(void)state;
	memset(text, 'a', sizeof(text));
	memset(text, ' ', 1000);
	text[60] = 'b';
	assert_int_equal(regex_find(regex, str_n(text, sizeof(text) - 1), 0, &start, &end, &err),
		-ERROR_LIMIT);
	assert_non_null(strstr(err.text, "too many steps on the text from 0 to "));
}

/* One pattern may be used by several threads at once. */
static void *count_words(void *data)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT(1 << 20);
	struct error err = ERROR_INIT;
	size_t from = 0, start, end, n = 0;

	for (unsigned i = 0; i < 3000; i++)
		buf_addf(&text, "mot%u ", i);
	while (regex_find(data, buf_str(&text), from, &start, &end, &err) == REGEX_FOUND) {
		from = end;
		n++;
	}
	return (void *)n;
}

static void threads_share_a_pattern(void **state)
{
	CLEANUP(regex_freep) struct regex *regex = compile("\\bmot[0-9]+\\b", 0);
	pthread_t threads[4];

	(void)state;
	for (size_t i = 0; i < LENGTH(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, count_words, regex), 0);
	for (size_t i = 0; i < LENGTH(threads); i++) {
		void *n;

		pthread_join(threads[i], &n);
		assert_int_equal((size_t)n, 3000);
	}
}

static void version_is_told(void **state)
{
	(void)state;
	assert_int_equal(strncmp(regex_version(), "10.", 3), 0);
	assert_null(regex_free(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_matches),
		cmocka_unit_test(refused_patterns_say_where),
		cmocka_unit_test(pattern_ceilings_hold),
		cmocka_unit_test(segments_hide_nothing),
		cmocka_unit_test(segments_have_no_edges),
		cmocka_unit_test(all_matches_in_order),
		cmocka_unit_test(bad_patterns_end),
		cmocka_unit_test(re_budget),
		cmocka_unit_test(re_admit),
		cmocka_unit_test(re_admit_measures),
		cmocka_unit_test(purse_is_shared),
		cmocka_unit_test(overspending_is_told),
		cmocka_unit_test(threads_share_a_pattern),
		cmocka_unit_test(version_is_told),
	};

	alarm(90);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
