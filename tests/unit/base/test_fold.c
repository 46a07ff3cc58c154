#include "base/fold.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Texts that are not ASCII are spelt out where two bytes look alike or do not show. */
#define NBSP "\xC2\xA0"
#define SHY "\xC2\xAD"      /* soft hyphen */
#define ZWSP "\xE2\x80\x8B" /* zero-width space */
#define ZWJ "\xE2\x80\x8D"
#define BOM "\xEF\xBB\xBF"
#define ACUTE "\xCC\x81"   /* combining acute */
#define CEDILLA "\xCC\xA7" /* combining cedilla */

static void test_text(void **state UNUSED)
{
	static const struct {
		const char *raw, *folded;
	} table[] = {
		{ "Avis de marché", " avis de marche " },
		{ "L’Œuvre d’art", " l oeuvre d art " },
		{ "l'oeuvre D'ART", " l oeuvre d art " },
		{ "ÉTÉ ÀÂÄ ÇÉÈÊË ÎÏ ÔÖ ÙÛÜ ŸŒÆ", " ete aaa ceeee ii oo uuu yoeae " },
		{ "été àâä çéèêë îï ôö ùûü ÿœæ", " ete aaa ceeee ii oo uuu yoeae " },
		{ "MAÎTRISE D’ŒUVRE", " maitrise d oeuvre " },
		{ "e" ACUTE "te" ACUTE " franc" CEDILLA "ais", " ete francais " },
		{ "cyber" SHY "sécurité", " cybersecurite " },
		{ "cyber" ZWSP "sécu" ZWJ "rité", " cybersecurite " },
		{ BOM "avis", " avis " },
		{ "C++", " c " },
		{ "R&D", " r d " },
		{ "2026-03-30T12:00", " 2026 03 30t12 00 " },
		{ "a-b_c.d/e–f—g‑h", " a b c d e f g h " },
		{ "12" NBSP "500\xE2\x80\xAF"
		  "€ HT",
			" 12 500 ht " },
		{ "lot n°1", " lot n 1 " },
		{ "500 m²", " 500 m2 " },
		{ "½ h", " 1 2 h " },
		{ "⅞", " 7 8 " },
		{ "ﬁnance oﬃce", " finance office " },
		{ "straße STRASSE", " strasse strasse " },
		{ "ΣΊΣΥΦΟΣ Москва", " σισυφοσ москва " },
		{ "ÅNGSTRÖM Ålesund", " angstrom alesund " },
		{ "İstanbul ısı", " istanbul ısı " },
		{ "日本語 テキスト", " 日本語 テキスト " },
		{ "ＦＵＬＬ　ｗｉｄｔｈ１", " full width1 " },
		{ "don\xCA\xBCt don´t don`t don′t", " don t don t don t don t " },
		{ "« œuvre »", " oeuvre " },
		{ "d'?uvre ma?trise", " d uvre ma trise " },
		{ "Acme™ Société®", " acme societe " },
		{ "⑴ ① Ⅳ ℅", " 1 1 iv c o " },
		{ "x℅y", " xc oy " },
		{ "abcdefgh", " abcdefgh " },
		{ "ABCDEFGHI JKLMNOPQRSTUVWXYZ", " abcdefghi jklmnopqrstuvwxyz " },
		{ "0123456789 @[`{/:", " 0123456789 " },
		{ "\xF0\x9F\x98\x80 ok\xF0\x9F\x98\x80ok", " ok ok " }, /* an emoji between */
		{ "a\xF3\xA0\x84\x80"
		  "b",
			" ab " }, /* variation selector, plane 14 */
		{ "", " " },
		{ NULL, " " },
		{ " ", " " },
		{ "...!?", " " },
		{ "a", " a " },
		{ "é", " e " },
		{ ACUTE, " " },
		{ SHY ZWSP, " " },
		{ "\t\r\n\x01\x7f"
		  "a\x1b"
		  "b",
			" a b " },
		{ "\xE9t\xE9", " t " }, /* broken UTF-8 separates, whatever stands behind */
		{ "a\xC3", " a " },
		{ "a\xE2\x82", " a " },
		{ "\x80\x80\xC0\xF5\xFF"
		  "a",
			" a " },
		{ "a\xED\xA0\x80z", " a z " },
	};
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;

	for (size_t i = 0; i < LENGTH(table); i++) {
		struct folded f = fold(&arena, str_of(table[i].raw));
		struct str alone = fold_text(&arena, str_of(table[i].raw));
		size_t len = strlen(table[i].folded);

		if (!str_eqz(f.text, table[i].folded))
			fail_msg("\"%s\" gives \"%.*s\", expected \"%s\"",
				table[i].raw ? table[i].raw : "(none)", STR_ARG(f.text),
				table[i].folded);
		assert_true(str_eq(alone, len > 1 ? str_n(table[i].folded + 1, len - 2) : STR("")));
	}
}

