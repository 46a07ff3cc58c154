#include "paired.h"

#include <string.h>

#include "compiled.h"
#include "memory.h"
#include "select_change.h"

enum { BEFORE, AFTER, BOTH };

struct pairing {
	struct paired *paired;
	const struct matcher *const *matchers;
	const struct changed *changed;
	const bool *moved[BOTH];    /* by rule of a side: it has a twin, or is alone */
	uint32_t *numbers[BOTH];    /* by rule of a side: where it stands among all */
};

/* The rule of this side is the next one. */
static uint32_t take(struct pairing *p, int side, size_t number)
{
	struct paired *paired = p->paired;
	size_t at = paired->rules->n_rules++;

	paired->rules->rules[at] = p->matchers[side]->rules->rules[number];
	paired->matcher->shares[at] = p->matchers[side]->shares[number];
	paired->changed[at] = p->changed->rules[side][number];
	paired->twins[at] = PAIRED_ALONE;
	paired->sides[at] = (uint8_t)(1u << side);
	p->numbers[side][number] = (uint32_t)at;
	return (uint32_t)at;
}

static void take_both(struct pairing *p, size_t before, size_t after)
{
	uint32_t x, y = take(p, AFTER, after);

	if (!p->moved[BEFORE][before] && !p->moved[AFTER][after]) {
		p->paired->sides[y] = 1u << BEFORE | 1u << AFTER;
		p->numbers[BEFORE][before] = y;
		return;
	}
	x = take(p, BEFORE, before);
	p->paired->twins[x] = y;
	p->paired->twins[y] = x;
}

/* In order of name, and so of field. */
static void take_all(struct pairing *p)
{
	const struct rules *a = p->matchers[BEFORE]->rules, *b = p->matchers[AFTER]->rules;
	size_t i = 0, j = 0;

	while (i < a->n_rules || j < b->n_rules) {
		int order = i == a->n_rules ? 1 : j == b->n_rules ? -1 : str_cmp(a->rules[i].name, b->rules[j].name);

		if (order == 0)
			take_both(p, i, j);
		else if (order < 0)
			take(p, BEFORE, i);
		else
			take(p, AFTER, j);
		i += order <= 0;
		j += order >= 0;
	}
}

/* Rules that are asked for have other numbers now. */
static void ask_anew(struct pairing *p, struct rule *rule, const uint32_t *numbers)
{
	struct arena *arena = &p->paired->arena;
	struct rule_line *lines = arena_array(arena, struct rule_line, rule->n_lines);

	memcpy(lines, rule->lines, rule->n_lines * sizeof(*lines));
	for (size_t i = 0; i < rule->n_lines; i++) {
		lines[i].rules = arena_array(arena, uint32_t, lines[i].n_rules);
		for (size_t j = 0; j < lines[i].n_rules; j++)
			lines[i].rules[j] = numbers[rule->lines[i].rules[j]];
	}
	rule->lines = lines;
}

static void order_meta(struct pairing *p)
{
	struct rules *rules = p->paired->rules;
	unsigned highest = 0;

	rules->meta = arena_array(&p->paired->arena, uint32_t, rules->n_rules);
	rules->n_meta = 0;
	for (size_t i = 0; i < rules->n_rules; i++) {
		struct rule *rule = &rules->rules[i];

		highest = rule->level > highest ? rule->level : highest;
		if (rule->level > 0)
			ask_anew(p, rule, p->numbers[(p->paired->sides[i] & 1u << AFTER) != 0 ? AFTER : BEFORE]);
	}
	for (unsigned level = 1; level <= highest; level++)
		for (uint32_t i = 0; i < rules->n_rules; i++)
			if (rules->rules[i].level == level)
				rules->meta[rules->n_meta++] = i;
}

/* Gates, and what profiles say, are the same on both sides. */
static void make_room(struct paired *paired, const struct matcher *after, size_t most)
{
	struct arena *arena = &paired->arena;

	paired->rules = arena_new(arena, struct rules);
	*paired->rules = *after->rules;
	paired->rules->rules = arena_array(arena, struct rule, most);
	paired->rules->n_rules = 0;
	paired->changed = arena_array(arena, struct changed_rule, most);
	paired->twins = arena_array(arena, uint32_t, most);
	paired->sides = arena_array(arena, uint8_t, most);
	paired->matcher = arena_new(arena, struct matcher);
	*paired->matcher = (struct matcher){ .whole = after, .rules = paired->rules, .ruleset = after->ruleset,
		.profiles = after->profiles, .n_profiles = after->n_profiles, .gates = after->gates,
		.shares = arena_array(arena, struct rule_shares, most),
		.suspended = arena_array(arena, atomic_bool, most) };
}

struct paired *paired_new(const struct matcher *const matchers[BOTH], const struct changed *changed)
{
	struct paired *paired = zeroed(1, sizeof(*paired));
	struct pairing p = { .paired = paired, .matchers = matchers, .changed = changed };

	make_room(paired, matchers[AFTER], matchers[BEFORE]->rules->n_rules + matchers[AFTER]->rules->n_rules);
	for (int side = 0; side < BOTH; side++) {
		const struct rules *rules = matchers[side]->rules;

		p.moved[side] = changed_moved(changed->rules[side], rules, &paired->arena);
		p.numbers[side] = arena_array(&paired->arena, uint32_t, rules->n_rules);
	}
	take_all(&p);
	order_meta(&p);
	return paired;
}

void *paired_free(struct paired *paired)
{
	if (paired == NULL)
		return NULL;
	arena_done(&paired->arena);
	free(paired);
	return NULL;
}

const struct rule_shares *paired_told(const struct paired *paired, const struct matcher *part, int side,
	struct arena *arena)
{
	struct rule_shares *told = arena_array(arena, struct rule_shares, paired->rules->n_rules);

	for (size_t i = 0; i < paired->rules->n_rules; i++)
		if ((paired->sides[i] & 1u << side) != 0)
			told[i] = part->shares[i];
	return told;
}
