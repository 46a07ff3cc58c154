#include "base/table.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/error.h"

enum { LARGE_PAGE = 2 << 20, LARGE = LARGE_PAGE / 2 };

static size_t rounded_up(size_t bytes, size_t to)
{
	return (bytes + to - 1) / to * to;
}

void *table_new(size_t n, size_t size)
{
	size_t bytes = n * size, unit = bytes >= LARGE ? LARGE_PAGE : TABLE_LINE;
	void *table;

	if (size != 0 && (n > SIZE_MAX / size || bytes > SIZE_MAX - LARGE_PAGE))
		die("out of memory");
	bytes = rounded_up(bytes + (bytes == 0), unit);
	table = aligned_alloc(unit, bytes);
	if (table == NULL)
		die("out of memory");
	if (unit == LARGE_PAGE)
		(void)madvise(table, bytes, MADV_HUGEPAGE); /* refused: it is as good as any other memory */
	memset(table, 0, bytes);
	return table;
}
