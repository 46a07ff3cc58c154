#include "touched.h"

#include <stdlib.h>

#include "base/table.h"
#include "memory.h"

/* A hit in a line of a rule. */
struct rule_sign {
	uint32_t rule, line;
};

/* A term that rules wait for: their postings, and where it was seen. */
struct rule_list {
	uint32_t from, to;
	uint32_t fields;
};

enum { AHEAD = 8 }; /* terms whose postings are announced */

/*
 * The terms that rules wait for; returns how many. Where each one's postings stand is far away, and announced before
 * it is asked for. Without branches: who waits for a term is not to be guessed.
 */
static size_t list_terms(struct firing *firing, const struct scan *scan)
{
	const struct term_start *starts = terms_waiting(scan->terms)->starts;
	const uint32_t *briefs = terms_waiting(scan->terms)->briefs;
	struct rule_list *lists;
	size_t n = 0;

	if (scan->n_touched >= firing->lists_capacity) {
		firing->lists_capacity = 2 * scan->n_touched + 64;
		firing->lists = must(realloc(firing->lists, firing->lists_capacity * sizeof(*firing->lists)));
	}
	lists = firing->lists;
	for (size_t i = 0; i < scan->n_touched; i++) {
		const struct term_start *start = &starts[scan->touched[i]];

		if (i + 2 * AHEAD < scan->n_touched)
			__builtin_prefetch(&starts[scan->touched[i + 2 * AHEAD]]);
		/* for who asks next, when the rules are done with */
		__builtin_prefetch(&briefs[start[0].profiles]);
		lists[n] = (struct rule_list){ start[0].rules, start[1].rules, scan->seen[scan->touched[i]].fields };
		n += start[1].rules > start[0].rules;
	}
	return n;
}

static void make_room_for_signs(struct firing *firing, size_t n)
{
	if (n <= firing->signs_capacity)
		return;
	firing->signs_capacity = 2 * n;
	firing->signs = must(realloc(firing->signs, firing->signs_capacity * sizeof(*firing->signs)));
}

/*
 * The lines of rules in which terms were seen; a field that a line does not look at is no hit of it. Returns how
 * many. Far away are the postings, then the rules' gates.
 */
static size_t rule_signs(struct firing *firing, const struct scan *scan)
{
	const struct rule_posting *postings = terms_waiting(scan->terms)->rules;
	size_t n = 0, n_lists = list_terms(firing, scan);

	for (size_t i = 0; i < n_lists; i++) {
		struct rule_list list = firing->lists[i];

		if (i + AHEAD < n_lists)
			__builtin_prefetch(&postings[firing->lists[i + AHEAD].from]);
		make_room_for_signs(firing, n + (list.to - list.from) + 1);
		for (uint32_t j = list.from; j < list.to; j++) {
			__builtin_prefetch(&firing->gates[postings[j].rule]);
			firing->signs[n] = (struct rule_sign){ postings[j].rule, postings[j].line };
			n += (postings[j].fields & list.fields) != 0;
		}
	}
	return n;
}

size_t touch_rules(struct firing *firing, const struct scan *scan, const bool *void_rules, size_t touched)
{
	size_t n = rule_signs(firing, scan);

	for (size_t i = 0; i < n; i++) {
		struct rule_gate *gate = &firing->gates[firing->signs[i].rule];

		if (void_rules != NULL && void_rules[firing->signs[i].rule])
			continue;
		firing->touched[touched] = firing->signs[i].rule;
		touched += gate->hit == 0;
		gate->hit |= UINT64_C(1) << firing->signs[i].line;
	}
	return touched;
}

size_t drop_lacking(struct firing *firing, const struct rules *rules, const struct rule_code *code,
	size_t touched)
{
	size_t kept = 0;

	for (size_t i = 0; i < touched; i++) {
		struct rule_gate *gate = &firing->gates[firing->touched[i]];

		if ((gate->hit & gate->any) != 0 && (gate->hit & gate->needed) == gate->needed) {
			table_fetch(&rules->rules[firing->touched[i]], sizeof(*rules->rules));
			table_fetch(&code[firing->touched[i]], sizeof(*code));
			firing->touched[kept++] = firing->touched[i];
		}
		gate->met = gate->hit;
		gate->notice = firing->notice;
		gate->hit = 0;
	}
	return kept;
}
