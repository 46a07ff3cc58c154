#include "store/consent.h"

#include <assert.h>

#include "private.h"
#include "store/profile.h"

enum { DAY_S = 24 * 3600 };

static int run_by(struct db *db, enum query query, const char *name, struct str value, struct error *err)
{
	struct stmt *st = db_query(db, (int)query);

	assert(db_in_transaction(db));
	stmt_text(st, name, value);
	return run_any(st, err);
}

/* pending */

int store_pending_put(struct db *db, struct str profile, int64_t now, struct error *err)
{
	struct stmt *st = db_query(db, Q_PENDING_PUT);

	assert(db_in_transaction(db));
	stmt_text(st, ":profile", profile);
	stmt_time(st, ":now", now);
	return run_any(st, err);
}

int store_pending_delete(struct db *db, struct str profile, struct error *err)
{
	return run_by(db, Q_PENDING_DELETE, ":profile", profile, err);
}

int store_pending_purge(struct db *db, int64_t now, int64_t *ret_n, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	int64_t n = 0;

	for (;;) {
		struct stmt *st = db_query(db, Q_PENDING_NEXT);
		struct str id;
		int r;

		arena_reset(&arena);
		stmt_time(st, ":before", now - (int64_t)PENDING_DAYS * DAY_S);
		r = stmt_step(st, err);
		if (r != STMT_ROW) {
			if (r == 0)
				*ret_n = n;
			return r;
		}
		id = stmt_col_text(st, 0, &arena);
		stmt_reset(st);
		r = store_profile_erase(db, id, err);
		if (r < 0)
			return r;
		n++;
	}
}

/* profiles */

int store_address_profiles(struct db *db, struct str email, struct arena *arena,
	struct address_profile **ret, size_t *ret_n, struct error *err)
{
	struct stmt *st = db_query(db, Q_PROFILES_BY_EMAIL);
	struct address_profile *rows = NULL;
	size_t n = 0, capacity = 0;
	int r;

	stmt_text(st, ":email", email);
	while ((r = stmt_step(st, err)) == STMT_ROW) {
		arena_grow(arena, rows, n, &capacity);
		rows[n].id = stmt_col_text(st, 0, arena);
		rows[n++].confirmed = stmt_col_int(st, 1) != 0;
	}
	if (r)
		return r;
	*ret = rows;
	*ret_n = n;
	return 0;
}

int store_profile_resubscribe(struct db *db, struct str profile, struct error *err)
{
	struct stmt *st = db_query(db, Q_PROFILE_RESUBSCRIBE);

	assert(db_in_transaction(db));
	stmt_text(st, ":profile", profile);
	return run_one(st, err);
}

int store_profile_erase(struct db *db, struct str profile, struct error *err)
{
	/* messages first: digests that they hang on can then go with the profile */
	int r = run_by(db, Q_OUTBOX_ERASE, ":profile", profile, err);

	return r < 0 ? r : store_profile_delete(db, profile, err);
}

/* mails that ask */

int store_asking_count(struct db *db, struct str address_hash, struct str network_hash, int64_t since,
	struct asking_count *ret, struct error *err)
{
	struct stmt *st = db_query(db, Q_ASKING_COUNT);
	int r;

	stmt_text(st, ":address", address_hash);
	stmt_text(st, ":network", network_hash);
	stmt_time(st, ":since", since);
	r = stmt_step(st, err);
	if (r < 0)
		return r;
	assert(r == STMT_ROW); /* sums of no row are a row */
	*ret = (struct asking_count){ stmt_col_int(st, 0), stmt_col_int(st, 1), stmt_col_int(st, 2) };
	stmt_reset(st);
	return 0;
}

int store_asking_put(struct db *db, struct str address_hash, struct str network_hash, int64_t now,
	struct error *err)
{
	struct stmt *st = db_query(db, Q_ASKING_PURGE);
	int r;

	assert(db_in_transaction(db));
	stmt_time(st, ":before", now - DAY_S);
	r = run_any(st, err);
	if (r < 0)
		return r;
	st = db_query(db, Q_ASKING_PUT);
	stmt_time(st, ":now", now);
	stmt_text(st, ":address", address_hash);
	stmt_text(st, ":network", network_hash);
	return run_any(st, err);
}

/* suppression */

int store_suppress(struct db *db, struct str address_hash, const char *reason, int64_t now,
	struct error *err)
{
	struct stmt *st = db_query(db, Q_SUPPRESSION_PUT);

	assert(db_in_transaction(db));
	stmt_text(st, ":address", address_hash);
	stmt_text(st, ":reason", str_of(reason));
	stmt_time(st, ":now", now);
	return run_any(st, err);
}

int store_suppressed(struct db *db, struct str address_hash, struct arena *arena, struct str *ret,
	struct error *err)
{
	struct stmt *st = db_query(db, Q_SUPPRESSION_FIND);
	int r;

	stmt_text(st, ":address", address_hash);
	r = stmt_step(st, err);
	if (r != STMT_ROW)
		return r < 0 ? r : STORE_NONE;
	*ret = stmt_col_text(st, 0, arena);
	stmt_reset(st);
	return 0;
}

int store_unsuppress(struct db *db, struct str address_hash, struct error *err)
{
	return run_by(db, Q_SUPPRESSION_DELETE, ":address", address_hash, err);
}

/* feeds */

int store_feed_generation(struct db *db, struct str profile, int64_t *ret, struct error *err)
{
	struct stmt *st = db_query(db, Q_FEED_GENERATION);
	int r;

	stmt_text(st, ":profile", profile);
	r = stmt_step(st, err);
	if (r < 0)
		return r;
	*ret = r == STMT_ROW ? stmt_col_int(st, 0) : 1;
	stmt_reset(st);
	return 0;
}

int store_feed_renew(struct db *db, struct str profile, int64_t now, struct error *err)
{
	struct stmt *st = db_query(db, Q_FEED_RENEW);

	assert(db_in_transaction(db));
	stmt_text(st, ":profile", profile);
	stmt_time(st, ":now", now);
	return run_any(st, err);
}
