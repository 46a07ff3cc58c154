/*
 * Memory for tables that are asked at random places, many times for each notice. Where the system offers
 * large pages, large tables get them: to find one of thousands of small pages takes longer than to read it.
 */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include <stddef.h>

/* Zeroed, never NULL, at the beginning of a cache line; free() it. */
void *table_new(size_t n, size_t size);

#endif
