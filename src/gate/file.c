#include "gate/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "gate/http.h"

enum {
	READ_CHUNK = 64 << 10,
	PATH_BYTES_MAX = 8192,
	WALK_DEPTH_MAX = 16,
	WALK_NAMES_MAX = 1000000, /* of one folder */
};

void file_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* reading */

int file_read_fd(int fd, const char *name, size_t max, struct arena *arena, struct str *ret,
	struct error *err)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT(max);

	for (;;) {
		/* At the ceiling one byte more tells a file of just that size from a larger one. */
		char beyond;
		size_t want = max - text.len < READ_CHUNK ? max - text.len : READ_CHUNK;
		char *room = want ? buf_room(&text, want) : &beyond;
		ssize_t n = read(fd, room, want ? want : 1);

		if (n < 0 && errno == EINTR && !http_stop)
			continue;
		if (n < 0)
			return error_errno(err, ERROR_SYSTEM, errno, "%s", name);
		if (n == 0)
			break;
		if (want == 0)
			return error_set(
				err, ERROR_LIMIT, "%s is larger than %zu bytes", name, max);
		buf_wrote(&text, (size_t)n);
	}
	*ret = arena_dup(arena, buf_str(&text));
	return 0;
}

int file_open(const char *path, int *ret, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return error_errno(err, ERROR_SYSTEM, errno, "%s", path);
	*ret = fd;
	return 0;
}

int file_read(const char *path, size_t max, struct arena *arena, struct str *ret, struct error *err)
{
	CLEANUP(file_close) int fd = -1;
	int r = file_open(path, &fd, err);

	return r < 0 ? r : file_read_fd(fd, path, max, arena, ret, err);
}

/* writing */

/* Makes the name itself durable, which the fsync of the file does not. */
static int sync_folder_of(const char *path, struct error *err)
{
	CLEANUP(buf_done) struct buf folder = BUF_INIT(PATH_BYTES_MAX);
	const char *slash = strrchr(path, '/');

	buf_add(&folder, path, slash ? (size_t)(slash - path) + 1 : 0);
	if (folder.len == 0)
		buf_addc(&folder, '.');
	CLEANUP(file_close) int fd = open(folder.ptr, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) < 0)
		return error_errno(err, ERROR_SYSTEM, errno, "%s", folder.ptr);
	return 0;
}

int file_write_all(int fd, struct str bytes)
{
	while (bytes.len > 0) {
		ssize_t n = write(fd, bytes.ptr, bytes.len);

		if (n < 0 && errno != EINTR)
			return -1;
		if (n > 0)
			bytes = str_from(bytes, (size_t)n);
	}
	return 0;
}

