#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "query.h"
#include "score.h"

/*
 * A notice touches some thousand profiles, of which a few can reach the threshold. What is written for
 * each of the thousands is therefore little.
 */

enum { AHEAD = 8 }; /* terms that are announced */

/*
 * A tally: points from elsewhere than the body of the notice, points from the body, and signs of the body
 * that may raise its cap (settle.c), side by side in one number. Each has a bit above it into which it may
 * grow by one step, and is cut back then.
 */
enum { REST = 0, BODY = 12, SIGNS = 24, POINTS_MOST = (1 << 11) - 1, SIGNS_MOST = (1 << 7) - 1 };
static const uint32_t overgrown = (POINTS_MOST + UINT32_C(1)) << REST | (POINTS_MOST + UINT32_C(1)) << BODY |
				  (SIGNS_MOST + UINT32_C(1)) << SIGNS;

static uint32_t cut_back(uint32_t tally, int of, uint32_t most)
{
	return (tally & ~((2 * most + 1) << of)) | most << of;
}

static uint32_t cut_all(uint32_t tally)
{
	if ((tally >> REST & (POINTS_MOST + 1)) != 0)
		tally = cut_back(tally, REST, POINTS_MOST);
	if ((tally >> BODY & (POINTS_MOST + 1)) != 0)
		tally = cut_back(tally, BODY, POINTS_MOST);
	if ((tally >> SIGNS & (SIGNS_MOST + 1)) != 0)
		tally = cut_back(tally, SIGNS, SIGNS_MOST);
	return tally;
}

static uint32_t addition(points_t most, int of)
{
	return (uint32_t)most << of | (of == BODY && most >= QUERY_BODY_SIGN ? UINT32_C(1) << SIGNS : 0);
}

/* What a term adds at most to a tally: by the fields it stands in, then by the brief's lowest byte. */
enum { GIVEN = BRIEF_RISES + BRIEF_POINTS_MAX + 1, OBJECTS = 4, WAYS_MAX = 16 };
_Static_assert(GIVEN == 256, "a byte of the brief");
struct gives {
	uint8_t way[1 << FIELDS];               /* of fields */
	uint32_t ways[WAYS_MAX][GIVEN];         /* [0]: nothing */
	uint32_t objects[OBJECTS][GIVEN];       /* of a title: SEEN_OBJECT, and twice SEEN_FILED */
};

static void *zeroed(size_t n, size_t size)
{
	void *p = calloc(n + 1, size);

	if (p == NULL)
		die("out of memory");
	return p;
}

static bool body_alone(unsigned fields)
{
	for (; fields != 0; fields &= fields - 1)
		if (!body_field((enum match_field)__builtin_ctz(fields)))
			return false;
	return true;
}

static void fill_way(struct gives *gives, unsigned fields, size_t *n)
{
	int factor = fields_factor(fields), of = body_alone(fields) ? BODY : REST;
	uint32_t way[GIVEN];
	size_t i = 0;

	for (uint32_t brief = 0; brief < GIVEN; brief++)
		way[brief] = addition(brief_points(brief) * factor / 100, of);
	while (i < *n && memcmp(gives->ways[i], way, sizeof(way)) != 0)
		i++;
	if (i == *n) {
		assert(i < WAYS_MAX); /* there are fewer factors than that */
		memcpy(gives->ways[(*n)++], way, sizeof(way));
	}
	gives->way[fields] = (uint8_t)i;
}

static struct gives *gives_new(void)
{
	struct gives *gives = zeroed(1, sizeof(*gives));
	size_t n = 1;

	for (unsigned fields = 0; fields < 1u << FIELDS; fields++)
		fill_way(gives, fields & (WISH_TEXT_FIELDS | 1u << FIELD_CPV), &n);
	for (unsigned fields = 0; fields < 1u << FIELDS; fields++)
		gives->way[fields] = gives->way[fields & (WISH_TEXT_FIELDS | 1u << FIELD_CPV)];
	for (unsigned object = 0; object < OBJECTS; object++)
		for (uint32_t brief = 0; brief < GIVEN; brief++) {
			points_t points = brief_points(brief);

			gives->objects[object][brief] = addition(brief_rises(brief)
					? query_title_points(points, false, object & 1, false, object & 2)
					: points, REST);
		}
	return gives;
}

void board_init(struct board *board, size_t n_profiles, size_t n_fields)
{
	*board = (struct board){
		.tallies = zeroed(n_profiles, sizeof(uint32_t)),
		.gives = gives_new(),
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
	free((void *)board->gives);
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

/*
 * Without branches: whether a profile was touched before is anybody's guess. Returns how many are touched
 * now.
 */
static inline size_t add_to(struct board *board, size_t n, uint32_t profile, uint32_t more)
{
	uint32_t tally = board->tallies[profile];

	board->touched[n] = profile;
	n += (size_t)((tally == 0) & (more != 0));
	tally += more;
	if ((tally & overgrown) != 0)
		tally = cut_all(tally);
	board->tallies[profile] = tally;
	return n;
}

/* As the object of a title or a subject, keywords may give more than their points. */
static const uint32_t *given(const struct board *board, unsigned seen)
{
	unsigned object = ((seen & SEEN_OBJECT) != 0 ? 1u : 0u) | ((seen & SEEN_FILED) != 0 ? 2u : 0u);

	if (object != 0 && (seen & (1u << FIELD_TITLE | 1u << FIELD_LOT_TITLE | SEEN_SOLE)) != 0)
		return board->gives->objects[object];
	return board->gives->ways[board->gives->way[seen & ((1u << FIELDS) - 1)]];
}

static size_t add_term(struct board *board, const struct scoring *s, uint32_t term, size_t touched)
{
	size_t n;
	const uint32_t *briefs = waiting_briefs(terms_waiting(s->scan->terms), term, &n);
	const uint32_t *more = given(board, s->scan->seen[term].fields);

	for (size_t i = 0; i < n; i++)
		touched = add_to(board, touched, brief_profile(briefs[i]), more[briefs[i] % GIVEN]);
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

		touched = add_to(board, touched, told->at[i].profile,
			addition(points < 0 ? 0 : points < UINT8_MAX ? points : UINT8_MAX, of));
	}
	return touched;
}

/* What everything together gives at most: settle() lets the body alone give no more than this. */
static points_t bound_of(uint32_t tally)
{
	points_t rest = (points_t)(tally >> REST & POINTS_MOST), body = (points_t)(tally >> BODY & POINTS_MOST);
	points_t signs = (points_t)(tally >> SIGNS);
	points_t cap = QUERY_BODY_CAP + (signs > 2 ? (signs - 2) * QUERY_BODY_MORE : 0);

	return rest + (body < cap ? body : cap);
}

static void mark(struct board *board, size_t touched, points_t least)
{
	for (size_t i = 0; i < touched; i++) {
		uint32_t profile = board->touched[i];

		if (bound_of(board->tallies[profile]) >= least)
			board->marks[profile / 64] |= UINT64_C(1) << profile % 64;
		board->tallies[profile] = 0;
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
			.setting = posting->setting, .trade = posting->trade });
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

	assert(least > 0 && least <= QUERY_BODY_CAP + SIGNS_MOST);
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
