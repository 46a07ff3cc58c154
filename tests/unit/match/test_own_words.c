/* Which of a profile's own words a place in their text belongs to, and whether it is a keyword or a part of one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../../src/match/own_words.h"
#include "base/fold.h"

static const char rule_text[] = "stop et ou de d du des la le l les au aux a sur pour dans en avec par sans\n"
				"rarity 1 gestion\n";

static const struct row {
	const char *keywords[3], *description, *at; /* the first place of these bytes */
	enum own expected;
} rows[] = {
	{ { "logiciel périscolaire" }, "", "logiciel périscolaire", OWN_KEYWORD },
	{ { "logiciel périscolaire" }, "", "périscolaire", OWN_PART },
	{ { "logiciel périscolaire" }, "", "logiciel", OWN_PART },
	{ { "périscolaire" }, "", "périscolaire", OWN_KEYWORD },
	{ { "crèche", "périscolaire", "cantine" }, "", "périscolaire", OWN_KEYWORD },
	{ { "crèche", "logiciel périscolaire", "cantine" }, "", "périscolaire", OWN_PART },
	{ { "crèche", "cantine" }, "", "cantine", OWN_KEYWORD },
	{ { "contrôle d'accès conteneurs" }, "", "contrôle d'accès", OWN_PART },
	{ { "collecte et tri des déchets" }, "", "tri des déchets", OWN_PART },
	/* function words at the ends are no words of the trade */
	{ { "la fonte" }, "", "fonte", OWN_KEYWORD },
	{ { "fonte pour les" }, "", "fonte", OWN_KEYWORD },
	{ { "  fonte !" }, "", "fonte", OWN_KEYWORD },
	{ { "«fonte»" }, "", "fonte", OWN_KEYWORD },
	{ { "de la" }, "", "de la", OWN_KEYWORD },
	{ { "de la" }, "", "la", OWN_PART },
	{ { "=fonte" }, "", "fonte", OWN_KEYWORD },
	{ { "", "fonte" }, "", "fonte", OWN_KEYWORD },
	{ { "½ fonte" }, "", "fonte", OWN_PART },
	/* the description says it all where there is no keyword */
	{ { NULL }, "Fonte d'art", "art", OWN_KEYWORD },
	{ { "acier" }, "Fonte d'art", "art", OWN_DESCRIPTION },
	{ { "acier" }, "Fonte d'art pour les mairies", "mairies", OWN_SETTING },
	{ { "mairies" }, "Fonte d'art pour les mairies", "mairies", OWN_SETTING },
	{ { "mairies de montagne" }, "Fonte d'art pour les mairies de montagne", "montagne", OWN_SETTING },
};

static uint32_t word_at(const struct folded *folded, size_t byte, bool last)
{
	for (uint32_t i = 0; i < folded->n_words; i++)
		if (last ? folded->words[i].raw_end >= byte : folded->words[i].raw_start >= byte)
			return i;
	fail();
	return 0;
}

static void try_row(const struct lexicon *lexicon, const struct row *row, struct arena *arena)
{
	struct profile profile;
	struct own_words own, read = { .stated = NULL };
	struct folded folded;
	uint8_t *known;
	const char *found;
	size_t start, end;

	profile_init(&profile);
	for (size_t i = 0; i < 3 && row->keywords[i] != NULL; i++)
		codes_add(&profile.keywords, arena, str_of(row->keywords[i]));
	profile.description = str_of(row->description);
	own = own_words_of(&profile, arena);
	own_words_settle(&own, lexicon, arena);
	found = memmem(own.text.ptr, own.text.len, row->at, strlen(row->at));
	assert_non_null(found);
	start = (size_t)(found - own.text.ptr);
	end = start + strlen(row->at);
	if (own_words_at(&own, start, end) != row->expected)
		fail_msg("%s of %s: %d", row->at, row->keywords[0], (int)own_words_at(&own, start, end));
	/* the same from what is known of each word */
	folded = fold(arena, own.text);
	known = arena_array(arena, uint8_t, folded.n_words);
	for (uint32_t i = 0; i < folded.n_words; i++) {
		known[i] = own_word(&own, folded.words[i].raw_start, folded.words[i].raw_end);
		assert_in_range(known[i], OWN_NOT, 7); /* three bits */
	}
	read.known = known;
	assert_int_equal(own_words_at(&read, word_at(&folded, start, false), word_at(&folded, end, true)), row->expected);
}

static void test_own_words(void **state)
{
	struct error err = ERROR_INIT;
	struct arena arena = ARENA_INIT;
	struct rule_source file = { STR("test.rules"), str_of(rule_text) };
	struct rule_problem *problems;
	struct rules *rules;
	size_t n_problems;
	struct lexicon *lexicon;

	(void)state;
	assert_int_equal(rules_parse(&file, 1, &arena, &problems, &n_problems, &rules, &err), 0);
	lexicon = lexicon_new(rules);
	for (size_t i = 0; i < LENGTH(rows); i++)
		try_row(lexicon, &rows[i], &arena);
	lexicon_free(lexicon);
	rules_free(rules);
	arena_done(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_own_words) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
