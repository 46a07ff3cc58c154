#include "store/profile.h"

#include <string.h>

#include <assert.h>

#include "private.h"
#include "store/digest.h"

/* The lists of a profile under the names of profile_term.kind. */
static const struct {
	const char *kind;
	size_t offset;
} lists[] = {
	{ "keyword", offsetof(struct profile, keywords) },
	{ "exclude", offsetof(struct profile, exclude) },
	{ "cpv", offsetof(struct profile, cpv) },
	{ "field", offsetof(struct profile, fields) },
	{ "place", offsetof(struct profile, places) },
};

static const struct codes *list_const(const struct profile *profile, size_t i)
{
	return (const struct codes *)((const char *)profile + lists[i].offset);
}

static void hash_profile(struct hash *hash, const struct profile *profile)
{
	hash_text(hash, profile->name);
	hash_text(hash, profile->siren);
	hash_text(hash, profile->email);
	hash_text(hash, profile->description);
	for (size_t i = 0; i < LENGTH(lists); i++)
		hash_codes(hash, list_const(profile, i));
	for (size_t i = NATURE_NONE + 1; i < NATURES; i++)
		hash_int(hash, profile->natures[i]);
	hash_int(hash, profile->value_min);
	hash_int(hash, profile->value_max);
	hash_int(hash, profile->effort_days);
	hash_int(hash, profile->cadence);
	hash_text(hash, profile->timezone);
	hash_text(hash, profile->language);
	hash_int(hash, profile->confirmed);
	/* usual wishes leave the hash as it was before there were any */
	if (profile->mailing.send_at != MAILING_HOUR_OF_INSTANCE || str_given(profile->mailing.quiet) ||
		str_given(profile->mailing.reminders)) {
		hash_int(hash, profile->mailing.send_at);
		hash_text(hash, profile->mailing.quiet);
		hash_text(hash, profile->mailing.reminders);
	}
}

/* 0 when it is stored with this content, STORE_UPDATED when with another, STORE_NONE when not. */
static int compare(struct db *db, struct str id, struct str content_hash, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct stmt *st = db_query(db, Q_PROFILE_STAMP);
	bool same;
	int r;

	stmt_text(st, ":id", id);
	r = stmt_step(st, err);
	if (r != STMT_ROW)
		return r < 0 ? r : STORE_NONE;
	same = str_eq(stmt_col_text(st, 1, &arena), content_hash);
	stmt_reset(st);
	return same ? 0 : STORE_UPDATED;
}

static void bind_profile(struct stmt *st, const struct profile *profile)
{
	stmt_text(st, ":id", profile->id);
	stmt_int(st, ":confirmed", profile->confirmed);
	stmt_text(st, ":cadence", str_of(cadence_name(profile->cadence)));
	stmt_text(st, ":timezone", profile->timezone);
	stmt_text(st, ":language", profile->language);
	stmt_int(st, ":services", profile->natures[NATURE_SERVICES]);
	stmt_int(st, ":supplies", profile->natures[NATURE_SUPPLIES]);
	stmt_int(st, ":works", profile->natures[NATURE_WORKS]);
	bind_cents(st, ":value_min", profile->value_min);
	bind_cents(st, ":value_max", profile->value_max);
	stmt_int(st, ":effort_days", profile->effort_days);
	stmt_text(st, ":name", profile->name);
	stmt_text(st, ":siren", profile->siren);
	stmt_text(st, ":email", profile->email);
	stmt_text(st, ":description", profile->description);
}

static int put_terms(struct db *db, const struct profile *profile, struct error *err)
{
	for (size_t i = 0; i < LENGTH(lists); i++) {
		const struct codes *list = list_const(profile, i);

		for (size_t k = 0; k < list->n; k++) {
			struct stmt *st = db_query(db, Q_PROFILE_TERM_PUT);
			int r;

			stmt_text(st, ":profile", profile->id);
			stmt_text(st, ":kind", str_of(lists[i].kind));
			stmt_int(st, ":position", (int64_t)k);
			stmt_text(st, ":text", list->at[k]);
			r = run_any(st, err);
			if (r)
				return r;
		}
	}
	return 0;
}

static int put_mailing(struct db *db, const struct profile *profile, struct error *err)
{
	const struct mailing *m = &profile->mailing;
	bool usual = m->send_at == MAILING_HOUR_OF_INSTANCE && !str_given(m->quiet) &&
		     !str_given(m->reminders);
	struct stmt *st = db_query(db, usual ? Q_PROFILE_MAILING_DELETE : Q_PROFILE_MAILING_PUT);

	stmt_text(st, ":profile", profile->id);
	if (!usual) {
		if (m->send_at == MAILING_HOUR_OF_INSTANCE)
			stmt_null(st, ":send_at");
		else
			stmt_int(st, ":send_at", m->send_at);
		stmt_text(st, ":quiet", m->quiet);
		stmt_text(st, ":reminders", m->reminders);
	}
	return run_any(st, err);
}

