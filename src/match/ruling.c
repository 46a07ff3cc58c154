#include "ruling.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"

enum { DONORS_MAX = 4 }; /* a whole set is kept for as long as one of its rules counts */

/* life */

struct ruling *ruling_new(struct rules *rules, int64_t ruleset)
{
	struct ruling *ruling = zeroed(1, sizeof(*ruling));

	*ruling = (struct ruling){ .rules = rules, .ruleset = ruleset };
	return ruling;
}

void *ruling_release(struct ruling *ruling)
{
	if (ruling == NULL || --ruling->refs > 0)
		return NULL;
	for (size_t i = 0; i < ruling->n_donors; i++)
		ruling_release(ruling->donors[i].ruling);
	free(ruling->donors);
	rules_free(ruling->rules);
	ruling_release(ruling->root);
	free(ruling);
	return NULL;
}

/* some rules in the place of others */

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

static struct str unfit_some(const struct rules *rules, const struct rules *one, const bool *wanted)
{
	for (size_t i = 0; i < one->n_rules; i++) {
		struct str why = wanted[i] ? unfit(rules, one, &one->rules[i]) : STR_NONE;

		if (str_given(why))
			return why;
	}
	return STR_NONE;
}

/* Takes `one`, of which those rules count that are `wanted`. */
static struct ruling *replace(struct ruling *before, struct rules *one, const bool *wanted, int64_t ruleset)
{
	struct rules *rules = zeroed(1, sizeof(*rules));
	struct ruling *ruling = ruling_new(rules, ruleset), *donor = ruling_new(one, ruleset);
	bool *replaced = zeroed(before->rules->n_rules, sizeof(*replaced));

	*rules = *before->rules;
	rules->arena = (struct arena)ARENA_INIT;
	rules->regexes = NULL; /* theirs whose patterns they are */
	rules->n_regexes = rules->regexes_capacity = 0;
	rules->rules = arena_array(&rules->arena, struct rule, rules->n_rules);
	memcpy(rules->rules, before->rules->rules, rules->n_rules * sizeof(*rules->rules));
	for (size_t i = 0; i < one->n_rules; i++) {
		size_t number, field;

		if (!wanted[i])
			continue;
		number = (size_t)(rules_find(before->rules, one->rules[i].name) - before->rules->rules);
		field = rules->rules[number].field;
		rules->rules[number] = one->rules[i];
		rules->rules[number].field = field;
		replaced[number] = true;
	}
	donor->refs++;
	keep_donors(ruling, before, donor, replaced);
	ruling_release(donor);
	free(replaced);
	return ruling;
}

struct str ruling_amended(struct ruling *before, struct rules *one, int64_t ruleset, struct ruling **ret)
{
	bool *wanted = zeroed(one->n_rules, sizeof(*wanted));
	struct str why;

	memset(wanted, true, one->n_rules * sizeof(*wanted));
	why = unfit_some(before->rules, one, wanted);
	if (!str_given(why))
		*ret = replace(before, one, wanted, ruleset);
	free(wanted);
	return why;
}

/* what two sets of rules have in common */

static bool same_codes(const struct codes *a, const struct codes *b)
{
	bool same = a->n == b->n;

	for (size_t i = 0; same && i < a->n; i++)
		same = str_eq(a->at[i], b->at[i]);
	return same;
}

/* Lists stand in the place of their names by now, so that a rule may be another though it is written the same. */
static bool same_terms(const struct rule_term *a, size_t n_a, const struct rule_term *b, size_t n_b)
{
	bool same = n_a == n_b;

	for (size_t i = 0; same && i < n_a; i++)
		same = a[i].kind == b[i].kind && a[i].raw == b[i].raw && str_eq(a[i].text, b[i].text) &&
		       str_eq(a[i].pattern, b[i].pattern);
	return same;
}

static bool same_near(const struct rule_near *a, const struct rule_near *b)
{
	return a->span == b->span && a->words == b->words && a->ordered == b->ordered;
}

