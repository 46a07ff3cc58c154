#include <stdlib.h>

#include "batch.h"
#include "compiled.h"
#include "memory.h"
#include "spoken.h"

/*
 * What every profile hears of, turned round: whom each rule is told to. Profiles are dealt out to threads
 * in runs of neighbours, and what the runs give is put together in order, so that the number of threads
 * changes nothing.
 */

enum { RUN = 256 }; /* profiles that are taken at once */

struct run {
	struct heard *at;  /* of its profiles, one after the other */
	uint32_t *ends;    /* by profile of the run */
	struct speech *said; /* the same of what is said of their own words, where it is kept */
	uint32_t *said_ends;
};

struct work {
	const struct matcher *matcher;
	struct reader *reader; /* the caller's */
	struct run *runs;
	bool keeps_said;
	struct hearing hearings[MATCHER_THREADS_MAX]; /* by worker; made when first needed */
};

static void hear_run(struct hearing *hearing, const struct matcher *m, size_t number, struct run *ret)
{
	size_t from = number * RUN, n = m->n_profiles - from < RUN ? m->n_profiles - from : RUN;

	hearing->n = hearing->n_said = 0;
	ret->ends = must(calloc(RUN, sizeof(*ret->ends)));
	ret->said_ends = must(calloc(RUN, sizeof(*ret->said_ends)));
	for (size_t i = 0; i < n; i++) {
		hear(hearing, m->profiles[from + i]);
		ret->ends[i] = (uint32_t)hearing->n;
		ret->said_ends[i] = (uint32_t)hearing->n_said;
	}
	ret->said = must(malloc((hearing->n_said + 1) * sizeof(*ret->said)));
	for (size_t i = 0; i < hearing->n_said; i++)
		ret->said[i] = hearing->said[i];
	ret->at = must(malloc((hearing->n + 1) * sizeof(*ret->at)));
	for (size_t i = 0; i < hearing->n; i++)
		ret->at[i] = hearing->at[i];
}

static void work_on(void *data, unsigned worker, size_t i)
{
	struct work *work = data;
	const struct matcher *m = work->matcher;
	struct hearing *hearing = &work->hearings[worker];

	if (hearing->reader == NULL)
		hearing_init(hearing, m->rules, m->code, &m->by_field,
			worker == 0 ? work->reader : matcher_reader_new(m));
	hearing->keeps_said = work->keeps_said;
	hear_run(hearing, m, i, &work->runs[i]);
}

static void work_done(struct work *work)
{
	for (unsigned i = 0; i < MATCHER_THREADS_MAX; i++) {
		if (work->hearings[i].reader == NULL)
			continue;
		if (i > 0)
			reader_free(work->hearings[i].reader);
		hearing_done(&work->hearings[i]);
	}
}

static void count(const struct run *run, size_t n, struct rule_shares *shares)
{
	for (uint32_t i = 0; n > 0 && i < run->ends[n - 1]; i++)
		shares[run->at[i].rule].capacity++;
}

static void spread(const struct run *run, size_t n, uint32_t first, struct rule_shares *shares)
{
	uint32_t at = 0;

	for (uint32_t i = 0; i < n; i++) {
		for (; at < run->ends[i]; at++) {
			struct rule_shares *told = &shares[run->at[at].rule];

			told->at[told->n++] = (struct rule_share){ first + i, run->at[at].percent };
		}
	}
}

static void keep(const struct run *run, size_t n, uint32_t first, const struct rules *rules, struct spoken *spoken)
{
	uint32_t at = 0;

	for (uint32_t i = 0; i < n; i++)
		for (; at < run->said_ends[i]; at++)
			spoken_add(spoken, rules, first + i, &run->said[at]);
}

void compile_told(struct matcher *m, struct reader *reader, unsigned threads, struct spoken *spoken)
{
	struct work work = { .matcher = m, .reader = reader, .keeps_said = spoken != NULL };
	size_t n_runs = (m->n_profiles + RUN - 1) / RUN;

	m->shares = arena_array(&m->arena, struct rule_shares, m->rules->n_rules);
	work.runs = must(calloc(n_runs + 1, sizeof(*work.runs)));
	batch_spread(n_runs, threads, work_on, &work);
	work_done(&work);
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < n_runs; i++) {
			size_t n = m->n_profiles - i * RUN < RUN ? m->n_profiles - i * RUN : RUN;

			if (pass == 0)
				count(&work.runs[i], n, m->shares);
			else
				spread(&work.runs[i], n, (uint32_t)(i * RUN), m->shares);
		}
		for (size_t i = 0; pass == 0 && i < m->rules->n_rules; i++)
			m->shares[i].at = arena_array(&m->arena, struct rule_share, m->shares[i].capacity);
	}
	for (size_t i = 0; i < n_runs; i++) {
		if (spoken != NULL)
			keep(&work.runs[i], m->n_profiles - i * RUN < RUN ? m->n_profiles - i * RUN : RUN,
				(uint32_t)(i * RUN), m->rules, spoken);
		free(work.runs[i].at);
		free(work.runs[i].ends);
		free(work.runs[i].said);
		free(work.runs[i].said_ends);
	}
	free(work.runs);
}
