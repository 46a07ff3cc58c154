#include "score.h"

#include <stdlib.h>
#include <string.h>

#include "against.h"
#include "query.h"
#include "settle.h"

enum { AHEAD = 8 }; /* postings and tallies that are announced */

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

static void make_room_for_contributions(struct board *board, size_t more)
{
	if (board->n + more <= board->capacity)
		return;
	board->capacity = 2 * (board->n + more) + 1024;
	board->at = realloc(board->at, board->capacity * sizeof(*board->at));
	if (board->at == NULL)
		die("out of memory");
}

/* There is room for it. */
static inline void contribute(struct board *board, uint32_t profile, struct contribution contribution,
	int32_t most, int32_t least)
{
	struct tally *tally = &board->tallies[profile];

	if (tally->newest == 0)
		board->touched[board->n_touched++] = profile;
	contribution.next = tally->newest;
	board->at[board->n++] = contribution;
	tally->newest = (uint32_t)board->n;
	if (most <= 0)
		return;
	if (tally->bound < least && tally->bound + most >= least)
		board->hopeful[board->n_hopeful++] = profile;
	tally->bound += most;
}

/* The most a fired rule gives anywhere: for the bound. */
static points_t most_points(const struct firing *firing, uint32_t rule)
{
	points_t most = 0;

	for (uint32_t at = firing->first[rule]; at != 0; at = firing->at[at - 1].next)
		if (firing->at[at - 1].points > most)
			most = firing->at[at - 1].points;
	return most;
}

static const unsigned text_fields = 1u << FIELD_TITLE | 1u << FIELD_LOT_TITLE | 1u << FIELD_SUBJECTS |
				    1u << FIELD_DESCRIPTION | 1u << FIELD_LOT_DESCRIPTION |
				    1u << FIELD_CRITERIA;

/* What a wish can get at most: its points where the term stands best. */
static void spread_term(struct board *board, const struct scoring *s, uint32_t term, points_t least)
{
	size_t n;
	const struct profile_posting *postings = terms_profiles(s->scan->terms, term, &n);
	unsigned fields = s->scan->seen[term].fields;
	int factor = fields_factor(fields & (text_fields | 1u << FIELD_CPV));

	make_room_for_contributions(board, n);
	for (size_t j = 0; j < n; j++) {
		if (j + AHEAD < n)
			__builtin_prefetch(&board->tallies[postings[j + AHEAD].profile]);
		contribute(board, postings[j].profile,
			(struct contribution){ term, 0, postings[j].points, postings[j].index,
				postings[j].wish },
			postings[j].points * factor / 100, least);
	}
}

static void spread_rule(struct board *board, const struct scoring *s, uint32_t rule,
	const struct rule_shares *told, points_t least)
{
	points_t most = most_points(s->firing, rule);

	make_room_for_contributions(board, told->n);
	for (size_t j = 0; j < told->n; j++)
		contribute(board, told->at[j].profile,
			(struct contribution){ rule, 0, told->at[j].percent, 0, WISH_FIELD },
			most * told->at[j].percent / 100, least);
}

void board_fill(struct board *board, const struct scoring *s, const struct rule_shares *shares,
	points_t least)
{
	const struct scan *scan = s->scan;

	for (size_t i = 0; i < board->n_touched; i++)
		board->tallies[board->touched[i]] = (struct tally){ 0, 0 };
	board->n = board->n_touched = board->n_hopeful = 0;
	for (size_t i = 0; i < scan->n_touched; i++) {
		if (i + 2 * AHEAD < scan->n_touched)
			terms_fetch_places(scan->terms, scan->touched[i + 2 * AHEAD]);
		if (i + AHEAD < scan->n_touched)
			terms_fetch_profiles(scan->terms, scan->touched[i + AHEAD]);
		spread_term(board, s, scan->touched[i], least);
	}
	for (size_t i = 0; i < s->firing->n_rules; i++)
		spread_rule(board, s, s->firing->rules[i], &shares[s->firing->rules[i]], least);
}

/* The same in a lot: `number` is that of the contribution. */
struct lot_met {
	uint32_t scope, number;
	const struct hit *hit;
	points_t points;
};

static points_t hit_points(const struct contribution *c, const struct hit *hit)
{
	if (c->wish == WISH_EXCLUDE)
		return QUERY_EXCLUDED;
	return c->points * field_factor(hit->field) / 100;
}

static void add_lot(struct board *board, uint32_t scope, size_t number, const struct hit *hit,
	points_t points)
{
	if (board->n_lots == board->lots_capacity) {
		board->lots_capacity = board->lots_capacity ? 2 * board->lots_capacity : 256;
		board->lots = realloc(board->lots, board->lots_capacity * sizeof(*board->lots));
		if (board->lots == NULL)
			die("out of memory");
	}
	board->lots[board->n_lots++] = (struct lot_met){ scope, (uint32_t)number, hit, points };
}

