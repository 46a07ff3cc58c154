#include "revise.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "query.h"
#include "select_change.h"

/*
 * Whom rules are told to once some of them are others. Profiles stay as they were compiled: what changes is
 * lists of whom a rule is told to, and few of them.
 *
 *	1. of each layer, who may hear of it: those the rules spoke of, and those that have their words; of a rule
 *	   that has lost and gained nothing but evidence, those alone that have words of that
 *	2. those are asked what the rules say of them now, by these words alone
 *	3. who comes to hear of a field thereby, or no longer does
 *	4. the rules' own lists are made anew; and where 3 found somebody, all lists of the field
 *
 * A layer of a few profiles has nothing written down for 1, and all of it is asked.
 */

enum { FEW = 8 };

static void take_rule(struct revision *r, uint32_t rule)
{
	r->changed[revision_slots(r)] = rule;
	r->slots[rule] = (uint32_t)revision_slots(r) + 1;
	r->fields[r->rules->rules[rule].field] = true;
}

static bool asks_for_some(const struct revision *r, const struct rule *rule)
{
	for (size_t i = 0; i < rule->n_lines; i++)
		for (size_t j = 0; j < rule->lines[i].n_rules; j++)
			if (r->slots[rule->lines[i].rules[j]] != 0)
				return true;
	return false;
}

static void revision_init(struct revision *r, struct amend *amend, const struct amend *before)
{
	const struct rules *old = before != NULL ? before->ruling->rules : amend->base->ruling->rules;
	const struct rules *rules = amend->ruling->rules;

	*r = (struct revision){ .amend = amend, .before = before, .old = old, .rules = rules, .hearing = &amend->hearing };
	r->changed = zeroed(rules->n_rules, sizeof(*r->changed));
	r->slots = zeroed(rules->n_rules, sizeof(*r->slots));
	r->fields = zeroed(rules->n_fields, sizeof(*r->fields));
	for (uint32_t i = 0; i < rules->n_rules; i++)
		if (old->rules[i].lines != rules->rules[i].lines || old->rules[i].weight != rules->rules[i].weight) {
			take_rule(r, i);
			r->n_changed++;
		}
	for (size_t i = 0; i < rules->n_meta; i++) /* by level: what they ask for stands before them */
		if (r->slots[rules->meta[i]] == 0 && asks_for_some(r, &rules->rules[rules->meta[i]])) {
			take_rule(r, rules->meta[i]);
			r->n_asking++;
		}
	r->said = zeroed(revision_slots(r), sizeof(*r->said));
}

static void revision_done(struct revision *r)
{
	for (size_t i = 0; i < revision_slots(r); i++)
		free(r->said[i].at);
	free(r->said);
	free(r->changed);
	free(r->slots);
	free(r->fields);
}

/* 1. who may hear of it */

/* Are these lines words that each prove something by themselves? Who has none of them is not concerned. */
static bool only_evidence(const struct rule *rule, uint64_t lines)
{
	for (size_t i = 0; i < rule->n_lines; i++)
		if ((lines >> i & 1) != 0 && (rule->lines[i].subject != ON_TEXT ||
						(rule->lines[i].kind != LINE_ANY && rule->lines[i].kind != LINE_FOR)))
			return false;
	return true;
}

static bool find_by_lines(const struct revision *r, const struct layer *layer, const struct rule *rule,
	uint64_t lines, uint64_t *marks, struct mentioned *mentioned)
{
	return mentions_find(layer->mentions, r->amend->base->matcher->lexicon, rule, lines, marks, mentioned);
}

static bool find_of_rule(const struct revision *r, const struct layer *layer, uint32_t number, uint64_t *marks,
	struct mentioned *mentioned)
{
	const struct rule *rule = &r->rules->rules[number], *old = &r->old->rules[number];
	const struct spoken_by *by = &layer->spoken->rules[number];
	uint64_t gained = changed_lines(r->rules, rule, r->old, old), lost = changed_lines(r->old, old, r->rules, rule);

	if (rule->weight == old->weight && only_evidence(rule, gained) && only_evidence(old, lost)) {
		struct mentioned more = { .n = 0 };
		bool known = find_by_lines(r, layer, rule, gained, marks, mentioned) &&
			     find_by_lines(r, layer, old, lost, marks, &more);

		mentioned_done(&more);
		return known;
	}
	for (size_t i = 0; i < by->n; i++)
		revision_mark(marks, by->at[i].profile);
	return find_by_lines(r, layer, rule, UINT64_MAX, marks, mentioned);
}

