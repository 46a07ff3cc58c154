/* Work dealt out to threads, piece by piece: whoever is done takes the next. */
#ifndef MATCH_BATCH_H
#define MATCH_BATCH_H

#include <stddef.h>

/*
 * one(data, worker, i) for each i below n, on at most MATCHER_THREADS_MAX threads of which the caller is one;
 * no two workers of one number at a time. Where no more threads may be had, those there are do it all.
 */
void batch_spread(size_t n, unsigned threads, void (*one)(void *data, unsigned worker, size_t i), void *data);

#endif
