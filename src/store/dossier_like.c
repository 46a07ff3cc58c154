/*
 * The one notice of the same buyer that is most likely of the same purchase, for notices that no id
 * joins to anything. Only the best one: a second would join two dossiers that each have better
 * reasons to be two. And those that were published after it but came before it: had it been here, each
 * would have looked at it. So it matters little in which order a purchase arrives.
 */
#include <stdlib.h>

#include "private.h"
#include "tender/dossier.h"

/*
 * Of a buyer with hundreds of notices a month, the nearest in time. Nearly all are told apart by the sketch
 * that stands beside the key; the notice itself is read of those few that are not.
 */
enum { CANDIDATES_MAX = 30 };
/* A name that more organisations have than these ("mairie") says little of who purchases. */
enum { SIRENS_MAX = 4 };

static const char procedure_prefix[] = "procedure:";

struct search {
	struct db *db;
	const struct notice *notice;
	bool only_later;
	struct shingles title;
	struct dossier_sketch sketch;
	struct dossier_face face; /* made when there is somebody to look at */
	bool has_face;
	struct arena *arena;
	struct dossier_likes *likes;
	int best_days;
};

/* Columns of Q_DOSSIER_CANDIDATE from 0. */
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

static struct str sketch_of(const struct notice *notice, struct arena *arena)
{
	struct shingles title = shingles_of(notice->title, arena);
	struct dossier_sketch sketch = dossier_sketch(notice, &title);

	return dossier_sketch_pack(&sketch, arena);
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
		other_procedure(s->notice, other->dossier) || str_starts(other->dossier, dossier_apart))
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

static int read_candidate(struct search *s, int64_t seq, struct notice *ret, struct error *err)
{
	struct stmt *st = db_query(s->db, Q_DOSSIER_CANDIDATE);
	int r;

	stmt_int(st, ":notice", seq);
	r = stmt_step(st, err);
	if (r != STMT_ROW)
		return r < 0 ? r : error_set(err, ERROR_STORE, "notice %lld is gone", (long long)seq);
	r = candidate_from_row(st, s->arena, ret, err);
	stmt_reset(st);
	return r;
}

/* Rows of a database that was made before there were sketches get theirs when they are looked at. */
static int put_sketch(
	struct search *s, struct str key, int64_t seq, const struct notice *notice, struct error *err)
{
	struct stmt *st = db_query(s->db, Q_NOTICE_BUYER_SKETCH);

	stmt_text(st, ":key", key);
	stmt_day(st, ":published", notice->published);
	stmt_int(st, ":notice", seq);
	stmt_blob(st, ":sketch", sketch_of(notice, s->arena));
	return run_any(st, err);
}

/* One that its sketch does not rule out, or that has none. */
struct candidate {
	int64_t seq;
	bool sketched;
};

static int look_at(struct search *s, struct str key, const struct candidate *candidate, struct error *err)
{
	struct notice other;
	int r = read_candidate(s, candidate->seq, &other, err);

	if (r == 0 && !candidate->sketched)
		r = put_sketch(s, key, candidate->seq, &other, err);
	if (r == 0)
		consider(s, &other);
	return r;
}

static int ask(struct search *s, enum query query, struct str key, day_t since, day_t until,
	struct error *err)
{
	struct stmt *st = db_query(s->db, (int)query);
	struct candidate candidates[CANDIDATES_MAX];
	size_t n = 0;
	int r;

	stmt_text(st, ":key", key);
	stmt_day(st, ":since", since);
	stmt_day(st, ":until", until);
	stmt_int(st, ":most", CANDIDATES_MAX);
	while ((r = stmt_step(st, err)) == STMT_ROW && n < CANDIDATES_MAX) {
		struct dossier_sketch sketch;
		struct candidate *candidate = &candidates[n];

		candidate->seq = stmt_col_int(st, 0);
		candidate->sketched = dossier_sketch_unpack(
			stmt_col_blob(st, 2, s->arena), stmt_col_day(st, 1), &sketch);
		n += !candidate->sketched || dossier_conceivable(&s->sketch, &s->title, &sketch);
	}
	stmt_reset(st);
	for (size_t i = 0; r >= 0 && i < n; i++)
		r = look_at(s, key, &candidates[i], err);
	return r < 0 ? r : 0;
}

static struct str by_siren(struct str siren, struct arena *arena)
{
	return arena_printf(arena, "siren:%.*s", STR_ARG(siren));
}

static struct str by_name(struct str name, struct arena *arena)
{
	return arena_printf(arena, "name:%.*s", STR_ARG(name));
}