static bool find_candidates(const struct revision *r, const struct layer *layer, uint64_t *marks,
	struct mentioned *mentioned)
{
	for (size_t i = 0; i < r->n_changed; i++)
		if (!find_of_rule(r, layer, r->changed[i], marks, mentioned))
			return false;
	for (size_t i = 0; i <= layer->n / 64; i++)
		marks[i] &= ~layer->gone[i];
	return true;
}

/* 3. who hears of a field */

/* What was said of those who were asked gives way to what was found. */
static struct spoken_by merged(const struct spoken_by *before, const uint64_t *marks, const struct spoken_by *found)
{
	struct spoken_by by = { zeroed(before->n + found->n, sizeof(*by.at)), 0, before->n + found->n + 1 };
	size_t j = 0;

	for (size_t i = 0; i < before->n; i++) {
		if (revision_marked(marks, before->at[i].profile))
			continue;
		while (j < found->n && found->at[j].profile < before->at[i].profile)
			by.at[by.n++] = found->at[j++];
		by.at[by.n++] = before->at[i];
	}
	while (j < found->n)
		by.at[by.n++] = found->at[j++];
	return by;
}

struct moved {
	uint32_t *up;   /* come to hear of it, in order */
	size_t n_up, n_down;
	uint64_t *down; /* a bit for each that no longer does */
};

static bool hears_of(const struct spoken *spoken, uint32_t profile, size_t field)
{
	size_t place = spoken_place(spoken, profile, field);

	return spoken->named[place] || spoken->points[place] >= QUERY_FIELD_INFERRED_FROM;
}

static void revise_said(struct revision *r, const struct layer *layer, const uint64_t *marks, size_t field,
	struct moved *ret)
{
	uint64_t *heard = zeroed(layer->n / 64 + 1, sizeof(*heard));

	ret->up = zeroed(layer->n, sizeof(*ret->up));
	ret->down = zeroed(layer->n / 64 + 1, sizeof(*ret->down));
	ret->n_up = ret->n_down = 0;
	for (uint32_t i = 0; i < layer->n; i++)
		if (revision_marked(marks, i) && hears_of(layer->spoken, i, field))
			revision_mark(heard, i);
	for (size_t i = 0; i < revision_slots(r); i++) {
		uint32_t rule = r->changed[i];

		if (r->rules->rules[rule].field == field)
			spoken_replace(layer->spoken, rule, field,
				merged(&layer->spoken->rules[rule], marks, &r->said[i]));
	}
	for (uint32_t i = 0; i < layer->n; i++) {
		bool hears;

		if (!revision_marked(marks, i))
			continue;
		hears = hears_of(layer->spoken, i, field);
		if (hears && !revision_marked(heard, i))
			ret->up[ret->n_up++] = i;
		if (hears || !revision_marked(heard, i))
			continue;
		revision_mark(ret->down, i);
		ret->n_down++;
	}
	free(heard);
}

/* 4. lists */

static struct told_list **lists_of(struct amend *amend, const struct layer *layer)
{
	for (size_t i = 0; i < amend->n_revised; i++)
		if (amend->revised[i].layer == layer->serial)
			return amend->revised[i].lists;
	amend->revised[amend->n_revised].layer = layer->serial;
	amend->revised[amend->n_revised].lists = zeroed(amend->ruling->rules->n_rules, sizeof(struct told_list *));
	return amend->revised[amend->n_revised++].lists;
}

static struct rule_shares told_now(struct amend *amend, const struct layer *layer, uint32_t rule)
{
	const struct told_list *const *lists = amend_lists(amend, layer->serial);
	const struct rule_shares *told;

	if (lists != NULL && lists[rule] != NULL)
		return told_shares(lists[rule]);
	if (layer == amend->base)
		return layer->matcher->shares[rule];
	told = layer_told(layer, rule);
	return told != NULL ? *told : (struct rule_shares){ NULL, 0, 0 };
}

static struct told_list *list_new(size_t most)
{
	struct told_list *list = malloc(sizeof(*list) + most * sizeof(*list->at));

	if (list == NULL)
		die("out of memory");
	list->refs = 1;
	list->n = 0;
	return list;
}

static void put_list(struct revision *r, const struct layer *layer, uint32_t rule, struct told_list *list)
{
	struct told_list **lists = lists_of(r->amend, layer);

	told_list_release(lists[rule]);
	lists[rule] = list;
}

