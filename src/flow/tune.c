#include "flow/tune.h"

#include <math.h>
#include <stdlib.h>

#include "judged.h"
#include "match/tune.h"
#include "store/notice.h"
#include "tune_words.h"

struct learning {
	struct db *db;
	struct bench *bench;
	const struct rule_source *files;
	size_t n_files;
	const struct tune_options *options;
	struct arena *arena;
	struct tuning *ret;

	struct judged_pair *pairs;
	size_t n_pairs;
	struct tune_case *cases; /* those in which a rule speaks */
	int *folds;              /* of each case */
	size_t n_cases, capacity, folds_capacity;
	size_t *notices;         /* by rule: of how many notices */
	size_t *relevant, *not_relevant;
	uint32_t *last;          /* by rule: last notice counted, from 1 */
	uint32_t notice;
	uint32_t *numbers;       /* by rule: number as a feature, from 1; 0: too little is known of it */
	size_t n_features;
};

static int fold_of(struct str notice)
{
	return (int)(str_hash(notice) % TUNE_FOLDS);
}

/* Cases */

static void take_receipt(struct learning *l, const struct judgment *judgment, const struct receipt *receipt)
{
	const struct rules *rules = l->bench->rules;
	struct tune_part *parts = arena_array(l->arena, struct tune_part, receipt->n_reasons);
	size_t n = 0;

	for (size_t i = 0; i < receipt->n_reasons; i++) {
		const struct rule *rule = rules_find(rules, receipt->reasons[i].rule);
		uint32_t number;

		if (rule == NULL || rule->weight == 0)
			continue;
		number = (uint32_t)(rule - rules->rules);
		parts[n++] = (struct tune_part){ number,
			(double)receipt->reasons[i].points / (double)rule->weight };
		l->notices[number] += l->last[number] != l->notice;
		l->last[number] = l->notice;
		*(judgment->grade > 0 ? &l->relevant[number] : &l->not_relevant[number]) += 1;
	}
	if (n == 0)
		return;
	arena_grow(l->arena, l->cases, l->n_cases, &l->capacity);
	arena_grow(l->arena, l->folds, l->n_cases, &l->folds_capacity);
	l->folds[l->n_cases] = fold_of(judgment->notice);
	l->cases[l->n_cases++] = (struct tune_case){ (receipt->score - receipt->threshold) / 10.0, parts, n,
		judgment->grade > 0 };
}

/* Where no rule fires at all there is nothing to learn. */
static int take_notice(struct learning *l, const struct judged_pair *pairs, size_t n, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct match_options options = { .no_gates = true };
	struct reason *fired;
	struct notice notice;
	size_t n_fired = 0;
	int r = store_notice_find(l->db, pairs[0].judgment->notice, &arena, &notice, err);

	if (r != 0)
		return r < 0 ? r : 0;
	l->notice++;
	r = matcher_rule_reasons(l->bench->matcher, &notice, &arena, &fired, &n_fired, err);
	for (size_t i = 0; r >= 0 && n_fired > 0 && i < n; i++) {
		size_t profile = bench_profile(l->bench, pairs[i].judgment->profile);
		struct explanation why;

		if (profile == SIZE_MAX)
			continue;
		r = matcher_explain(l->bench->matcher, &notice, profile, &options, &arena, &why, err);
		if (r >= 0)
			take_receipt(l, pairs[i].judgment, &why.receipt);
	}
	return r < 0 ? r : 0;
}

static int gather(struct learning *l, struct error *err)
{
	size_t n_rules = l->bench->rules->n_rules;
	int r = judged_load(l->db, false, l->arena, &l->pairs, &l->n_pairs, err);

	l->notices = arena_array(l->arena, size_t, n_rules);
	l->relevant = arena_array(l->arena, size_t, n_rules);
	l->not_relevant = arena_array(l->arena, size_t, n_rules);
	l->last = arena_array(l->arena, uint32_t, n_rules);
	l->numbers = arena_array(l->arena, uint32_t, n_rules);
	for (size_t from = 0, to; r >= 0 && from < l->n_pairs; from = to) {
		to = judged_end(l->pairs, from, l->n_pairs);
		r = take_notice(l, &l->pairs[from], to - from, err);
	}
	for (size_t i = 0; i < n_rules && l->n_features < TUNE_RULES_MAX; i++)
		if (l->notices[i] >= TUNE_NOTICES_MIN)
			l->numbers[i] = (uint32_t)++l->n_features;
	return r;
}

/* Learning */

/* The cases outside of a fold (-1: all), with rules by their numbers as features. */
static size_t select_cases(const struct learning *l, int without, struct tune_case *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n_cases; i++) {
		const struct tune_case *c = &l->cases[i];
		struct tune_part *parts = arena_array(l->arena, struct tune_part, c->n_parts);
		size_t n_parts = 0;

		if (l->folds[i] == without)
			continue;
		for (size_t j = 0; j < c->n_parts; j++)
			if (l->numbers[c->parts[j].rule] != 0)
				parts[n_parts++] = (struct tune_part){ l->numbers[c->parts[j].rule] - 1,
					c->parts[j].part };
		ret[n++] = (struct tune_case){ c->over, parts, n_parts, c->relevant };
	}
	return n;
}

