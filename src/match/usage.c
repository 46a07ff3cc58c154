#include "match/usage.h"

#include <stdlib.h>

#include "called.h"
#include "rereading.h"
#include "select_change.h"

struct usage {
	struct arena arena;
	struct matcher *part; /* the rules, and nobody who hears of them */
	struct reread *reread;
	struct changed wanted; /* them all, as if each of them were new */
	struct rule_steps *steps;
	uint64_t *tried_on;    /* by rule: number of the notice it was last tried on */
	uint64_t notice;
};

struct usage *usage_new(const struct matcher *matcher, const bool *rules, const struct dictionary *dictionary)
{
	struct usage *u = calloc(1, sizeof(*u));
	struct matcher_view m = matcher_view(matcher);
	bool *wanted, *nobody;

	if (u == NULL)
		die("out of memory");
	nobody = arena_array(&u->arena, bool, m.n_profiles);
	wanted = arena_array(&u->arena, bool, m.rules->n_rules);
	u->steps = arena_array(&u->arena, struct rule_steps, m.rules->n_rules);
	u->tried_on = arena_array(&u->arena, uint64_t, m.rules->n_rules);
	u->wanted.rules[0] = arena_array(&u->arena, struct changed_rule, m.rules->n_rules);
	for (size_t i = 0; i < m.rules->n_rules; i++) {
		wanted[i] = rules == NULL || rules[i];
		u->wanted.rules[0][i] = (struct changed_rule){ .other = CHANGED_ALONE, .wholly = wanted[i] };
	}
	u->part = matcher_part(matcher, nobody, wanted);
	u->reread = reread_of(u->part, NULL, NULL, dictionary);
	return u;
}

void *usage_free(struct usage *u)
{
	if (u == NULL)
		return NULL;
	reread_free(u->reread);
	matcher_free(u->part);
	arena_done(&u->arena);
	free(u);
	return NULL;
}

int usage_select(const struct usage *u, struct dictionary *dictionary, const struct selection_lists *lists,
	struct selection *ret, struct error *err)
{
	selection_begin(ret, lists->last);
	return select_fired(u->part, u->wanted.rules[0], dictionary, lists, ret, err);
}

/* counting */

static bool seen_there(const struct scan *scan, const struct rule_posting *posting, uint32_t term)
{
	return (posting->fields & scan->seen[term].fields) != 0;
}

static void count_tried(struct usage *u, const struct scan *scan)
{
	for (size_t i = 0; i < scan->n_touched; i++) {
		uint32_t term = scan->touched[i];
		size_t n;
		const struct rule_posting *postings = terms_rules(scan->terms, term, &n);

		for (size_t j = 0; j < n; j++) {
			uint32_t rule = postings[j].rule;

			if (u->tried_on[rule] == u->notice || !seen_there(scan, &postings[j], term))
				continue;
			u->tried_on[rule] = u->notice;
			u->steps[rule].tried++;
		}
	}
}

/* One pattern may stand in several lines of a rule: these follow each other. */
static void count_patterns(struct usage *u, const struct scan *scan)
{
	size_t n_patterns;
	const struct pattern *patterns = terms_patterns(scan->terms, &n_patterns);

	for (size_t i = 0; i < n_patterns; i++) {
		uint32_t last = UINT32_MAX;
		size_t n;
		const struct rule_posting *postings = terms_rules(scan->terms, patterns[i].term, &n);

		if (scan->purses[i].notice != scan->notice)
			continue;
		for (size_t j = 0; j < n; j++) {
			if (postings[j].rule != last)
				u->steps[postings[j].rule].patterns += (int64_t)scan->purses[i].purse.segments;
			last = postings[j].rule;
		}
	}
}

/* Texts in which a term of the line stands, each once: fields of the notice and of its lots. */
static int64_t texts_of(const struct scan *scan, const struct rule_line *line, const struct line_terms *terms,
	struct arena *arena)
{
	struct { uint32_t scope, field; } *texts = NULL;
	size_t n = 0, capacity = 0;

	for (size_t i = 0; i < terms->n; i++) {
		for (uint32_t at = scan->seen[terms->terms[i]].newest; at != 0; at = scan->hits[at - 1].next) {
			const struct hit *hit = &scan->hits[at - 1];
			size_t j = 0;

			if ((line->fields & 1u << hit->field) == 0)
				continue;
			while (j < n && (texts[j].scope != hit->scope || texts[j].field != hit->field))
				j++;
			if (j < n)
				continue;
			arena_grow(arena, texts, n, &capacity);
			texts[n].scope = hit->scope;
			texts[n++].field = hit->field;
		}
	}
	return (int64_t)n;
}

static void count_again(struct usage *u, const struct scan *scan, struct arena *arena)
{
	struct matcher_view m = matcher_view(u->part);

	for (size_t i = 0; i < m.rules->n_rules; i++) {
		if (u->tried_on[i] != u->notice)
			continue;
		for (size_t j = 0; j < m.rules->rules[i].n_lines; j++)
			if (m.code[i].lines[j].again != NULL)
				u->steps[i].again += texts_of(scan, &m.rules->rules[i].lines[j],
					&m.code[i].lines[j], arena);
	}
}

int usage_run(struct usage *u, struct imprint *imprint, struct arena *arena, struct usage_fired *ret,
	struct error *err)
{
	const struct firing *firing;
	const struct scan *scan;
	int r = reread_fire(u->reread, imprint, arena, &firing, err);

	if (r < 0)
		return r;
	scan = reread_scan(u->reread);
	u->notice++;
	count_tried(u, scan);
	count_patterns(u, scan);
	count_again(u, scan, arena);
	*ret = (struct usage_fired){ firing->rules, firing->n_rules };
	return r == REREAD_UNSURE ? USAGE_UNSURE : 0;
}

const struct rule_steps *usage_steps(const struct usage *u)
{
	return u->steps;
}
