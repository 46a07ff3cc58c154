/* Packages made in memory, for the tests of gate/archive.h: tar, gzip and zip, good ones and others. */
#ifndef TEST_PACKAGES_H
#define TEST_PACKAGES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include "base/buf.h"

enum { MADE_MAX = 256 << 20 };

static inline void add_zeros(struct buf *out, size_t len)
{
	static const char zeros[4096];

	for (; len > sizeof(zeros); len -= sizeof(zeros))
		buf_add(out, zeros, sizeof(zeros));
	buf_add(out, zeros, len);
}

/* What no packer makes smaller. */
static inline void add_noise(struct buf *out, size_t len)
{
	uint64_t seed = 20260330;

	for (; len; len -= len < 8 ? len : 8) {
		seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
		buf_add(out, &(uint64_t){ seed ^ seed >> 29 }, len < 8 ? len : 8);
	}
}

static inline void tar_header(struct buf *out, const char *name, char type, const char *link, size_t size)
{
	char header[512] = "";
	unsigned sum = 0;

	snprintf(header, 100, "%s", name);
	memcpy(header + 100, "0000644\0" "0000000\0" "0000000", 23);
	snprintf(header + 124, 12, "%011zo", size);
	memcpy(header + 136, "00000000000", 11);
	header[156] = type;
	snprintf(header + 157, 100, "%s", link);
	memcpy(header + 257, "ustar\0" "00", 8);
	memset(header + 148, ' ', 8);
	for (size_t i = 0; i < sizeof(header); i++)
		sum += (unsigned char)header[i];
	snprintf(header + 148, 8, "%06o", sum);
	buf_add(out, header, sizeof(header));
}

static inline void tar_entry(struct buf *out, const char *name, char type, struct str bytes)
{
	tar_header(out, name, type, "", bytes.len);
	buf_adds(out, bytes);
	add_zeros(out, (512 - bytes.len % 512) % 512);
}

static inline void tar_file(struct buf *out, const char *name, const char *text)
{
	tar_entry(out, name, '0', str_of(text));
}

static inline void tar_end(struct buf *out)
{
	add_zeros(out, 1024);
}

static inline void gzip_named(struct buf *out, struct str bytes, const char *name)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)bytes.ptr, .avail_in = (uInt)bytes.len };
	gz_header header = { .name = (Bytef *)(uintptr_t)name };
	size_t room;

	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 16 + 15, 9, Z_DEFAULT_STRATEGY), Z_OK);
	if (name)
		deflateSetHeader(&z, &header);
	room = deflateBound(&z, (uLong)bytes.len) + 300;
	z.next_out = (Bytef *)buf_room(out, room);
	z.avail_out = (uInt)room;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	buf_wrote(out, room - z.avail_out);
	deflateEnd(&z);
}

static inline void gzip(struct buf *out, struct str bytes)
{
	gzip_named(out, bytes, NULL);
}

static inline void add16(struct buf *out, unsigned n)
{
	buf_addc(out, (char)(n & 255));
	buf_addc(out, (char)(n >> 8));
}

static inline void add32(struct buf *out, unsigned long n)
{
	add16(out, n & 0xffff);
	add16(out, (unsigned)(n >> 16) & 0xffff);
}

struct zip {
	struct buf out, directory;
	unsigned entries;
};

#define ZIP_INIT { BUF_INIT(MADE_MAX), BUF_INIT(MADE_MAX), 0 }

static inline void zip_done(struct zip *zip)
{
	buf_done(&zip->out);
	buf_done(&zip->directory);
}

static inline void zip_file(struct zip *zip, const char *name, struct str bytes, bool deflated, unsigned long crc)
{
	CLEANUP(buf_done) struct buf packed = BUF_INIT(MADE_MAX);
	unsigned long at = zip->out.len;

	if (deflated) {
		z_stream z = { .next_in = (Bytef *)(uintptr_t)bytes.ptr, .avail_in = (uInt)bytes.len };
		size_t room;

		assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY), Z_OK);
		room = deflateBound(&z, (uLong)bytes.len);
		z.next_out = (Bytef *)buf_room(&packed, room);
		z.avail_out = (uInt)room;
		assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
		buf_wrote(&packed, room - z.avail_out);
		deflateEnd(&z);
	} else {
		buf_adds(&packed, bytes);
	}
	for (int central = 0; central < 2; central++) {
		struct buf *out = central ? &zip->directory : &zip->out;

		buf_add(out, central ? "PK\1\2\24\0" : "PK\3\4", central ? 6 : 4);
		add16(out, 20);
		add16(out, 0);
		add16(out, deflated ? 8 : 0);
		add32(out, 0);
		add32(out, crc);
		add32(out, packed.len);
		add32(out, bytes.len);
		add16(out, (unsigned)strlen(name));
		add16(out, 0);
		if (central) {
			add16(out, 0);
			add32(out, 0);
			add32(out, 0);
			add32(out, at);
		}
		buf_addz(out, name);
	}
	buf_adds(&zip->out, buf_str(&packed));
	zip->entries++;
}

static inline void zip_text(struct zip *zip, const char *name, const char *text, bool deflated)
{
	zip_file(zip, name, str_of(text), deflated, crc32(0, (const Bytef *)text, (uInt)strlen(text)));
}

static inline void zip_end(struct zip *zip, const char *comment)
{
	unsigned long at = zip->out.len;

	buf_adds(&zip->out, buf_str(&zip->directory));
	buf_add(&zip->out, "PK\5\6\0\0\0\0", 8);
	add16(&zip->out, zip->entries);
	add16(&zip->out, zip->entries);
	add32(&zip->out, zip->directory.len);
	add32(&zip->out, at);
	add16(&zip->out, (unsigned)strlen(comment));
	buf_addz(&zip->out, comment);
}

#endif
