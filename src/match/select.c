#include "match/select.h"

#include <stdlib.h>
#include <string.h>

#include "match/segment.h"
#include "query.h"
#include "reader.h"
#include "rereading.h"
#include "select_change.h"
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

/* Notices in the list of what is at hand, and where it stands in them: bits of match/imprint.h. */
struct found {
	uint8_t *mark; /* by place in arrival order; 0 between uses */
	int64_t *at;
	size_t n, capacity;
};

enum { SCRATCH_MAX = 32 << 10 };

/* What the hits of one profile can give in one notice. */
struct bound {
	int32_t strong, weak; /* points in titles, subjects, codes; of what is in the body alone */
	int32_t signs;        /* of these, those that lift the body's cap */
	int32_t body, body_signs; /* the same of all that is in the body, there alone or not */
};

struct selecting {
	struct matcher_view m;
	struct dictionary *dictionary;
	const struct selection_lists *lists;
	struct selection *selection;
	struct arena arena, scratch;
	struct term_needs *terms; /* by term */
	struct found term, other, rule;
	struct bound *bounds;     /* of the profile at hand: what was weighed so far … */
	struct bound *group;      /* … and what stands under one cap */
	struct found grouped;     /* notices of the group */
	bool *entered;            /* rules, while their evidence is gathered */
};

/* Points taken away make room below a cap for others. */
points_t rules_cap(const struct rules *rules, size_t field)
{
	for (size_t i = 0; i < rules->n_rules; i++)
		if (rules->rules[i].field == field && rules->rules[i].weight < 0)
			return BOUND_NONE;
	return rules->fields[field].cap;
}

static void *zeroed(size_t n, size_t size)
{
	void *p = calloc(n + 1, size);

	if (p == NULL)
		die("out of memory");
	return p;
}

void selection_done(struct selection *selection)
{
	free(selection->bits);
	free(selection->body);
	*selection = (struct selection)SELECTION_INIT;
}

/* what each term needs */

static void add_need(struct selecting *s, struct needs *needs, uint32_t stem)
{
	for (size_t i = needs->n; i > 0 && i + 8 > needs->n; i--)
		if (needs->at[i - 1] == stem)
			return;
	arena_grow(&s->arena, needs->at, needs->n, &needs->capacity);
	needs->at[needs->n++] = stem;
}

static void spell_phrases(struct selecting *s)
{
	struct str *stems = lexicon_spell(s->m.lexicon, &s->arena);
	struct trie_path *paths;
	size_t n = trie_paths(terms_trie(s->m.terms), &s->arena, &paths);

	for (size_t i = 0; i < n; i++) {
		struct term_needs *term = &s->terms[paths[i].term];

		term->phrase = true;
		for (size_t j = 0; j < paths[i].n; j++) {
			uint32_t stem = dictionary_find_stem(s->dictionary, stems[paths[i].symbols[j]]);

			term->never |= stem == DICTIONARY_NONE;
			add_need(s, &term->sides[0], stem);
		}
	}
}

static void need_code(struct selecting *s, struct str code, uint32_t stem)
{
	struct str branch = cpv_significant(code);

	for (size_t len = 2; len <= branch.len; len++) {
		uint32_t term = terms_find_cpv(s->m.terms, str_sub(branch, 0, len), false);

		if (term != 0)
			add_need(s, &s->terms[term].sides[0], stem);
	}
	if (terms_find_cpv(s->m.terms, branch, true) != 0)
		add_need(s, &s->terms[terms_find_cpv(s->m.terms, branch, true)].sides[0], stem);
}

static void need_called(struct selecting *s, struct str word, uint32_t stem)
{
	struct trigger *triggers;
	size_t n = triggers_of(terms_triggers(s->m.terms), word, &s->scratch, &triggers);

	for (size_t i = 0; i < n; i++) {
		struct term_needs *term = &s->terms[triggers[i].term];

		term->two |= !triggers[i].decided && triggers[i].reach != TRIGGER_ALONE;
		if (triggers[i].decided || (triggers[i].sides & 1) != 0)
			add_need(s, &term->sides[0], stem);
		if (triggers[i].decided || (triggers[i].sides & 2) != 0)
			add_need(s, &term->sides[1], stem);
	}
	if (n > 0 || s->scratch.total > SCRATCH_MAX)
		arena_reset(&s->scratch);
}

