#include "base/error.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/str.h"

/* Room for two full texts and the ": " between them, so that only put() decides where to cut. */
enum { DRAFT_MAX = 2 * ERROR_TEXT_MAX + 4 };

/* Messages of libraries quote what they were given, in the middle of a character or of none. */
static void mend_utf8(char *text, size_t len)
{
	for (size_t i = 0; i < len;) {
		size_t n = 1;

		while (n < 4 && i + n < len && !str_utf8_valid(str_n(text + i, n)))
			n++;
		if (!str_utf8_valid(str_n(text + i, n))) {
			text[i] = '?';
			n = 1;
		}
		i += n;
	}
}

/*
 * A finished draft becomes the text: one line, cut where a character ends. The draft may have been
 * cut itself; whatever fills more than a text is cut here again, with dots.
 */
static void put(struct error *err, const char *draft)
{
	struct str s = str_of(draft);
	const char *dots = "";

	if (s.len >= ERROR_TEXT_MAX) {
		dots = "...";
		s = str_clip(s, ERROR_TEXT_MAX - 1 - strlen(dots));
	}
	memcpy(err->text, s.ptr, s.len);
	memcpy(err->text + s.len, dots, strlen(dots) + 1);
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)err->text[i] < 0x20 || err->text[i] == 0x7f)
			err->text[i] = ' ';
	mend_utf8(err->text, s.len);
}

/* The draft is separate from err->text because an argument may well be err->text itself. */
PRINTF_LIKE(2, 0) static void draft_format(char draft[DRAFT_MAX], const char *fmt, va_list args)
{
	if (vsnprintf(draft, DRAFT_MAX, fmt, args) < 0)
		snprintf(draft, DRAFT_MAX, "%s", fmt);
}

static void draft_append(char draft[DRAFT_MAX], const char *text)
{
	/* A first part that fills a text alone is clipped so that the second one still shows. */
	size_t len = str_clip(str_of(draft), ERROR_TEXT_MAX).len;

	snprintf(draft + len, DRAFT_MAX - len, ": %s", text);
}

int error_set(struct error *err, enum error_kind kind, const char *fmt, ...)
{
	char draft[DRAFT_MAX];
	va_list args;

	assert(kind != ERROR_NONE);
	va_start(args, fmt);
	draft_format(draft, fmt, args);
	va_end(args);
	err->kind = kind;
	put(err, draft);
	return -(int)kind;
}

int error_errno(struct error *err, enum error_kind kind, int code, const char *fmt, ...)
{
	/* Not strerror(): this one is English in every locale and safe with threads. */
	const char *why = strerrordesc_np(code);
	char draft[DRAFT_MAX], number[32];
	va_list args;

	assert(kind != ERROR_NONE);
	snprintf(number, sizeof(number), "error %d", code);
	va_start(args, fmt);
	draft_format(draft, fmt, args);
	va_end(args);
	draft_append(draft, why ? why : number);
	err->kind = kind;
	put(err, draft);
	return -(int)kind;
}

int error_add(struct error *err, const char *fmt, ...)
{
	char draft[DRAFT_MAX];
	va_list args;

	assert(err->kind != ERROR_NONE);
	va_start(args, fmt);
	draft_format(draft, fmt, args);
	va_end(args);
	draft_append(draft, err->text);
	put(err, draft);
	return -(int)err->kind;
}

void error_clear(struct error *err)
{
	err->kind = ERROR_NONE;
	err->text[0] = '\0';
}

const char *error_kind_name(enum error_kind kind)
{
	switch (kind) {
	case ERROR_NONE:
		return "none";
	case ERROR_INPUT:
		return "input";
	case ERROR_CONFIG:
		return "config";
	case ERROR_REMOTE:
		return "remote";
	case ERROR_STORE:
		return "store";
	case ERROR_SYSTEM:
		return "system";
	case ERROR_LIMIT:
		return "limit";
	}
	return "none";
}

/* _exit(): no exit handler may run on a state that is known to be broken. */
void die(const char *fmt, ...)
{
	struct error err = ERROR_INIT;
	char draft[DRAFT_MAX], line[ERROR_TEXT_MAX + 32];
	va_list args;
	int len;

	va_start(args, fmt);
	draft_format(draft, fmt, args);
	va_end(args);
	put(&err, draft);
	len = snprintf(line, sizeof(line), "appariteur: %s\n", err.text);
	if (write(STDERR_FILENO, line, (size_t)len) != len)
		_exit(EX_OSERR);
	_exit(EX_SOFTWARE);
}
