/* gate/archive: packages made here, whole, cut, damaged and malicious (RELIABILITY X6). */
#include "gate/archive.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "packages.h"

static struct arena arena;
static struct error err;

static int clear(void **state UNUSED)
{
	arena_reset(&arena);
	error_clear(&err);
	return 0;
}

static int done(void **state UNUSED)
{
	arena_done(&arena);
	return 0;
}

static void fails(int r, enum error_kind kind, const char *says)
{
	assert_int_equal(r, -(int)kind);
	assert_int_equal(err.kind, kind);
	if (!strstr(err.text, says))
		fail_msg("\"%s\" does not say \"%s\"", err.text, says);
}

/* a.xml, b.xml and c.xml, none of a multiple of 512 bytes */
static void three_files(struct buf *out)
{
	tar_file(out, "a.xml", "<a/>");
	tar_entry(out, "b.xml", '0', str_n(arena_alloc(&arena, 1300), 1300));
	tar_file(out, "c.xml", "<c/>");
	tar_end(out);
}

/* reading packages */

static int open_bytes(struct str bytes, int *ret_fd, struct archive_reader **ret)
{
	int fd = memfd_create("archive", MFD_CLOEXEC);

	assert_true(fd >= 0);
	for (size_t at = 0; at < bytes.len;) {
		ssize_t n = write(fd, bytes.ptr + at, bytes.len - at);

		assert_true(n > 0);
		at += (size_t)n;
	}
	lseek(fd, 0, SEEK_SET);
	*ret = NULL;
	*ret_fd = fd;
	error_clear(&err);
	return archive_open(fd, ret, &err);
}

/* Reads to the end: "name:length " of each file, "!" for a bad one. */
static int list(struct archive_reader *reader, struct buf *got)
{
	int r;

	for (;;) {
		struct str name = STR_NONE, bytes = STR_NONE;

		r = archive_next(reader, &arena, &name, &bytes, &err);
		if (r == ARCHIVE_ENTRY_BAD)
			buf_addz(got, "! ");
		else if (r == 0)
			buf_addf(got, "%.*s:%zu ", STR_ARG(name), bytes.len);
		else
			break;
	}
	/* It stays as it is. */
	assert_int_equal(archive_next(reader, &arena, &(struct str){ 0 }, &(struct str){ 0 }, &err), r);
	return r;
}

static int list_bytes(struct str bytes, struct buf *got)
{
	struct archive_reader *reader;
	int fd, r = open_bytes(bytes, &fd, &reader);

	if (r == 0)
		r = list(reader, got);
	archive_close(reader);
	close(fd);
	return r;
}

static void gives(const struct buf *bytes, const char *expected)
{
	CLEANUP(buf_done) struct buf got = BUF_INIT(1 << 20);
	int r = list_bytes(buf_str(bytes), &got);

	if (r != ARCHIVE_END)
		print_message("# %s\n", err.text);
	assert_int_equal(r, ARCHIVE_END);
	assert_string_equal(buf_str(&got).ptr, expected);
}

static void gives_then_fails(const struct buf *bytes, const char *expected, enum error_kind kind,
	const char *says)
{
	CLEANUP(buf_done) struct buf got = BUF_INIT(1 << 20);
	int r = list_bytes(buf_str(bytes), &got);

	fails(r, kind, says);
	assert_string_equal(buf_str(&got).ptr, expected);
}

static void repack(const struct buf *tar, struct buf *out)
{
	buf_reset(out);
	gzip(out, buf_str(tar));
}

/* whole packages */

static void tar_whole(void **state UNUSED)
{
	CLEANUP(buf_done) struct buf tar = BUF_INIT(MADE_MAX);
	CLEANUP(buf_done) struct buf packed = BUF_INIT(MADE_MAX);

	three_files(&tar);
	gives(&tar, "a.xml:4 b.xml:1300 c.xml:4 ");
	repack(&tar, &packed);
	gives(&packed, "a.xml:4 b.xml:1300 c.xml:4 ");
	add_zeros(&tar, 10240 - tar.len % 10240); /* as tar pads it */
	gives(&tar, "a.xml:4 b.xml:1300 c.xml:4 ");
	buf_reset(&tar);
	tar_end(&tar);
	gives(&tar, "");
	repack(&tar, &packed);
	gives(&packed, "");
}

