#include "flow/reparse.h"

#include "gate/http.h"
#include "source/source.h"
#include "store/raw.h"

enum { BATCH = 250 };

/* Value of meta: "PARSER_VERSION SEQ"; "" when the last run came to its end. */
static const char bookmark[] = "reparse";

static int bookmark_read(struct db *db, struct arena *arena, int64_t *ret, struct error *err)
{
	struct str rest, version;
	int64_t seq;
	unsigned of;
	int r = store_meta_find(db, bookmark, arena, &rest, err);

	*ret = 0;
	if (r != 0)
		return r < 0 ? r : 0;
	if (str_cut(&rest, ' ', &version) && str_to_uint(version, INT32_MAX, &of) &&
		of == SOURCE_PARSER_VERSION && str_to_int64(rest, &seq))
		*ret = seq;
	return 0;
}

static int bookmark_write(struct db *db, int64_t seq, bool end, struct arena *arena, struct error *err)
{
	return store_meta_put(db, bookmark,
		end ? STR("") : arena_printf(arena, "%d %lld", SOURCE_PARSER_VERSION, (long long)seq), err);
}

/* One transaction; *seq moves behind the last item. 0, or STORE_NONE when nothing is left. */
static int read_batch(struct db *db, int64_t *seq, int64_t now, struct report *report, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	int r = db_begin(db, err);

	for (int i = 0; r == 0 && i < BATCH; i++) {
		struct raw_state state;
		struct raw raw;

		arena_reset(&arena);
		r = store_raw_next(db, *seq, &arena, &raw, &state, err);
		if (r != 0)
			break;
		*seq = raw.seq;
		if (state.quarantined || (state.read && state.current)) {
			r = ingest_item(db, &raw, now, &arena, report, err);
		} else {
			report->read++;
			report->unchanged++;
		}
	}
	if (r >= 0 && bookmark_write(db, *seq, r == STORE_NONE, &arena, err) < 0)
		r = -(int)err->kind;
	if (r >= 0 && db_commit(db, err) < 0)
		r = -(int)err->kind;
	db_rollback(db);
	return r;
}

int reparse(struct db *db, int64_t now, struct report *report, const struct progress *progress,
	struct error *err)
{
	int64_t seq;
	int r = bookmark_read(db, &report->arena, &seq, err);

	if (r == 0)
		r = store_raw_count(db, seq, &report->announced, err);
	while (r == 0 && !http_stop) {
		r = read_batch(db, &seq, now, report, err);
		progress_tell(progress, "reading again", report->read, report->announced);
	}
	return r < 0 ? r : ingest_pending(db, now, report, progress, err);
}
