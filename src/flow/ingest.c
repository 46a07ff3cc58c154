#include "flow/ingest.h"

#include <string.h>
#include <unistd.h>

#include "gate/archive.h"
#include "gate/file.h"
#include "gate/http.h"
#include "gate/token.h"
#include "source/source.h"
#include "store/notice.h"
#include "store/raw.h"

/*
 * Items read in one transaction: large enough that the disk is asked rarely, small enough that other
 * writers wait little and a kill repeats little.
 */
enum { READ_BATCH = 250, KEEP_BATCH_BYTES = 8 << 20, HEAD_BYTES = 512 };
/* One document that is no archive (a CSV export may be large), and what may come through a pipe. */
enum { DOCUMENT_MAX = 64 << 20, PIPE_MAX = 512 << 20 };

/* keeping */

static int keep_item(struct db *db, struct str source, struct str label, enum source_format format,
	struct str bytes, int64_t now, char hash[TOKEN_SHA256_HEX], struct error *err)
{
	struct raw raw = {
		.source = source,
		.label = label,
		.format = str_of(source_format_name(format)),
		.bytes = bytes,
		.arrived = now,
	};

	token_sha256(bytes, hash);
	raw.hash = str_of(hash);
	return store_raw_put(db, &raw, err);
}

/* Nobody knows this document: it stays here with the reason, so that a later reader can try. */
static int keep_unknown(struct db *db, struct str source, struct str name, struct str document,
	int64_t now, struct str reason, struct report *report, struct error *err)
{
	char hash[TOKEN_SHA256_HEX];
	int r = keep_item(db, source, name, FORMAT_UNKNOWN, document, now, hash, err);

	if (r < 0)
		return r;
	report->read++;
	report->rejected++;
	report_fail(report, name, reason);
	return store_raw_quarantine(db, str_of(hash), reason, SOURCE_PARSER_VERSION, now, err);
}

static struct str item_label(struct arena *arena, struct str name, struct str label)
{
	return label.len == 0 ? name : arena_printf(arena, "%.*s: %.*s", STR_ARG(name), STR_ARG(label));
}

/* Bytes that were here before: in quarantine they are still refused, whoever brings them again. */
static int tell_again(struct db *db, struct str hash, struct str label, struct report *report,
	struct arena *arena, struct error *err)
{
	struct str reason;
	int r = store_raw_reason(db, hash, arena, &reason, err);

	if (r < 0)
		return r;
	report->read++;
	if (r == STORE_NONE) {
		report->unchanged++;
		return 0;
	}
	report->rejected++;
	report_fail(report, label, reason);
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
		r = keep_item(db, source, item_label(arena, name, items.at[i].label), items.at[i].format,
			items.at[i].bytes, now, hash, err);
		if (r == STORE_UNCHANGED)
			r = tell_again(db, str_of(hash), item_label(arena, name, items.at[i].label), report,
				arena, err);
	}
	if (r < 0)
		return r;
	if (ret_hash != NULL && items.n <= 1) {
		if (items.n == 0)
			token_sha256(document, hash);
		*ret_hash = arena_dup(arena, str_of(hash));
	}
	return 0;
}

/* reading */

static int refuse_item(struct db *db, const struct raw *raw, int64_t now, const struct error *why,
	struct report *report, struct error *err)
{
	report->read++;
	report->rejected++;
	report_fail(report, raw->label, str_of(why->text));
	return store_raw_quarantine(db, raw->hash, str_of(why->text), SOURCE_PARSER_VERSION, now, err);
}

static int read_known(struct db *db, const struct raw *raw, enum source_format format, int64_t now,
	struct arena *arena, struct report *report, struct error *err)
{
	struct error why = ERROR_INIT;
	struct notice notice;
	int r = source_read(format, raw->bytes, arena, &notice, &why);