static points_t rounded(points_t weight, double change)
{
	double tenths = fmin(TUNE_CHANGE_MAX, fmax(-TUNE_CHANGE_MAX, change * 10));
	points_t after = weight + (points_t)(lround(tenths / TUNE_STEP) * TUNE_STEP);

	return after < 0 ? 0 : after;
}

/* Weights by rule. */
static points_t *learn(struct learning *l, int without, double *ret_slope)
{
	const struct rules *rules = l->bench->rules;
	struct tune_case *cases = arena_array(l->arena, struct tune_case, l->n_cases);
	double *change = arena_array(l->arena, double, l->n_features);
	points_t *weights = arena_array(l->arena, points_t, rules->n_rules);
	size_t n = select_cases(l, without, cases);

	tune_fit(cases, n, l->n_features, l->options->lambda, l->arena, change, ret_slope);
	for (size_t i = 0; i < rules->n_rules; i++) {
		points_t weight = rules->rules[i].weight;

		weights[i] = l->numbers[i] == 0 || weight == 0 ? weight
							       : rounded(weight, change[l->numbers[i] - 1]);
	}
	return weights;
}

/* Measuring: the rules again, with other weights */

static int match_with(struct learning *l, const points_t *weights, int fold, struct error *err)
{
	CLEANUP(rules_freep) struct rules *rules = NULL;
	CLEANUP(matcher_freep) struct matcher *matcher = NULL;
	struct rule_problem *problems;
	size_t n_problems;
	int r = rules_parse(l->files, l->n_files, l->arena, &problems, &n_problems, &rules, err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < rules->n_rules; i++)
		rules->rules[i].weight = weights[i];
	r = matcher_new(rules, 0, l->bench->profiles, l->bench->n_profiles, &matcher, err);
	for (size_t from = 0, to; r >= 0 && from < l->n_pairs; from = to) {
		to = judged_end(l->pairs, from, l->n_pairs);
		if (fold < 0 || fold_of(l->pairs[from].judgment->notice) == fold)
			r = judged_match(l->db, matcher, 1, &l->pairs[from], to - from, err);
	}
	return r;
}

static int by_size(const void *a, const void *b)
{
	const struct tune_rule *x = a, *y = b;
	points_t of_x = abs(x->after - x->before), of_y = abs(y->after - y->before);

	return of_x != of_y ? (of_x < of_y ? 1 : -1) : str_cmp(x->rule, y->rule);
}

static void propose(struct learning *l, const points_t *weights)
{
	const struct rules *rules = l->bench->rules;
	struct tuning *ret = l->ret;

	ret->rules = arena_array(l->arena, struct tune_rule, rules->n_rules);
	for (size_t i = 0; i < rules->n_rules; i++)
		if (weights[i] != rules->rules[i].weight)
			ret->rules[ret->n_rules++] = (struct tune_rule){ rules->rules[i].name,
				rules->rules[i].weight, weights[i], l->relevant[i], l->not_relevant[i] };
	if (ret->n_rules > 1)
		qsort(ret->rules, ret->n_rules, sizeof(*ret->rules), by_size);
}

static int measure(struct learning *l, struct error *err)
{
	const points_t *weights = learn(l, -1, &l->ret->slope);
	int r = judged_match(l->db, l->bench->matcher, 0, l->pairs, l->n_pairs, err);

	propose(l, weights);
	l->ret->now = judged_rightness(l->pairs, l->n_pairs, 0);
	if (r >= 0)
		r = match_with(l, weights, -1, err);
	l->ret->proposed = judged_rightness(l->pairs, l->n_pairs, 1);
	for (int fold = 0; r >= 0 && fold < TUNE_FOLDS; fold++) {
		double slope;

		r = match_with(l, learn(l, fold, &slope), fold, err);
	}
	l->ret->folds = judged_rightness(l->pairs, l->n_pairs, 1);
	return r;
}

int tune_run(struct db *db, struct bench *bench, const struct rule_source *files, size_t n_files,
	const struct tune_options *options, const struct progress *progress, struct arena *arena,
	struct tuning *ret, struct error *err)
{
	struct learning l = { .db = db, .bench = bench, .files = files, .n_files = n_files,
		.options = options, .arena = arena, .ret = ret };
	int r;

	*ret = (struct tuning){ .pairs = 0 };
	r = gather(&l, err);
	ret->pairs = l.n_pairs;
	for (size_t i = 0; i < l.n_pairs; i++)
		ret->audited += l.pairs[i].judgment->origin == JUDGMENT_AUDIT;
	ret->spoken = l.n_cases;
	if (r >= 0)
		r = measure(&l, err);
	return r < 0 ? r : tune_words(db, bench, l.pairs, l.n_pairs, options, progress, arena, ret, err);
}
