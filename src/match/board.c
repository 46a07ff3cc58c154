#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "query.h"
#include "score.h"

/*
 * A notice touches some thousand profiles, of which a few can reach the threshold. What is written for each of
 * the thousands is therefore a byte, its tally: the most that its wishes can give together, or TALLY_MOST.
 */

enum { AHEAD = 8, TALLY_MOST = 127 }; /* AHEAD: terms that are announced */

/* What a term gives at most: by the fields it stands in, then by the brief's lowest byte. */
enum { GIVEN = BRIEF_RISES + BRIEF_POINTS_MAX + 1, OBJECTS = 4, WAYS_MAX = 16 };
_Static_assert(GIVEN == 256, "a byte of the brief");
struct gives {
	struct way {
		uint8_t most[GIVEN];
		bool body; /* of the notice: such points have a cap together, see bound_of() */
	} ways[WAYS_MAX], objects[OBJECTS]; /* objects, of a title: SEEN_OBJECT, and twice SEEN_FILED */
	uint8_t way[1 << FIELDS]; /* of fields */
};

static uint8_t clipped(points_t points)
{
	return (uint8_t)(points < 0 ? 0 : points < TALLY_MOST ? points : TALLY_MOST);
}

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
	int factor = fields_factor(fields);
	struct way way = { .body = body_alone(fields) };
	size_t i = 0;

	for (uint32_t brief = 0; brief < GIVEN; brief++)
		way.most[brief] = clipped(brief_points(brief) * factor / 100);
	while (i < *n && memcmp(&gives->ways[i], &way, sizeof(way)) != 0)
		i++;
	if (i == *n) {
		assert(i < WAYS_MAX); /* there are fewer factors than that */
		gives->ways[(*n)++] = way;
	}
	gives->way[fields] = (uint8_t)i;
}

static struct gives *gives_new(void)
{
	struct gives *gives = zeroed(1, sizeof(*gives));
	size_t n = 0;

	for (unsigned fields = 0; fields < 1u << FIELDS; fields++)
		fill_way(gives, fields & (WISH_TEXT_FIELDS | 1u << FIELD_CPV), &n);
	for (unsigned fields = 0; fields < 1u << FIELDS; fields++)
		gives->way[fields] = gives->way[fields & (WISH_TEXT_FIELDS | 1u << FIELD_CPV)];
	for (unsigned object = 0; object < OBJECTS; object++)
		for (uint32_t brief = 0; brief < GIVEN; brief++) {
			points_t points = brief_points(brief);

			gives->objects[object].most[brief] = clipped(brief_rises(brief)
					? query_title_points(points, false, object & 1, false, object & 2)
					: points);
		}
	return gives;
}

