#include "select_weigh.h"

#include "bound.h"
#include "memory.h"
#include "query.h"

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

/* What a profile can get in one notice at most. */
struct most {
	points_t body, all;
};

/* Can a match be made in one of the lots? */
static bool may_match(const struct weighing *w, size_t slot, struct most *ret)
{
	bool may = false;

	*ret = (struct most){ 0, 0 };
	for (size_t i = slot * w->lots; i < (slot + 1) * w->lots; i++) {
		const struct tally *bound = &w->bounds[i];
		points_t body = bound_of_body(bound->body, bound->body_signs);
		points_t all = bound->strong + bound_of_body(bound->weak, bound->signs);

		if (all < MATCH_THRESHOLD)
			continue;
		may = true;
		ret->body = body > ret->body ? body : ret->body;
		ret->all = all > ret->all ? all : ret->all;
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

static void raise_to(uint8_t *at, points_t points)
{
	uint8_t most = (uint8_t)least_of(points, UINT8_MAX);

	*at = *at > most ? *at : most;
}

int weigh_notices(struct finder *f, uint32_t profile, size_t lots, struct notices in,
	struct notices *ret, struct selection *bounds, size_t slot, struct error *err)
{
	size_t last = (size_t)f->lists->source->last, n = in.at == NULL ? last : in.n;
	uint32_t *slots = in.at == NULL ? NULL : zeroed(last, sizeof(*slots));
	uint64_t *among = in.at == NULL ? NULL : zeroed(notice_bits_size((int64_t)last), sizeof(*among));
	struct weighing w;
	struct most most;
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
		if (!may_match(&w, i, &most))
			continue;
		ret->at[ret->n] = slots != NULL ? in.at[i - 1] : i;
		if (bounds != NULL && bounds->body != NULL) {
			size_t at = ret->at[ret->n] * bounds->width + slot;

			raise_to(&bounds->body[at], most.body);
			raise_to(&bounds->most[at], most.all);
		}
		ret->n++;
	}
	weighing_done(&w);
	free(slots);
	free(among);
	return r;
}