static void tar_bytes_come_as_they_are(void **state UNUSED)
{
	CLEANUP(buf_done) struct buf tar = BUF_INIT(MADE_MAX);
	CLEANUP(buf_done) struct buf packed = BUF_INIT(MADE_MAX);
	CLEANUP(buf_done) struct buf content = BUF_INIT(MADE_MAX);
	struct archive_reader *reader;
	struct str name, bytes;
	int fd;

	add_noise(&content, 300000);
	tar_entry(&tar, "dir/é.bin", '0', buf_str(&content));
	tar_end(&tar);
	gzip(&packed, buf_str(&tar));
	assert_int_equal(open_bytes(buf_str(&packed), &fd, &reader), 0);
	assert_int_equal(archive_next(reader, &arena, &name, &bytes, &err), 0);
	assert_true(str_eqz(name, "dir/é.bin"));
	assert_true(str_eq(bytes, buf_str(&content)));
	assert_int_equal(archive_next(reader, &arena, &name, &bytes, &err), ARCHIVE_END);
	assert_null(archive_close(reader));
	assert_null(archive_close(NULL));
	close(fd);
}

static void tar_through_a_pipe(void **state UNUSED)
{
	CLEANUP(buf_done) struct buf tar = BUF_INIT(MADE_MAX);
	CLEANUP(buf_done) struct buf packed = BUF_INIT(MADE_MAX);
	CLEANUP(buf_done) struct buf got = BUF_INIT(1000);
	struct archive_reader *reader = NULL;
	int ends[2];
	pid_t pid;

	three_files(&tar);
	gzip(&packed, buf_str(&tar));
	assert_int_equal(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		for (size_t i = 0; i < packed.len; i++) /* byte by byte */
			if (write(ends[1], packed.ptr + i, 1) != 1)
				_exit(1);
		_exit(0);
	}
	close(ends[1]);
	assert_int_equal(archive_open(ends[0], &reader, &err), 0);
	assert_int_equal(list(reader, &got), ARCHIVE_END);
	assert_string_equal(got.ptr, "a.xml:4 b.xml:1300 c.xml:4 ");
	archive_close(reader);
	close(ends[0]);
	waitpid(pid, NULL, 0);
}

static void tar_long_names(void **state UNUSED)
{
	CLEANUP(buf_done) struct buf tar = BUF_INIT(MADE_MAX);

	/* pax */
	tar_entry(&tar, "pax", 'x', STR("19 path=œuvre.xml\n"));
	tar_file(&tar, "short", "1");
	/* GNU */
	tar_entry(&tar, "././@LongLink", 'L', STR("a/very/long/name.xml\0"));
	tar_file(&tar, "a/very/lon", "22");
	tar_end(&tar);
	gives(&tar, "œuvre.xml:1 a/very/long/name.xml:2 ");
}

static void gzip_one_file(void **state UNUSED)
{
	CLEANUP(buf_done) struct buf packed = BUF_INIT(MADE_MAX);

	gzip(&packed, STR("<notice/>"));
	gives(&packed, ":9 ");
	buf_reset(&packed);
	gzip_named(&packed, STR("<notice/>"), "26-1\n.xml");
	gives(&packed, "26-1?.xml:9 ");
	buf_reset(&packed);
	gzip_named(&packed, STR(""), "empty.xml");
	gives(&packed, "empty.xml:0 ");
	/* members one after the other are one file (RFC 1952, 2.2) */
	buf_reset(&packed);
	gzip(&packed, STR("<not"));
	gzip(&packed, STR(""));
	gzip(&packed, STR("ice/>"));
	gives(&packed, ":9 ");
}

