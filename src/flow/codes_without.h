/* A list of a profile without one of its elements: what would it bring then? */
#ifndef FLOW_CODES_WITHOUT_H
#define FLOW_CODES_WITHOUT_H

#include "tender/notice.h"

static inline struct codes codes_without(const struct codes *codes, size_t index, struct arena *arena)
{
	struct codes ret = { arena_array(arena, struct str, codes->n), 0, 0 };

	for (size_t i = 0; i < codes->n; i++)
		if (i != index)
			ret.at[ret.n++] = codes->at[i];
	return ret;
}

#endif
