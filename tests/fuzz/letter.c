/* Mail that came in: what is read of any bytes is text, and a refusal is one that lasts. */
#include "fuzz.h"
#include "source/letter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_done) struct arena arena = { 0 };
	struct letter letter;
	struct error err = ERROR_INIT;
	int r = letter_parse(str_n((const char *)data, size), &arena, &letter, &err);

	if (r < 0) {
		fuzz_refused(r, &err);
		return 0;
	}
	PROMISED(str_utf8_valid(letter.text) && str_find_char(letter.text, '\0') == SIZE_MAX);
	PROMISED(!letter.failed || str_starts(letter.status, "5."));
	return 0;
}
