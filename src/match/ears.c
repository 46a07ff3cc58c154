#include "ears.h"

#include "reader.h"

static uint8_t who_hears(const struct rule_shares *told, const uint32_t *profiles, size_t n)
{
	unsigned bits = 0;

	for (size_t i = 0; i < told->n; i++)
		for (size_t j = 0; j < n; j++)
			if (told->at[i].profile == profiles[j])
				bits |= 1u << j;
	return (uint8_t)bits;
}

/* Who hears of a rule hears of those that it asks for; highest levels first. */
static void hear_through(const struct rules *rules, uint8_t *heard)
{
	for (size_t i = rules->n_meta; i > 0; i--) {
		const struct rule *rule = &rules->rules[rules->meta[i - 1]];

		for (size_t j = 0; j < rule->n_lines; j++)
			for (size_t k = 0; k < rule->lines[j].n_rules; k++)
				heard[rule->lines[j].rules[k]] |= heard[rules->meta[i - 1]];
	}
}

static uint8_t who_hears_term(const struct matcher_view *m, uint32_t term, const uint8_t *heard)
{
	size_t n;
	const struct rule_posting *postings = terms_rules(m->terms, term, &n);
	unsigned bits = 0;

	for (size_t i = 0; i < n; i++)
		bits |= heard[postings[i].rule];
	return (uint8_t)bits;
}

void ears_init(struct ears *ears, const struct matcher_view *m, const uint32_t *profiles, size_t n, struct arena *arena)
{
	size_t n_patterns;
	const struct pattern *patterns = terms_patterns(m->terms, &n_patterns);
	uint8_t *rules = arena_array(arena, uint8_t, m->rules->n_rules);
	uint8_t *by_pattern = arena_array(arena, uint8_t, n_patterns);

	for (size_t i = 0; i < m->rules->n_rules; i++)
		rules[i] = who_hears(&m->shares[i], profiles, n);
	hear_through(m->rules, rules);
	for (size_t i = 0; i < n_patterns; i++)
		by_pattern[i] = who_hears_term(m, patterns[i].term, rules);
	*ears = (struct ears){ rules, by_pattern, 0 };
}
