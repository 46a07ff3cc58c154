/*
 * Structs to rows and back. Every function takes an open database; transactions are opened by flow,
 * web or app around units of work, never in here, and writing functions assert that one is open.
 * Statements live in db/queries/, the schema in db/migrations/.
 *
 * Outcomes shared by all: STORE_NONE where a find found nothing.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/arena.h"
#include "base/error.h"
#include "gate/db.h"

enum store_outcome {
	STORE_NONE = 1,      /* no such row */
	STORE_NEW = 2,       /* inserted */
	STORE_UPDATED = 3,   /* was there, is different now */
	STORE_UNCHANGED = 4, /* was there, and the same: no row touched */
};

/* db_open() with our statements and migrations. */
int store_open(const char *path, enum db_mode mode, struct db **ret, struct error *err) MUST_CHECK;

/* Small values of the instance by name: "token_key" … STORE_NONE. */
int store_meta_find(struct db *db, const char *name, struct arena *arena, struct str *ret,
	struct error *err) MUST_CHECK;
int store_meta_put(struct db *db, const char *name, struct str value, struct error *err) MUST_CHECK;

#endif
