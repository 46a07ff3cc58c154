/*
 * struct buf: text that grows up to the ceiling it was born with. Adding past the ceiling sets
 * `overflow` and leaves the content as it was; writers need not look after each call, readers check
 * once with buf_check(). Always NUL-terminated when it has a pointer.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

struct buf {
	char *ptr;
	size_t len;
	size_t size; /* bytes allocated */
	size_t max;  /* ceiling for len */
	bool overflow;
};

#define BUF_INIT(MAX) { NULL, 0, 0, (MAX), false }

void buf_add(struct buf *buf, const void *data, size_t len);
void buf_adds(struct buf *buf, struct str s);
void buf_addz(struct buf *buf, const char *z);
void buf_addc(struct buf *buf, char c);
void buf_addf(struct buf *buf, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* At least `extra` writable bytes after len, or NULL (overflow set); tell with buf_wrote(). */
char *buf_room(struct buf *buf, size_t extra);
void buf_wrote(struct buf *buf, size_t len);

/* A view, valid until the next change. Never STR_NONE: an empty buffer gives "". */
struct str buf_str(const struct buf *buf);

/* 0, or ERROR_LIMIT "`what` is larger than N bytes". */
int buf_check(const struct buf *buf, const char *what, struct error *err) MUST_CHECK;

void buf_truncate(struct buf *buf, size_t len);
void buf_reset(struct buf *buf); /* empty again, memory kept */
void buf_done(struct buf *buf);

#endif
