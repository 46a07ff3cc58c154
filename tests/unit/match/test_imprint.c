/* What is kept of notices in few bytes: dictionary, imprint, lists of stems; and bytes that are none of ours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../../src/match/abbreviation.h"
#include "../../../src/match/scan.h"
#include "base/fold.h"
#include "match/imprint.h"
#include "match/segment.h"

static struct notice some_notice(struct arena *arena)
{
	struct notice notice;

	notice_init(&notice);
	notice_set_id(&notice, arena, STR("boamp"), STR("26-1"));
	notice.version = 3;
	notice.kind = notice.stage = NOTICE_COMPETITION;
	notice.published = 20000;
	notice.title = STR("L’Œuvre d’art : ½ capteur, e\u0301te\u0301");
	notice.description = STR("Capteurs…   des capteurs\u00ad d'eau, a½b 1¾ RÉSEAUX réseaux ; Ⅷ ﬁn ½½\n–––– 5G.");
	notice.criteria = STR(" -- ");
	notice.buyer.name = STR("Œuvres d’Île-de-France (ŒIF)");
	codes_add(&notice.cpv, arena, STR("72212730"));
	notice.lots = arena_array(arena, struct lot, 1);
	notice.n_lots = 1;
	lot_init(&notice.lots[0]);
	notice.lots[0].id = STR("LOT-0001");
	notice.lots[0].title = STR("SOC");
	return notice;
}

/* A text comes out as it went in, and its words are where folding finds them. */
static struct imprint_lens *lens_of(const struct dictionary *dictionary, struct arena *arena)
{
	struct imprint_lens *lens = arena_array(arena, struct imprint_lens, dictionary_forms(dictionary));

	for (uint32_t i = 0; i < dictionary_forms(dictionary); i++)
		lens[i] = imprint_lens_of(dictionary_text(dictionary, dictionary_word(dictionary, i)),
			dictionary_written(dictionary, i));
	return lens;
}

static void same_text(const struct dictionary *dictionary, const struct imprint *imprint, size_t number,
	struct str text)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	CLEANUP(buf_done) struct buf out = BUF_INIT(1 << 20);
	const struct imprint_text *kept = &imprint->texts[number];
	struct folded folded = fold(&arena, text);
	struct fold_word *places = arena_array(&arena, struct fold_word, kept->n);

	imprint_text_write(dictionary, kept, &out);
	assert_true(str_eq(buf_str(&out), text));
	assert_int_equal(kept->n, folded.n_words);
	imprint_places(dictionary, kept, lens_of(dictionary, &arena), places);
	for (uint32_t i = 0; i < kept->n; i++) {
		uint32_t form = imprint->forms[kept->first + i];

		assert_true(str_eq(dictionary_text(dictionary, dictionary_word(dictionary, form)),
			folded_word(&folded, i)));
		assert_memory_equal(&places[i], &folded.words[i], sizeof(places[i]));
	}
}

/* Whatever it is, it is written out without harm. */
static void write_all(const struct dictionary *dictionary, const struct imprint *imprint)
{
	for (size_t i = 0; i < imprint->n_texts; i++) {
		CLEANUP(arena_done) struct arena arena = ARENA_INIT;
		CLEANUP(buf_done) struct buf out = BUF_INIT(1 << 20);
		struct fold_word *places = arena_array(&arena, struct fold_word, imprint->texts[i].n);

		imprint_text_write(dictionary, &imprint->texts[i], &out);
		imprint_places(dictionary, &imprint->texts[i], lens_of(dictionary, &arena), places);
	}
}

static void test_words_and_places(void **state)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	CLEANUP(buf_done) struct buf bytes = BUF_INIT(1 << 20), words = BUF_INIT(1 << 20), body = BUF_INIT(1 << 20);
	struct notice notice = some_notice(&arena);
	struct dictionary *written = dictionary_new(), *read = dictionary_new();
	struct imprint_stems stems = { NULL, 0, 0 };
	struct imprint imprint = IMPRINT_INIT;
	struct error err = ERROR_INIT;

	(void)state;
	imprint_write(written, &notice, &bytes, &body, &stems);
	dictionary_write(written, 0, &words);
	assert_int_equal(dictionary_read(read, buf_str(&words), &err), 0);
	assert_int_equal(dictionary_forms(read), dictionary_forms(written));
	assert_int_equal(dictionary_words(read), dictionary_words(written));
	assert_int_equal(dictionary_stems(read), dictionary_stems(written));
	assert_int_equal(imprint_read(read, buf_str(&bytes), &arena, &imprint, &err), 0);
	assert_int_equal(imprint_words(read, &imprint, &err), 0);
	assert_int_equal(imprint.n_texts, 2);
	assert_int_equal(imprint_read_body(read, buf_str(&body), &imprint, &err), 0);
	assert_true(str_eq(imprint.notice.id, notice.id));
	assert_int_equal(imprint.notice.version, 3);
	assert_int_equal(imprint.notice.published, 20000);
	assert_true(str_eq(imprint.notice.cpv.at[0], STR("72212730")));
	assert_int_equal(imprint.n_texts, 5);
	for (size_t i = 0; i < imprint.n_texts; i++)
		same_text(read, &imprint, i, scan_field_text(&notice, imprint.texts[i].field,
			imprint.texts[i].scope, &arena));
	/* cut anywhere, or with any byte changed, it is refused or read, and never more than that */
	for (size_t cut = 0; cut < bytes.len; cut++) {
		char keep = bytes.ptr[cut];

		assert_true(imprint_read(read, str_n(bytes.ptr, cut), &arena, &imprint, &err) < 0 ||
			imprint_words(read, &imprint, &err) < 0);
		bytes.ptr[cut] = (char)(keep ^ 0x55);
		if (imprint_read(read, buf_str(&bytes), &arena, &imprint, &err) == 0 &&
			imprint_words(read, &imprint, &err) == 0 &&
			imprint_read_body(read, buf_str(&body), &imprint, &err) == 0)
			write_all(read, &imprint);
		bytes.ptr[cut] = keep;
	}
	for (size_t cut = 0; cut < body.len; cut++) {
		assert_int_equal(imprint_read(read, buf_str(&bytes), &arena, &imprint, &err), 0);
		assert_int_equal(imprint_words(read, &imprint, &err), 0);
		assert_true(imprint_read_body(read, str_n(body.ptr, cut), &imprint, &err) < 0);
	}
	for (size_t cut = 1; cut < words.len; cut++) {
		struct dictionary *broken = dictionary_new();

		(void)!dictionary_read(broken, str_n(words.ptr, cut), &err);
		dictionary_free(broken);
	}
	imprint_done(&imprint);
	imprint_stems_done(&stems);
	dictionary_free(written);
	dictionary_free(read);
}

