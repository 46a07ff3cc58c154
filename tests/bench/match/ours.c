/* Our own matcher: whole, up to receipts; and its lexical pass alone, which tells the terms it found. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../src/match/scan.h"
#include "contender.h"
#include "match/matcher.h"
#include "random.h"

static void *zeroed(size_t n, size_t size)
{
	void *p = calloc(n, size);

	if (p == NULL)
		die("out of memory");
	return p;
}

static int parse(const struct workload *workload, struct rules **ret, struct error *err)
{
	struct arena arena = ARENA_INIT;
	struct rule_problem *problems;
	size_t n;
	int r = rules_parse(workload->rules, workload->n_rules, &arena, &problems, &n, ret, err);

	arena_done(&arena);
	return r;
}

/* whole */

struct ours {
	struct rules *rules;
	struct matcher *matcher;
	struct arena arena; /* receipts of the notice at hand */
	uint64_t *receipts; /* by document: a sum of what was told when it was first matched; 0: not yet */
	size_t n_receipts, n_done, overspent;
	char remark[160];
};

static int ours_compile(const struct workload *workload, void **ret, struct error *err)
{
	struct ours *ours = zeroed(1, sizeof(*ours));
	int r = parse(workload, &ours->rules, err);

	if (r == 0)
		r = matcher_new(ours->rules, 1, workload->profile_list, workload->n_profiles,
			&ours->matcher, err);
	if (r == 0)
		ours->receipts = zeroed(workload->n_documents, sizeof(*ours->receipts));
	*ret = ours;
	return r;
}

/* It is in our time, so eight bytes are taken at once. */
static uint64_t sum_of_text(struct str text)
{
	uint64_t sum = text.len, last = 0;

	for (; text.len >= sizeof(last); text = str_from(text, sizeof(last))) {
		memcpy(&last, text.ptr, sizeof(last));
		sum = (sum ^ last) * UINT64_C(0x9E3779B97F4A7C15);
		sum ^= sum >> 32;
	}
	last = 0;
	if (text.len > 0)
		memcpy(&last, text.ptr, text.len);
	return random_mix(sum ^ last);
}

static uint64_t sum_of(const struct receipts *receipts)
{
	uint64_t sum = 1;

	for (size_t i = 0; i < receipts->n; i++) {
		const struct receipt *receipt = &receipts->at[i];

		sum = random_mix(sum + sum_of_text(receipt->profile) + (uint64_t)receipt->score);
		for (size_t j = 0; j < receipt->n_reasons; j++)
			sum = random_mix(sum + sum_of_text(receipt->reasons[j].rule) +
					 (uint64_t)receipt->reasons[j].points + receipt->reasons[j].start);
	}
	return sum;
}

static int ours_run(void *state, const struct workload *workload, size_t from, size_t to,
	struct found *found, struct error *err)
{
	struct ours *ours = state;
	struct match_options options = { .now = workload->now };

	(void)found;
	for (size_t i = from; i < to; i++) {
		struct receipts receipts;
		int r = matcher_run(ours->matcher, &workload->notices[i], &options, &ours->arena, &receipts,
			err);
		uint64_t sum;

		if (r < 0)
			return r;
		ours->overspent += r == MATCHER_OVERSPENT;
		sum = sum_of(&receipts);
		if (ours->receipts[i] == 0) {
			ours->receipts[i] = sum;
			ours->n_receipts += receipts.n;
			ours->n_done++;
		} else if (ours->receipts[i] != sum) {
			return error_set(err, ERROR_SYSTEM, "document %zu: matched twice, other receipts", i);
		}
		arena_reset(&ours->arena);
	}
	return 0;
}

static void ours_free(void *state)
{
	struct ours *ours = state;

	matcher_free(ours->matcher);
	rules_free(ours->rules);
	arena_done(&ours->arena);
	free(ours->receipts);
	free(ours);
}

static const char *ours_remark(const void *state)
{
	struct ours *ours = (struct ours *)state;

	snprintf(ours->remark, sizeof(ours->remark),
		"%.1f receipts a document, the same in every round; a pattern overspent %zu times",
		(double)ours->n_receipts / (double)ours->n_done, ours->overspent);
	return ours->remark;
}

