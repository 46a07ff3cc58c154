#include "gate/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive_input.h"
#include "base/buf.h"
#include "clean.h"

enum {
	TAR_BLOCK = 512,
	NAME_SHOWN_MAX = 255,
};

enum form { FORM_TAR, FORM_ZIP, FORM_ONE_FILE, FORM_UNKNOWN };

struct archive_reader {
	struct input *input;
	enum form form;
	struct archive *archive; /* libarchive's; NULL for one gzipped file */
	unsigned entries;        /* seen, regular files or not */
	int64_t content;         /* bytes of files, read so far */
	struct buf bytes;        /* of the entry being read */
	bool ended;
	struct error err; /* once it cannot be read further, it stays so */
};

/* recognising */

/* The sum of the header's bytes, its own field taken as blanks, in octal at 148 (POSIX ustar). */
static bool tar_checksum_holds(const unsigned char *header)
{
	unsigned sum = 0, told = 0;
	int i = 148;

	for (int at = 0; at < TAR_BLOCK; at++)
		sum += at >= 148 && at < 156 ? ' ' : header[at];
	while (i < 156 && header[i] == ' ')
		i++;
	for (; i < 156 && header[i] >= '0' && header[i] <= '7'; i++)
		told = told * 8 + (unsigned)(header[i] - '0');
	return told == sum;
}

static bool tar_block(struct str head)
{
	static const char zeros[TAR_BLOCK];

	if (head.len < TAR_BLOCK)
		return false;
	return memcmp(head.ptr + 257, "ustar", 5) == 0 ||
		memcmp(head.ptr, zeros, TAR_BLOCK) == 0 || /* an archive of nothing */
		tar_checksum_holds((const unsigned char *)head.ptr);
}

static enum form form_of(struct str head)
{
	if (str_starts(head, "PK\3\4") || str_starts(head, "PK\5\6"))
		return FORM_ZIP;
	return tar_block(head) ? FORM_TAR : FORM_UNKNOWN;
}

bool archive_recognise(struct str head)
{
	return str_starts(head, "\x1f\x8b") || form_of(head) != FORM_UNKNOWN;
}

/* opening */

static la_ssize_t on_read(struct archive *archive, void *data, const void **ret)
{
	struct archive_reader *reader = data;
	struct str piece;

	if (input_next(reader->input, &piece, &reader->err) < 0) {
		archive_set_error(archive, EIO, "the archive cannot be read");
		return -1;
	}
	*ret = piece.ptr;
	return (la_ssize_t)piece.len;
}

int archive_verify(int fd, struct error *err)
{
	CLEANUP(input_closep) struct input *input = NULL;
	struct error told = ERROR_INIT;
	off_t start = lseek(fd, 0, SEEK_CUR);
	struct str piece;
	int r;

	if (start < 0)
		return 0;
	r = input_open(fd, &input, &told);
	if (r == 0 && !input_gzipped(input))
		r = 1;
	while (r == 0) {
		r = input_next(input, &piece, &told);
		if (r == 0 && piece.len == 0)
			break;
	}
	if (lseek(fd, start, SEEK_SET) != start)
		return error_errno(err, ERROR_SYSTEM, errno, "the archive cannot be read again");
	if (r < 0 && input && input_mismatch(input)) {
		*err = told;
		return -(int)told.kind;
	}
	return 0;
}

static int open_archive(struct archive_reader *reader, struct error *err)
{
	struct archive *archive = reader->archive = archive_read_new();
	int code;

	if (!archive)
		die("out of memory (libarchive)");
	/* One format and no filter: libarchive itself would undo compression in any number of layers. */
	if (reader->form == FORM_TAR)
		code = archive_read_support_format_tar(archive);
	else
		code = archive_read_support_format_zip_streamable(archive);
	if (code == ARCHIVE_OK)
		code = archive_read_open(archive, reader, NULL, on_read, NULL);
	if (code != ARCHIVE_OK)
		return error_set(err, ERROR_INPUT, "%s", archive_error_string(archive));
	return 0;
}

