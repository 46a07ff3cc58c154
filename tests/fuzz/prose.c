/* Texts of notices: repair, deadlines in words, folding. Bytes that are no UTF-8 never come so far. */
#include "base/fold.h"
#include "fuzz.h"
#include "tender/deadline.h"
#include "tender/notice.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_done) struct arena arena = { 0 };
	struct str text = str_n((const char *)data, size), repaired;
	struct deadline deadline;

	if (!str_utf8_valid(text))
		return 0;
	repaired = notice_text_repair(text, &arena);
	PROMISED(str_utf8_valid(repaired));
	deadline = deadline_from_prose(text, &arena);
	PROMISED(deadline.certainty != DEADLINE_NONE || deadline.at == TIME_NONE);
	deadline = deadline_named(text, &arena);
	PROMISED(deadline.certainty != DEADLINE_NONE || deadline.at == TIME_NONE);
	(void)deadline_read(text, &arena);
	(void)fold(&arena, text);
	return 0;
}
