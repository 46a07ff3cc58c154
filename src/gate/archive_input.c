#include "archive_input.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "gate/archive.h"
#include "gate/http.h"

enum {
	PIECE = 64 << 10,
	HEAD = 512,
	TAIL = (64 << 10) + 22, /* the longest end record of a zip, APPNOTE.TXT 4.3.16 */
	RATIO_FROM = 1 << 20,
};

struct input {
	int fd;
	int64_t packed, given, zeros;
	struct error err; /* once told, told for ever */

	bool gzipped, inside; /* inside: a gzip member has begun and not ended */
	bool several;         /* a member has ended */
	bool inflating;       /* `zlib` needs an end */
	bool mismatch;        /* CRC or length of a member is wrong */
	z_stream zlib;
	gz_header header;
	unsigned char name[256];

	bool head_waits; /* the first piece was looked at and not yet given */
	bool ended;      /* the descriptor has no more */
	size_t plain_len, tail_len;
	unsigned char raw[PIECE], plain[PIECE];
	char tail[TAIL];
};

static int read_some(struct input *in, unsigned char *out, size_t size, size_t *ret,
	struct error *err)
{
	ssize_t got;

	if (http_stop) /* what is packed may go on for minutes, or for ever */
		return error_set(err, ERROR_SYSTEM, "stopped");
	do {
		got = read(in->fd, out, size);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return error_errno(err, ERROR_SYSTEM, errno, "the archive cannot be read");
	in->ended = got == 0;
	*ret = (size_t)got;
	return 0;
}

static int fill_raw(struct input *in, struct error *err)
{
	size_t got = 0;
	int r = read_some(in, in->raw, sizeof(in->raw), &got, err);

	in->zlib.next_in = in->raw;
	in->zlib.avail_in = (unsigned)got;
	in->packed += (int64_t)got;
	return r;
}

/* Z_OK: all was well as far as it went. */
static int fail_inflate(struct input *in, int code, struct error *err)
{
	if (code == Z_MEM_ERROR)
		die("out of memory (zlib)");
	if (in->several && in->zlib.total_out == 0)
		return error_set(err, ERROR_INPUT, "there are bytes behind the end of the gzip data");
	if (code == Z_OK)
		return error_set(err, ERROR_INPUT, "gzip: the data are cut off");
	/* zlib's only words for a wrong trailer (inflate.c, states CHECK and LENGTH). */
	in->mismatch = in->zlib.msg && (strcmp(in->zlib.msg, "incorrect data check") == 0 ||
					       strcmp(in->zlib.msg, "incorrect length check") == 0);
	return error_set(err, ERROR_INPUT, "gzip: %s",
		in->zlib.msg ? in->zlib.msg : "damaged data");
}

/* Inflates until the piece is full or the data end. zlib checks CRC and length of each member. */
static int inflate_some(struct input *in, struct error *err)
{
	z_stream *z = &in->zlib;

	z->next_out = in->plain + in->plain_len;
	z->avail_out = (unsigned)(sizeof(in->plain) - in->plain_len);
	while (z->avail_out) {
		int code, r = 0;

		if (z->avail_in == 0 && !in->ended)
			r = fill_raw(in, err);
		if (r < 0)
			return r;
		if (z->avail_in == 0 && in->ended) {
			if (in->inside)
				return fail_inflate(in, Z_OK, err);
			break;
		}
		if (!in->inside && in->several)
			inflateReset(z);
		in->inside = true;
		code = inflate(z, Z_NO_FLUSH);
		in->plain_len = (size_t)(z->next_out - in->plain);
		if (code == Z_STREAM_END) {
			in->inside = false;
			in->several = true;
		} else if (code != Z_OK && code != Z_BUF_ERROR) {
			return fail_inflate(in, code, err);
		}
	}
	return 0;
}

static int copy_some(struct input *in, struct error *err)
{
	size_t got = 0;
	int r = read_some(in, in->plain + in->plain_len, sizeof(in->plain) - in->plain_len, &got, err);

	in->plain_len += got;
	in->packed += (int64_t)got;
	return r;
}

int input_check_ratio(const struct input *in, int64_t out, struct error *err)
{
	if (out > ARCHIVE_UNPACKED_MAX)
		return error_set(err, ERROR_LIMIT, "more than %lld bytes come out of the archive",
			(long long)ARCHIVE_UNPACKED_MAX);
	if (out > RATIO_FROM && out / ARCHIVE_RATIO_MAX > input_packed(in))
		return error_set(err, ERROR_LIMIT,
			"more than %d bytes come out of one byte of the archive", ARCHIVE_RATIO_MAX);
	return 0;
}

static void note_piece(struct input *in)
{
	size_t zeros = 0, keep;

	while (zeros < in->plain_len && in->plain[in->plain_len - 1 - zeros] == 0)
		zeros++;
	in->zeros = zeros == in->plain_len ? in->zeros + (int64_t)zeros : (int64_t)zeros;
	in->given += (int64_t)in->plain_len;

	/* A piece is shorter than the tail. */
	keep = TAIL - in->plain_len < in->tail_len ? TAIL - in->plain_len : in->tail_len;
	memmove(in->tail, in->tail + in->tail_len - keep, keep);
	memcpy(in->tail + keep, in->plain, in->plain_len);
	in->tail_len = keep + in->plain_len;
}

/* What came out before something went wrong is good, and given first. */
static int fill(struct input *in, size_t at_least, struct error *err)
{
	size_t before;
	int r = 0;

	in->plain_len = 0;
	do {
		before = in->plain_len;
		r = in->gzipped ? inflate_some(in, &in->err) : copy_some(in, &in->err);
	} while (r == 0 && in->plain_len > before && in->plain_len < at_least);
	note_piece(in);
	if (in->err.kind == ERROR_NONE && in->gzipped)
		r = input_check_ratio(in, in->given, &in->err);
	if (r < 0 && in->plain_len == 0) {
		*err = in->err;
		return r;
	}
	return 0;
}

int input_next(struct input *in, struct str *ret, struct error *err)
{
	int r;

	if (in->head_waits) {
		in->head_waits = false;
	} else if (in->err.kind != ERROR_NONE) {
		*err = in->err;
		return -(int)err->kind;
	} else {
		r = fill(in, 1, err);
		if (r < 0)
			return r;
	}
	*ret = str_n((const char *)in->plain, in->plain_len);
	return 0;
}

/* From here on the bytes go through zlib; those that were looked at first. */
static void begin_inflate(struct input *in)
{
	memcpy(in->raw, in->plain, in->plain_len);
	in->zlib.next_in = in->raw;
	in->zlib.avail_in = (unsigned)in->plain_len;
	if (inflateInit2(&in->zlib, 16 + MAX_WBITS) != Z_OK) /* 16: gzip and nothing else */
		die("out of memory (zlib)");
	in->inflating = true;
	in->header.name = in->name;
	in->header.name_max = sizeof(in->name) - 1;
	inflateGetHeader(&in->zlib, &in->header);
	in->gzipped = true;
	in->given = in->zeros = 0;
	in->tail_len = 0;
}

int input_open(int fd, struct input **ret, struct error *err)
{
	CLEANUP(input_closep) struct input *in = calloc(1, sizeof(*in));
	int r;

	if (!in)
		die("out of memory (archive)");
	in->fd = fd;
	r = fill(in, HEAD, err);
	if (r < 0)
		return r;
	if (in->err.kind == ERROR_NONE && str_starts(input_head(in), "\x1f\x8b")) {
		begin_inflate(in);
		r = fill(in, HEAD, err);
		if (r < 0)
			return r;
	}
	in->head_waits = true;
	*ret = steal(&in);
	return 0;
}

void *input_close(struct input *in)
{
	if (in && in->inflating)
		inflateEnd(&in->zlib);
	free(in);
	return NULL;
}

struct str input_head(const struct input *in)
{
	return str_n((const char *)in->plain, in->plain_len);
}

bool input_mismatch(const struct input *in)
{
	return in->mismatch;
}

bool input_gzipped(const struct input *in)
{
	return in->gzipped;
}

const char *input_name(const struct input *in)
{
	return (const char *)in->name;
}

int64_t input_packed(const struct input *in)
{
	return in->packed - (in->gzipped ? (int64_t)in->zlib.avail_in : 0);
}

int64_t input_given(const struct input *in)
{
	return in->given;
}

int64_t input_zeros(const struct input *in)
{
	return in->zeros;
}

struct str input_tail(const struct input *in)
{
	return str_n(in->tail, in->tail_len);
}
