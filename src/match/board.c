#include <assert.h>
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "gives.h"
#include "memory.h"
#include "query.h"
#include "score.h"

/*
 * A notice touches some thousand profiles, of which a few can reach the threshold. What is written for each of
 * the thousands is therefore a byte, its tally: the most that its wishes can give together, or TALLY_MOST.
 * Most of the time goes by waiting for memory: what is far away is asked for in loops that do nothing else.
 */

enum { TALLY_MOST = GIVES_MOST, TOGETHER = 64 }; /* TOGETHER: profiles that share a word of marks */

/* A term of the notice that profiles wait for. */
struct heard {
	uint32_t term, from, n;  /* from: the first of their postings */
	uint32_t at;             /* where their briefs stand with the board */
	const struct way *way;   /* what it gives */
	bool code;               /* it is of CPV codes, of which one counts */
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
		.tallies = table_new(n_profiles / TOGETHER + 1, TOGETHER),
		.gives = gives_new(),
		.marks = table_new(n_profiles / 64 + 1, sizeof(uint64_t)),
		.words = zeroed(n_profiles / TOGETHER + 1, sizeof(uint32_t)),
		.ranks = table_new(n_profiles / TOGETHER + 1, sizeof(uint32_t)),
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
	free(board->heard);
	free(board->briefs);
	free(board->picked);
	free(board->marks);
	free(board->words);
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

/* The terms that profiles wait for, in order of first sight; behind the last one, where it ends. */
static void hear_terms(struct board *board, const struct scoring *s)
{
	const struct scan *scan = s->scan;
	const struct waiting *waiting = terms_waiting(scan->terms);
	uint32_t n = 0, at = 0;

	board->heard = roomier(board->heard, &board->heard_capacity, scan->n_touched + 1, sizeof(*board->heard));
	for (size_t i = 0; i < scan->n_touched; i++) {
		const struct term_start *start = &waiting->starts[scan->touched[i]];
		uint32_t postings = start[1].profiles - start[0].profiles;

		board->heard[n] = (struct heard){ scan->touched[i], start[0].profiles, postings, at, NULL, false };
		n += postings > 0;
		at += postings;
	}
	board->heard[n].at = at;
	board->n_heard = n;
	board->briefs = roomier(board->briefs, &board->briefs_capacity, at + 1, sizeof(*board->briefs));
	board->picked = roomier(board->picked, &board->picked_capacity, at + 1, sizeof(*board->picked));
	for (size_t i = 0; i < n; i++) {
		waiting_fetch_briefs(waiting, board->heard[i].term);
		board->heard[i].way = gives_seen(board->gives, scan->seen[board->heard[i].term].fields);
		board->heard[i].code = scan->seen[board->heard[i].term].fields == 1u << FIELD_CPV;
	}
}

/* first pass */

/* Without branches: what a profile has already is anybody's guess. */
static inline void add_to(uint8_t *tallies, uint32_t profile, uint32_t more)
{
	uint32_t sum = tallies[profile] + more;

	tallies[profile] = (uint8_t)(sum < TALLY_MOST ? sum : TALLY_MOST);
}

/* The briefs are put where the second pass finds those of all terms. */
static void add_term(const struct heard *heard, const uint32_t *briefs, uint32_t *restrict copy, uint8_t *tallies)
{
	const uint8_t *most = heard->way->most;
	uint32_t n = heard->n;

	for (uint32_t i = 0; i < n; i++) {
		copy[i] = briefs[i];
		add_to(tallies, brief_profile(briefs[i]), most[briefs[i] % GIVEN]);
	}
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
	return gives_clipped(most * share->percent / 100);
}

static void add_rule(const struct scoring *s, uint32_t rule, const struct rule_shares *told, uint8_t *tallies)
{
	bool body;
	points_t most = rule_most(s, rule, &body);

	for (size_t i = 0; i < told->n; i++)
		add_to(tallies, told->at[i].profile, share_of(most, &told->at[i]));
}

static void add_all(struct board *board, const struct scoring *s, const struct rule_shares *shares)
{
	const uint32_t *briefs = terms_waiting(s->scan->terms)->briefs;

	memset(board->tallies, 0, board->size); /* now, not when they are done with: they are at hand then */
	for (size_t i = 0; i < board->n_heard; i++)
		add_term(&board->heard[i], &briefs[board->heard[i].from], &board->briefs[board->heard[i].at],
			board->tallies);
	for (size_t i = 0; i < s->firing->n_rules; i++)
		add_rule(s, s->firing->rules[i], &shares[s->firing->rules[i]], board->tallies);
}

/* Eight tallies at once: what they lack of 128 is added to each, so that the highest bit tells who has `least`. */
enum { EIGHT = 8 };
static const uint64_t EACH = UINT64_C(0x0101010101010101), HIGHEST = UINT64_C(0x8080808080808080);

static inline uint64_t eight_suffice(const uint8_t tallies[EIGHT], uint64_t lacks)
{
	uint64_t eight;

	memcpy(&eight, tallies, sizeof(eight));
	return (le64toh(eight) + EACH * lacks) & HIGHEST;
}

/* Who may come to `least` is marked: hardly anybody. */
static void mark_all(struct board *board, points_t least)
{
	uint64_t lacks = TALLY_MOST + 1 - (uint64_t)least;

	board->n_words = 0;
	for (uint32_t i = 0; i <= board->size / TOGETHER; i++) {
		const uint8_t *tallies = &board->tallies[TOGETHER * i];
		uint64_t some = 0, marks = 0;

		for (size_t j = 0; j < TOGETHER; j += EIGHT)
			some |= eight_suffice(&tallies[j], lacks);
		for (size_t j = 0; j < TOGETHER && some != 0; j += EIGHT) /* eight highest bits become one byte */
			marks |= (eight_suffice(&tallies[j], lacks) >> 7) * UINT64_C(0x0102040810204080) >> 56 << j;
		board->marks[i] = marks;
		board->words[board->n_words] = i;
		board->n_words += marks != 0;
	}
}

/* Those who are marked get an outlook each, in order; their rank is its number. */
static void rank_marked(struct board *board)
{
	uint32_t n = 0;

	for (size_t i = 0; i < board->n_words; i++) {
		uint32_t word = board->words[i];

		board->ranks[word] = n;
		for (uint64_t left = board->marks[word]; left != 0; left &= left - 1)
			board->outlooks[n++] = (struct outlook){
				.profile = TOGETHER * word + (uint32_t)__builtin_ctzll(left),
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

/* The briefs of those who are marked, one in ten. Without branches, as above. Returns how many. */
static size_t pick(struct board *board)
{
	const uint32_t *briefs = board->briefs;
	const uint64_t *marks = board->marks;
	uint32_t *picked = board->picked, end = board->heard[board->n_heard].at;
	size_t n = 0;

	for (uint32_t i = 0; i < end; i++) {
		picked[n] = i;
		n += marks[brief_profile(briefs[i]) / 64] >> brief_profile(briefs[i]) % 64 & 1;
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
	const struct heard *heard = board->heard;
	size_t n = pick(board);

	board->n_signs = 0;
	for (size_t i = 0; i < n; i++) {
		uint32_t at = board->picked[i], brief = board->briefs[at];

		while (at >= heard[1].at)
			heard++;
		add_sign(board, brief_profile(brief), (struct sign){ .ref = heard->term,
			.posting = heard->from + (at - heard->at), .most = heard->way->most[brief % GIVEN],
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
	__builtin_prefetch(&s->scan->seen[sign->ref]); /* long since it was heard */
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
	hear_terms(board, s);
	add_all(board, s, shares);
	mark_all(board, least);
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
	board->marks[profile / TOGETHER] |= UINT64_C(1) << profile % TOGETHER;
	board->words[0] = profile / TOGETHER;
	board->n_words = 1;
	hear_terms(board, s);
	add_all(board, s, shares);
	rank_marked(board);
	add_signs(board, s, shares);
	list_hopeful(board, s, shares);
}
