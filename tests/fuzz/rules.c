/* Rule files, as administrators write and upload them. */
#include "fuzz.h"
#include "match/rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_done) struct arena arena = { 0 };
	CLEANUP(rules_freep) struct rules *rules = NULL;
	struct rule_source file = { STR("fuzz.rules"), str_n((const char *)data, size) };
	struct rule_problem *problems = NULL;
	struct error err = ERROR_INIT;
	size_t n_problems = 0;
	int r = rules_parse(&file, 1, &arena, &problems, &n_problems, &rules, &err);

	if (r < 0)
		fuzz_refused(r, &err);
	else
		PROMISED(rules->n_rules <= RULES_MAX);
	PROMISED(n_problems <= RULES_PROBLEMS_MAX);
	return 0;
}
