#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/hash.h"
#include "base/macros.h"

/* Two tables do not share a key, and what collides in one does not in the other. */
static void test_keys(void **state UNUSED)
{
	struct hash_key one = hash_key(), other = hash_key();

	assert_memory_not_equal(&one, &other, sizeof(one));
	assert_int_not_equal(hash_bytes(one, "marché", 7), hash_bytes(other, "marché", 7));
}

static void test_same(void **state UNUSED)
{
	struct hash_key key = hash_key();

	assert_int_equal(hash_bytes(key, "travaux", 7), hash_bytes(key, "travaux!", 7));
	assert_int_equal(hash_pair(key, 1, 2), hash_pair(key, 1, 2));
	assert_int_not_equal(hash_pair(key, 1, 2), hash_pair(key, 2, 1));
}

/* Every byte counts, and so does how many there are: zeros at the end are no padding. */
static void test_every_byte(void **state UNUSED)
{
	struct hash_key key = hash_key();
	unsigned char bytes[40] = { 0 };
	uint64_t plain = hash_bytes(key, bytes, sizeof(bytes));

	for (size_t i = 0; i < sizeof(bytes); i++) {
		bytes[i] = 1;
		assert_int_not_equal(hash_bytes(key, bytes, sizeof(bytes)), plain);
		bytes[i] = 0;
		assert_int_not_equal(hash_bytes(key, bytes, i), plain);
	}
}

static int by_value(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

enum { SLOTS = 1 << 12 };

static size_t distinct_slots(struct hash_key key)
{
	static uint64_t slots[SLOTS];
	size_t distinct = 1;

	for (uint64_t i = 0; i < SLOTS; i++)
		slots[i] = hash_pair(key, i, 0) & (SLOTS - 1);
	qsort(slots, SLOTS, sizeof(*slots), by_value);
	for (size_t i = 1; i < SLOTS; i++)
		distinct += slots[i] != slots[i - 1];
	return distinct;
}

/*
 * Low bits choose the slot: neighbouring numbers spread over a table like chance would have it (63 % of the
 * slots), under keys that chance gives and under keys that end in many zeros.
 */
static void test_spread(void **state UNUSED)
{
	for (int i = 0; i < 32; i++) {
		struct hash_key key = hash_key();

		assert_true(distinct_slots(key) > SLOTS / 2);
		key.b = (key.b | 1) << i;
		assert_true(distinct_slots(key) > SLOTS / 2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_every_byte),
		cmocka_unit_test(test_spread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
