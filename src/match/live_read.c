#include <stdlib.h>
#include <string.h>

#include "batch.h"
#include "gates.h"
#include "live_reader.h"
#include "tender/cpv.h"

/* From a notice to its receipts by a live set: the base as any matcher is asked, then the layers above it. */

/* codes, rules */

static bool has_codes(const struct layer *layer, const struct notice *notice)
{
	for (size_t i = 0; i < notice->cpv.n; i++)
		if (sieve_has(&layer->codes, sieve_key(str_sub(cpv_significant(notice->cpv.at[i]), 0, 2))))
			return true;
	return false;
}

static const struct firing *fired_in(const struct live_reader *r)
{
	return r->amend_serial != 0 ? &r->amend_firing : &r->base->firing;
}

/* Whom of the layer the fired rules are told to, by rule; returns whether it is anybody. */
static bool tell(struct live_reader *r, const struct layer *layer)
{
	const struct told_list *const *lists = amend_lists(r->seen->amend, layer->serial);
	const struct firing *firing = fired_in(r);
	bool some = false;

	for (size_t i = 0; i < firing->n_rules; i++) {
		uint32_t rule = firing->rules[i];
		const struct rule_shares *told = layer_told(layer, rule);

		r->told[rule] = told != NULL ? *told : (struct rule_shares){ NULL, 0, 0 };
		if (lists != NULL && lists[rule] != NULL)
			r->told[rule] = told_shares(lists[rule]);
		some |= r->told[rule].n > 0;
	}
	return some;
}

/* matching */

static int by_id(const void *a, const void *b)
{
	return str_cmp(((const struct receipt *)a)->profile, ((const struct receipt *)b)->profile);
}

static int judge_above(struct live_reader *r, struct above *above, const struct notice *notice,
	const struct match_options *options, struct arena *arena, struct receipts *ret, struct error *err)
{
	const struct placed *placed = &r->seen->at[above->number];
	const struct layer *layer = placed->layer;

	*ret = (struct receipts){ NULL, 0 };
	if (has_codes(layer, notice)) {
		live_reader_touch(r, above);
		above->reader->scan.base = 0; /* codes come after all texts */
		scan_cpv(&above->reader->scan, notice);
	}
	if (tell(r, layer))
		live_reader_touch(r, above);
	if (above->notice != r->notice)
		return 0;
	above->reader->gone = placed->gone;
	above->reader->told = r->told;
	above->reader->fired = fired_in(r);
	return matcher_judge(layer->matcher, above->reader, notice, options, arena, ret, err);
}

static int judge_all(struct live_reader *r, const struct notice *notice,
	const struct match_options *options, struct arena *arena, struct receipts *ret, struct error *err)
{
	int outcome = matcher_judge(r->seen->at[0].layer->matcher, r->base, notice, options, arena, ret, err);
	struct receipts more[LIVE_LAYERS_MAX];
	size_t n = ret->n, n_more = 0;
	struct receipt *all;

	for (uint32_t left = r->placed; outcome >= 0 && left != 0; left &= left - 1, n_more++) {
		int r_above = judge_above(r, &r->above[__builtin_ctz(left)], notice, options, arena,
			&more[n_more], err);

		if (r_above < 0)
			return r_above;
		n += more[n_more].n;
	}
	if (outcome < 0 || n == ret->n)
		return outcome;
	all = arena_array(arena, struct receipt, n);
	if (ret->n > 0)
		memcpy(all, ret->at, ret->n * sizeof(*all));
	n = ret->n;
	for (size_t i = 0; i < n_more; i++)
		for (size_t j = 0; j < more[i].n; j++)
			all[n++] = more[i].at[j];
	qsort(all, n, sizeof(*all), by_id);
	*ret = (struct receipts){ all, n };
	return outcome;
}

/* The base's terms and those of the rules in the place of some, then all rules. */
static void find_amended(struct live_reader *r, const struct notice *notice)
{
	const struct matcher *m = r->seen->amend->matcher;
	uint32_t times = r->amend_scan.memo.times_forgotten;

	scan_begin(&r->amend_scan);
	r->times_amended += r->amend_scan.memo.times_forgotten != times;
	scan_notice(&r->base->scan, notice);
	r->amend_scan.base = 0; /* codes come after all texts */
	scan_cpv(&r->amend_scan, notice);
	fire_rules(&r->amend_firing, m->rules, m->code, &r->base->scan, notice);
	/* for who asks the base's reader whether a rule overspent */
	r->base->firing.overspent = r->amend_firing.overspent != 0 ? r->amend_firing.overspent
								    : r->amend_scan.overspent;
}

static int64_t ruleset_of(const struct snapshot *seen)
{
	return seen->amend != NULL ? seen->amend->ruling->ruleset : seen->at[0].layer->ruling->ruleset;
}

int live_run(struct live_reader *r, const struct notice *notice, const struct match_options *options,
	struct arena *arena, struct receipts *ret, struct error *err)
{
	int outcome;

	*ret = (struct receipts){ NULL, 0 };
	live_reader_begin(r);
	if (!options->no_gates && gate_of_notice(notice, options->now) != GATE_PASSED)
		return 0;
	r->base->scan.also = r->seen->n > 1 || r->amend_serial != 0 ? live_read_also : NULL;
	r->base->scan.also_data = r;
	if (r->amend_serial == 0)
		matcher_find(r->seen->at[0].layer->matcher, r->base, notice);
	else
		find_amended(r, notice);
	r->base->fired = fired_in(r);
	outcome = judge_all(r, notice, options, arena, ret, err);
	for (size_t i = 0; i < ret->n; i++)
		ret->at[i].ruleset = ruleset_of(r->seen);
	return outcome;
}

struct live_batch {
	struct live_reader *const *readers;
	const struct notice *const *notices;
	const struct match_options *options;
	struct batch_result *results;
};

/* What is borrowed goes with the reader's next notice, so results are copied. */
static void match_one(void *data, unsigned worker, size_t i)
{
	struct live_batch *batch = data;
	struct live_reader *r = batch->readers[worker];
	struct batch_result *result = &batch->results[i];
	struct error err = ERROR_INIT;
	struct receipts found;

	*result = (struct batch_result){ { NULL, 0 }, STR_NONE };
	arena_reset(&r->notice_arena);
	if (live_run(r, batch->notices[i], batch->options, &r->notice_arena, &found, &err) != 0)
		result->overspent = arena_dup(&r->batch, str_of(err.text));
	result->receipts.at = arena_array(&r->batch, struct receipt, found.n);
	for (result->receipts.n = 0; result->receipts.n < found.n; result->receipts.n++)
		result->receipts.at[result->receipts.n] =
			*receipt_dup(&found.at[result->receipts.n], &r->batch);
}

void live_run_batch(struct live_reader *const *readers, unsigned threads,
	const struct notice *const *notices, size_t n, const struct match_options *options,
	struct batch_result *ret)
{
	struct live_batch batch = { readers, notices, options, ret };

	for (unsigned i = 0; i < threads; i++)
		arena_reset(&readers[i]->batch);
	batch_spread(n, threads, match_one, &batch);
}