static void zip_whole(void **state UNUSED)
{
	CLEANUP(zip_done) struct zip zip = ZIP_INIT;

	zip_text(&zip, "a.xml", "<a/>", false);
	zip_text(&zip, "dir/", "", false);
	zip_text(&zip, "dir/b.xml", "<b>bbbbbbbbbbbbbbbbbbbbbbbbbb</b>", true);
	zip_end(&zip, "");
	gives(&zip.out, "a.xml:4 dir/b.xml:33 ");
	zip_done(&zip);
	zip = (struct zip)ZIP_INIT;
	zip_end(&zip, "a comment");
	gives(&zip.out, "");
}

static void archive_recognised(void **state UNUSED)
{
	CLEANUP(buf_done) struct buf tar = BUF_INIT(MADE_MAX);
	CLEANUP(buf_done) struct buf packed = BUF_INIT(MADE_MAX);
	CLEANUP(zip_done) struct zip zip = ZIP_INIT;
	char text[512];
	struct archive_reader *reader;
	int fd;

	three_files(&tar);
	assert_true(archive_recognise(buf_str(&tar)));
	memset(tar.ptr + 257, 0, 8); /* before POSIX: by the checksum alone */
	assert_false(archive_recognise(buf_str(&tar)));
	gzip(&packed, STR("x"));
	assert_true(archive_recognise(buf_str(&packed)));
	zip_text(&zip, "a", "b", false);
	assert_true(archive_recognise(buf_str(&zip.out)));
	memset(text, 'x', sizeof(text));
	assert_false(archive_recognise(str_n(text, sizeof(text))));
	assert_false(archive_recognise(STR("<?xml version='1.0'?>")));
	assert_false(archive_recognise(STR("")));
	assert_false(archive_recognise(STR_NONE));
	fails(open_bytes(STR("<a/>"), &fd, &reader), ERROR_INPUT, "neither tar nor zip nor gzip");
	close(fd);
	fails(open_bytes(STR(""), &fd, &reader), ERROR_INPUT, "neither tar nor zip nor gzip");
	close(fd);
	fails(archive_open(-1, &reader, &err), ERROR_SYSTEM, "Bad file descriptor");
}

static void tar_before_posix(void **state UNUSED)
{
	CLEANUP(buf_done) struct buf tar = BUF_INIT(MADE_MAX);
	unsigned sum = 0;

	tar_file(&tar, "old.xml", "<old/>");
	tar_end(&tar);
	memset(tar.ptr + 257, 0, 8);
	memset(tar.ptr + 148, ' ', 8);
	for (int i = 0; i < 512; i++)
		sum += (unsigned char)tar.ptr[i];
	snprintf(tar.ptr + 148, 8, "%06o", sum);
	assert_true(archive_recognise(buf_str(&tar)));
	gives(&tar, "old.xml:6 ");
}

/* malicious packages */

static void tar_only_regular_files(void **state UNUSED)
{
	CLEANUP(buf_done) struct buf tar = BUF_INIT(MADE_MAX);

	tar_file(&tar, "../../etc/cron.d/x", "1");
	tar_file(&tar, "/etc/passwd", "22");
	tar_header(&tar, "link", '2', "/etc/passwd", 0);
	tar_header(&tar, "hard", '1', "/etc/passwd", 0);
	tar_header(&tar, "null", '3', "", 0);
	tar_header(&tar, "disk", '4', "", 0);
	tar_header(&tar, "folder/", '5', "", 0);
	tar_header(&tar, "fifo", '6', "", 0);
	tar_file(&tar, "a\x1b[31m\xE9.xml", "333");
	tar_end(&tar);
	/* names are shown and never followed: only the bytes of the package are ever read */
	gives(&tar, "../../etc/cron.d/x:1 /etc/passwd:2 a?[31m\xEF\xBF\xBD.xml:3 ");
	assert_int_not_equal(access("/etc/cron.d/x", F_OK), 0);
}

