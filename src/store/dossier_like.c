/*
 * The one notice of the same buyer that is most likely of the same purchase, for notices that no id
 * joins to anything. Only the best one: a second would join two dossiers that each have better
 * reasons to be two. And those that were published after it but came before it: had it been here, each
 * would have looked at it. So it matters little in which order a purchase arrives.
 */
#include <stdlib.h>

#include "private.h"
#include "tender/dossier.h"

/* Of a buyer with hundreds of notices a month, the nearest in time; each costs some microseconds. */
enum { CANDIDATES_MAX = 30 };

static const char procedure_prefix[] = "procedure:";

struct search {
	struct db *db;
	const struct notice *notice;
	bool only_later;
	struct dossier_face face; /* made when there is somebody to look at */
	bool has_face;
	struct arena *arena;
	struct dossier_likes *likes;
	int best_days;
};

/* Columns of Q_DOSSIER_EARLIER from 0. */
static int candidate_from_row(
	struct stmt *st, struct arena *arena, struct notice *ret, struct error *err)
{
	struct str kind, stage;

	notice_init(ret);
	ret->id = stmt_col_text(st, 0, arena);
	ret->dossier = stmt_col_text(st, 1, arena);
	ret->source = stmt_col_text(st, 2, arena);
	kind = stmt_col_text(st, 3, arena);
	stage = stmt_col_text(st, 4, arena);
	ret->procedure_id = stmt_col_text(st, 5, arena);
	ret->published = stmt_col_day(st, 6);
	ret->buyer.id = stmt_col_text(st, 11, arena);
	ret->buyer.name = stmt_col_text(st, 12, arena);
	ret->title = stmt_col_text(st, 13, arena);
	if (!notice_kind_parse(kind, &ret->kind))
		return col_bad("kind of notice", kind, err);
	if (!notice_kind_parse(stage, &ret->stage))
		return col_bad("kind of notice", stage, err);
	return col_deadline(st, 7, arena, &ret->deadline, err);
}

/* Its dossier has a procedure id, and another one than the notice. */
static bool other_procedure(const struct notice *notice, struct str dossier)
{
	return notice->procedure_id.len > 0 && str_prefix(&dossier, procedure_prefix) &&
	       !str_eq(dossier, notice->procedure_id);
}

static void add_later(struct dossier_likes *likes, const struct dossier_like *like)
{
	for (size_t i = 0; i < likes->n_later; i++)
		if (str_eq(likes->later[i].other, like->other)) /* found by its other key, too */
			return;
	if (likes->n_later < DOSSIER_LATER_MAX)
		likes->later[likes->n_later++] = *like;
}

/* The surer one, then the nearer in time, then the smaller id: no order of asking changes it. */
static bool is_better(const struct search *s, const struct dossier_like *like, int days)
{
	const struct dossier_like *best = &s->likes->best;

	if (like->confidence != best->confidence)
		return like->confidence > best->confidence;
	return days < s->best_days || (days == s->best_days && str_cmp(like->other, best->other) < 0);
}

static void consider(struct search *s, const struct notice *other)
{
	struct dossier_like like = { .other = other->id, .dossier = other->dossier };
	int days = abs(other->published - s->notice->published);
	bool later = other->published >= s->notice->published &&
		     !str_starts(other->dossier, procedure_prefix);
	struct dossier_face face;

	if ((s->only_later && !later) || str_eq(other->id, s->notice->id) ||
		other_procedure(s->notice, other->dossier) || str_starts(other->dossier, dossier_apart) ||
		!dossier_conceivable(s->notice, other))
		return;
	if (!s->has_face)
		s->face = dossier_face(s->notice, s->arena);
	s->has_face = true;
	face = dossier_face(other, s->arena);
	like.confidence = dossier_judge(&s->face, &face, &like.kind);
	if (like.confidence == 0 || like.kind == DOSSIER_PROCEDURE)
		return;
	if (later)
		add_later(s->likes, &like);
	if (s->only_later || !is_better(s, &like, days))
		return;
	s->likes->best = like;
	s->best_days = days;
}

static int ask(struct search *s, enum query query, struct str key, day_t since, day_t until,
	struct error *err)
{
	struct stmt *st = db_query(s->db, (int)query);
	int r;

	stmt_text(st, ":key", key);
	stmt_day(st, ":since", since);
	stmt_day(st, ":until", until);
	stmt_int(st, ":most", CANDIDATES_MAX);
	while ((r = stmt_step(st, err)) == STMT_ROW) {
		struct notice other;

		r = candidate_from_row(st, s->arena, &other, err);
		if (r) {
			stmt_reset(st);
			return r;
		}
		consider(s, &other);
	}
	return r;
}

int dossier_like(struct db *db, const struct notice *notice, bool only_later, struct arena *arena,
	struct dossier_likes *ret, struct error *err)
{
	struct search s = {
		.db = db, .notice = notice, .only_later = only_later, .arena = arena, .likes = ret
	};
	struct str keys[DOSSIER_KEYS_MAX];
	size_t n = dossier_keys(notice, arena, keys);
	int r = 0;

	*ret = (struct dossier_likes){ .best = { .confidence = 0 } };
	if (notice->published == DAY_NONE)
		return 0;
	for (size_t i = 0; r == 0 && i < n; i++) {
		r = ask(&s, Q_DOSSIER_EARLIER, keys[i], notice->published - DOSSIER_SPAN_DAYS,
			notice->published, err);
		if (r == 0)
			r = ask(&s, Q_DOSSIER_LATER, keys[i], notice->published + 1,
				notice->published + DOSSIER_SPAN_DAYS, err);
	}
	return r;
}

int dossier_buyer_put(struct db *db, int64_t seq, const struct notice *notice, struct arena *arena,
	struct error *err)
{
	struct str keys[DOSSIER_KEYS_MAX];
	size_t n = notice->published == DAY_NONE ? 0 : dossier_keys(notice, arena, keys);
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++) {
		struct stmt *st = db_query(db, Q_NOTICE_BUYER_PUT);

		stmt_text(st, ":key", keys[i]);
		stmt_day(st, ":published", notice->published);
		stmt_int(st, ":notice", seq);
		r = run_any(st, err);
	}
	return r;
}