static void mark_always(struct selecting *s)
{
	size_t n;
	const struct pattern *patterns = terms_patterns(s->m.terms, &n);

	for (size_t i = 0; i < n; i++)
		s->terms[patterns[i].term].always = patterns[i].always;
}

static void find_needs(struct selecting *s)
{
	uint32_t words = dictionary_words(s->dictionary);

	s->terms = arena_array(&s->arena, struct term_needs, (size_t)terms_count(s->m.terms) + 1);
	spell_phrases(s);
	for (uint32_t i = 0; i < words; i++) {
		struct str word = dictionary_text(s->dictionary, i);
		uint32_t stem = dictionary_stem(s->dictionary, i);

		if (word.len > 0 && word.ptr[0] == DICTIONARY_CODE_MARK)
			need_code(s, str_from(word, 1), stem);
		else
			need_called(s, word, stem);
	}
	mark_always(s);
}

/* notices */

static void find(struct found *found, int64_t notice, uint8_t mark)
{
	if (found->mark[notice] == 0) {
		if (found->n == found->capacity) {
			found->capacity = found->capacity ? 2 * found->capacity : 4096;
			found->at = realloc(found->at, found->capacity * sizeof(*found->at));
			if (found->at == NULL)
				die("out of memory");
		}
		found->at[found->n++] = notice;
	}
	found->mark[notice] |= mark;
}

static void forget(struct found *found)
{
	for (size_t i = 0; i < found->n; i++)
		found->mark[found->at[i]] = 0;
	found->n = 0;
}

static void find_list(struct selecting *s, struct str list, struct found *ret)
{
	struct segment_list reader = segment_list_of(list);

	while (segment_list_next(&reader))
		if (reader.notice <= s->selection->last)
			find(ret, reader.notice, (uint8_t)reader.places);
}

/* Those that are in both, and where they are so: a pattern stands in one text. */
static void find_both(struct found *found, const struct found *other)
{
	size_t kept = 0;

	for (size_t i = 0; i < found->n; i++) {
		int64_t notice = found->at[i];

		found->mark[notice] &= other->mark[notice];
		if (found->mark[notice] != 0)
			found->at[kept++] = notice;
	}
	found->n = kept;
}

/* All lists of a phrase at once: a notice has it where it has all of its words. */
static void find_together(struct selecting *s, const struct str *lists, size_t n)
{
	struct segment_list readers[PHRASE_WORDS_MAX];
	bool more = true;

	for (size_t i = 0; i < n; i++)
		readers[i] = segment_list_of(lists[i]);
	while (more && segment_list_next(&readers[0])) {
		unsigned places = readers[0].places;

		for (size_t i = 1; i < n && places != 0 && more; i++) {
			while (more && readers[i].notice < readers[0].notice)
				more = segment_list_next(&readers[i]);
			places &= more && readers[i].notice == readers[0].notice ? readers[i].places : 0;
		}
		if (places != 0 && readers[0].notice <= s->selection->last)
			find(&s->term, readers[0].notice, (uint8_t)places);
	}
}

static int find_phrase(struct selecting *s, const struct needs *needs, size_t segment, struct error *err)
{
	struct str lists[PHRASE_WORDS_MAX];

	for (size_t i = 0; i < needs->n; i++) {
		int r = s->lists->find(s->lists->data, segment, needs->at[i], &s->scratch, &lists[i], err);

		if (r < 0 || !str_given(lists[i]))
			return r;
		if (lists[i].len < lists[0].len) {
			struct str shorter = lists[i];

			lists[i] = lists[0];
			lists[0] = shorter;
		}
	}
	find_together(s, lists, needs->n);
	return 0;
}

static int find_any(struct selecting *s, const struct needs *needs, size_t segment, struct found *found,
	struct error *err)
{
	for (size_t i = 0; i < needs->n; i++) {
		struct str list;
		int r = s->lists->find(s->lists->data, segment, needs->at[i], &s->scratch, &list, err);

		if (r < 0)
			return r;
		if (str_given(list))
			find_list(s, list, found);
	}
	return 0;
}

