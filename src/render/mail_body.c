#include "mail_body.h"

#include <string.h>

enum { LINE_MAX_QP = 76 };

/* A line of the message, written at once. */
struct line {
	struct buf *out;
	char at[LINE_MAX_QP + 4];
	size_t column; /* bytes there */
};

static void end_line(struct line *line, const char *end)
{
	size_t len = strlen(end);

	memcpy(line->at + line->column, end, len);
	buf_add(line->out, line->at, line->column + len);
	line->column = 0;
}

static void put_coded(struct line *line, const char *coded, size_t len, bool last)
{
	/* A character that is not the last of its line leaves room for the "=" of a soft break. */
	if (line->column + len > LINE_MAX_QP - (last ? 0 : 1))
		end_line(line, "=\r\n");
	memcpy(line->at + line->column, coded, len);
	line->column += len;
}

static size_t code_bytes(struct str bytes, char out[12])
{
	static const char hex[] = "0123456789ABCDEF";
	size_t len = 0;

	for (size_t i = 0; i < bytes.len; i++) {
		out[len++] = '=';
		out[len++] = hex[(unsigned char)bytes.ptr[i] >> 4];
		out[len++] = hex[(unsigned char)bytes.ptr[i] & 15];
	}
	return len;
}

/* Does the byte at `i` have to be coded where it stands? */
static bool must_code(const struct line *line, struct str text, size_t i)
{
	char c = text.ptr[i];
	bool last = i + 1 == text.len;

	if (c == ' ' || c == '\t')
		return last; /* blanks at a line end get lost */
	if (c < ' ' || c == 0x7f || c == '=')
		return true;
	/* After a soft break too: the next byte may begin a line. */
	if (line->column == 0 || line->column + 1 >= LINE_MAX_QP)
		return c == '.' || (c == 'F' && str_starts(str_from(text, i), "From "));
	return false;
}

/* Letters inside a line and blanks between them, which need no look at their neighbours: most of a text. */
static size_t put_letters(struct line *line, struct str text, size_t i)
{
	size_t start = i, room = line->column > 0 ? LINE_MAX_QP - 2 - line->column : 0;

	while (i < text.len && i - start < room && text.ptr[i] >= ' ' && text.ptr[i] < 0x7f &&
		text.ptr[i] != '=')
		i++;
	if (i == text.len && i > start && text.ptr[i - 1] == ' ')
		i--; /* the last, which must_code() knows */
	memcpy(line->at + line->column, text.ptr + start, i - start);
	line->column += i - start;
	return i;
}

static void put_line(struct line *line, struct str text)
{
	line->column = 0;
	for (size_t i = 0; i < text.len;) {
		size_t start, len;
		struct str bytes;
		char coded[12];

		if (line->column < LINE_MAX_QP - 2)
			i = put_letters(line, text, i);
		if (i == text.len)
			break;
		start = i;
		if (text.ptr[i] == '\0') {
			i++;
			put_coded(line, "=EF=BF=BD", 9, i == text.len);
			continue;
		}
		if ((unsigned char)text.ptr[i] < 0x80) {
			bool code = must_code(line, text, i++);

			bytes = str_sub(text, start, i);
			len = code ? code_bytes(bytes, coded) : 1;
			put_coded(line, code ? coded : bytes.ptr, len, i == text.len);
			continue;
		}
		str_utf8_next(text, &i);
		len = code_bytes(str_sub(text, start, i), coded);
		put_coded(line, coded, len, i == text.len);
	}
	end_line(line, "\r\n");
}

void mail_body_encode(struct str text, struct buf *out)
{
	struct line line;

	line.out = out;
	while (text.len > 0) {
		size_t end = 0;

		while (end < text.len && text.ptr[end] != '\n' && text.ptr[end] != '\r')
			end++;
		put_line(&line, str_sub(text, 0, end));
		if (end + 1 < text.len && text.ptr[end] == '\r' && text.ptr[end + 1] == '\n')
			end++;
		text = str_from(text, end + 1);
	}
}
