#include "match/change.h"

#include <stdlib.h>

#include "compiled.h"
#include "gates.h"
#include "memory.h"
#include "paired.h"
#include "rereading.h"
#include "select_change.h"

enum { BEFORE, AFTER, BOTH };

/*
 * Rules that differ are read together with those before (paired.h), each notice once. Where everything
 * differs, or profiles do, and after a pattern overspent its budget, the sides are read one after the other.
 */
struct change {
	struct arena arena;
	struct changed changed;
	const struct matcher *matchers[BOTH];
	const struct dictionary *dictionary;
	bool *concerned;               /* by profile: it may hear of it */
	bool nobody;                   /* there are none */

	struct paired *paired;         /* NULL: the sides are read apart */
	struct reread *probing;        /* the changed rules alone */
	size_t probed, differed;       /* notices read with those, and where they found something else */
	struct reread *reading;        /* the profiles concerned */
	const struct rule_shares *told[BOTH]; /* whom its rules are told to on each side */

	bool overspent;                /* a pattern did, once */
	struct reread *apart[BOTH];    /* made when they are needed */
};

/* The changed rules alone. */
static struct matcher *probe_of(struct change *c, const struct matcher *matcher, const struct changed_rule *changed)
{
	struct matcher_view view = matcher_view(matcher);
	bool *nobody = arena_array(&c->arena, bool, view.n_profiles);
	bool *rules = arena_array(&c->arena, bool, view.rules->n_rules);

	for (size_t i = 0; i < view.rules->n_rules; i++)
		rules[i] = changed_rule_any(&changed[i]);
	return matcher_part(matcher, nobody, rules);
}

static void read_together(struct change *c)
{
	struct matcher *probe, *part;

	c->paired = paired_new(c->matchers, &c->changed);
	probe = probe_of(c, c->paired->matcher, c->paired->changed);
	part = matcher_part(c->paired->matcher, c->concerned, NULL);
	for (int side = 0; side < BOTH; side++)
		c->told[side] = paired_told(c->paired, part, side, &c->arena);
	c->probing = reread_of(probe, probe, NULL, c->dictionary);
	c->reading = reread_of(part, part, c->concerned, c->dictionary);
}

static void read_apart(struct change *c)
{
	for (int side = 0; side < BOTH && c->apart[side] == NULL; side++) {
		struct matcher *part = NULL;

		if (!str_given(c->changed.whole))
			part = matcher_part(c->matchers[side], c->concerned, NULL);
		c->apart[side] = reread_of(part != NULL ? part : c->matchers[side], part, c->concerned, c->dictionary);
	}
}

struct change *change_new(const struct matcher *before, const struct matcher *after,
	const struct dictionary *dictionary)
{
	const struct matcher_view views[BOTH] = { matcher_view(before), matcher_view(after) };
	struct change *c = zeroed(1, sizeof(*c));

	c->matchers[BEFORE] = before;
	c->matchers[AFTER] = after;
	c->dictionary = dictionary;
	changed_find(&views[BEFORE], &views[AFTER], &c->arena, &c->changed);
	if (str_given(c->changed.whole)) {
		read_apart(c);
		return c;
	}
	c->concerned = arena_array(&c->arena, bool, views[AFTER].n_profiles);
	c->nobody = changed_concerns(&c->changed, views, c->concerned, &c->arena) == 0;
	if (c->nobody)
		return c;
	if (c->changed.n_profiles > 0)
		read_apart(c);
	else
		read_together(c);
	return c;
}

void *change_free(struct change *c)
{
	if (c == NULL)
		return NULL;
	for (int side = 0; side < BOTH; side++)
		reread_free(c->apart[side]);
	reread_free(c->probing);
	reread_free(c->reading);
	paired_free(c->paired);
	arena_done(&c->arena);
	free(c);
	return NULL;
}

int change_select(struct change *c, struct dictionary *dictionary, const struct selection_lists *lists,
	bool gates, struct selection *ret, struct error *err)
{
	struct changing changing = { .changed = &c->changed, .profiles = c->concerned, .n = 1 };
	struct matcher *probes[BOTH] = { NULL, NULL };
	int r;

	selection_begin(ret, lists->last);
	ret->whole = c->changed.whole;
	if (c->nobody || str_given(ret->whole))
		return 0;
	if (c->paired != NULL) {
		changing.sides[0] = (struct change_side){ c->paired->changed, c->paired->twins,
			reread_matcher(c->probing), reread_matcher(c->reading) };
		return select_changed(&changing, dictionary, lists, gates, ret, err);
	}
	changing.n = BOTH;
	for (int side = 0; side < BOTH; side++) {
		probes[side] = probe_of(c, c->matchers[side], c->changed.rules[side]);
		changing.sides[side] = (struct change_side){ c->changed.rules[side], NULL, probes[side],
			reread_matcher(c->apart[side]) };
	}
	r = select_changed(&changing, dictionary, lists, gates, ret, err);
	for (int side = 0; side < BOTH; side++)
		matcher_free(probes[side]);
	return r;
}

