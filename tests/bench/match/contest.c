#include "contest.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "random.h"

enum { ROUNDS_MAX = 100, STEP = 8 }; /* STEP: documents between two looks at the clock */

void found_add(struct found *found, const struct workload *workload, size_t term)
{
	uint64_t sum = random_mix(term + 1);

	if (str_given(workload->terms[term].words)) {
		found->n_words++;
		found->words += sum;
	} else {
		found->n_patterns++;
		found->patterns += sum;
	}
}

struct player {
	const struct contender *contender;
	void *state;
	struct found *found;    /* by document, of its last round */
	double *seconds;        /* by document, of its last round */
	size_t documents;       /* it does in a round */
	double rounds[ROUNDS_MAX];
	double whole[ROUNDS_MAX], terms[ROUNDS_MAX]; /* our two's time for the same documents */
	size_t n_rounds;
};

static double now(const struct contender *contender)
{
	struct timespec t;

	clock_gettime(contender->elsewhere ? CLOCK_MONOTONIC : CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double resident_mib(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	char line[100] = "";
	char *end = line;

	if (file == NULL)
		return 0;
	if (fgets(line, sizeof(line), file) != NULL)
		strtoul(line, &end, 10);
	fclose(file);
	return (double)strtoul(end, NULL, 10) * (double)sysconf(_SC_PAGESIZE) / (1 << 20);
}

struct memory {
	double resident, heap; /* MiB */
};

static struct memory memory(void)
{
	struct mallinfo2 info;

	malloc_trim(0);
	info = mallinfo2();
	return (struct memory){ resident_mib(), (double)(info.uordblks + info.hblkhd) / (1 << 20) };
}

/* Compiled code is outside the heap, and the heap reuses pages that were resident before: the larger. */
static double gained(struct memory before, struct memory after)
{
	double resident = after.resident - before.resident, heap = after.heap - before.heap;

	return resident > heap ? resident : heap;
}

/* A round: all its documents, or in the first one as many as its time allows. */
static int play(struct player *p, const struct workload *workload, double allowed, double *ret,
	struct error *err)
{
	size_t step = p->contender->at_once ? p->documents : STEP, at = 0;
	double start = now(p->contender), total = 0;

	memset(p->found, 0, workload->n_documents * sizeof(*p->found));
	while (at < p->documents) {
		size_t to = at + step < p->documents ? at + step : p->documents;
		int r = p->contender->run(p->state, workload, at, to, p->found + at, err);

		if (r < 0)
			return r;
		total = now(p->contender) - start;
		for (size_t i = at; i < to; i++)
			p->seconds[i] = total;
		at = to;
		if (allowed > 0 && total > allowed)
			break;
	}
	p->documents = at;
	*ret = total;
	return 0;
}

/* `allowed` seconds, 0: as many as it takes. */
static int prepare(struct player *p, const struct workload *workload, double allowed,
	struct figures *figures, struct error *err)
{
	struct memory before = memory(), after;
	double start = now(p->contender);
	int r = p->contender->compile(workload, &p->state, err);

	if (r < 0)
		return r;
	figures->compile = now(p->contender) - start;
	after = memory();
	figures->compiled_mib = gained(before, after);
	r = play(p, workload, allowed, &figures->cold, err);
	figures->run_mib = gained(after, memory());
	figures->documents = p->documents;
	return r;
}

/* The hits of the documents both were given are the same, but for what it is known to miss. */
static int compare(const struct player *p, const struct player *truth, struct figures *figures,
	struct error *err)
{
	size_t common = p->documents < truth->documents ? p->documents : truth->documents;

	figures->hits = figures->missed = 0;
	for (size_t i = 0; i < common; i++) {
		const struct found *a = &p->found[i], *b = &truth->found[i];
		bool words = a->n_words == b->n_words && a->words == b->words;
		bool patterns = !p->contender->patterns ||
				(a->n_patterns == b->n_patterns && a->patterns == b->patterns);

		figures->hits += a->n_words + a->n_patterns;
		if (p->contender->may_miss && a->n_words <= b->n_words)
			figures->missed += b->n_words - a->n_words;
		else if (!words || !patterns)
			return error_set(err, ERROR_SYSTEM,
				"%s: document %zu: %u words and %u patterns, but %u and %u by %s",
				p->contender->name, i, a->n_words, a->n_patterns, b->n_words,
				b->n_patterns, truth->contender->name);
	}
	return 0;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double median(double *values, size_t n)
{
	qsort(values, n, sizeof(*values), by_value);
	return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

static int play_rounds(struct player *players, size_t n, const struct workload *workload,
	const struct contest_options *options, struct figures *figures, struct error *err)
{
	for (size_t round = 0; round < options->rounds; round++) {
		for (size_t i = 0; i < n; i++) {
			struct player *p = &players[i];
			int r;

			/* what is slow is not worth a second round */
			if (round > 0 && figures[i].cold > options->seconds / 2)
				continue;
			r = play(p, workload, 0, &p->rounds[round], err);
			if (r < 0)
				return r;
			p->whole[round] = players[0].seconds[p->documents - 1];
			p->terms[round] = players[n > 1].seconds[p->documents - 1];
			p->n_rounds++;
			if (!p->contender->scores)
				r = compare(p, &players[1], &figures[i], err);
			if (r < 0)
				return r;
		}
	}
	return 0;
}

static void *zeroed(size_t n, size_t size)
{
	void *p = calloc(n, size);

	if (p == NULL)
		die("out of memory");
	return p;
}

int contest(const struct workload *workload, const struct contender *const *contenders, size_t n,
	const struct contest_options *options, struct figures *ret, struct error *err)
{
	struct player *players = zeroed(n, sizeof(*players));
	int r = 0;

	if (options->rounds > ROUNDS_MAX || options->rounds < 1) {
		free(players);
		return error_set(err, ERROR_CONFIG, "from 1 to %d rounds", ROUNDS_MAX);
	}
	for (size_t i = 0; i < n; i++) {
		players[i] = (struct player){ .contender = contenders[i], .documents = workload->n_documents };
		players[i].found = zeroed(workload->n_documents, sizeof(struct found));
		players[i].seconds = zeroed(workload->n_documents, sizeof(double));
		ret[i] = (struct figures){ .contender = contenders[i] };
	}
	for (size_t i = 0; i < n && r == 0; i++)
		r = prepare(&players[i], workload, i < 2 ? 0 : options->seconds, &ret[i], err);
	if (r == 0)
		r = play_rounds(players, n, workload, options, ret, err);
	for (size_t i = 0; i < n; i++) {
		struct player *p = &players[i];

		if (r == 0) {
			const char *remark =
				p->contender->remark == NULL ? NULL : p->contender->remark(p->state);

			if (remark != NULL)
				snprintf(ret[i].remark, sizeof(ret[i].remark), "%s", remark);
			ret[i].warm = median(p->rounds, p->n_rounds);
			ret[i].per_whole = ret[i].warm / median(p->whole, p->n_rounds);
			ret[i].per_terms = ret[i].warm / median(p->terms, p->n_rounds);
		}
		if (p->state != NULL)
			p->contender->free(p->state);
		free(p->found);
		free(p->seconds);
	}
	free(players);
	return r;
}