/* The notices that may have the term, in s->term. */
static int find_term(struct selecting *s, uint32_t number, struct error *err)
{
	const struct term_needs *term = &s->terms[number];
	int r = 0;

	forget(&s->term);
	if (term->always)
		s->selection->whole = STR("a pattern that no word calls for");
	if (term->always || term->never)
		return 0;
	for (size_t i = 0; r == 0 && i < s->lists->n_segments; i++) {
		arena_reset(&s->scratch);
		r = term->phrase ? find_phrase(s, &term->sides[0], i, err)
				 : find_any(s, &term->sides[0], i, &s->term, err);
		if (r == 0 && term->two)
			r = find_any(s, &term->sides[1], i, &s->other, err);
	}
	if (term->two)
		find_both(&s->term, &s->other);
	forget(&s->other);
	return r;
}

/* Where the fields (bits) of a line stand. */
static uint8_t places_of(const struct rule_line *line)
{
	unsigned places = 0;

	if (line->subject == ON_CPV)
		return IMPRINT_HEAD;
	for (unsigned fields = line->fields; fields != 0; fields &= fields - 1)
		places |= imprint_place((enum match_field)__builtin_ctz(fields));
	return (uint8_t)places;
}

/* Notices that may have evidence for the rule join s->rule. */
static int gather_rule(struct selecting *s, uint32_t rule, struct error *err)
{
	const struct rule *r = &s->m.rules->rules[rule];
	int result = 0;

	if (s->entered[rule])
		return 0;
	s->entered[rule] = true;
	for (size_t i = 0; result == 0 && i < r->n_lines; i++) {
		const struct rule_line *line = &r->lines[i];
		const struct line_terms *terms = &s->m.code[rule].lines[i];
		uint8_t places = places_of(line);

		if (line->kind != LINE_ANY)
			continue;
		if (line->subject != ON_TEXT && line->subject != ON_CPV && line->subject != ON_RULE)
			s->selection->whole = STR("a rule whose evidence is no word");
		for (size_t j = 0; result == 0 && j < line->n_rules; j++)
			result = gather_rule(s, line->rules[j], err);
		for (size_t j = 0; result == 0 && j < terms->n; j++) {
			result = find_term(s, terms->terms[j], err);
			for (size_t k = 0; k < s->term.n; k++) {
				uint8_t mark = s->term.mark[s->term.at[k]] & places;

				if (mark != 0)
					find(&s->rule, s->term.at[k], mark);
			}
		}
	}
	return result;
}

static int find_rule(struct selecting *s, uint32_t rule, struct error *err)
{
	forget(&s->rule);
	memset(s->entered, 0, s->m.rules->n_rules * sizeof(*s->entered));
	return gather_rule(s, rule, err);
}

/* selecting */

static void take(struct selection *selection, int64_t notice)
{
	selection->bits[notice >> 6] |= UINT64_C(1) << (notice & 63);
}

/*
 * What the notices found may get for it, in the group at hand. `strong`: in titles, subjects and codes;
 * `points`: of which the body gives its share.
 */
static void add_bound(struct selecting *s, const struct found *found, points_t strong, points_t points)
{
	points_t weak = (points * field_factor(FIELD_DESCRIPTION) + 99) / 100;

	for (size_t i = 0; i < found->n; i++) {
		struct bound *bound = &s->group[found->at[i]];

		find(&s->grouped, found->at[i], 1);
		if ((found->mark[found->at[i]] & ~IMPRINT_HEAD) != 0) {
			bound->body += weak;
			bound->body_signs += weak >= QUERY_BODY_SIGN;
		}
		if ((found->mark[found->at[i]] & IMPRINT_HEAD) != 0) {
			bound->strong += strong;
			continue;
		}
		bound->weak += weak;
		bound->signs += weak >= QUERY_BODY_SIGN;
	}
}

static points_t least_of(points_t a, points_t b)
{
	return a < b ? a : b;
}

/* What stands under one cap gives no more than that, first of all where it is worth most. */
static void end_group(struct selecting *s, points_t cap)
{
	for (size_t i = 0; i < s->grouped.n; i++) {
		struct bound *group = &s->group[s->grouped.at[i]], *bound = &s->bounds[s->grouped.at[i]];
		points_t strong = least_of(group->strong, cap);

		bound->strong += strong;
		bound->weak += least_of(group->weak, cap - strong);
		bound->signs += group->signs;
		bound->body += least_of(group->body, cap);
		bound->body_signs += group->body_signs;
		*group = (struct bound){ 0, 0, 0, 0, 0 };
	}
	forget(&s->grouped);
}

