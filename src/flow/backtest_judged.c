/* Golden cases and judged pairs: how right two sets of rules are. */
#include "flow/backtest.h"
#include "judged.h"

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
	struct notice room;
	const struct notice *notice = rule_example_notice(example, &room);
	bool fires = false;
	int r;

	*ret = true;
	if (same == NULL && !example->fires)
		return 0;
	if (same != NULL)
		r = matcher_rule_fires(bench->matcher, (size_t)(same - bench->rules->rules), notice, &fires,
			err);
	else
		r = field_fires(bench, rules->fields[rule->field].slug, notice, &fires, err);
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

static bool is_right(const struct judged_pair *pair, int side)
{
	return pair->matches[side] == (pair->judgment->grade > 0);
}

/* What both sides say of the pairs. */
static int load_pairs(struct db *db, struct bench *before, struct bench *after, bool golden,
	struct arena *arena, struct judged_pair **ret, size_t *ret_n, struct error *err)
{
	int r = judged_load(db, golden, arena, ret, ret_n, err);

	if (r >= 0)
		r = judged_match(db, before->matcher, 0, *ret, *ret_n, err);
	if (r >= 0)
		r = judged_match(db, after->matcher, 1, *ret, *ret_n, err);
	return r;
}

int golden_check(struct db *db, struct bench *before, struct bench *after, struct arena *arena,
	struct golden *ret, struct error *err)
{
	struct checking c = { .golden = ret, .arena = arena };
	struct judged_pair *pairs;
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

int judged_measure(struct db *db, struct bench *before, struct bench *after, struct arena *arena,
	struct judged *ret, struct error *err)
{
	struct judged_pair *pairs;
	size_t n = 0;
	int r = load_pairs(db, before, after, false, arena, &pairs, &n, err);

	if (r < 0)
		return r;
	*ret = (struct judged){ .pairs = n, .before = judged_rightness(pairs, n, 0),
		.after = judged_rightness(pairs, n, 1) };
	for (size_t i = 0; i < n; i++) {
		bool right[2] = { is_right(&pairs[i], 0), is_right(&pairs[i], 1) };

		ret->right_before += right[0] && !right[1];
		ret->right_after += right[1] && !right[0];
	}
	return 0;
}
