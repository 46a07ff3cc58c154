/*
 * Consent: profiles whose address waits to be confirmed, addresses that are never written to, secret
 * links that were taken back. An address stands here only as a keyed hash (gate/link.h).
 */
#ifndef STORE_CONSENT_H
#define STORE_CONSENT_H

#include "store/store.h"

enum { PENDING_DAYS = 7 };

/* It waits from now; again: from now. The profile is there and not confirmed. */
int store_pending_put(struct db *db, struct str profile, int64_t now, struct error *err) MUST_CHECK;
/* 0, also when it did not wait. */
int store_pending_delete(struct db *db, struct str profile, struct error *err) MUST_CHECK;
/*
 * Forgets, as store_profile_erase() does, every profile that has waited for PENDING_DAYS. Other unconfirmed
 * ones, from before there was a waiting list, stay.
 */
int store_pending_purge(struct db *db, int64_t now, int64_t *ret_n, struct error *err) MUST_CHECK;

/* Profiles of an address, whatever the case of its letters; at most 20. */
struct address_profile {
	struct str id;
	bool confirmed;
};
int store_address_profiles(struct db *db, struct str email, struct arena *arena,
	struct address_profile **ret, size_t *ret_n, struct error *err) MUST_CHECK;

/* 0 or STORE_NONE */
int store_profile_resubscribe(struct db *db, struct str profile, struct error *err) MUST_CHECK;
/* store_profile_delete(), and the messages it was sent are gone too. 0 or STORE_NONE */
int store_profile_erase(struct db *db, struct str profile, struct error *err) MUST_CHECK;

/* Mails that ask for a confirmation: counted, so that nobody is flooded through us (RELIABILITY W9). */
struct asking_count {
	int64_t address, network, all;
};
int store_asking_count(struct db *db, struct str address_hash, struct str network_hash, int64_t since,
	struct asking_count *ret, struct error *err) MUST_CHECK;
/* Notes one more; what is older than a day is forgotten. */
int store_asking_put(struct db *db, struct str address_hash, struct str network_hash, int64_t now,
	struct error *err) MUST_CHECK;

/* `reason`: "erased", "bounced", "complained", "administrator". The first one stays. */
int store_suppress(struct db *db, struct str address_hash, const char *reason, int64_t now,
	struct error *err) MUST_CHECK;
/* 0 with the reason, or STORE_NONE: it may be written to. */
int store_suppressed(struct db *db, struct str address_hash, struct arena *arena, struct str *ret,
	struct error *err) MUST_CHECK;
/* 0, also when it was not there. */
int store_unsuppress(struct db *db, struct str address_hash, struct error *err) MUST_CHECK;

/* The generation that links of feeds are made with; 1 at first. */
int store_feed_generation(struct db *db, struct str profile, int64_t *ret, struct error *err) MUST_CHECK;
/* Every link given so far opens nothing any more. */
int store_feed_renew(struct db *db, struct str profile, int64_t now, struct error *err) MUST_CHECK;

#endif