static bool same_groups(const struct rule_line *a, const struct rule_line *b)
{
	bool same = a->n_with == b->n_with && same_terms(a->terms, a->n_terms, b->terms, b->n_terms) &&
		    same_terms(a->except.terms, a->except.n_terms, b->except.terms, b->except.n_terms);

	for (size_t i = 0; same && i < a->n_with; i++)
		same = same_terms(a->with[i].terms, a->with[i].n_terms, b->with[i].terms, b->with[i].n_terms);
	return same;
}

static bool same_line(const struct rule_line *a, const struct rule_line *b)
{
	return a->kind == b->kind && a->subject == b->subject && a->anywhere == b->anywhere &&
	       a->fields == b->fields && same_groups(a, b) && same_near(&a->near, &b->near) &&
	       same_near(&a->unless, &b->unless) && a->count == b->count && a->least == b->least &&
	       same_codes(&a->branches, &b->branches) && a->own == b->own && a->within == b->within &&
	       a->values == b->values && same_codes(&a->words, &b->words) && a->from == b->from &&
	       a->to == b->to && memcmp(a->currency, b->currency, sizeof(a->currency)) == 0 &&
	       a->or_unknown == b->or_unknown && a->n_rules == b->n_rules &&
	       (a->n_rules == 0 || memcmp(a->rules, b->rules, a->n_rules * sizeof(*a->rules)) == 0);
}

/* For matching: what it is called and who answers for it does not count. */
static bool same_rule(const struct rule *a, const struct rule *b)
{
	bool same = a->weight == b->weight && a->n_lines == b->n_lines;

	for (size_t i = 0; same && i < a->n_lines; i++)
		same = same_line(&a->lines[i], &b->lines[i]);
	return same;
}

static bool same_fields(const struct rules *a, const struct rules *b)
{
	bool same = a->n_fields == b->n_fields;

	for (size_t i = 0; same && i < a->n_fields; i++)
		same = str_eq(a->fields[i].slug, b->fields[i].slug) && a->fields[i].cap == b->fields[i].cap;
	return same;
}

static bool same_words(const struct rules *a, const struct rules *b)
{
	bool same = a->n_rarities == b->n_rarities && a->n_stop_words == b->n_stop_words;

	for (size_t i = 0; same && i < a->n_rarities; i++)
		same = a->rarities[i].rarity == b->rarities[i].rarity &&
		       str_eq(a->rarities[i].word, b->rarities[i].word);
	for (size_t i = 0; same && i < a->n_stop_words; i++)
		same = str_eq(a->stop_words[i], b->stop_words[i]);
	return same;
}

static bool same_names(const struct rules *a, const struct rules *b)
{
	bool same = a->n_rules == b->n_rules;

	for (size_t i = 0; same && i < a->n_rules; i++)
		same = a->rules[i].field == b->rules[i].field && str_eq(a->rules[i].name, b->rules[i].name);
	return same;
}

static size_t count_donors(const struct ruling *ruling)
{
	size_t n = 0;

	for (size_t i = 0; i < ruling->n_donors; i++) {
		size_t first = 0;

		while (ruling->donors[first].ruling != ruling->donors[i].ruling)
			first++;
		n += first == i;
	}
	return n;
}

struct str ruling_revised(struct ruling *before, struct rules *all, int64_t ruleset, size_t most, struct ruling **ret)
{
	const struct rules *rules = before->rules;
	struct str why;
	bool *wanted;
	size_t n = 0;

	if (count_donors(before) >= DONORS_MAX)
		return STR("too many sets of rules are kept");
	if (!same_fields(rules, all) || !same_words(rules, all) || !same_names(rules, all))
		return STR("other fields, words or names");
	wanted = zeroed(all->n_rules, sizeof(*wanted));
	for (size_t i = 0; i < all->n_rules; i++) {
		wanted[i] = !same_rule(&rules->rules[i], &all->rules[i]);
		n += wanted[i];
	}
	why = n > most ? STR("many others") : unfit_some(rules, all, wanted);
	if (!str_given(why))
		*ret = replace(before, all, wanted, ruleset);
	free(wanted);
	return why;
}
