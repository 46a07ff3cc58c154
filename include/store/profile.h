/* Profiles and their state. */
#ifndef STORE_PROFILE_H
#define STORE_PROFILE_H

#include "store/store.h"
#include "tender/profile.h"

/* STORE_NEW, STORE_UPDATED (version + 1) or STORE_UNCHANGED. An unsubscribed one stays so. */
int store_profile_put(struct db *db, const struct profile *profile, int64_t now, struct error *err)
	MUST_CHECK;
/* 0 or STORE_NONE */
int store_profile_find(struct db *db, struct str id, struct arena *arena, struct profile *ret,
	struct error *err) MUST_CHECK;
/*
 * With its matches. Digests already composed stay in the outbox unless not yet sent; what it was told
 * is forgotten, so that a profile made later under this id is a new one. 0 or STORE_NONE
 */
int store_profile_delete(struct db *db, struct str id, struct error *err) MUST_CHECK;

struct profile_row {
	struct profile profile;
	int64_t version;
	bool matched;         /* by the ruleset given to store_profile_list, in this version */
	bool unsubscribed;
	int64_t last_digest;  /* UTC instant the last digest was composed for; TIME_NONE */
	int64_t created;
};
/* In order of id, all in `arena` (profiles are compiled together). */
int store_profile_list(struct db *db, int64_t ruleset, struct arena *arena,
	struct profile_row **ret, size_t *ret_n, struct error *err) MUST_CHECK;
/* STORE_NONE: it has another version by now. */
int store_profile_matched(struct db *db, struct str id, int64_t version, int64_t ruleset,
	struct error *err) MUST_CHECK;
/* 0 (the first time counts) or STORE_NONE */
int store_profile_unsubscribe(struct db *db, struct str id, int64_t now, struct error *err) MUST_CHECK;
/* 0 or STORE_NONE */
int store_profile_unsubscribed(struct db *db, struct str id, bool *ret, struct error *err) MUST_CHECK;

#endif