static void tar_bomb(void **state UNUSED)
{
	CLEANUP(buf_done) struct buf tar = BUF_INIT(MADE_MAX);
	CLEANUP(buf_done) struct buf packed = BUF_INIT(MADE_MAX);

	/* many entries, each within its limit */
	tar_file(&tar, "good.xml", "<good/>");
	for (int i = 0; i < 3; i++) {
		tar_header(&tar, "zeros", '0', "", ARCHIVE_ENTRY_MAX);
		add_zeros(&tar, ARCHIVE_ENTRY_MAX);
	}
	tar_end(&tar);
	repack(&tar, &packed);
	gives_then_fails(&packed, "good.xml:7 ", ERROR_LIMIT, "out of one byte of the archive");
	/* one gzipped file */
	buf_reset(&packed);
	gzip(&packed, str_n(tar.ptr + 1024, 8 << 20));
	gives_then_fails(&packed, "", ERROR_LIMIT, "out of one byte of the archive");
	/* up to 1 MiB any ratio is fine */
	buf_reset(&tar);
	tar_header(&tar, "zeros", '0', "", 1000000);
	add_zeros(&tar, 1000448);
	tar_end(&tar);
	repack(&tar, &packed);
	gives(&packed, "zeros:1000000 ");
}

static void zip_bomb(void **state UNUSED)
{
	CLEANUP(buf_done) struct buf zeros = BUF_INIT(MADE_MAX);
	CLEANUP(zip_done) struct zip zip = ZIP_INIT;

	add_zeros(&zeros, 20 << 20);
	zip_text(&zip, "good.xml", "<good/>", true);
	zip_file(&zip, "zeros", buf_str(&zeros), true, crc32(0, (Bytef *)zeros.ptr, (uInt)zeros.len));
	zip_end(&zip, "");
	gives_then_fails(&zip.out, "good.xml:7 ", ERROR_LIMIT, "out of one byte of the archive");
}

/* A sparse file of GNU tar says "eight GiB of nothing and one byte" in two blocks. */
static void tar_sparse_bomb(void **state UNUSED)
{
	CLEANUP(buf_done) struct buf tar = BUF_INIT(MADE_MAX);
	unsigned sum = 0;

	tar_entry(&tar, "sparse", 'S', STR("x"));
	memcpy(tar.ptr + 257, "ustar  ", 8);
	memcpy(tar.ptr + 386, "77777777776\0" "00000000001", 23); /* where its one byte is */
	memcpy(tar.ptr + 483, "77777777777", 11);
	memset(tar.ptr + 148, ' ', 8);
	for (int i = 0; i < 512; i++)
		sum += (unsigned char)tar.ptr[i];
	snprintf(tar.ptr + 148, 8, "%06o", sum);
	tar_end(&tar);
	gives_then_fails(&tar, "", ERROR_LIMIT, "out of one byte of the archive");
}

static void tar_double_gzip(void **state UNUSED)
{
	CLEANUP(buf_done) struct buf tar = BUF_INIT(MADE_MAX);
	CLEANUP(buf_done) struct buf once = BUF_INIT(MADE_MAX);
	CLEANUP(buf_done) struct buf twice = BUF_INIT(MADE_MAX);

	three_files(&tar);
	gzip(&once, buf_str(&tar));
	gzip(&twice, buf_str(&once));
	gives_then_fails(&twice, "", ERROR_INPUT, "gzip inside gzip");
	/* an entry may be a gzip: it is given as it is */
	buf_reset(&tar);
	tar_entry(&tar, "a.gz", '0', buf_str(&once));
	tar_end(&tar);
	repack(&tar, &twice);
	gives(&twice, arena_printf(&arena, "a.gz:%zu ", once.len).ptr);
}