static void revise_list(struct revision *r, const struct layer *layer, uint32_t rule, size_t field,
	const struct moved *moved)
{
	struct rule_shares now = told_now(r->amend, layer, rule);
	struct told_list *list = list_new(now.n + moved->n_up);
	const struct spoken_by *by = &layer->spoken->rules[rule];
	size_t up = 0, said = 0;

	for (size_t i = 0; i < now.n || up < moved->n_up;) {
		bool old = up == moved->n_up || (i < now.n && now.at[i].profile < moved->up[up]);
		uint32_t profile = old ? now.at[i++].profile : moved->up[up++];
		int16_t percent = QUERY_RULE_BESIDE;

		while (said < by->n && by->at[said].profile < profile)
			said++;
		if (layer->spoken->named[spoken_place(layer->spoken, profile, field)])
			percent = QUERY_FIELD_NAMED;
		else if (said < by->n && by->at[said].profile == profile)
			percent = by->at[said].percent;
		if (!revision_marked(moved->down, profile))
			list->at[list->n++] = (struct rule_share){ profile, percent };
	}
	put_list(r, layer, rule, list);
}

static void revise_field(struct revision *r, const struct layer *layer, const uint64_t *marks, size_t field)
{
	const struct field_rules *by_field = r->hearing->by_field;
	struct moved moved;

	revise_said(r, layer, marks, field, &moved);
	for (uint32_t i = by_field->starts[field]; i < by_field->starts[field + 1]; i++)
		if (r->slots[by_field->at[i]] != 0 || moved.n_up + moved.n_down > 0)
			revise_list(r, layer, by_field->at[i], field, &moved);
	free(moved.up);
	free(moved.down);
}

static bool revise_layer(struct revision *r, struct layer *layer)
{
	uint64_t *marks = zeroed(layer->n / 64 + 1, sizeof(*marks));
	struct mentioned mentioned = { .n = 0 };
	bool known = find_candidates(r, layer, marks, &mentioned);

	if (known)
		revision_ask(r, layer, marks, &mentioned);
	for (size_t field = 0; known && field < r->rules->n_fields; field++)
		if (r->fields[field])
			revise_field(r, layer, marks, field);
	mentioned_done(&mentioned);
	free(marks);
	return known;
}

/* All of a small layer is asked. */
static void revise_few(struct revision *r, const struct layer *layer)
{
	struct hearing *h = r->hearing;
	struct told_list **heard = zeroed(r->rules->n_rules, sizeof(struct told_list *));

	for (uint32_t i = 0; i < layer->n; i++) {
		if (revision_marked(layer->gone, i))
			continue;
		h->n = 0;
		hear(h, layer->profiles[i]);
		for (size_t j = 0; j < h->n; j++) {
			uint32_t rule = h->at[j].rule;

			if (!r->fields[r->rules->rules[rule].field])
				continue;
			if (heard[rule] == NULL)
				heard[rule] = list_new(layer->n);
			heard[rule]->at[heard[rule]->n++] = (struct rule_share){ i, h->at[j].percent };
		}
	}
	for (uint32_t i = 0; i < r->rules->n_rules; i++) {
		if (!r->fields[r->rules->rules[i].field])
			continue;
		if (heard[i] == NULL && told_now(r->amend, layer, i).n > 0)
			heard[i] = list_new(0);
		if (heard[i] != NULL)
			put_list(r, layer, i, heard[i]);
	}
	free(heard);
}

/* What the rules before had in the place of a layer's lists, of layers that are still there. */
static void keep_lists(struct revision *r, struct layer *const *layers, size_t n)
{
	r->amend->revised = zeroed(n, sizeof(*r->amend->revised));
	for (size_t i = 0; r->before != NULL && i < n; i++) {
		const struct told_list *const *before = amend_lists(r->before, layers[i]->serial);
		struct told_list **lists = before != NULL ? lists_of(r->amend, layers[i]) : NULL;

		for (size_t j = 0; before != NULL && j < r->rules->n_rules; j++) {
			lists[j] = (struct told_list *)before[j];
			if (lists[j] != NULL)
				lists[j]->refs++;
		}
	}
}

static void make_told(struct amend *amend)
{
	size_t n = amend->ruling->rules->n_rules;

	amend->told = zeroed(n, sizeof(*amend->told));
	for (uint32_t i = 0; i < n; i++)
		amend->told[i] = told_now(amend, amend->base, i);
}

bool amend_revise(struct amend *amend, struct amend *before, struct layer *const *layers, size_t n)
{
	struct hearing *hearing = before != NULL ? &before->hearing : &amend->base->hearing;
	struct revision r;
	bool known = true;

	revision_init(&r, amend, before);
	keep_lists(&r, layers, n);
	for (size_t i = 0; known && i < n; i++) {
		if (layers[i]->spoken == NULL && layers[i]->n <= FEW) {
			revise_few(&r, layers[i]);
			continue;
		}
		layer_prepare(layers[i], amend->base, hearing);
		known = revise_layer(&r, layers[i]);
	}
	make_told(amend);
	revision_done(&r);
	return known;
}

bool amend_wants_prepared(const struct layer *layer)
{
	return layer->n > FEW;
}
