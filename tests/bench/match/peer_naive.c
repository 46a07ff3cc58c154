/*
 * What anyone would write first: every term is a pattern of PCRE2, compiled with JIT, tried on every
 * document one after the other. On folded bytes, without UTF, which is nearly three times as fast as
 * with. Slow and obvious: it is the truth that the others are held against.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <stdlib.h>

#include "contender.h"

enum { JIT_STACK = 1 << 20 };

struct naive {
	pcre2_code **codes;
	size_t n;
	pcre2_match_data *data;
	pcre2_match_context *context;
	pcre2_jit_stack *stack;
};

static int compile_one(const struct work_term *term, pcre2_code **ret, struct error *err)
{
	struct arena arena = ARENA_INIT;
	struct str text = term->spaced;
	PCRE2_SIZE at;
	int code, r = 0;

	if (str_given(term->words))
		text = arena_printf(&arena, " %.*s ", STR_ARG(term->words));
	*ret = pcre2_compile((PCRE2_SPTR)text.ptr, text.len, PCRE2_NO_AUTO_CAPTURE, &code, &at, NULL);
	if (*ret == NULL || pcre2_jit_compile(*ret, PCRE2_JIT_COMPLETE) != 0)
		r = error_set(err, ERROR_SYSTEM, "PCRE2 refuses \"%.*s\"", STR_ARG(text));
	arena_done(&arena);
	return r;
}

static int naive_compile(const struct workload *workload, void **ret, struct error *err)
{
	struct naive *naive = calloc(1, sizeof(*naive));
	int r = 0;

	if (naive == NULL)
		die("out of memory");
	*ret = naive;
	naive->codes = calloc(workload->n_terms, sizeof(*naive->codes));
	naive->context = pcre2_match_context_create(NULL);
	naive->stack = pcre2_jit_stack_create(JIT_STACK / 8, JIT_STACK, NULL);
	naive->data = pcre2_match_data_create(1, NULL);
	if (naive->codes == NULL || naive->context == NULL || naive->stack == NULL || naive->data == NULL)
		die("out of memory");
	pcre2_jit_stack_assign(naive->context, NULL, naive->stack);
	for (; naive->n < workload->n_terms && r == 0; naive->n++)
		r = compile_one(&workload->terms[naive->n], &naive->codes[naive->n], err);
	return r;
}

static int naive_run(void *state, const struct workload *workload, size_t from, size_t to,
	struct found *found, struct error *err)
{
	struct naive *naive = state;

	for (size_t i = from; i < to; i++) {
		struct str text = workload->texts[i];

		for (size_t term = 0; term < naive->n; term++) {
			int r = pcre2_jit_match(naive->codes[term], (PCRE2_SPTR)text.ptr, text.len, 0, 0,
				naive->data, naive->context);

			if (r >= 0)
				found_add(&found[i - from], workload, term);
			else if (r != PCRE2_ERROR_NOMATCH)
				return error_set(err, ERROR_SYSTEM, "PCRE2: error %d in document %zu", r, i);
		}
	}
	return 0;
}

static void naive_free(void *state)
{
	struct naive *naive = state;

	for (size_t i = 0; i < naive->n; i++)
		pcre2_code_free(naive->codes[i]);
	free(naive->codes);
	pcre2_match_data_free(naive->data);
	pcre2_jit_stack_free(naive->stack);
	pcre2_match_context_free(naive->context);
	free(naive);
}

const struct contender contender_naive = {
	.name = "PCRE2 one by one",
	.what = "JIT, folded bytes, every term on every document",
	.patterns = true,
	.compile = naive_compile,
	.run = naive_run,
	.free = naive_free,
};
