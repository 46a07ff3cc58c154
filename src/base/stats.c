#include "base/stats.h"

#include <math.h>
#include <stdio.h>

/* Of the normal distribution, for 95 of 100, two-sided. */
static const double z = 1.959963984540054;

static double between(double x)
{
	return x < 0 ? 0 : x > 1 ? 1 : x;
}

struct share share_of(int64_t k, int64_t n)
{
	struct share ret = { k, n, 0, 0, 1 };
	double count = (double)n, p, middle, half;

	if (n <= 0)
		return ret;
	p = (double)k / count;
	middle = (p + z * z / (2 * count)) / (1 + z * z / count);
	half = z * sqrt(p * (1 - p) / count + z * z / (4 * count * count)) / (1 + z * z / count);
	ret.share = p;
	ret.low = k == 0 ? 0 : between(middle - half);
	ret.high = k == n ? 1 : between(middle + half);
	return ret;
}

struct share share_of_strata(const struct stratum *strata, int n_strata)
{
	struct share ret = { 0, 0, 0, 0, 1 };
	double all = 0, variance = 0;

	for (int i = 0; i < n_strata; i++)
		all += (double)strata[i].size;
	for (int i = 0; i < n_strata; i++) {
		double size = (double)strata[i].size, n = (double)strata[i].n, k = (double)strata[i].k;
		double weight = all > 0 ? size / all : 0, p, rest;

		ret.k += strata[i].k;
		ret.n += strata[i].n;
		if (strata[i].size == 0)
			continue;
		p = (k + 2) / (n + 4);
		rest = size > 1 ? (size - n) / (size - 1) : 0; /* all were looked at: nothing is uncertain */
		ret.share += weight * (n > 0 ? k / n : p);
		variance += weight * weight * p * (1 - p) / (n + 4) * (rest > 0 ? rest : 0);
	}
	if (ret.n == 0)
		return (struct share){ 0, 0, 0, 0, 1 };
	ret.low = between(ret.share - z * sqrt(variance));
	ret.high = between(ret.share + z * sqrt(variance));
	return ret;
}

const char *share_format(const struct share *share, char out[SHARE_FORMAT_MAX])
{
	if (share->n == 0)
		snprintf(out, SHARE_FORMAT_MAX, "none");
	else
		snprintf(out, SHARE_FORMAT_MAX, "%.2f (%.2f–%.2f)", share->share, share->low, share->high);
	return out;
}
