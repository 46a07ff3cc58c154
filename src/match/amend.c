#include "amend.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"

/* rules */

static struct str unfit(const struct rules *rules, const struct rules *one, const struct rule *rule)
{
	const struct rule *before = rules_find(rules, rule->name);

	if (before == NULL)
		return STR("a rule of a new name");
	if (!str_eq(rules->fields[before->field].slug, one->fields[rule->field].slug))
		return STR("another field");
	if (rule->level > 0 || before->level > 0)
		return STR("a rule that asks for rules");
	for (size_t i = 0; i < rule->n_lines; i++)
		if (rule_line_reads_again(&rule->lines[i]))
			return STR("a rule that reads texts again");
	return STR_NONE;
}

/* What gave a rule, as long as it stands. */
static void keep_donors(struct ruling *ruling, const struct ruling *before, struct ruling *donor,
	const bool *replaced)
{
	ruling->donors = zeroed(before->n_donors + ruling->rules->n_rules, sizeof(*ruling->donors));
	for (size_t i = 0; i < before->n_donors; i++)
		if (!replaced[before->donors[i].rule])
			ruling->donors[ruling->n_donors++] = before->donors[i];
	for (uint32_t i = 0; i < ruling->rules->n_rules; i++)
		if (replaced[i])
			ruling->donors[ruling->n_donors++] = (struct donor){ i, donor };
	for (size_t i = 0; i < ruling->n_donors; i++)
		ruling->donors[i].ruling->refs++;
	ruling->root = before->root != NULL ? before->root : (struct ruling *)before;
	ruling->root->refs++;
}

struct str ruling_amended(struct ruling *before, struct rules *one, int64_t ruleset, struct ruling **ret)
{
	struct ruling *ruling, *donor;
	struct rules *rules;
	bool *replaced;

	for (size_t i = 0; i < one->n_rules; i++) {
		struct str why = unfit(before->rules, one, &one->rules[i]);

		if (str_given(why))
			return why;
	}
	ruling = zeroed(1, sizeof(*ruling));
	donor = zeroed(1, sizeof(*donor));
	donor->rules = one;
	rules = ruling->rules = zeroed(1, sizeof(*rules));
	ruling->ruleset = ruleset;
	*rules = *before->rules;
	rules->arena = (struct arena)ARENA_INIT;
	rules->regexes = NULL; /* theirs whose patterns they are */
	rules->n_regexes = rules->regexes_capacity = 0;
	rules->rules = arena_array(&rules->arena, struct rule, rules->n_rules);
	memcpy(rules->rules, before->rules->rules, rules->n_rules * sizeof(*rules->rules));
	replaced = zeroed(rules->n_rules, sizeof(*replaced));
	for (size_t i = 0; i < one->n_rules; i++) {
		size_t number = (size_t)(rules_find(before->rules, one->rules[i].name) - before->rules->rules);
		size_t field = rules->rules[number].field;

		rules->rules[number] = one->rules[i];
		rules->rules[number].field = field;
		replaced[number] = true;
	}
	donor->refs++;
	keep_donors(ruling, before, donor, replaced);
	ruling_release(donor);
	free(replaced);
	*ret = ruling;
	return STR_NONE;
}

/* compiling */

static void take_code(struct amend *amend, const struct rule_code *base)
{
	struct matcher *m = amend->matcher;

	for (size_t i = 0; i < m->rules->n_rules; i++)
		if (!amend->replaced[i])
			m->code[i] = base[i];
}

struct amend *amend_new(uint64_t serial, struct layer *base, struct ruling *ruling)
{
	struct amend *amend = zeroed(1, sizeof(*amend));
	struct matcher *m = zeroed(1, sizeof(*m));
	const struct rules *before = base->ruling->rules;

	amend->refs = 1;
	amend->serial = serial;
	amend->ruling = ruling;
	ruling->refs++;
	amend->base = base;
	base->refs++;
	amend->matcher = m;
	amend->replaced = zeroed(before->n_rules, sizeof(*amend->replaced));
	m->rules = ruling->rules;
	m->suspended = base->matcher->suspended;
	m->lexicon = lexicon_over(base->matcher->lexicon);
	m->terms = terms_new(m->lexicon);
	for (size_t i = 0; i < before->n_rules; i++) {
		amend->replaced[i] = before->rules[i].lines != ruling->rules->rules[i].lines;
		amend->n_replaced += amend->replaced[i];
	}
	compile_rules(m, amend->replaced);
	take_code(amend, base->matcher->code);
	lexicon_watch(m->lexicon, terms_triggers(m->terms));
	terms_close(m->terms);
	scan_init(&amend->scan, m->terms, m->lexicon);
	amend->scan.suspended = m->suspended;
	firing_init(&amend->firing, m->rules, base->matcher->lexicon, m->suspended);
	amend->firing.above = &amend->scan;
	amend->firing.replaced = amend->replaced;
	hearing_init(&amend->hearing, m->rules, m->code, &base->matcher->by_field, base->hearer);
	amend->hearing.firing = &amend->firing;
	amend->hearing.above = &amend->scan;
	return amend;
}

void *told_list_release(struct told_list *list)
{
	if (list != NULL && --list->refs == 0)
		free(list);
	return NULL;
}

static void release_lists(struct amend *amend)
{
	for (size_t i = 0; i < amend->n_revised; i++) {
		for (size_t j = 0; j < amend->ruling->rules->n_rules; j++)
			told_list_release(amend->revised[i].lists[j]);
		free(amend->revised[i].lists);
	}
	free(amend->revised);
	free(amend->told);
}

void *amend_release(struct amend *amend)
{
	if (amend == NULL || --amend->refs > 0)
		return NULL;
	release_lists(amend);
	hearing_done(&amend->hearing);
	firing_done(&amend->firing);
	scan_done(&amend->scan);
	matcher_free(amend->matcher);
	ruling_release(amend->ruling);
	layer_release(amend->base);
	free(amend->replaced);
	free(amend);
	return NULL;
}
