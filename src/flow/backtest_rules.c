/* Rules over a year: what they cost, which never fire, and which never fire alone. */
#include <string.h>

#include "flow/backtest.h"
#include "flow/imprint.h"
#include "gate/http.h"
#include "stem_lists.h"
#include "store/imprint.h"
#include "store/notice.h"

struct using {
	struct db *db;
	struct bench *bench;
	const struct progress *progress;
	struct imprint_filter filter;
	struct dictionary *dictionary;
	struct usage *all, *silent;   /* every rule; those that did not fire yet */
	struct imprint imprint;
	int64_t seq;                  /* of it */
	struct rule_uses *ret;
	size_t **with;                /* by rule: those that fired every time it did; first its first time */
	size_t *n_with;
	bool *fires;                  /* by rule, on the notice at hand; all false between notices */
	struct arena *arena, notice;
};

/* Who fires every time is the intersection of who fired each time. */
static void meet(struct using *u, uint32_t rule, const struct usage_fired *fired)
{
	size_t kept = 0;

	if (u->ret->at[rule].fired++ == 0) {
		u->with[rule] = arena_array(u->arena, size_t, fired->n);
		for (size_t i = 0; i < fired->n; i++)
			if (fired->rules[i] != rule)
				u->with[rule][u->n_with[rule]++] = fired->rules[i];
		return;
	}
	for (size_t i = 0; i < u->n_with[rule]; i++)
		if (u->fires[u->with[rule][i]])
			u->with[rule][kept++] = u->with[rule][i];
	u->n_with[rule] = kept;
}

static void take_fired(struct using *u, const struct usage_fired *fired)
{
	for (size_t i = 0; i < fired->n; i++)
		u->fires[fired->rules[i]] = true;
	for (size_t i = 0; i < fired->n; i++)
		meet(u, fired->rules[i], fired);
	for (size_t i = 0; i < fired->n; i++)
		u->fires[fired->rules[i]] = false;
}

/* Reading */

static int find_body(void *data, struct arena *arena, struct str *ret, struct error *err)
{
	struct using *u = data;

	return store_imprint_body(u->db, u->seq, arena, ret, err);
}

/* A text is longer than what imprints keep: the notice itself is asked. */
static int ask_notice(struct using *u, struct usage_fired *ret, struct error *err)
{
	const struct rules *rules = u->bench->rules;
	struct notice notice;
	struct reason *reasons;
	uint32_t *fired;
	size_t n;
	int r = store_notice_get(u->db, u->seq, &u->notice, &notice, err);

	*ret = (struct usage_fired){ NULL, 0 };
	if (r != 0)
		return r < 0 ? r : 0;
	r = matcher_rule_reasons(u->bench->matcher, &notice, &u->notice, &reasons, &n, err);
	fired = arena_array(&u->notice, uint32_t, n);
	for (size_t i = 0; r >= 0 && i < n; i++) {
		uint32_t rule = (uint32_t)(rules_find(rules, reasons[i].rule) - rules->rules);

		if (!u->fires[rule])
			fired[ret->n++] = rule;
		u->fires[rule] = true;
	}
	for (size_t i = 0; i < ret->n; i++)
		u->fires[fired[i]] = false;
	ret->rules = fired;
	return r < 0 ? r : 0;
}

/* 0, or STORE_NONE: there is no such notice in the time. */
static int open_imprint(struct using *u, int64_t seq, struct error *err)
{
	struct str head;
	int r;

	arena_reset(&u->notice);
	u->seq = seq;
	r = store_imprint_find(u->db, seq, &u->filter, &u->notice, &head, err);
	return r != 0 ? r : imprint_read(u->dictionary, head, &u->notice, &u->imprint, err);
}

static int run(struct using *u, struct usage *usage, struct usage_fired *ret, struct error *err)
{
	int r = usage_run(usage, &u->imprint, &u->notice, ret, err);

	return r == USAGE_UNSURE ? ask_notice(u, ret, err) : r;
}

/* All rules, on the newest notices. `from`: the oldest of them. */
static int count_newest(struct using *u, int64_t last, int64_t max, int64_t *from, struct error *err)
{
	int r = 0;

	for (*from = last + 1; *from > 1 && u->ret->counted < max && r >= 0 && !http_stop;) {
		struct usage_fired fired;

		r = open_imprint(u, --*from, err);
		if (r == 0)
			r = run(u, u->all, &fired, err);
		else if (r == STORE_NONE)
			continue;
		if (r < 0)
			return r;
		take_fired(u, &fired);
		u->ret->counted++;
		progress_tell(u->progress, "trying rules", u->ret->counted,
			max < u->ret->notices ? max : u->ret->notices);
	}
	for (size_t i = 0; i < u->ret->n; i++) {
		u->ret->at[i].steps = usage_steps(u->all)[i];
		u->ret->at[i].dead = u->ret->at[i].fired == 0;
	}
	return r < 0 ? r : 0;
}

/* Several times as many notices as may be tried: some have no word of such a rule. */
enum { STRETCH = 4 };

/* Rules that are silent on the newest notices, on older ones that have their words. */

