#include "compiled.h"
#include "gates.h"

/* From a notice to its receipts: scan, rules, board, gates, scores. */

void matcher_fire(const struct matcher *m, struct reader *reader, const struct notice *notice)
{
	fire_rules(&reader->firing, m->rules, m->code, &reader->scan, notice);
}

void matcher_find(const struct matcher *m, struct reader *reader, const struct notice *notice)
{
	scan_notice(&reader->scan, notice);
	matcher_fire(m, reader, notice);
}

struct scoring matcher_scoring(const struct matcher *m, struct reader *reader,
	const struct notice *notice, bool no_gates, struct arena *arena)
{
	return (struct scoring){ m->rules, m->profiles, m->said, m->gates, NULL, &reader->scan, &reader->scan.memo,
		reader->fired != NULL ? reader->fired : &reader->firing, notice, no_gates, arena,
		.joined = { STR_NONE, STR_NONE } };
}

int matcher_tell_overspent(const struct matcher *m, const struct reader *reader,
	const struct notice *notice, struct error *err)
{
	uint32_t rule = reader->scan.overspent != 0 ? reader->scan.overspent : reader->firing.overspent;

	if (rule == 0)
		return 0;
	error_set(err, ERROR_LIMIT, "rule %.*s: a pattern overspent its budget on %.*s",
		STR_ARG(m->rules->rules[rule - 1].name), STR_ARG(notice->id));
	return MATCHER_OVERSPENT;
}

int matcher_judge(const struct matcher *m, struct reader *reader, const struct notice *notice,
	const struct match_options *options, struct arena *arena, struct receipts *ret, struct error *err)
{
	struct scoring s = matcher_scoring(m, reader, notice, options->no_gates, arena);
	size_t capacity = 0;

	s.wordless = reader->wordless;
	s.unfiled = reader->unfiled;
	s.unheaded = reader->unheaded;
	*ret = (struct receipts){ NULL, 0 };
	if (!options->no_gates) {
		gate_visit_begin(&reader->visit, m->gates, notice);
		s.visit = &reader->visit;
	}
	board_fill(&reader->board, &s, reader->told != NULL ? reader->told : m->shares, MATCH_THRESHOLD);
	for (size_t i = 0; i < reader->board.n_hopeful; i++) {
		struct receipt receipt = { .threshold = MATCH_THRESHOLD, .ruleset = m->ruleset };
		const struct hopeful *hopeful = &reader->board.hopeful[i];
		uint32_t profile = hopeful->profile;

		if (reader->gone != NULL && (reader->gone[profile / 64] >> profile % 64 & 1) != 0)
			continue;
		if (score_profile(&s, &reader->board, hopeful, MATCH_THRESHOLD, &receipt) != GATE_PASSED ||
			receipt.score < MATCH_THRESHOLD)
			continue;
		arena_grow(arena, ret->at, ret->n, &capacity);
		ret->at[ret->n++] = receipt;
	}
	reader->asks_head = s.asks_head;
	return matcher_tell_overspent(m, reader, notice, err);
}

int matcher_read(const struct matcher *m, struct reader *reader, const struct notice *notice,
	const struct match_options *options, struct arena *arena, struct receipts *ret, struct error *err)
{
	*ret = (struct receipts){ NULL, 0 };
	if (!options->no_gates && gate_of_notice(notice, options->now) != GATE_PASSED)
		return 0;
	matcher_find(m, reader, notice);
	return matcher_judge(m, reader, notice, options, arena, ret, err);
}

int matcher_run(struct matcher *m, const struct notice *notice, const struct match_options *options,
	struct arena *arena, struct receipts *ret, struct error *err)
{
	return matcher_read(m, m->own, notice, options, arena, ret, err);
}
