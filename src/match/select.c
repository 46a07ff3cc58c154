#include "match/select.h"

#include <limits.h>
#include <stdlib.h>

#include "bound.h"
#include "query.h"
#include "select_change.h"
#include "select_find.h"

static void *zeroed(size_t n, size_t size)
{
	void *p = calloc(n + 1, size);

	if (p == NULL)
		die("out of memory");
	return p;
}

void selection_begin(struct selection *selection, int64_t last)
{
	*selection = (struct selection){ zeroed(notice_bits_size(last), sizeof(uint64_t)), NULL, last,
		STR_NONE };
}

void selection_done(struct selection *selection)
{
	free(selection->bits);
	free(selection->body);
	*selection = (struct selection)SELECTION_INIT;
}

/* what a profile can get */

/* What its hits can give in one notice, in some of its lots. */
struct tally {
	int32_t strong, weak; /* points in titles, subjects, codes; of what is in the body alone */
	int32_t signs;        /* of these, those that lift the body's cap */
	int32_t body, body_signs; /* the same of all that is in the body, there alone or not */
};

/*
 * A match is made in the notice and one of its lots. All lots of each notice are weighed together first;
 * then, of the notices that are left, each bit of lots (match/imprint.h) for itself.
 */
struct weighing {
	struct finder *f;
	uint32_t profile;
	size_t lots;           /* bounds of each notice: 1 or IMPRINT_LOTS */
	const uint32_t *slots; /* by notice: where its bounds are, from 1, or 0: it is out; NULL: by its number */
	struct tally *bounds; /* what was weighed so far … */
	struct tally *group;  /* … and what stands under one cap */
	bool *in_group;        /* by slot */
	uint32_t *grouped;     /* slots of the group */
	size_t n_grouped;
};

static void weighing_init(struct weighing *w, struct finder *f, uint32_t profile, size_t lots,
	const uint32_t *slots, size_t n)
{
	*w = (struct weighing){ .f = f, .profile = profile, .lots = lots, .slots = slots,
		.bounds = zeroed(n * lots, sizeof(*w->bounds)), .group = zeroed(n * lots, sizeof(*w->group)),
		.in_group = zeroed(n, sizeof(*w->in_group)), .grouped = zeroed(n, sizeof(*w->grouped)) };
}

static void weighing_done(struct weighing *w)
{
	free(w->bounds);
	free(w->group);
	free(w->in_group);
	free(w->grouped);
}

static void add_to(struct tally *bound, unsigned places, points_t strong, points_t weak)
{
	bool sign = weak >= QUERY_BODY_SIGN;

	if ((places & ((unsigned)IMPRINT_BODY | (unsigned)IMPRINT_LOT)) != 0) {
		bound->body += weak;
		bound->body_signs += sign;
	}
	if ((places & ((unsigned)IMPRINT_HEAD | (unsigned)IMPRINT_LOT_HEAD)) != 0) {
		bound->strong += strong;
	} else if (places != 0) {
		bound->weak += weak;
		bound->signs += sign;
	}
}

/*
 * What the notices found may get for it, in the group at hand. `strong`: in titles, subjects and codes;
 * `points`: of which the body gives its share.
 */
static void add_bound(struct weighing *w, const struct found *found, points_t strong, points_t points)
{
	points_t weak = (points * field_factor(FIELD_DESCRIPTION) + 99) / 100;

	for (size_t i = 0; i < found->n; i++) {
		uint32_t notice = found->at[i], slot = w->slots != NULL ? w->slots[notice] : notice;
		unsigned marks = found->marks[notice], here = marks & ~IMPRINT_OF_LOTS;
		struct tally *group = &w->group[slot * w->lots];

		if (w->slots != NULL && slot == 0)
			continue;
		if (!w->in_group[slot])
			w->grouped[w->n_grouped++] = slot;
		w->in_group[slot] = true;
		if (w->lots == 1) {
			add_to(group, marks & ((1u << IMPRINT_PLACES) - 1), strong, weak);
			continue;
		}
		here &= (1u << IMPRINT_PLACES) - 1;
		for (unsigned lot = 0; lot < IMPRINT_LOTS; lot++)
			add_to(&group[lot], (marks >> (IMPRINT_PLACES + lot) & 1) != 0
						    ? here | (marks & IMPRINT_OF_LOTS)
						    : here,
				strong, weak);
	}
}

static points_t least_of(points_t a, points_t b)
{
	return a < b ? a : b;
}

