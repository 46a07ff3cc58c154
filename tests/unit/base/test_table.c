#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/macros.h"
#include "base/table.h"

/* Small, empty, and such as large pages are asked for: zeroed, writable to the end, on a cache line. */
static void test_zeroed(void **state UNUSED)
{
	static const struct {
		size_t n, size;
	} tables[] = { { 0, 8 }, { 1, 1 }, { 3, 24 }, { 1 << 17, 8 }, { (1 << 21) + 1, 1 } };

	for (size_t i = 0; i < LENGTH(tables); i++) {
		size_t bytes = tables[i].n * tables[i].size;
		unsigned char *table = table_new(tables[i].n, tables[i].size);

		assert_int_equal((uintptr_t)table % 64, 0);
		for (size_t at = 0; at < bytes; at++)
			if (table[at] != 0)
				fail_msg("table %zu: byte %zu of %zu is %d", i, at, bytes, table[at]);
		if (bytes > 0)
			table[bytes - 1] = 1;
		free(table);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_zeroed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
