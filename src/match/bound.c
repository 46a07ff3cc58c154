#include "bound.h"

#include <stdlib.h>
#include <string.h>

#include "against.h"
#include "gates.h"
#include "query.h"

/* Lots have a bit each, those beyond share them; the first bit is the notice itself, which is in all lots. */
enum { SCOPES = 64 };
#define EVERYWHERE UINT64_MAX

/* Where something stands: scopes, by bits. */
struct stands {
	uint64_t head, body;
};

/* Points of one scope. */
struct sum {
	points_t strong, weak;
	int32_t signs;
	int32_t loud;  /* of all signs, those that may be more than a faint one … */
	points_t lone; /* … and what a rule in a lot's title gives in vain when it is all of these */
};

struct met_rule {
	uint32_t rule;
	points_t points;
	struct stands stands;
	unsigned fields; /* bits: where its evidence stands */
	bool refused;    /* a word of the notice keeps it from firing, wherever its evidence stands */
};

struct hearer {
	uint32_t profile;
	points_t *points; /* by rule: what it gives the profile, rounded up */
	bool out;         /* a gate keeps it from the notice at hand, or what it can get there */
	points_t least;   /* of which a match is made there, whatever speaks against it */
};

struct bound {
	struct matcher_view m;
	struct hearer hearers[BOUND_PROFILES_MAX];
	size_t n;
	const struct hearer *hearer; /* the one at hand */
	points_t *caps;        /* by field of activity */
	uint32_t *met;         /* by rule: its place among `rules`, from 1; all 0 between uses */
	struct met_rule *rules;
	size_t n_rules;
	struct sum sums[SCOPES], group[SCOPES];
	points_t codes[SCOPES];
	bool lots;             /* the notice at hand has several */
	bool keyword;          /* it has one of the hearer's keywords */
};

points_t bound_of_field(const struct rules *rules, size_t field)
{
	/* points taken away make room below a cap for others */
	for (size_t i = 0; i < rules->n_rules; i++)
		if (rules->rules[i].field == field && rules->rules[i].weight < 0)
			return BOUND_NONE;
	return rules->fields[field].cap;
}

static points_t least_of(points_t a, points_t b)
{
	return a < b ? a : b;
}

points_t bound_of_rule(const struct matcher_view *m, uint32_t rule, uint32_t profile)
{
	const struct rule_shares *told = &m->shares[rule];
	points_t points = 0;

	for (size_t i = 0; i < told->n; i++)
		if (told->at[i].profile == profile && told->at[i].percent != QUERY_RULE_BESIDE)
			points += m->rules->rules[rule].weight * told->at[i].percent;
	return points > 0 ? (points + 99) / 100 : 0;
}

points_t bound_of_wish(const struct profile_posting *p)
{
	points_t most = p->wish == WISH_KEYWORD ? query_title_points(p->points, p->setting, true, false, true)
						: p->points;

	return p->trade && most < QUERY_KEYWORD ? QUERY_KEYWORD : most;
}

points_t bound_of_body(points_t points, int32_t signs)
{
	return least_of(points, QUERY_BODY_CAP + (signs > 2 ? (signs - 2) * QUERY_BODY_MORE : 0));
}

static void *zeroed(size_t n, size_t size)
{
	void *p = calloc(n + 1, size);

	if (p == NULL)
		die("out of memory");
	return p;
}

/* The buyer's name is read with the body, and worth more than that: whoever asks for it is not bounded. */
static bool asks_for_buyer(const struct rule *rule)
{
	for (size_t i = 0; i < rule->n_lines; i++)
		if (rule->lines[i].kind == LINE_ANY && (rule->lines[i].fields & 1u << FIELD_BUYER) != 0)
			return true;
	return false;
}

bool bound_told(const struct rule_shares *told)
{
	for (size_t i = 0; i < told->n; i++)
		if (told->at[i].percent != QUERY_RULE_BESIDE)
			return true;
	return false;
}