static void entries_case(int entries, char type, bool fits)
{
	CLEANUP(buf_done) struct buf tar = BUF_INIT(MADE_MAX);
	struct archive_reader *reader;
	struct str name, bytes;
	int fd, r, n = 0;

	for (int i = 0; i < entries; i++)
		tar_header(&tar, "e", i < 10 ? '0' : type, "", 0);
	tar_end(&tar);
	assert_int_equal(open_bytes(buf_str(&tar), &fd, &reader), 0);
	while ((r = archive_next(reader, &arena, &name, &bytes, &err)) == 0)
		n++;
	if (fits)
		assert_int_equal(r, ARCHIVE_END);
	else
		fails(r, ERROR_LIMIT, "more than 100000 entries");
	if (type == '0')
		assert_int_equal(n, fits ? entries : ARCHIVE_ENTRIES_MAX);
	else
		assert_int_equal(n, 10);
	archive_close(reader);
	close(fd);
}

static void tar_limits_entries(void **state UNUSED)
{
	entries_case(ARCHIVE_ENTRIES_MAX, '0', true);
	entries_case(ARCHIVE_ENTRIES_MAX + 1, '0', false);
	entries_case(300000, '0', false);
	entries_case(ARCHIVE_ENTRIES_MAX + 1, '5', false); /* what is skipped counts too */
}

static void entry_case(size_t len, const char *expected, const char *says)
{
	CLEANUP(buf_done) struct buf tar = BUF_INIT(MADE_MAX);
	struct archive_reader *reader;
	struct str name, bytes;
	int fd, r;

	tar_header(&tar, "large.xml", '0', "", len);
	add_noise(&tar, len);
	add_zeros(&tar, (512 - len % 512) % 512);
	tar_file(&tar, "next.xml", "<n/>");
	tar_end(&tar);
	gives(&tar, expected);
	if (!says)
		return;
	assert_int_equal(open_bytes(buf_str(&tar), &fd, &reader), 0);
	r = archive_next(reader, &arena, &name, &bytes, &err);
	assert_int_equal(r, ARCHIVE_ENTRY_BAD);
	assert_int_equal(err.kind, ERROR_LIMIT);
	assert_non_null(strstr(err.text, says));
	archive_close(reader);
	close(fd);
}

static void tar_limits_entry(void **state UNUSED)
{
	entry_case(ARCHIVE_ENTRY_MAX, "large.xml:16777216 next.xml:4 ", NULL);
	entry_case(ARCHIVE_ENTRY_MAX + 1, "! next.xml:4 ", "large.xml: larger than 16777216 bytes");
	entry_case(40 << 20, "! next.xml:4 ", "large.xml: larger than 16777216 bytes");
}

static void gzip_limits_entry(void **state UNUSED)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT(MADE_MAX);
	CLEANUP(buf_done) struct buf packed = BUF_INIT(MADE_MAX);

	add_noise(&text, ARCHIVE_ENTRY_MAX + 1);
	gzip(&packed, str_sub(buf_str(&text), 0, ARCHIVE_ENTRY_MAX));
	gives(&packed, ":16777216 ");
	buf_reset(&packed);
	gzip(&packed, str_sub(buf_str(&text), 0, ARCHIVE_ENTRY_MAX + 1));
	gives(&packed, "! ");
}

/* One header that announces another, a hundred thousand times. */
static void tar_headers_without_end(void **state UNUSED)
{
	static const char types[] = "LKxg";

	for (const char *type = types; *type; type++) {
		CLEANUP(buf_done) struct buf tar = BUF_INIT(MADE_MAX);
		CLEANUP(buf_done) struct buf got = BUF_INIT(1000);
		struct str body = *type == 'x' || *type == 'g' ? STR("9 path=a\n") : STR("name");

		for (int i = 0; i < 100000; i++)
			tar_entry(&tar, "h", *type, body);
		tar_file(&tar, "a", "1");
		tar_end(&tar);
		if (list_bytes(buf_str(&tar), &got) < 0)
			assert_int_equal(err.kind, ERROR_INPUT);
	}
}