/* The body alone gives no more than its cap, which each sign from the third on lifts (settle.c). */
static points_t most_of_body(points_t points, int32_t signs)
{
	return least_of(points, QUERY_BODY_CAP + (signs > 2 ? (signs - 2) * QUERY_BODY_MORE : 0));
}

static points_t most(const struct bound *bound)
{
	return bound->strong + most_of_body(bound->weak, bound->signs);
}

/* Wishes under one cap. */
enum group { GROUP_KEYWORDS, GROUP_DESCRIPTION, GROUP_CODES, GROUPS };

static enum group group_of(uint8_t wish)
{
	if (wish == WISH_PHRASE || wish == WISH_WORD)
		return GROUP_DESCRIPTION;
	return wish == WISH_CPV || wish == WISH_CPV_BROADER ? GROUP_CODES : GROUP_KEYWORDS;
}

/* *ret_most: the points of the one that is worth most. */
static int weigh_group(struct selecting *s, uint32_t profile, enum group group, points_t *ret_most,
	struct error *err)
{
	*ret_most = 0;
	for (uint32_t term = 1; term <= terms_count(s->m.terms); term++) {
		size_t n;
		const struct profile_posting *postings = terms_profiles(s->m.terms, term, &n);
		bool found = false;

		for (size_t i = 0; i < n; i++) {
			if (postings[i].profile != profile || postings[i].points <= 0 || postings[i].gapped ||
				group_of(postings[i].wish) != group)
				continue; /* what is gapped stands where the keyword's words stand, and counts instead of it */
			if (!found) {
				int r = find_term(s, term, err);

				if (r < 0)
					return r;
				found = true;
			}
			add_bound(s, &s->term,
				postings[i].wish == WISH_KEYWORD
					? query_title_points(postings[i].points, postings[i].setting,
						  true, false, true)
					: postings[i].points,
				postings[i].points);
			if (postings[i].points > *ret_most)
				*ret_most = postings[i].points;
		}
	}
	return 0;
}

static int weigh_terms(struct selecting *s, uint32_t profile, struct error *err)
{
	for (enum group group = 0; group < GROUPS; group++) {
		points_t most_of_one;
		int r = weigh_group(s, profile, group, &most_of_one, err);

		if (r < 0)
			return r;
		end_group(s, group == GROUP_DESCRIPTION ? QUERY_DESCRIPTION_CAP
				: group == GROUP_CODES ? most_of_one /* one code counts */
						       : BOUND_NONE);
	}
	return 0;
}

static int weigh_rules(struct selecting *s, uint32_t profile, struct error *err)
{
	const struct rules *rules = s->m.rules;

	for (uint32_t rule = 0; rule < rules->n_rules; rule++) {
		size_t field = rules->rules[rule].field;
		points_t points = 0;
		int r;

		for (size_t i = 0; i < s->m.shares[rule].n; i++)
			if (s->m.shares[rule].at[i].profile == profile)
				points += rules->rules[rule].weight * s->m.shares[rule].at[i].percent;
		if (points > 0) {
			r = find_rule(s, rule, err);
			if (r < 0)
				return r;
			add_bound(s, &s->rule, (points + 99) / 100, (points + 99) / 100);
		}
		if (rule + 1 == rules->n_rules || rules->rules[rule + 1].field != field)
			end_group(s, rules_cap(rules, field));
	}
	return 0;
}

static int select_profile(struct selecting *s, uint32_t profile, struct error *err)
{
	int r;

	if (s->bounds == NULL) {
		s->bounds = zeroed((size_t)s->selection->last + 1, sizeof(*s->bounds));
		s->group = zeroed((size_t)s->selection->last + 1, sizeof(*s->group));
		s->grouped.mark = zeroed((size_t)s->selection->last + 1, sizeof(*s->grouped.mark));
	}
	memset(s->bounds, 0, ((size_t)s->selection->last + 1) * sizeof(*s->bounds));
	r = weigh_terms(s, profile, err);
	if (r == 0)
		r = weigh_rules(s, profile, err);
	for (int64_t i = 1; r == 0 && i <= s->selection->last; i++) {
		const struct bound *bound = &s->bounds[i];

		if (most(bound) < MATCH_THRESHOLD)
			continue;
		take(s->selection, i);
		if (s->selection->body != NULL)
			s->selection->body[i] = (uint8_t)least_of(
				most_of_body(bound->body, bound->body_signs), UINT8_MAX);
	}
	return r;
}

