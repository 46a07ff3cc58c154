#include "match/change.h"

#include <stdlib.h>

#include "gates.h"
#include "rereading.h"
#include "select_change.h"

enum { BEFORE, AFTER, BOTH };

struct change {
	struct arena arena;
	struct changed changed;
	struct matcher_view views[BOTH];
	struct matcher *probes[BOTH];  /* the changed rules alone */
	struct reread *probing[BOTH];
	struct reread *reading[BOTH];  /* the profiles that may hear of it */
	bool *concerned;               /* by profile: those */
	bool nobody;                   /* there are none */
};

static struct matcher *probe_of(struct change *c, const struct matcher *matcher, int side)
{
	bool *nobody = arena_array(&c->arena, bool, c->views[side].n_profiles);
	bool *rules = arena_array(&c->arena, bool, c->views[side].rules->n_rules);

	for (size_t i = 0; i < c->views[side].rules->n_rules; i++)
		rules[i] = changed_rule_any(&c->changed.rules[side][i]);
	return matcher_part(matcher, nobody, rules);
}

struct change *change_new(const struct matcher *before, const struct matcher *after,
	const struct dictionary *dictionary)
{
	const struct matcher *matchers[BOTH] = { before, after };
	struct change *c = calloc(1, sizeof(*c));

	if (c == NULL)
		die("out of memory");
	for (int side = 0; side < BOTH; side++)
		c->views[side] = matcher_view(matchers[side]);
	changed_find(&c->views[BEFORE], &c->views[AFTER], &c->arena, &c->changed);
	if (str_given(c->changed.whole)) {
		for (int side = 0; side < BOTH; side++)
			c->reading[side] = reread_of(matchers[side], NULL, NULL, dictionary);
		return c;
	}
	c->concerned = arena_array(&c->arena, bool, c->views[AFTER].n_profiles);
	c->nobody = changed_concerns(&c->changed, c->views, c->concerned, &c->arena) == 0;
	for (int side = 0; side < BOTH && !c->nobody; side++) {
		struct matcher *part = matcher_part(matchers[side], c->concerned, NULL);

		c->probes[side] = probe_of(c, matchers[side], side);
		c->probing[side] = reread_of(c->probes[side], NULL, NULL, dictionary);
		c->reading[side] = reread_of(part, part, c->concerned, dictionary);
	}
	return c;
}

void *change_free(struct change *c)
{
	if (c == NULL)
		return NULL;
	for (int side = 0; side < BOTH; side++) {
		reread_free(c->probing[side]);
		reread_free(c->reading[side]);
		matcher_free(c->probes[side]);
	}
	arena_done(&c->arena);
	free(c);
	return NULL;
}

int change_select(const struct change *c, struct dictionary *dictionary, const struct selection_lists *lists,
	bool gates, struct selection *ret, struct error *err)
{
	struct changing changing = { .changed = &c->changed, .profiles = c->concerned };

	selection_begin(ret, lists->last);
	ret->whole = c->changed.whole;
	if (c->nobody || str_given(ret->whole))
		return 0;
	for (int side = 0; side < BOTH; side++) {
		changing.probes[side] = c->probes[side];
		changing.parts[side] = reread_matcher(c->reading[side]);
	}
	return select_changed(&changing, dictionary, lists, gates, ret, err);
}

/* comparing */

static bool hits_same(const struct hit *x, const struct hit *y)
{
	return x->scope == y->scope && x->field == y->field && x->start == y->start && x->end == y->end;
}

static bool fired_same(const struct firing *a, uint32_t x, const struct firing *b, uint32_t y)
{
	uint32_t i = a->first[x], j = b->first[y];

	for (; i != 0 && j != 0; i = a->at[i - 1].next, j = b->at[j - 1].next) {
		const struct fired *p = &a->at[i - 1], *q = &b->at[j - 1];

		if (p->scope != q->scope || p->points != q->points || !hits_same(p->hit, q->hit))
			return false;
	}
	return i == j;
}

/* Do the changed rules find something else? Of one that others hear of than before, anything counts. */
static bool rules_differ(const struct change *c, const struct firing *before, const struct firing *after)
{
	const struct changed_rule *all[BOTH] = { c->changed.rules[BEFORE], c->changed.rules[AFTER] };

	for (size_t i = 0; i < c->views[BEFORE].rules->n_rules; i++) {
		const struct changed_rule *rule = &all[BEFORE][i];

		if (!changed_rule_any(rule))
			continue;
		if (rule->other == CHANGED_ALONE || rule->shares ? before->first[i] != 0
				: !fired_same(before, (uint32_t)i, after, rule->other))
			return true;
	}
	for (size_t i = 0; i < c->views[AFTER].rules->n_rules; i++) {
		const struct changed_rule *rule = &all[AFTER][i];

		if (changed_rule_any(rule) && (rule->other == CHANGED_ALONE || rule->shares) &&
			after->first[i] != 0)
			return true;
	}
	return false;
}

/* 1: the two may differ; 0: they do not. */
static int probe(struct change *c, struct imprint *imprint, struct arena *arena, struct error *err)
{
	const struct firing *firing[BOTH];

	if (str_given(c->changed.whole) || c->changed.n_profiles > 0)
		return 1;
	for (int side = 0; side < BOTH; side++) {
		int r = reread_fire(c->probing[side], imprint, arena, &firing[side], err);

		if (r != 0)
			return r;
	}
	return rules_differ(c, firing[BEFORE], firing[AFTER]);
}

void change_drop_same(struct receipts ret[2])
{
	struct receipts *a = &ret[BEFORE], *b = &ret[AFTER];
	size_t i = 0, j = 0, kept_a = 0, kept_b = 0;

	/* both are in order of the same profiles, but only those that match are there */
	while (i < a->n || j < b->n) {
		size_t at = j;

		while (i < a->n && at < b->n && !str_eq(b->at[at].profile, a->at[i].profile))
			at++;
		if (i == a->n || at == b->n) { /* one side alone has it */
			if (i < a->n)
				a->at[kept_a++] = a->at[i++];
			else
				b->at[kept_b++] = b->at[j++];
			continue;
		}
		while (j < at)
			b->at[kept_b++] = b->at[j++];
		if (!receipt_same(&a->at[i], &b->at[j])) {
			a->at[kept_a++] = a->at[i];
			b->at[kept_b++] = b->at[j];
		}
		i++;
		j++;
	}
	a->n = kept_a;
	b->n = kept_b;
}

int change_run(struct change *c, struct imprint *imprint, const struct reread_options *options,
	struct arena *arena, struct receipts ret[2], struct error *err)
{
	bool overspent = false;
	int r;

	ret[BEFORE] = ret[AFTER] = (struct receipts){ NULL, 0 };
	if (c->nobody || (!options->match.no_gates &&
				 gate_of_notice(&imprint->notice, options->match.now) != GATE_PASSED))
		return 0;
	r = probe(c, imprint, arena, err);
	if (r != 1)
		return r;
	for (int side = 0; side < BOTH; side++) {
		r = reread_run(c->reading[side], imprint, options, arena, &ret[side], err);
		if (r < 0 || r == REREAD_UNSURE)
			return r;
		overspent |= r == MATCHER_OVERSPENT;
	}
	change_drop_same(ret);
	return overspent ? MATCHER_OVERSPENT : 0;
}
