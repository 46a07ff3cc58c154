#include "dossier_joins.h"

#include <string.h>

enum {
	DOSSIERS_MAX = 200, /* of one procedure id */
	LINKS_MAX = 100, /* followed; a notice names one to five */
	UUID_LENGTH = 36,
};

const char dossier_procedure[] = "procedure:";

void dossier_joins_add(struct dossier_joins *keys, struct str key)
{
	for (size_t i = 0; i < keys->n; i++)
		if (str_eq(keys->at[i], key))
			return;
	if (keys->n < DOSSIER_JOINS_MAX)
		keys->at[keys->n++] = key;
}

/* Of each kind the first one is kept: others of the same dossier say the same. */
static void add_link(struct dossier_joins *keys, enum dossier_link_kind kind, struct str other, int confidence)
{
	struct dossier_found *found = keys->found;

	if (str_eq(other, keys->self))
		return;
	for (size_t i = 0; i < found->n_links; i++)
		if (found->links[i].kind == kind)
			return;
	found->links[found->n_links++] = (struct dossier_link){ keys->self, other, kind, confidence };
}

/*
 * Adds every row of a statement that answers with keys and notices. A dossier that was split off is
 * joined by those that name its notices alone, and then to nothing else: see settled().
 */
static int add_rows(struct stmt *st, struct dossier_joins *keys, struct arena *arena, struct error *err)
{
	int r;

	while ((r = stmt_step(st, err)) == STMT_ROW) {
		dossier_joins_add(keys, stmt_col_text(st, 0, arena));
		add_link(keys, DOSSIER_CITATION, stmt_col_text(st, 1, arena), DOSSIER_CITATION_CONFIDENCE);
	}
	return r;
}

/*
 * The dossiers of its procedure id. When all who carry it are strangers, the id was made up by who
 * converted them: the notice goes by its own.
 */
static int add_by_procedure(struct db *db, const struct notice *notice, struct dossier_joins *keys,
	struct arena *arena, struct error *err)
{
	struct stmt *st = db_query(db, Q_DOSSIER_BY_PROCEDURE);
	struct str before = STR_NONE;
	bool any = false, fits = false;
	size_t n = 0;
	int r;

	stmt_text(st, ":procedure_id", notice->procedure_id);
	while ((r = stmt_step(st, err)) == STMT_ROW) {
		struct str key = stmt_col_text(st, 0, arena);
		struct notice other;

		/* The first one speaks for its dossier. */
		if (str_eq(key, before))
			continue;
		before = key;
		if (++n > DOSSIERS_MAX)
			break;
		notice_init(&other);
		other.id = stmt_col_text(st, 1, arena);
		other.title = stmt_col_text(st, 2, arena);
		other.buyer.name = stmt_col_text(st, 3, arena);
		other.buyer.id = stmt_col_text(st, 4, arena);
		if (str_starts(key, dossier_apart) || str_eq(other.id, notice->id))
			continue;
		any = true;
		if (dossier_strangers(notice, &other, arena))
			continue;
		fits = true;
		dossier_joins_add(keys, key);
		add_link(keys, DOSSIER_PROCEDURE, other.id, 100);
	}
	if (r < 0)
		return r;
	stmt_reset(st);
	dossier_joins_add(keys, any && !fits ? notice->id : arena_printf(arena, "%s%.*s", dossier_procedure,
							  STR_ARG(notice->procedure_id)));
	return 0;
}

static int add_by(struct db *db, enum query query, const char *name, struct str value,
	struct dossier_joins *keys, struct arena *arena, struct error *err)
{
	struct stmt *st;

	if (value.len == 0)
		return 0;
	st = db_query(db, (int)query);
	stmt_text(st, name, value);
	return add_rows(st, keys, arena, err);
}

static struct str lower(struct str s, struct arena *arena)
{
	char *copy;

	if (!s.ptr)
		return STR_NONE;
	copy = arena_alloc(arena, s.len + 1);
	for (size_t i = 0; i < s.len; i++)
		copy[i] = (char)(s.ptr[i] >= 'A' && s.ptr[i] <= 'Z' ? s.ptr[i] + ('a' - 'A')
								    : s.ptr[i]);
	return str_n(copy, s.len);
}

static bool is_uuid(struct str s)
{
	if (s.len != UUID_LENGTH)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? s.ptr[i] != '-' : !strchr("0123456789abcdef", s.ptr[i]))
			return false;
	}
	return true;
}

struct str dossier_target(struct str ref, struct arena *arena)
{
	struct str low = lower(ref, arena);
	struct str version = str_from(low, UUID_LENGTH);

