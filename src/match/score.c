#include "score.h"

#include <stdlib.h>
#include <string.h>

#include "gates.h"
#include "query.h"
#include "settle.h"
#include "standing.h"

/* The same in a lot: `number` is that of the contribution. */
struct lot_met {
	uint32_t scope, number;
	const struct hit *hit;
	points_t points;
};

static points_t hit_points(const struct contribution *c, const struct hit *hit, bool filed)
{
	if (c->wish == WISH_EXCLUDE)
		return QUERY_EXCLUDED;
	if (c->wish == WISH_KEYWORD && (hit->field == FIELD_TITLE || hit->field == FIELD_LOT_TITLE))
		return query_title_points(c->points, c->setting, hit->object, hit->governed, filed);
	if (c->trade && hit->sole)
		return QUERY_KEYWORD;
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

/* Is this more than what was met before? */
static bool meets_more(const struct met *met, const struct hit *hit, points_t points)
{
	return met->hit == NULL || points > met->points ||
	       (met->contribution->wish != WISH_FIELD && points == met->points && scan_better(hit, met->hit));
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
									     : WISH_TEXT_FIELDS;
	bool filed = (s->scan->seen[c->ref].fields & SEEN_FILED) != 0;

	for (uint32_t at = s->scan->seen[c->ref].newest; at != 0; at = s->scan->hits[at - 1].next) {
		const struct hit *hit = &s->scan->hits[at - 1];

		if ((fields & 1u << hit->field) == 0)
			continue;
		if (hit->scope != 0)
			add_lot(board, hit->scope, number, hit, hit_points(c, hit, filed));
		else if (whole->hit == NULL || scan_better(hit, whole->hit)) {
			whole->hit = hit;
			whole->points = hit_points(c, hit, filed);
		}
	}
}

static void make_room_for_met(struct board *board, size_t n)
{
	if (n < board->met_capacity) /* there is room even for none: memcpy() takes no NULL */
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

/* Mostly a handful, for which insertion is quickest; a notice may have a thousand lots, for which it is not. */
enum { HANDFUL = 16 };

static void sort_lots(struct lot_met *lots, size_t n)
{
	if (n > HANDFUL) {
		qsort(lots, n, sizeof(*lots), by_lot);
		return;
	}
	for (size_t i = 1; i < n; i++) {
		struct lot_met lot = lots[i];
		size_t at = i;

		for (; at > 0 && by_lot(&lots[at - 1], &lot) > 0; at--)
			lots[at] = lots[at - 1];
		lots[at] = lot;
	}
}

/* Of what the contribution meets in lots, from that one on, what is no more than it meets in the notice itself goes. */
static void drop_no_more(struct board *board, size_t number, size_t from)
{
	const struct met *whole = &board->whole[number];
	size_t kept = from;

	for (size_t i = from; i < board->n_lots; i++)
		if (meets_more(whole, board->lots[i].hit, board->lots[i].points))
			board->lots[kept++] = board->lots[i];
	board->n_lots = kept;
}

/* Everything the contributions meet. */
static void meet_all(const struct scoring *s, struct board *board, const struct hopeful *hopeful)
{
	make_room_for_met(board, hopeful->n);
	board->n_lots = 0;
	for (size_t i = 0; i < hopeful->n; i++) {
		const struct contribution *c = &board->at[hopeful->first + i];
		size_t from = board->n_lots;

		board->whole[i] = (struct met){ c, NULL, 0 };
		if (c->wish == WISH_FIELD)
			meet_rule(s, board, i);
		else
			meet_term(s, board, i);
		drop_no_more(board, i, from);
	}
	sort_lots(board->lots, board->n_lots);
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

		if (meets_more(m, lot->hit, lot->points)) {
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

/* No less than the bound of the lot of lots[from, to), where `bound` is that of the notice itself. */
static points_t lot_bound(const struct board *board, size_t from, size_t to, points_t bound)
{
	for (size_t i = from; i < to; i++) {
		points_t whole = board->whole[board->lots[i].number].points, more = board->lots[i].points;

		whole = whole > 0 ? whole : 0;
		bound += more > whole ? more - whole : 0;
	}
	return bound;
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

/* What is told of many is far away, and read by who gets the receipts: it is announced. */
static struct str announced(struct str text)
{
	__builtin_prefetch(text.ptr);
	return text;
}

static struct str reason_rule(const struct scoring *s, const struct contribution *c, struct str text)
{
	if (c->wish == WISH_FIELD)
		return s->rules->rules[c->ref].name;
	return c->label != 0 ? announced(terms_label(s->scan->terms, c->label))
			     : labelled(s->arena, "description:", text);
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

static struct reason reason_of(struct scoring *s, const struct met *met)
{
	const struct hit *hit = met->hit;
	struct str text = s->wordless ? STR("") : str_sub(text_of(s, hit), hit->start, hit->end);

	return (struct reason){
		.rule = reason_rule(s, met->contribution, text),
		.points = met->points,
		.field = str_of(match_field_name(hit->field)),
		.start = hit->start,
		.end = hit->end,
		.text = text,
	};
}

static void write_receipt(struct scoring *s, const struct met *met, size_t n, uint32_t scope,
	struct str profile, const struct reason *more, size_t n_more, struct receipt *ret)
{
	bool from_lot = false;

	ret->reasons = arena_array(s->arena, struct reason, n + n_more);
	ret->n_reasons = n;
	for (size_t i = 0; i < n; i++) {
		from_lot |= met[i].hit->scope != 0;
		ret->reasons[i] = reason_of(s, &met[i]);
	}
	for (size_t i = 0; i < n_more; i++)
		add_reason(ret, &more[i]);
	ret->profile = profile;
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

static size_t against_profile(struct scoring *s, struct board *board, const struct hopeful *hopeful, size_t n,
	struct reason ret[AGAINST_MAX], points_t *score)
{
	enum against other = standing_against(s, board, hopeful, n);
	bool other_nature = s->no_gates && !gate_nature_passes(s->profiles[hopeful->profile], s->notice);
	struct reason best = other >= AGAINST_RULE_ALONE ? reason_of(s, &board->best[0])
							 : (struct reason){ .points = 0 };

	return speak_against(s->notice, other, &best, other_nature, ret, score);
}

enum match_gate score_profile(struct scoring *s, struct board *board, const struct hopeful *hopeful,
	points_t least, struct receipt *ret)
{
	struct choice choice = { .open = true };
	struct reason more[AGAINST_MAX + 1]; /* beside what is met */
	size_t n_more = 0, n, to;
	points_t bound, whole;

	meet_all(s, board, hopeful);
	n = meet_scope(board, hopeful->n, 0, 0, &whole);
	if (whole >= least)
		weigh_scope(s, board, n, 0, whole, &choice);
	for (size_t from = 0; from < board->n_lots; from = to) {
		for (to = from + 1; to < board->n_lots && board->lots[to].scope == board->lots[from].scope;)
			to++;
		/* most lots have nothing that the notice has not, nor more than the lot before */
		bound = lot_bound(board, from, to, whole);
		if (bound < least || (choice.made && choice.open && bound <= choice.score))
			continue;
		n = meet_scope(board, hopeful->n, from, to, &bound);
		if (bound >= least)
			weigh_scope(s, board, n, board->lots[from].scope, bound, &choice);
	}
	if (choice.made && choice.n > 0 && choice.score >= least) {
		points_t speaks = 0;

		n_more = against_profile(s, board, hopeful, choice.n, more, &speaks);
		choice.n = settle_against(board->best, choice.n, speaks, &choice.score);
		choice.score += speaks;
		n_more += standing_own_title(s, hopeful->profile, &more[n_more], &choice.score);
	}
	if (choice.made && choice.score >= least) {
		ret->score = choice.score;
		write_receipt(s, board->best, choice.n, choice.scope, announced(gate_table_id(s->gates, hopeful->profile)),
			more, n_more, ret);
	}
	return choice.open ? GATE_PASSED : GATE_EXCLUDED;
}
