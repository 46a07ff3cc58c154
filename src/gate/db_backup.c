#include "db_handle.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

static const char *const suffixes[] = { "", "-journal", "-wal", "-shm" };

/* What a backup that did not come to its end has left. */
static void remove_partial(const char *partial, struct arena *arena)
{
	for (size_t i = 0; i < LENGTH(suffixes); i++)
		unlink(arena_printf(arena, "%s%s", partial, suffixes[i]).ptr);
}

static int create_partial(const char *partial, struct error *err)
{
	int fd = open(partial, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return error_errno(err, ERROR_STORE, errno, "%s: cannot be created", partial);
	close(fd);
	return 0;
}

static int copy_pages(struct db *db, sqlite3 *to, const char *partial, struct error *err)
{
	sqlite3_backup *backup = sqlite3_backup_init(to, "main", db->handle, "main");
	int code = backup ? sqlite3_backup_step(backup, -1) : sqlite3_errcode(to);
	int code_end = backup ? sqlite3_backup_finish(backup) : SQLITE_OK;

	if (code == SQLITE_DONE && code_end == SQLITE_OK)
		return 0;
	return error_set(err, ERROR_STORE, "%s: %s", partial,
		sqlite3_errstr(code == SQLITE_DONE ? code_end : code));
}

/* The copy is a file that stands alone: the log belongs to the database in use. */
static int copy_and_check(struct db *db, const char *partial, struct error *err)
{
	sqlite3 *to = NULL;
	int code = sqlite3_open_v2(partial, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	int r = 0;

	if (code != SQLITE_OK)
		r = error_set(err, ERROR_STORE, "%s: %s", partial, sqlite3_errstr(code));
	if (r == 0)
		r = copy_pages(db, to, partial, err);
	if (r == 0) {
		code = sqlite3_exec(to, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
		if (code != SQLITE_OK)
			r = error_set(err, ERROR_STORE, "%s: %s", partial, sqlite3_errstr(code));
	}
	if (r == 0)
		r = db_quick_check(to, partial, err);
	sqlite3_close(to);
	return r;
}

static int sync_path(const char *path, int flags, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | flags), r = 0;

	if (fd < 0 || fsync(fd) < 0)
		r = error_errno(err, ERROR_STORE, errno, "%s: cannot be written to disk", path);
	if (fd >= 0)
		close(fd);
	return r;
}

static const char *folder_of(const char *path, struct arena *arena)
{
	struct str whole = str_of(path);
	size_t slash = str_rfind_char(whole, '/');

	if (slash == SIZE_MAX)
		return ".";
	return arena_dupz(arena, str_sub(whole, 0, slash ? slash : 1));
}

int db_backup(struct db *db, const char *path, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	const char *partial = arena_printf(&arena, "%s.partial", path).ptr;
	int r;

	assert(!db->writing);
	if (access(path, F_OK) == 0)
		return error_set(err, ERROR_STORE, "%s: there is a file already", path);
	remove_partial(partial, &arena);
	r = create_partial(partial, err);
	if (r < 0)
		return r;
	r = copy_and_check(db, partial, err);
	if (r == 0)
		r = sync_path(partial, 0, err);
	if (r == 0 && rename(partial, path) < 0)
		r = error_errno(err, ERROR_STORE, errno, "%s: cannot be created", path);
	if (r == 0)
		return sync_path(folder_of(path, &arena), O_DIRECTORY, err);
	remove_partial(partial, &arena);
	return r;
}
