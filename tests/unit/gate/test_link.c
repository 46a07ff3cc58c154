#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gate/link.h"

static struct arena arena;
static struct links links;

static const struct link_whom whom = { { "rosee", 5 }, { "ana@example.org", 15 } };

static int setup(void **state UNUSED)
{
	links_init(&links, STR("https://example.org/veille/"), STR("0123456789"));
	return 0;
}

static int teardown(void **state UNUSED)
{
	links_done(&links);
	arena_done(&arena);
	return 0;
}

/* The part of an address behind PROFILE/. */
static struct str token_of(struct str link)
{
	size_t at = str_find(link, STR("/rosee/"));

	assert_true(at != SIZE_MAX);
	return str_sub(link, at + 7, at + 7 + 43);
}

static void test_addresses_stand_below_the_base(void **state UNUSED)
{
	struct str link = link_card(&links, whom, STR("boamp:26-1"), LINK_CARD_NOT_RELEVANT, &arena);

	assert_true(str_starts(link, "https://example.org/veille/a/rosee/"));
	assert_true(str_ends(link, "/boamp:26-1?r=non"));
	assert_true(str_ends(link_feed(&links, whom, 1, LINK_FEED_CALENDAR, &arena), "/echeances.ics"));
	assert_true(str_starts(link_unsubscribe(&links, STR("rosee"), &arena),
		"https://example.org/veille/u/rosee/"));
}

static void test_without_a_web_interface_there_is_no_link(void **state UNUSED)
{
	struct links none;

	links_init(&none, STR(""), STR("0123456789"));
	assert_false(str_given(link_unsubscribe(&none, STR("rosee"), &arena)));
	assert_false(str_given(link_preferences(&none, whom, &arena)));
	assert_false(str_given(link_confirm(&none, whom, &arena)));
	assert_false(str_given(link_card(&none, whom, STR("boamp:26-1"), LINK_CARD_EXPLAIN, &arena)));
	assert_false(str_given(link_feed(&none, whom, 1, LINK_FEED_ATOM, &arena)));
}

static void test_a_token_opens_one_thing_for_one_person(void **state UNUSED)
{
	static const struct link_whom other = { { "rosee", 5 }, { "bob@example.org", 15 } };
	struct str token = token_of(link_preferences(&links, whom, &arena));
	struct str card = token_of(link_card(&links, whom, STR("boamp:26-1"), LINK_CARD_EXPLAIN, &arena));

	assert_true(link_opens(&links, LINK_PREFERENCES, whom, STR_NONE, token));
	assert_false(link_opens(&links, LINK_PREFERENCES, other, STR_NONE, token));
	for (int purpose = 0; purpose < LINK_PURPOSES; purpose++)
		if (purpose != LINK_PREFERENCES)
			assert_false(link_opens(&links, (enum link_purpose)purpose, whom, STR_NONE, token));
	assert_true(link_opens(&links, LINK_CARD, whom, STR("boamp:26-1"), card));
	assert_false(link_opens(&links, LINK_CARD, whom, STR("boamp:26-2"), card));
	assert_false(link_opens(&links, LINK_CARD, whom, STR("boamp:26-1"), str_sub(card, 0, 42)));
	assert_false(link_opens(&links, LINK_CARD, whom, STR("boamp:26-1"), STR_NONE));
}

static void test_unsubscribing_works_whatever_the_address(void **state UNUSED)
{
	struct link_whom bare = { STR("rosee"), STR_NONE };
	struct str token = token_of(link_unsubscribe(&links, STR("rosee"), &arena));

	assert_true(link_opens(&links, LINK_UNSUBSCRIBE, whom, STR_NONE, token));
	assert_true(link_opens(&links, LINK_UNSUBSCRIBE, bare, STR_NONE, token));
}

static void test_a_new_generation_closes_the_feeds_of_the_last(void **state UNUSED)
{
	struct str token = token_of(link_feed(&links, whom, 1, LINK_FEED_ATOM, &arena));

	assert_true(link_opens(&links, LINK_FEED, whom, STR("1"), token));
	assert_false(link_opens(&links, LINK_FEED, whom, STR("2"), token));
}

static void test_an_address_has_one_hash_and_each_key_another(void **state UNUSED)
{
	struct links other;
	struct str hash = link_address_hash(&links, STR("Ana@Example.org"), &arena);

	links_init(&other, STR(""), STR("another"));
	assert_true(str_eq(hash, link_address_hash(&links, STR("ana@example.org"), &arena)));
	assert_false(str_eq(hash, link_address_hash(&links, STR("bob@example.org"), &arena)));
	assert_false(str_eq(hash, link_address_hash(&other, STR("ana@example.org"), &arena)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses_stand_below_the_base),
		cmocka_unit_test(test_without_a_web_interface_there_is_no_link),
		cmocka_unit_test(test_a_token_opens_one_thing_for_one_person),
		cmocka_unit_test(test_unsubscribing_works_whatever_the_address),
		cmocka_unit_test(test_a_new_generation_closes_the_feeds_of_the_last),
		cmocka_unit_test(test_an_address_has_one_hash_and_each_key_another),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
