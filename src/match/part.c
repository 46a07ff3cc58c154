#include <stdlib.h>
#include <string.h>

#include "compiled.h"
#include "query.h"

/*
 * A matcher that knows only some of another's profiles, and of its rules those they hear of: for these it
 * finds what the whole one finds, and passes over everything else sooner.
 */

/* With a rule come those it asks for. */
static void want_asked(const struct rules *rules, bool *wanted)
{
	for (size_t i = rules->n_meta; i > 0; i--) {
		const struct rule *rule = &rules->rules[rules->meta[i - 1]]; /* the highest levels first */

		for (size_t j = 0; wanted[rules->meta[i - 1]] && j < rule->n_lines; j++)
			for (size_t k = 0; k < rule->lines[j].n_rules; k++)
				wanted[rule->lines[j].rules[k]] = true;
	}
}

/* Whom of the profiles at hand each rule is told to. */
static void take_shares(struct matcher *part, const struct matcher *whole, const bool *profiles, bool *wanted)
{
	part->shares = arena_array(&part->arena, struct rule_shares, whole->rules->n_rules);
	for (size_t rule = 0; rule < whole->rules->n_rules; rule++) {
		const struct rule_shares *all = &whole->shares[rule];
		struct rule_shares *some = &part->shares[rule];

		for (size_t i = 0; i < all->n; i++) {
			if (profiles != NULL && !profiles[all->at[i].profile])
				continue;
			arena_grow(&part->arena, some->at, some->n, &some->capacity);
			some->at[some->n++] = all->at[i];
		}
		wanted[rule] |= some->n > 0;
	}
}

struct matcher *matcher_part(const struct matcher *whole, const bool *profiles, const bool *rules)
{
	struct matcher *part = calloc(1, sizeof(*part));
	bool *wanted;

	if (part == NULL)
		die("out of memory");
	part->whole = whole;
	part->rules = whole->rules;
	part->ruleset = whole->ruleset;
	part->profiles = whole->profiles;
	part->n_profiles = whole->n_profiles;
	part->gates = whole->gates;
	part->suspended = whole->suspended;
	part->lexicon = lexicon_new(part->rules);
	part->terms = terms_new(part->lexicon);
	part->said = said_new();
	wanted = arena_array(&part->arena, bool, part->rules->n_rules);
	if (rules != NULL)
		memcpy(wanted, rules, part->rules->n_rules * sizeof(*wanted));
	take_shares(part, whole, profiles, wanted);
	want_asked(part->rules, wanted);
	compile_rules(part, wanted);
	lexicon_watch(part->lexicon, terms_triggers(part->terms));
	for (uint32_t i = 0; i < part->n_profiles; i++)
		if (profiles == NULL || profiles[i])
			query_post(part->terms, part->said, part->lexicon, part->profiles[i], i);
	said_close(part->said, part->n_profiles);
	terms_close(part->terms);
	return part;
}
