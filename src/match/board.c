#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "query.h"
#include "score.h"

/*
 * From hits to the profiles that may match. The notice's hits touch some thousand profiles, of which a
 * few can reach the threshold: for each only an upper bound is kept here, the rest is left to
 * score_profile().
 */

enum { AHEAD = 12, TALLIES_AHEAD = 16 }; /* terms, and profiles, that are announced */

static void *zeroed(size_t n, size_t size)
{
	void *p = calloc(n + 1, size);

	if (p == NULL)
		die("out of memory");
	return p;
}

void board_init(struct board *board, size_t n_profiles, size_t n_fields)
{
	*board = (struct board){
		.tallies = zeroed(n_profiles, sizeof(struct tally)),
		.touched = zeroed(n_profiles, sizeof(uint32_t)),
		.hopeful = zeroed(n_profiles, sizeof(uint32_t)),
		.room = zeroed(n_fields, sizeof(points_t)),
		.size = n_profiles,
	};
}

void board_done(struct board *board)
{
	free(board->at);
	free(board->tallies);
	free(board->touched);
	free(board->hopeful);
	free(board->whole);
	free(board->met);
	free(board->best);
	free(board->lots);
	free(board->room);
}

static void make_room(struct board *board, size_t more)
{
	if (board->n + more <= board->capacity)
		return;
	board->capacity = 2 * (board->n + more) + 1024;
	board->at = realloc(board->at, board->capacity * sizeof(*board->at));
	if (board->at == NULL)
		die("out of memory");
}

static bool body_alone(unsigned fields)
{
	for (; fields != 0; fields &= fields - 1)
		if (!body_field((enum match_field)__builtin_ctz(fields)))
			return false;
	return true;
}

static uint8_t clipped(points_t points)
{
	return points <= 0 ? 0 : points > UINT8_MAX ? UINT8_MAX : (uint8_t)points;
}

/* What a wish can get at most: its points where the term stands best. */
static void add_term(struct board *board, const struct scoring *s, uint32_t term)
{
	size_t n;
	const struct profile_posting *postings = terms_profiles(s->scan->terms, term, &n);
	unsigned fields = s->scan->seen[term].fields & (WISH_TEXT_FIELDS | 1u << FIELD_CPV);
	int factor = fields_factor(fields);
	bool body = body_alone(fields);

	make_room(board, n);
	for (size_t j = 0; j < n; j++)
		board->at[board->n++] = (struct contribution){
			.ref = term,
			.next = postings[j].profile,
			.label = postings[j].label,
			.points = postings[j].points,
			.index = postings[j].index,
			.wish = postings[j].wish,
			.most = clipped(postings[j].points * factor / 100),
			.body = body,
		};
}

/* The most a fired rule gives anywhere. */
static void add_rule(struct board *board, const struct scoring *s, uint32_t rule,
	const struct rule_shares *told)
{
	points_t most = 0;
	bool body = true;

	for (uint32_t at = s->firing->first[rule]; at != 0; at = s->firing->at[at - 1].next) {
		const struct fired *fired = &s->firing->at[at - 1];

		if (fired->points > most)
			most = fired->points;
		body &= body_field(fired->hit->field);
	}
	make_room(board, told->n);
	for (size_t j = 0; j < told->n; j++)
		board->at[board->n++] = (struct contribution){
			.ref = rule,
			.next = told->at[j].profile,
			.points = told->at[j].percent,
			.wish = WISH_FIELD,
			.most = clipped(most * told->at[j].percent / 100),
			.body = body,
		};
}

static uint8_t sum(uint8_t a, uint8_t b)
{
	return clipped(a + b);
}

/* What everything together gives at most: settle() lets the body alone give no more than this. */
static points_t bound_of(const struct tally *tally)
{
	points_t cap = QUERY_BODY_CAP + (tally->signs > 2 ? (tally->signs - 2) * QUERY_BODY_MORE : 0);

	return tally->rest + (tally->body < cap ? tally->body : cap);
}

/*
 * Each contribution to its profile. Sums stop at UINT8_MAX, which is above every `least`: who got there
 * is among the hopeful, once, since bounds only grow.
 */
static void tally_up(struct board *board, points_t least)
{
	for (size_t i = 0; i < board->n; i++) {
		struct contribution *c = &board->at[i];
		uint32_t profile = c->next;
		struct tally *tally = &board->tallies[profile];
		bool before = bound_of(tally) >= least;

		if (i + TALLIES_AHEAD < board->n)
			__builtin_prefetch(&board->tallies[board->at[i + TALLIES_AHEAD].next]);
		if (tally->newest == 0)
			board->touched[board->n_touched++] = profile;
		c->next = tally->newest;
		tally->newest = (uint32_t)i + 1;
		if (c->body)
			tally->body = sum(tally->body, c->most);
		else
			tally->rest = sum(tally->rest, c->most);
		if (c->body && c->most >= QUERY_BODY_SIGN)
			tally->signs = sum(tally->signs, 1);
		if (!before && bound_of(tally) >= least)
			board->hopeful[board->n_hopeful++] = profile;
	}
}

void board_fill(struct board *board, const struct scoring *s, const struct rule_shares *shares,
	points_t least)
{
	const struct scan *scan = s->scan;

	assert(least > 0 && least <= UINT8_MAX);
	for (size_t i = 0; i < board->n_touched; i++)
		board->tallies[board->touched[i]] = (struct tally){ .newest = 0 };
	board->n = board->n_touched = board->n_hopeful = 0;
	for (size_t i = 0; i < scan->n_touched; i++) {
		if (i + 2 * AHEAD < scan->n_touched)
			terms_fetch_places(scan->terms, scan->touched[i + 2 * AHEAD]);
		if (i + AHEAD < scan->n_touched)
			terms_fetch_profiles(scan->terms, scan->touched[i + AHEAD]);
		add_term(board, s, scan->touched[i]);
	}
	for (size_t i = 0; i < s->firing->n_rules; i++)
		add_rule(board, s, s->firing->rules[i], &shares[s->firing->rules[i]]);
	tally_up(board, least);
}