void selection_begin(struct selection *selection, int64_t last)
{
	*selection = (struct selection){ zeroed((size_t)(last >> 6) + 1, sizeof(uint64_t)), NULL, last,
		STR_NONE };
}

static void selecting_begin(struct selecting *s, const struct matcher *matcher,
	struct dictionary *dictionary, const struct selection_lists *lists, struct selection *selection)
{
	size_t size = (size_t)selection->last + 1;

	*s = (struct selecting){ .m = matcher_view(matcher), .dictionary = dictionary, .lists = lists,
		.selection = selection };
	s->term.mark = zeroed(size, sizeof(*s->term.mark));
	s->other.mark = zeroed(size, sizeof(*s->other.mark));
	s->rule.mark = zeroed(size, sizeof(*s->rule.mark));
	s->entered = zeroed(s->m.rules->n_rules, sizeof(*s->entered));
	find_needs(s);
}

static void found_done(struct found *found)
{
	free(found->mark);
	free(found->at);
}

static void selecting_end(struct selecting *s)
{
	found_done(&s->term);
	found_done(&s->other);
	found_done(&s->rule);
	found_done(&s->grouped);
	free(s->bounds);
	free(s->group);
	free(s->entered);
	arena_done(&s->scratch);
	arena_done(&s->arena);
}

static void take_all(struct selecting *s, const struct found *found, uint8_t places)
{
	for (size_t i = 0; i < found->n; i++)
		if ((found->mark[found->at[i]] & places) != 0)
			take(s->selection, found->at[i]);
}

static int select_rule(struct selecting *s, uint32_t rule, const struct changed_rule *changed, bool told,
	struct error *err)
{
	int r = 0;

	if (changed->wholly || (changed->shares && told)) {
		r = find_rule(s, rule, err);
		take_all(s, &s->rule, UINT8_MAX);
		return r;
	}
	for (size_t i = 0; r == 0 && i < changed->n_terms; i++) {
		const struct term_place *place = &changed->terms[i];

		r = find_term(s, s->m.code[rule].lines[place->line].terms[place->term], err);
		take_all(s, &s->term, places_of(&s->m.rules->rules[rule].lines[place->line]));
	}
	return r;
}

static int select_rules(const struct matcher *probe, const struct changed_rule *rules, bool told,
	struct dictionary *dictionary, const struct selection_lists *lists, struct selection *selection,
	struct error *err)
{
	struct selecting s;
	int r = 0;

	selecting_begin(&s, probe, dictionary, lists, selection);
	for (uint32_t i = 0; r == 0 && i < s.m.rules->n_rules; i++)
		r = select_rule(&s, i, &rules[i], told, err);
	selecting_end(&s);
	return r;
}

static int select_profiles(const struct matcher *part, const bool *profiles, struct dictionary *dictionary,
	const struct selection_lists *lists, struct selection *selection, struct error *err)
{
	struct selecting s;
	int r = 0;

	selecting_begin(&s, part, dictionary, lists, selection);
	for (uint32_t i = 0; r == 0 && i < s.m.n_profiles; i++)
		if (profiles == NULL || profiles[i])
			r = select_profile(&s, i, err);
	selecting_end(&s);
	return r;
}

int select_changed(const struct matcher *probe, const struct matcher *part, const struct changed *changed,
	int side, struct dictionary *dictionary, const struct selection_lists *lists,
	struct selection *selection, struct error *err)
{
	bool some = false;
	int r = select_rules(probe, changed->rules[side], changed->told_by_rule, dictionary, lists, selection,
		err);

	for (size_t i = 0; i < matcher_view(part).n_profiles; i++)
		some |= changed->selected[i];
	return r < 0 || !some ? r : select_profiles(part, changed->selected, dictionary, lists, selection, err);
}

int select_matches(const struct matcher *matcher, struct dictionary *dictionary,
	const struct selection_lists *lists, struct selection *ret, struct error *err)
{
	selection_begin(ret, lists->last);
	if (matcher_view(matcher).n_profiles == 1)
		ret->body = zeroed((size_t)lists->last + 1, sizeof(*ret->body));
	if (matcher_view(matcher).n_profiles <= SELECT_PROFILES_MAX)
		return select_profiles(matcher, NULL, dictionary, lists, ret, err);
	ret->whole = STR("many profiles");
	return 0;
}
