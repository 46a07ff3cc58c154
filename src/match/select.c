#include "match/select.h"

#include <limits.h>
#include <stdlib.h>

#include "memory.h"
#include "select_change.h"
#include "select_weigh.h"

void selection_begin(struct selection *selection, int64_t last)
{
	*selection = (struct selection){ zeroed(notice_bits_size(last), sizeof(uint64_t)), NULL, NULL, 0,
		last, STR_NONE };
}

/* Of so many profiles, when they are few. */
static void tell_bounds(struct selection *selection, size_t profiles)
{
	size_t n = ((size_t)selection->last + 1) * profiles;

	if (profiles > SELECT_PROFILES_MAX)
		return;
	selection->width = profiles;
	selection->body = zeroed(n, sizeof(*selection->body));
	selection->most = zeroed(n, sizeof(*selection->most));
}

void selection_done(struct selection *selection)
{
	free(selection->bits);
	free(selection->body);
	free(selection->most);
	*selection = (struct selection)SELECTION_INIT;
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

/* What the profile may match among some notices; `room`: for as many; `slot`: its number among those selected. */
static int select_profile(struct finder *f, uint32_t profile, struct notices among, uint32_t *room,
	struct selection *selection, size_t slot, struct error *err)
{
	struct notices left = { room, 0 };
	uint64_t *bits;
	int r = stem_lists_passing(f->lists, f->m.profiles[profile], &f->arena, &bits, err);

	if (r == 0)
		r = weigh_notices(f, profile, 1, passing(among, bits, f->lists->source->last, room), &left, NULL,
			0, err);
	if (r == 0)
		r = weigh_notices(f, profile, IMPRINT_LOTS, left, &left, selection, slot, err);
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
	size_t slot = 0;
	int r;

	finder_init(&f, part, lists);
	f.twins = twins;
	r = finder_read(&f, err);
	for (uint32_t i = 0; r == 0 && i < f.m.n_profiles; i++)
		if (profiles == NULL || profiles[i])
			r = select_profile(&f, i, among, room, selection, slot++, err);
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
	tell_bounds(ret, matcher_view(matcher).n_profiles);
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

/*
 * Of the notices selected those that some profile may match, on either side, and what these can get there.
 * `profiles`: all that may see a difference there.
 */
static int keep_reachable(const struct changing *changing, const bool *profiles, struct stem_lists *lists,
	struct selection *selection, struct error *err)
{
	size_t words = notice_bits_size(selection->last), n = 0, n_profiles = 0;
	struct notices among = { zeroed(64 * words, sizeof(*among.at)), 0 };
	struct selection reached;
	int r = 0;

	for (uint32_t i = 0; i < matcher_view(changing->sides[0].part).n_profiles; i++)
		n_profiles += profiles[i];
	selection_begin(&reached, selection->last);
	tell_bounds(&reached, n_profiles);
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
	if (!str_given(reached.whole)) {
		selection->body = steal(&reached.body);
		selection->most = steal(&reached.most);
		selection->width = reached.width;
	}
	stem_lists_narrow(lists, lists->open);
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

/* Where changed rules may fire, on either side. `told`: and those that somebody hears of otherwise. */
static int select_by_rule(const struct changing *changing, bool told, struct stem_lists *lists,
	struct selection *selection, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < changing->n && r == 0; i++)
		r = select_rules(changing->sides[i].probe, changing->sides[i].rules, told, lists, selection, err);
	return r;
}

/*
 * Who says the same and hears of other rules sees a difference where one of these may fire; of few such profiles
 * only where they may match: what they hear of now may be all the rules of a field.
 */
static int select_told(const struct changing *changing, struct stem_lists *lists, struct selection *ret,
	struct error *err)
{
	struct selection by_rule;
	int r;

	selection_begin(&by_rule, ret->last);
	r = select_by_rule(changing, true, lists, &by_rule, err);
	if (str_given(by_rule.whole))
		ret->whole = by_rule.whole;
	else if (r == 0)
		r = keep_reachable(changing, changing->changed->told, lists, &by_rule, err);
	for (size_t i = 0; i < notice_bits_size(ret->last); i++)
		ret->bits[i] |= by_rule.bits[i];
	selection_done(&by_rule);
	return r;
}

static int select_all(const struct changing *changing, struct stem_lists *lists, struct selection *ret,
	struct error *err)
{
	const struct changed *changed = changing->changed;
	size_t n_profiles = matcher_view(changing->sides[0].part).n_profiles;
	int r = 0;

	for (size_t i = 0; i < changing->n && r == 0 && changed->n_profiles > 0; i++)
		r = select_profiles(changing->sides[i].part, changing->sides[i].twins, changed->profiles,
			all_notices, lists, ret, err);
	if (r == 0)
		r = select_by_rule(changing, changed->many_told, lists, ret, err);
	if (r == 0 && changed->few_told)
		r = select_told(changing, lists, ret, err);
	if (r == 0 && !str_given(ret->whole) && worth_narrowing(ret, changing->profiles, n_profiles))
		r = keep_reachable(changing, changing->profiles, lists, ret, err);
	return r;
}

int select_changed(const struct changing *changing, struct dictionary *dictionary,
	const struct selection_lists *source, bool gates, struct selection *ret, struct error *err)
{
	struct stem_lists lists;
	int r = stem_lists_init(&lists, dictionary, source, gates, err);

	if (r == 0)
		r = select_all(changing, &lists, ret, err);
	stem_lists_done(&lists);
	return r;
}
