#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "memory.h"
#include "query.h"
#include "score.h"

/*
 * A notice touches some thousand profiles, of which a few can reach the threshold. What is written for each of
 * the thousands is therefore a byte, its tally: the most that its wishes can give together, or TALLY_MOST.
 * Most of the time goes by waiting for memory: what is far away is asked for in loops that do nothing else.
 */

enum { TALLY_MOST = 127 };

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

/* A term of the notice that profiles wait for. */
struct heard {
	uint32_t term, from, to; /* from, to: their postings */
	const struct way *way;   /* what it gives */
	bool code;               /* it is of CPV codes, of which one counts */
};

/* A posting of one who is marked. */
struct picked {
	uint32_t heard, posting;
};

/* What a marked profile met: all that is known before its posting is looked up. */
struct sign {
	uint32_t ref;     /* term or rule */
	uint32_t posting; /* or place among the rule's shares */
	uint32_t next;    /* of the same profile, index + 1; 0: none */
	uint8_t most;     /* that it can give here, */
	bool body;        /* in the body of the notice alone */
	bool code;        /* it is of a CPV code */
	bool rule;
};

/* What the signs of a marked profile come to. */
struct outlook {
	uint32_t profile;
	uint32_t newest; /* sign, index + 1 */
	points_t body, cap; /* cap: of body */
	points_t code;   /* the most of one */
	points_t rest;
};

void board_init(struct board *board, size_t n_profiles, size_t n_fields)
{
	*board = (struct board){
		.tallies = table_new(n_profiles + 1, sizeof(uint8_t)),
		.gives = gives_new(),
		.crossed = zeroed(n_profiles, sizeof(uint32_t)),
		.marks = table_new(n_profiles / 64 + 1, sizeof(uint64_t)),
		.ranks = table_new(n_profiles / 64 + 1, sizeof(uint32_t)),
		.outlooks = zeroed(n_profiles, sizeof(struct outlook)),
		.hopeful = zeroed(n_profiles, sizeof(struct hopeful)),
		.room = zeroed(n_fields, sizeof(points_t)),
		.size = n_profiles,
	};
}

void board_done(struct board *board)
{
	free(board->tallies);
	free((void *)board->gives);
	free(board->crossed);
	free(board->heard);
	free(board->picked);
	free(board->marks);
	free(board->ranks);
	free(board->outlooks);
	free(board->signs);
	free(board->hopeful);
	free(board->at);
	free(board->whole);
	free(board->met);
	free(board->best);
	free(board->lots);
	free(board->room);
}

static void *roomier(void *array, size_t *capacity, size_t n, size_t size)
{
	if (n <= *capacity)
		return array;
	*capacity = 2 * n;
	return must(realloc(array, *capacity * size));
}

/* As the object of a title or a subject, keywords may give more than their points. */
static const struct way *given(const struct board *board, unsigned seen)
{
	unsigned object = ((seen & SEEN_OBJECT) != 0 ? 1u : 0u) | ((seen & SEEN_FILED) != 0 ? 2u : 0u);

	if (object != 0 && (seen & (1u << FIELD_TITLE | 1u << FIELD_LOT_TITLE | SEEN_SOLE)) != 0)
		return &board->gives->objects[object];
	return &board->gives->ways[board->gives->way[seen & ((1u << FIELDS) - 1)]];
}

/* The terms that profiles wait for, in order of first sight. */
static void hear_terms(struct board *board, const struct scoring *s)
{
	const struct scan *scan = s->scan;
	const struct waiting *waiting = terms_waiting(scan->terms);
	size_t n = 0;

	board->heard = roomier(board->heard, &board->heard_capacity, scan->n_touched + 1, sizeof(*board->heard));
	for (size_t i = 0; i < scan->n_touched; i++) {
		const struct term_start *start = &waiting->starts[scan->touched[i]];

		board->heard[n] = (struct heard){ scan->touched[i], start[0].profiles, start[1].profiles, NULL,
			false };
		n += start[1].profiles > start[0].profiles;
	}
	board->n_heard = n;
	for (size_t i = 0; i < n; i++) {
		waiting_fetch_briefs(waiting, board->heard[i].term);
		board->heard[i].way = given(board, scan->seen[board->heard[i].term].fields);
		board->heard[i].code = scan->seen[board->heard[i].term].fields == 1u << FIELD_CPV;
	}
}

/* first pass */

/* Points that one after another of the wishes give. */
struct adding {
	uint8_t *tallies;
	uint32_t *crossed; /* whose tally has come to what is asked */
	size_t n_crossed;
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

/* A copy, so that what is written to the tallies, which are bytes, is seen not to change it. */
static struct adding add_term(const struct heard *heard, const uint32_t *briefs, struct adding adding)
{
	const uint8_t *most = heard->way->most;
	size_t n = heard->to - heard->from;