/* comparing */

static bool hits_same(const struct hit *x, const struct hit *y)
{
	return x->scope == y->scope && x->field == y->field && x->start == y->start && x->end == y->end;
}

static bool fired_same(const struct firing *firing, uint32_t x, uint32_t y)
{
	uint32_t i = firing->first[x], j = firing->first[y];

	for (; i != 0 && j != 0; i = firing->at[i - 1].next, j = firing->at[j - 1].next) {
		const struct fired *p = &firing->at[i - 1], *q = &firing->at[j - 1];

		if (p->scope != q->scope || p->points != q->points || !hits_same(p->hit, q->hit))
			return false;
	}
	return i == j;
}

/* Do the changed rules find something else? Of one that others hear of than before, anything counts. */
static bool rules_differ(const struct paired *paired, const struct firing *firing)
{
	for (uint32_t i = 0; i < paired->rules->n_rules; i++) {
		uint32_t twin = paired->twins[i];

		if (!changed_rule_any(&paired->changed[i]))
			continue;
		if (twin == PAIRED_ALONE || paired->changed[i].shares ? firing->first[i] != 0
				: i < twin && !fired_same(firing, i, twin))
			return true;
	}
	return false;
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

static int run_apart(struct change *c, struct imprint *imprint, const struct reread_options *options,
	struct arena *arena, struct receipts ret[2], struct error *err)
{
	bool overspent = false;

	read_apart(c);
	for (int side = 0; side < BOTH; side++) {
		int r = reread_run(c->apart[side], imprint, options, arena, &ret[side], err);

		if (r < 0 || r == REREAD_UNSURE)
			return r;
		overspent |= r == MATCHER_OVERSPENT;
	}
	change_drop_same(ret);
	return overspent ? MATCHER_OVERSPENT : 0;
}

/*
 * Where the changed rules find something else in most notices, as a word more does in those selected for that word, it
 * is sooner found out while reading for the profiles, which a notice's head may be enough for.
 */
enum { PROBES = 64 };
static bool worth_probing(const struct change *c)
{
	return c->probed < PROBES || 3 * c->differed < 2 * c->probed;
}

/* 0, REREAD_FOUND or REREAD_UNSURE: the changed rules find something else. */
static int probe(struct change *c, struct imprint *imprint, struct arena *arena, struct error *err)
{
	const struct firing *firing;
	int r = reread_fire(c->probing, imprint, arena, &firing, err);

	if (r != 0 || reread_overspent(c->probing))
		return r;
	c->probed++;
	if (!rules_differ(c->paired, firing))
		return 0;
	c->differed++;
	return REREAD_FOUND;
}

static int run_together(struct change *c, struct imprint *imprint, const struct reread_options *options,
	struct arena *arena, struct receipts ret[2], struct error *err)
{
	bool probing = worth_probing(c);
	int r = REREAD_FOUND;

	if (reread_hopeless(c->reading, imprint, options))
		return 0;
	if (probing)
		r = probe(c, imprint, arena, err);
	if (r == REREAD_FOUND)
		r = reread_find(c->reading, imprint, options, arena, err);
	if (r != REREAD_FOUND || reread_overspent(c->reading))
		return r == REREAD_FOUND ? 0 : r;
	if (!probing && !rules_differ(c->paired, reread_firing(c->reading)))
		return 0;
	for (int side = 0; side < BOTH; side++) {
		r = reread_judge(c->reading, c->told[side], imprint, options, arena, &ret[side], err);
		if (r != 0)
			return r;
		for (size_t i = 0; i < ret[side].n; i++)
			ret[side].at[i].ruleset = c->matchers[side]->ruleset;
	}
	change_drop_same(ret);
	return 0;
}

/* On either side: what is suspended there is not known to what both are read with. */
static bool some_suspended(const struct change *c)
{
	for (int side = 0; side < BOTH; side++)
		for (size_t i = 0; i < c->matchers[side]->rules->n_rules; i++)
			if (atomic_load_explicit(&c->matchers[side]->suspended[i], memory_order_relaxed))
				return true;
	return false;
}

int change_run(struct change *c, struct imprint *imprint, const struct reread_options *options,
	struct arena *arena, struct receipts ret[2], struct error *err)
{
	int r;

	ret[BEFORE] = ret[AFTER] = (struct receipts){ NULL, 0 };
	if (c->nobody || (!options->match.no_gates &&
				 gate_of_notice(&imprint->notice, options->match.now) != GATE_PASSED))
		return 0;
	if (c->paired == NULL || c->overspent || some_suspended(c))
		return run_apart(c, imprint, options, arena, ret, err);
	r = run_together(c, imprint, options, arena, ret, err);
	c->overspent = reread_overspent(c->probing) || reread_overspent(c->reading);
	return r >= 0 && c->overspent ? run_apart(c, imprint, options, arena, ret, err) : r;
}
