/* Memory that is there: where there is none the programme ends. Private to match. */
#ifndef MATCH_MEMORY_H
#define MATCH_MEMORY_H

#include <stdlib.h>

#include "base/error.h"

static inline void *must(void *p)
{
	if (p == NULL)
		die("out of memory");
	return p;
}

/* Room for one more than asked for, so that nothing is none. */
static inline void *zeroed(size_t n, size_t size)
{
	return must(calloc(n + 1, size));
}

#endif