	briefs += heard->from;
	for (size_t i = 0; i < n; i++)
		add_to(&adding, brief_profile(briefs[i]), most[briefs[i] % GIVEN]);
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
	return adding;
}

static void mark(struct board *board, uint32_t profile)
{
	board->marks[profile / 64] |= UINT64_C(1) << profile % 64;
}

/* Who may come to `least` is marked. */
static void add_all(struct board *board, const struct scoring *s, const struct rule_shares *shares,
	points_t least)
{
	const uint32_t *briefs = terms_waiting(s->scan->terms)->briefs;
	struct adding adding = { board->tallies, board->crossed, 0, (uint32_t)least };

	memset(board->tallies, 0, board->size); /* now, not when they are done with: they are at hand then */
	for (size_t i = 0; i < board->n_heard; i++)
		adding = add_term(&board->heard[i], briefs, adding);
	for (size_t i = 0; i < s->firing->n_rules; i++)
		adding = add_rule(s, s->firing->rules[i], &shares[s->firing->rules[i]], adding);
	for (size_t i = 0; i < adding.n_crossed; i++)
		mark(board, board->crossed[i]);
}

/* Those who are marked get an outlook each, in order; their rank is its number. */
static void rank_marked(struct board *board)
{
	size_t n = 0;

	for (size_t word = 0; word <= board->size / 64; word++) {
		board->ranks[word] = (uint32_t)n;
		for (uint64_t left = board->marks[word]; left != 0; left &= left - 1)
			board->outlooks[n++] = (struct outlook){
				.profile = (uint32_t)(64 * word) + (uint32_t)__builtin_ctzll(left),
				.cap = QUERY_BODY_CAP - 2 * QUERY_BODY_MORE };
	}
	board->n_marked = n;
}

/* second pass */

static inline uint64_t is_marked(const struct board *board, uint32_t profile)
{
	return board->marks[profile / 64] >> profile % 64 & 1;
}

/* Side by side, since not every processor has an instruction for it. */
static inline uint32_t count_bits(uint64_t bits)
{
	bits -= bits >> 1 & UINT64_C(0x5555555555555555);
	bits = (bits & UINT64_C(0x3333333333333333)) + (bits >> 2 & UINT64_C(0x3333333333333333));
	bits = (bits + (bits >> 4)) & UINT64_C(0x0F0F0F0F0F0F0F0F);
	return (uint32_t)(bits * UINT64_C(0x0101010101010101) >> 56);
}

static struct outlook *outlook_of(const struct board *board, uint32_t profile)
{
	uint64_t before = board->marks[profile / 64] & ((UINT64_C(1) << profile % 64) - 1);

