#include "flow/instance.h"

static const char SECRET[] = "token_key";

static int make_secret(struct db *db, struct arena *arena, struct str *ret, struct error *err)
{
	int r = db_begin(db, err);

	/* somebody else may have made it since we looked */
	if (r >= 0)
		r = store_meta_find(db, SECRET, arena, ret, err);
	if (r == STORE_NONE) {
		*ret = link_secret(arena);
		r = store_meta_put(db, SECRET, *ret, err);
	}
	if (r >= 0)
		r = db_commit(db, err);
	db_rollback(db);
	return r;
}

int instance_links_find(struct db *db, struct str web_url, struct links *ret, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct str secret = STR_NONE;
	int r = store_meta_find(db, SECRET, &arena, &secret, err);

	if (r == 0)
		links_init(ret, web_url, secret);
	return r;
}

int instance_links(struct db *db, struct str web_url, struct links *ret, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct str secret = STR_NONE;
	int r = instance_links_find(db, web_url, ret, err);

	if (r != STORE_NONE)
		return r;
	r = make_secret(db, &arena, &secret, err);
	if (r < 0)
		return r;
	links_init(ret, web_url, secret);
	return 0;
}