enum { NOTICES = 3000, STEMS = 400, PARTS = 5 };

static bool has(int64_t notice, uint32_t stem)
{
	return (uint64_t)notice * 2654435761u % (stem + 1) == 0;
}

/* Where it stands: lots are only told where it stands in some. */
static unsigned marks(int64_t notice)
{
	unsigned places = (unsigned)(1 + notice % 15);

	return (places & IMPRINT_OF_LOTS) != 0 ? places | 1u << (IMPRINT_PLACES + notice % IMPRINT_LOTS) : places;
}

static struct str list_in(const struct segment *segment, uint32_t stem)
{
	size_t at = 0;

	while (at + 1 < segment->n && segment->at[at + 1].first <= stem)
		at++;
	return segment->n > 0 ? segment_find(&segment->at[at], stem) : STR_NONE;
}

static void test_merged_lists(void **state)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct segment parts[PARTS], whole;
	struct segment_maker maker = { .at = NULL };
	struct error err = ERROR_INIT;
	uint64_t at[STEMS];

	(void)state;
	for (size_t part = 0; part < PARTS; part++) {
		/* the last part has some notices a second time, as when they were changed */
		for (int64_t notice = 1; notice <= NOTICES; notice++) {
			struct imprint_stems stems = { at, 0, STEMS };

			if ((size_t)notice % PARTS != part && !(part == PARTS - 1 && notice % 7 == 0))
				continue;
			for (uint32_t stem = 0; stem < STEMS; stem++)
				if (has(notice, stem))
					at[stems.n++] = (uint64_t)stem << 32 | marks(notice);
			segment_maker_add(&maker, notice, &stems);
		}
		segment_make(&maker, &arena, &parts[part]);
	}
	assert_int_equal(segment_merge(parts, PARTS, &arena, &whole, &err), 0);
	for (uint32_t stem = 0; stem < STEMS; stem++) {
		struct segment_list list = segment_list_of(list_in(&whole, stem));

		for (int64_t notice = 1; notice <= NOTICES; notice++) {
			if (!has(notice, stem))
				continue;
			assert_true(segment_list_next(&list));
			assert_int_equal(list.notice, notice);
			assert_int_equal(list.marks, marks(notice));
		}
		assert_false(segment_list_next(&list));
	}
	assert_false(str_given(list_in(&whole, STEMS + 5)));
	segment_maker_done(&maker);
}

static void test_abbreviations(void **state)
{
	static const struct {
		const char *pattern, *words;
		size_t letters;
	} rows[] = {
		{ "\\bENT\\b", "ent ", 0 },
		{ "\\b(MDR|X[DE]R)\\b", "mdr xdr xer ", 0 },
		{ "\\bI\\.?A\\b(?! ?[0-9])", "i ia ", 2 },
		{ "\\bG\\.?T\\.?[BC]\\b", "g gt gtb gtc ", 3 },
		{ "\\bMES\\b(?=.*(logiciel|usine))", "mes ", 0 },
		{ "\\bENT\\b|x", "", 0 },
		{ "\\bENT", "", 0 },
		{ "ENT\\b", "", 0 },
		{ "\\bEN?T\\b", "", 0 },
		{ "\\b(ENT|E)\\b", "", 0 },
		{ "\\b(?:ENT)\\b", "", 0 },
		{ "\\bENT\\b?", "", 0 },
		{ "\\bE[^N]T\\b", "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		CLEANUP(arena_done) struct arena arena = ARENA_INIT;
		struct str words[ABBREVIATION_WORDS_MAX], told = STR("");
		size_t letters, n = abbreviation_words(str_of(rows[i].pattern), &arena, words, &letters);

		for (size_t j = 0; j < n; j++)
			told = arena_printf(&arena, "%.*s%.*s ", STR_ARG(told), STR_ARG(words[j]));
		if (!str_eqz(told, rows[i].words) || (n > 0 && letters != rows[i].letters))
			fail_msg("%s: [%.*s] %zu", rows[i].pattern, STR_ARG(told), letters);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words_and_places),
		cmocka_unit_test(test_merged_lists),
		cmocka_unit_test(test_abbreviations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
