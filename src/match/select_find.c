#include "select_find.h"

#include <stdlib.h>
#include <string.h>

#include "bound.h"
#include "tender/cpv.h"

/* The stems by which the notices of a term are found. */
struct needs {
	uint32_t *at;
	size_t n, capacity;
};
struct term_needs {
	struct needs sides[2]; /* of a phrase all of the first; else one of the first … */
	bool two;    /* … and one of the second */
	bool phrase;
	bool never;  /* no stored notice has all of its words */
	bool always; /* no word calls for it */
};

enum { SCRATCH_MAX = 32 << 10 };

/* what each term needs */

static void add_need(struct finder *f, struct needs *needs, uint32_t stem)
{
	for (size_t i = needs->n; i > 0 && i + 8 > needs->n; i--)
		if (needs->at[i - 1] == stem)
			return;
	arena_grow(&f->arena, needs->at, needs->n, &needs->capacity);
	needs->at[needs->n++] = stem;
}

static void spell_phrases(struct finder *f)
{
	struct str *stems = lexicon_spell(f->m.lexicon, &f->arena);
	struct trie_path *paths;
	size_t n = trie_paths(terms_trie(f->m.terms), &f->arena, &paths);

	for (size_t i = 0; i < n; i++) {
		struct term_needs *term = &f->terms[paths[i].term];

		term->phrase = true;
		for (size_t j = 0; j < paths[i].n; j++) {
			uint32_t stem = dictionary_find_stem(f->lists->dictionary, stems[paths[i].symbols[j]]);

			term->never |= stem == DICTIONARY_NONE;
			add_need(f, &term->sides[0], stem);
		}
	}
}

static void need_code(struct finder *f, struct str code, uint32_t stem)
{
	struct str branch = cpv_significant(code);

	for (size_t len = 2; len <= branch.len; len++) {
		uint32_t term = terms_find_cpv(f->m.terms, str_sub(branch, 0, len), false);

		if (term != 0)
			add_need(f, &f->terms[term].sides[0], stem);
	}
	if (terms_find_cpv(f->m.terms, branch, true) != 0)
		add_need(f, &f->terms[terms_find_cpv(f->m.terms, branch, true)].sides[0], stem);
}

static void need_called(struct finder *f, struct str word, uint32_t stem)
{
	struct trigger *triggers;
	size_t n = triggers_of(terms_triggers(f->m.terms), word, &f->scratch, &triggers);

	for (size_t i = 0; i < n; i++) {
		struct term_needs *term = &f->terms[triggers[i].term];

		term->two |= !triggers[i].decided && triggers[i].reach != TRIGGER_ALONE;
		if (triggers[i].decided || (triggers[i].sides & 1) != 0)
			add_need(f, &term->sides[0], stem);
		if (triggers[i].decided || (triggers[i].sides & 2) != 0)
			add_need(f, &term->sides[1], stem);
	}
	if (n > 0 || f->scratch.total > SCRATCH_MAX)
		arena_reset(&f->scratch);
}

static void mark_always(struct finder *f)
{
	size_t n;
	const struct pattern *patterns = terms_patterns(f->m.terms, &n);

	for (size_t i = 0; i < n; i++)
		f->terms[patterns[i].term].always = patterns[i].always;
}

static void find_needs(struct finder *f)
{
	uint32_t words = dictionary_words(f->lists->dictionary);

	f->terms = arena_array(&f->arena, struct term_needs, (size_t)terms_count(f->m.terms) + 1);
	spell_phrases(f);
	for (uint32_t i = 0; i < words; i++) {
		struct str word = dictionary_text(f->lists->dictionary, i);
		uint32_t stem = dictionary_stem(f->lists->dictionary, i);

		if (word.len > 0 && word.ptr[0] == DICTIONARY_CODE_MARK)
			need_code(f, str_from(word, 1), stem);
		else
			need_called(f, word, stem);
	}
	mark_always(f);
}

/* notices */

static void add_notice(struct found *found, uint32_t notice, unsigned marks)
{
	if (found->marks[notice] == 0) {
		if (found->n == found->capacity) {
			found->capacity = found->capacity ? 2 * found->capacity : 4096;
			found->at = realloc(found->at, found->capacity * sizeof(*found->at));
			if (found->at == NULL)
				die("out of memory");
		}
		found->at[found->n++] = notice;
	}
	found->marks[notice] |= marks;
}

