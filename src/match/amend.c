#include "amend.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"

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
