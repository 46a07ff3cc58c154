/*
 * Digests (RELIABILITY 3.2): who reads, what they may be told, what they were told. A profile has its
 * own digests; a person who reads for several gets one message, that of the first of them, the lead.
 */
#ifndef STORE_DIGEST_H
#define STORE_DIGEST_H

#include "base/date.h"
#include "match/receipt.h"
#include "store/profile.h"

/*
 * All profiles by address (case aside) and id, those without one first. Of each profile what a mail
 * needs: its lists are left out, `matched` and `version` mean nothing.
 */
int store_digest_readers(struct db *db, struct arena *arena, struct profile_row **ret, size_t *ret_n,
	struct error *err) MUST_CHECK;

/* What a digest may contain: matches of the profile not told yet. */
struct digest_candidate {
	struct str notice, dossier, lot;
	points_t score, threshold;
	int64_t ruleset;
	int notice_version;
	bool dossier_told; /* an earlier digest of this profile had a notice of the same dossier */
};
/*
 * Current matches of the profile whose notice was in none of its digests, best score first, at most
 * `most`; those known at `known` (TIME_NONE: all). Left out: what is closed at `now`, a purchase that was called off, and a notice that a later
 * change, with a deadline, corrects and that matches too.
 */
int store_digest_candidates(struct db *db, struct str profile, int64_t now, int64_t known, int most,
	struct arena *arena, struct digest_candidate **ret, size_t *ret_n, struct error *err) MUST_CHECK;
/* Was a notice of this dossier told to the profile? */
int store_digest_told(struct db *db, struct str profile, struct str dossier, bool *ret,
	struct error *err) MUST_CHECK;

/* What became of a purchase that this profile was shown. */
struct digest_update {
	struct str notice, dossier;
	struct str told;       /* the notice of it that was shown last */
	int64_t told_deadline; /* TIME_NONE */
};
int store_digest_updates(struct db *db, struct str profile, struct arena *arena,
	struct digest_update **ret, size_t *ret_n, struct error *err) MUST_CHECK;

/* A purchase that this profile was shown and that closes soon. */
struct digest_due {
	struct str notice, dossier;
	int64_t deadline; /* as it was told */
	int64_t told;     /* instant of the digest */
	int reminded;     /* the fewest days before this deadline it was reminded of; INT_MAX: not yet */
};
/* Those that close after `now` and up to `until`, soonest first; nothing that was called off. */
int store_digest_due(struct db *db, struct str profile, int64_t now, int64_t until,
	struct arena *arena, struct digest_due **ret, size_t *ret_n, struct error *err) MUST_CHECK;
int store_digest_reminded(struct db *db, int64_t digest, struct str profile, struct str notice,
	int64_t deadline, int days, struct error *err) MUST_CHECK;

/*
 * Profiles to which store_digest_updates() may have something to say because of what was stored since
 * `since`, and those to whom store_digest_due() may: in order of id.
 */
int store_digest_with_updates(struct db *db, int64_t since, struct arena *arena, struct str **ret,
	size_t *ret_n, struct error *err) MUST_CHECK;
int store_digest_with_due(struct db *db, int64_t now, int64_t until, struct arena *arena,
	struct str **ret, size_t *ret_n, struct error *err) MUST_CHECK;

/*
 * Writes the digest row, UNIQUE(profile, period): STORE_NEW with its id, or STORE_UNCHANGED when this
 * period was composed before.
 */
int store_digest_put(struct db *db, struct str profile, struct str period, int64_t now, int64_t *ret_id,
	struct error *err) MUST_CHECK;
/* The message of `lead` tells this digest too. */
int store_digest_led(struct db *db, int64_t digest, int64_t lead, struct error *err) MUST_CHECK;
/* Was this period composed before? 0 or STORE_NONE */
int store_digest_find(struct db *db, struct str profile, struct str period, struct error *err)
	MUST_CHECK;
/* UNIQUE(profile, notice): STORE_UNCHANGED, told before. `shown`: as a card; else only counted and linked. */
int store_digest_item(struct db *db, int64_t digest, struct str profile, struct str notice,
	struct str dossier, bool shown, int64_t deadline, struct error *err) MUST_CHECK;

/* Matches of notices that closed after `since`, up to `until`, end: nobody will be told of them. */
int store_digest_end_closed(struct db *db, int64_t since, int64_t until, int64_t now,
	struct error *err) MUST_CHECK;

#endif
