/* Rules over a year: which never fire, and which never fire alone. */
#include <string.h>

#include "flow/backtest.h"
#include "gate/http.h"
#include "store/notice.h"

struct using {
	struct bench *bench;
	const struct progress *progress;
	int64_t total, done;
	struct rule_use *uses;   /* by rule */
	size_t **with;           /* by rule: those that fired every time it did; first its first time */
	size_t *n_with;
	size_t *fired;           /* on the notice at hand, ascending, each once */
	bool *fires;
	struct arena *arena, notice;
};

/* Who fires every time is the intersection of who fired each time. */
static void meet(struct using *u, size_t rule, size_t n)
{
	size_t kept = 0;

	if (u->uses[rule].fired++ == 0) {
		u->with[rule] = arena_array(u->arena, size_t, n);
		for (size_t i = 0; i < n; i++)
			if (u->fired[i] != rule)
				u->with[rule][u->n_with[rule]++] = u->fired[i];
		return;
	}
	for (size_t i = 0; i < u->n_with[rule]; i++)
		if (u->fires[u->with[rule][i]])
			u->with[rule][kept++] = u->with[rule][i];
	u->n_with[rule] = kept;
}

static int use_notice(void *data, const struct notice *notice, int64_t seq UNUSED, struct error *err)
{
	struct using *u = data;
	const struct rules *rules = u->bench->rules;
	struct reason *reasons;
	size_t n_reasons, n = 0;
	int r;

	if (http_stop)
		return 1;
	arena_reset(&u->notice);
	r = matcher_rule_reasons(u->bench->matcher, notice, &u->notice, &reasons, &n_reasons, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < n_reasons; i++) {
		size_t rule = (size_t)(rules_find(rules, reasons[i].rule) - rules->rules);

		if (u->fires[rule])
			continue;
		u->fires[rule] = true;
		u->fired[n++] = rule;
	}
	for (size_t i = 0; i < n; i++)
		meet(u, u->fired[i], n);
	for (size_t i = 0; i < n; i++)
		u->fires[u->fired[i]] = false;
	progress_tell(u->progress, "trying rules", ++u->done, u->total);
	return 0;
}

/* Of several that always fire with it the first by name; of two that always fire together, the later. */
static struct str companion(const struct using *u, size_t rule)
{
	size_t best = SIZE_MAX;

	if (u->uses[rule].fired < RULE_USE_FIRED_MIN)
		return STR_NONE;
	for (size_t i = 0; i < u->n_with[rule]; i++) {
		size_t other = u->with[rule][i];

		if (u->uses[other].fired == u->uses[rule].fired && other > rule)
			continue;
		if (other < best)
			best = other;
	}
	return best == SIZE_MAX ? STR_NONE : u->uses[best].rule;
}

int rule_uses(struct db *db, struct bench *bench, day_t since, day_t until,
	const struct progress *progress, struct arena *arena, struct rule_use **ret, size_t *ret_n,
	int64_t *ret_notices, struct error *err)
{
	size_t n = bench->rules->n_rules;
	struct using u = { .bench = bench, .progress = progress, .arena = arena };
	struct notice_filter filter;
	int r;

	u.uses = arena_array(arena, struct rule_use, n);
	u.with = arena_array(arena, size_t *, n);
	u.n_with = arena_array(arena, size_t, n);
	u.fired = arena_array(arena, size_t, n);
	u.fires = arena_array(arena, bool, n);
	for (size_t i = 0; i < n; i++)
		u.uses[i].rule = bench->rules->rules[i].name;
	notice_filter_init(&filter);
	filter.since = since;
	filter.until = until;
	r = store_notice_count(db, &filter, &u.total, err);
	if (r >= 0)
		r = store_notice_each(db, &filter, use_notice, &u, err);
	arena_done(&u.notice);
	if (r < 0)
		return r;
	for (size_t i = 0; i < n; i++)
		u.uses[i].with = companion(&u, i);
	*ret = u.uses;
	*ret_n = n;
	*ret_notices = u.done;
	return 0;
}