void board_init(struct board *board, size_t n_profiles, size_t n_fields)
{
	*board = (struct board){
		.tallies = zeroed(n_profiles, sizeof(uint8_t)),
		.gives = gives_new(),
		.crossed = zeroed(n_profiles, sizeof(uint32_t)),
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
	free(board->crossed);
	free(board->picked);
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

/* Points that one after another of the wishes give. */
struct adding {
	uint8_t *tallies;
	uint32_t *crossed; /* whose tally has come to what is asked */
	size_t n_crossed, n;
	uint32_t least;
};

/* Without branches: what a profile has already is anybody's guess. */
static inline void add_to(struct adding *adding, uint32_t profile, uint32_t more)
{
	uint32_t before = adding->tallies[profile], after = before + more;

	after = after < TALLY_MOST ? after : TALLY_MOST;
	adding->crossed[adding->n_crossed] = profile;
	adding->n_crossed += (size_t)((before < adding->least) & (after >= adding->least));
	adding->tallies[profile] = (uint8_t)after;
}

/* As the object of a title or a subject, keywords may give more than their points. */
static const struct way *given(const struct board *board, unsigned seen)
{
	unsigned object = ((seen & SEEN_OBJECT) != 0 ? 1u : 0u) | ((seen & SEEN_FILED) != 0 ? 2u : 0u);

	if (object != 0 && (seen & (1u << FIELD_TITLE | 1u << FIELD_LOT_TITLE | SEEN_SOLE)) != 0)
		return &board->gives->objects[object];
	return &board->gives->ways[board->gives->way[seen & ((1u << FIELDS) - 1)]];
}

/* A copy, so that what is written to the tallies, which are bytes, is seen not to change it. */
static struct adding add_term(const struct board *board, const struct scoring *s, uint32_t term,
	struct adding adding)
{
	size_t n;
	const uint32_t *briefs = waiting_briefs(terms_waiting(s->scan->terms), term, &n);
	const uint8_t *most = given(board, s->scan->seen[term].fields)->most;

	for (size_t i = 0; i < n; i++)
		add_to(&adding, brief_profile(briefs[i]), most[briefs[i] % GIVEN]);
	adding.n += n;
	return adding;
}

/* The most a fired rule gives anywhere. */
static points_t rule_most(const struct scoring *s, uint32_t rule, bool *ret_body)
{
	points_t most = 0;

	*ret_body = true;
	for (uint32_t at = s->firing->first[rule]; at != 0; at = s->firing->at[at - 1].next) {
		const struct fired *fired = &s->firing->at[at - 1];

		if (fired->points > most)
			most = fired->points;
		*ret_body &= body_field(fired->hit->field);
	}
	return most;
}

static uint8_t share_of(points_t most, const struct rule_share *share)
{
	return clipped(most * share->percent / 100);
}

static struct adding add_rule(const struct scoring *s, uint32_t rule, const struct rule_shares *told,
	struct adding adding)
{
	bool body;
	points_t most = rule_most(s, rule, &body);

	for (size_t i = 0; i < told->n; i++)
		add_to(&adding, told->at[i].profile, share_of(most, &told->at[i]));
	adding.n += told->n;
	return adding;
}

/* Makes all tallies 0: those that were added to, or where these are many, every one. */
static void wipe(struct board *board, const struct scoring *s, const struct rule_shares *shares, size_t added)
{
	if (added > board->size / 64) {
		memset(board->tallies, 0, board->size);
		return;
	}
	for (size_t i = 0; i < s->scan->n_touched; i++) {
		size_t n;
		const uint32_t *briefs = waiting_briefs(terms_waiting(s->scan->terms), s->scan->touched[i], &n);

		for (size_t j = 0; j < n; j++)
			board->tallies[brief_profile(briefs[j])] = 0;
	}
	for (size_t i = 0; i < s->firing->n_rules; i++) {
		const struct rule_shares *told = &shares[s->firing->rules[i]];

		for (size_t j = 0; j < told->n; j++)
			board->tallies[told->at[j].profile] = 0;
	}
}

/* Who may come to `least` is marked. */
static void add_all(struct board *board, const struct scoring *s, const struct rule_shares *shares,
	points_t least)
{
	const struct scan *scan = s->scan;
	const struct waiting *waiting = terms_waiting(scan->terms);
	struct adding adding = { board->tallies, board->crossed, 0, 0, (uint32_t)least };

	for (size_t i = 0; i < scan->n_touched; i++) {
		if (i + 2 * AHEAD < scan->n_touched)
			__builtin_prefetch(&waiting->starts[scan->touched[i + 2 * AHEAD]]);
		if (i + AHEAD < scan->n_touched)
			__builtin_prefetch(&waiting->briefs[waiting->starts[scan->touched[i + AHEAD]].profiles]);
		adding = add_term(board, s, scan->touched[i], adding);
	}
	for (size_t i = 0; i < s->firing->n_rules; i++)
		adding = add_rule(s, s->firing->rules[i], &shares[s->firing->rules[i]], adding);
	for (size_t i = 0; i < adding.n_crossed; i++)
		board->marks[board->crossed[i] / 64] |= UINT64_C(1) << board->crossed[i] % 64;
	wipe(board, s, shares, adding.n);
}

/* The marks, whose gates are open, become the list. */
static void list_marked(struct board *board, const struct scoring *s)
{
	size_t n = 0;

	for (size_t word = 0; word <= board->size / 64; word++) {
		for (uint64_t left = board->marks[word]; left != 0; left &= left - 1) {
			uint32_t profile = (uint32_t)(64 * word) + (uint32_t)__builtin_ctzll(left);

			gate_table_fetch(s->gates, profile);
			board->hopeful[n++] = profile;
		}
	}
	for (size_t i = 0; i < n; i++) {
		uint32_t profile = board->hopeful[i];

		if (s->visit == NULL || gate_visit_passes(s->visit, s->gates, profile))
			board->hopeful[board->n_hopeful++] = profile;
		else
			board->marks[profile / 64] &= ~(UINT64_C(1) << profile % 64);
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

/* A posting of one who is marked. */
struct picked {
	uint32_t term, posting;
};

static void make_room_for_picked(struct board *board, size_t n)
{
	if (n <= board->picked_capacity)
		return;
	board->picked_capacity = 2 * n;
	board->picked = realloc(board->picked, board->picked_capacity * sizeof(*board->picked));
	if (board->picked == NULL)
		die("out of memory");
}

/* Postings of those who are marked: one in thirty, announced. Returns how many. */
static size_t pick(struct board *board, const struct scoring *s)
{
	const struct waiting *waiting = terms_waiting(s->scan->terms);
	size_t kept = 0;

	for (size_t i = 0; i < s->scan->n_touched; i++) {
		uint32_t term = s->scan->touched[i], from = waiting->starts[term].profiles;
		uint32_t to = waiting->starts[term + 1].profiles;

		make_room_for_picked(board, kept + (to - from) + 1);
		for (uint32_t j = from; j < to; j++) {
			if (!is_marked(board, brief_profile(waiting->briefs[j])))
				continue;
			__builtin_prefetch(&waiting->profiles[j]);
			board->picked[kept++] = (struct picked){ term, j };
		}
	}
	return kept;
}

static void collect_rule(struct board *board, const struct scoring *s, uint32_t rule,
	const struct rule_shares *told)
{
	bool body;
	points_t most = rule_most(s, rule, &body);

	for (size_t i = 0; i < told->n; i++)
		if (is_marked(board, told->at[i].profile))
			contribute(board, told->at[i].profile, (struct contribution){ .ref = rule,
				.points = told->at[i].percent, .wish = WISH_FIELD,
				.most = share_of(most, &told->at[i]), .body = body });
}

static void collect(struct board *board, const struct scoring *s, const struct rule_shares *shares)
{
	const struct waiting *waiting = terms_waiting(s->scan->terms);
	size_t n = pick(board, s);

	for (size_t i = 0; i < n; i++) {
		uint32_t term = board->picked[i].term;
		const struct profile_posting *posting = &waiting->profiles[board->picked[i].posting];
		const struct way *way = given(board, s->scan->seen[term].fields);

		contribute(board, posting->profile, (struct contribution){ .ref = term, .label = posting->label,
			.points = posting->points, .index = posting->index, .wish = posting->wish,
			.setting = posting->setting, .trade = posting->trade, .body = way->body,
			.most = way->most[waiting->briefs[board->picked[i].posting] % GIVEN] });
	}
	for (size_t i = 0; i < s->firing->n_rules; i++)
		collect_rule(board, s, s->firing->rules[i], &shares[s->firing->rules[i]]);
}

/* What everything together gives at most: settle() lets the body alone give no more than this. */
static points_t bound_of(const struct board *board, uint32_t profile)
{
	points_t rest = 0, body = 0, cap = QUERY_BODY_CAP - 2 * QUERY_BODY_MORE;

	for (uint32_t at = board->newest[profile]; at != 0; at = board->at[at - 1].next) {
		const struct contribution *c = &board->at[at - 1];

		*(c->body ? &body : &rest) += c->most;
		if (c->body && c->most >= QUERY_BODY_SIGN)
			cap += QUERY_BODY_MORE;
	}
	if (cap < QUERY_BODY_CAP)
		cap = QUERY_BODY_CAP;
	return rest + (body < cap ? body : cap);
}

static void drop(struct board *board, uint32_t profile)
{
	board->marks[profile / 64] &= ~(UINT64_C(1) << profile % 64);
	board->newest[profile] = 0;
}

static void drop_hopeless(struct board *board, points_t least)
{
	size_t kept = 0;

	for (size_t i = 0; i < board->n_hopeful; i++) {
		if (bound_of(board, board->hopeful[i]) >= least)
			board->hopeful[kept++] = board->hopeful[i];
		else
			drop(board, board->hopeful[i]);
	}
	board->n_hopeful = kept;
}

static void forget(struct board *board)
{
	for (size_t i = 0; i < board->n_hopeful; i++)
		drop(board, board->hopeful[i]);
	board->n = board->n_hopeful = 0;
}

void board_fill(struct board *board, struct scoring *s, const struct rule_shares *shares, points_t least)
{
	assert(least > 0 && least <= TALLY_MOST);
	forget(board);
	add_all(board, s, shares, least);
	list_marked(board, s);
	if (board->n_hopeful > 0)
		collect(board, s, shares);
	drop_hopeless(board, least);
}

void board_fill_one(struct board *board, struct scoring *s, const struct rule_shares *shares,
	uint32_t profile)
{
	forget(board);
	board->marks[profile / 64] |= UINT64_C(1) << profile % 64;
	board->hopeful[board->n_hopeful++] = profile;
	collect(board, s, shares);
}
