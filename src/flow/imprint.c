#include "flow/imprint.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/fold.h"
#include "gate/http.h"
#include "store/imprint.h"
#include "store/notice.h"

enum {
	BATCH = 2000,       /* notices of one transaction, and of a fresh segment */
	IMPRINT_MAX = 64 << 20,
	VERSION_MAX = 48,
};

/* What imprints depend on, beside the notices. */
static struct str version(char out[VERSION_MAX])
{
	snprintf(out, VERSION_MAX, "%d.%d.%016" PRIx64, IMPRINT_VERSION, FOLD_VERSION,
		dictionary_fingerprint());
	return str_of(out);
}

static const char meta_version[] = "imprint_version";

int imprint_current(struct db *db, bool *ret, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	char wanted[VERSION_MAX];
	struct str stored = STR_NONE;
	int r = store_meta_find(db, meta_version, &arena, &stored, err);

	*ret = str_eq(stored, version(wanted));
	return r < 0 ? r : 0;
}

static int make_current(struct db *db, struct error *err)
{
	char wanted[VERSION_MAX];
	bool current;
	int r = imprint_current(db, &current, err);

	if (r < 0 || current)
		return r;
	r = db_begin(db, err);
	if (r == 0)
		r = store_imprint_reset(db, err);
	if (r == 0)
		r = store_meta_put(db, meta_version, version(wanted), err);
	if (r == 0)
		r = db_commit(db, err);
	db_rollback(db);
	return r;
}

/*
 * Segments of like size are merged as soon as there are eight, so that a list is looked up in few of
 * them and each entry is written few times. Very large ones stay.
 */
enum { MERGE = 8, SIZE_FIRST = 512, SIZES = 4 };

static size_t size_class(int64_t notices)
{
	size_t class = 0;

	for (int64_t most = SIZE_FIRST; notices >= most && class < SIZES; most *= MERGE)
		class++;
	return class;
}

static int merge(struct db *db, const struct segment_row *rows, size_t n, size_t class, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct segment *parts = arena_array(&arena, struct segment, n), whole;
	size_t n_parts = 0;
	int64_t notices = 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++) {
		if (size_class(rows[i].notices) != class)
			continue;
		notices += rows[i].notices;
		r = store_segment_read(db, rows[i].number, &arena, &parts[n_parts++], err);
		if (r == 0)
			r = store_segment_delete(db, rows[i].number, err);
	}
	if (r == 0)
		r = segment_merge(parts, n_parts, &arena, &whole, err);
	return r ? r : store_segment_put(db, &whole, notices, err);
}

static int merge_segments(struct db *db, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;

	for (;;) {
		struct segment_row *rows;
		size_t n, class = 0, of_class[SIZES + 1] = { 0 };
		int r = store_segment_list(db, &arena, &rows, &n, err);

		if (r < 0)
			return r;
		for (size_t i = 0; i < n; i++)
			of_class[size_class(rows[i].notices)]++;
		while (class < SIZES && of_class[class] < MERGE)
			class++;
		if (class == SIZES)
			return 0;
		r = merge(db, rows, n, class, err);
		if (r < 0)
			return r;
	}
}

struct update {
	struct db *db;
	struct dictionary *dictionary;
	struct segment_maker maker;
	struct imprint_stems stems;
	struct arena arena; /* of the notice at hand */
	struct buf head, body;
};

static int make_one(struct update *u, int64_t seq, struct error *err)
{
	struct notice notice;
	int r;

	arena_reset(&u->arena);
	buf_reset(&u->head);
	buf_reset(&u->body);
	r = store_notice_get(u->db, seq, &u->arena, &notice, err);
	if (r < 0)
		return r;
	imprint_write(u->dictionary, &notice, &u->head, &u->body, &u->stems);
	r = buf_check(&u->head, "an imprint", err);
	if (r == 0)
		r = buf_check(&u->body, "an imprint", err);
	if (r < 0)
		return error_add(err, "%.*s", STR_ARG(notice.id));
	segment_maker_add(&u->maker, seq, &u->stems);
	return store_imprint_put(u->db, seq, notice.published, buf_str(&u->head), buf_str(&u->body), err);
}

/* In an open transaction. Somebody else may have been at it: what he wrote is read first. */
static int make_batch(struct update *u, size_t *ret, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct segment segment;
	int64_t *pending;
	uint32_t forms;
	int r = store_imprint_pending(u->db, BATCH, &arena, &pending, ret, err);

	if (r < 0 || *ret == 0)
		return r;
	r = store_dictionary_read(u->db, u->dictionary, err);
	forms = dictionary_forms(u->dictionary);
	for (size_t i = 0; r == 0 && i < *ret; i++)
		r = make_one(u, pending[i], err);
	if (r == 0)
		r = store_dictionary_write(u->db, u->dictionary, forms, err);
	if (r < 0)
		return r;
	segment_make(&u->maker, &arena, &segment);
	r = store_segment_put(u->db, &segment, (int64_t)*ret, err);
	return r ? r : merge_segments(u->db, err);
}

static int make_all(struct update *u, int64_t total, const struct progress *progress, int64_t *ret,
	struct error *err)
{
	size_t n = 1;
	int r = 0;

	while (r == 0 && n > 0 && !http_stop) {
		r = db_begin(u->db, err);
		if (r == 0)
			r = make_batch(u, &n, err);
		if (r == 0)
			r = db_commit(u->db, err);
		if (r == 0)
			*ret += (int64_t)n;
		db_rollback(u->db);
		progress_tell(progress, "preparing", *ret, total);
	}
	return r;
}

int imprint_update(struct db *db, const struct progress *progress, int64_t *ret, struct error *err)
{
	struct update u = { .db = db, .head = BUF_INIT(IMPRINT_MAX), .body = BUF_INIT(IMPRINT_MAX) };
	int64_t total = 0;
	int r = make_current(db, err);

	*ret = 0;
	if (r == 0)
		r = store_imprint_pending_count(db, &total, err);
	if (r < 0 || total == 0)
		return r;
	u.dictionary = dictionary_new();
	r = make_all(&u, total, progress, ret, err);
	dictionary_free(u.dictionary);
	segment_maker_done(&u.maker);
	imprint_stems_done(&u.stems);
	arena_done(&u.arena);
	buf_done(&u.head);
	buf_done(&u.body);
	return r;
}