	if (is_uuid(low))
		return low;
	if (is_uuid(str_sub(low, 0, UUID_LENGTH)) && str_prefix(&version, "-") &&
		str_digits(version))
		return str_sub(low, 0, UUID_LENGTH);
	return ref;
}

/*
 * Early in 2023 the Official Journal had notices of both kinds: those before eForms have six digits, and are
 * cited so, eForms have no zeros in front. "054098-2023" gives "54098-2023" and the other way round; what is
 * written in one way alone gives STR_NONE.
 */
static struct str other_number(struct str ref, struct arena *arena)
{
	enum { DIGITS = 6 };
	struct str rest = ref, number = STR_NONE;

	if (!str_cut(&rest, '-', &number) || !str_eq(rest, STR("2023")) || !str_digits(number))
		return STR_NONE;
	if (number.len < DIGITS)
		return arena_printf(arena, "%0*d%.*s", DIGITS - (int)number.len, 0, STR_ARG(ref));
	while (ref.ptr[0] == '0')
		ref = str_from(ref, 1);
	return number.len == DIGITS && number.ptr[0] == '0' ? ref : STR_NONE;
}

static int gather_said(struct db *db, const struct notice *notice, struct str stored, struct dossier_joins *keys,
	struct arena *arena, struct error *err)
{
	int r = 0;

	if (notice->procedure_id.len)
		r = add_by_procedure(db, notice, keys, arena, err);
	else
		dossier_joins_add(keys, notice->id);
	if (str_given(stored))
		dossier_joins_add(keys, stored);
	for (size_t i = 0; r == 0 && i < notice->n_links && i < LINKS_MAX; i++) {
		struct str ref = notice->links[i].ref;

		r = add_by(db, Q_DOSSIER_BY_TARGET, ":target", dossier_target(ref, arena), keys, arena, err);
		if (r == 0)
			r = add_by(db, Q_DOSSIER_BY_TARGET, ":target", other_number(ref, arena), keys, arena, err);
	}
	if (r == 0)
		r = add_by(db, Q_DOSSIER_NAMING, ":target", dossier_target(notice->ref, arena),
			keys, arena, err);
	if (r == 0)
		r = add_by(db, Q_DOSSIER_NAMING, ":target", other_number(notice->ref, arena), keys, arena, err);
	if (r == 0)
		r = add_by(db, Q_DOSSIER_NAMING, ":target", lower(notice->notice_uuid, arena), keys,
			arena, err);
	if (r == 0 && str_eqz(notice->source, "ocds"))
		r = add_by(db, Q_DOSSIER_NAMING, ":target", notice->procedure_id, keys, arena, err);
	return r;
}

/* Has it a link to one that was here before it? */
static int is_linked(struct db *db, struct str notice, int64_t *ret, struct error *err)
{
	struct stmt *st = db_query(db, Q_DOSSIER_IS_LINKED);

	stmt_text(st, ":notice", notice);
	return step_int(st, ret, err);
}

/*
 * Likeness: the best one for a notice that no id joins to another; and those that came too early to look
 * at this one and found nobody else.
 */
static int gather_likes(struct db *db, const struct notice *notice, struct dossier_joins *keys,
	struct arena *arena, struct error *err)
{
	struct dossier_found *found = keys->found;
	bool joined = found->n_links > 0;
	struct dossier_likes likes;
	int r = dossier_like(db, notice, joined, arena, &likes, err);

	if (r)
		return r;
	if (likes.best.confidence > 0) {
		dossier_joins_add(keys, likes.best.dossier);
		add_link(keys, likes.best.kind, likes.best.other, likes.best.confidence);
	}
	for (size_t i = 0; i < likes.n_later; i++) {
		const struct dossier_like *like = &likes.later[i];
		int64_t linked;

		if (likes.best.confidence > 0 && str_eq(like->other, likes.best.other))
			continue;
		r = is_linked(db, like->other, &linked, err);
		if (r)
			return r;
		if (linked)
			continue;
		dossier_joins_add(keys, like->dossier);
		found->links[found->n_links++] =
			(struct dossier_link){ like->other, keys->self, like->kind, like->confidence };
	}
	return 0;
}

int dossier_joins_gather(struct db *db, const struct notice *notice, struct str stored,
	struct dossier_joins *keys, struct arena *arena, struct error *err)
{
	int r = gather_said(db, notice, stored, keys, arena, err);

	return r == 0 ? gather_likes(db, notice, keys, arena, err) : r;
}
