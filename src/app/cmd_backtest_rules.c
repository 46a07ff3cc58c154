/* rules backtest, its part on the rules themselves: which are of no use, and what each costs */
#include <stdio.h>
#include <stdlib.h>

#include "commands.h"
#include "flow/backtest.h"
#include "match/rules_diff.h"

enum { USES_SHOWN = 12, DEAREST_SHOWN = 8 };

static bool is_changed(const struct rules_diff *diff, const struct rule_use *use)
{
	for (size_t i = 0; i < diff->n_rules; i++)
		if (diff->rules[i].after != NULL && str_eq(diff->rules[i].after->name, use->rule))
			return true;
	return false;
}

/* Texts that were looked at for this rule alone, which is what makes a rule dear. */
static int64_t dear(const struct rule_use *use)
{
	return use->steps.patterns + use->steps.again;
}

static int by_cost(const void *a, const void *b)
{
	const struct rule_use *x = *(const struct rule_use *const *)a, *y = *(const struct rule_use *const *)b;

	if (dear(x) != dear(y))
		return dear(x) > dear(y) ? -1 : 1;
	if (x->steps.tried != y->steps.tried)
		return x->steps.tried > y->steps.tried ? -1 : 1;
	return str_cmp(x->rule, y->rule);
}

/* Text */

static void show_useless(const struct rule_uses *uses, bool all)
{
	size_t dead = 0, redundant = 0, most = all ? uses->n : USES_SHOWN;

	for (size_t i = 0; i < uses->n; i++) {
		dead += uses->at[i].dead;
		redundant += str_given(uses->at[i].with);
	}
	printf("\nRules of the draft: %zu; on %s%lld notices %zu never fired", uses->n,
		uses->proved < uses->notices ? "the newest " : "", (long long)uses->proved, dead);
	if (uses->counted < uses->proved)
		printf(";\non the newest %lld of them %zu never fired alone\n", (long long)uses->counted, redundant);
	else
		printf(", %zu never alone\n", redundant);
	for (size_t i = 0, shown = 0; i < uses->n && shown < most; i++)
		if (uses->at[i].dead && ++shown)
			out_line("  dead       %.*s", STR_ARG(uses->at[i].rule));
	for (size_t i = 0, shown = 0; i < uses->n && shown < most; i++)
		if (str_given(uses->at[i].with) && ++shown)
			out_line("  redundant  %.*s: %lld times, always with %.*s", STR_ARG(uses->at[i].rule),
				(long long)uses->at[i].fired, STR_ARG(uses->at[i].with));
	if (dead > most || redundant > most)
		out_line("  … the first %d of each; --rules shows all", USES_SHOWN);
}

static void show_cost(const struct rule_use *use, bool changed)
{
	putchar(changed ? '*' : ' ');
	putchar(' ');
	(void)out_id(use->rule, 36);
	out_line(" %8lld %8lld %10lld %11lld", (long long)use->steps.tried, (long long)use->fired,
		(long long)use->steps.patterns, (long long)use->steps.again);
}

/* The dearest, and those that the draft changes, wherever they stand. */
static void show_costs(const struct rule_uses *uses, const struct rules_diff *diff, bool all)
{
	const struct rule_use **order = calloc(uses->n + 1, sizeof(const struct rule_use *));
	size_t changed = 0, left = 0;

	if (order == NULL)
		die("out of memory");
	for (size_t i = 0; i < uses->n; i++)
		order[i] = &uses->at[i];
	qsort(order, uses->n, sizeof(const struct rule_use *), by_cost);
	out_line("\nWhat rules cost, in steps on %s%lld notices, the dearest first (*: differs)",
		uses->counted < uses->notices ? "the newest " : "", (long long)uses->counted);
	out_line("%-38s %8s %8s %10s %11s", "", "tried", "fired", "patterns", "read again");
	for (size_t i = 0; i < uses->n; i++) {
		bool differs = is_changed(diff, order[i]);

		if (all || i < DEAREST_SHOWN || (differs && changed++ < USES_SHOWN))
			show_cost(order[i], differs);
		else
			left++;
	}
	if (left > 0)
		out_line("  … and %zu more; --rules shows all", left);
	free(order);
}

void backtest_rules_show(const struct rule_uses *uses, const struct rules_diff *diff, bool all)
{
	if (uses->counted == 0)
		return;
	show_useless(uses, all);
	show_costs(uses, diff, all);
}

/* JSON */

void backtest_rules_json(struct json_writer *w, const struct rule_uses *uses, const struct rules_diff *diff)
{
	json_add_int(w, "rules_counted", uses->counted);
	json_add_int(w, "rules_proved", uses->proved);
	json_key(w, "rules");
	json_open_array(w);
	for (size_t i = 0; i < uses->n; i++) {
		const struct rule_use *use = &uses->at[i];

		json_open_object(w);
		json_add_str(w, "rule", use->rule);
		json_add_bool(w, "differs", is_changed(diff, use));
		json_add_int(w, "tried", use->steps.tried);
		json_add_int(w, "fired", use->fired);
		json_add_int(w, "pattern_runs", use->steps.patterns);
		json_add_int(w, "texts_again", use->steps.again);
		json_add_bool(w, "dead", use->dead);
		json_add_str(w, "always_with", use->with);
		json_close_object(w);
	}
	json_close_array(w);
}