/* Every letter and every non-letter of ASCII, alone and at each place of a group of eight. */
static void test_ascii(void **state UNUSED)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;

	for (int c = 0; c < 128; c++) {
		bool upper = c >= 'A' && c <= 'Z';
		bool kept = upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');

		for (size_t at = 0; at < 17; at++) {
			char raw[17], expected[32];
			size_t n = 0;
			struct folded f;

			memset(raw, 'Q', sizeof(raw));
			raw[at] = (char)c;
			arena_reset(&arena);
			f = fold(&arena, str_n(raw, sizeof(raw)));
			expected[n++] = ' ';
			for (size_t i = 0; i < sizeof(raw); i++) {
				if (i != at)
					expected[n++] = 'q';
				else if (kept)
					expected[n++] = (char)(upper ? c + 0x20 : c);
				else if (i > 0)
					expected[n++] = ' ';
			}
			if (expected[n - 1] != ' ')
				expected[n++] = ' ';
			assert_true(str_eq(f.text, str_n(expected, n)));
		}
	}
}

static void test_spans(void **state UNUSED)
{
	/* The raw text of each word, in order. */
	static const struct {
		const char *raw, *words[6];
	} table[] = {
		{ "L’Œuvre  d’art!", { "L", "Œuvre", "d", "art" } },
		{ "cyber" SHY "sécurité,", { "cyber" SHY "sécurité" } },
		{ "e" ACUTE "te" ACUTE " x", { "e" ACUTE "te" ACUTE, "x" } },
		{ "e" ACUTE, { "e" ACUTE } },
		{ "(a" ZWSP ")", { "a" ZWSP } },
		{ SHY "a", { "a" } },
		{ ACUTE " a", { "a" } },
		{ "500 m² ½", { "500", "m²", "½", "½" } },
		{ "x℅y z", { "x℅", "℅y", "z" } },
		{ "a⑴b", { "a", "⑴", "b" } },
		{ "ABCDEFGHIJ", { "ABCDEFGHIJ" } },
		{ "a\xE9z", { "a", "z" } },
		{ "?", { NULL } },
		{ "", { NULL } },
	};
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;

	for (size_t i = 0; i < LENGTH(table); i++) {
		struct folded f = fold(&arena, str_of(table[i].raw));
		uint32_t n = 0;

		for (; n < LENGTH(table[i].words) && table[i].words[n]; n++) {
			struct str span;

			assert_true(n < f.n_words);
			span = str_sub(
				str_of(table[i].raw), f.words[n].raw_start, f.words[n].raw_end);
			if (!str_eqz(span, table[i].words[n]))
				fail_msg("\"%s\", word %u: \"%.*s\"", table[i].raw, n,
					STR_ARG(span));
		}
		assert_int_equal(f.n_words, n);
	}
}