/* Those from `first` on. */
static int select_older(struct using *u, int64_t first, struct selection *ret, struct error *err)
{
	CLEANUP(stem_segments_closep) struct stem_segments *segments = NULL;
	struct selection_lists source;
	int r = stem_segments_open(u->db, &segments, &source, err);

	source.first = first;
	return r < 0 ? r : usage_select(u->silent, u->dictionary, &source, ret, err);
}

static int try_older(struct using *u, int64_t seq, struct error *err)
{
	struct usage_fired fired;
	int r = open_imprint(u, seq, err);

	if (r != 0)
		return r;
	r = run(u, u->silent, &fired, err);
	for (size_t i = 0; r >= 0 && i < fired.n; i++)
		u->ret->at[fired.rules[i]].dead = false;
	return r;
}

/* Older ones from *seq down to `first`, until so many were tried. */
static int prove_stretch(struct using *u, int64_t first, int64_t *seq, int64_t *left, struct error *err)
{
	struct selection selection = SELECTION_INIT;
	int r = select_older(u, first, &selection, err);

	while (r >= 0 && *seq > first && *left > 0 && !http_stop) {
		if (!selection_has(&selection, --*seq))
			continue;
		r = try_older(u, *seq, err);
		*left -= r == 0;
	}
	selection_done(&selection);
	return r;
}

/* A stretch at a time, each twice as long: what stands before the last one tried need not be found. */
static int prove_older(struct using *u, int64_t from, int64_t max, struct error *err)
{
	bool *silent = arena_array(u->arena, bool, u->ret->n);
	int64_t seq = from, left = max, stretch = max < from / STRETCH ? STRETCH * max : from;
	int r = 0;

	for (size_t i = 0; i < u->ret->n; i++)
		silent[i] = u->ret->at[i].dead;
	u->silent = usage_new(u->bench->matcher, silent, u->dictionary);
	for (; r >= 0 && seq > 1 && left > 0 && !http_stop; stretch *= 2)
		r = prove_stretch(u, seq > stretch ? seq - stretch : 1, &seq, &left, err);
	if (r >= 0)
		r = store_imprint_count_from(u->db, &u->filter, seq, &u->ret->proved, err);
	return r < 0 ? r : 0;
}

/* Answers */

/* Of several that always fire with it the first by name; of two that always fire together, the later. */
static size_t companion(const struct using *u, size_t rule)
{
	size_t best = SIZE_MAX;

	if (u->ret->at[rule].fired < RULE_USE_FIRED_MIN)
		return SIZE_MAX;
	for (size_t i = 0; i < u->n_with[rule]; i++) {
		size_t other = u->with[rule][i];

		if (u->ret->at[other].fired == u->ret->at[rule].fired && other > rule)
			continue;
		if (other < best)
			best = other;
	}
	return best;
}

static void answer(struct using *u)
{
	for (size_t i = 0; i < u->ret->n; i++) {
		size_t with = companion(u, i);

		if (with != SIZE_MAX)
			u->ret->at[i].with = u->ret->at[with].rule;
	}
}

static int use_view(struct using *u, const struct backtest_options *options, struct error *err)
{
	int64_t last, from;
	bool current;
	int r = imprint_current(u->db, &current, err);

	if (r < 0 || !current)
		return r;
	u->ret->n = u->bench->rules->n_rules;
	r = store_imprint_count(u->db, options->since, options->until, &u->ret->notices, err);
	if (r >= 0)
		r = store_imprint_last(u->db, &last, err);
	if (r >= 0)
		r = store_dictionary_read(u->db, u->dictionary, err);
	if (r < 0)
		return r;
	u->all = usage_new(u->bench->matcher, NULL, u->dictionary);
	r = count_newest(u, last, options->rules_counted, &from, err);
	u->ret->proved = u->ret->counted;
	if (r >= 0 && u->ret->counted < u->ret->notices)
		r = prove_older(u, from, options->rules_proved, err);
	answer(u);
	return r;
}

static int use_all(struct using *u, const struct backtest_options *options, struct error *err)
{
	int64_t made;
	int r = db_writable(u->db) ? imprint_update(u->db, u->progress, &made, err) : 0;

	if (r >= 0)
		r = db_read_begin(u->db, err);
	if (r < 0)
		return r;
	r = use_view(u, options, err);
	db_read_end(u->db);
	return r;
}

int rule_uses(struct db *db, struct bench *bench, const struct backtest_options *options,
	const struct progress *progress, struct arena *arena, struct rule_uses *ret, struct error *err)
{
	size_t n = bench->rules->n_rules;
	struct using u = { .db = db, .bench = bench, .progress = progress, .arena = arena, .ret = ret,
		.filter = { options->since, options->until, 0, 0 } };
	int r;

	*ret = (struct rule_uses){ .at = arena_array(arena, struct rule_use, n) };
	u.with = arena_array(arena, size_t *, n);
	u.n_with = arena_array(arena, size_t, n);
	u.fires = arena_array(arena, bool, n);
	for (size_t i = 0; i < n; i++)
		ret->at[i].rule = bench->rules->rules[i].name;
	u.imprint.find_body = find_body;
	u.imprint.data = &u;
	u.dictionary = dictionary_new();
	r = use_all(&u, options, err);
	usage_free(u.all);
	usage_free(u.silent);
	imprint_done(&u.imprint);
	dictionary_free(u.dictionary);
	arena_done(&u.notice);
	return r < 0 ? r : 0;
}
