/*
 * Damaged notices: each file of the folders named, cut, doubled, in another order, with bytes gone or
 * repeated, with bits turned over, with stray quotes and brackets; seeded, so that a run can be had again.
 * A damaged document is read to the end as the programme would: it may be refused with a reason or give
 * notices, but it does not crash and takes at most two seconds of CPU.
 *
 *	damage FOLDER…      APPARITEUR_DAMAGES=N of each file, 3 when not set; APPARITEUR_SEED=N, 1
 *
 * APPARITEUR_NOTICES or APPARITEUR_SHARED: real notices beside those named.
 */
#include <dirent.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/buf.h"
#include "base/str.h"
#include "source/source.h"

#include "../fuzz/fuzz.h"

enum { FILE_MAX = 8 << 20, SECONDS_MAX = 2 };

static uint64_t state;

/* splitmix64 */
static uint64_t next(void)
{
	uint64_t z = state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static size_t below(size_t n)
{
	return n ? (size_t)(next() % n) : 0;
}

/* damages: what `in` becomes is appended to `out` */

static void cut(struct str in, struct buf *out)
{
	buf_adds(out, str_sub(in, 0, below(in.len)));
}

static void doubled(struct str in, struct buf *out)
{
	buf_adds(out, in);
	buf_adds(out, in);
}

static void reordered(struct str in, struct buf *out)
{
	size_t a = below(in.len), b = a + below(in.len - a), c = b + below(in.len - b);

	buf_adds(out, str_sub(in, 0, a));
	buf_adds(out, str_sub(in, b, c));
	buf_adds(out, str_sub(in, a, b));
	buf_adds(out, str_from(in, c));
}

static void without_some(struct str in, struct buf *out)
{
	size_t a = below(in.len), b = a + below(in.len - a < 2000 ? in.len - a : 2000);

	buf_adds(out, str_sub(in, 0, a));
	buf_adds(out, str_from(in, b));
}

static void repeated(struct str in, struct buf *out)
{
	size_t a = below(in.len), b = a + below(in.len - a < 2000 ? in.len - a : 2000);
	size_t times = 1 + below(60);

	buf_adds(out, str_sub(in, 0, a));
	for (size_t i = 0; i < times; i++)
		buf_adds(out, str_sub(in, a, b));
	buf_adds(out, str_from(in, a));
}

static void flipped(struct str in, struct buf *out)
{
	size_t times = 1 + below(20);

	buf_adds(out, in);
	for (size_t i = 0; i < times && in.len; i++)
		out->ptr[below(in.len)] ^= (char)(1 << below(8));
}

static void strewn(struct str in, struct buf *out)
{
	static const char *const strays[] = { "<", ">", "&", "\"", "'", "{", "}", "[", "]", "]]>", "<!--",
		"<![CDATA[", "&#0;", "&amp;amp;", "\\", "\\u0000", "\\ud800", "\xff", "\xc3", "\0", ";", "\n",
		"<!DOCTYPE a>", "999999999999999999999999", "-1", "unpublished" };
	size_t at = 0, times = 1 + below(5);

	for (size_t i = 0; i < times; i++) {
		size_t to = at + below(in.len - at);

		buf_adds(out, str_sub(in, at, to));
		buf_addz(out, strays[below(LENGTH(strays))]);
		at = to;
	}
	buf_adds(out, str_from(in, at));
}

static void (*const damages[])(
	struct str, struct buf *) = { cut, doubled, reordered, without_some, repeated, flipped, strewn };
static const char *const names[] = { "cut", "doubled", "reordered", "without some", "repeated", "flipped",
	"strewn" };

/* reading */

static double cpu(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static long documents, notices;
static double slowest;

static void read_document(struct str bytes)
{
	CLEANUP(arena_done) struct arena arena = { 0 };
	struct source_items items = { 0 };
	struct error err = ERROR_INIT;
	int r = source_split(bytes, &arena, &items, &err);

	documents++;
	if (r < 0) {
		fuzz_refused(r, &err);
		return;
	}
	for (size_t i = 0; i < items.n; i++) {
		CLEANUP(arena_done) struct arena inner = { 0 };
		struct error refused = ERROR_INIT;
		struct notice notice;

		r = source_read(items.at[i].format, items.at[i].bytes, &inner, &notice, &refused);
		if (r < 0)
			fuzz_refused(r, &refused);
		else
			notices++;
	}
}

static bool damage(struct str whole, const char *path, unsigned n)
{
	bool good = true;

	for (unsigned i = 0; i < n; i++) {
		CLEANUP(buf_done) struct buf out = BUF_INIT(4 * FILE_MAX);
		size_t how = below(LENGTH(damages));
		uint64_t seed = state;
		double before, took;

		damages[how](whole, &out);
		before = cpu();
		read_document(buf_str(&out));
		took = cpu() - before;
		if (took > slowest)
			slowest = took;
		if (took > SECONDS_MAX) {
			printf("# %s, %s, %.1f s, state %" PRIu64 "\n", path, names[how], took, seed);
			good = false;
		}
	}
	return good;
}

static bool take_file(const char *path, unsigned n)
{
	CLEANUP(buf_done) struct buf whole = BUF_INIT(FILE_MAX);
	FILE *file = fopen(path, "rb");
	char piece[16384];
	size_t got;

	if (!file) {
		perror(path);
		return false;
	}
	while ((got = fread(piece, 1, sizeof(piece), file)) > 0)
		buf_adds(&whole, str_n(piece, got));
	fclose(file);
	/* The largest exports are many times the same: their first part will do. */
	return damage(str_clip(buf_str(&whole), 1 << 20), path, n);
}

static bool take(const char *path, unsigned n)
{
	struct stat st;
	struct dirent **list;
	bool good = true;
	int count;

	if (stat(path, &st) < 0) {
		perror(path);
		return false;
	}
	if (!S_ISDIR(st.st_mode))
		return take_file(path, n);
	count = scandir(path, &list, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		char inner[4096];

		snprintf(inner, sizeof(inner), "%s/%s", path, list[i]->d_name);
		if (list[i]->d_name[0] != '.')
			good &= take(inner, n);
		free(list[i]);
	}
	if (count >= 0)
		free(list);
	return good;
}

static unsigned number(const char *name, unsigned otherwise)
{
	const char *text = getenv(name);

	if (text)
		str_to_uint(str_of(text), 1000000, &otherwise);
	return otherwise;
}

int main(int argc, char **argv)
{
	const char *folder = getenv("APPARITEUR_NOTICES"), *shared = getenv("APPARITEUR_SHARED");
	unsigned n = number("APPARITEUR_DAMAGES", 3);
	char path[4096];
	bool good = true;

	state = number("APPARITEUR_SEED", 1);
	if (shared) {
		snprintf(path, sizeof(path), "%s/notices", shared);
		folder = folder ? folder : path;
	}
	for (int i = 1; i < argc; i++)
		good &= take(argv[i], n);
	if (folder)
		good &= take(folder, n);
	printf("1..1\n# %ld damaged documents, %ld notices read in them, at most %.2f s each\n", documents,
		notices, slowest);
	printf("%s 1 - damaged documents\n", good && documents > 0 ? "ok" : "not ok");
	return good && documents > 0 ? 0 : 1;
}
