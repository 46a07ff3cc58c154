/* Statistics for people who decide: shares with their uncertainty. */
#ifndef BASE_STATS_H
#define BASE_STATS_H

#include <stdint.h>

/*
 * A share of n cases and where the true one lies in 95 of 100 samples, by the interval of E. B. Wilson
 * (1927), which stays inside 0 … 1 and is honest for small n and for shares near the ends. n 0: nothing
 * is known, the share is 0 and the interval 0 … 1.
 */
struct share {
	int64_t k, n;
	double share, low, high;
};
struct share share_of(int64_t k, int64_t n);

enum { SHARE_FORMAT_MAX = 40 };
/* "0.75 (0.62–0.84)"; "none" when n is 0. */
const char *share_format(const struct share *share, char out[SHARE_FORMAT_MAX]);

#endif
