#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/date.h"
#include "base/str.h"

/* A line is one write(2), and a pipe takes up to PIPE_BUF (4096) bytes undivided. */
enum { LINE_MAX_BYTES = 4096, TEXT_MAX = 3072, ESCAPE_MAX = 16 };

/* Set once by app before any thread starts. */
static enum log_level least = LOG_WARN;

void log_set_level(enum log_level level)
{
	least = level;
}

/* Unicode bidi controls (UAX 9) and the two characters that end a line. */
static bool is_deceptive(uint32_t c)
{
	return (c >= 0x80 && c < 0xA0) || c == 0x061C || c == 0x200E || c == 0x200F ||
	       (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

/* How the character at s[pos .. end) is shown; the length. Broken UTF-8: one byte and U+FFFD. */
static size_t escape(struct str s, size_t pos, size_t end, uint32_t c, char out[ESCAPE_MAX])
{
	unsigned char byte = (unsigned char)s.ptr[pos];
	int len;

	if (c == '\n')
		len = snprintf(out, ESCAPE_MAX, "\\n");
	else if (byte < 0x20 || byte == 0x7f || (c == 0xFFFD && end - pos == 1))
		len = snprintf(out, ESCAPE_MAX, "\\x%02x", byte);
	else if (is_deceptive(c))
		len = snprintf(out, ESCAPE_MAX, "\\u%04x", (unsigned)c);
	else
		len = snprintf(out, ESCAPE_MAX, "%.*s", (int)(end - pos), s.ptr + pos);
	return (size_t)len;
}

/* The text behind the line's `len` bytes, escaped, with room left for "..." and the newline. */
static size_t add_escaped(char line[LINE_MAX_BYTES], size_t len, struct str text, bool cut)
{
	char shown[ESCAPE_MAX];

	for (size_t pos = 0, start = 0; pos < text.len; start = pos) {
		uint32_t c = str_utf8_next(text, &pos);
		size_t n = escape(text, start, pos, c, shown);

		if (n > LINE_MAX_BYTES - 4 - len) {
			cut = true;
			break;
		}
		memcpy(line + len, shown, n);
		len += n;
	}
	if (cut) {
		memcpy(line + len, "...", 3);
		len += 3;
	}
	return len;
}

PRINTF_LIKE(3, 0)
static void put(enum log_level level, const char *module, const char *fmt, va_list args)
{
	static const char names[][6] = { "debug", "info", "warn", "error" };
	char line[LINE_MAX_BYTES], text[TEXT_MAX], when[TIME_FORMAT_MAX];
	int saved_errno = errno, n;
	struct str shown;
	size_t len;

	if (level < least)
		return;
	n = snprintf(
		line, 128, "%s %s %.32s ", time_format(time(NULL), 0, when), names[level], module);
	len = (size_t)n;
	n = vsnprintf(text, sizeof(text), fmt, args);
	shown = n < 0 ? str_of(fmt) : str_n(text, strlen(text));
	if (n >= TEXT_MAX)
		shown = str_clip(shown, TEXT_MAX - 4);
	len = add_escaped(line, len, shown, n >= TEXT_MAX);
	line[len++] = '\n';
	/* A log that cannot be written has nobody to tell. */
	while (write(STDERR_FILENO, line, len) < 0 && errno == EINTR)
		;
	errno = saved_errno;
}

#define LOG_FUNCTION(NAME, LEVEL)                                                                  \
	void NAME(const char *module, const char *fmt, ...)                                        \
	{                                                                                          \
		va_list args;                                                                      \
                                                                                                   \
		va_start(args, fmt);                                                               \
		put(LEVEL, module, fmt, args);                                                     \
		va_end(args);                                                                      \
	}

LOG_FUNCTION(log_debug, LOG_DEBUG)
LOG_FUNCTION(log_info, LOG_INFO)
LOG_FUNCTION(log_warn, LOG_WARN)
LOG_FUNCTION(log_error, LOG_ERROR)
