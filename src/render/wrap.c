#include "wrap.h"

enum { FIRST_COLUMN_MAX = 24 }; /* two blanks further right than this are no column */

static size_t char_width(uint32_t c)
{
	static const struct {
		uint32_t first, last;
		unsigned char width;
	} ranges[] = {
		{ 0x0300, 0x036F, 0 },                        /* combining accents */
		{ 0x200B, 0x200F, 0 }, { 0x1100, 0x115F, 2 }, /* Hangul, CJK, full width */
		{ 0x2E80, 0xA4CF, 2 }, { 0xAC00, 0xD7A3, 2 }, { 0xF900, 0xFAFF, 2 },
		{ 0xFE00, 0xFE0F, 0 }, /* variation selectors */
		{ 0xFE30, 0xFE6F, 2 }, { 0xFF00, 0xFF60, 2 },
		{ 0x1F300, 0x1FAFF, 2 }, /* pictures */
	};

	for (size_t i = 0; i < LENGTH(ranges); i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return ranges[i].width;
	return 1;
}

size_t wrap_width(struct str text)
{
	size_t width = 0;

	for (size_t pos = 0; pos < text.len;)
		width += char_width(str_utf8_next(text, &pos));
	return width;
}

static size_t skip_blanks(struct str line, size_t pos)
{
	while (pos < line.len && line.ptr[pos] == ' ')
		pos++;
	return pos;
}

/* Bytes of "- " or "12. " at `pos`; 0 when there is none. */
static size_t list_mark(struct str line, size_t pos)
{
	size_t at = pos;

	if (at < line.len && line.ptr[at] == '-') {
		at++;
	} else {
		while (at < line.len && line.ptr[at] >= '0' && line.ptr[at] <= '9')
			at++;
		if (at == pos || at >= line.len || line.ptr[at] != '.')
			return 0;
		at++;
	}
	return at < line.len && line.ptr[at] == ' ' ? at + 1 - pos : 0;
}

/* Where the text of the line begins: all before it stands once, then as blanks. */
static size_t text_start(struct str line)
{
	size_t start = skip_blanks(line, 0), mark = list_mark(line, start);

	if (mark > 0)
		return skip_blanks(line, start + mark);
	for (size_t i = start; i + 2 < line.len && i < FIRST_COLUMN_MAX; i++)
		if (line.ptr[i] == ' ' && line.ptr[i + 1] == ' ')
			return skip_blanks(line, i);
	return start;
}

/* The part of a word that fits `columns`, at least one character. */
static struct str head_of_word(struct str word, size_t columns)
{
	size_t pos = 0, width = 0, fits = 0;

	while (pos < word.len) {
		width += char_width(str_utf8_next(word, &pos));
		if (width > columns && fits > 0)
			break;
		fits = pos;
	}
	return str_sub(word, 0, fits);
}

static void wrap_line(struct str line, size_t columns, struct buf *out)
{
	size_t start = text_start(line), indent = wrap_width(str_sub(line, 0, start));
	size_t used = indent;
	bool fresh = true; /* nothing but the indent stands on this line yet */

	buf_adds(out, str_sub(line, 0, start));
	line = str_from(line, start);
	while (line.len > 0) {
		size_t blanks = skip_blanks(line, 0), stop;
		struct str word = str_from(line, blanks), rest;

		stop = str_find_char(word, ' ');
		if (stop != SIZE_MAX)
			word = str_sub(word, 0, stop);
		rest = str_from(line, blanks + word.len);
		if (!fresh && used + blanks + wrap_width(word) > columns) {
			buf_addc(out, '\n');
			for (size_t i = 0; i < indent; i++)
				buf_addc(out, ' ');
			used = indent;
			fresh = true;
		}
		if (!fresh) {
			buf_adds(out, str_sub(line, 0, blanks));
			used += blanks;
		} else if (used + wrap_width(word) > columns &&
			   str_find(word, STR("://")) == SIZE_MAX) {
			struct str head = head_of_word(word, columns > used ? columns - used : 1);

			rest = str_from(line, blanks + head.len);
			word = head;
		}
		buf_adds(out, word);
		used += wrap_width(word);
		fresh = false;
		line = rest;
	}
}

void wrap_text(struct str text, size_t columns, struct buf *out)
{
	struct str rest = text, line;

	while (rest.len > 0) {
		size_t end = str_find_char(rest, '\n');
		bool ended = end != SIZE_MAX;

		line = ended ? str_sub(rest, 0, end) : rest;
		rest = str_from(rest, ended ? end + 1 : rest.len);
		while (line.len > 0 && line.ptr[line.len - 1] == ' ')
			line.len--;
		if (wrap_width(line) <= columns)
			buf_adds(out, line);
		else
			wrap_line(line, columns, out);
		if (ended)
			buf_addc(out, '\n');
	}
}