static int run_by_profile(struct db *db, enum query query, struct str profile, struct error *err)
{
	struct stmt *st = db_query(db, (int)query);

	stmt_text(st, ":profile", profile);
	return run_any(st, err);
}

int store_profile_put(struct db *db, const struct profile *profile, int64_t now, struct error *err)
{
	struct hash hash = HASH_INIT;
	char hash_out[HASH_TEXT_MAX];
	struct str content_hash;
	struct stmt *st;
	int found, r;

	assert(db_in_transaction(db));
	hash_profile(&hash, profile);
	content_hash = hash_format(&hash, hash_out);
	found = compare(db, profile->id, content_hash, err);
	if (found < 0)
		return found;
	if (found == 0)
		return STORE_UNCHANGED;

	st = db_query(db, found == STORE_UPDATED ? Q_PROFILE_UPDATE : Q_PROFILE_INSERT);
	bind_profile(st, profile);
	stmt_text(st, ":content_hash", content_hash);
	stmt_time(st, ":now", now);
	r = run_any(st, err);
	if (r == 0)
		r = run_by_profile(db, Q_PROFILE_TERMS_DELETE, profile->id, err);
	if (r == 0)
		r = put_terms(db, profile, err);
	if (r == 0)
		r = put_mailing(db, profile, err);
	if (r)
		return error_add(err, "profile %.*s", STR_ARG(profile->id));
	return found == STORE_UPDATED ? STORE_UPDATED : STORE_NEW;
}

/* send_at, quiet, reminders side by side; all NULL: the usual. */
static void mailing_from_row(struct stmt *st, int column, struct arena *arena, struct mailing *ret)
{
	if (!stmt_col_null(st, column))
		ret->send_at = (int)stmt_col_int(st, column);
	ret->quiet = stmt_col_text(st, column + 1, arena);
	ret->reminders = stmt_col_text(st, column + 2, arena);
}

/* Columns from 0, as Q_PROFILE_FIND and Q_PROFILE_LIST begin. */
static int profile_from_row(
	struct stmt *st, struct arena *arena, struct profile *ret, struct error *err)
{
	struct str cadence = stmt_col_text(st, 2, arena);

	profile_init(ret);
	ret->id = stmt_col_text(st, 0, arena);
	ret->confirmed = stmt_col_int(st, 1) != 0;
	ret->timezone = stmt_col_text(st, 3, arena);
	ret->language = stmt_col_text(st, 4, arena);
	ret->natures[NATURE_SERVICES] = stmt_col_int(st, 5) != 0;
	ret->natures[NATURE_SUPPLIES] = stmt_col_int(st, 6) != 0;
	ret->natures[NATURE_WORKS] = stmt_col_int(st, 7) != 0;
	ret->value_min = col_cents(st, 8);
	ret->value_max = col_cents(st, 9);
	ret->effort_days = (int)stmt_col_int(st, 10);
	ret->name = stmt_col_text(st, 11, arena);
	ret->siren = stmt_col_text(st, 12, arena);
	ret->email = stmt_col_text(st, 13, arena);
	ret->description = stmt_col_text(st, 14, arena);
	mailing_from_row(st, 15, arena, &ret->mailing);
	if (!cadence_parse(cadence, &ret->cadence))
		return col_bad("cadence", cadence, err);
	return 0;
}

static struct codes *list_at(struct profile *profile, size_t i)
{
	return (struct codes *)((char *)profile + lists[i].offset);
}

static struct codes *list_named(struct profile *profile, struct str kind)
{
	for (size_t i = 0; i < LENGTH(lists); i++)
		if (str_eqz(kind, lists[i].kind))
			return list_at(profile, i);
	return NULL;
}

/* Lists grow in `growing`, which is reset, so that in `arena` each has the room it needs and no more. */
static int read_terms(struct db *db, struct arena *arena, struct arena *growing, struct profile *ret,
	struct error *err)
{
	struct stmt *st = db_query(db, Q_PROFILE_TERMS);
	int r;

	arena_reset(growing);
	stmt_text(st, ":profile", ret->id);
	while ((r = stmt_step(st, err)) == STMT_ROW) {
		struct str kind = stmt_col_text(st, 0, growing);
		struct codes *list = list_named(ret, kind);

		if (!list) {
			stmt_reset(st);
			return col_bad("list of a profile", kind, err);
		}
		arena_grow(growing, list->at, list->n, &list->capacity);
		list->at[list->n++] = stmt_col_text(st, 1, arena);
	}
	for (size_t i = 0; i < LENGTH(lists); i++) {
		struct codes *list = list_at(ret, i);
		struct str *at = arena_array(arena, struct str, list->n);

		if (list->n > 0)
			memcpy(at, list->at, list->n * sizeof(*at));
		*list = (struct codes){ at, list->n, list->n };
	}
	return r;
}

