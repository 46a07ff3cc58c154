#include "db_handle.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/*
 * Two locks on one file. The gate itself is flock(); before it stands a queue of one, an open file
 * description lock on the first byte, which is independent of flock() on Linux. Who waits at the gate
 * holds the queue, so that who has just left the gate cannot come back before him. Both are gone with
 * the process, however it ends.
 */
enum {
	NAP_FIRST_US = 100,
	NAP_LAST_US = 4000,
};

enum lock { TAKEN, HELD_BY_ANOTHER, BROKEN };

static enum lock outcome(int r)
{
	if (r == 0)
		return TAKEN;
	return errno == EWOULDBLOCK || errno == EAGAIN || errno == EACCES || errno == EINTR ?
		HELD_BY_ANOTHER : BROKEN;
}

static enum lock try_queue(int fd)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1 };

	return outcome(fcntl(fd, F_OFD_SETLK, &lock));
}

static void leave_queue(int fd)
{
	struct flock lock = { .l_type = F_UNLCK, .l_whence = SEEK_SET, .l_len = 1 };

	fcntl(fd, F_OFD_SETLK, &lock);
}

static enum lock try_gate(int fd)
{
	return outcome(flock(fd, LOCK_EX | LOCK_NB));
}

static int64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static enum lock wait_for(enum lock (*try_lock)(int fd), int fd, int64_t until_us)
{
	int64_t nap = NAP_FIRST_US;

	for (;;) {
		enum lock got = try_lock(fd);
		struct timespec pause = { .tv_nsec = (long)nap * 1000 };

		if (got != HELD_BY_ANOTHER || now_us() >= until_us)
			return got;
		nanosleep(&pause, NULL);
		nap = nap * 2 < NAP_LAST_US ? nap * 2 : NAP_LAST_US;
	}
}

int db_gate_open(struct db *db, struct error *err)
{
	db->gate_fd = open(db->gate_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (db->gate_fd < 0)
		return error_errno(err, ERROR_STORE, errno, "%s: cannot be opened", db->gate_path);
	return 0;
}

void db_gate_close(struct db *db)
{
	if (db->gate_fd >= 0)
		close(db->gate_fd);
	db->gate_fd = -1;
	db->gate_held = false;
}

/* Is it still the file that others find? Somebody tidying up may have removed it. */
static bool still_there(const struct db *db)
{
	struct stat ours, theirs;

	return fstat(db->gate_fd, &ours) == 0 && stat(db->gate_path, &theirs) == 0 &&
		ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
}

static enum lock take(struct db *db, int64_t until_us)
{
	enum lock got = wait_for(try_queue, db->gate_fd, until_us);

	if (got != TAKEN)
		return got;
	got = wait_for(try_gate, db->gate_fd, until_us);
	leave_queue(db->gate_fd);
	return got;
}

int db_gate_take(struct db *db, struct error *err)
{
	int64_t until_us = now_us() + (int64_t)db->wait_ms * 1000;
	int r;

	for (;;) {
		switch (take(db, until_us)) {
		case TAKEN:
			break;
		case HELD_BY_ANOTHER:
			return error_set(err, ERROR_STORE, "%s: database is busy", db->path);
		case BROKEN:
			return error_errno(err, ERROR_STORE, errno, "%s: cannot be locked",
				db->gate_path);
		}
		if (still_there(db)) {
			db->gate_held = true;
			return 0;
		}
		db_gate_close(db);
		r = db_gate_open(db, err);
		if (r < 0)
			return r;
	}
}

void db_gate_leave(struct db *db)
{
	if (db->gate_held)
		flock(db->gate_fd, LOCK_UN);
	db->gate_held = false;
}
