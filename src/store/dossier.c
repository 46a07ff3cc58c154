/*
 * One dossier per purchase. Notices are joined by a procedure id they share and by links, in whatever
 * order they come:
 *
 *   1. what somebody decided by hand comes first: a notice that was split off stays where it is;
 *   2. gather the keys of the dossiers this notice belongs to: its own key, the one it was in, those of
 *      its procedure id, those of the publications it names, those of the notices that name it; when
 *      no id says anything, that of the notice it is most like; those of later notices that are like
 *      it and came before it (dossier_like.c);
 *   3. the best key wins: a procedure id before a notice id, then the smaller;
 *   4. the others are moved into it.
 *
 * A key is thus the best of all keys its notices ever brought, which no order can change; likeness
 * alone may see more when it comes later. The keys
 * gathered and the notices of a dossier have ceilings: a reference that thousands name ("1", "néant")
 * says nothing, and moving thousands of rows for each of thousands of notices would never end.
 */
#include "store/dossier.h"

#include <assert.h>
#include <string.h>

#include "private.h"
#include "store/notice.h"

enum {
	KEYS_MAX = 400,
	DOSSIERS_MAX = 200, /* of one procedure id */
	LINKS_MAX = 100, /* followed; a notice names one to five */
	UUID_LENGTH = 36,
};

static const char procedure_prefix[] = "procedure:";

const char dossier_apart[] = "apart:";

struct keys {
	struct str at[KEYS_MAX];
	size_t n;
	struct str self;             /* id of the notice itself */
	struct dossier_found *found; /* the links on the way */
};

static void add_key(struct keys *keys, struct str key)
{
	for (size_t i = 0; i < keys->n; i++)
		if (str_eq(keys->at[i], key))
			return;
	if (keys->n < KEYS_MAX)
		keys->at[keys->n++] = key;
}

/* Of each kind the first one is kept: others of the same dossier say the same. */
static void add_link(struct keys *keys, enum dossier_link_kind kind, struct str other, int confidence)
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
static int add_rows(struct stmt *st, struct keys *keys, struct arena *arena, struct error *err)
{
	int r;

	while ((r = stmt_step(st, err)) == STMT_ROW) {
		add_key(keys, stmt_col_text(st, 0, arena));
		add_link(keys, DOSSIER_CITATION, stmt_col_text(st, 1, arena), DOSSIER_CITATION_CONFIDENCE);
	}
	return r;
}

/*
 * The dossiers of its procedure id. When all who carry it are strangers, the id was made up by who
 * converted them: the notice goes by its own.
 */
static int add_by_procedure(struct db *db, const struct notice *notice, struct keys *keys,
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
		add_key(keys, key);
		add_link(keys, DOSSIER_PROCEDURE, other.id, 100);
	}
	if (r < 0)
		return r;
	stmt_reset(st);
	add_key(keys, any && !fits ? notice->id : arena_printf(arena, "%s%.*s", procedure_prefix,
							  STR_ARG(notice->procedure_id)));
	return 0;
}

static int add_by(struct db *db, enum query query, const char *name, struct str value,
	struct keys *keys, struct arena *arena, struct error *err)
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

static int gather(struct db *db, const struct notice *notice, struct str stored, struct keys *keys,
	struct arena *arena, struct error *err)
{
	int r = 0;

	if (notice->procedure_id.len)
		r = add_by_procedure(db, notice, keys, arena, err);
	else
		add_key(keys, notice->id);
	if (str_given(stored))
		add_key(keys, stored);
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
static int gather_likes(struct db *db, const struct notice *notice, struct keys *keys,
	struct arena *arena, struct error *err)
{
	struct dossier_found *found = keys->found;
	bool joined = found->n_links > 0;
	struct dossier_likes likes;
	int r = dossier_like(db, notice, joined, arena, &likes, err);

	if (r)
		return r;
	if (likes.best.confidence > 0) {
		add_key(keys, likes.best.dossier);
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
		add_key(keys, like->dossier);
		found->links[found->n_links++] =
			(struct dossier_link){ like->other, keys->self, like->kind, like->confidence };
	}
	return 0;
}

bool dossier_better(struct str a, struct str b)
{
	bool a_procedure = str_starts(a, procedure_prefix), a_apart = str_starts(a, dossier_apart);

	if (a_apart != str_starts(b, dossier_apart))
		return !a_apart;
	if (a_procedure != str_starts(b, procedure_prefix))
		return a_procedure;
	return str_cmp(a, b) < 0;
}

int dossier_size(struct db *db, struct str dossier, int64_t *ret, struct error *err)
{
	struct stmt *st = db_query(db, Q_DOSSIER_SIZE);

	stmt_text(st, ":dossier", dossier);
	stmt_int(st, ":most", DOSSIER_NOTICES_MAX + 1);
	return step_int(st, ret, err);
}

/* 1 when one more was moved, 0 when none is left (or none that can be). */
static int move_notice(struct db *db, struct str from, struct str into, struct error *err)
{
	struct stmt *st = db_query(db, Q_DOSSIER_FIRST);
	int64_t seq;
	int r;

	stmt_text(st, ":dossier", from);
	r = stmt_step(st, err);
	if (r != STMT_ROW)
		return r;
	seq = stmt_col_int(st, 0);
	stmt_reset(st);
	st = db_query(db, Q_DOSSIER_MOVE);
	stmt_int(st, ":notice", seq);
	stmt_text(st, ":into", into);
	r = run_one(st, err);
	return r < 0 ? r : r == 0;
}

static int move_decision(struct db *db, struct str from, struct str into, struct arena *arena,
	struct error *err)
{
	struct stmt *st = db_query(db, Q_DOSSIER_HAND_FIRST);
	struct str notice;
	int r;

