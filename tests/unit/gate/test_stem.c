#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gate/stem.h"

/* Words of one row have one stem, words of different rows different ones. */
static void words_of_a_family_meet(void **state)
{
	static const struct {
		const char *language;
		const char *families[4][4];
	} cases[] = {
		{ "fr", { { "capteur", "capteurs" }, { "logiciel", "logiciels", "logicielle" },
				{ "surveillance", "surveillances", "surveillant" },
				{ "numerique", "numeriques" } } },
		{ "en", { { "sensor", "sensors" },
				{ "connect", "connected", "connecting", "connection" },
				{ "software" }, { "purchase", "purchases", "purchased" } } },
	};
	struct arena arena = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		CLEANUP(stem_freep) struct stem *stem = stem_new(cases[i].language);
		struct str first[4];

		assert_non_null(stem);
		for (size_t f = 0; f < 4; f++) {
			const char *const *words = cases[i].families[f];

			first[f] = stem_word(stem, str_of(words[0]), &arena);
			for (size_t w = 1; w < 4 && words[w]; w++) {
				struct str other = stem_word(stem, str_of(words[w]), &arena);

				if (!str_eq(first[f], other))
					fail_msg("%s: %.*s, %s: %.*s", words[0], STR_ARG(first[f]),
						words[w], STR_ARG(other));
			}
			for (size_t g = 0; g < f; g++)
				assert_false(str_eq(first[g], first[f]));
		}
	}
	arena_done(&arena);
}

static void strange_words_are_survived(void **state)
{
	static const char *const words[] = { "", "a", "0", "2026", "3d", "\xc3\xa9",
		"\xf0\x9f\x98\x80", "\xe4\xb8\xad\xe6\x96\x87",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "s", "ss",
		"x.y@example.org", "\xff\xfe", "\xc3" };
	struct arena arena = ARENA_INIT;
	char longest[5000];

	(void)state;
	for (const char *language = "fr"; language; language = *language == 'f' ? "en" : NULL) {
		CLEANUP(stem_freep) struct stem *stem = stem_new(language);

		for (size_t i = 0; i < LENGTH(words); i++) {
			struct str result = stem_word(stem, str_of(words[i]), &arena);

			assert_true(str_given(result));
			assert_true(result.len <= strlen(words[i]) + 1);
		}
		memset(longest, 's', sizeof(longest));
		struct str word = str_n(longest, sizeof(longest));
		assert_true(str_eq(stem_word(stem, word, &arena), word));
	}
	arena_done(&arena);
}

static void results_outlive_the_next_word(void **state)
{
	struct arena arena = ARENA_INIT;
	struct stem *stem = stem_new("fr");
	struct str first = stem_word(stem, STR("irrigations"), &arena);

	(void)state;
	(void)stem_word(stem, STR("cybersecurites"), &arena);
	assert_null(stem_free(stem));
	assert_true(str_starts(first, "irrig"));
	arena_done(&arena);
}

static void other_languages_are_none(void **state)
{
	static const char *const languages[] = { "de", "french", "FR", "fra", "", "fr_FR", "xx" };

	(void)state;
	for (size_t i = 0; i < LENGTH(languages); i++)
		assert_null(stem_new(languages[i]));
	assert_null(stem_new(NULL));
	assert_null(stem_free(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_of_a_family_meet),
		cmocka_unit_test(strange_words_are_survived),
		cmocka_unit_test(results_outlive_the_next_word),
		cmocka_unit_test(other_languages_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
