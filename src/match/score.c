#include "score.h"

#include <stdlib.h>
#include <string.h>

#include "query.h"

static void *zeroed(size_t n, size_t size)
{
	void *p = calloc(n + 1, size);

	if (p == NULL)
		die("out of memory");
	return p;
}

void board_init(struct board *board, size_t n_profiles)
{
	*board = (struct board){
		.first = zeroed(n_profiles, sizeof(uint32_t)),
		.bound = zeroed(n_profiles, sizeof(int32_t)),
		.touched = zeroed(n_profiles, sizeof(uint32_t)),
		.size = n_profiles,
	};
}

void board_done(struct board *board)
{
	free(board->at);
	free(board->first);
	free(board->bound);
	free(board->touched);
}

static void contribute(struct board *board, uint32_t profile, struct contribution contribution,
	int32_t most)
{
	if (board->first[profile] == 0)
		board->touched[board->n_touched++] = profile;
	if (board->n == board->capacity) {
		board->capacity = board->capacity ? 2 * board->capacity : 1024;
		board->at = realloc(board->at, board->capacity * sizeof(*board->at));
		if (board->at == NULL)
			die("out of memory");
	}
	contribution.next = board->first[profile];
	board->at[board->n++] = contribution;
	board->first[profile] = (uint32_t)board->n;
	if (most > 0)
		board->bound[profile] += most;
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

void board_fill(struct board *board, const struct scoring *s, const struct rule_shares *shares)
{
	for (size_t i = 0; i < board->n_touched; i++) {
		board->first[board->touched[i]] = 0;
		board->bound[board->touched[i]] = 0;
	}
	board->n = board->n_touched = 0;
	for (size_t i = 0; i < s->scan->n_touched; i++) {
		uint32_t term = s->scan->touched[i];
		size_t n;
		const struct profile_posting *postings = terms_profiles(s->scan->terms, term, &n);

		for (size_t j = 0; j < n; j++)
			contribute(board, postings[j].profile,
				(struct contribution){ term, 0, postings[j].points, postings[j].index,
					postings[j].wish },
				postings[j].points);
	}
	for (size_t i = 0; i < s->firing->n_rules; i++) {
		uint32_t rule = s->firing->rules[i];
		const struct rule_shares *told = &shares[rule];
		points_t most = most_points(s->firing, rule);

		for (size_t j = 0; j < told->n; j++)
			contribute(board, told->at[j].profile,
				(struct contribution){ rule, 0, told->at[j].percent, 0, WISH_FIELD },
				most * told->at[j].percent / 100);
	}
}

/* A wish that is met in the scope at hand. */
struct met {
	const struct contribution *contribution;
	const struct hit *hit;
	points_t points;
};

static const unsigned text_fields = 1u << FIELD_TITLE | 1u << FIELD_LOT_TITLE | 1u << FIELD_SUBJECTS |
				    1u << FIELD_DESCRIPTION | 1u << FIELD_LOT_DESCRIPTION |
				    1u << FIELD_CRITERIA;

static bool meet(const struct scoring *s, const struct contribution *c, uint32_t scope, struct met *ret)
{
	const struct fired *fired;

	ret->contribution = c;
	if (c->wish == WISH_FIELD) {
		fired = fired_best(s->firing, c->ref, scope);
		if (fired == NULL)
			return false;
		ret->hit = fired->hit;
		ret->points = fired->points * c->points / 100;
	} else {
		ret->hit = scan_best(s->scan, c->ref,
			c->wish == WISH_CPV || c->wish == WISH_CPV_BROADER ? 1u << FIELD_CPV : text_fields,
			scope);
		if (ret->hit == NULL)
			return false;
		ret->points = c->points * field_factor(ret->hit->field) / 100;
		if (c->wish == WISH_EXCLUDE)
			ret->points = QUERY_EXCLUDED;
	}
	return ret->points != 0;
}

/*
 * Most points first. Ties are broken by what does not depend on which other profiles there are: the
 * wish, the place of the words, the index; rule numbers follow rule names.
 */
static int by_points(const void *a, const void *b)
{
	const struct met *x = a, *y = b;
	int64_t keys[][2] = {
		{ y->points, x->points },
		{ x->contribution->wish, y->contribution->wish },
		{ x->hit->scope, y->hit->scope },
		{ x->hit->field, y->hit->field },
		{ x->hit->start, y->hit->start },
		{ y->hit->end, x->hit->end },
		{ x->contribution->index, y->contribution->index },
		{ x->contribution->wish == WISH_FIELD ? x->contribution->ref : 0,
			y->contribution->wish == WISH_FIELD ? y->contribution->ref : 0 },
	};

	for (size_t i = 0; i < LENGTH(keys); i++)
		if (keys[i][0] != keys[i][1])
			return keys[i][0] < keys[i][1] ? -1 : 1;
	return 0;
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

static bool counted_already(const struct met *kept, size_t n, const struct met *met)
{
	for (size_t i = 0; i < n; i++) {
		if (in_words(met) && in_words(&kept[i]) && same_words(met, &kept[i]))
			return true;
		if (is_cpv(met) && is_cpv(&kept[i]))
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

/*
 * What of the met wishes counts, most points first: the same words once, one CPV code, caps on the
 * description's words and on each field of activity. Returns how many are kept; *ret_score their sum.
 */
static size_t settle(const struct scoring *s, struct met *met, size_t n, points_t *ret_score)
{
	points_t description_room = QUERY_DESCRIPTION_CAP;
	points_t *field_room = arena_array(s->arena, points_t, s->rules->n_fields + 1);
	size_t kept = 0;

	for (size_t i = 0; i < s->rules->n_fields; i++)
		field_room[i] = s->rules->fields[i].cap;
	*ret_score = 0;
	qsort(met, n, sizeof(*met), by_points);
	for (size_t i = 0; i < n; i++) {
		struct met *m = &met[i];

		if (counted_already(met, kept, m))
			continue;
		if (m->contribution->wish == WISH_PHRASE || m->contribution->wish == WISH_WORD)
			m->points = clip(&description_room, m->points);
		if (m->contribution->wish == WISH_FIELD)
			m->points = clip(&field_room[s->rules->rules[m->contribution->ref].field], m->points);
		if (m->points == 0)
			continue;
		*ret_score += m->points;
		met[kept++] = *m;
	}
	qsort(met, kept, sizeof(*met), by_points); /* caps may have changed the order */
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

static struct str reason_rule(const struct scoring *s, const struct contribution *c,
	const struct profile *profile, struct str text)
{
	switch ((enum wish)c->wish) {
	case WISH_KEYWORD:
		return arena_printf(s->arena, "keyword:%.*s", STR_ARG(profile->keywords.at[c->index]));
	case WISH_PHRASE:
	case WISH_WORD:
		return arena_printf(s->arena, "description:%.*s", STR_ARG(text));
	case WISH_CPV:
	case WISH_CPV_BROADER:
		return arena_printf(s->arena, "cpv:%.*s", STR_ARG(profile->cpv.at[c->index]));
	case WISH_EXCLUDE:
		return arena_printf(s->arena, "exclude:%.*s", STR_ARG(profile->exclude.at[c->index]));
	case WISH_FIELD:
		break;
	}
	return s->rules->rules[c->ref].name;
}

static void write_receipt(const struct scoring *s, const struct met *met, size_t n, uint32_t scope,
	const struct profile *profile, struct receipt *ret)
{
	bool from_lot = false;

	ret->reasons = arena_array(s->arena, struct reason, n);
	ret->n_reasons = n;
	for (size_t i = 0; i < n; i++) {
		const struct hit *hit = met[i].hit;
		struct str text = str_sub(
			scan_field_text(s->notice, hit->field, hit->scope, s->arena), hit->start, hit->end);

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
	ret->profile = profile->id;
	ret->notice = s->notice->id;
	ret->notice_version = s->notice->version;
	ret->lot = from_lot ? s->notice->lots[scope - 1].id : STR_NONE;
}

static size_t meet_all(const struct scoring *s, const struct board *board, uint32_t profile,
	uint32_t scope, struct met *met)
{
	size_t n = 0;

	for (uint32_t at = board->first[profile]; at != 0; at = board->at[at - 1].next)
		if (meet(s, &board->at[at - 1], scope, &met[n]))
			n++;
	return n;
}

static size_t count_contributions(const struct board *board, uint32_t profile)
{
	size_t n = 0;

	for (uint32_t at = board->first[profile]; at != 0; at = board->at[at - 1].next)
		n++;
	return n;
}

/* Lots that some contribution speaks of: bits by lot. */
static uint8_t *lots_spoken_of(const struct scoring *s, const struct board *board, uint32_t profile)
{
	uint8_t *lots = arena_array(s->arena, uint8_t, s->notice->n_lots + 1);

	for (uint32_t at = board->first[profile]; at != 0; at = board->at[at - 1].next) {
		const struct contribution *c = &board->at[at - 1];

		if (c->wish == WISH_FIELD) {
			for (uint32_t i = s->firing->first[c->ref]; i != 0; i = s->firing->at[i - 1].next)
				lots[s->firing->at[i - 1].scope] = 1;
		} else {
			for (uint32_t i = s->scan->first[c->ref]; i != 0; i = s->scan->hits[i - 1].next)
				lots[s->scan->hits[i - 1].scope] = 1;
		}
	}
	return lots;
}

enum match_gate score_profile(const struct scoring *s, const struct board *board, uint32_t profile,
	struct receipt *ret)
{
	size_t most = count_contributions(board, profile), n, kept, best_n = 0;
	struct met *met = arena_array(s->arena, struct met, most);
	struct met *best = arena_array(s->arena, struct met, most);
	uint8_t *lots = lots_spoken_of(s, board, profile);
	points_t best_score = 0, score;
	uint32_t best_scope = 0;
	bool open = false, is_excluded;

	for (uint32_t scope = 0; scope <= s->notice->n_lots; scope++) {
		if (scope != 0 && !lots[scope])
			continue;
		n = meet_all(s, board, profile, scope, met);
		is_excluded = excluded(met, n);
		kept = settle(s, met, n, &score);
		/* a scope without an exclusion beats every one with; then the higher score */
		if (scope != 0 && (open == !is_excluded ? score <= best_score : is_excluded))
			continue;
		memcpy(best, met, kept * sizeof(*met));
		best_n = kept;
		best_score = score;
		best_scope = scope;
		open = !is_excluded;
	}
	ret->score = best_score;
	write_receipt(s, best, best_n, best_scope, s->profiles[profile], ret);
	return open ? GATE_PASSED : GATE_EXCLUDED;
}
