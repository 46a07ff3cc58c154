/*
 * Memory for tables that are asked at random places, many times for each notice. Where the system offers
 * large pages, large tables get them: to find one of thousands of small pages takes longer than to read it.
 */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include <stddef.h>
#include <stdint.h>

/* Zeroed, never NULL, at the beginning of a cache line; free() it. */
void *table_new(size_t n, size_t size);

enum { TABLE_LINE = 64 }; /* bytes of a cache line */

/*
 * Announces that so many bytes will be asked for: what is far away is on its way while other work is done. A few bytes
 * may stand in two lines.
 */
static inline void table_fetch(const void *at, size_t bytes)
{
	const char *line = (const char *)at - (uintptr_t)at % TABLE_LINE, *end = (const char *)at + bytes;

	for (; line < end; line += TABLE_LINE)
		__builtin_prefetch(line);
}

#endif
