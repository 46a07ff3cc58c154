#include "flow/ingest.h"

#include "gate/token.h"
#include "source/source.h"
#include "store/notice.h"
#include "store/raw.h"

/*
 * Items read in one transaction: large enough that the disk is asked rarely and several of them share a page
 * that is written, small enough that other writers wait little and a kill repeats little. Fewer where the pages
 * they change find no room.
 */
enum { READ_BATCH = 1000 };

/* keeping */

static int name_bytes(struct db *db, struct str bytes, char hash[TOKEN_SHA256_HEX], struct error *err)
{
	token_sha256(bytes, hash);
	return store_raw_name(db, bytes, hash, err);
}

/* An item of `source` without its label. */
static int raw_of(struct db *db, struct str source, enum source_format format, struct str bytes, int64_t now,
	char hash[TOKEN_SHA256_HEX], struct raw *ret, struct error *err)
{
	*ret = (struct raw){
		.hash = str_n(hash, TOKEN_SHA256_HEX - 1),
		.source = source,
		.format = str_of(source_format_name(format)),
		.bytes = bytes,
		.arrived = now,
	};
	return name_bytes(db, bytes, hash, err);
}

/* Counts and tells what is refused; keeps it, when it was not here, with the reason. */
static int refuse_raw(struct db *db, const struct raw *raw, struct str reason, int64_t now,
	struct report *report, struct error *err)
{
	int r = store_raw_put_quarantined(db, raw, reason, SOURCE_PARSER_VERSION, now, err);

	if (r == STORE_UNCHANGED)
		r = store_raw_quarantine(db, raw->hash, reason, SOURCE_PARSER_VERSION, now, err);
	report->read++;
	report->rejected++;
	report_fail(report, raw->label, reason);
	return r < 0 ? r : 0;
}

/* Nobody knows this document: it stays here with the reason, so that a later reader can try. */
static int keep_unknown(struct db *db, struct str source, struct str name, struct str document,
	int64_t now, struct str reason, struct report *report, struct error *err)
{
	char hash[TOKEN_SHA256_HEX];
	struct raw raw;
	int r = raw_of(db, source, FORMAT_UNKNOWN, document, now, hash, &raw, err);

	raw.label = name;
	return r < 0 ? r : refuse_raw(db, &raw, reason, now, report, err);
}

static struct str item_label(struct arena *arena, struct str name, struct str label)
{
	return label.len == 0 ? name : arena_printf(arena, "%.*s: %.*s", STR_ARG(name), STR_ARG(label));
}

/* Bytes that were here before: in quarantine they are still refused, whoever brings them again. */
static int tell_again(struct db *db, const struct raw *raw, struct report *report, struct arena *arena,
	struct error *err)
{
	struct str reason;
	int r = store_raw_reason(db, raw->hash, arena, &reason, err);

	if (r < 0)
		return r;
	report->read++;
	if (r == STORE_NONE) {
		report->unchanged++;
		return 0;
	}
	report->rejected++;
	report_fail(report, raw->label, reason);
	return 0;
}

int ingest_keep(struct db *db, struct str source, struct str name, struct str document, int64_t now,
	struct report *report, struct arena *arena, struct str *ret_hash, struct error *err)
{
	struct source_items items = { NULL, 0, 0 };
	struct error why = ERROR_INIT;
	char hash[TOKEN_SHA256_HEX] = "";
	int r;

	r = source_split(document, arena, &items, &why);
	if (r < 0)
		r = keep_unknown(db, source, name, document, now, str_of(why.text), report, err);
	for (size_t i = 0; r >= 0 && i < items.n; i++) {
		struct raw raw;

		r = raw_of(db, source, items.at[i].format, items.at[i].bytes, now, hash, &raw, err);
		raw.label = item_label(arena, name, items.at[i].label);
		if (r >= 0)
			r = store_raw_put(db, &raw, err);
		if (r == STORE_UNCHANGED)
			r = tell_again(db, &raw, report, arena, err);
	}
	if (r < 0)
		return r;
	if (ret_hash != NULL && items.n <= 1) {
		if (items.n == 0)
			r = name_bytes(db, document, hash, err);
		*ret_hash = arena_dup(arena, str_of(hash));
	}
	return r < 0 ? r : 0;
}

/* reading */

static int put_notice(struct db *db, const struct raw *raw, struct notice *notice, int64_t now,
	struct arena *arena, struct report *report, struct error *err)
{
	int r = store_notice_put(db, notice, raw->hash, now, arena, err);

	if (r < 0)
		return error_add(err, "%.*s", STR_ARG(raw->label));
	report->read++;
	report->added += r == STORE_NEW;
	report->updated += r == STORE_UPDATED;
	report->unchanged += r == STORE_UNCHANGED;
	return 0;
}

static int read_known(struct db *db, const struct raw *raw, enum source_format format, int64_t now,
	struct arena *arena, struct report *report, struct error *err)
{
	struct error why = ERROR_INIT;
	struct notice notice;
	int r = source_read(format, raw->bytes, arena, &notice, &why);