/* What stands under one cap gives no more than that, first of all where it is worth most. */
static void end_group(struct weighing *w, points_t cap)
{
	for (size_t i = 0; i < w->n_grouped; i++) {
		size_t first = w->grouped[i] * w->lots;

		for (size_t j = first; j < first + w->lots; j++) {
			struct tally *group = &w->group[j], *bound = &w->bounds[j];
			points_t strong = least_of(group->strong, cap);

			bound->strong += strong;
			bound->weak += least_of(group->weak, cap - strong);
			bound->signs += group->signs;
			bound->body += least_of(group->body, cap);
			bound->body_signs += group->body_signs;
			*group = (struct tally){ 0, 0, 0, 0, 0 };
		}
		w->in_group[w->grouped[i]] = false;
	}
	w->n_grouped = 0;
}

/* Can a match be made in one of the lots? *ret_body: the most its points in the body can be. */
static bool may_match(const struct weighing *w, size_t slot, points_t *ret_body)
{
	bool may = false;

	*ret_body = 0;
	for (size_t i = slot * w->lots; i < (slot + 1) * w->lots; i++) {
		const struct tally *bound = &w->bounds[i];
		points_t body = bound_of_body(bound->body, bound->body_signs);

		if (bound->strong + bound_of_body(bound->weak, bound->signs) < MATCH_THRESHOLD)
			continue;
		may = true;
		*ret_body = body > *ret_body ? body : *ret_body;
	}
	return may;
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
static int weigh_group(struct weighing *w, enum group group, points_t *ret_most, struct error *err)
{
	struct finder *f = w->f;

	*ret_most = 0;
	for (uint32_t term = 1; term <= terms_count(f->m.terms); term++) {
		size_t n;
		const struct profile_posting *postings = terms_profiles(f->m.terms, term, &n);
		bool found = false;

		for (size_t i = 0; i < n; i++) {
			const struct profile_posting *p = &postings[i];

			/* what is gapped stands where the keyword's words stand, and counts instead of it */
			if (p->profile != w->profile || p->points <= 0 || p->gapped || group_of(p->wish) != group)
				continue;
			if (!found) {
				int r = finder_term(f, term, err);

				if (r < 0)
					return r;
				found = true;
			}
			add_bound(w, &f->term, bound_of_wish(p), p->points);
			if (p->points > *ret_most)
				*ret_most = p->points;
		}
	}
	return 0;
}

static int weigh_terms(struct weighing *w, struct error *err)
{
	for (enum group group = 0; group < GROUPS; group++) {
		points_t most_of_one;
		int r = weigh_group(w, group, &most_of_one, err);

		if (r < 0)
			return r;
		end_group(w, group == GROUP_DESCRIPTION ? QUERY_DESCRIPTION_CAP
				: group == GROUP_CODES ? most_of_one /* one code counts */
						       : BOUND_NONE);
	}
	return 0;
}

/* Of twins only one counts for a side: the first of them is weighed for both. */
static int weigh_rule(struct weighing *w, uint32_t rule, struct error *err)
{
	uint32_t twin = w->f->twins != NULL ? w->f->twins[rule] : PAIRED_ALONE;
	points_t points = bound_of_rule(&w->f->m, rule, w->profile), other = 0;
	int r;

	if (twin != PAIRED_ALONE)
		other = bound_of_rule(&w->f->m, twin, w->profile);
	points = other > points ? other : points;
	if (points == 0 || (twin != PAIRED_ALONE && twin < rule))
		return 0;
	r = finder_rule(w->f, rule, err);
	if (r == 0)
		add_bound(w, &w->f->rule, points, points);
	return r;
}

static int weigh_rules(struct weighing *w, struct error *err)
{
	const struct rules *rules = w->f->m.rules;

	for (uint32_t rule = 0; rule < rules->n_rules; rule++) {
		size_t field = rules->rules[rule].field;
		int r = weigh_rule(w, rule, err);

		if (r < 0)
			return r;
		if (rule + 1 == rules->n_rules || rules->rules[rule + 1].field != field)
			end_group(w, bound_of_field(rules, field));
	}
	return 0;
}

static int weigh(struct weighing *w, struct error *err)
{
	int r = weigh_terms(w, err);

	return r < 0 ? r : weigh_rules(w, err);
}

/* Notices, ascending; `at` NULL: all of them. */
struct notices {
	uint32_t *at;
	size_t n;
};

/*
 * Those of `in` in which a match may be made, by so many bounds each, in *ret: it has room for them, and may
 * be the same. `body`: NULL, or the most its points in the body can be, by notice.
 */
static int weigh_some(struct finder *f, uint32_t profile, size_t lots, struct notices in,
	struct notices *ret, uint8_t *body, struct error *err)
{
	size_t last = (size_t)f->lists->source->last, n = in.at == NULL ? last : in.n;
	uint32_t *slots = in.at == NULL ? NULL : zeroed(last, sizeof(*slots));
	uint64_t *among = in.at == NULL ? NULL : zeroed(notice_bits_size((int64_t)last), sizeof(*among));
	struct weighing w;
	points_t points;
	int r;

	for (uint32_t i = 0; slots != NULL && i < n; i++) {
		slots[in.at[i]] = i + 1;
		notice_bit_set(among, in.at[i]);
	}
	weighing_init(&w, f, profile, lots, slots, n + 1);
	f->among = among;
	r = weigh(&w, err);
	f->among = NULL;
	ret->n = 0;
	for (uint32_t i = 1; r == 0 && i <= n; i++) {
		if (!may_match(&w, i, &points))
			continue;
		ret->at[ret->n] = slots != NULL ? in.at[i - 1] : i;
		if (body != NULL)
			body[ret->at[ret->n]] = (uint8_t)least_of(points, UINT8_MAX);
		ret->n++;
	}
	weighing_done(&w);
	free(slots);
	free(among);
	return r;
}

/* Those its gates let pass, in `room`. */
static struct notices passing(struct notices among, const uint64_t *bits, int64_t last, uint32_t *room)
{
	struct notices ret = { room, 0 };

	if (bits == NULL)
		return among;
	for (uint32_t i = 0; among.at == NULL && i <= last; i++)
		if (notice_bit(bits, i))
			room[ret.n++] = i;
	for (size_t i = 0; among.at != NULL && i < among.n; i++)
		if (notice_bit(bits, among.at[i]))
			room[ret.n++] = among.at[i];
	return ret;
}

/* What the profile may match among some notices; `room`: for as many. */
static int select_profile(struct finder *f, uint32_t profile, struct notices among, uint32_t *room,
	struct selection *selection, struct error *err)
{
	struct notices left = { room, 0 };
	uint64_t *bits;
	int r = stem_lists_passing(f->lists, f->m.profiles[profile], &f->arena, &bits, err);

	if (r == 0)
		r = weigh_some(f, profile, 1, passing(among, bits, f->lists->source->last, room), &left, NULL,
			err);
	if (r == 0)
		r = weigh_some(f, profile, IMPRINT_LOTS, left, &left, selection->body, err);
	for (size_t i = 0; r == 0 && i < left.n; i++)
		notice_bit_set(selection->bits, left.at[i]);
	return r;
}

/* The same of those profiles that are marked; NULL: of all. */
static int select_profiles(const struct matcher *part, const uint32_t *twins, const bool *profiles,
	struct notices among, struct stem_lists *lists, struct selection *selection, struct error *err)
{
	uint32_t *room = zeroed(among.at == NULL ? (size_t)lists->source->last : among.n, sizeof(*room));
	struct finder f;
	int r;

	finder_init(&f, part, lists);
	f.twins = twins;
	r = finder_read(&f, err);
	for (uint32_t i = 0; r == 0 && i < f.m.n_profiles; i++)
		if (profiles == NULL || profiles[i])
			r = select_profile(&f, i, among, room, selection, err);
	if (str_given(f.whole))
		selection->whole = f.whole;
	finder_done(&f);
	free(room);
	return r;
}

static const struct notices all_notices = { NULL, 0 };

int select_matches(const struct matcher *matcher, struct dictionary *dictionary,
	const struct selection_lists *source, bool gates, struct selection *ret, struct error *err)
{
	struct stem_lists lists;
	int r;

	selection_begin(ret, source->last);
	if (matcher_view(matcher).n_profiles > SELECT_PROFILES_MAX) {
		ret->whole = STR("many profiles");
		return 0;
	}
	if (matcher_view(matcher).n_profiles == 1)
		ret->body = zeroed((size_t)source->last + 1, sizeof(*ret->body));
	r = stem_lists_init(&lists, dictionary, source, gates, err);
	if (r == 0)
		r = select_profiles(matcher, NULL, NULL, all_notices, &lists, ret, err);
	stem_lists_done(&lists);
	return r;
}

/* what changed rules can fire on */

static void take_all(struct selection *selection, const struct found *found, unsigned places)
{
	for (size_t i = 0; i < found->n; i++)
		if ((found->marks[found->at[i]] & places) != 0)
			notice_bit_set(selection->bits, found->at[i]);
}

static int select_rule(struct finder *f, uint32_t rule, const struct changed_rule *changed, bool told,
	struct selection *selection, struct error *err)
{
	int r = 0;

	if (changed->wholly || (changed->shares && told)) {
		r = finder_rule(f, rule, err);
		take_all(selection, &f->rule, UINT_MAX);
		return r;
	}
	for (size_t i = 0; r == 0 && i < changed->n_terms; i++) {
		const struct term_place *place = &changed->terms[i];

		r = finder_term(f, f->m.code[rule].lines[place->line].terms[place->term], err);
		take_all(selection, &f->term, finder_places(&f->m.rules->rules[rule].lines[place->line]));
	}
	return r;
}

static int select_rules(const struct matcher *probe, const struct changed_rule *rules, bool told,
	struct stem_lists *lists, struct selection *selection, struct error *err)
{
	struct finder f;
	int r = 0;

	finder_init(&f, probe, lists);
	for (uint32_t i = 0; r == 0 && i < f.m.rules->n_rules; i++)
		r = select_rule(&f, i, &rules[i], told, selection, err);
	if (str_given(f.whole))
		selection->whole = f.whole;
	finder_done(&f);
	return r;
}

int select_fired(const struct matcher *probe, const struct changed_rule *rules, struct dictionary *dictionary,
	const struct selection_lists *source, struct selection *selection, struct error *err)
{
	struct stem_lists lists;
	int r = stem_lists_init(&lists, dictionary, source, false, err);

	if (r == 0)
		r = select_rules(probe, rules, false, &lists, selection, err);
	stem_lists_done(&lists);
	return r;
}

/* Of the notices selected those that some profile may match, on either side. */
static int keep_reachable(const struct changing *changing, const bool *profiles, struct stem_lists *lists,
	struct selection *selection, struct error *err)
{
	size_t words = notice_bits_size(selection->last), n = 0;
	struct notices among = { zeroed(64 * words, sizeof(*among.at)), 0 };
	struct selection reached;
	int r = 0;

	selection_begin(&reached, selection->last);
	for (size_t i = 0; i < words; i++)
		for (uint64_t left = selection->bits[i]; left != 0; left &= left - 1)
			among.at[n++] = (uint32_t)(64 * i) + (uint32_t)__builtin_ctzll(left);
	among.n = n;
	stem_lists_narrow(lists, selection->bits);
	for (size_t i = 0; i < changing->n && r == 0; i++)
		r = select_profiles(changing->sides[i].part, changing->sides[i].twins, profiles, among, lists,
			&reached, err);
	for (size_t i = 0; i < words && !str_given(reached.whole); i++)
		selection->bits[i] &= reached.bits[i];
	selection_done(&reached);
	free(among.at);
	return r;
}

/* It costs some milliseconds a profile, and saves some hundredths of one a notice. */
enum { NARROW_FROM = 1000, NARROW_EACH = 500 };

static bool worth_narrowing(const struct selection *selection, const bool *profiles, size_t n_profiles)
{
	size_t found = 0, least = NARROW_FROM;

	for (size_t i = 0; i < n_profiles; i++)
		least += profiles[i] ? NARROW_EACH : 0;
	for (size_t i = 0; i < notice_bits_size(selection->last); i++)
		found += (size_t)__builtin_popcountll(selection->bits[i]);
	return found > least;
}

int select_changed(const struct changing *changing, struct dictionary *dictionary,
	const struct selection_lists *source, bool gates, struct selection *ret, struct error *err)
{
	const struct changed *changed = changing->changed;
	size_t n_profiles = matcher_view(changing->sides[0].part).n_profiles;
	struct selection by_rule;
	struct stem_lists lists;
	bool some = false;
	int r = stem_lists_init(&lists, dictionary, source, gates, err);

	selection_begin(&by_rule, source->last);
	for (size_t i = 0; i < changing->n && r == 0; i++)
		r = select_rules(changing->sides[i].probe, changing->sides[i].rules, changed->told_by_rule, &lists,
			&by_rule, err);
	for (size_t i = 0; i < n_profiles; i++)
		some |= changed->selected[i];
	for (size_t i = 0; i < changing->n && r == 0 && some; i++)
		r = select_profiles(changing->sides[i].part, changing->sides[i].twins, changed->selected, all_notices,
			&lists, ret, err);
	if (str_given(by_rule.whole))
		ret->whole = by_rule.whole;
	else if (r == 0 && worth_narrowing(&by_rule, changing->profiles, n_profiles))
		r = keep_reachable(changing, changing->profiles, &lists, &by_rule, err);
	for (size_t i = 0; i < notice_bits_size(source->last); i++)
		ret->bits[i] |= by_rule.bits[i];
	selection_done(&by_rule);
	stem_lists_done(&lists);
	return r;
}
