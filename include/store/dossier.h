/*
 * Dossiers as people see them and decide about them. Which dossier a notice belongs to is computed
 * when it is written (store/notice.h); what is decided here stands against that from then on.
 */
#ifndef STORE_DOSSIER_H
#define STORE_DOSSIER_H

#include "store/raw.h"
#include "store/store.h"
#include "tender/dossier.h"

/* The key of a dossier from itself or from the id of one of its notices. 0 or STORE_NONE */
int store_dossier_find(struct db *db, struct str name, struct arena *arena, struct str *ret,
	struct error *err) MUST_CHECK;
/* Its notices, whole, in no order (dossier_sort); none when there is no such dossier. */
int store_dossier_notices(struct db *db, struct str key, struct arena *arena, struct notice **ret,
	size_t *ret_n, struct error *err) MUST_CHECK;

/* Why a notice is there: joined to another one that was there before. */
struct dossier_link {
	struct str notice, other;
	enum dossier_link_kind kind;
	int confidence; /* per cent */
};
/* By notice, the surest first. The first notice of a dossier has none. */
int store_dossier_links(struct db *db, struct str key, struct arena *arena, struct dossier_link **ret,
	size_t *ret_n, struct error *err) MUST_CHECK;

/*
 * Two dossiers are one, by hand. 0 with the key of the one that is left, or STORE_UNCHANGED: they are
 * one already. ERROR_LIMIT: more than DOSSIER_NOTICES_MAX notices together.
 */
int store_dossier_merge(struct db *db, struct str a, struct str b, int64_t now, struct arena *arena,
	struct str *ret, struct error *err) MUST_CHECK;
/*
 * The notice goes into a dossier of its own, which no id, link or likeness joins to another; only
 * notices that name it follow. 0 with its key, STORE_UNCHANGED: it is alone already, STORE_NONE: no such
 * notice, or one whose kind has no dossier to leave.
 */
int store_dossier_split(struct db *db, struct str notice, int64_t now, struct arena *arena,
	struct str *ret, struct error *err) MUST_CHECK;

/* The raw items that became this notice, in order of arrival, the first `most`. */
int store_raw_versions(struct db *db, struct str notice, int most, struct arena *arena,
	struct raw **ret, size_t *ret_n, struct error *err) MUST_CHECK;

#endif
