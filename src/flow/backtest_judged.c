/* Golden cases and judged pairs: how right two sets of rules are. */
#include <stdlib.h>

#include "flow/backtest.h"
#include "store/judgment.h"
#include "store/notice.h"

/* Examples of rules */

/* Does any rule of the field fire on the notice? */
static int field_fires(struct bench *bench, struct str slug, const struct notice *notice, bool *ret,
	struct error *err)
{
	size_t field;
	int r = 0;

	*ret = false;
	if (rules_field(bench->rules, slug, &field) == NULL)
		return 0;
	for (size_t i = 0; r >= 0 && i < bench->rules->n_rules && !*ret; i++)
		if (bench->rules->rules[i].field == field)
			r = matcher_rule_fires(bench->matcher, i, notice, ret, err);
	return r < 0 ? r : 0;
}

/* Nothing is asked of the counter-examples of a rule that is gone. */
static int example_right(struct bench *bench, const struct rules *rules, const struct rule *rule,
	const struct rule_example *example, bool *ret, struct error *err)
{
	const struct rule *same = rules_find(bench->rules, rule->name);
	bool fires = false;
	int r;

	*ret = true;
	if (same == NULL && !example->fires)
		return 0;
	if (same != NULL)
		r = matcher_rule_fires(bench->matcher, (size_t)(same - bench->rules->rules), example->notice,
			&fires, err);
	else
		r = field_fires(bench, rules->fields[rule->field].slug, example->notice, &fires, err);
	*ret = fires == example->fires;
	return r < 0 ? r : 0;
}

struct checking {
	struct golden *golden;
	struct arena *arena;
	size_t capacity;
};

static void take_case(struct checking *c, struct golden_case one, bool right_before, bool right_after)
{
	struct golden *golden = c->golden;

	golden->cases++;
	golden->mended += !right_before && right_after;
	if (!right_before || right_after)
		return;
	arena_grow(c->arena, golden->flipped, golden->n_flipped, &c->capacity);
	golden->flipped[golden->n_flipped++] = one;
}

static int check_examples(struct checking *c, struct bench *before, struct bench *after, struct error *err)
{
	const struct rules *rules = before->rules;
	int r = 0;

	for (size_t i = 0; r >= 0 && i < rules->n_rules; i++) {
		const struct rule *rule = &rules->rules[i];

		for (size_t j = 0; r >= 0 && j < rule->n_examples; j++) {
			const struct rule_example *example = &rule->examples[j];
			bool right[2];

			r = example_right(before, rules, rule, example, &right[0], err);
			if (r >= 0)
				r = example_right(after, rules, rule, example, &right[1], err);
			if (r >= 0)
				take_case(c, (struct golden_case){ .rule = rule->name, .text = example->text,
						     .fires = example->fires },
					right[0], right[1]);
		}
	}
	return r;
}

/* Judged pairs */

struct pair {
	struct judgment *judgment;
	bool matches[2]; /* before, after */
};

static int by_notice(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	int order = str_cmp(x->judgment->notice, y->judgment->notice);

	return order != 0 ? order : str_cmp(x->judgment->profile, y->judgment->profile);
}

static bool has_profile(const struct receipts *receipts, struct str profile)
{
	for (size_t i = 0; i < receipts->n; i++)
		if (str_eq(receipts->at[i].profile, profile))
			return true;
	return false;
}

/* All pairs of one notice: matched once by each side. */
static int match_pairs(struct db *db, struct bench *const benches[2], struct pair *pairs, size_t n,
	struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct match_options options = { .no_gates = true };
	struct notice notice;
	int r = store_notice_find(db, pairs[0].judgment->notice, &arena, &notice, err);

	if (r == STORE_NONE)
		return 0;
	for (int side = 0; r >= 0 && side < 2; side++) {
		struct receipts receipts;

		if (side == 1 && benches[1] == benches[0]) {
			for (size_t i = 0; i < n; i++)
				pairs[i].matches[1] = pairs[i].matches[0];
			break;
		}
		r = matcher_run(benches[side]->matcher, &notice, &options, &arena, &receipts, err);
		for (size_t i = 0; r >= 0 && i < n; i++)
			pairs[i].matches[side] = has_profile(&receipts, pairs[i].judgment->profile);
	}
	return r < 0 ? r : 0;
}

