#include <pthread.h>
#include <stdatomic.h>

#include "reader.h"

/* Notices are dealt out one by one: whoever is done takes the next, and its result has its place. */
struct batch {
	const struct matcher *matcher;
	const struct notice *const *notices;
	size_t n;
	const struct match_options *options;
	struct batch_result *results;
	atomic_size_t next;
};

struct worker {
	struct batch *batch;
	struct reader *reader;
	pthread_t thread;
};

static void *work(void *data)
{
	struct worker *worker = data;
	struct batch *batch = worker->batch;
	struct arena *arena = &worker->reader->batch;

	arena_reset(arena);
	for (;;) {
		size_t i = atomic_fetch_add_explicit(&batch->next, 1, memory_order_relaxed);
		struct batch_result *result = &batch->results[i];
		struct error err = ERROR_INIT;

		if (i >= batch->n)
			return NULL;
		result->overspent = STR_NONE;
		if (matcher_read(batch->matcher, worker->reader, batch->notices[i], batch->options, arena,
			    &result->receipts, &err) != 0)
			result->overspent = arena_dup(arena, str_of(err.text));
	}
}

void matcher_run_batch(struct matcher *matcher, const struct notice *const *notices, size_t n,
	unsigned threads, const struct match_options *options, struct batch_result *ret)
{
	struct batch batch = { matcher, notices, n, options, ret, 0 };
	struct worker workers[MATCHER_THREADS_MAX];
	struct reader **readers = matcher_batch_readers(matcher);
	unsigned started = 1;

	if (threads == 0)
		threads = 1;
	if (threads > MATCHER_THREADS_MAX)
		threads = MATCHER_THREADS_MAX;
	for (unsigned i = 0; i < threads && (i == 0 || i < n); i++) {
		if (readers[i] == NULL)
			readers[i] = matcher_reader_new(matcher);
		workers[i] = (struct worker){ .batch = &batch, .reader = readers[i] };
	}
	/* where no more threads may be had, those there are do it all */
	while (started < threads && started < n &&
		pthread_create(&workers[started].thread, NULL, work, &workers[started]) == 0)
		started++;
	work(&workers[0]);
	for (unsigned i = 1; i < started; i++)
		pthread_join(workers[i].thread, NULL);
}