/* The promises of the header, for one text: its copy is exact, so that reading past it shows. */
static void check_promises(struct arena *arena, const char *text, size_t len)
{
	char *exact = malloc(len ? len : 1);
	struct str raw = { exact, len };
	size_t at = 1, raw_at = 0;
	struct fold_room room = FOLD_ROOM_INIT;
	struct folded f, roomy;

	assert_non_null(exact);
	memcpy(exact, text, len);
	f = fold(arena, raw);
	roomy = fold_again(&room, raw);
	assert_true(str_eq(roomy.text, f.text));
	assert_int_equal(roomy.n_words, f.n_words);
	assert_memory_equal(roomy.words, f.words, f.n_words * sizeof(*f.words));
	fold_room_done(&room);
	assert_true(str_utf8_valid(f.text));
	assert_int_equal(f.text.ptr[0], ' ');
	for (uint32_t i = 0; i < f.n_words; i++) {
		const struct fold_word *w = &f.words[i];
		struct str again, word = folded_word(&f, i);

		assert_int_equal(w->start, at);
		assert_true(w->len > 0);
		assert_int_equal(str_find_char(word, ' '), SIZE_MAX);
		at += w->len;
		assert_int_equal(f.text.ptr[at++], ' ');
		assert_true(
			w->raw_start >= raw_at && w->raw_end > w->raw_start && w->raw_end <= len);
		raw_at = w->raw_start;
		/* The span alone gives the word, or words of which it is one. */
		again = fold_text(arena, str_sub(raw, w->raw_start, w->raw_end));
		assert_true(str_find(again, word) != SIZE_MAX);
	}
	assert_int_equal(f.text.len, at);
	/* Folding what is folded changes nothing. */
	assert_true(str_eq(fold(arena, f.text).text, f.text));
	assert_true(str_eq(fold_text(arena, raw), str_sub(f.text, 1, at > 1 ? at - 1 : 1)));
	free(exact);
}

/* Random mixes of ordinary and strange pieces, broken bytes among them; returns the length. */
static size_t random_text(uint64_t *seed, char text[512])
{
	static const char *const pieces[] = { "a", "Z", "7", " ", "é", "œ", "’", "-", SHY, ZWSP,
		ACUTE, "½", "℅", "⑴", "ﬃ", "Σ", "語", "\xF0\x9F\x98\x80", "\xEF\xB7\xBA", "marches",
		"SECURITE", "\xC3", "\xE2\x82", "\x80", "\xFF", NBSP, "?", "\t", "ǅ", "ŀ", "É", "×", "ß" };
	size_t len = 0;

	for (uint64_t n = (*seed >> 33) % 40; n > 0; n--) {
		const char *piece;

		*seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407;
		piece = pieces[(*seed >> 33) % LENGTH(pieces)];
		memcpy(text + len, piece, strlen(piece));
		len += strlen(piece);
	}
	*seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return len;
}

static void test_promises_at_random(void **state UNUSED)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	uint64_t seed = 20260330;
	char text[512];

	for (int round = 0; round < 20000; round++) {
		size_t len = random_text(&seed, text);

		arena_reset(&arena);
		check_promises(&arena, text, len);
	}
}

/* Text is read in blocks: where they begin makes no difference. */
static void test_blocks(void **state UNUSED)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	uint64_t seed = 20261123;
	char text[700];

	for (int round = 0; round < 2000; round++) {
		size_t len = random_text(&seed, text + 64);
		struct folded f, moved;

		arena_reset(&arena);
		memset(text, ' ', 64);
		memset(text + 64 + len, '.', 100);
		f = fold(&arena, str_n(text + 64, len));
		for (size_t shift = 1; shift <= 64; shift += 3) {
			moved = fold(&arena, str_n(text + 64 - shift, shift + len + shift));
			assert_true(str_eq(moved.text, f.text));
			assert_int_equal(moved.n_words, f.n_words);
			for (uint32_t i = 0; i < f.n_words; i++) {
				assert_int_equal(moved.words[i].raw_start, f.words[i].raw_start + shift);
				assert_int_equal(moved.words[i].raw_end, f.words[i].raw_end + shift);
			}
		}
	}
}

