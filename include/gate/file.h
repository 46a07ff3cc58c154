/* Files of the operating system, read and written whole, with ceilings. */
#ifndef GATE_FILE_H
#define GATE_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

/*
 * ERROR_SYSTEM when it cannot be read, ERROR_LIMIT when it is larger than `max` bytes. Pipes are read
 * to their end. NUL-terminated beyond its length; the messages begin with the path.
 */
int file_read(const char *path, size_t max, struct arena *arena, struct str *ret, struct error *err)
	MUST_CHECK;

/* The same from a descriptor that the caller keeps; `name` is for messages. */
int file_read_fd(int fd, const char *name, size_t max, struct arena *arena, struct str *ret,
	struct error *err) MUST_CHECK;

/* For reading; the caller closes it, best by CLEANUP(file_close), which lets -1 be. */
int file_open(const char *path, int *ret, struct error *err) MUST_CHECK;
void file_close(int *fd);

/* Every byte to a descriptor, however often it takes only some. 0, or -1 with errno. */
int file_write_all(int fd, struct str bytes) MUST_CHECK;

/* A nameless file for reading and writing that ends with its descriptor. */
int file_temporary(int *ret, struct error *err) MUST_CHECK;

/*
 * What a pipe gives, put into a nameless temporary file that can be read twice and from its start.
 * ERROR_LIMIT over `max` bytes.
 */
int file_spool(int from, const char *name, int64_t max, int *ret, struct error *err) MUST_CHECK;

/* Whole or not at all: temporary file beside it, fsync, rename, fsync of the folder. */
int file_write(const char *path, struct str bytes, unsigned mode, struct error *err) MUST_CHECK;

/*
 * Many files in one folder, each whole or not at all, in two steps so that the caller can write down between
 * them that they are about to be there. A failure of either leaves nothing under `made`; file_reveal() may have
 * named some by then, which a second try replaces by the same.
 */
struct file_new {
	const char *made; /* hidden name in the same file system, replaced when it is there */
	const char *path;
	struct str bytes;
};
/* Written to `made` and on the disk. */
int file_prepare(const struct file_new *files, size_t n, unsigned mode, struct error *err) MUST_CHECK;
/* Renamed to `path`, and the folder, one for all, on the disk. */
int file_reveal(const struct file_new *files, size_t n, struct error *err) MUST_CHECK;

/* Renames it; what was at `to` is replaced. Lost in a power cut it is as before: who moves may do so again. */
int file_move(const char *from, const char *to, struct error *err) MUST_CHECK;

/*
 * Takes the lock file for this process, making it when missing: 0 with a descriptor that holds the lock
 * until file_close(), or FILE_TAKEN when another process has it.
 */
enum { FILE_TAKEN = 1 };
int file_lock(const char *path, int *ret, struct error *err) MUST_CHECK;

/* Makes a folder and its parents; one that is there is fine. */
int file_mkdir(const char *path, struct error *err) MUST_CHECK;

/*
 * Calls `each` for every regular file at or below `path` (which may be a file, or a pipe), in byte
 * order of the names; hidden ones and links to folders are passed over. Depth at most 16, then
 * ERROR_LIMIT. The first result of `each` that is not 0 ends the walk and is returned.
 */
int file_walk(const char *path, int (*each)(void *data, const char *path, struct error *err),
	void *data, struct error *err) MUST_CHECK;

#endif
