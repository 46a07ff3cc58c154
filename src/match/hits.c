#include "base/buf.h"
#include "scan.h"

/* Hits compared, and the texts in which they stand. */

int fields_factor(unsigned fields)
{
	int most = 0;

	for (; fields != 0; fields &= fields - 1) {
		int factor = field_factor((enum match_field)__builtin_ctz(fields));

		if (factor > most)
			most = factor;
	}
	return most;
}

const struct hit *scan_best(const struct scan *scan, uint32_t term, unsigned fields, uint32_t scope)
{
	const struct hit *best = NULL;

	for (uint32_t i = scan->seen[term].newest; i != 0; i = scan->hits[i - 1].next) {
		const struct hit *hit = &scan->hits[i - 1];

		if ((hit->scope != 0 && hit->scope != scope) || (fields & 1u << hit->field) == 0)
			continue;
		if (best == NULL || scan_better(hit, best))
			best = hit;
	}
	return best;
}

static struct str join(const struct codes *codes, const char *between, struct arena *arena)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(1 << 20);

	for (size_t i = 0; i < codes->n; i++) {
		if (i > 0)
			buf_addz(&out, between);
		buf_adds(&out, codes->at[i]);
	}
	return arena_dup(arena, buf_str(&out));
}

struct str scan_field_text(const struct notice *notice, enum match_field field, uint32_t scope,
	struct arena *arena)
{
	switch (field) {
	case FIELD_TITLE:
		return notice->title;
	case FIELD_DESCRIPTION:
		return notice->description;
	case FIELD_LOT_TITLE:
		return notice->lots[scope - 1].title;
	case FIELD_LOT_DESCRIPTION:
		return notice->lots[scope - 1].description;
	case FIELD_CRITERIA:
		return notice->criteria;
	case FIELD_BUYER:
		return notice->buyer.name;
	case FIELD_SUBJECTS:
		return join(&notice->subjects, "\n", arena);
	case FIELD_CPV:
		return join(&notice->cpv, " ", arena);
	case FIELDS:
		break;
	}
	return STR_NONE;
}