int file_temporary(int *ret, struct error *err)
{
	*ret = open(P_tmpdir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (*ret < 0)
		return error_errno(err, ERROR_SYSTEM, errno, "a temporary file in %s", P_tmpdir);
	return 0;
}

int file_spool(int from, const char *name, int64_t max, int *ret, struct error *err)
{
	CLEANUP(file_close) int fd = -1;
	char chunk[READ_CHUNK];
	int64_t total = 0;
	ssize_t n;

	if (file_temporary(&fd, err) < 0)
		return -(int)err->kind;
	while ((n = read(from, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno == EINTR && !http_stop)
			continue;
		if (n < 0)
			return error_errno(err, ERROR_SYSTEM, errno, "%s", name);
		total += n;
		if (total > max)
			return error_set(err, ERROR_LIMIT, "%s is larger than %lld bytes", name,
				(long long)max);
		if (file_write_all(fd, str_n(chunk, (size_t)n)) < 0)
			return error_errno(
				err, ERROR_SYSTEM, errno, "a temporary file in %s", P_tmpdir);
	}
	if (lseek(fd, 0, SEEK_SET) < 0)
		return error_errno(err, ERROR_SYSTEM, errno, "a temporary file in %s", P_tmpdir);
	*ret = fd;
	fd = -1;
	return 0;
}

int file_write(const char *path, struct str bytes, unsigned mode, struct error *err)
{
	CLEANUP(buf_done) struct buf temporary = BUF_INIT(PATH_BYTES_MAX);
	CLEANUP(file_close) int fd = -1;
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	/* Beside it, since rename() does not cross file systems; hidden, so that no walk takes it. */
	buf_add(&temporary, path, (size_t)(name - path));
	buf_addz(&temporary, ".new-XXXXXX");
	if (*name == '\0' || buf_check(&temporary, "the path", err) < 0)
		return error_set(err, ERROR_SYSTEM, "%s: not the name of a file", path);

	fd = mkostemp(temporary.ptr, O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, ERROR_SYSTEM, errno, "%s", path);
	if (fchmod(fd, (mode_t)mode) < 0 || file_write_all(fd, bytes) < 0 || fsync(fd) < 0 ||
		rename(temporary.ptr, path) < 0) {
		int code = errno;

		unlink(temporary.ptr);
		return error_errno(err, ERROR_SYSTEM, code, "%s", path);
	}
	return sync_folder_of(path, err);
}

/* One file under the name it has until it is whole; what a killed process left there is in the way. */
static int prepare_one(const struct file_new *file, unsigned mode, struct error *err)
{
	CLEANUP(file_close) int fd = -1;

	if (unlink(file->made) < 0 && errno != ENOENT)
		return error_errno(err, ERROR_SYSTEM, errno, "%s", file->made);
	fd = open(file->made, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 || fchmod(fd, (mode_t)mode) < 0 || file_write_all(fd, file->bytes) < 0)
		return error_errno(err, ERROR_SYSTEM, errno, "%s", file->made);
	return 0;
}

static void drop_made(const struct file_new *files, size_t n)
{
	for (size_t i = 0; i < n; i++)
		unlink(files[i].made);
}

/* One wait for all of them, where a wait for each took most of the time of writing them. */
static int sync_system_of(const char *path, struct error *err)
{
	CLEANUP(file_close) int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || syncfs(fd) < 0)
		return error_errno(err, ERROR_SYSTEM, errno, "%s", path);
	return 0;
}

int file_prepare(const struct file_new *files, size_t n, unsigned mode, struct error *err)
{
	size_t made = 0;
	int r = 0;

	while (r == 0 && made < n)
		r = prepare_one(&files[made++], mode, err);
	if (r == 0 && n > 0)
		r = sync_system_of(files[0].made, err);
	if (r < 0)
		drop_made(files, made);
	return r;
}

int file_reveal(const struct file_new *files, size_t n, struct error *err)
{
	for (size_t i = 0; i < n; i++)
		if (rename(files[i].made, files[i].path) < 0) {
			int code = errno;

			drop_made(files + i, n - i);
			return error_errno(err, ERROR_SYSTEM, code, "%s", files[i].path);
		}
	return n > 0 ? sync_folder_of(files[0].path, err) : 0;
}

int file_lock(const char *path, int *ret, struct error *err)
{
	CLEANUP(file_close) int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);

	if (fd < 0)
		return error_errno(err, ERROR_SYSTEM, errno, "%s", path);
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? FILE_TAKEN
					    : error_errno(err, ERROR_SYSTEM, errno, "%s", path);
	*ret = fd;
	fd = -1;
	return 0;
}

int file_mkdir(const char *path, struct error *err)
{
	CLEANUP(buf_done) struct buf prefix = BUF_INIT(PATH_BYTES_MAX);
	struct stat st;

	for (const char *end = path; *end != '\0';) {
		end += strspn(end, "/");
		end += strcspn(end, "/");
		buf_reset(&prefix);
		buf_add(&prefix, path, (size_t)(end - path));
		if (buf_check(&prefix, "the path", err) < 0)
			return error_set(
				err, ERROR_SYSTEM, "%.100s...: the path is too long", path);
		if (mkdir(prefix.ptr, 0777) == 0 || errno == EEXIST)
			continue;
		/* Some file systems answer EROFS or EACCES for a parent that is there. */
		int code = errno;
		if (stat(prefix.ptr, &st) < 0 || !S_ISDIR(st.st_mode))
			return error_errno(err, ERROR_SYSTEM, code, "%s", prefix.ptr);
	}
	if (stat(path, &st) < 0)
		return error_errno(err, ERROR_SYSTEM, errno, "%s", path);
	if (!S_ISDIR(st.st_mode))
		return error_errno(err, ERROR_SYSTEM, ENOTDIR, "%s", path);
	return 0;
}