static void forget(struct found *found)
{
	for (size_t i = 0; i < found->n; i++)
		found->marks[found->at[i]] = 0;
	found->n = 0;
}

/* Those that are in both, and where they are so: a pattern stands in one text. */
static void keep_both(struct found *found, const struct found *other)
{
	size_t kept = 0;

	for (size_t i = 0; i < found->n; i++) {
		uint32_t notice = found->at[i];

		found->marks[notice] = imprint_marks_both(found->marks[notice], other->marks[notice]);
		if (found->marks[notice] != 0)
			found->at[kept++] = notice;
	}
	found->n = kept;
}

/* The place of a notice in the list, not before `from`; or of the next one. Most are near. */
static size_t seek(const struct stem_list *list, size_t from, uint32_t notice)
{
	size_t step = 1, to = from;

	while (to < list->n && list->at[to].notice < notice) {
		from = to + 1;
		to += step;
		step *= 2;
	}
	if (to > list->n)
		to = list->n;
	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (list->at[middle].notice < notice)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static bool wanted(const struct finder *f, uint32_t notice)
{
	return f->among == NULL || notice_bit(f->among, notice);
}

static bool in_long_lists(const struct stem_list *lists, size_t n, uint32_t notice)
{
	for (size_t i = 0; i < n; i++)
		if (lists[i].bits != NULL && !notice_bit(lists[i].bits, notice))
			return false;
	return true;
}

/* A notice has a phrase where it has all of its words. The first list is the shortest. */
static void find_together(struct finder *f, const struct stem_list *lists, size_t n)
{
	size_t places[PHRASE_WORDS_MAX] = { 0 };

	for (size_t i = 0; i < lists[0].n; i++) {
		uint32_t notice = lists[0].at[i].notice;
		unsigned marks = lists[0].at[i].marks;

		if (!wanted(f, notice) || !in_long_lists(lists + 1, n - 1, notice))
			continue;
		for (size_t j = 1; j < n && marks != 0; j++) {
			places[j] = seek(&lists[j], places[j], notice);
			if (places[j] == lists[j].n)
				return;
			marks = lists[j].at[places[j]].notice == notice
					? imprint_marks_both(marks, lists[j].at[places[j]].marks)
					: 0;
		}
		if (marks != 0)
			add_notice(&f->term, notice, marks);
	}
}

static int find_phrase(struct finder *f, const struct needs *needs, struct error *err)
{
	struct stem_list lists[PHRASE_WORDS_MAX] = { { NULL, 0, NULL, false } };

	for (size_t i = 0; i < needs->n; i++) {
		int r = stem_lists_get(f->lists, needs->at[i], &lists[i], err);

		if (r < 0)
			return r;
		if (lists[i].n < lists[0].n) {
			struct stem_list shorter = lists[i];

			lists[i] = lists[0];
			lists[0] = shorter;
		}
	}
	find_together(f, lists, needs->n);
	return 0;
}

static int find_any(struct finder *f, const struct needs *needs, struct found *found, struct error *err)
{
	for (size_t i = 0; i < needs->n; i++) {
		struct stem_list list;
		int r = stem_lists_get(f->lists, needs->at[i], &list, err);

		if (r < 0)
			return r;
		for (size_t j = 0; j < list.n; j++)
			if (wanted(f, list.at[j].notice))
				add_notice(found, list.at[j].notice, list.at[j].marks);
	}
	return 0;
}

int finder_term(struct finder *f, uint32_t number, struct error *err)
{
	const struct term_needs *term = &f->terms[number];
	int r;

	forget(&f->term);
	if (term->always)
		f->whole = STR("a pattern that no word calls for");
	if (term->always || term->never)
		return 0;
	if (term->phrase)
		return find_phrase(f, &term->sides[0], err);
	r = find_any(f, &term->sides[0], &f->term, err);
	if (r < 0 || !term->two)
		return r;
	r = find_any(f, &term->sides[1], &f->other, err);
	keep_both(&f->term, &f->other);
	forget(&f->other);
	return r;
}

unsigned finder_places(const struct rule_line *line)
{
	unsigned places = 0;

	if (line->subject == ON_CPV)
		return imprint_place(FIELD_CPV);
	for (unsigned fields = line->fields; fields != 0; fields &= fields - 1)
		places |= imprint_place((enum match_field)__builtin_ctz(fields));
	return places;
}

/* Notices that may have evidence for the rule join f->rule. */
static int gather_rule(struct finder *f, uint32_t rule, struct error *err)
{
	const struct rule *r = &f->m.rules->rules[rule];
	int result = 0;

	if (f->entered[rule])
		return 0;
	f->entered[rule] = true;
	for (size_t i = 0; result == 0 && i < r->n_lines; i++) {
		const struct rule_line *line = &r->lines[i];
		const struct line_terms *terms = &f->m.code[rule].lines[i];
		unsigned places = finder_places(line);

		if (line->kind != LINE_ANY)
			continue;
		if (line->subject != ON_TEXT && line->subject != ON_CPV && line->subject != ON_RULE)
			f->whole = STR("a rule whose evidence is no word");
		for (size_t j = 0; result == 0 && j < line->n_rules; j++)
			result = gather_rule(f, line->rules[j], err);
		for (size_t j = 0; result == 0 && j < terms->n; j++) {
			result = finder_term(f, terms->terms[j], err);
			for (size_t k = 0; k < f->term.n; k++) {
				uint32_t notice = f->term.at[k];
				unsigned marks = imprint_marks_in(f->term.marks[notice], places);

				/* which the caps of the body do not hold down */
				if ((line->fields & 1u << FIELD_BUYER) != 0 && (marks & IMPRINT_BODY) != 0)
					marks |= IMPRINT_HEAD;
				if (marks != 0)
					add_notice(&f->rule, notice, marks);
			}
		}
	}
	return result;
}

int finder_rule(struct finder *f, uint32_t rule, struct error *err)
{
	int r;

	forget(&f->rule);
	memset(f->entered, 0, f->m.rules->n_rules * sizeof(*f->entered));
	r = gather_rule(f, rule, err);
	return r == 0 && f->twins != NULL && f->twins[rule] != PAIRED_ALONE ? gather_rule(f, f->twins[rule], err) : r;
}

/* reading ahead */

static void mark_needs(const struct term_needs *term, bool *stems)
{
	for (int side = 0; side < 2 && !term->never; side++)
		for (size_t i = 0; i < term->sides[side].n; i++)
			stems[term->sides[side].at[i]] = true;
}

static bool wished_for(const struct finder *f, uint32_t term)
{
	size_t n;
	const struct profile_posting *postings = terms_profiles(f->m.terms, term, &n);
	bool wished = false;

	for (size_t i = 0; i < n; i++)
		wished |= postings[i].points > 0;
	return wished;
}

int finder_read(struct finder *f, struct error *err)
{
	uint32_t n_stems = dictionary_stems(f->lists->dictionary);
	bool *stems = arena_array(&f->arena, bool, n_stems);
	int r = 0;

	for (uint32_t term = 1; term <= terms_count(f->m.terms); term++)
		if (wished_for(f, term))
			mark_needs(&f->terms[term], stems);
	for (size_t i = 0; i < f->m.rules->n_rules; i++) {
		const struct rule *rule = &f->m.rules->rules[i];

		for (size_t j = 0; bound_told(&f->m.shares[i]) && j < rule->n_lines; j++)
			for (size_t k = 0; rule->lines[j].kind == LINE_ANY && k < f->m.code[i].lines[j].n; k++)
				mark_needs(&f->terms[f->m.code[i].lines[j].terms[k]], stems);
	}
	for (uint32_t stem = 0; r == 0 && stem < n_stems; stem++) {
		struct stem_list list;

		if (stems[stem])
			r = stem_lists_get(f->lists, stem, &list, err);
	}
	return r;
}

/* life */

static void found_init(struct found *found, int64_t last)
{
	*found = (struct found){ calloc((size_t)last + 1, sizeof(*found->marks)), NULL, 0, 0 };
	if (found->marks == NULL)
		die("out of memory");
}

static void found_done(struct found *found)
{
	free(found->marks);
	free(found->at);
}

void finder_init(struct finder *f, const struct matcher *matcher, struct stem_lists *lists)
{
	*f = (struct finder){ .m = matcher_view(matcher), .lists = lists, .whole = STR_NONE };
	found_init(&f->term, lists->source->last);
	found_init(&f->other, lists->source->last);
	found_init(&f->rule, lists->source->last);
	f->entered = arena_array(&f->arena, bool, f->m.rules->n_rules);
	find_needs(f);
}

void finder_done(struct finder *f)
{
	found_done(&f->term);
	found_done(&f->other);
	found_done(&f->rule);
	arena_done(&f->scratch);
	arena_done(&f->arena);
}
