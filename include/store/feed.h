/* What feeds and calendars list, apart from the notices themselves. */
#ifndef STORE_FEED_H
#define STORE_FEED_H

#include "store/store.h"

struct feed_row {
	struct str notice;
	int64_t first_matched, updated; /* instants */
};
/* Current matches, newest first, at most `most`. */
int store_feed_items(struct db *db, struct str profile, int64_t most, struct arena *arena,
	struct feed_row **ret, size_t *ret_n, struct error *err) MUST_CHECK;

struct feed_dossier {
	struct str dossier;
	struct str lot;     /* of the notice that fitted first; STR_NONE: the whole */
	struct str first;   /* the notice that came first: a name that stays when dossiers are joined */
	int64_t sequence;   /* later publications and changes, counted */
	int64_t changed;    /* instant of the last one */
};
/* Purchases that fit the profile, or that it was shown and that fitted then; by dossier. */
int store_feed_dossiers(struct db *db, struct str profile, struct arena *arena,
	struct feed_dossier **ret, size_t *ret_n, struct error *err) MUST_CHECK;

#endif
