#include "compiled.h"
#include "gates.h"

/* What people ask of a compiled matcher: why, why not, which rules. */

int matcher_rule_fires(struct matcher *m, size_t rule, const struct notice *notice, bool *ret,
	struct error *err)
{
	matcher_find(m, m->own, notice);
	*ret = m->own->firing.first[rule] != 0;
	return matcher_tell_overspent(m, m->own, notice, err);
}

int matcher_rule_reasons(struct matcher *m, const struct notice *notice, struct arena *arena,
	struct reason **ret, size_t *ret_n, struct error *err)
{
	size_t capacity = 0;

	*ret = NULL;
	*ret_n = 0;
	matcher_find(m, m->own, notice);
	for (size_t i = 0; i < m->own->firing.n; i++) {
		const struct fired *fired = &m->own->firing.at[i];
		const struct hit *hit = fired->hit;

		arena_grow(arena, *ret, *ret_n, &capacity);
		(*ret)[(*ret_n)++] = (struct reason){
			.rule = m->rules->rules[fired->rule].name,
			.points = fired->points,
			.field = str_of(match_field_name(hit->field)),
			.start = hit->start,
			.end = hit->end,
			.text = str_sub(scan_field_text(notice, hit->field, hit->scope, arena), hit->start,
				hit->end),
		};
	}
	return matcher_tell_overspent(m, m->own, notice, err);
}

int matcher_explain(struct matcher *m, const struct notice *notice, size_t profile,
	const struct match_options *options, struct arena *arena, struct explanation *ret,
	struct error *err)
{
	struct scoring s = matcher_scoring(m, m->own, notice, options->no_gates, arena);
	enum match_gate excluded;

	*ret = (struct explanation){ .receipt = { .threshold = MATCH_THRESHOLD, .ruleset = m->ruleset } };
	matcher_find(m, m->own, notice);
	board_fill_one(&m->own->board, &s, m->shares, (uint32_t)profile);
	if (!options->no_gates)
		ret->gate = gate_test(m->profiles[profile], notice, options->now, arena, &ret->gate_text,
			&ret->change);
	excluded = score_profile(&s, &m->own->board, &m->own->board.hopeful[0], SCORE_ANY, &ret->receipt);
	if (ret->gate == GATE_PASSED && excluded == GATE_EXCLUDED) {
		ret->gate = GATE_EXCLUDED;
		ret->gate_text = STR("excluded: the title has a word that the profile excludes");
	}
	if (ret->receipt.score < MATCH_THRESHOLD)
		ret->missing = MATCH_THRESHOLD - ret->receipt.score;
	ret->matches = ret->gate == GATE_PASSED && ret->missing == 0;
	return matcher_tell_overspent(m, m->own, notice, err);
}
