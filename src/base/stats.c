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

const char *share_format(const struct share *share, char out[SHARE_FORMAT_MAX])
{
	if (share->n == 0)
		snprintf(out, SHARE_FORMAT_MAX, "none");
	else
		snprintf(out, SHARE_FORMAT_MAX, "%.2f (%.2f–%.2f)", share->share, share->low, share->high);
	return out;
}
