/* Which dossiers a notice that is about to be written may belong to, and what says so. */
#ifndef STORE_DOSSIER_JOINS_H
#define STORE_DOSSIER_JOINS_H

#include "private.h"
#include "store/dossier.h"
#include "tender/notice.h"

enum { DOSSIER_JOINS_MAX = 400 };

struct dossier_joins {
	struct str at[DOSSIER_JOINS_MAX]; /* each once */
	size_t n;
	struct str self;             /* id of the notice itself */
	struct dossier_found *found; /* the links on the way */
};

/* Prefix of the keys of dossiers that a procedure id names. */
extern const char dossier_procedure[];

/* Past the ceiling nothing is added. */
void dossier_joins_add(struct dossier_joins *keys, struct str key);

/*
 * By its procedure id, the dossier `stored` that it was in (STR_NONE: none), what it names and what names
 * it; when no id says anything, by likeness.
 */
int dossier_joins_gather(struct db *db, const struct notice *notice, struct str stored,
	struct dossier_joins *keys, struct arena *arena, struct error *err) MUST_CHECK;

#endif
