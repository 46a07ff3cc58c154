/* Profiles and requirements as JSON, the two things that people upload. */
#include "base/buf.h"
#include "fuzz.h"
#include "source/exchange.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_done) struct arena arena = { 0 };
	CLEANUP(buf_done) struct buf out = BUF_INIT(64 << 20);
	CLEANUP(json_freep) struct json *json = NULL;
	struct json_writer w = { .out = &out };
	struct requirement requirement;
	struct profile profile;
	struct error err = ERROR_INIT;
	int r = json_parse(str_n((const char *)data, size), &json, &err);

	if (r < 0) {
		fuzz_refused(r, &err);
		return 0;
	}
	r = profile_from_json(json_root(json), &arena, &profile, &err);
	if (r < 0)
		fuzz_refused(r, &err);
	else
		profile_to_json(&profile, &w);
	err = (struct error)ERROR_INIT;
	r = requirement_from_json(json_root(json), 20500, &arena, &requirement, &err);
	if (r < 0)
		fuzz_refused(r, &err);
	return 0;
}
