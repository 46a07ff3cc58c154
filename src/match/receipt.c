#include "match/receipt.h"

#include <stdio.h>
#include <stdlib.h>

const char *points_format(points_t points, char out[POINTS_FORMAT_MAX])
{
	const char *sign = points < 0 ? "-" : "";
	int whole = abs(points / 10), tenth = abs(points % 10);

	if (tenth == 0)
		snprintf(out, POINTS_FORMAT_MAX, "%s%d", sign, whole);
	else
		snprintf(out, POINTS_FORMAT_MAX, "%s%d.%d", sign, whole, tenth);
	return out;
}