/* A rule of which nothing is known before it is tried speaks of someone's trade. */
static bool unbounded(const struct matcher_view *m)
{
	for (size_t i = 0; i < m->rules->n_rules; i++)
		if (bound_told(&m->shares[i]) && (m->rules->rules[i].level > 0 || asks_for_buyer(&m->rules->rules[i])))
			return true;
	return false;
}

static void add_hearer(struct bound *bound, uint32_t profile)
{
	const struct matcher_view *m = &bound->m;
	points_t *points = zeroed(m->rules->n_rules, sizeof(*points));

	for (uint32_t i = 0; i < m->rules->n_rules; i++)
		points[i] = bound_of_rule(m, i, profile);
	bound->hearers[bound->n++] = (struct hearer){ profile, points, false, MATCH_THRESHOLD };
}

struct bound *bound_new(const struct matcher *matcher, const bool *profiles)
{
	struct matcher_view m = matcher_view(matcher);
	struct bound *bound;
	size_t n = 0;

	for (size_t i = 0; i < m.n_profiles; i++)
		n += profiles == NULL || profiles[i];
	if (n > BOUND_PROFILES_MAX || unbounded(&m))
		return NULL;
	bound = zeroed(1, sizeof(*bound));
	bound->m = m;
	bound->met = zeroed(m.rules->n_rules, sizeof(*bound->met));
	bound->rules = zeroed(m.rules->n_rules, sizeof(*bound->rules));
	bound->caps = zeroed(m.rules->n_fields, sizeof(*bound->caps));
	for (size_t i = 0; i < m.rules->n_fields; i++)
		bound->caps[i] = bound_of_field(m.rules, i);
	for (uint32_t i = 0; i < m.n_profiles; i++)
		if (profiles == NULL || profiles[i])
			add_hearer(bound, i);
	return bound;
}

bool bound_gates(struct bound *bound, const struct notice *notice, bool no_gates, const uint8_t *most)
{
	bool some = false;

	bound->lots = notice->n_lots > 1;
	for (size_t i = 0; i < bound->n; i++) {
		struct hearer *hearer = &bound->hearers[i];
		const struct profile *profile = bound->m.profiles[hearer->profile];

		hearer->out = (most != NULL && most[i] < MATCH_THRESHOLD) ||
			      (!no_gates && gate_of_profile(profile, notice) != GATE_PASSED);
		if (hearer->out)
			continue;
		hearer->least = MATCH_THRESHOLD - (against_cpv(profile, notice) ? QUERY_OTHER_CPV : 0);
		hearer->out = most != NULL && most[i] < hearer->least;
		some |= !hearer->out;
	}
	return some;
}

unsigned bound_open(const struct bound *bound)
{
	unsigned open = 0;

	for (size_t i = 0; i < bound->n; i++)
		open |= bound->hearers[i].out ? 0 : 1u << i;
	return open;
}

size_t bound_profiles(const struct bound *bound, uint32_t ret[BOUND_PROFILES_MAX])
{
	for (size_t i = 0; i < bound->n; i++)
		ret[i] = bound->hearers[i].profile;
	return bound->n;
}

void *bound_free(struct bound *bound)
{
	if (bound == NULL)
		return NULL;
	for (size_t i = 0; i < bound->n; i++)
		free(bound->hearers[i].points);
	free(bound->caps);
	free(bound->met);
	free(bound->rules);
	free(bound);
	return NULL;
}

/* Where the term stands in these fields. */
static struct stands stands_of(const struct scan *scan, uint32_t term, unsigned fields)
{
	struct stands stands = { 0, 0 };

