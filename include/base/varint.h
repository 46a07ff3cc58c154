/*
 * Numbers as bytes, seven bits each, small numbers in few: for what we keep compactly ourselves. Reading
 * never runs past the end; what is broken sets `bad`, reads as 0 from then on, and is looked at once, at
 * the end.
 */
#ifndef BASE_VARINT_H
#define BASE_VARINT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

enum { VARINT_MAX = 10 }; /* bytes of one number */

static inline void varint_put(struct buf *out, uint64_t value)
{
	char bytes[VARINT_MAX];
	size_t n = 0;

	for (; value >= 0x80; value >>= 7)
		bytes[n++] = (char)(unsigned char)(value | 0x80);
	bytes[n++] = (char)(unsigned char)value;
	buf_add(out, bytes, n);
}

/* Numbers below zero, those near it in few bytes. */
static inline void varint_put_signed(struct buf *out, int64_t value)
{
	varint_put(out, (uint64_t)value << 1 ^ (value < 0 ? UINT64_MAX : 0));
}

/* The length, then the bytes; STR_NONE is told from "". */
static inline void varint_put_text(struct buf *out, struct str text)
{
	varint_put(out, str_given(text) ? text.len + 1 : 0);
	if (str_given(text))
		buf_adds(out, text);
}

struct varint_reader {
	const unsigned char *at, *end;
	bool bad;
};

static inline struct varint_reader varint_reader_of(struct str bytes)
{
	const unsigned char *start = (const unsigned char *)bytes.ptr;

	return (struct varint_reader){ start, start == NULL ? NULL : start + bytes.len, false };
}

static inline uint64_t varint_get(struct varint_reader *r)
{
	uint64_t value = 0;

	/* nearly all numbers have one byte or two */
	if (r->end - r->at >= 2) {
		unsigned first = r->at[0], second = r->at[1];

		if (first < 0x80) {
			r->at++;
			return first;
		}
		if (second < 0x80) {
			r->at += 2;
			return (first & 0x7f) | second << 7;
		}
	}
	for (unsigned shift = 0; shift < 64 && r->at < r->end; shift += 7) {
		unsigned char byte = *r->at++;

		value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return value;
	}
	r->bad = true;
	r->at = r->end;
	return 0;
}

static inline int64_t varint_get_signed(struct varint_reader *r)
{
	uint64_t value = varint_get(r);

	return (int64_t)(value >> 1 ^ ((value & 1) != 0 ? UINT64_MAX : 0));
}

/* A view into the bytes. */
static inline struct str varint_get_bytes(struct varint_reader *r, uint64_t len)
{
	struct str bytes = { (const char *)r->at, (size_t)len };

	if (len > (uint64_t)(r->end - r->at)) {
		r->bad = true;
		r->at = r->end;
		return STR("");
	}
	r->at += len;
	return bytes;
}

static inline struct str varint_get_text(struct varint_reader *r)
{
	uint64_t len = varint_get(r);

	return len == 0 ? STR_NONE : varint_get_bytes(r, len - 1);
}

#endif