int archive_open(int fd, struct archive_reader **ret, struct error *err)
{
	CLEANUP(archive_closep) struct archive_reader *reader = calloc(1, sizeof(*reader));
	struct str head;
	int r;

	if (!reader)
		die("out of memory (archive)");
	reader->bytes = (struct buf)BUF_INIT(ARCHIVE_ENTRY_MAX);
	r = input_open(fd, &reader->input, err);
	if (r < 0)
		return r;
	head = input_head(reader->input);
	reader->form = form_of(head);
	if (input_gzipped(reader->input)) {
		if (str_starts(head, "\x1f\x8b"))
			return error_set(err, ERROR_INPUT, "gzip inside gzip is not accepted");
		if (reader->form != FORM_TAR)
			reader->form = FORM_ONE_FILE;
	}
	if (reader->form == FORM_UNKNOWN)
		return error_set(err, ERROR_INPUT, "neither tar nor zip nor gzip");
	if (reader->form != FORM_ONE_FILE) {
		r = open_archive(reader, err);
		if (r < 0)
			return r;
	}
	*ret = steal(&reader);
	return 0;
}

void *archive_close(struct archive_reader *reader)
{
	if (!reader)
		return NULL;
	if (reader->archive)
		archive_read_free(reader->archive);
	buf_done(&reader->bytes);
	input_close(reader->input);
	free(reader);
	return NULL;
}

/* entries */

/* For messages only: no path is ever made of it. */
static struct str shown_name(const char *name, struct arena *arena)
{
	struct str clean = str_clip(clean_utf8(str_of(name ? name : "?"), arena), NAME_SHOWN_MAX);
	char *out = arena_alloc(arena, clean.len + 1);

	for (size_t i = 0; i < clean.len; i++)
		out[i] = (unsigned char)clean.ptr[i] < 0x20 || clean.ptr[i] == 0x7f ? '?' : clean.ptr[i];
	return str_n(out, clean.len);
}

static int too_large(struct str name, struct error *err)
{
	error_set(err, ERROR_LIMIT, "%.*s: larger than %d bytes", STR_ARG(name), ARCHIVE_ENTRY_MAX);
	return ARCHIVE_ENTRY_BAD;
}

/* Keeps the piece, or only counts it when there are too many already. */
static int add_content(struct archive_reader *reader, struct str piece, struct error *err)
{
	reader->content += (int64_t)piece.len;
	buf_adds(&reader->bytes, piece);
	return input_check_ratio(reader->input, reader->content, err);
}

static int read_one_file(struct archive_reader *reader, struct str name, struct error *err)
{
	struct str piece;
	int r;

	do {
		r = input_next(reader->input, &piece, err);
		if (r == 0)
			r = add_content(reader, piece, err);
	} while (r == 0 && piece.len);
	if (r < 0)
		return r;
	return reader->bytes.overflow ? too_large(name, err) : 0;
}

static int fail(struct archive_reader *reader, struct error *err)
{
	const char *message = archive_error_string(reader->archive);

	/* What stopped the bytes below is more than libarchive knows. */
	if (reader->err.kind != ERROR_NONE) {
		*err = reader->err;
		return -(int)err->kind;
	}
	return error_set(err, ERROR_INPUT, "entry %u: %s", reader->entries,
		message ? message : "damaged");
}

static int read_entry(struct archive_reader *reader, struct str name, struct error *err)
{
	char piece[16 << 10];
	la_ssize_t got;
	int r;

	while ((got = archive_read_data(reader->archive, piece, sizeof(piece))) > 0) {
		r = add_content(reader, str_n(piece, (size_t)got), err);
		if (r < 0)
			return r;
	}
	if (got == ARCHIVE_FATAL || reader->err.kind != ERROR_NONE)
		return fail(reader, err);
	if (got < 0) {
		fail(reader, err);
		error_add(err, "%.*s", STR_ARG(name));
		return ARCHIVE_ENTRY_BAD;
	}
	return reader->bytes.overflow ? too_large(name, err) : 0;
}

static int drain(struct archive_reader *reader, struct error *err)
{
	struct str piece;
	int r;

	do {
		r = input_next(reader->input, &piece, err);
	} while (r == 0 && piece.len);
	return r;
}

