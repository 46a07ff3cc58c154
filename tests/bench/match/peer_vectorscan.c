/*
 * Vectorscan, the portable Hyperscan: words and phrases in its database of literals, patterns in one of
 * expressions, both exact and without starts of matches. Blanks stand for word boundaries, which it
 * takes far better than \b. What it refuses (look-ahead) it gets as a prefilter, confirmed by PCRE2.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <hs/hs.h>
#include <stdio.h>
#include <stdlib.h>

#include "contender.h"

struct vectorscan {
	hs_database_t *words, *patterns;
	hs_scratch_t *scratch;
	pcre2_code **confirm; /* by term; NULL: what Vectorscan says holds */
	pcre2_match_data *data;
	size_t n_terms, n_confirmed;
	char remark[120];
};

struct list {
	const char **texts;
	size_t *lengths;
	unsigned *ids, *flags;
	unsigned n;
};

static void *zeroed(size_t n, size_t size)
{
	void *p = calloc(n, size);

	if (p == NULL)
		die("out of memory");
	return p;
}

static struct list list_new(size_t n)
{
	return (struct list){ zeroed(n + 1, sizeof(char *)), zeroed(n + 1, sizeof(size_t)),
		zeroed(n + 1, sizeof(unsigned)), zeroed(n + 1, sizeof(unsigned)), 0 };
}

static void list_done(struct list *list)
{
	free(list->texts);
	free(list->lengths);
	free(list->ids);
	free(list->flags);
}

static void list_add(struct list *list, struct str text, size_t id, unsigned flags)
{
	list->texts[list->n] = text.ptr;
	list->lengths[list->n] = text.len;
	list->ids[list->n] = (unsigned)id;
	list->flags[list->n++] = flags;
}

static int refused(hs_compile_error_t *error, struct error *err)
{
	int r = error_set(err, ERROR_SYSTEM, "Vectorscan: expression %d: %s", error->expression,
		error->message);

	hs_free_compile_error(error);
	return r;
}

static int add_pattern(struct vectorscan *v, struct list *list, const struct work_term *term, size_t id,
	struct error *err)
{
	hs_compile_error_t *error = NULL;
	hs_expr_info_t *info = NULL;
	PCRE2_SIZE at;
	int code;

	if (hs_expression_info(term->spaced.ptr, 0, &info, &error) == HS_SUCCESS) {
		free(info);
		list_add(list, term->spaced, id, HS_FLAG_SINGLEMATCH);
		return 0;
	}
	hs_free_compile_error(error);
	v->n_confirmed++;
	v->confirm[id] = pcre2_compile((PCRE2_SPTR)term->spaced.ptr, term->spaced.len, 0, &code, &at, NULL);
	if (v->confirm[id] == NULL || pcre2_jit_compile(v->confirm[id], PCRE2_JIT_COMPLETE) != 0)
		return error_set(err, ERROR_SYSTEM, "PCRE2 refuses \"%.*s\"", STR_ARG(term->spaced));
	list_add(list, term->spaced, id, HS_FLAG_SINGLEMATCH | HS_FLAG_PREFILTER);
	return 0;
}

/* arena_printf() ends its texts with a NUL, which this library wants. */
static int fill(struct vectorscan *v, const struct workload *workload, struct arena *arena,
	struct list *words, struct list *patterns, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < workload->n_terms && r == 0; i++) {
		const struct work_term *term = &workload->terms[i];

		if (str_given(term->words))
			list_add(words, arena_printf(arena, " %.*s ", STR_ARG(term->words)), i,
				HS_FLAG_SINGLEMATCH);
		else
			r = add_pattern(v, patterns, term, i, err);
	}
	return r;
}

static int build(struct vectorscan *v, const struct list *words, const struct list *patterns,
	struct error *err)
{
	hs_compile_error_t *error = NULL;

	if (hs_compile_lit_multi(words->texts, words->flags, words->ids, words->lengths, words->n,
		    HS_MODE_BLOCK, NULL, &v->words, &error) != HS_SUCCESS)
		return refused(error, err);
	if (hs_compile_multi(patterns->texts, patterns->flags, patterns->ids, patterns->n, HS_MODE_BLOCK,
		    NULL, &v->patterns, &error) != HS_SUCCESS)
		return refused(error, err);
	if (hs_alloc_scratch(v->words, &v->scratch) != HS_SUCCESS ||
		hs_alloc_scratch(v->patterns, &v->scratch) != HS_SUCCESS)
		return error_set(err, ERROR_SYSTEM, "Vectorscan: no scratch space");
	return 0;
}

static int vectorscan_compile(const struct workload *workload, void **ret, struct error *err)
{
	struct vectorscan *v = zeroed(1, sizeof(*v));
	struct list words = list_new(workload->n_terms), patterns = list_new(workload->n_terms);
	struct arena arena = ARENA_INIT;
	int r;

	*ret = v;
	v->n_terms = workload->n_terms;
	v->confirm = zeroed(workload->n_terms, sizeof(*v->confirm));
	v->data = pcre2_match_data_create(1, NULL);
	if (v->data == NULL)
		die("out of memory");
	r = fill(v, workload, &arena, &words, &patterns, err);
	if (r == 0)
		r = build(v, &words, &patterns, err);
	list_done(&words);
	list_done(&patterns);
	arena_done(&arena);
	return r;
}

struct sink {
	const struct vectorscan *v;
	const struct workload *workload;
	struct str text;
	struct found *found;
};

static int seen(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *data)
{
	struct sink *sink = data;
	const pcre2_code *confirm = sink->v->confirm[id];

	(void)from, (void)to, (void)flags;
	if (confirm == NULL || pcre2_jit_match(confirm, (PCRE2_SPTR)sink->text.ptr, sink->text.len, 0, 0,
				       sink->v->data, NULL) >= 0)
		found_add(sink->found, sink->workload, id);
	return 0;
}

static int vectorscan_run(void *state, const struct workload *workload, size_t from, size_t to,
	struct found *found, struct error *err)
{
	struct vectorscan *v = state;

	for (size_t i = from; i < to; i++) {
		struct str text = workload->texts[i];
		struct sink sink = { v, workload, text, &found[i - from] };

		if (hs_scan(v->words, text.ptr, (unsigned)text.len, 0, v->scratch, seen, &sink) != HS_SUCCESS ||
			hs_scan(v->patterns, text.ptr, (unsigned)text.len, 0, v->scratch, seen, &sink) !=
				HS_SUCCESS)
			return error_set(err, ERROR_SYSTEM, "Vectorscan: document %zu", i);
	}
	return 0;
}

static void vectorscan_free(void *state)
{
	struct vectorscan *v = state;

	for (size_t i = 0; i < v->n_terms; i++)
		pcre2_code_free(v->confirm[i]);
	free(v->confirm);
	pcre2_match_data_free(v->data);
	hs_free_scratch(v->scratch);
	hs_free_database(v->words);
	hs_free_database(v->patterns);
	free(v);
}

static const char *vectorscan_remark(const void *state)
{
	struct vectorscan *v = (struct vectorscan *)state;

	snprintf(v->remark, sizeof(v->remark), "%s; %zu patterns as prefilters, confirmed by PCRE2",
		hs_version(), v->n_confirmed);
	return v->remark;
}

const struct contender contender_vectorscan = {
	.name = "Vectorscan",
	.what = "literals and expressions, exact",
	.patterns = true,
	.compile = vectorscan_compile,
	.run = vectorscan_run,
	.free = vectorscan_free,
	.remark = vectorscan_remark,
};