	if (r < 0)
		return refuse_item(db, raw, now, &why, report, err);
	r = store_notice_put(db, &notice, raw->hash, now, arena, err);
	if (r < 0)
		return error_add(err, "%.*s", STR_ARG(raw->label));
	report->read++;
	report->added += r == STORE_NEW;
	report->updated += r == STORE_UPDATED;
	report->unchanged += r == STORE_UNCHANGED;
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
		return refuse_item(db, raw, now, &why, report, err);
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

/* In an open transaction: at most so many items behind *seq, which moves. 0, or STORE_NONE: none left. */
static int read_items(struct db *db, int64_t *seq, int most, int64_t now, struct report *report,
	struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct raw raw;
	int r = 0;

	for (int i = 0; r == 0 && i < most; i++) {
		arena_reset(&arena);
		r = store_raw_pending(db, *seq, &arena, &raw, err);
		if (r != 0)
			break;
		*seq = raw.seq;
		r = ingest_item(db, &raw, now, &arena, report, err);
	}
	return r;
}

/* One transaction; *seq moves behind the last item read. 0, or STORE_NONE when nothing was left. */
static int read_batch(struct db *db, int64_t *seq, int64_t now, struct report *report, struct error *err)
{
	int r = db_begin(db, err);

	if (r < 0)
		return r;
	r = read_items(db, seq, READ_BATCH, now, report, err);
	if (r < 0) {
		db_rollback(db);
		return r;
	}
	return db_commit(db, err) < 0 ? -(int)err->kind : r;
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

/* paths */

struct intake {
	struct db *db;
	int64_t now;
	struct report *report;
	const struct progress *progress;
	struct arena arena; /* of the document at hand */
	size_t kept_bytes;  /* since the last commit */
	bool broken;        /* the store refused: no fault of a path */
};

static int commit_and_read(struct intake *in, struct error *err)
{
	int r = 0;

	if (db_in_transaction(in->db))
		r = db_commit(in->db, err);
	in->kept_bytes = 0;
	/* what waits after a signal is read by whoever comes next */
	return r < 0 || http_stop ? r : ingest_pending(in->db, in->now, in->report, in->progress, err);
}

/* A signal asks us to end; the first that is not taken is told. */
static bool stopped(struct intake *in, struct str name)
{
	if (http_stop && !str_given(in->report->stopped_at))
		in->report->stopped_at = arena_dup(&in->report->arena, name);
	return http_stop;
}

static int keep_document(struct intake *in, struct str name, struct str bytes, struct error *err)
{
	int r = db_in_transaction(in->db) ? 0 : db_begin(in->db, err);

	if (r >= 0)
		r = ingest_keep(in->db, STR("file"), name, bytes, in->now, in->report, &in->arena, NULL,
			err);
	/*
	 * Read in the transaction that keeps it: its bytes go to the disk once, as what they are, and not
	 * again when their state changes. The file is still where it was if all this comes to nothing.
	 */
	while (r >= 0 && r != STORE_NONE)
		r = read_items(in->db, &(int64_t){ 0 }, READ_BATCH, in->now, in->report, err);
	if (r < 0)
		return r;
	in->kept_bytes += bytes.len;
	progress_tell(in->progress, "reading", in->report->read, in->report->announced);
	return in->kept_bytes > KEEP_BATCH_BYTES ? commit_and_read(in, err) : 0;
}

static int refuse(struct intake *in, struct str name, const struct error *why)
{
	in->report->read++;
	in->report->rejected++;
	report_fail(in->report, name, str_of(why->text));
	return 0;
}

static int refuse_path(struct intake *in, const char *path, const struct error *why)
{
	struct str reason = str_of(why->text);

	in->report->missing++;
	if (str_prefix(&reason, path) && !str_prefix(&reason, ": ")) /* the report names the path */
		reason = str_of(why->text);
	in->report->read++;
	in->report->rejected++;
	report_fail(in->report, str_of(path), reason);
	return 0;
}

/*
 * Good entries of an archive that breaks later are kept; the break is one failure of its own. But where
 * the checksum of the whole is wrong no entry is known to be good, and none is taken.
 */
static int take_archive(struct intake *in, int fd, struct str name, struct error *err)
{
	CLEANUP(archive_closep) struct archive_reader *reader = NULL;
	struct error why = ERROR_INIT;
	struct str entry, bytes;
	size_t entries = 0;
	int r = archive_verify(fd, &why);

	if (r == 0)
		r = archive_open(fd, &reader, &why);
	for (; r >= 0; entries++) {
		arena_reset(&in->arena);
		r = archive_next(reader, &in->arena, &entry, &bytes, &why);
		if (r == ARCHIVE_END && entries > 0)
			return 0;
		if (r == ARCHIVE_END) /* a file of zeros is one, too */
			r = error_set(&why, ERROR_INPUT, "an archive without anything in it");
		if (r >= 0 && stopped(in, item_label(&in->arena, name, entry)))
			return 0;
		if (r == ARCHIVE_ENTRY_BAD) {
			refuse(in, entry, &why);
			continue;
		}
		if (r == 0) {
			r = keep_document(in, entry, bytes, err);
			if (r < 0)
				return r;
		}
	}
	return refuse(in, name, &why);
}

/* A document or an archive, from a descriptor that can be read from its start. */
static int take_file(struct intake *in, int fd, struct str name, struct error *err)
{
	struct error why = ERROR_INIT;
	struct str bytes;
	char head[HEAD_BYTES];
	ssize_t n = pread(fd, head, sizeof(head), 0);
	int r;

	if (n > 0 && archive_recognise(str_n(head, (size_t)n)))
		return take_archive(in, fd, name, err);
	arena_reset(&in->arena);
	r = file_read_fd(fd, name.ptr, DOCUMENT_MAX, &in->arena, &bytes, &why);
	if (r < 0)
		return refuse(in, name, &why);
	return keep_document(in, name, bytes, err);
}

enum { STOPPED = 1 }; /* ends a walk */

static int take_path(void *data, const char *path, struct error *err)
{
	struct intake *in = data;
	CLEANUP(file_close) int fd = -1;
	struct error why = ERROR_INIT;

	if (stopped(in, str_of(path)))
		return STOPPED;
	if (file_open(path, &fd, &why) < 0)
		return stopped(in, str_of(path)) ? STOPPED : refuse_path(in, path, &why);
	/* A path is refused in the report; what fails beyond that is the store, for every other path, too. */
	in->broken = take_file(in, fd, str_of(path), err) < 0;
	return in->broken ? -(int)err->kind : 0;
}

static int take_stdin(struct intake *in, struct error *err)
{
	CLEANUP(file_close) int fd = -1;
	struct error why = ERROR_INIT;

	if (file_spool(STDIN_FILENO, "standard input", PIPE_MAX, &fd, &why) < 0)
		return stopped(in, STR("standard input")) ? STOPPED : refuse(in, STR("standard input"), &why);
	return take_file(in, fd, STR("standard input"), err);
}

int ingest_path(struct db *db, const char *path, int64_t now, struct report *report,
	const struct progress *progress, struct error *err)
{
	struct intake in = { db, now, report, progress, ARENA_INIT, 0, false };
	struct error why = ERROR_INIT;
	int r;

	if (strcmp(path, "-") == 0) {
		r = take_stdin(&in, err);
	} else {
		r = file_walk(path, take_path, &in, &why);
		if (in.broken)
			r = error_set(err, why.kind, "%s", why.text);
		else if (r < 0)
			r = refuse_path(&in, path, &why);
	}
	if (r >= 0)
		r = commit_and_read(&in, err);
	db_rollback(db);
	arena_done(&in.arena);
	return r;
}