	if ((scan->seen[term].fields & fields) == 0)
		return stands;
	for (uint32_t at = scan->seen[term].newest; at != 0; at = scan->hits[at - 1].next) {
		const struct hit *hit = &scan->hits[at - 1];
		uint64_t scope = hit->scope == 0 ? EVERYWHERE : UINT64_C(1) << (1 + (hit->scope - 1) % (SCOPES - 1));

		if ((fields & 1u << hit->field) == 0)
			continue;
		if (body_field((enum match_field)hit->field))
			stands.body |= scope;
		else
			stands.head |= scope;
	}
	stands.body &= ~stands.head;
	return stands;
}

static void add_to(struct sum *sums, struct stands stands, points_t strong, points_t weak)
{
	for (uint64_t left = stands.head; left != 0; left &= left - 1) {
		struct sum *sum = &sums[__builtin_ctzll(left)];

		sum->strong += strong;
		sum->loud += strong >= QUERY_BODY_SIGN;
	}
	for (uint64_t left = stands.body; left != 0; left &= left - 1) {
		struct sum *sum = &sums[__builtin_ctzll(left)];

		sum->weak += weak;
		sum->signs += weak >= QUERY_BODY_SIGN;
		sum->loud += weak >= QUERY_BODY_SIGN;
	}
}

static points_t in_body(points_t points)
{
	return (points * field_factor(FIELD_DESCRIPTION) + 99) / 100;
}

static void add_wish(struct bound *bound, const struct scan *scan, uint32_t term,
	const struct profile_posting *p)
{
	bool code = p->wish == WISH_CPV || p->wish == WISH_CPV_BROADER;
	struct stands stands;

	if (p->points <= 0 || p->profile != bound->hearer->profile)
		return;
	stands = stands_of(scan, term, code ? 1u << FIELD_CPV : WISH_TEXT_FIELDS);
	bound->keyword |= p->wish == WISH_KEYWORD && (stands.head | stands.body) != 0;
	if (!code) {
		add_to(bound->sums, stands, bound_of_wish(p), in_body(p->points));
		return;
	}
	for (uint64_t left = stands.head; left != 0; left &= left - 1) { /* one code counts */
		points_t *most = &bound->codes[__builtin_ctzll(left)];

		*most = p->points > *most ? p->points : *most;
	}
}

/*
 * Does a hit of the term keep the rule from firing, in the notice and in all of its lots? Of a line that asks for more
 * than that its words are there nothing is known.
 */
static bool refuses(const struct bound *bound, const struct scan *scan, uint32_t term, const struct rule_posting *p)
{
	const struct rule_line *line = &bound->m.rules->rules[p->rule].lines[p->line];

	if (line->kind != LINE_NOT || line->subject != ON_TEXT || line->count != COUNT_NONE ||
		bound->m.code[p->rule].lines[p->line].again != NULL)
		return false;
	for (uint32_t at = scan->seen[term].newest; at != 0; at = scan->hits[at - 1].next) {
		const struct hit *hit = &scan->hits[at - 1];

		if ((p->fields & 1u << hit->field) != 0 && (hit->scope == 0 || line->anywhere))
			return true;
	}
	return false;
}

static struct met_rule *met_rule(struct bound *bound, uint32_t rule)
{
	if (bound->met[rule] == 0) {
		bound->rules[bound->n_rules++] =
			(struct met_rule){ rule, bound->hearer->points[rule], { 0, 0 }, 0, false };
		bound->met[rule] = (uint32_t)bound->n_rules;
	}
	return &bound->rules[bound->met[rule] - 1];
}

/* Evidence for rules, whatever else these ask for but that some words are not there. */
static void meet_rules(struct bound *bound, const struct scan *scan, uint32_t term)
{
	size_t n;
	const struct rule_posting *postings = terms_rules(bound->m.terms, term, &n);

	for (size_t i = 0; i < n; i++) {
		const struct rule_posting *p = &postings[i];
		struct met_rule *met;
		struct stands stands;

		if (bound->hearer->points[p->rule] == 0)
			continue;
		if (bound->m.rules->rules[p->rule].lines[p->line].kind != LINE_ANY) {
			if (refuses(bound, scan, term, p))
				met_rule(bound, p->rule)->refused = true;
			continue;
		}
		stands = stands_of(scan, term, p->fields);
		if (stands.head == 0 && stands.body == 0)
			continue;
		met = met_rule(bound, p->rule);
		met->stands.head |= stands.head;
		met->stands.body |= stands.body;
		met->fields |= scan->seen[term].fields & p->fields;
	}
}

