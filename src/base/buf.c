#include "base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUF_SIZE_MIN = 64 };

/*
 * Memory for `extra` more bytes and the NUL; false when that passes the ceiling. After an overflow
 * nothing is taken any more: what is kept is the beginning of the text, without holes.
 */
static bool make_room(struct buf *buf, size_t extra)
{
	size_t need, size;

	if (buf->overflow || extra > buf->max - buf->len || buf->len + extra == SIZE_MAX) {
		buf->overflow = true;
		return false;
	}
	need = buf->len + extra + 1;
	if (need <= buf->size)
		return true;

	/* Doubling, but not past what the ceiling can ever use. */
	size = buf->size > SIZE_MAX / 2 ? SIZE_MAX : buf->size * 2;
	if (size < BUF_SIZE_MIN)
		size = BUF_SIZE_MIN;
	if (size - 1 > buf->max)
		size = buf->max + 1;
	if (size < need)
		size = need;
	buf->ptr = realloc(buf->ptr, size);
	if (!buf->ptr)
		die("out of memory (a text of %zu bytes)", size);
	buf->size = size;
	buf->ptr[buf->len] = '\0';
	return true;
}

void buf_add(struct buf *buf, const void *data, size_t len)
{
	if (len == 0 || !make_room(buf, len))
		return;
	memcpy(buf->ptr + buf->len, data, len);
	buf->len += len;
	buf->ptr[buf->len] = '\0';
}

void buf_adds(struct buf *buf, struct str s)
{
	buf_add(buf, s.ptr, s.len);
}

void buf_addz(struct buf *buf, const char *z)
{
	buf_adds(buf, str_of(z));
}

void buf_addc(struct buf *buf, char c)
{
	buf_add(buf, &c, 1);
}

void buf_addf(struct buf *buf, const char *fmt, ...)
{
	size_t left = buf->size - buf->len;
	va_list args;
	int len;

	/* Most texts fit in what is there; printing past it changes nothing before buf->len. */
	va_start(args, fmt);
	len = vsnprintf(left ? buf->ptr + buf->len : NULL, left, fmt, args);
	va_end(args);
	if (len < 0)
		die("a text cannot be formatted: %s", fmt);
	if (!make_room(buf, (size_t)len)) {
		if (buf->ptr)
			buf->ptr[buf->len] = '\0';
		return;
	}
	if ((size_t)len >= left) {
		va_start(args, fmt);
		vsnprintf(buf->ptr + buf->len, buf->size - buf->len, fmt, args);
		va_end(args);
	}
	buf->len += (size_t)len;
}

char *buf_room(struct buf *buf, size_t extra)
{
	return make_room(buf, extra) ? buf->ptr + buf->len : NULL;
}

void buf_wrote(struct buf *buf, size_t len)
{
	if (!buf->ptr) {
		assert(len == 0);
		return;
	}
	assert(len < buf->size - buf->len);
	buf->len += len;
	buf->ptr[buf->len] = '\0';
}

struct str buf_str(const struct buf *buf)
{
	return buf->ptr ? (struct str){ buf->ptr, buf->len } : STR("");
}

int buf_check(const struct buf *buf, const char *what, struct error *err)
{
	if (!buf->overflow)
		return 0;
	return error_set(err, ERROR_LIMIT, "%s is larger than %zu bytes", what, buf->max);
}

/* What overflowed before stays told: text is missing whatever is cut off afterwards. */
void buf_truncate(struct buf *buf, size_t len)
{
	if (len >= buf->len)
		return;
	buf->len = len;
	buf->ptr[len] = '\0';
}

void buf_reset(struct buf *buf)
{
	buf_truncate(buf, 0);
	buf->overflow = false;
}

void buf_done(struct buf *buf)
{
	free(buf->ptr);
	*buf = (struct buf)BUF_INIT(buf->max);
}