/* Judgments that tell whether the subject fits, and what each side says. */
static int load_pairs(struct db *db, struct bench *before, struct bench *after, bool golden,
	struct arena *arena, struct pair **ret, size_t *ret_n, struct error *err)
{
	struct bench *const benches[2] = { before, after };
	struct judgment_filter filter = { STR_NONE, STR_NONE, golden };
	struct judgment *judgments;
	struct pair *pairs;
	size_t n, n_pairs = 0;
	int r = store_judgment_list(db, &filter, arena, &judgments, &n, err);

	if (r < 0)
		return r;
	pairs = arena_array(arena, struct pair, n);
	for (size_t i = 0; i < n; i++)
		if (judgment_on_subject(&judgments[i]))
			pairs[n_pairs++].judgment = &judgments[i];
	if (n_pairs > 1)
		qsort(pairs, n_pairs, sizeof(*pairs), by_notice);
	for (size_t from = 0, to; r >= 0 && from < n_pairs; from = to) {
		for (to = from + 1; to < n_pairs && str_eq(pairs[to].judgment->notice,
							    pairs[from].judgment->notice);)
			to++;
		r = match_pairs(db, benches, &pairs[from], to - from, err);
	}
	*ret = pairs;
	*ret_n = n_pairs;
	return r;
}

static bool is_right(const struct pair *pair, int side)
{
	return pair->matches[side] == (pair->judgment->grade > 0);
}

int golden_check(struct db *db, struct bench *before, struct bench *after, struct arena *arena,
	struct golden *ret, struct error *err)
{
	struct checking c = { .golden = ret, .arena = arena };
	struct pair *pairs;
	size_t n = 0;
	int r;

	*ret = (struct golden){ .cases = 0 };
	r = check_examples(&c, before, after, err);
	if (r >= 0)
		r = load_pairs(db, before, after, true, arena, &pairs, &n, err);
	for (size_t i = 0; r >= 0 && i < n; i++)
		take_case(&c, (struct golden_case){ .profile = pairs[i].judgment->profile,
				      .notice = pairs[i].judgment->notice, .grade = pairs[i].judgment->grade },
			is_right(&pairs[i], 0), is_right(&pairs[i], 1));
	return r < 0 ? r : 0;
}

static struct rightness rightness_of(const struct pair *pairs, size_t n, int side)
{
	int64_t matched = 0, good = 0, wanted = 0, found = 0;

	for (size_t i = 0; i < n; i++) {
		int grade = pairs[i].judgment->grade;

		matched += pairs[i].matches[side];
		good += pairs[i].matches[side] && grade > 0;
		wanted += grade == JUDGMENT_GRADE_MAX;
		found += pairs[i].matches[side] && grade == JUDGMENT_GRADE_MAX;
	}
	return (struct rightness){ share_of(good, matched), share_of(found, wanted) };
}

int judged_measure(struct db *db, struct bench *before, struct bench *after, struct arena *arena,
	struct judged *ret, struct error *err)
{
	struct pair *pairs;
	size_t n = 0;
	int r = load_pairs(db, before, after, false, arena, &pairs, &n, err);

	if (r < 0)
		return r;
	*ret = (struct judged){ .pairs = n, .before = rightness_of(pairs, n, 0),
		.after = rightness_of(pairs, n, 1) };
	for (size_t i = 0; i < n; i++) {
		bool right[2] = { is_right(&pairs[i], 0), is_right(&pairs[i], 1) };

		ret->right_before += right[0] && !right[1];
		ret->right_after += right[1] && !right[0];
	}
	return 0;
}