	stmt_text(st, ":dossier", from);
	r = stmt_step(st, err);
	if (r != STMT_ROW)
		return r;
	notice = stmt_col_text(st, 0, arena);
	stmt_reset(st);
	st = db_query(db, Q_DOSSIER_HAND_MOVE);
	stmt_text(st, ":notice", notice);
	stmt_text(st, ":into", into);
	r = run_one(st, err);
	return r < 0 ? r : r == 0;
}

int dossier_move(struct db *db, struct str from, struct str into, struct arena *arena, struct error *err)
{
	int r;

	assert(!str_eq(from, into));
	do {
		r = move_notice(db, from, into, err);
	} while (r > 0);
	if (r < 0)
		return r;
	do {
		r = move_decision(db, from, into, arena, err);
	} while (r > 0);
	return r;
}

static void bind_link(struct stmt *st, const struct dossier_link *link)
{
	stmt_text(st, ":notice", link->notice);
	stmt_text(st, ":kind", str_of(dossier_link_kind_name(link->kind)));
	stmt_text(st, ":other", link->other);
}

/* The surest of a kind stays; what the other says of this one need not be said twice. */
int dossier_link_put(struct db *db, const struct dossier_link *link, struct error *err)
{
	struct stmt *st = db_query(db, Q_DOSSIER_LINK_STANDS);
	bool has, said;
	int64_t sure;
	int r;

	bind_link(st, link);
	r = stmt_step(st, err);
	if (r < 0)
		return r;
	has = !stmt_col_null(st, 0);
	sure = stmt_col_int(st, 0);
	said = stmt_col_int(st, 1) != 0;
	stmt_reset(st);
	if (said || (has && sure >= link->confidence))
		return 0;
	if (has) {
		st = db_query(db, Q_DOSSIER_LINK_DELETE);
		stmt_text(st, ":notice", link->notice);
		stmt_text(st, ":kind", str_of(dossier_link_kind_name(link->kind)));
		r = run_any(st, err);
		if (r)
			return r;
	}
	st = db_query(db, Q_DOSSIER_LINK_PUT);
	bind_link(st, link);
	stmt_int(st, ":confidence", link->confidence);
	return run_any(st, err);
}

/* What was decided about the notice. 0 or STORE_NONE */
static int decided(struct db *db, struct str notice, struct arena *arena, struct str *ret,
	bool *ret_apart, struct error *err)
{
	struct stmt *st = db_query(db, Q_DOSSIER_HAND_FIND);
	int r;

	stmt_text(st, ":notice", notice);
	r = stmt_step(st, err);
	if (r != STMT_ROW)
		return r < 0 ? r : STORE_NONE;
	*ret_apart = str_eqz(stmt_col_text(st, 0, arena), "apart");
	*ret = stmt_col_text(st, 1, arena);
	stmt_reset(st);
	return 0;
}

/* Joins the dossiers of all keys, as far as the ceiling allows. */
static int join(struct db *db, const struct keys *keys, struct str stored, struct arena *arena,
	struct str *ret, struct error *err)
{
	size_t best = 0;
	int64_t size, total;
	int r;

	/* 3. */
	for (size_t i = 1; i < keys->n; i++)
		if (dossier_better(keys->at[i], keys->at[best]))
			best = i;
	r = dossier_size(db, keys->at[best], &total, err);
	if (r)
		return r;
	if (total >= DOSSIER_NOTICES_MAX) {
		*ret = str_given(stored) ? stored : keys->at[0];
		return 0;
	}

	/* 4. */
	for (size_t i = 0; i < keys->n; i++) {
		if (i == best)
			continue;
		r = dossier_size(db, keys->at[i], &size, err);
		if (r)
			return r;
		if (size == 0 || total + size >= DOSSIER_NOTICES_MAX)
			continue;
		r = dossier_move(db, keys->at[i], keys->at[best], arena, err);
		if (r)
			return r;
		total += size;
	}
	*ret = keys->at[best];
	return 0;
}

/*
 * A dossier that was split off is never joined to another: a notice that was in it stays, one that is
 * new and names one of its notices goes there, for all others it does not exist.
 */
static bool settled(struct keys *keys, struct str stored, struct str *ret)
{
	size_t n = 0;

	if (str_given(stored) && str_starts(stored, dossier_apart)) {
		*ret = stored;
		return true;
	}
	for (size_t i = 0; i < keys->n; i++) {
		if (!str_starts(keys->at[i], dossier_apart)) {
			keys->at[n++] = keys->at[i];
		} else if (!str_given(stored)) {
			*ret = keys->at[i];
			return true;
		}
	}
	keys->n = n;
	return false;
}

int dossier_find(struct db *db, const struct notice *notice, struct str stored, struct arena *arena,
	struct dossier_found *ret, struct error *err)
{
	struct keys keys = { .self = notice->id, .found = ret };
	struct str by_hand;
	bool apart = false;
	int r;

	*ret = (struct dossier_found){ .dossier = notice->id };
	if (notice->kind == NOTICE_REQUIREMENT)
		return 0;

	/* 1. */
	r = decided(db, notice->id, arena, &by_hand, &apart, err);
	if (r < 0)
		return r;
	if (apart) {
		ret->dossier = by_hand;
		return 0;
	}

	/* 2. */
	if (r == 0)
		add_key(&keys, by_hand);
	r = gather(db, notice, stored, &keys, arena, err);
	if (r == 0)
		r = gather_likes(db, notice, &keys, arena, err);
	if (r)
		return r;
	if (settled(&keys, stored, &ret->dossier))
		return 0;
	return join(db, &keys, stored, arena, &ret->dossier, err);
}