const struct contender contender_ours = {
	.name = "ours, whole",
	.what = "fold, words, phrases, patterns, rules, scores, gates, lots, receipts",
	.patterns = true,
	.scores = true,
	.compile = ours_compile,
	.run = ours_run,
	.free = ours_free,
	.remark = ours_remark,
};

/* the lexical pass alone */

struct pass {
	struct rules *rules;
	struct lexicon *lexicon;
	struct terms *terms;
	struct scan scan;
	bool ready;        /* scan */
	uint32_t *numbers; /* by term of the matcher: term of the workload */
};

struct by_pattern {
	struct str pattern;
	const struct rule_term *term;
	unsigned fields;
	uint32_t rule;
};

static int by_text(const void *a, const void *b)
{
	return str_cmp(((const struct by_pattern *)a)->pattern, ((const struct by_pattern *)b)->pattern);
}

/* The parsed patterns of all rules, by their text. */
static struct by_pattern *patterns_of(const struct rules *rules, size_t n)
{
	struct by_pattern *all = zeroed(n + 1, sizeof(*all));
	size_t count = 0;

	for (uint32_t rule = 0; rule < rules->n_rules; rule++) {
		for (size_t line = 0; line < rules->rules[rule].n_lines; line++) {
			const struct rule_line *l = &rules->rules[rule].lines[line];

			for (size_t i = 0; i < l->n_terms && count < n; i++)
				if (l->terms[i].kind == TERM_PATTERN)
					all[count++] = (struct by_pattern){ l->terms[i].text, &l->terms[i],
						l->fields, rule };
		}
	}
	qsort(all, count, sizeof(*all), by_text);
	return all;
}

static void add_terms(struct pass *pass, const struct workload *workload)
{
	struct by_pattern *patterns = patterns_of(pass->rules, workload->n_patterns);
	int rarity;

	pass->numbers = zeroed(workload->n_terms + 1, sizeof(*pass->numbers));
	for (size_t i = 0; i < workload->n_terms; i++) {
		const struct work_term *term = &workload->terms[i];
		struct by_pattern wanted = { .pattern = term->pattern };
		uint32_t number;

		if (str_given(term->words)) {
			number = terms_phrase(pass->terms, term->words, term->exact, &rarity);
		} else {
			const struct by_pattern *p = bsearch(&wanted, patterns, workload->n_patterns,
				sizeof(*patterns), by_text);

			if (p == NULL)
				die("the pattern %.*s is in no rule", STR_ARG(term->pattern));
			number = terms_pattern(pass->terms, p->term, p->fields, p->rule);
		}
		pass->numbers[number] = (uint32_t)i;
	}
	free(patterns);
}

static int pass_compile(const struct workload *workload, void **ret, struct error *err)
{
	struct pass *pass = zeroed(1, sizeof(*pass));
	int r;

	*ret = pass;
	r = parse(workload, &pass->rules, err);
	if (r < 0)
		return r;
	pass->lexicon = lexicon_new(pass->rules);
	pass->terms = terms_new(pass->lexicon);
	add_terms(pass, workload);
	lexicon_watch(pass->lexicon, terms_triggers(pass->terms));
	terms_pack(pass->terms);
	scan_init(&pass->scan, pass->terms, pass->lexicon);
	pass->ready = true;
	return 0;
}

static int pass_run(void *state, const struct workload *workload, size_t from, size_t to,
	struct found *found, struct error *err)
{
	struct pass *pass = state;

	for (size_t i = from; i < to; i++) {
		scan_notice(&pass->scan, &workload->notices[i]);
		if (pass->scan.overspent != 0)
			return error_set(err, ERROR_LIMIT, "document %zu: a pattern overspent its budget", i);
		for (size_t j = 0; j < pass->scan.n_touched; j++)
			found_add(&found[i - from], workload, pass->numbers[pass->scan.touched[j]]);
	}
	return 0;
}

static void pass_free(void *state)
{
	struct pass *pass = state;

	if (pass->ready)
		scan_done(&pass->scan);
	terms_free(pass->terms);
	lexicon_free(pass->lexicon);
	rules_free(pass->rules);
	free(pass->numbers);
	free(pass);
}

const struct contender contender_ours_terms = {
	.name = "ours, terms only",
	.what = "its lexical pass: fold, words, phrases, patterns",
	.patterns = true,
	.compile = pass_compile,
	.run = pass_run,
	.free = pass_free,
};
