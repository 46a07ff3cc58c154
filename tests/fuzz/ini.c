/* Settings files. */
#include "fuzz.h"
#include "gate/ini.h"

static int setting(void *data, const char *section, const char *key, struct str value, int line,
	struct error *err UNUSED)
{
	size_t *count = data;

	PROMISED(section && key && str_utf8_valid(value) && line > 0);
	++*count;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error err = ERROR_INIT;
	size_t count = 0;
	int r = ini_read(str_n((const char *)data, size), "fuzz.conf", setting, &count, &err);

	if (r < 0)
		fuzz_refused(r, &err);
	return 0;
}
