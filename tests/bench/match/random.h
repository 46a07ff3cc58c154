/* Numbers that only look random: the same seed gives the same workload on every machine. */
#ifndef BENCH_RANDOM_H
#define BENCH_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct random {
	uint64_t state;
};

/* The finishing steps of splitmix64: also a good hash of one number. */
static inline uint64_t random_mix(uint64_t x)
{
	x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
	return x ^ x >> 31;
}

static inline uint64_t random_next(struct random *random)
{
	random->state += UINT64_C(0x9E3779B97F4A7C15);
	return random_mix(random->state);
}

static inline size_t random_below(struct random *random, size_t n)
{
	return (size_t)(random_next(random) % n);
}

static inline bool random_percent(struct random *random, unsigned percent)
{
	return random_below(random, 100) < percent;
}

/* In [0, 1). */
static inline double random_unit(struct random *random)
{
	return (double)(random_next(random) >> 11) * 0x1p-53;
}

#endif
