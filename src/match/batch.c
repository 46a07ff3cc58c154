#include "batch.h"

#include <pthread.h>
#include <stdatomic.h>

#include "reader.h"

struct spread {
	size_t n;
	void (*one)(void *data, unsigned worker, size_t i);
	void *data;
	atomic_size_t next;
};

struct worker {
	struct spread *spread;
	unsigned number;
	pthread_t thread;
};

static void *work(void *data)
{
	struct worker *worker = data;
	struct spread *spread = worker->spread;

	for (;;) {
		size_t i = atomic_fetch_add_explicit(&spread->next, 1, memory_order_relaxed);

		if (i >= spread->n)
			return NULL;
		spread->one(spread->data, worker->number, i);
	}
}

void batch_spread(size_t n, unsigned threads, void (*one)(void *data, unsigned worker, size_t i), void *data)
{
	struct spread spread = { n, one, data, 0 };
	struct worker workers[MATCHER_THREADS_MAX];
	unsigned started = 1;

	for (unsigned i = 0; i < MATCHER_THREADS_MAX; i++)
		workers[i] = (struct worker){ .spread = &spread, .number = i };
	while (started < threads && started < MATCHER_THREADS_MAX && started < n &&
		pthread_create(&workers[started].thread, NULL, work, &workers[started]) == 0)
		started++;
	work(&workers[0]);
	for (unsigned i = 1; i < started; i++)
		pthread_join(workers[i].thread, NULL);
}

/* Notices, and the place of each one's result. */
struct batch {
	const struct matcher *matcher;
	struct reader **readers;
	const struct notice *const *notices;
	const struct match_options *options;
	struct batch_result *results;
};

static void match_one(void *data, unsigned worker, size_t i)
{
	struct batch *batch = data;
	struct reader *reader = batch->readers[worker];
	struct batch_result *result = &batch->results[i];
	struct error err = ERROR_INIT;

	result->overspent = STR_NONE;
	if (matcher_read(batch->matcher, reader, batch->notices[i], batch->options, &reader->batch,
		    &result->receipts, &err) != 0)
		result->overspent = arena_dup(&reader->batch, str_of(err.text));
}

void matcher_run_batch(struct matcher *matcher, const struct notice *const *notices, size_t n,
	unsigned threads, const struct match_options *options, struct batch_result *ret)
{
	struct batch batch = { matcher, matcher_batch_readers(matcher), notices, options, ret };

	if (threads > MATCHER_THREADS_MAX)
		threads = MATCHER_THREADS_MAX;
	for (unsigned i = 0; i < MATCHER_THREADS_MAX; i++) {
		if (batch.readers[i] == NULL && (i == 0 || (i < threads && i < n)))
			batch.readers[i] = matcher_reader_new(matcher);
		if (batch.readers[i] != NULL)
			arena_reset(&batch.readers[i]->batch);
	}
	batch_spread(n, threads, match_one, &batch);
}
