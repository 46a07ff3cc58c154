#include "flow/near.h"

static bool comes_near(const struct explanation *why)
{
	return why->gate == GATE_PASSED && why->receipt.score >= NEAR_POINTS && why->missing > 0;
}

int near_find(const struct bench *bench, const struct notice *notice, const struct match_options *options,
	struct arena *arena, struct receipts *ret, struct error *err)
{
	CLEANUP(arena_done) struct arena scratch = ARENA_INIT;
	struct receipts near = { NULL, 0 };
	size_t capacity = 0;

	for (size_t i = 0; i < bench->n_profiles; i++) {
		struct explanation why;
		int r;

		arena_reset(&scratch);
		r = matcher_explain(bench->matcher, notice, i, options, &scratch, &why, err);
		if (r >= 0 && comes_near(&why)) { /* few do: asked again, to be kept */
			r = matcher_explain(bench->matcher, notice, i, options, arena, &why, err);
			arena_grow(arena, near.at, near.n, &capacity);
			near.at[near.n++] = why.receipt;
		}
		if (r < 0)
			return r;
	}
	*ret = near;
	return 0;
}
