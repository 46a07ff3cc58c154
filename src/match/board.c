#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "query.h"
#include "score.h"

/*
 * A notice touches some thousand profiles, of which a few can reach the threshold. What is written for
 * each of the thousands is therefore little.
 */

enum { AHEAD = 8, BODY = 0, REST = 1 }; /* AHEAD: terms that are announced */

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
		.marks = zeroed(n_profiles / 64, sizeof(uint64_t)),
		.hopeful = zeroed(n_profiles, sizeof(uint32_t)),
		.newest = zeroed(n_profiles, sizeof(uint32_t)),
		.room = zeroed(n_fields, sizeof(points_t)),
		.size = n_profiles,
	};
}

void board_done(struct board *board)
{
	free(board->tallies);
	free(board->touched);
	free(board->marks);
	free(board->hopeful);
	free(board->newest);
	free(board->at);
	free(board->whole);
	free(board->met);
	free(board->best);
	free(board->lots);
	free(board->room);
}

/* first pass */

static bool body_alone(unsigned fields)
{
	for (; fields != 0; fields &= fields - 1)
		if (!body_field((enum match_field)__builtin_ctz(fields)))
			return false;
	return true;
}

/*
 * Without branches: whether a profile was touched before is anybody's guess. Returns how many are touched
 * now.
 */
static inline size_t add_to(struct board *board, size_t n, uint32_t profile, int of, points_t most)
{
	struct tally tally = board->tallies[profile];
	points_t sum = tally.sums[of] + most;

	board->touched[n] = profile;
	n += (size_t)(!tally.any & (most > 0));
	tally.any |= most > 0;
	tally.sums[of] = (uint8_t)(sum < UINT8_MAX ? sum : UINT8_MAX);
	tally.signs = (uint8_t)(tally.signs + ((of == BODY) & (most >= QUERY_BODY_SIGN) & (tally.signs < UINT8_MAX)));
	board->tallies[profile] = tally;
	return n;
}

/* The term is the object of a title or a subject, for which keywords may give more than their points. */
static size_t add_object(struct board *board, const uint32_t *briefs, size_t n, unsigned seen, size_t touched)
{
	bool object = (seen & SEEN_OBJECT) != 0, filed = (seen & SEEN_FILED) != 0;

	for (size_t i = 0; i < n; i++) {
		points_t points = brief_points(briefs[i]);

		touched = add_to(board, touched, brief_profile(briefs[i]), REST,
			brief_rises(briefs[i]) ? query_title_points(points, STANDING_TRADE, object, filed) : points);
	}
	return touched;
}

static size_t add_term(struct board *board, const struct scoring *s, uint32_t term, size_t touched)
{
	size_t n;
	const uint32_t *briefs = waiting_briefs(terms_waiting(s->scan->terms), term, &n);
	unsigned seen = s->scan->seen[term].fields, fields = seen & (WISH_TEXT_FIELDS | 1u << FIELD_CPV);
	int factor = fields_factor(fields), of = body_alone(fields) ? BODY : REST;

	if ((seen & (1u << FIELD_TITLE | 1u << FIELD_LOT_TITLE)) != 0 && (seen & (SEEN_OBJECT | SEEN_FILED)) != 0)
		return add_object(board, briefs, n, seen, touched);
	for (size_t i = 0; i < n; i++)
		touched = add_to(board, touched, brief_profile(briefs[i]), of,
			brief_points(briefs[i]) * factor / 100);
	return touched;
}

/* The most a fired rule gives anywhere. */
static size_t add_rule(struct board *board, const struct scoring *s, uint32_t rule,
	const struct rule_shares *told, size_t touched)
{
	points_t most = 0;
	int of = BODY;

	for (uint32_t at = s->firing->first[rule]; at != 0; at = s->firing->at[at - 1].next) {
		const struct fired *fired = &s->firing->at[at - 1];

		if (fired->points > most)
			most = fired->points;
		if (!body_field(fired->hit->field))
			of = REST;
	}
	for (size_t i = 0; i < told->n; i++) {
		points_t points = most * told->at[i].percent / 100;

		touched = add_to(board, touched, told->at[i].profile, of, points < UINT8_MAX ? points : UINT8_MAX);
	}
	return touched;
}

/* What everything together gives at most: settle() lets the body alone give no more than this. */
static points_t bound_of(const struct tally *tally)
{
	points_t cap = QUERY_BODY_CAP + (tally->signs > 2 ? (tally->signs - 2) * QUERY_BODY_MORE : 0);

	return tally->sums[REST] + (tally->sums[BODY] < cap ? tally->sums[BODY] : cap);
}