int store_profile_find(
	struct db *db, struct str id, struct arena *arena, struct profile *ret, struct error *err)
{
	CLEANUP(arena_done) struct arena growing = ARENA_INIT;
	struct stmt *st = db_query(db, Q_PROFILE_FIND);
	struct profile profile;
	int r;

	stmt_text(st, ":id", id);
	r = stmt_step(st, err);
	if (r != STMT_ROW)
		return r < 0 ? r : STORE_NONE;
	r = profile_from_row(st, arena, &profile, err);
	stmt_reset(st);
	if (r == 0)
		r = read_terms(db, arena, &growing, &profile, err);
	if (r)
		return error_add(err, "profile %.*s", STR_ARG(id));
	*ret = profile;
	return 0;
}

static int list_rows(struct stmt *st, struct arena *arena, struct profile_row **ret, size_t *ret_n,
	struct error *err)
{
	/* rows are large and many: their array grows elsewhere, so that no smaller one stays behind */
	CLEANUP(arena_done) struct arena growing = ARENA_INIT;
	struct profile_row *rows = NULL;
	size_t n = 0, capacity = 0;
	int r;

	while ((r = stmt_step(st, err)) == STMT_ROW) {
		struct profile_row *row;

		arena_grow(&growing, rows, n, &capacity);
		row = &rows[n++];
		r = profile_from_row(st, arena, &row->profile, err);
		if (r) {
			stmt_reset(st);
			return r;
		}
		row->version = stmt_col_int(st, 18);
		row->matched = stmt_col_int(st, 19) != 0;
		row->unsubscribed = stmt_col_int(st, 20) != 0;
		row->last_digest = stmt_col_time(st, 21);
		row->created = stmt_col_time(st, 22);
	}
	if (r)
		return r;
	*ret = arena_array(arena, struct profile_row, n);
	if (n > 0)
		memcpy(*ret, rows, n * sizeof(*rows));
	*ret_n = n;
	return 0;
}

int store_profile_list(struct db *db, int64_t ruleset, struct arena *arena,
	struct profile_row **ret, size_t *ret_n, struct error *err)
{
	CLEANUP(arena_done) struct arena growing = ARENA_INIT;
	struct stmt *st = db_query(db, Q_PROFILE_LIST);
	struct profile_row *rows;
	size_t n;
	int r;

	stmt_int(st, ":ruleset", ruleset);
	r = list_rows(st, arena, &rows, &n, err);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = read_terms(db, arena, &growing, &rows[i].profile, err);
	if (r)
		return error_add(err, "profiles");
	*ret = rows;
	*ret_n = n;
	return 0;
}

int store_digest_readers(struct db *db, struct arena *arena, struct profile_row **ret, size_t *ret_n,
	struct error *err)
{
	return list_rows(db_query(db, Q_DIGEST_READERS), arena, ret, ret_n, err);
}

int store_profile_matched(
	struct db *db, struct str id, int64_t version, int64_t ruleset, struct error *err)
{
	struct stmt *st = db_query(db, Q_PROFILE_MATCHED);

	assert(db_in_transaction(db));
	stmt_text(st, ":id", id);
	stmt_int(st, ":version", version);
	stmt_int(st, ":ruleset", ruleset);
	return run_one(st, err);
}

int store_profile_unsubscribe(struct db *db, struct str id, int64_t now, struct error *err)
{
	struct stmt *st = db_query(db, Q_PROFILE_UNSUBSCRIBE);

	assert(db_in_transaction(db));
	stmt_text(st, ":id", id);
	stmt_time(st, ":now", now);
	return run_one(st, err);
}

int store_profile_delete(struct db *db, struct str id, struct error *err)
{
	/* Messages before the digests they hang on. */
	static const enum query forget[] = {
		Q_DIGEST_FORGET_LED,
		Q_OUTBOX_FORGET,
		Q_OUTBOX_FORGET_UNCERTAIN,
		Q_DIGEST_ITEMS_FORGET,
		Q_REMINDERS_FORGET,
		Q_DIGEST_FORGET,
	};
	struct stmt *st = db_query(db, Q_PROFILE_DELETE);
	int r;

	assert(db_in_transaction(db));
	stmt_text(st, ":id", id);
	r = run_one(st, err);
	for (size_t i = 0; r == 0 && i < LENGTH(forget); i++)
		r = run_by_profile(db, forget[i], id, err);
	return r;
}

int store_profile_unsubscribed(struct db *db, struct str id, bool *ret, struct error *err)
{
	struct stmt *st = db_query(db, Q_PROFILE_UNSUBSCRIBED);
	int r;

	stmt_text(st, ":id", id);
	r = stmt_step(st, err);
	if (r != STMT_ROW)
		return r < 0 ? r : STORE_NONE;
	*ret = stmt_col_int(st, 0) != 0;
	stmt_reset(st);
	return 0;
}