static void meet_rule(const struct scoring *s, struct board *board, size_t number)
{
	struct met *whole = &board->whole[number];
	const struct contribution *c = whole->contribution;

	for (uint32_t at = s->firing->first[c->ref]; at != 0; at = s->firing->at[at - 1].next) {
		const struct fired *fired = &s->firing->at[at - 1];
		points_t points = fired->points * c->points / 100;

		if (fired->scope != 0) {
			add_lot(board, fired->scope, number, fired->hit, points);
		} else {
			whole->hit = fired->hit;
			whole->points = points;
		}
	}
}

static void meet_term(const struct scoring *s, struct board *board, size_t number)
{
	struct met *whole = &board->whole[number];
	const struct contribution *c = whole->contribution;
	unsigned fields = c->wish == WISH_CPV || c->wish == WISH_CPV_BROADER ? 1u << FIELD_CPV
									     : text_fields;

	for (uint32_t at = s->scan->seen[c->ref].newest; at != 0; at = s->scan->hits[at - 1].next) {
		const struct hit *hit = &s->scan->hits[at - 1];

		if ((fields & 1u << hit->field) == 0)
			continue;
		if (hit->scope != 0)
			add_lot(board, hit->scope, number, hit, hit_points(c, hit));
		else if (whole->hit == NULL || scan_better(hit, whole->hit)) {
			whole->hit = hit;
			whole->points = hit_points(c, hit);
		}
	}
}

static void make_room_for_met(struct board *board, size_t n)
{
	if (n <= board->met_capacity)
		return;
	board->met_capacity = 2 * n + 32;
	board->whole = realloc(board->whole, board->met_capacity * sizeof(*board->whole));
	board->met = realloc(board->met, board->met_capacity * sizeof(*board->met));
	board->best = realloc(board->best, board->met_capacity * sizeof(*board->best));
	if (board->whole == NULL || board->met == NULL || board->best == NULL)
		die("out of memory");
}

static int by_lot(const void *a, const void *b)
{
	const struct lot_met *x = a, *y = b;

	if (x->scope != y->scope)
		return x->scope < y->scope ? -1 : 1;
	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return x->hit > y->hit ? -1 : x->hit < y->hit; /* newest first, as in the chain */
}

/* Everything the profile's contributions meet; returns how many contributions there are. */
static size_t meet_all(const struct scoring *s, struct board *board, uint32_t profile)
{
	size_t n = 0;

	board->n_lots = 0;
	for (uint32_t at = board->tallies[profile].newest; at != 0; at = board->at[at - 1].next) {
		make_room_for_met(board, n + 1);
		board->whole[n] = (struct met){ &board->at[at - 1], NULL, 0 };
		if (board->at[at - 1].wish == WISH_FIELD)
			meet_rule(s, board, n++);
		else
			meet_term(s, board, n++);
	}
	if (board->n_lots > 1)
		qsort(board->lots, board->n_lots, sizeof(*board->lots), by_lot);
	return n;
}

/*
 * What is met in one scope: the notice itself, or the better of it and lots[from, to), which are those
 * of the lot. Returns how many; *ret_bound: what they cannot exceed together.
 */
static size_t meet_scope(struct board *board, size_t n, size_t from, size_t to, points_t *ret_bound)
{
	struct met *met = board->met;
	size_t kept = 0;

	memcpy(met, board->whole, n * sizeof(*met));
	for (size_t i = from; i < to; i++) {
		const struct lot_met *lot = &board->lots[i];
		struct met *m = &met[lot->number];
		bool better = m->hit == NULL || (m->contribution->wish == WISH_FIELD
							? lot->points > m->points
							: scan_better(lot->hit, m->hit));

		if (better) {
			m->hit = lot->hit;
			m->points = lot->points;
		}
	}
	*ret_bound = 0;
	for (size_t i = 0; i < n; i++) {
		if (met[i].hit == NULL || met[i].points == 0)
			continue;
		if (met[i].points > 0)
			*ret_bound += met[i].points;
		met[kept++] = met[i];
	}
	return kept;
}

/* An exclusion in the title, or in the title of the lot at hand. */
static bool excluded(const struct met *met, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (met[i].contribution->wish == WISH_EXCLUDE &&
			(met[i].hit->field == FIELD_TITLE || met[i].hit->field == FIELD_LOT_TITLE))
			return true;
	return false;
}

static struct str labelled(struct arena *arena, const char *label, struct str text)
{
	size_t len = strlen(label);
	char *out = arena_reserve(arena, len + text.len);

	memcpy(out, label, len);
	memcpy(out + len, text.ptr, text.len);
	arena_commit(arena, out, len + text.len);
	return str_n(out, len + text.len);
}