static void mark(struct board *board, size_t touched, points_t least)
{
	for (size_t i = 0; i < touched; i++) {
		uint32_t profile = board->touched[i];

		if (bound_of(&board->tallies[profile]) >= least)
			board->marks[profile / 64] |= UINT64_C(1) << profile % 64;
		board->tallies[profile] = (struct tally){ .any = 0 };
	}
}

/* second pass */

static void contribute(struct board *board, uint32_t profile, struct contribution contribution)
{
	if (board->n == board->capacity) {
		board->capacity = board->capacity ? 2 * board->capacity : 1024;
		board->at = realloc(board->at, board->capacity * sizeof(*board->at));
		if (board->at == NULL)
			die("out of memory");
	}
	contribution.next = board->newest[profile];
	board->at[board->n++] = contribution;
	board->newest[profile] = (uint32_t)board->n;
}

static bool is_marked(const struct board *board, uint32_t profile)
{
	return (board->marks[profile / 64] >> profile % 64 & 1) != 0;
}

static void collect_term(struct board *board, const struct scoring *s, uint32_t term)
{
	const struct waiting *waiting = terms_waiting(s->scan->terms);
	size_t n;
	const uint32_t *briefs = waiting_briefs(waiting, term, &n);

	for (size_t i = 0; i < n; i++) {
		uint32_t profile = brief_profile(briefs[i]);
		const struct profile_posting *posting;

		if (!is_marked(board, profile))
			continue;
		posting = &waiting_profiles(waiting, term, &n)[i];
		contribute(board, profile, (struct contribution){ .ref = term, .label = posting->label,
			.points = posting->points, .index = posting->index, .wish = posting->wish,
			.standing = posting->standing });
	}
}

static void collect_rule(struct board *board, uint32_t rule, const struct rule_shares *told)
{
	for (size_t i = 0; i < told->n; i++)
		if (is_marked(board, told->at[i].profile))
			contribute(board, told->at[i].profile, (struct contribution){ .ref = rule,
				.points = told->at[i].percent, .wish = WISH_FIELD });
}

static void collect(struct board *board, const struct scoring *s, const struct rule_shares *shares)
{
	for (size_t i = 0; i < s->scan->n_touched; i++)
		collect_term(board, s, s->scan->touched[i]);
	for (size_t i = 0; i < s->firing->n_rules; i++)
		collect_rule(board, s->firing->rules[i], &shares[s->firing->rules[i]]);
}

/* The marks, whose gates are open, become the list. */
static void list_marked(struct board *board, const struct scoring *s)
{
	for (size_t word = 0; word <= board->size / 64; word++) {
		for (uint64_t left = board->marks[word]; left != 0; left &= left - 1) {
			uint32_t profile = (uint32_t)(64 * word) + (uint32_t)__builtin_ctzll(left);

			if (s->visit == NULL || gate_visit_passes(s->visit, s->gates, profile))
				board->hopeful[board->n_hopeful++] = profile;
			else
				board->marks[word] &= ~(UINT64_C(1) << profile % 64);
		}
	}
}

static void forget(struct board *board)
{
	for (size_t i = 0; i < board->n_hopeful; i++) {
		board->marks[board->hopeful[i] / 64] = 0;
		board->newest[board->hopeful[i]] = 0;
	}
	board->n = board->n_hopeful = 0;
}

void board_fill(struct board *board, struct scoring *s, const struct rule_shares *shares, points_t least)
{
	const struct scan *scan = s->scan;
	const struct waiting *waiting = terms_waiting(scan->terms);
	size_t touched = 0;

	assert(least > 0 && least <= UINT8_MAX);
	forget(board);
	for (size_t i = 0; i < scan->n_touched; i++) {
		if (i + 2 * AHEAD < scan->n_touched)
			__builtin_prefetch(&waiting->starts[scan->touched[i + 2 * AHEAD]]);
		if (i + AHEAD < scan->n_touched)
			__builtin_prefetch(&waiting->briefs[waiting->starts[scan->touched[i + AHEAD]].profiles]);
		touched = add_term(board, s, scan->touched[i], touched);
	}
	for (size_t i = 0; i < s->firing->n_rules; i++)
		touched = add_rule(board, s, s->firing->rules[i], &shares[s->firing->rules[i]], touched);
	mark(board, touched, least);
	list_marked(board, s);
	if (board->n_hopeful > 0)
		collect(board, s, shares);
}

void board_fill_one(struct board *board, struct scoring *s, const struct rule_shares *shares,
	uint32_t profile)
{
	forget(board);
	board->marks[profile / 64] |= UINT64_C(1) << profile % 64;
	board->hopeful[board->n_hopeful++] = profile;
	collect(board, s, shares);
}