/* A word of one to three pieces, some of them longer than what is copied at once, or than a block. */
static size_t random_word(uint64_t *seed, char *text)
{
	static const char *const pieces[] = { "a", "Ré", "É", "é", "ç", "œ", "Œ", "ß", "æ", "à", "ÿ", SHY, ZWSP, ACUTE,
		"½", "’", "—", "«", NBSP, "™", "×", "\xC3", "\xC3\xC3", "\xE2\x80", "\x80", "\xF0\x9F\x98\x80", "Σ", "a-b",
		"0123456", "ABCDEFGHIJKLMNO", "abcdefghijklmnop", "ABCDEFGHIJKLMNOPQ", "éèêëéèêëéèêëéèêë",
		"AnticonstitutionnellementAnticonstitutionnellement",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" };
	size_t len = 0;

	for (uint64_t n = 1 + (*seed >> 33) % 3; n > 0; n--) {
		const char *piece;

		*seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407;
		piece = pieces[(*seed >> 33) % LENGTH(pieces)];
		memcpy(text + len, piece, strlen(piece));
		len += strlen(piece);
	}
	return len;
}

/* Of many words with a blank or two between them each is what it is alone, and where it stands. */
static void test_words_beside_each_other(void **state UNUSED)
{
	enum { WORDS = 60, WORD_MAX = 3 * 80 };
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	uint64_t seed = 20261124;
	char text[WORDS * WORD_MAX];

	for (int round = 0; round < 3000; round++) {
		size_t starts[WORDS], ends[WORDS], len = 0;
		struct folded all;
		uint32_t at = 0;

		for (size_t i = 0; i < WORDS; i++) {
			starts[i] = len;
			len += random_word(&seed, text + len);
			ends[i] = len;
			text[len++] = ' ';
			if ((seed >> 40) % 4 == 0)
				text[len++] = ' ';
		}
		arena_reset(&arena);
		all = fold(&arena, str_n(text, len));
		for (size_t i = 0; i < WORDS; i++) {
			struct folded alone = fold(&arena, str_n(text + starts[i], ends[i] - starts[i]));

			for (uint32_t j = 0; j < alone.n_words; j++, at++) {
				assert_true(at < all.n_words);
				assert_true(str_eq(folded_word(&all, at), folded_word(&alone, j)));
				assert_int_equal(all.words[at].raw_start, starts[i] + alone.words[j].raw_start);
				assert_int_equal(all.words[at].raw_end, starts[i] + alone.words[j].raw_end);
			}
		}
		assert_int_equal(all.n_words, at);
		check_promises(&arena, text, len);
	}
}

/* The worst cases of the room that is reserved: all letters that grow, all one-letter words. */
static void test_growth(void **state UNUSED)
{
	static const char *const pieces[] = { "a", "a ", "½", "㋿", "㌖", "\xEF\xB7\xBA", "ΐ", "ŉ",
		"語", "語 ", "⒇", "㏂" };
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;

	for (size_t i = 0; i < LENGTH(pieces); i++) {
		enum { TIMES = 3000 };
		size_t len = strlen(pieces[i]);
		char *text = malloc(len * TIMES);

		assert_non_null(text);
		for (size_t n = 0; n < TIMES; n++)
			memcpy(text + n * len, pieces[i], len);
		check_promises(&arena, text, len * TIMES);
		arena_reset(&arena);
		free(text);
	}
}

/* What one text takes of the arena is what it became, not what it could have become. */
static void test_memory(void **state UNUSED)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct folded f = fold(&arena, STR("été été été été été été été été"));

	assert_int_equal(f.n_words, 8);
	assert_true(arena.total <= f.text.len + 4 + 8 * sizeof(struct fold_word));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_ascii),
		cmocka_unit_test(test_spans),
		cmocka_unit_test(test_promises_at_random),
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_words_beside_each_other),
		cmocka_unit_test(test_growth),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
