#include "match/dry_run.h"

#include <stdlib.h>

#include "atoms.h"
#include "base/fold.h"
#include "rule_parse.h"
#include "scan.h"

struct dry_run {
	struct arena arena, scratch;
	const struct rules *rules;
	struct dry_pattern *patterns;
	struct atoms *atoms; /* by pattern */
	bool *dear;          /* by pattern: refused */
	size_t n, capacity;
	int64_t notices;
};

/* The terms of all lines, also behind "with" and "unless". */
static bool each_term(const struct rules *rules,
	bool (*take)(void *data, const struct rule *rule, const struct rule_term *term), void *data)
{
	for (size_t i = 0; i < rules->n_rules; i++) {
		const struct rule *rule = &rules->rules[i];

		for (size_t j = 0; j < rule->n_lines; j++) {
			const struct rule_line *line = &rule->lines[j];

			for (size_t k = 0; k < line->n_terms; k++)
				if (take(data, rule, &line->terms[k]))
					return true;
			for (size_t group = 0; group < line->n_with; group++)
				for (size_t k = 0; k < line->with[group].n_terms; k++)
					if (take(data, rule, &line->with[group].terms[k]))
						return true;
			for (size_t k = 0; k < line->except.n_terms; k++)
				if (take(data, rule, &line->except.terms[k]))
					return true;
		}
	}
	return false;
}

static bool same_pattern(const struct rule_term *a, const struct rule_term *b)
{
	return a->raw == b->raw && str_eq(a->pattern, b->pattern);
}

static bool is_it(void *data, const struct rule *rule UNUSED, const struct rule_term *term)
{
	return term->kind == TERM_PATTERN && same_pattern(term, data);
}

struct choosing {
	struct dry_run *run;
	const struct rules *known;
};

static bool take_new(void *data, const struct rule *rule, const struct rule_term *term)
{
	struct choosing *c = data;
	struct dry_run *run = c->run;

	if (term->kind != TERM_PATTERN)
		return false;
	for (size_t i = 0; i < run->n; i++)
		if (same_pattern(run->patterns[i].term, term))
			return false;
	if (c->known != NULL && each_term(c->known, is_it, (void *)term))
		return false;
	arena_grow(&run->arena, run->patterns, run->n, &run->capacity);
	run->patterns[run->n++] = (struct dry_pattern){ .rule = rule->name, .term = term };
	return false;
}

struct dry_run *dry_run_new(const struct rules *rules, const struct rules *known)
{
	struct dry_run *run = calloc(1, sizeof(*run));
	struct choosing choosing = { run, known };

	if (run == NULL)
		die("out of memory");
	run->rules = rules;
	each_term(rules, take_new, &choosing);
	run->atoms = arena_array(&run->arena, struct atoms, run->n);
	run->dear = arena_array(&run->arena, bool, run->n);
	for (size_t i = 0; i < run->n; i++)
		atoms_find(run->patterns[i].term->pattern, &run->arena, &run->atoms[i]);
	return run;
}

void *dry_run_free(struct dry_run *run)
{
	if (run == NULL)
		return NULL;
	arena_done(&run->scratch);
	arena_done(&run->arena);
	free(run);
	return NULL;
}

const struct dry_pattern *dry_run_patterns(const struct dry_run *run, size_t *ret_n)
{
	*ret_n = run->n;
	return run->patterns;
}

int64_t dry_run_notices(const struct dry_run *run)
{
	return run->notices;
}

/* Trying */

static bool some_stands(const struct str *atoms, size_t n, struct str folded)
{
	for (size_t i = 0; i < n; i++)
		if (str_find(folded, atoms[i]) != SIZE_MAX)
			return true;
	return n == 0;
}

/* What the patterns spend on one notice, in all its texts. */
struct spending {
	struct regex_purse purse;
	bool found, over;
};