	return &board->outlooks[board->ranks[profile / 64] + count_bits(before)];
}

static void add_sign(struct board *board, uint32_t profile, struct sign sign)
{
	struct outlook *outlook = outlook_of(board, profile);

	board->signs = roomier(board->signs, &board->signs_capacity, board->n_signs + 1, sizeof(*board->signs));
	sign.next = outlook->newest;
	board->signs[board->n_signs++] = sign;
	outlook->newest = (uint32_t)board->n_signs;
	if (sign.code)
		outlook->code = sign.most > outlook->code ? sign.most : outlook->code;
	else
		*(sign.body ? &outlook->body : &outlook->rest) += sign.most;
	if (sign.body && sign.most >= QUERY_BODY_SIGN)
		outlook->cap += QUERY_BODY_MORE;
}

/* Postings of those who are marked: one in twenty. Without branches, as above. Returns how many. */
static size_t pick(struct board *board, const struct scoring *s)
{
	const uint32_t *briefs = terms_waiting(s->scan->terms)->briefs;
	size_t n = 0;

	for (size_t i = 0; i < board->n_heard; i++) {
		uint32_t from = board->heard[i].from, to = board->heard[i].to;

		board->picked = roomier(board->picked, &board->picked_capacity, n + (to - from) + 1,
			sizeof(*board->picked));
		for (uint32_t j = from; j < to; j++) {
			board->picked[n] = (struct picked){ (uint32_t)i, j };
			n += is_marked(board, brief_profile(briefs[j]));
		}
	}
	return n;
}

static void add_rule_signs(struct board *board, const struct scoring *s, uint32_t rule,
	const struct rule_shares *told)
{
	bool body;
	points_t most = rule_most(s, rule, &body);

	for (uint32_t i = 0; i < told->n; i++)
		if (is_marked(board, told->at[i].profile))
			add_sign(board, told->at[i].profile, (struct sign){ .ref = rule, .posting = i,
				.most = share_of(most, &told->at[i]), .body = body, .rule = true });
}

static void add_signs(struct board *board, const struct scoring *s, const struct rule_shares *shares)
{
	const uint32_t *briefs = terms_waiting(s->scan->terms)->briefs;
	size_t n = pick(board, s);

	board->n_signs = 0;
	for (size_t i = 0; i < n; i++) {
		const struct heard *heard = &board->heard[board->picked[i].heard];
		uint32_t brief = briefs[board->picked[i].posting];

		add_sign(board, brief_profile(brief), (struct sign){ .ref = heard->term,
			.posting = board->picked[i].posting, .most = heard->way->most[brief % GIVEN],
			.body = heard->way->body, .code = heard->code });
	}
	for (size_t i = 0; i < s->firing->n_rules; i++)
		add_rule_signs(board, s, s->firing->rules[i], &shares[s->firing->rules[i]]);
}

/* What everything together gives at most: settle() counts one code, and lets the body give no more than its cap. */
static points_t bound_of(const struct outlook *outlook)
{
	points_t cap = outlook->cap > QUERY_BODY_CAP ? outlook->cap : QUERY_BODY_CAP;

	return outlook->rest + outlook->code + (outlook->body < cap ? outlook->body : cap);
}

/* Of the outlooks, those that suffice are kept; their gates are announced, and where what they say stands. */
static void drop_hopeless(struct board *board, const struct scoring *s, points_t least)
{
	size_t kept = 0;

	for (size_t i = 0; i < board->n_marked; i++) {
		if (bound_of(&board->outlooks[i]) < least)
			continue;
		gate_table_fetch(s->gates, board->outlooks[i].profile);
		said_fetch_place(s->said, board->outlooks[i].profile);
		board->outlooks[kept++] = board->outlooks[i];
	}
	board->n_marked = kept;
}

/* Nor do those suffice whom the notice's codes speak against, when that is taken away. */
static bool may_pass(const struct scoring *s, const struct outlook *outlook, points_t least)
{
	if (s->visit == NULL)
		return true;
	if (gate_visit_division(s->visit, s->gates, outlook->profile) == DIVISION_OTHER &&
		bound_of(outlook) + QUERY_OTHER_CPV < least)
		return false;
	return gate_visit_passes(s->visit, s->gates, outlook->profile);
}

/* The postings of those that may are announced. */
static void drop_closed(struct board *board, const struct scoring *s, points_t least)
{
	const struct profile_posting *postings = terms_waiting(s->scan->terms)->profiles;
	size_t kept = 0;

	for (size_t i = 0; i < board->n_marked; i++) {
		struct outlook outlook = board->outlooks[i];

		if (!may_pass(s, &outlook, least))
			continue;
		for (uint32_t at = outlook.newest; at != 0; at = board->signs[at - 1].next)
			if (!board->signs[at - 1].rule)
				__builtin_prefetch(&postings[board->signs[at - 1].posting]);
		board->outlooks[kept++] = outlook;
	}
	board->n_marked = kept;
}

static struct contribution contribution_of(const struct scoring *s, const struct rule_shares *shares,
	const struct sign *sign)
{
	const struct profile_posting *posting;

	if (sign->rule)
		return (struct contribution){ .ref = sign->ref, .wish = WISH_FIELD,
			.points = shares[sign->ref].at[sign->posting].percent };
	posting = &terms_waiting(s->scan->terms)->profiles[sign->posting];
	terms_fetch_label(s->scan->terms, posting->label);
	return (struct contribution){ .ref = sign->ref, .label = posting->label, .points = posting->points,
		.index = posting->index, .wish = posting->wish, .setting = posting->setting,
		.trade = posting->trade };
}

/* Who is left is hopeful. */
static void list_hopeful(struct board *board, const struct scoring *s, const struct rule_shares *shares)
{
	size_t n = 0;

	board->at = roomier(board->at, &board->capacity, board->n_signs, sizeof(*board->at));
	for (size_t i = 0; i < board->n_marked; i++) {
		size_t first = n;

		said_fetch(s->said, board->outlooks[i].profile);
		for (uint32_t at = board->outlooks[i].newest; at != 0; at = board->signs[at - 1].next)
			board->at[n++] = contribution_of(s, shares, &board->signs[at - 1]);
		board->hopeful[i] = (struct hopeful){ board->outlooks[i].profile, first, n - first };
	}
	board->n_hopeful = board->n_marked;
}

void board_fill(struct board *board, struct scoring *s, const struct rule_shares *shares, points_t least)
{
	assert(least > 0 && least <= TALLY_MOST);
	memset(board->marks, 0, (board->size / 64 + 1) * sizeof(*board->marks));
	hear_terms(board, s);
	add_all(board, s, shares, least);
	rank_marked(board);
	if (board->n_marked > 0)
		add_signs(board, s, shares);
	drop_hopeless(board, s, least);
	drop_closed(board, s, least);
	list_hopeful(board, s, shares);
}

void board_fill_one(struct board *board, struct scoring *s, const struct rule_shares *shares,
	uint32_t profile)
{
	memset(board->marks, 0, (board->size / 64 + 1) * sizeof(*board->marks));
	mark(board, profile);
	hear_terms(board, s);
	rank_marked(board);
	add_signs(board, s, shares);
	list_hopeful(board, s, shares);
}
