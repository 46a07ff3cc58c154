/*
 * Notices read once for many readers: a run of digests takes each from the database the first time
 * somebody is to be told of it. Bounded: shelf_tidy() empties it when it has grown too large.
 */
#ifndef FLOW_SHELF_H
#define FLOW_SHELF_H

#include "store/store.h"
#include "tender/notice.h"

enum { SHELF_BYTES_MAX = 48 << 20 };

struct shelf {
	struct arena arena;
	struct shelf_slot *slots; /* a power of two, open addressing */
	size_t n, size;
};
void shelf_done(struct shelf *shelf);

/* Between two readers: what was given before may be gone afterwards. */
void shelf_tidy(struct shelf *shelf);

/* 0, or STORE_NONE; lives until the shelf is tidied. */
int shelf_notice(struct shelf *shelf, struct db *db, struct str id, const struct notice **ret,
	struct error *err) MUST_CHECK;

/* The notices of one purchase in the order of their publication. */
struct shelf_dossier {
	const struct notice *notices;
	size_t n;
};
int shelf_dossier(struct shelf *shelf, struct db *db, struct str key, const struct shelf_dossier **ret,
	struct error *err) MUST_CHECK;

#endif