/* cut and damaged packages */

static const char *whole_before(size_t len)
{
	/* a.xml ends at 1,024, b.xml at 3,072, c.xml at 4,096, the archive at 5,120 */
	if (len >= 4096)
		return "a.xml:4 b.xml:1300 c.xml:4 ";
	if (len >= 3072)
		return "a.xml:4 b.xml:1300 ";
	return len >= 1024 ? "a.xml:4 " : "";
}

static void tar_cut(void **state UNUSED)
{
	CLEANUP(buf_done) struct buf tar = BUF_INIT(MADE_MAX);
	CLEANUP(buf_done) struct buf cut = BUF_INIT(MADE_MAX);
	CLEANUP(buf_done) struct buf packed = BUF_INIT(MADE_MAX);

	three_files(&tar);
	assert_int_equal(tar.len, 5120);
	for (size_t len = 512; len < tar.len; len += 512) {
		buf_reset(&cut);
		buf_adds(&cut, str_sub(buf_str(&tar), 0, len));
		gives_then_fails(&cut, whole_before(len), ERROR_INPUT, "");
		repack(&cut, &packed); /* a proper gzip around half an archive */
		gives_then_fails(&packed, whole_before(len), ERROR_INPUT, "");
	}
	for (size_t len = 0; len < tar.len; len += 97) {
		CLEANUP(buf_done) struct buf got = BUF_INIT(1000);

		assert_int_equal(list_bytes(str_sub(buf_str(&tar), 0, len), &got), -ERROR_INPUT);
	}
}

/* The end of a file may look like the end of the archive. */
static void tar_cut_behind_zeros(void **state UNUSED)
{
	CLEANUP(buf_done) struct buf tar = BUF_INIT(MADE_MAX);

	tar_header(&tar, "zeros", '0', "", 4096);
	add_zeros(&tar, 4096);
	gives_then_fails(&tar, "zeros:4096 ", ERROR_INPUT, "cut off behind entry 1");
	add_zeros(&tar, 512);
	gives_then_fails(&tar, "zeros:4096 ", ERROR_INPUT, "cut off behind entry 1");
	add_zeros(&tar, 512);
	gives(&tar, "zeros:4096 ");
}

static void tar_bytes_behind(void **state UNUSED)
{
	CLEANUP(buf_done) struct buf tar = BUF_INIT(MADE_MAX);
	CLEANUP(buf_done) struct buf packed = BUF_INIT(MADE_MAX);

	three_files(&tar);
	gzip(&packed, buf_str(&tar));
	buf_addz(&packed, "x");
	gives_then_fails(&packed, "a.xml:4 b.xml:1300 c.xml:4 ", ERROR_INPUT, "behind the end of the gzip");
	tar_file(&tar, "hidden.xml", "<h/>");
	tar_end(&tar);
	gives_then_fails(&tar, "a.xml:4 b.xml:1300 c.xml:4 ", ERROR_INPUT, "behind the end of the archive");
}

static void gzip_cut(void **state UNUSED)
{
	CLEANUP(buf_done) struct buf tar = BUF_INIT(MADE_MAX);
	CLEANUP(buf_done) struct buf packed = BUF_INIT(MADE_MAX);

	three_files(&tar);
	gzip(&packed, buf_str(&tar));
	for (size_t len = 2; len < packed.len; len++) {
		CLEANUP(buf_done) struct buf got = BUF_INIT(1000);

		assert_int_equal(list_bytes(str_sub(buf_str(&packed), 0, len), &got), -ERROR_INPUT);
	}
	buf_truncate(&packed, packed.len - 1);
	gives_then_fails(&packed, "a.xml:4 b.xml:1300 c.xml:4 ", ERROR_INPUT, "cut off");
}

