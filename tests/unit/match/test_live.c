/*
 * A set that is edited against one that is made anew: after any edits the same receipts, to the byte, and
 * those of the slow and obvious matcher of reference.c. APPARITEUR_CASES=100000 for more, APPARITEUR_SEED=1 for
 * others. And readers that match while somebody edits and merges: each notice sees the set as it was at some moment.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "match/live.h"
#include "random_case.h"
#include "reference.h"

enum { CASES = 1600, PROFILES = 24, STEPS = 40, NOTICES = 12, RULESET = 7 };

static size_t put_alone, put_few; /* how often a rule was replaced without the others; some when all were given */

/* What should be in the set. */
struct bed {
	struct arena arena;
	struct random_rules rules;
	struct rules *parsed;
	struct profile profiles[PROFILES];
	bool there[PROFILES];
	struct notice notices[NOTICES];
	struct live *live;
	struct live_reader *readers[2];
	struct match_options options;
	int64_t ruleset;
};

static int by_id(const void *a, const void *b)
{
	return str_cmp((*(const struct profile *const *)a)->id, (*(const struct profile *const *)b)->id);
}

static size_t profiles_of(const struct bed *bed, const struct profile **ret)
{
	size_t n = 0;

	for (size_t i = 0; i < PROFILES; i++)
		if (bed->there[i])
			ret[n++] = &bed->profiles[i];
	if (n > 1)
		qsort(ret, n, sizeof(*ret), by_id);
	return n;
}

static void bed_open(struct bed *bed)
{
	const struct profile *profiles[PROFILES];
	struct error err = ERROR_INIT;
	size_t n = 0;

	*bed = (struct bed){ .options = { .no_gates = random_below(2) == 0 }, .ruleset = RULESET };
	random_ruleset(&bed->arena, &bed->rules);
	bed->parsed = random_parsed(&bed->rules);
	for (size_t i = 0; i < PROFILES; i++) {
		bed->profiles[i] = random_profile(&bed->arena, i);
		bed->there[i] = random_below(2) == 0;
		if (bed->there[i])
			profiles[n++] = &bed->profiles[i];
	}
	for (size_t i = 0; i < NOTICES; i++)
		bed->notices[i] = random_notice(&bed->arena);
	assert_int_equal(live_new(random_parsed(&bed->rules), RULESET, profiles, n, 2, &bed->live, &err), 0);
	if (random_below(2) == 0)
		live_expect_rules(bed->live);
	for (size_t i = 0; i < LENGTH(bed->readers); i++)
		bed->readers[i] = live_reader_new(bed->live);
}

static void bed_close(struct bed *bed)
{
	for (size_t i = 0; i < LENGTH(bed->readers); i++)
		live_reader_free(bed->readers[i]);
	live_free(bed->live);
	rules_free(bed->parsed);
	arena_done(&bed->arena);
}

/* edits */

static void put_some(struct bed *bed)
{
	const struct profile *put[PROFILES];
	struct error err = ERROR_INIT;
	size_t n = 0;

	for (size_t i = random_below(PROFILES), left = 1 + random_below(3); left > 0; left--, i++) {
		size_t number = i % PROFILES;

		bed->profiles[number] = random_profile(&bed->arena, number);
		bed->there[number] = true;
		put[n++] = &bed->profiles[number];
	}
	assert_int_equal(live_put(bed->live, put, n, &err), 0);
}

static void add_word(struct bed *bed)
{
	size_t number = random_below(PROFILES);
	const struct profile *put = &bed->profiles[number];
	struct profile other = random_profile(&bed->arena, number);
	struct error err = ERROR_INIT;

	if (!bed->there[number] || other.keywords.n == 0)
		return;
	bed->profiles[number].keywords.capacity = 0;
	codes_add(&bed->profiles[number].keywords, &bed->arena, other.keywords.at[0]);
	assert_int_equal(live_put(bed->live, &put, 1, &err), 0);
}

static void remove_some(struct bed *bed)
{
	struct str ids[2];

	for (size_t i = 0; i < LENGTH(ids); i++) {
		size_t number = random_below(PROFILES);

		bed->there[number] = false;
		ids[i] = bed->profiles[number].id;
	}
	live_remove(bed->live, ids, LENGTH(ids));
}

/* The last rule of a field is asked for by no other: it may come and go. */
static void change_rules(struct bed *bed)
{
	size_t number = random_below(RANDOM_RULES), each = RANDOM_RULES / RANDOM_FIELDS;
	struct error err = ERROR_INIT;

	if (random_below(6) == 0)
		random_ruleset(&bed->arena, &bed->rules);
	else if (number % each == each - 1 && random_below(2) == 0)
		bed->rules.rules[number] = STR_NONE;
	else
		bed->rules.rules[number] = random_rule(&bed->arena, number);
	rules_free(bed->parsed);
	bed->parsed = random_parsed(&bed->rules);
	assert_int_equal(live_rules(bed->live, random_parsed(&bed->rules), ++bed->ruleset, &err), 0);
	put_few += live_size(bed->live).rules > 0;
}