/* Where it is all there is, and stands in the title of a lot alone, it gives less (settle.c). */
static points_t given_in_vain(const struct met_rule *met)
{
	unsigned head = 0;

	for (unsigned field = 0; field < FIELDS; field++)
		head |= body_field((enum match_field)field) ? 0 : 1u << field;
	if ((met->fields & head) != 1u << FIELD_LOT_TITLE || met->points <= QUERY_LOT_ALONE)
		return 0;
	return met->points - QUERY_LOT_ALONE;
}

/* Those of one field, under its cap: first where they are worth most. */
static void add_field(struct bound *bound, size_t first)
{
	size_t field = bound->m.rules->rules[bound->rules[first].rule].field;

	memset(bound->group, 0, sizeof(bound->group));
	for (size_t i = first; i < bound->n_rules; i++) {
		struct met_rule *met = &bound->rules[i];

		if (met->points == 0 || bound->m.rules->rules[met->rule].field != field)
			continue;
		met->stands.body &= ~met->stands.head;
		if (!met->refused) {
			add_to(bound->group, met->stands, met->points, in_body(met->points));
			for (uint64_t left = met->stands.head; left != 0; left &= left - 1)
				bound->group[__builtin_ctzll(left)].lone += given_in_vain(met);
		}
		met->points = 0;
		bound->met[met->rule] = 0;
	}
	for (size_t i = 0; i < SCOPES; i++) {
		points_t strong = least_of(bound->group[i].strong, bound->caps[field]);

		bound->sums[i].strong += strong;
		bound->sums[i].weak += least_of(bound->group[i].weak, bound->caps[field] - strong);
		bound->sums[i].signs += bound->group[i].signs;
		bound->sums[i].loud += bound->group[i].loud;
		if (bound->group[i].strong <= bound->caps[field]) /* beyond, others take its place */
			bound->sums[i].lone += bound->group[i].lone;
	}
}

static points_t bound_of_hearer(struct bound *bound, const struct scan *scan, const uint8_t *body)
{
	points_t most = 0;

	memset(bound->sums, 0, sizeof(bound->sums));
	memset(bound->codes, 0, sizeof(bound->codes));
	bound->n_rules = 0;
	bound->keyword = false;
	for (size_t i = 0; i < scan->n_touched; i++) {
		size_t n;
		const struct profile_posting *postings =
			terms_profiles(bound->m.terms, scan->touched[i], &n);

		for (size_t j = 0; j < n; j++)
			add_wish(bound, scan, scan->touched[i], &postings[j]);
		meet_rules(bound, scan, scan->touched[i]);
	}
	for (size_t i = 0; i < bound->n_rules; i++)
		if (bound->rules[i].points > 0)
			add_field(bound, i);
	for (size_t i = 0; i < SCOPES; i++) {
		const struct sum *sum = &bound->sums[i];
		points_t points = sum->strong + bound->codes[i] +
				  (body != NULL ? *body : bound_of_body(sum->weak, sum->signs));

		if ((body == NULL || *body == 0) && bound->lots && !bound->keyword && sum->loud == 1)
			points -= sum->lone;
		most = points > most ? points : most;
	}
	return most;
}

bool bound_reached(struct bound *bound, const struct scan *scan, const uint8_t *body)
{
	for (size_t i = 0; i < bound->n; i++) {
		bound->hearer = &bound->hearers[i];
		if (!bound->hearer->out && bound_of_hearer(bound, scan, body != NULL ? &body[i] : NULL) >= bound->hearer->least)
			return true;
	}
	return false;
}