/* walking */

struct walk {
	int (*each)(void *data, const char *path, struct error *err);
	void *data;
	struct buf path;
};

static void close_dir(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names in a folder that are not hidden, in byte order. */
static int list_folder(
	const char *path, struct arena *arena, const char ***ret, size_t *ret_n, struct error *err)
{
	CLEANUP(close_dir) DIR *dir = opendir(path);
	const char **names = NULL;
	size_t n = 0, capacity = 0;
	struct dirent *entry;

	if (!dir)
		return error_errno(err, ERROR_SYSTEM, errno, "%s", path);
	while (errno = 0, entry = readdir(dir)) {
		if (entry->d_name[0] == '.')
			continue;
		if (n == WALK_NAMES_MAX)
			return error_set(err, ERROR_LIMIT, "%s holds more than %d files", path,
				WALK_NAMES_MAX);
		arena_grow(arena, names, n, &capacity);
		names[n++] = arena_dupz(arena, str_of(entry->d_name));
	}
	if (errno != 0)
		return error_errno(err, ERROR_SYSTEM, errno, "%s", path);
	if (n > 1)
		qsort(names, n, sizeof(*names), compare_names);
	*ret = names;
	*ret_n = n;
	return 0;
}

static int walk_folder(struct walk *walk, int depth, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	const char **names = NULL;
	size_t n = 0, len = walk->path.len;
	struct stat st;
	int r;

	if (depth > WALK_DEPTH_MAX)
		return error_set(err, ERROR_LIMIT, "%s: more than %d folders deep", walk->path.ptr,
			WALK_DEPTH_MAX);
	r = list_folder(walk->path.ptr, &arena, &names, &n, err);
	for (size_t i = 0; r == 0 && i < n; i++) {
		buf_truncate(&walk->path, len);
		if (walk->path.ptr[len - 1] != '/')
			buf_addc(&walk->path, '/');
		buf_addz(&walk->path, names[i]);
		if (buf_check(&walk->path, "a path", err) < 0)
			return error_add(err, "%s", walk->path.ptr);

		if (lstat(walk->path.ptr, &st) < 0) {
			/* Gone since it was listed: others may tidy the folder meanwhile. */
			if (errno != ENOENT)
				r = error_errno(err, ERROR_SYSTEM, errno, "%s", walk->path.ptr);
		} else if (S_ISDIR(st.st_mode))
			r = walk_folder(walk, depth + 1, err);
		else if (S_ISREG(st.st_mode) ||
			 (S_ISLNK(st.st_mode) && stat(walk->path.ptr, &st) == 0 &&
				 S_ISREG(st.st_mode)))
			r = walk->each(walk->data, walk->path.ptr, err);
	}
	return r;
}

int file_walk(const char *path, int (*each)(void *data, const char *path, struct error *err),
	void *data, struct error *err)
{
	struct walk walk = { each, data, BUF_INIT(PATH_BYTES_MAX) };
	struct stat st;
	int r;

	if (stat(path, &st) < 0)
		return error_errno(err, ERROR_SYSTEM, errno, "%s", path);
	/* What was named is given even when it is a pipe: a shell's <(command) is one. */
	if (!S_ISDIR(st.st_mode))
		return each(data, path, err);
	buf_addz(&walk.path, path);
	r = walk_folder(&walk, 1, err);
	buf_done(&walk.path);
	return r;
}

int file_move(const char *from, const char *to, struct error *err)
{
	if (rename(from, to) < 0)
		return error_errno(err, ERROR_SYSTEM, errno, "%s: cannot be moved to %s", from, to);
	return 0;
}
