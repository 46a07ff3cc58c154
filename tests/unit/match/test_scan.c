/*
 * The two halves of the lexical pass: what begins with the ids of words finds the very terms, scopes and
 * fields that the text itself gives.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../../src/match/scan.h"

static const char rules_text[] = "stop de la l\n"
				 "field f \"F\" cap 9\n"
				 "rule f.a \"A\"\n"
				 " any text, lots \"gestion de l'eau\" =\"eaux usées\" capteur\n"
				 " any text, lots /goutte.{0,4}goutte/ /irrig\\w*/ /\\bSOC\\b/C /eau (?!usee)/\n"
				 " any title =\"réseau d eau potable\" \"réseau de chaleur\"\n"
				 "weight f.a 5\n";

struct bed {
	struct arena arena;
	struct rules *rules;
	struct lexicon *lexicon;
	struct terms *terms;
	struct scan scan;
};

static void bed_open(struct bed *bed)
{
	struct error err = ERROR_INIT;
	struct rule_problem *problems;
	struct rule_source file = { STR("test.rules"), str_of(rules_text) };
	const struct rule *rule;
	size_t n;

	*bed = (struct bed){ .arena = ARENA_INIT };
	assert_int_equal(rules_parse(&file, 1, &bed->arena, &problems, &n, &bed->rules, &err), 0);
	bed->lexicon = lexicon_new(bed->rules);
	bed->terms = terms_new(bed->lexicon);
	rule = &bed->rules->rules[0];
	for (size_t i = 0; i < rule->n_lines; i++) {
		for (size_t j = 0; j < rule->lines[i].n_terms; j++) {
			const struct rule_term *term = &rule->lines[i].terms[j];
			int rarity;

			if (term->kind == TERM_PATTERN)
				terms_pattern(bed->terms, term, rule->lines[i].fields, 0);
			else
				terms_phrase(bed->terms, term->text, term->kind == TERM_EXACT, &rarity);
		}
	}
	lexicon_watch(bed->lexicon, terms_triggers(bed->terms));
	terms_pack(bed->terms);
	scan_init(&bed->scan, bed->terms, bed->lexicon);
}

static void bed_close(struct bed *bed)
{
	scan_done(&bed->scan);
	terms_free(bed->terms);
	lexicon_free(bed->lexicon);
	rules_free(bed->rules);
	arena_done(&bed->arena);
}

/* "term:field:start-end" of every hit, in order of term; the words of the text where they are asked for. */
static struct str tell(const struct scan *scan, struct arena *arena)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(1 << 16);

	for (uint32_t term = 1; term <= terms_count(scan->terms); term++)
		for (uint32_t at = scan->seen[term].newest; at != 0; at = scan->hits[at - 1].next)
			buf_addf(&out, "%u:%u:%s:%u-%u ", term, scan->hits[at - 1].scope,
				match_field_name(scan->hits[at - 1].field), scan->hits[at - 1].start,
				scan->hits[at - 1].end);
	return arena_dup(arena, buf_str(&out));
}

/* A text that is not there until a pattern asks for it. */
struct kept {
	struct str folded, raw;
	size_t written;
};

static void fold_kept(void *data, struct words *words)
{
	struct kept *kept = data;

	words->folded = kept->folded;
	kept->written++;
}

static void write_kept(void *data, struct words *words)
{
	struct kept *kept = data;

	words->raw = kept->raw;
	kept->written++;
}

/* From ids and places, as they would come out of a store. */
static struct str tell_from_ids(struct bed *bed, const char *text, enum match_field field, size_t *ret_written)
{
	struct folded folded = fold(&bed->arena, str_of(text));
	uint32_t *ids = arena_array(&bed->arena, uint32_t, folded.n_words);
	struct kept kept = { folded.text, str_of(text), 0 };

