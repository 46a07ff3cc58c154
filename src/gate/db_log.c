#include "db_handle.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

/*
 * The log of SQLite (FILE-wal) is written in two calls for each page, 24 bytes and 4,096, none of them where
 * a page of the system begins: a third of what the kernel does for an import. Here they are gathered, as
 * long as each follows the one before, and written together.
 *
 * What is gathered is nobody's yet. Others read of the log what a commit has told them in the shared index;
 * before it does SQLite asks for the log to be synchronised, at every commit, since we are synchronous=FULL:
 * then all is written, so that what is gathered is always of one transaction that has not ended. So it is
 * before anything that is not the next piece: reading, overwriting, the size. A kill loses pages of a
 * transaction that never was.
 *
 * All other files are opened by the system's own functions and have nothing to do with this.
 */
enum { GATHERED_MAX = 128 << 10 };

struct log {
	sqlite3_file base; /* first: SQLite's own */
	sqlite3_file *real;
	char *gathered;
	sqlite3_int64 start; /* where it belongs */
	int len;
};

static struct log *log_of(sqlite3_file *file)
{
	return (struct log *)file;
}

/*
 * What cannot be written now stays, and is tried again: a full disk undoes a statement and not always its
 * transaction, and a log with a hole in it would be lost from there on.
 */
static int write_gathered(struct log *log)
{
	int code = SQLITE_OK;

	if (log->len > 0)
		code = log->real->pMethods->xWrite(log->real, log->gathered, log->len, log->start);
	if (code == SQLITE_OK)
		log->len = 0;
	return code;
}

static int log_close(sqlite3_file *file)
{
	struct log *log = log_of(file);

	free(log->gathered); /* of no commit */
	log->gathered = NULL;
	return log->real->pMethods->xClose(log->real);
}

static int log_read(sqlite3_file *file, void *bytes, int len, sqlite3_int64 at)
{
	struct log *log = log_of(file);
	int code = at + len > log->start && at < log->start + log->len ? write_gathered(log) : SQLITE_OK;

	return code != SQLITE_OK ? code : log->real->pMethods->xRead(log->real, bytes, len, at);
}

static int log_write(sqlite3_file *file, const void *bytes, int len, sqlite3_int64 at)
{
	struct log *log = log_of(file);

	if (log->len > 0 && (at != log->start + log->len || len > GATHERED_MAX - log->len)) {
		int code = write_gathered(log);

		if (code != SQLITE_OK)
			return code;
	}
	if (len > GATHERED_MAX)
		return log->real->pMethods->xWrite(log->real, bytes, len, at);
	if (log->len == 0)
		log->start = at;
	memcpy(log->gathered + log->len, bytes, (size_t)len);
	log->len += len;
	return SQLITE_OK;
}

static int log_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	struct log *log = log_of(file);
	int code = write_gathered(log);

	return code != SQLITE_OK ? code : log->real->pMethods->xTruncate(log->real, size);
}

static int log_sync(sqlite3_file *file, int flags)
{
	struct log *log = log_of(file);
	int code = write_gathered(log);

	log->len = 0; /* a commit that failed is undone, and must not come to life later */
	return code != SQLITE_OK ? code : log->real->pMethods->xSync(log->real, flags);
}

static int log_size(sqlite3_file *file, sqlite3_int64 *ret)
{
	struct log *log = log_of(file);
	int code = write_gathered(log);

	return code != SQLITE_OK ? code : log->real->pMethods->xFileSize(log->real, ret);
}

static int log_lock(sqlite3_file *file, int level)
{
	return log_of(file)->real->pMethods->xLock(log_of(file)->real, level);
}

static int log_unlock(sqlite3_file *file, int level)
{
	return log_of(file)->real->pMethods->xUnlock(log_of(file)->real, level);
}

static int log_reserved(sqlite3_file *file, int *ret)
{
	return log_of(file)->real->pMethods->xCheckReservedLock(log_of(file)->real, ret);
}

static int log_control(sqlite3_file *file, int what, void *argument)
{
	struct log *log = log_of(file);
	int code = write_gathered(log);

	return code != SQLITE_OK ? code : log->real->pMethods->xFileControl(log->real, what, argument);
}

static int log_sector(sqlite3_file *file)
{
	return log_of(file)->real->pMethods->xSectorSize(log_of(file)->real);
}

static int log_device(sqlite3_file *file)
{
	return log_of(file)->real->pMethods->xDeviceCharacteristics(log_of(file)->real);
}

/* Version 1: what is beyond, shared memory and mapped pages, is asked of the database alone. */
static const sqlite3_io_methods log_methods = {
	.iVersion = 1,
	.xClose = log_close,
	.xRead = log_read,
	.xWrite = log_write,
	.xTruncate = log_truncate,
	.xSync = log_sync,
	.xFileSize = log_size,
	.xLock = log_lock,
	.xUnlock = log_unlock,
	.xCheckReservedLock = log_reserved,
	.xFileControl = log_control,
	.xSectorSize = log_sector,
	.xDeviceCharacteristics = log_device,
};

static sqlite3_vfs *of_system;

static int open_log(sqlite3_vfs *vfs UNUSED, const char *name, sqlite3_file *file, int flags, int *ret_flags)
{
	struct log *log = log_of(file);
	int code;

	if (!(flags & SQLITE_OPEN_WAL))
		return of_system->xOpen(of_system, name, file, flags, ret_flags);
	*log = (struct log){ .real = (sqlite3_file *)(log + 1) };
	code = of_system->xOpen(of_system, name, log->real, flags, ret_flags);
	if (code != SQLITE_OK) {
		if (log->real->pMethods)
			log->real->pMethods->xClose(log->real);
		return code;
	}
	log->gathered = malloc(GATHERED_MAX);
	if (!log->gathered)
		die("out of memory (the log of the database)");
	log->base.pMethods = &log_methods;
	return SQLITE_OK;
}

const char *db_log_register(void)
{
	static sqlite3_vfs ours;

	of_system = sqlite3_vfs_find(NULL);
	if (!of_system)
		return NULL;
	/* The system's, but for opening. */
	ours = *of_system;
	ours.zName = "appariteur";
	ours.szOsFile = of_system->szOsFile + (int)sizeof(struct log);
	ours.xOpen = open_log;
	return sqlite3_vfs_register(&ours, 0) == SQLITE_OK ? ours.zName : NULL;
}
