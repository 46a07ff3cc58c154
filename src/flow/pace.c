#include "pace.h"

#include <assert.h>

void pace_init(struct pace *pace, int64_t pause_ms, size_t budget, int64_t window_ms)
{
	assert(budget <= PACE_BUDGET_MAX);
	*pace = (struct pace){ .pause_ms = pause_ms, .window_ms = window_ms, .budget = budget };
}

static int64_t left(int64_t from, int64_t length, int64_t at)
{
	return from + length > at ? from + length - at : 0;
}

int64_t pace_due(const struct pace *pace, int64_t at)
{
	int64_t pause = pace->asked > 0 ? left(pace->ended, pace->pause_ms, at) : 0;
	int64_t window = 0;

	/* The slot the next request will take holds the one `budget` requests ago. */
	if (pace->budget > 0 && pace->asked >= pace->budget)
		window = left(pace->began[pace->asked % pace->budget], pace->window_ms, at);
	return pause > window ? pause : window;
}

void pace_begin(struct pace *pace, int64_t at)
{
	if (pace->budget > 0)
		pace->began[pace->asked % pace->budget] = at;
	pace->asked++;
	pace->ended = at;
}

void pace_end(struct pace *pace, int64_t at)
{
	pace->ended = at;
}

int64_t pace_backoff(int64_t base_ms, int64_t max_ms, int failed, uint64_t random)
{
	int64_t ceiling = base_ms;

	while (--failed > 0 && ceiling < max_ms)
		ceiling *= 2;
	if (ceiling > max_ms)
		ceiling = max_ms;
	return ceiling > 0 ? (int64_t)(random % ((uint64_t)ceiling + 1)) : 0;
}