/* One rule alone; where that cannot be, all of them. */
static void put_rule(struct bed *bed)
{
	size_t number = random_below(RANDOM_RULES);
	struct error err = ERROR_INIT;
	struct random_rules alone;
	struct rules *parsed;
	int r;

	if (!str_given(bed->rules.rules[number]))
		return;
	bed->rules.rules[number] = random_below(2) == 0 ? random_rule(&bed->arena, number)
							: random_edit(&bed->arena, bed->rules.rules[number]);
	alone = bed->rules;
	for (size_t i = 0; i < RANDOM_RULES; i++)
		if (i != number)
			alone.rules[i] = STR_NONE;
	rules_free(bed->parsed);
	bed->parsed = random_parsed(&bed->rules);
	bed->ruleset++;
	parsed = random_parsed_alone(&alone);
	r = parsed != NULL ? live_rules_put(bed->live, parsed, bed->ruleset, &err) : -1;
	put_alone += r == 0;
	if (r < 0)
		assert_int_equal(live_rules(bed->live, random_parsed(&bed->rules), bed->ruleset, &err), 0);
}

static void edit(struct bed *bed)
{
	switch (random_below(12)) {
	case 8: case 9: case 10: case 11: put_rule(bed); break;
	case 0: case 1: put_some(bed); break;
	case 2: case 3: add_word(bed); break;
	case 4: remove_some(bed); break;
	case 5: case 6: change_rules(bed); break;
	default: live_tidy(bed->live); break;
	}
}

/* comparing */

static size_t compare(struct bed *bed, const struct notice *notice, size_t number)
{
	const struct profile *profiles[PROFILES];
	size_t n = profiles_of(bed, profiles);
	struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	struct receipts got, fresh, plain;
	struct matcher *matcher;
	struct str a, b, c;

	assert_int_equal(matcher_new(bed->parsed, bed->ruleset, profiles, n, &matcher, &err), 0);
	assert_int_equal(matcher_run(matcher, notice, &bed->options, &arena, &fresh, &err), 0);
	plain = reference_run(bed->parsed, bed->ruleset, profiles, n, notice, &bed->options, &arena);
	assert_int_equal(live_run(bed->readers[random_below(2)], notice, &bed->options, &arena, &got, &err), 0);
	a = receipts_told(&got, &arena);
	b = receipts_told(&fresh, &arena);
	c = receipts_told(&plain, &arena);
	if (!str_eq(a, b) || !str_eq(b, c)) {
		print_message("edited:\n%.*s", STR_ARG(a)); /* one by one: cmocka cuts long messages */
		print_message("made anew:\n%.*s", STR_ARG(b));
		print_message("reference:\n%.*s", STR_ARG(c));
		fail_msg("case %zu", number);
	}
	n = plain.n;
	matcher_free(matcher);
	arena_done(&arena);
	return n;
}

static void test_edits(void **unused)
{
	const char *asked = getenv("APPARITEUR_CASES");
	size_t cases = asked != NULL ? strtoul(asked, NULL, 10) : CASES, matches = 0;

	(void)unused;
	random_begin(20261123);
	for (size_t done = 0; done < cases; done += STEPS) {
		static struct bed bed;

		bed_open(&bed);
		for (size_t i = 0; i < STEPS; i++) {
			for (size_t n = random_below(4); n > 0; n--)
				edit(&bed);
			matches += compare(&bed, &bed.notices[random_below(NOTICES)], done + i);
		}
		bed_close(&bed);
	}
	assert_true(matches > cases / 4); /* else the cases prove nothing */
	assert_true(put_alone > cases / 10);
	assert_true(put_few > cases / 50);
}

/* More edits than there may be layers, without anybody to tidy up. */
static void test_ceiling(void **unused)
{
	static struct bed bed;

	(void)unused;
	random_state = 3;
	bed_open(&bed);
	for (size_t i = 0; i < 3 * LIVE_LAYERS_MAX; i++) {
		put_some(&bed);
		assert_true(live_size(bed.live).layers <= LIVE_LAYERS_MAX);
		compare(&bed, &bed.notices[i % NOTICES], i);
	}
	while (live_tidy(bed.live))
		;
	assert_true(live_size(bed.live).layers <= LIVE_LAYERS_MAX / 2);
	bed_close(&bed);
}

