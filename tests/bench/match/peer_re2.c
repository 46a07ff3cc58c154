/*
 * RE2 behind FilteredRE2: every term is a pattern, of which only those are run whose atoms a text has.
 * RE2 has no look-ahead: for such a pattern it runs what stands before it, and PCRE2 confirms.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <stdlib.h>

#include "contender.h"
#include "re2_bridge.h"

struct re2 {
	struct re2_filter *filter;
	pcre2_code **confirm; /* by term */
	pcre2_match_data *data;
	size_t n_terms;
};

static int confirm_later(struct re2 *re2, const struct work_term *term, size_t id, struct error *err)
{
	PCRE2_SIZE at;
	int code;

	re2->confirm[id] = pcre2_compile((PCRE2_SPTR)term->spaced.ptr, term->spaced.len, 0, &code, &at, NULL);
	if (re2->confirm[id] == NULL || pcre2_jit_compile(re2->confirm[id], PCRE2_JIT_COMPLETE) != 0)
		return error_set(err, ERROR_SYSTEM, "PCRE2 refuses \"%.*s\"", STR_ARG(term->spaced));
	return 0;
}

static int re2_compile(const struct workload *workload, void **ret, struct error *err)
{
	struct re2 *re2 = calloc(1, sizeof(*re2));
	struct arena arena = ARENA_INIT;
	int r = 0, number;

	if (re2 == NULL)
		die("out of memory");
	*ret = re2;
	re2->n_terms = workload->n_terms;
	re2->filter = re2_filter_new();
	re2->confirm = calloc(workload->n_terms, sizeof(*re2->confirm));
	re2->data = pcre2_match_data_create(1, NULL);
	if (re2->confirm == NULL || re2->data == NULL)
		die("out of memory");
	for (size_t i = 0; i < workload->n_terms && r == 0; i++) {
		const struct work_term *term = &workload->terms[i];
		struct str text = term->spaced;

		if (str_given(term->words)) {
			text = arena_printf(&arena, " %.*s ", STR_ARG(term->words));
		} else if (term->looks_ahead) {
			r = confirm_later(re2, term, i, err);
			text = str_sub(text, 0, str_find(text, STR("(?!")));
		}
		if (r == 0 && (!re2_filter_add(re2->filter, text.ptr, text.len, &number) || number != (int)i))
			r = error_set(err, ERROR_SYSTEM, "RE2 refuses \"%.*s\"", STR_ARG(text));
	}
	if (r == 0)
		re2_filter_compile(re2->filter);
	arena_done(&arena);
	return r;
}

static int re2_run(void *state, const struct workload *workload, size_t from, size_t to,
	struct found *found, struct error *err)
{
	struct re2 *re2 = state;

	(void)err;
	for (size_t i = from; i < to; i++) {
		struct str text = workload->texts[i];
		const int *terms;
		size_t n = re2_filter_match(re2->filter, text.ptr, text.len, &terms);

		for (size_t j = 0; j < n; j++) {
			const pcre2_code *confirm = re2->confirm[terms[j]];

			if (confirm == NULL || pcre2_jit_match(confirm, (PCRE2_SPTR)text.ptr, text.len, 0, 0,
						       re2->data, NULL) >= 0)
				found_add(&found[i - from], workload, (size_t)terms[j]);
		}
	}
	return 0;
}

static void re2_free(void *state)
{
	struct re2 *re2 = state;

	for (size_t i = 0; i < re2->n_terms; i++)
		pcre2_code_free(re2->confirm[i]);
	free(re2->confirm);
	pcre2_match_data_free(re2->data);
	re2_filter_free(re2->filter);
	free(re2);
}

const struct contender contender_re2 = {
	.name = "FilteredRE2",
	.what = "atoms by Aho-Corasick, then RE2",
	.patterns = true,
	.compile = re2_compile,
	.run = re2_run,
	.free = re2_free,
};