/* The SIRENs that a name was seen with. */
static int sirens_of(struct db *db, struct str name, struct arena *arena, struct str ret[SIRENS_MAX],
	size_t *ret_n, struct error *err)
{
	struct stmt *st = db_query(db, Q_BUYER_SIRENS);
	int r;

	*ret_n = 0;
	stmt_text(st, ":name", name);
	stmt_int(st, ":most", SIRENS_MAX);
	while ((r = stmt_step(st, err)) == STMT_ROW && *ret_n < SIRENS_MAX)
		ret[(*ret_n)++] = stmt_col_text(st, 0, arena);
	stmt_reset(st);
	return r < 0 ? r : 0;
}

/*
 * Where its buyer's other notices may stand: under its SIREN, and of those that say none under its name;
 * when it says none itself, under its name, and under the SIRENs that name was seen with. Two that each say
 * one need not look at each other's names, which prove nothing then.
 */
static int looks_for(struct search *s, struct str ret[SIRENS_MAX + 1], size_t *ret_n, struct error *err)
{
	struct dossier_keys keys = dossier_keys(s->notice, s->arena);
	struct str sirens[SIRENS_MAX] = { keys.siren };
	size_t n = str_given(keys.siren);
	int r = 0;

	if (n == 0 && str_given(keys.name))
		r = sirens_of(s->db, keys.name, s->arena, sirens, &n, err);
	for (size_t i = 0; i < n; i++)
		ret[i] = by_siren(sirens[i], s->arena);
	if (str_given(keys.name))
		ret[n++] = by_name(keys.name, s->arena);
	*ret_n = n;
	return r;
}

int dossier_like(struct db *db, const struct notice *notice, bool only_later, struct arena *arena,
	struct dossier_likes *ret, struct error *err)
{
	struct search s = {
		.db = db, .notice = notice, .only_later = only_later, .arena = arena, .likes = ret
	};
	day_t since = notice->published, until = notice->published;
	struct str keys[SIRENS_MAX + 1];
	struct stmt *st;
	int64_t any_later;
	size_t n = 0;
	int r;

	*ret = (struct dossier_likes){ .best = { .confidence = 0 } };
	if (notice->published == DAY_NONE)
		return 0;
	r = looks_for(&s, keys, &n, err);
	if (r < 0 || n == 0)
		return r;
	st = db_query(db, Q_DOSSIER_ANY_LATER);
	stmt_day(st, ":day", until);
	r = step_int(st, &any_later, err);
	if (r)
		return r;
	s.title = shingles_of(notice->title, arena);
	s.sketch = dossier_sketch(notice, &s.title);
	if (!only_later)
		since -= DOSSIER_SPAN_DAYS;
	for (size_t i = 0; r == 0 && i < n; i++) {
		r = ask(&s, Q_DOSSIER_EARLIER, keys[i], since, until, err);
		if (r == 0 && any_later)
			r = ask(&s, Q_DOSSIER_LATER, keys[i], until + 1, until + DOSSIER_SPAN_DAYS, err);
	}
	return r;
}

/* Asked before it is written: an INSERT that may find its row there costs the full-text index (notice_inserted). */
static int put_name(struct db *db, const struct dossier_keys *keys, struct error *err)
{
	struct stmt *st = db_query(db, Q_BUYER_NAME_KNOWN);
	int64_t known;
	int r;

	stmt_text(st, ":name", keys->name);
	stmt_text(st, ":siren", keys->siren);
	r = step_int(st, &known, err);
	if (r || known)
		return r;
	st = db_query(db, Q_BUYER_NAME_PUT);
	stmt_text(st, ":name", keys->name);
	stmt_text(st, ":siren", keys->siren);
	return run_any(st, err);
}

int dossier_buyer_put(struct db *db, int64_t seq, const struct notice *notice, struct arena *arena,
	struct error *err)
{
	struct dossier_keys keys = dossier_keys(notice, arena);
	bool has_siren = str_given(keys.siren), has_name = str_given(keys.name);
	struct stmt *st;
	int r;

	if (notice->published == DAY_NONE || !(has_siren || has_name))
		return 0;
	st = db_query(db, Q_NOTICE_BUYER_PUT);
	stmt_text(st, ":key", has_siren ? by_siren(keys.siren, arena) : by_name(keys.name, arena));
	stmt_day(st, ":published", notice->published);
	stmt_int(st, ":notice", seq);
	stmt_blob(st, ":sketch", sketch_of(notice, arena));
	r = run_any(st, err);
	return r || !has_siren || !has_name ? r : put_name(db, &keys, err);
}