/* libarchive takes the end of the bytes for the end of the archive. Two zero blocks are. */
static int check_tar_end(struct archive_reader *reader, struct error *err)
{
	int64_t rest = input_given(reader->input) - archive_read_header_position(reader->archive);

	if (rest < 2 * TAR_BLOCK)
		return error_set(err, ERROR_INPUT, "the archive is cut off behind entry %u",
			reader->entries);
	if (input_zeros(reader->input) < rest)
		return error_set(err, ERROR_INPUT, "there are bytes behind the end of the archive");
	return 0;
}

static unsigned little16(const char *p)
{
	return (unsigned char)p[0] | (unsigned)(unsigned char)p[1] << 8;
}

/* The end record names the number of entries, at 10, and the length of the comment, at 20. */
static int check_zip_end(struct archive_reader *reader, struct error *err)
{
	struct str tail = input_tail(reader->input);

	for (size_t len = 22; len <= tail.len; len++) {
		const char *end = tail.ptr + tail.len - len;
		unsigned told;

		if (memcmp(end, "PK\5\6", 4) != 0 || little16(end + 20) != len - 22)
			continue;
		told = little16(end + 10);
		if (told == (reader->entries & 0xffff) || told == 0xffff) /* 0xffff: see zip64 */
			return 0;
		return error_set(err, ERROR_INPUT, "%u entries were found and %u are announced",
			reader->entries, told);
	}
	return error_set(err, ERROR_INPUT, "the archive is cut off behind entry %u", reader->entries);
}

static int finish(struct archive_reader *reader, struct error *err)
{
	int r = drain(reader, err);

	if (r == 0 && reader->form == FORM_TAR)
		r = check_tar_end(reader, err);
	if (r == 0 && reader->form == FORM_ZIP)
		r = check_zip_end(reader, err);
	if (r < 0)
		return r;
	reader->ended = true;
	return ARCHIVE_END;
}

static bool regular(struct archive_entry *entry)
{
	return archive_entry_filetype(entry) == AE_IFREG && !archive_entry_hardlink(entry) &&
		!archive_entry_symlink(entry);
}

/* To the next regular file: 0 and its name, ARCHIVE_END, or negative. */
static int next_name(struct archive_reader *reader, struct arena *arena, struct str *ret_name,
	struct error *err)
{
	struct archive_entry *entry;
	int code;

	if (reader->form == FORM_ONE_FILE) {
		if (reader->entries++)
			return finish(reader, err);
		*ret_name = shown_name(input_name(reader->input), arena);
		return 0;
	}
	for (;;) {
		code = archive_read_next_header(reader->archive, &entry);
		if (code == ARCHIVE_EOF && reader->err.kind == ERROR_NONE)
			return finish(reader, err);
		reader->entries++;
		if (code != ARCHIVE_OK && code != ARCHIVE_WARN)
			return fail(reader, err);
		if (reader->entries > ARCHIVE_ENTRIES_MAX)
			return error_set(err, ERROR_LIMIT, "more than %d entries", ARCHIVE_ENTRIES_MAX);
		if (regular(entry))
			break;
	}
	*ret_name = shown_name(archive_entry_pathname_utf8(entry) ?
		archive_entry_pathname_utf8(entry) : archive_entry_pathname(entry), arena);
	return 0;
}

int archive_next(struct archive_reader *reader, struct arena *arena, struct str *ret_name,
	struct str *ret_bytes, struct error *err)
{
	struct str name = STR_NONE;
	int r;

	if (reader->ended)
		return ARCHIVE_END;
	if (reader->err.kind != ERROR_NONE) {
		*err = reader->err;
		return -(int)err->kind;
	}
	r = next_name(reader, arena, &name, err);
	if (r == 0) {
		buf_reset(&reader->bytes);
		if (reader->form == FORM_ONE_FILE)
			r = read_one_file(reader, name, err);
		else
			r = read_entry(reader, name, err);
	}
	if (r < 0)
		reader->err = *err;
	if (r == 0 || r == ARCHIVE_ENTRY_BAD)
		*ret_name = name;
	if (r == 0)
		*ret_bytes = arena_dup(arena, buf_str(&reader->bytes));
	return r;
}
