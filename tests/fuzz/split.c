/* A document of any format, split into items, each read as what it was recognised as. */
#include "fuzz.h"
#include "source/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_done) struct arena arena = { 0 };
	struct source_items items = { 0 };
	struct error err = ERROR_INIT;
	int r = source_split(str_n((const char *)data, size), &arena, &items, &err);

	if (r < 0) {
		fuzz_refused(r, &err);
		return 0;
	}
	for (size_t i = 0; i < items.n && i < 100; i++) {
		CLEANUP(arena_done) struct arena inner = { 0 };
		struct error refused = ERROR_INIT;
		struct notice notice;

		r = source_read(items.at[i].format, items.at[i].bytes, &inner, &notice, &refused);
		if (r < 0)
			fuzz_refused(r, &refused);
	}
	return 0;
}
