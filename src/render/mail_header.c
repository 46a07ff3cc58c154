#include "mail_header.h"

#include <string.h>

enum { ADDRESS_MAX = 254, LOCAL_PART_MAX = 64 };

static int check_value(const char *name, struct str value, struct error *err)
{
	for (size_t i = 0; i < value.len; i++) {
		char c = value.ptr[i];

		if (c == '\r' || c == '\n' || c == '\0')
			return error_set(err, ERROR_INPUT, "mail field %s: a %s in its value", name,
				c == '\0' ? "NUL byte" : "line break");
	}
	if (value.len > MAIL_VALUE_MAX)
		return error_set(err, ERROR_LIMIT, "mail field %s is longer than %d bytes", name,
			MAIL_VALUE_MAX);
	return 0;
}

static bool is_printable(char c)
{
	return c > ' ' && c < 0x7f;
}

int mail_check_angle(const char *name, struct str text, struct error *err)
{
	int r = check_value(name, text, err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < text.len; i++)
		if (!is_printable(text.ptr[i]) || strchr("<>\"\\,", text.ptr[i]))
			return error_set(err, ERROR_INPUT,
				"mail field %s: byte 0x%02x at %zu may not stand there", name,
				(unsigned char)text.ptr[i], i);
	if (text.len == 0)
		return error_set(err, ERROR_INPUT, "mail field %s is empty", name);
	return 0;
}

/* RFC 5322 3.2.3 dot-atom-text; a domain has the same form, with fewer letters. */
static bool is_dot_atom(struct str text, const char *others)
{
	bool dot = true; /* none at the start, at the end, or beside another */

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		bool letter =
			(c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');

		if (c == '.' && dot)
			return false;
		dot = c == '.';
		if (!dot && !letter && (c == '\0' || !strchr(others, c)))
			return false;
	}
	return !dot;
}

int mail_check_address(const char *name, struct str address, struct error *err)
{
	size_t at = str_rfind_char(address, '@');
	int r = check_value(name, address, err);

	if (r < 0)
		return r;
	if (at == SIZE_MAX || at > LOCAL_PART_MAX || address.len > ADDRESS_MAX ||
		!is_dot_atom(str_sub(address, 0, at), "!#$%&'*+-/=?^_`{|}~") ||
		!is_dot_atom(str_from(address, at + 1), "-"))
		return error_set(err, ERROR_INPUT, "mail field %s: '%.*s' is no address", name,
			STR_ARG(str_clip(address, 100)));
	return 0;
}

/* A control character (C0, C1, line and paragraph separators) has no place in a header field. */
static uint32_t next_char(struct str text, size_t *pos)
{
	uint32_t c = str_utf8_next(text, pos);

	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 ? ' ' : c;
}

/* Can the text stand as it is? "=?" could be taken for an encoded word. */
static bool is_plain(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] != ' ' && !is_printable(text.ptr[i]))
			return false;
	return str_find(text, STR("=?")) == SIZE_MAX;
}

/*
 * One character in Q encoding, with only the letters that are safe in a phrase too (RFC 2047 5 (3)).
 * At most 12 bytes.
 */
static size_t q_encode(uint32_t c, char out[12])
{
	static const char hex[] = "0123456789ABCDEF";
	char utf8[4];
	size_t n = str_utf8_put(c, utf8), len = 0;

	if (c == ' ') {
		out[0] = '_';
		return 1;
	}
	if (c < 0x80 &&
		((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
			c == '!' || c == '*' || c == '+' || c == '-' || c == '/')) {
		out[0] = (char)c;
		return 1;
	}
	for (size_t i = 0; i < n; i++) {
		out[len++] = '=';
		out[len++] = hex[(unsigned char)utf8[i] >> 4];
		out[len++] = hex[(unsigned char)utf8[i] & 15];
	}
	return len;
}

/* As encoded words, one a line, none cutting a character; `*column` is where the line stands. */
static void put_encoded(struct str text, size_t *column, struct buf *out)
{
	static const char open[] = "=?UTF-8?Q?", close[] = "?=";
	const size_t frame = sizeof(open) - 1 + sizeof(close) - 1;
	size_t pos = 0;

	while (pos < text.len) {
		size_t room = MAIL_LINE_GOOD - *column, word = frame;

		if (room > MAIL_WORD_MAX)
			room = MAIL_WORD_MAX;
		buf_addz(out, open);
		while (pos < text.len) {
			size_t before = pos, len;
			char coded[12];

			len = q_encode(next_char(text, &pos), coded);
			if (word + len > room) {
				pos = before;
				break;
			}
			buf_add(out, coded, len);
			word += len;
		}
		buf_addz(out, close);
		*column += word;
		if (pos < text.len) {
			buf_addz(out, "\r\n ");
			*column = 1;
		}
	}
}

static size_t put_name(const char *name, struct buf *out)
{
	buf_addz(out, name);
	buf_addz(out, ": ");
	return strlen(name) + 2;
}

int mail_header_text(const char *name, struct str text, struct buf *out, struct error *err)
{
	size_t column;
	int r = check_value(name, text, err);

	if (r < 0)
		return r;
	text = str_trim(text);
	column = put_name(name, out);
	if (is_plain(text) && column + text.len <= MAIL_LINE_GOOD)
		buf_adds(out, text);
	else
		put_encoded(text, &column, out);
	buf_addz(out, "\r\n");
	return 0;
}

static void put_quoted(struct str text, struct buf *out)
{
	buf_addc(out, '"');
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '"' || text.ptr[i] == '\\')
			buf_addc(out, '\\');
		buf_addc(out, text.ptr[i]);
	}
	buf_addc(out, '"');
}

int mail_header_phrase(
	const char *name, struct str display, struct str inner, struct buf *out, struct error *err)
{
	size_t column;
	int r = check_value(name, display, err);

	if (r < 0)
		return r;
	display = str_trim(display);
	column = put_name(name, out);
	if (display.len > 0) {
		/* 2 for each byte: the worst that quoting can do */
		if (is_plain(display) && column + 2 * display.len + 2 <= MAIL_LINE_GOOD) {
			size_t before = out->len;

			put_quoted(display, out);
			column += out->len - before;
		} else {
			put_encoded(display, &column, out);
		}
		/* "<", ">" and the blank before them */
		buf_addz(out, column + inner.len + 3 <= MAIL_LINE_GOOD ? " " : "\r\n ");
	}
	buf_addc(out, '<');
	buf_adds(out, inner);
	buf_addz(out, ">\r\n");
	return 0;
}

int mail_header_line(const char *name, struct str value, struct buf *out, struct error *err)
{
	int r = check_value(name, value, err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < value.len; i++)
		if (value.ptr[i] != ' ' && !is_printable(value.ptr[i]))
			return error_set(err, ERROR_INPUT,
				"mail field %s: byte 0x%02x at %zu may not stand there", name,
				(unsigned char)value.ptr[i], i);
	if (strlen(name) + 2 + value.len > MAIL_LINE_MAX)
		return error_set(
			err, ERROR_LIMIT, "mail field %s is longer than a line may be", name);
	put_name(name, out);
	buf_adds(out, value);
	buf_addz(out, "\r\n");
	return 0;
}
