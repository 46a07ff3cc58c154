#include "settle.h"

#include "query.h"

/*
 * Most points first. Ties are broken by what does not depend on which other profiles there are: the
 * wish, the place of the words, the index; rule numbers follow rule names.
 */
static int by_place(const struct met *x, const struct met *y)
{
	const struct contribution *a = x->contribution, *b = y->contribution;

	if (a->wish != b->wish)
		return a->wish < b->wish ? -1 : 1;
	if (x->hit->scope != y->hit->scope)
		return x->hit->scope < y->hit->scope ? -1 : 1;
	if (x->hit->field != y->hit->field)
		return x->hit->field < y->hit->field ? -1 : 1;
	if (x->hit->start != y->hit->start)
		return x->hit->start < y->hit->start ? -1 : 1;
	if (x->hit->end != y->hit->end)
		return x->hit->end > y->hit->end ? -1 : 1;
	if (a->index != b->index)
		return a->index < b->index ? -1 : 1;
	if (a->wish != WISH_FIELD || a->ref == b->ref)
		return 0;
	return a->ref < b->ref ? -1 : 1;
}

static int by_points(const struct met *x, const struct met *y)
{
	return x->points != y->points ? (x->points > y->points ? -1 : 1) : by_place(x, y);
}

bool met_beside(const struct met *met)
{
	return met->contribution->wish == WISH_FIELD && met->contribution->points == QUERY_RULE_BESIDE;
}

/* What is of the trade, and then what is beside it. */
static int by_trade(const struct met *x, const struct met *y)
{
	return met_beside(x) != met_beside(y) ? (met_beside(y) ? -1 : 1) : by_points(x, y);
}

/* A profile meets a handful of things: for those insertion is quickest. */
static void sort_met(struct met *met, size_t n, int (*by)(const struct met *, const struct met *))
{
	for (size_t i = 1; i < n; i++) {
		struct met m = met[i];
		size_t at = i;

		for (; at > 0 && by(&met[at - 1], &m) > 0; at--)
			met[at] = met[at - 1];
		met[at] = m;
	}
}

/* Evidence in words: the same words prove a thing once, whoever asked for them. */
static bool in_words(const struct met *met)
{
	return met->contribution->wish != WISH_EXCLUDE && met->hit->field != FIELD_CPV;
}

static bool same_words(const struct met *a, const struct met *b)
{
	return a->hit->scope == b->hit->scope && a->hit->field == b->hit->field &&
	       a->hit->start < b->hit->end && b->hit->start < a->hit->end;
}

static bool is_cpv(const struct met *met)
{
	return met->contribution->wish == WISH_CPV || met->contribution->wish == WISH_CPV_BROADER;
}

/* In one of its forms, and in another. */
static bool same_keyword(const struct met *a, const struct met *b)
{
	return a->contribution->wish == WISH_KEYWORD && b->contribution->wish == WISH_KEYWORD &&
	       a->contribution->index == b->contribution->index;
}

static bool counted_already(const struct met *kept, size_t n, const struct met *met)
{
	for (size_t i = 0; i < n; i++) {
		if (in_words(met) && in_words(&kept[i]) && same_words(met, &kept[i]))
			return true;
		if (is_cpv(met) && is_cpv(&kept[i]))
			return true;
		if (same_keyword(met, &kept[i]))
			return true;
		if (met->contribution->wish == WISH_EXCLUDE && kept[i].contribution->wish == WISH_EXCLUDE)
			return true;
	}
	return false;
}

static points_t clip(points_t *room, points_t points)
{
	points_t given = points < *room ? points : *room;

	*room -= given;
	return given;
}

/* What stands in the body of a notice; a title, a subject or a code says what it is about. */
static bool in_body(const struct met *met)
{
	return met->points > 0 && body_field(met->hit->field);
}

static size_t field_of(const struct scoring *s, const struct met *met)
{
	return s->rules->rules[met->contribution->ref].field;
}

/*
 * A rule that is all there is, in the title of one lot of several, is less sure than in the title of a notice: the lot's
 * code should bear it out. A keyword there is what somebody asked for.
 */
static void weigh_lone_lot(const struct scoring *s, struct met *met, size_t n, points_t *score)
{
	struct met *sign = NULL;

	for (size_t i = 0; i < n; i++) {
		if (met[i].points < QUERY_BODY_SIGN || met[i].hit->field == FIELD_CPV)
			continue;
		if (sign != NULL)
			return;
		sign = &met[i];
	}
	if (sign == NULL || sign->contribution->wish != WISH_FIELD || sign->hit->field != FIELD_LOT_TITLE ||
		s->notice->n_lots < 2 || sign->points <= QUERY_LOT_ALONE)
		return;
	*score -= sign->points - QUERY_LOT_ALONE;
	sign->points = QUERY_LOT_ALONE;
}

/* What is kept so far, at the beginning of met[], and what the caps leave. */
struct settling {
	const struct scoring *s;
	struct met *met;
	size_t n, body_signs;
	points_t score, description_room, body_room, *field_room;
	bool keyword; /* one was met, be it in words that count already */
};

static void keep(struct settling *t, struct met m)
{
	t->keyword |= m.contribution->wish == WISH_KEYWORD;
	if (counted_already(t->met, t->n, &m))
		return;
	if (m.contribution->wish == WISH_PHRASE || m.contribution->wish == WISH_WORD)
		m.points = clip(&t->description_room, m.points);
	if (m.contribution->wish == WISH_FIELD)
		m.points = clip(&t->field_room[field_of(t->s, &m)], m.points);
	if (in_body(&m)) {
		if (m.points >= QUERY_BODY_SIGN && ++t->body_signs > 2)
			t->body_room += QUERY_BODY_MORE;
		m.points = clip(&t->body_room, m.points);
	}
	if (m.points == 0)
		return;
	t->score += m.points;
	t->met[t->n++] = m;
}

/*
 * What of the met wishes counts, most points first: the same words and the same keyword once, one CPV code, caps on the
 * description's words, on each field of activity and on the notice's body. Returns how many are kept; *ret_score their sum.
 */
size_t settle(const struct scoring *s, struct board *board, struct met *met, size_t n,
	points_t *ret_score)
{
	struct settling t = { .s = s, .met = met, .description_room = QUERY_DESCRIPTION_CAP,
		.body_room = QUERY_BODY_CAP, .field_room = board->room };
	size_t at = 0;

	for (size_t i = 0; i < n; i++)
		if (met[i].contribution->wish == WISH_FIELD)
			t.field_room[field_of(s, &met[i])] = s->rules->fields[field_of(s, &met[i])].cap;
	sort_met(met, n, by_trade);
	for (; at < n && !met_beside(&met[at]); at++)
		keep(&t, met[at]);
	if (!t.keyword)
		weigh_lone_lot(s, met, t.n, &t.score);
	for (; at < n && t.score >= MATCH_THRESHOLD; at++)
		keep(&t, met[at]);
	sort_met(met, t.n, by_points); /* caps may have changed the order */
	*ret_score = t.score;
	return t.n;
}

size_t settle_against(struct met *met, size_t n, points_t against, points_t *score)
{
	points_t beside = 0;
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		beside += met_beside(&met[i]) ? met[i].points : 0;
	if (*score - beside + against >= MATCH_THRESHOLD)
		return n;
	for (size_t i = 0; i < n; i++)
		if (!met_beside(&met[i]))
			met[kept++] = met[i];
	*score -= beside;
	return kept;
}
