#include "store/feed.h"

#include "private.h"

int store_feed_items(struct db *db, struct str profile, int64_t most, struct arena *arena,
	struct feed_row **ret, size_t *ret_n, struct error *err)
{
	struct stmt *st = db_query(db, Q_FEED_ITEMS);
	struct feed_row *rows = NULL;
	size_t n = 0, capacity = 0;
	int r;

	stmt_text(st, ":profile", profile);
	stmt_int(st, ":most", most);
	while ((r = stmt_step(st, err)) == STMT_ROW) {
		arena_grow(arena, rows, n, &capacity);
		rows[n++] = (struct feed_row){ stmt_col_text(st, 0, arena), stmt_col_time(st, 1),
			stmt_col_time(st, 2) };
	}
	if (r)
		return r;
	*ret = rows;
	*ret_n = n;
	return 0;
}

static int find_story(struct db *db, struct arena *arena, struct feed_dossier *dossier, struct error *err)
{
	struct stmt *st = db_query(db, Q_FEED_DOSSIER);
	int r;

	stmt_text(st, ":dossier", dossier->dossier);
	r = stmt_step(st, err);
	if (r < 0)
		return r;
	dossier->first = stmt_col_text(st, 0, arena);
	dossier->sequence = stmt_col_int(st, 1);
	dossier->changed = stmt_col_time(st, 2);
	stmt_reset(st);
	return 0;
}

int store_feed_dossiers(struct db *db, struct str profile, struct arena *arena,
	struct feed_dossier **ret, size_t *ret_n, struct error *err)
{
	struct stmt *st = db_query(db, Q_FEED_DOSSIERS);
	struct feed_dossier *rows = NULL;
	size_t n = 0, capacity = 0;
	int r;

	stmt_text(st, ":profile", profile);
	while ((r = stmt_step(st, err)) == STMT_ROW) {
		struct str dossier = stmt_col_text(st, 0, arena);

		if (n > 0 && str_eq(rows[n - 1].dossier, dossier))
			continue;
		arena_grow(arena, rows, n, &capacity);
		rows[n++] = (struct feed_dossier){ .dossier = dossier, .lot = stmt_col_text(st, 1, arena) };
	}
	for (size_t i = 0; r == 0 && i < n; i++)
		r = find_story(db, arena, &rows[i], err);
	if (r)
		return r;
	*ret = rows;
	*ret_n = n;
	return 0;
}
