#include "stem_lists.h"

#include <stdlib.h>

#include "match/segment.h"
#include "store/imprint.h"

/* The block that was read last: neighbouring stems stand in the same one. */
struct held {
	struct arena arena;
	struct segment_block block;
	uint32_t last; /* stem in it */
	bool some;
};

struct stem_segments {
	struct db *db;
	struct arena arena;
	struct segment_row *rows;
	struct held *held; /* by segment */
	size_t n;
};

static int hold_block(struct stem_segments *s, size_t segment, uint32_t stem, struct error *err)
{
	struct held *held = &s->held[segment];
	int r;

	if (held->some && stem >= held->block.first && stem <= held->last)
		return 0;
	arena_reset(&held->arena);
	r = store_segment_block(s->db, s->rows[segment].number, stem, &held->arena, &held->block, err);
	held->some = r == 0;
	if (r == 0)
		held->last = segment_last(&held->block);
	return r;
}

static int find_list(void *data, size_t segment, uint32_t stem, struct str *ret, struct error *err)
{
	struct stem_segments *s = data;
	int r = hold_block(s, segment, stem, err);

	*ret = r == 0 ? segment_find(&s->held[segment].block, stem) : STR_NONE;
	return r < 0 ? r : 0;
}

int stem_segments_open(struct db *db, struct stem_segments **ret, struct selection_lists *source,
	struct error *err)
{
	CLEANUP(stem_segments_closep) struct stem_segments *s = calloc(1, sizeof(*s));
	int r;

	if (s == NULL)
		die("out of memory");
	s->db = db;
	r = store_segment_list(db, &s->arena, &s->rows, &s->n, err);
	*source = (struct selection_lists){ .find = find_list, .data = s, .n_segments = s->n };
	if (r == 0)
		r = store_imprint_last(db, &source->last, err);
	if (r < 0)
		return r;
	s->held = arena_array(&s->arena, struct held, s->n);
	*ret = steal(&s);
	return 0;
}

void *stem_segments_close(struct stem_segments *s)
{
	if (s == NULL)
		return NULL;
	for (size_t i = 0; s->held != NULL && i < s->n; i++)
		arena_done(&s->held[i].arena);
	arena_done(&s->arena);
	free(s);
	return NULL;
}