	scan_begin(&bed->scan);
	for (uint32_t i = 0; i < folded.n_words; i++)
		ids[i] = memo_word(&bed->scan.memo, folded_word(&folded, i));
	scan_words(&bed->scan, &(struct words){ .ids = ids, .n = folded.n_words, .places = folded.words,
		.fold = fold_kept, .write = write_kept, .data = &kept }, 0, field);
	*ret_written = kept.written;
	return tell(&bed->scan, &bed->arena);
}

static void test_from_ids(void **state)
{
	static const struct {
		const char *text;
		size_t hits;
	} cases[] = {
		{ "Gestion des eaux", 0 }, /* "des" is no function word here */
		{ "Gestion de l’eau potable", 2 },
		{ "gestions eaux usées capteurs", 3 }, /* of a word as short as "eau" the plural is a form */
		{ "arrosage goutte-à-goutte, irrigation", 2 },
		{ "Réseau d'eau potable, réseaux de la chaleur", 3 },
		{ "de l'eau", 1 },
		{ "capteur capteurs Capteur", 1 },
		{ "une distribution extraordinairement-longue-et-anticonstitutionnellement capteur", 1 },
		{ "rien", 0 },
	};
	struct bed bed;

	(void)state;
	bed_open(&bed);
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct notice notice;
		struct str whole;
		size_t written;

		notice_init(&notice);
		notice.title = str_of(cases[i].text);
		scan_notice(&bed.scan, &notice);
		if (bed.scan.n_hits != cases[i].hits)
			fail_msg("%s: %zu hits", cases[i].text, bed.scan.n_hits);
		whole = tell(&bed.scan, &bed.arena);
		assert_string_equal(tell_from_ids(&bed, cases[i].text, FIELD_TITLE, &written).ptr, whole.ptr);
	}
	bed_close(&bed);
}

/* What asks how a word was written has the text written out for it; nothing else does. */
static void test_written(void **state)
{
	struct bed bed;
	size_t written;

	(void)state;
	bed_open(&bed);
	assert_string_equal(tell_from_ids(&bed, "un soc de charrue", FIELD_TITLE, &written).ptr, "");
	assert_int_equal(written, 1);
	assert_string_not_equal(tell_from_ids(&bed, "un SOC de charrue", FIELD_TITLE, &written).ptr, "");
	assert_int_equal(written, 1);
	tell_from_ids(&bed, "une charrue", FIELD_TITLE, &written);
	assert_int_equal(written, 0);
	bed_close(&bed);
}

/* What is forgotten and learnt again has the same meaning. */
static void test_forgotten(void **state)
{
	struct bed bed;
	struct str before;
	size_t written;

	(void)state;
	bed_open(&bed);
	before = tell_from_ids(&bed, "gestion de l'eau goutte a goutte", FIELD_TITLE, &written);
	assert_string_not_equal(before.ptr, "");
	memo_forget(&bed.scan.memo);
	assert_string_equal(tell_from_ids(&bed, "gestion de l'eau goutte a goutte", FIELD_TITLE, &written).ptr,
		before.ptr);
	bed_close(&bed);
}

/* Words of every length around those that are their own keys, and many of them. */
static void test_memo(void **state)
{
	struct bed bed;
	char text[40];
	uint32_t ids[40 * 26];

	(void)state;
	bed_open(&bed);
	for (int round = 0; round < 2; round++) {
		for (uint32_t i = 0; i < LENGTH(ids); i++) {
			size_t len = 1 + i / 26;
			uint32_t id;

			memset(text, 'a' + (int)(i % 26), len);
			id = memo_word(&bed.scan.memo, str_n(text, len));
			if (round == 0)
				ids[i] = id;
			assert_int_equal(id, ids[i]);
			assert_true(str_eq(memo_text(&bed.scan.memo, id), str_n(text, len)));
		}
	}
	assert_int_equal(bed.scan.memo.n, LENGTH(ids));
	bed_close(&bed);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_from_ids),
		cmocka_unit_test(test_written),
		cmocka_unit_test(test_forgotten),
		cmocka_unit_test(test_memo),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