static void try_text(struct dry_run *run, struct str raw, struct spending *spendings)
{
	struct error ignored = ERROR_INIT;
	struct folded folded;

	if (!str_given(raw))
		return;
	raw = str_clip(raw, SCAN_TEXT_MAX);
	folded = fold(&run->scratch, raw);
	for (size_t i = 0; i < run->n; i++) {
		const struct rule_term *term = run->patterns[i].term;
		const struct atoms *atoms = &run->atoms[i];
		size_t start, end;
		int r;

		if (run->dear[i] || spendings[i].over || !some_stands(atoms->at, atoms->n, folded.text) ||
			!some_stands(atoms->also, atoms->n_also, folded.text))
			continue;
		r = regex_find_with(term->regex, &spendings[i].purse, term->raw ? raw : folded.text, 0, &start,
			&end, &ignored);
		spendings[i].found |= r == REGEX_FOUND;
		spendings[i].over |= r < 0;
	}
}

static bool too_dear(const struct dry_run *run, const struct dry_pattern *pattern)
{
	return pattern->worst_ns > DRY_RUN_WORST_US * UINT64_C(1000) ||
	       (run->notices >= DRY_RUN_LEAST &&
		       pattern->ns / (uint64_t)run->notices > DRY_RUN_AVERAGE_US * UINT64_C(1000));
}

bool dry_run_notice(struct dry_run *run, const struct notice *notice)
{
	struct spending *spendings;
	bool some = false;

	arena_reset(&run->scratch);
	spendings = arena_array(&run->scratch, struct spending, run->n);
	for (size_t i = 0; i < run->n; i++)
		spendings[i].purse = (struct regex_purse){ .segments = 1, .by_cpu = true }; /* all of it, exactly */
	try_text(run, notice->title, spendings);
	for (size_t i = 0; i < notice->subjects.n; i++)
		try_text(run, notice->subjects.at[i], spendings);
	try_text(run, notice->description, spendings);
	try_text(run, notice->criteria, spendings);
	try_text(run, notice->buyer.name, spendings);
	for (size_t i = 0; i < notice->n_lots; i++) {
		try_text(run, notice->lots[i].title, spendings);
		try_text(run, notice->lots[i].description, spendings);
	}
	run->notices++;
	for (size_t i = 0; i < run->n; i++) {
		struct dry_pattern *pattern = &run->patterns[i];
		/* a limit of steps that was reached is as good as the time */
		uint64_t ns = spendings[i].over ? REGEX_BUDGET_US * UINT64_C(1000) : spendings[i].purse.spent_ns;

		pattern->found += spendings[i].found;
		pattern->ns += ns;
		if (ns > pattern->worst_ns) {
			pattern->worst_ns = ns;
			pattern->worst = arena_dup(&run->arena, notice->id);
		}
		run->dear[i] |= too_dear(run, pattern);
		some |= !run->dear[i];
	}
	return some;
}

int dry_run_judge(const struct dry_run *run, struct arena *arena, struct rule_problem **problems,
	size_t *n_problems, struct error *err)
{
	/* a parser that reads nothing, for its way to tell problems */
	struct rule_parser p = { .rules = (struct rules *)run->rules, .report = arena };

	for (size_t i = 0; i < run->n; i++) {
		const struct dry_pattern *pattern = &run->patterns[i];

		if (run->dear[i])
			rule_problem_at(&p, &pattern->term->place,
				"this pattern is too dear: tried on %lld stored notices it took %u µs on %.*s (at most "
				"%d) and %u µs a notice (at most %d); begin it with a rare word, and bound what repeats, "
				"as in .{0,40}",
				(long long)run->notices, (unsigned)(pattern->worst_ns / 1000),
				STR_ARG(pattern->worst), DRY_RUN_WORST_US,
				(unsigned)(pattern->ns / (uint64_t)run->notices / 1000), DRY_RUN_AVERAGE_US);
	}
	*problems = p.problems;
	*n_problems = p.n_problems;
	if (p.n_problems == 0)
		return 0;
	return error_set(err, ERROR_INPUT, "%.*s:%u:%u: %.*s", STR_ARG(p.problems[0].file), p.problems[0].line,
		p.problems[0].column, STR_ARG(p.problems[0].text));
}
