#include "check.h"

int check_codes(struct codes *codes, size_t max, const char *member, const char *expected,
	canonical_fn *canonical, struct arena *arena, struct error *err)
{
	struct codes kept = { 0 };

	if (codes->n > max)
		return error_set(err, ERROR_INPUT, "%s: more than %zu codes", member, max);
	for (size_t i = 0; i < codes->n; i++) {
		struct str code = canonical(codes->at[i], arena);

		if (!str_given(code))
			return error_set(err, ERROR_INPUT, "%s[%zu]: \"%.*s\" is not %s", member, i,
				STR_ARG(str_clip(codes->at[i], 40)), expected);
		codes_add(&kept, arena, code);
	}
	*codes = kept;
	return 0;
}