static void test_batch(void **unused)
{
	static struct bed bed;
	const struct notice *notices[NOTICES];
	struct batch_result results[NOTICES];

	(void)unused;
	random_state = 4;
	bed_open(&bed);
	for (size_t i = 0; i < NOTICES; i++)
		notices[i] = &bed.notices[i];
	for (size_t round = 0; round < 20; round++) {
		edit(&bed);
		live_run_batch(bed.readers, 1 + round % 2, notices, NOTICES, &bed.options, results);
		for (size_t i = 0; i < NOTICES; i++) {
			struct error err = ERROR_INIT;
			struct arena arena = ARENA_INIT;
			struct live_reader *alone = live_reader_new(bed.live);
			struct receipts one;

			assert_false(str_given(results[i].overspent));
			assert_int_equal(live_run(alone, notices[i], &bed.options, &arena, &one, &err), 0);
			assert_true(str_eq(receipts_told(&one, &arena),
				receipts_told(&results[i].receipts, &arena)));
			live_reader_free(alone);
			arena_done(&arena);
		}
	}
	bed_close(&bed);
}

/* readers beside a writer */

enum { STATES = 2, WRITES = 400 };

struct race {
	struct bed bed;
	struct str told[STATES][NOTICES]; /* what each notice gives in each state */
	atomic_bool over;
	atomic_size_t wrong, read;
};

static void *read_on(void *data)
{
	struct race *race = data;
	struct live_reader *reader = live_reader_new(race->bed.live);

	for (size_t i = 0; !atomic_load(&race->over); i++) {
		struct arena arena = ARENA_INIT;
		struct error err = ERROR_INIT;
		struct receipts got;
		struct str told;

		if (live_run(reader, &race->bed.notices[i % NOTICES], &race->bed.options, &arena, &got, &err) != 0)
			atomic_fetch_add(&race->wrong, 1);
		told = receipts_told(&got, &arena);
		if (!str_eq(told, race->told[0][i % NOTICES]) && !str_eq(told, race->told[1][i % NOTICES]))
			atomic_fetch_add(&race->wrong, 1);
		atomic_fetch_add(&race->read, 1);
		arena_done(&arena);
	}
	return live_reader_free(reader);
}

static void *tidy_on(void *data)
{
	struct race *race = data;

	while (!atomic_load(&race->over))
		live_tidy(race->bed.live);
	return NULL;
}

/* All profiles at once from one state to the other: nobody may see some of the one and some of the other. */
static void write_on(struct race *race, struct profile states[STATES][PROFILES])
{
	const struct profile *put[PROFILES];
	struct error err = ERROR_INIT;

	for (size_t i = 0; i < WRITES || atomic_load(&race->read) < WRITES; i++) {
		for (size_t j = 0; j < PROFILES; j++)
			put[j] = &states[i % STATES][j];
		assert_int_equal(live_put(race->bed.live, put, PROFILES, &err), 0);
		if (i % 16 == 0)
			assert_int_equal(live_rules(race->bed.live, random_parsed(&race->bed.rules),
				race->bed.ruleset, &err), 0);
	}
}

static void test_readers(void **unused)
{
	static struct race race;
	static struct profile states[STATES][PROFILES];
	pthread_t threads[3];

	(void)unused;
	random_state = 5;
	bed_open(&race.bed);
	for (size_t state = 0; state < STATES; state++) {
		const struct profile *put[PROFILES];
		struct error err = ERROR_INIT;

		for (size_t i = 0; i < PROFILES; i++) {
			states[state][i] = random_profile(&race.bed.arena, i);
			put[i] = &states[state][i];
		}
		assert_int_equal(live_put(race.bed.live, put, PROFILES, &err), 0);
		for (size_t i = 0; i < NOTICES; i++) {
			struct receipts got;

			assert_int_equal(live_run(race.bed.readers[0], &race.bed.notices[i], &race.bed.options,
				&race.bed.arena, &got, &err), 0);
			race.told[state][i] = receipts_told(&got, &race.bed.arena);
		}
	}
	assert_int_equal(pthread_create(&threads[0], NULL, read_on, &race), 0);
	assert_int_equal(pthread_create(&threads[1], NULL, read_on, &race), 0);
	assert_int_equal(pthread_create(&threads[2], NULL, tidy_on, &race), 0);
	write_on(&race, states);
	atomic_store(&race.over, true);
	for (size_t i = 0; i < LENGTH(threads); i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(atomic_load(&race.wrong), 0);
	bed_close(&race.bed);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_edits),
		cmocka_unit_test(test_ceiling),
		cmocka_unit_test(test_batch),
		cmocka_unit_test(test_readers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
