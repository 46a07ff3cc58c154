/* ICU as the oracle of base/fold: every character below U+10000, and whole texts in both forms. */
#include "base/fold.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

enum { UNITS_MAX = 512 };

struct units {
	UChar at[UNITS_MAX];
	int32_t n;
};

static struct units normal(const UNormalizer2 *form, const struct units *in)
{
	UErrorCode code = U_ZERO_ERROR;
	struct units out;

	out.n = unorm2_normalize(form, in->at, in->n, out.at, UNITS_MAX, &code);
	assert_true(U_SUCCESS(code));
	return out;
}

static struct units without_marks(const struct units *in)
{
	struct units out = { .n = 0 };

	for (int32_t i = 0; i < in->n;) {
		UChar32 c;

		U16_NEXT(in->at, i, in->n, c);
		if ((U_GET_GC_MASK(c) & (U_GC_MN_MASK | U_GC_ME_MASK | U_GC_CF_MASK)) == 0)
			U16_APPEND_UNSAFE(out.at, out.n, c);
	}
	return out;
}

static struct units lower(const struct units *in)
{
	struct units out = { .n = 0 };

	for (int32_t i = 0; i < in->n;) {
		UChar32 c;

		U16_NEXT(in->at, i, in->n, c);
		c = u_foldCase(c, U_FOLD_CASE_DEFAULT);
		if (c == 0xDF) {
			out.at[out.n++] = 's';
			c = 's';
		} else if (c == 0x153 || c == 0xE6) {
			out.at[out.n++] = c == 0x153 ? 'o' : 'a';
			c = 'e';
		}
		U16_APPEND_UNSAFE(out.at, out.n, c);
	}
	return out;
}

static bool kept(UChar32 c)
{
	/* Spacing modifiers and the saltillo are letters by name, and typed for apostrophes. */
	if ((c >= 0x2B9 && c <= 0x2DF) || c == 0xA78B || c == 0xA78C)
		return false;
	return (U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_N_MASK | U_GC_MC_MASK)) != 0;
}

/* Letters, digits and vowel signs; all else between words is one blank; none at the ends. */
static struct units words(const struct units *in)
{
	struct units out = { .n = 0 };
	bool blank = false;

	for (int32_t i = 0; i < in->n;) {
		UChar32 c;

		U16_NEXT(in->at, i, in->n, c);
		if (!kept(c)) {
			blank = out.n > 0;
			continue;
		}
		if (blank)
			out.at[out.n++] = ' ';
		blank = false;
		U16_APPEND_UNSAFE(out.at, out.n, c);
	}
	return out;
}

/* NFKD, marks off, case folded, again because folding can compose, Hangul put together. */
static struct units oracle(const struct units *in)
{
	UErrorCode code = U_ZERO_ERROR;
	const UNormalizer2 *nfkd = unorm2_getNFKDInstance(&code);
	const UNormalizer2 *nfc = unorm2_getNFCInstance(&code);
	struct units u = *in;

	assert_true(U_SUCCESS(code));
	for (int round = 0; round < 2; round++) {
		u = normal(nfkd, &u);
		u = without_marks(&u);
		u = lower(&u);
	}
	u = normal(nfc, &u);
	return words(&u);
}

static struct str utf8(struct arena *arena, const struct units *in)
{
	UErrorCode code = U_ZERO_ERROR;
	char *text = arena_alloc(arena, UNITS_MAX * 3);
	int32_t len = 0;

	u_strToUTF8(text, UNITS_MAX * 3, &len, in->at, in->n, &code);
	assert_true(U_SUCCESS(code));
	return str_n(text, (size_t)len);
}

/* Where the table differs from the plain rule on purpose (src/embed/foldtable.c says why). */
static bool differs(UChar32 c)
{
	return c == 0x2120 || c == 0x2122 || /* service mark, trade mark: no letters of a word */
	       c == 0xFDFA;                  /* a phrase of 18 letters in one character */
}

static void test_every_character(void **state UNUSED)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	unsigned letters = 0, wrong = 0;

	for (UChar32 c = 1; c <= 0xFFFF; c++) {
		struct units in = { .at = { (UChar)c }, .n = 1 }, out;
		struct str raw, expected, got;

		if (U_IS_SURROGATE(c) || differs(c) || u_charType(c) == U_UNASSIGNED ||
			u_charType(c) == U_PRIVATE_USE_CHAR)
			continue;
		arena_reset(&arena);
		out = oracle(&in);
		raw = utf8(&arena, &in);
		expected = utf8(&arena, &out);
		got = fold_text(&arena, raw);
		if (!str_eq(got, expected)) {
			print_error("U+%04X: \"%.*s\", expected \"%.*s\"\n", (unsigned)c,
				STR_ARG(got), STR_ARG(expected));
			wrong++;
		}
		letters += (U_GET_GC_MASK(c) & U_GC_L_MASK) != 0;
	}
	assert_int_equal(wrong, 0);
	assert_true(letters > 45000);
}

/* Composed and decomposed spelling are the same words, in the scripts whose accents are marks. */
static void test_both_forms(void **state UNUSED)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	UErrorCode code = U_ZERO_ERROR;
	const UNormalizer2 *nfd = unorm2_getNFDInstance(&code);

	assert_true(U_SUCCESS(code));
	for (UChar32 c = 0x80; c < 0x2000; c = c == 0x530 ? 0x1E00 : c + 1) {
		struct units in = { .at = { 'a', (UChar)c, 'b' }, .n = 3 }, apart;
		struct str together, pieces;

		apart = normal(nfd, &in);
		arena_reset(&arena);
		together = fold_text(&arena, utf8(&arena, &in));
		pieces = fold_text(&arena, utf8(&arena, &apart));
		if (!str_eq(together, pieces))
			fail_msg("U+%04X: \"%.*s\" and \"%.*s\"", (unsigned)c, STR_ARG(together),
				STR_ARG(pieces));
	}
}

static void test_texts(void **state UNUSED)
{
	static const char *const texts[] = {
		"Maîtrise d’œuvre pour la rénovation énergétique de l’Hôtel de Ville",
		"PRESTATIONS D'HÉBERGEMENT « SECNUMCLOUD » – LOT N° 3 (ÎLE-DE-FRANCE)",
		"Œuvres d'Ælfric, cœur, Noël, naïve, aiguë, ça, où, L’Haÿ-les-Roses",
		"Kraftfahrzeugversicherung für große Städte; ČESKÝ, Łódź, Țară, Ñandú, Ångström",
		"Παροχή υπηρεσιών ΚΑΘΑΡΙΣΜΟΥ; Обслуживание ЙОД ёлка",
	};
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;

	for (size_t i = 0; i < LENGTH(texts); i++) {
		UErrorCode code = U_ZERO_ERROR;
		struct units in, out;

		u_strFromUTF8(in.at, UNITS_MAX, &in.n, texts[i], -1, &code);
		assert_true(U_SUCCESS(code));
		out = oracle(&in);
		assert_true(str_eq(fold_text(&arena, str_of(texts[i])), utf8(&arena, &out)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_character),
		cmocka_unit_test(test_both_forms),
		cmocka_unit_test(test_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