static void gzip_wrong_sums(void **state UNUSED)
{
	CLEANUP(buf_done) struct buf tar = BUF_INIT(MADE_MAX);
	CLEANUP(buf_done) struct buf packed = BUF_INIT(MADE_MAX);

	three_files(&tar);
	gzip(&packed, buf_str(&tar));
	packed.ptr[packed.len - 8] ^= 1;
	gives_then_fails(&packed, "a.xml:4 b.xml:1300 c.xml:4 ", ERROR_INPUT, "incorrect data check");
	packed.ptr[packed.len - 8] ^= 1;
	packed.ptr[packed.len - 4] ^= 1;
	gives_then_fails(&packed, "a.xml:4 b.xml:1300 c.xml:4 ", ERROR_INPUT, "incorrect length check");
	/* of one file nothing is given before its sum was checked */
	buf_reset(&packed);
	gzip(&packed, STR("<notice/>"));
	packed.ptr[packed.len - 8] ^= 1;
	gives_then_fails(&packed, "", ERROR_INPUT, "incorrect data check");
}

/* Only a sum that is wrong is told beforehand: all else is for the reader to say, where it happens. */
static void gzip_verified(void **state UNUSED)
{
	CLEANUP(buf_done) struct buf tar = BUF_INIT(MADE_MAX);
	CLEANUP(buf_done) struct buf packed = BUF_INIT(MADE_MAX);
	static const struct {
		size_t from_end;
		const char *says;
	} damages[] = { { 8, "incorrect data check" }, { 4, "incorrect length check" } };
	struct archive_reader *reader;
	int fd;

	three_files(&tar);
	gzip(&packed, buf_str(&tar));
	for (size_t i = 0; i < 2; i++) {
		packed.ptr[packed.len - damages[i].from_end] ^= 1;
		open_bytes(buf_str(&packed), &fd, &reader);
		archive_close(reader);
		assert_true(lseek(fd, 0, SEEK_SET) == 0);
		assert_int_equal(archive_verify(fd, &err), -ERROR_INPUT);
		assert_non_null(strstr(err.text, damages[i].says));
		assert_true(lseek(fd, 0, SEEK_CUR) == 0);
		close(fd);
		packed.ptr[packed.len - damages[i].from_end] ^= 1;
	}
	for (size_t i = 0; i < 4; i++) {
		struct str bytes = i < 2 ? buf_str(&packed) : buf_str(&tar);

		if (i % 2)
			bytes = str_sub(bytes, 0, bytes.len - 9);
		open_bytes(bytes, &fd, &reader);
		archive_close(reader);
		assert_true(lseek(fd, 0, SEEK_SET) == 0);
		assert_int_equal(archive_verify(fd, &err), 0);
		assert_true(lseek(fd, 0, SEEK_CUR) == 0);
		close(fd);
	}
}

static void tar_wrong_header(void **state UNUSED)
{
	CLEANUP(buf_done) struct buf tar = BUF_INIT(MADE_MAX);

	three_files(&tar);
	tar.ptr[1024 + 3] ^= 1; /* in the name of b.xml */
	gives_then_fails(&tar, "a.xml:4 ", ERROR_INPUT, "entry 2: ");
}

static void zip_damaged_entry(void **state UNUSED)
{
	CLEANUP(zip_done) struct zip zip = ZIP_INIT;
	struct archive_reader *reader;
	struct str name, bytes;
	int fd;

	for (int deflated = 0; deflated < 2; deflated++) {
		zip_done(&zip);
		zip = (struct zip)ZIP_INIT;
		zip_text(&zip, "a.xml", "<a/>", deflated);
		zip_file(&zip, "bad.xml", STR("<bad/>"), deflated, 12345);
		zip_text(&zip, "c.xml", "<c/>", deflated);
		zip_end(&zip, "");
		gives(&zip.out, "a.xml:4 ! c.xml:4 ");
	}
	assert_int_equal(open_bytes(buf_str(&zip.out), &fd, &reader), 0);
	assert_int_equal(archive_next(reader, &arena, &name, &bytes, &err), 0);
	assert_int_equal(archive_next(reader, &arena, &name, &bytes, &err), ARCHIVE_ENTRY_BAD);
	assert_true(err.kind == ERROR_INPUT && strstr(err.text, "bad.xml"));
	archive_close(reader);
	close(fd);
}

