/*
 * What servers answer beside notices: the index of the flux, a page of the Explore API, a search of TED;
 * and code lists. Each reads the same bytes.
 */
#include "fuzz.h"
#include "source/boamp.h"
#include "source/code_list.h"
#include "source/ted.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_done) struct arena arena = { 0 };
	struct str body = str_n((const char *)data, size);
	struct boamp_flux_index index;
	struct boamp_page records;
	struct ted_page hits;
	struct code_labels labels = { 0 };
	struct error err[4] = { ERROR_INIT, ERROR_INIT, ERROR_INIT, ERROR_INIT };
	int r[4] = { boamp_flux_index(body, &arena, &index, &err[0]),
		boamp_explore_page(body, &arena, &records, &err[1]),
		ted_search_page(body, &arena, &hits, &err[2]),
		code_list_read(body, STR("cpv"), STR("fr"), &arena, &labels, &err[3]) };

	for (int i = 0; i < 4; i++)
		if (r[i] < 0)
			fuzz_refused(r[i], &err[i]);
	(void)ted_error(body, &arena);
	return 0;
}