static struct str reason_rule(const struct scoring *s, const struct contribution *c,
	const struct profile *profile, struct str text)
{
	switch ((enum wish)c->wish) {
	case WISH_KEYWORD:
		return labelled(s->arena, "keyword:", profile->keywords.at[c->index]);
	case WISH_PHRASE:
	case WISH_WORD:
		return labelled(s->arena, "description:", text);
	case WISH_CPV:
	case WISH_CPV_BROADER:
		return labelled(s->arena, "cpv:", profile->cpv.at[c->index]);
	case WISH_EXCLUDE:
		return labelled(s->arena, "exclude:", profile->exclude.at[c->index]);
	case WISH_FIELD:
		break;
	}
	return s->rules->rules[c->ref].name;
}

/* Lists are joined once for all receipts of a notice. */
static struct str text_of(struct scoring *s, const struct hit *hit)
{
	struct str *joined;

	if (hit->field != FIELD_SUBJECTS && hit->field != FIELD_CPV)
		return scan_field_text(s->notice, hit->field, hit->scope, s->arena);
	joined = &s->joined[hit->field == FIELD_CPV];
	if (!str_given(*joined))
		*joined = scan_field_text(s->notice, hit->field, hit->scope, s->arena);
	return *joined;
}

/* Where its points belong; after its equals. */
static void add_reason(struct receipt *receipt, const struct reason *reason)
{
	size_t at = receipt->n_reasons++;

	for (; at > 0 && receipt->reasons[at - 1].points < reason->points; at--)
		receipt->reasons[at] = receipt->reasons[at - 1];
	receipt->reasons[at] = *reason;
}

static void write_receipt(struct scoring *s, const struct met *met, size_t n, uint32_t scope,
	const struct profile *profile, const struct reason *against, size_t n_against, struct receipt *ret)
{
	bool from_lot = false;

	ret->reasons = arena_array(s->arena, struct reason, n + n_against);
	ret->n_reasons = n;
	for (size_t i = 0; i < n; i++) {
		const struct hit *hit = met[i].hit;
		struct str text = s->wordless ? STR("")
					      : str_sub(text_of(s, hit), hit->start, hit->end);

		from_lot |= hit->scope != 0;
		ret->reasons[i] = (struct reason){
			.rule = reason_rule(s, met[i].contribution, profile, text),
			.points = met[i].points,
			.field = str_of(match_field_name(hit->field)),
			.start = hit->start,
			.end = hit->end,
			.text = text,
		};
	}
	for (size_t i = 0; i < n_against; i++)
		add_reason(ret, &against[i]);
	ret->profile = profile->id;
	ret->notice = s->notice->id;
	ret->notice_version = s->notice->version;
	ret->lot = from_lot ? s->notice->lots[scope - 1].id : STR_NONE;
}

/* The best scope so far. */
struct choice {
	size_t n;        /* of board->best */
	points_t score;
	uint32_t scope;
	bool made, open; /* open: no exclusion stands in the way */
};

/* A scope without an exclusion beats every one with; then the higher score, then the earlier one. */
static void weigh_scope(const struct scoring *s, struct board *board, size_t n, uint32_t scope,
	points_t bound, struct choice *choice)
{
	bool open;
	points_t score;
	size_t kept;

	if (choice->made && choice->open && bound <= choice->score)
		return;
	open = !excluded(board->met, n);
	kept = settle(s, board, board->met, n, &score);
	if (choice->made && (open == choice->open ? score <= choice->score : !open))
		return;
	memcpy(board->best, board->met, kept * sizeof(*board->met));
	*choice = (struct choice){ kept, score, scope, true, open };
}

enum match_gate score_profile(struct scoring *s, struct board *board, uint32_t profile, points_t least,
	struct receipt *ret)
{
	struct choice choice = { .open = true };
	struct reason against[AGAINST_MAX];
	size_t n_against;
	size_t all = meet_all(s, board, profile), n, to;
	points_t bound;

	make_room_for_met(board, 1);
	n = meet_scope(board, all, 0, 0, &bound);
	if (bound >= least)
		weigh_scope(s, board, n, 0, bound, &choice);
	for (size_t from = 0; from < board->n_lots; from = to) {
		for (to = from + 1; to < board->n_lots && board->lots[to].scope == board->lots[from].scope;)
			to++;
		n = meet_scope(board, all, from, to, &bound);
		if (bound >= least)
			weigh_scope(s, board, n, board->lots[from].scope, bound, &choice);
	}
	if (!choice.made || choice.score < least)
		return choice.open ? GATE_PASSED : GATE_EXCLUDED;
	n_against = choice.n == 0 ? 0
				  : speak_against(s->profiles[profile], s->notice, s->no_gates, against,
					&choice.score);
	if (choice.score < least)
		return choice.open ? GATE_PASSED : GATE_EXCLUDED;
	ret->score = choice.score;
	write_receipt(s, board->best, choice.n, choice.scope, s->profiles[profile], against, n_against,
		ret);
	return choice.open ? GATE_PASSED : GATE_EXCLUDED;
}