static void zip_cut(void **state UNUSED)
{
	CLEANUP(zip_done) struct zip zip = ZIP_INIT;

	zip_text(&zip, "a.xml", "<a/>", false);
	zip_text(&zip, "b.xml", "<b>bbbbbbbbbbbbbbbbbbbbbbbbbb</b>", true);
	zip_end(&zip, "a comment");
	for (size_t len = 4; len < zip.out.len; len++) {
		CLEANUP(buf_done) struct buf got = BUF_INIT(1000);

		assert_int_equal(list_bytes(str_sub(buf_str(&zip.out), 0, len), &got), -ERROR_INPUT);
	}
	/* an end that counts otherwise */
	zip.out.ptr[zip.out.len - strlen("a comment") - 22 + 10]++;
	gives_then_fails(&zip.out, "a.xml:4 b.xml:33 ", ERROR_INPUT, "2 entries were found and 3");
}

/* Never a crash, a hang or a good word for what is not whole. */
static void archive_damaged(void **state UNUSED)
{
	CLEANUP(buf_done) struct buf tar = BUF_INIT(MADE_MAX);
	CLEANUP(buf_done) struct buf packed = BUF_INIT(MADE_MAX);
	CLEANUP(zip_done) struct zip zip = ZIP_INIT;
	const struct buf *all[] = { &tar, &packed, &zip.out };
	unsigned seed = 20260330;

	tar_entry(&tar, "pax", 'x', STR("17 path=long.xml\n\n"));
	three_files(&tar);
	gzip(&packed, buf_str(&tar));
	zip_text(&zip, "a.xml", "<a/>", false);
	zip_text(&zip, "b.xml", "<b>bbbbbbbbbbbbbbbbbbbbbbbbbb</b>", true);
	zip_end(&zip, "");
	for (int round = 0; round < 3000; round++) {
		CLEANUP(buf_done) struct buf bad = BUF_INIT(1 << 20);
		CLEANUP(buf_done) struct buf got = BUF_INIT(1 << 20);

		buf_adds(&bad, buf_str(all[round % 3]));
		for (int flips = 1 + round % 4; flips; flips--) {
			seed = seed * 1103515245 + 12345;
			bad.ptr[(seed >> 4) % bad.len] = (char)(seed >> 24);
		}
		error_clear(&err);
		if (list_bytes(buf_str(&bad), &got) < 0)
			assert_true(err.text[0] != '\0');
		arena_reset(&arena);
	}
}

#define TEST(NAME) cmocka_unit_test_setup(NAME, clear)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(tar_whole),
		TEST(tar_bytes_come_as_they_are),
		TEST(tar_through_a_pipe),
		TEST(tar_long_names),
		TEST(tar_before_posix),
		TEST(gzip_one_file),
		TEST(zip_whole),
		TEST(archive_recognised),
		TEST(tar_only_regular_files),
		TEST(tar_bomb),
		TEST(zip_bomb),
		TEST(tar_sparse_bomb),
		TEST(tar_double_gzip),
		TEST(tar_limits_entries),
		TEST(tar_limits_entry),
		TEST(gzip_limits_entry),
		TEST(tar_headers_without_end),
		TEST(tar_cut),
		TEST(tar_cut_behind_zeros),
		TEST(tar_bytes_behind),
		TEST(gzip_cut),
		TEST(gzip_wrong_sums),
		TEST(gzip_verified),
		TEST(tar_wrong_header),
		TEST(zip_damaged_entry),
		TEST(zip_cut),
		TEST(archive_damaged),
	};

	return cmocka_run_group_tests_name("gate/archive", tests, NULL, done);
}
