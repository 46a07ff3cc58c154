/* Atoms: never may a pattern match a text that has none of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../../../src/match/atoms.h"
#include "../../../src/match/rule_pattern.h"
#include "base/fold.h"
#include "gate/regex.h"

static const struct row {
	const char *pattern, *atoms; /* in the order found, blank between */
	bool one_word;
} rows[] = {
	{ "supervision", "supervision", true },
	{ "\\bsoc\\b", "soc", true },
	{ "\\bia\\b", "ia", true },
	{ "a", "", false },
	{ "", "", false },
	{ "supervision (de|en) securite", "supervision", false },
	{ "video.?surveillance", "surveillance", false },
	{ "videos?", "video", true },
	{ "telemedecines?|teleconsultation", "telemedecine teleconsultation", true },
	{ "telemedecine|x", "", false },
	{ "(?:data|donnees) ouvertes", "ouvertes", false },
	{ "(?:tele|radio)releve", "releve", true },
	{ "(photo)?voltaique", "voltaique", true },
	{ "ab?c", "", false },
	{ "abc*de", "ab", true },
	{ "abc+de", "abc", true },
	{ "abc{2}de", "abc", true },
	{ "abc{0,2}de", "ab", true },
	{ "[ab]cde", "cde", true },
	{ "[^a]cde", "cde", false },
	{ "cde[a b]", "cde", false },
	{ "cde[ -z]", "cde", false },
	{ "\\w+logie", "logie", true },
	{ "mot\\s+cle", "mot", false },
	{ "(?=rare)mot", "mot", false },
	{ "(?!rare)commun", "commun", false },
	{ "(?<!rare )commun", "commun", false },
	{ "(?i)mot", "", false },
	{ "(?x)mot # pas", "", false },
	{ "(?:mot", "", false },
	{ "mot|", "", false },
	{ "[[:alpha:]]mot", "", false },
	{ "\\Qmot\\E", "", false },
	{ "\\x{61}bcd", "", false },
	{ "\\p{L}bcd", "", false },
	{ "mot{x", "", false },
};

static void test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct arena arena = ARENA_INIT;
		struct str told = STR("");
		struct atoms atoms;

		atoms_find(str_of(rows[i].pattern), &arena, &atoms);
		for (size_t j = 0; j < atoms.n; j++)
			told = arena_printf(&arena, "%.*s%s%.*s", STR_ARG(told), j > 0 ? " " : "",
				STR_ARG(atoms.at[j]));
		if (!str_eqz(told, rows[i].atoms) || atoms.one_word != rows[i].one_word)
			fail_msg("%s: [%.*s] one_word=%d", rows[i].pattern, STR_ARG(told), atoms.one_word);
		arena_done(&arena);
	}
}

/* The second set is of another piece where there is one: a word that is in both sets answers for both. */
static void test_second_set(void **state)
{
	static const struct {
		const char *pattern, *also;
	} seconds[] = {
		{ "releve .{0,20}compteur", "releve" },
		{ "(etat ecologique|qualite ecologique|biologie) .{0,30}(rivieres?|lacs?)", "riviere lac" },
		{ "(rivieres?|lacs?) .{0,30}(etat ecologique|qualite ecologique|biologie)", "riviere lac" },
		{ "(etudes?|conception) .{0,30}(parkings?|p r)", "" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(seconds); i++) {
		struct arena arena = ARENA_INIT;
		struct str told = STR("");
		struct atoms atoms;

		atoms_find(str_of(seconds[i].pattern), &arena, &atoms);
		for (size_t j = 0; j < atoms.n_also; j++)
			told = arena_printf(&arena, "%.*s%s%.*s", STR_ARG(told), j > 0 ? " " : "",
				STR_ARG(atoms.also[j]));
		if (!str_eqz(told, seconds[i].also))
			fail_msg("%s: [%.*s]", seconds[i].pattern, STR_ARG(told));
		arena_done(&arena);
	}
}

static unsigned seed;

static unsigned draw(unsigned n)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % n;
}

static struct str draw_from(const char *const *pieces, size_t n, unsigned most, struct arena *arena)
{
	struct str text = STR("");

	for (unsigned i = 1 + draw(most); i > 0; i--)
		text = arena_printf(arena, "%.*s%s", STR_ARG(text), pieces[draw((unsigned)n)]);
	return text;
}

static bool some_in(const struct str *atoms, size_t n, struct str folded)
{
	for (size_t i = 0; i < n; i++)
		if (str_find(folded, atoms[i]) != SIZE_MAX)
			return true;
	return n == 0;
}

/* The words that a match touches, whole. */
static struct str touched(struct str text, size_t start, size_t end)
{
	while (start > 0 && text.ptr[start - 1] != ' ')
		start--;
	while (end < text.len && text.ptr[end] != ' ')
		end++;
	return str_sub(text, start, end);
}

/* Random patterns over a small alphabet, on random texts: a match without an atom would be a lie. */
static void test_never_wrong(void **state)
{
	static const char *const patterns[] = { "ab", "c", "de", " ", "(", ")", "(?:", "|", "?", "*", "+", "{1,2}",
		"{0,1}", ".", "[ab]", "[^c]", "[a-e]", "\\b", "\\w", "\\s", "\u00e9", "\u0153", "'", "(?=", "(?!", "\\." };
	static const char *const texts[] = { "ab", "a", "b", "c", "d", "e", "de", " ", "e", "oe", "x", "abab" };
	size_t compiled = 0, matched = 0;

	(void)state;
	for (unsigned round = 0; round < 60000; round++) {
		struct arena arena = ARENA_INIT;
		struct error err = ERROR_INIT;
		struct regex *regex = NULL;
		struct atoms atoms;
		struct str pattern, text;
		size_t start, end;

		seed = round + 1;
		pattern = rule_pattern_fold(draw_from(patterns, LENGTH(patterns), 8, &arena), &arena);
		if (regex_new(pattern, REGEX_CASELESS, &regex, &err) == 0) {
			compiled++;
			atoms_find(pattern, &arena, &atoms);
			for (int i = 0; i < 8; i++) {
				text = fold(&arena, draw_from(texts, LENGTH(texts), 12, &arena)).text;
				if (regex_find(regex, text, 0, &start, &end, &err) != REGEX_FOUND)
					continue;
				matched++;
				if (!some_in(atoms.at, atoms.n, touched(text, start, end)) ||
					!some_in(atoms.also, atoms.n_also, touched(text, start, end)))
					fail_msg("/%.*s/ matches \"%.*s\" without an atom", STR_ARG(pattern),
						STR_ARG(text));
				if (end - start > atoms.reach)
					fail_msg("/%.*s/ matches %zu bytes of \"%.*s\", not %zu",
						STR_ARG(pattern), end - start, STR_ARG(text), atoms.reach);
				if (atoms.one_word && str_find_char(str_sub(text, start, end), ' ') != SIZE_MAX)
					fail_msg("/%.*s/ spans words in \"%.*s\"", STR_ARG(pattern),
						STR_ARG(text));
			}
		}
		regex_free(regex);
		arena_done(&arena);
	}
	assert_true(compiled > 5000 && matched > 5000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_second_set),
		cmocka_unit_test(test_never_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
