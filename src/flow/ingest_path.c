#include "flow/ingest.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gate/archive.h"
#include "gate/file.h"
#include "gate/http.h"
#include "store/notice.h"

/*
 * Of one transaction: large enough that the disk is asked rarely, small enough that other writers wait little (a
 * second) and a kill repeats little. And what its notices change has to be kept until it ends, so that the more
 * there are, the less room is left for what the next one looks up, and the less of their words a processor has near.
 */
enum { BATCH_DOCUMENTS = 500, BATCH_BYTES = 16 << 20 };
/* Kept of the database meanwhile. With less room a transaction ends earlier. */
enum { KEPT_KIB = 24 << 10 };
/* 128 MiB of disk. Of ten thousand notices some indexes' pages are written by each of the six transactions. */
enum { LOG_PAGES = 32000 };
/* One document that is no archive (a CSV export may be large), and what may come through a pipe. */
enum { DOCUMENT_MAX = 64 << 20, PIPE_MAX = 512 << 20, HEAD_BYTES = 512 };

struct intake {
	struct db *db;
	int64_t now;
	struct report *report;
	const struct progress *progress;
	struct arena arena;      /* of the document at hand */
	size_t documents, bytes; /* since the last commit */
	bool broken;             /* the store refused: no fault of a path */
};

static int commit(struct intake *in, struct error *err)
{
	int r;

	in->documents = 0;
	in->bytes = 0;
	if (!db_in_transaction(in->db))
		return 0;
	r = db_commit(in->db, err);
	return r < 0 ? r : store_notice_settle(in->db, err);
}

/* A signal asks us to end; the first that is not taken is told. */
static bool stopped(struct intake *in, struct str name)
{
	if (http_stop && !str_given(in->report->stopped_at))
		in->report->stopped_at = arena_dup(&in->report->arena, name);
	return http_stop;
}

/*
 * Read in the transaction that keeps it: its bytes go to the disk once, as what they are, and not again
 * when their state changes. The file is still where it was if all this comes to nothing.
 */
static int take_document(struct intake *in, struct str name, struct str bytes, struct error *err)
{
	int r = db_in_transaction(in->db) ? 0 : db_begin(in->db, err);

	if (r >= 0)
		r = ingest_take(in->db, STR("file"), name, bytes, in->now, in->report, &in->arena, err);
	if (r < 0)
		return r;
	in->documents++;
	in->bytes += bytes.len;
	progress_tell(in->progress, "reading", in->report->read, in->report->announced);
	if (db_crowded(in->db) || in->documents >= BATCH_DOCUMENTS || in->bytes > BATCH_BYTES)
		return commit(in, err);
	return 0;
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
		if (r >= 0 && stopped(in, arena_printf(&in->arena, "%.*s: %.*s", STR_ARG(name), STR_ARG(entry))))
			return 0;
		if (r == ARCHIVE_ENTRY_BAD) {
			refuse(in, entry, &why);
			continue;
		}
		if (r == 0) {
			r = take_document(in, entry, bytes, err);
			if (r < 0)
				return r;
		}
	}
	return stopped(in, name) ? 0 : refuse(in, name, &why);
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
	return take_document(in, name, bytes, err);
}

enum { STOPPED = 1 }; /* ends a walk */

static int take_path(void *data, const char *path, struct error *err)
{
	struct intake *in = data;
	CLEANUP(file_close) int fd = -1;
	struct error why = ERROR_INIT;
	struct stat st;

	if (stopped(in, str_of(path)))
		return STOPPED;
	if (file_open(path, &fd, &why) < 0)
		return stopped(in, str_of(path)) ? STOPPED : refuse_path(in, path, &why);
	if (fstat(fd, &st) == 0 && (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode))) {
		error_set(&why, ERROR_INPUT, "a device, no file");
		return refuse_path(in, path, &why);
	}
	/* A path is refused in the report; what fails beyond that is the store, for every other path, too. */
	in->broken = take_file(in, fd, str_of(path), err) < 0;
	return in->broken ? -(int)err->kind : 0;
}

static int take_stdin(struct intake *in, struct error *err)
{
	CLEANUP(file_close) int fd = -1;
	struct error why = ERROR_INIT;
	int r = commit(in, err); /* others may write while we wait for what comes */

	if (r < 0)
		return r;
	if (file_spool(STDIN_FILENO, "standard input", PIPE_MAX, &fd, &why) < 0)
		return stopped(in, STR("standard input")) ? STOPPED : refuse(in, STR("standard input"), &why);
	return take_file(in, fd, STR("standard input"), err);
}

static int take_operand(struct intake *in, const char *path, struct error *err)
{
	struct error why = ERROR_INIT;
	int r;

	if (strcmp(path, "-") == 0)
		return take_stdin(in, err);
	r = file_walk(path, take_path, in, &why);
	if (in->broken)
		return error_set(err, why.kind, "%s", why.text);
	return r < 0 ? refuse_path(in, path, &why) : r;
}

int ingest_paths(struct db *db, const char *const *paths, int n, int64_t now, struct report *report,
	const struct progress *progress, struct error *err)
{
	struct intake in = { .db = db, .now = now, .report = report, .progress = progress };
	int r = 0;

	db_keep(db, KEPT_KIB);
	db_log_grow(db, LOG_PAGES);
	for (int i = 0; r >= 0 && i < n && !str_given(report->stopped_at); i++)
		r = take_operand(&in, paths[i], err);
	if (r >= 0)
		r = commit(&in, err);
	db_rollback(db);
	db_keep(db, DB_CACHE_KIB);
	db_log_grow(db, DB_LOG_PAGES);
	arena_done(&in.arena);
	/* What a fetch kept and did not come to read; after a signal it is read by whoever comes next. */
	if (r < 0 || http_stop)
		return r < 0 ? r : 0;
	return ingest_pending(db, now, report, progress, err);
}