	if (r < 0)
		return refuse_raw(db, raw, str_of(why.text), now, report, err);
	r = put_notice(db, raw, &notice, now, arena, report, err);
	if (r >= 0)
		r = store_raw_unread(db, raw->seq, notice.unread.at, notice.unread.n, err);
	return r < 0 ? r : store_raw_done(db, raw->hash, notice.id, SOURCE_PARSER_VERSION, err);
}

/*
 * A document kept before anybody knew its format. One notice is read as it is; the items of a larger
 * document are kept now, each for itself, and are read in their turn.
 */
static int read_unknown(struct db *db, const struct raw *raw, int64_t now, struct arena *arena,
	struct report *report, struct error *err)
{
	struct source_items items = { NULL, 0, 0 };
	struct error why = ERROR_INIT;
	int r = source_split(raw->bytes, arena, &items, &why);

	if (r < 0)
		return refuse_raw(db, raw, str_of(why.text), now, report, err);
	if (items.n == 1 && str_eq(items.at[0].bytes, raw->bytes))
		return read_known(db, raw, items.at[0].format, now, arena, report, err);
	r = ingest_keep(db, raw->source, raw->label, raw->bytes, now, report, arena, NULL, err);
	return r < 0 ? r : store_raw_done(db, raw->hash, STR_NONE, SOURCE_PARSER_VERSION, err);
}

int ingest_item(struct db *db, const struct raw *raw, int64_t now, struct arena *arena,
	struct report *report, struct error *err)
{
	enum source_format format = FORMAT_UNKNOWN;

	if (!source_format_parse(raw->format, &format) || format == FORMAT_UNKNOWN)
		return read_unknown(db, raw, now, arena, report, err);
	return read_known(db, raw, format, now, arena, report, err);
}

/* One transaction; *seq moves behind the last item read. 0, or STORE_NONE when nothing was left. */
static int read_batch(struct db *db, int64_t *seq, int64_t now, struct report *report, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct raw raw;
	int r = db_begin(db, err);

	if (r < 0)
		return r;
	for (int i = 0; r == 0 && i < READ_BATCH; i++) {
		arena_reset(&arena);
		r = store_raw_pending(db, *seq, &arena, &raw, err);
		if (r != 0)
			break;
		*seq = raw.seq;
		r = ingest_item(db, &raw, now, &arena, report, err);
		if (db_crowded(db))
			break;
	}
	if (r < 0) {
		db_rollback(db);
		return r;
	}
	if (db_commit(db, err) < 0 || store_notice_settle(db, err) < 0)
		return -(int)err->kind;
	return r;
}

int ingest_pending(struct db *db, int64_t now, struct report *report, const struct progress *progress,
	struct error *err)
{
	int64_t seq = 0;
	int r;

	do {
		r = read_batch(db, &seq, now, report, err);
		progress_tell(progress, "reading", report->read, report->announced);
	} while (r == 0);
	return r < 0 ? r : 0;
}

/* both at once */

static int take_item(struct db *db, struct str source, struct str name, const struct source_item *item,
	int64_t now, struct report *report, struct arena *arena, struct error *err)
{
	char hash[TOKEN_SHA256_HEX];
	struct error why = ERROR_INIT;
	struct notice notice;
	struct raw raw;
	int r = raw_of(db, source, item->format, item->bytes, now, hash, &raw, err);

	raw.label = item_label(arena, name, item->label);
	if (r == 0)
		r = store_raw_known(db, raw.hash, err);
	if (r != STORE_NONE)
		return r < 0 ? r : tell_again(db, &raw, report, arena, err);
	if (item->format == FORMAT_UNKNOWN) {
		r = store_raw_put(db, &raw, err);
		return r < 0 ? r : read_unknown(db, &raw, now, arena, report, err);
	}
	r = source_read(item->format, item->bytes, arena, &notice, &why);
	if (r < 0)
		return refuse_raw(db, &raw, str_of(why.text), now, report, err);
	r = store_raw_put_read(db, &raw, notice.id, SOURCE_PARSER_VERSION, err);
	if (r >= 0)
		r = put_notice(db, &raw, &notice, now, arena, report, err);
	if (r < 0 || notice.unread.n == 0)
		return r;
	return store_raw_unread(db, raw.seq, notice.unread.at, notice.unread.n, err);
}

int ingest_take(struct db *db, struct str source, struct str name, struct str document, int64_t now,
	struct report *report, struct arena *arena, struct error *err)
{
	CLEANUP(arena_done) struct arena of_item = ARENA_INIT;
	struct source_items items = { NULL, 0, 0 };
	struct error why = ERROR_INIT;
	int r = source_split(document, arena, &items, &why);

	if (r < 0)
		return keep_unknown(db, source, name, document, now, str_of(why.text), report, err);
	for (size_t i = 0; r >= 0 && i < items.n; i++) {
		r = take_item(db, source, name, &items.at[i], now, report, &of_item, err);
		arena_reset(&of_item);
	}
	return r < 0 ? r : 0;
}
