/*
 * How fast a server may be asked: the pause between requests, a budget of requests in a stretch of
 * time, and how long to wait after a failure. Pure: the caller brings the time (milliseconds of a
 * clock that only goes forward) and does the waiting.
 */
#ifndef PACE_H
#define PACE_H

#include <stddef.h>
#include <stdint.h>

enum { PACE_BUDGET_MAX = 512 };

struct pace {
	int64_t pause_ms;  /* from the end of a request to the start of the next */
	int64_t window_ms; /* in every such stretch … */
	size_t budget;     /* … at most so many requests begin; 0: no such bound */
	int64_t ended;     /* of the last request */
	size_t asked;
	int64_t began[PACE_BUDGET_MAX]; /* of the last `budget` requests, a ring */
};

/* `budget` is at most PACE_BUDGET_MAX. */
void pace_init(struct pace *pace, int64_t pause_ms, size_t budget, int64_t window_ms);

/* Milliseconds until the next request may begin; 0: at once. */
int64_t pace_due(const struct pace *pace, int64_t at);
void pace_begin(struct pace *pace, int64_t at);
void pace_end(struct pace *pace, int64_t at);

/*
 * The wait before try number `failed` + 1 of the same request: evenly spread between 0 and base *
 * 2^(failed - 1), at most `max_ms` (exponential back-off with full jitter, so that clients that
 * failed together do not come back together). `random`: any 64 random bits.
 */
int64_t pace_backoff(int64_t base_ms, int64_t max_ms, int failed, uint64_t random);

#endif
