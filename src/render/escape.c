#include "escape.h"

static bool is_control(unsigned char c)
{
	return c < 0x20 || c == 0x7f;
}

/* Does the byte stand for itself everywhere? 0xc2 and 0xe2 may begin a character that does not. */
static bool is_ordinary(unsigned char c)
{
	return c >= 0x20 && c != 0x7f && c != '&' && c != '<' && c != '>' && c != '"' && c != '\'' &&
	       c != 0xc2 && c != 0xe2;
}

/*
 * Bytes of the character at `i` when it is an unseen one that acts: C1 controls, line and paragraph
 * separators, and what turns the direction of all that follows (U+202A to U+202E, U+2066 to U+2069).
 */
static size_t acting(struct str text, size_t i)
{
	const unsigned char *p = (const unsigned char *)text.ptr + i;
	size_t left = text.len - i;

	if (left >= 2 && p[0] == 0xc2 && p[1] < 0xa0)
		return 2;
	if (left >= 3 && p[0] == 0xe2 &&
		((p[1] == 0x80 && p[2] >= 0xa8 && p[2] <= 0xae) ||
			(p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9)))
		return 3;
	return 0;
}

/* U+0085, U+2028 and U+2029 part words. */
static bool parts_words(struct str character)
{
	return str_eq(character, STR("\xc2\x85")) || str_eq(character, STR("\u2028")) ||
	       str_eq(character, STR("\u2029"));
}

static void put_byte(enum place place, char c, struct buf *out)
{
	if (c == '\n') {
		buf_addz(out, place == PLACE_ATTRIBUTE ? "&#10;" : "\n");
		return;
	}
	if (c == '\t') {
		buf_addc(out, ' ');
		return;
	}
	if (is_control((unsigned char)c))
		return;
	if (place != PLACE_PLAIN)
		switch (c) {
		case '&':
			buf_addz(out, "&amp;");
			return;
		case '<':
			buf_addz(out, "&lt;");
			return;
		case '>':
			buf_addz(out, "&gt;");
			return;
		case '"':
			buf_addz(out, "&quot;");
			return;
		case '\'':
			buf_addz(out, "&#39;");
			return;
		}
	buf_addc(out, c);
}

static void put_bytes(enum place place, struct str text, struct buf *out)
{
	for (size_t i = 0, start, len; i < text.len;) {
		for (start = i; i < text.len && is_ordinary((unsigned char)text.ptr[i]); i++)
			;
		buf_adds(out, str_sub(text, start, i));
		if (i == text.len)
			break;
		len = acting(text, i);
		if (len > 0 && parts_words(str_sub(text, i, i + len)))
			buf_addc(out, ' ');
		else if (len == 0)
			put_byte(place, text.ptr[i++], out);
		i += len;
	}
}

bool address_is_safe(struct str address)
{
	static const char *const schemes[] = { "https://", "http://", "mailto:" };

	for (size_t i = 0; i < address.len; i++) {
		unsigned char c = (unsigned char)address.ptr[i];

		if (is_control(c) || c == ' ' || c == '"' || c == '<' || c == '>' || c == '\\' ||
			acting(address, i) > 0)
			return false;
	}
	for (size_t i = 0; i < LENGTH(schemes); i++) {
		size_t len = str_of(schemes[i]).len;

		if (address.len > len &&
			str_eq_nocase(str_sub(address, 0, len), str_of(schemes[i])))
			return true;
	}
	return false;
}

void escape_text(enum place place, struct str text, struct buf *out)
{
	if (place == PLACE_URL && !address_is_safe(text))
		text = STR("#");
	put_bytes(place, text, out);
}

void escape_marked(enum place place, struct str text, const struct value_span *spans, size_t n,
	struct buf *out)
{
	const char *open = place == PLACE_ELEMENT ? "<mark>" : "*";
	const char *close = place == PLACE_ELEMENT ? "</mark>" : "*";
	size_t done = 0;

	if (place == PLACE_ATTRIBUTE || place == PLACE_URL) {
		escape_text(place, text, out);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		put_bytes(place, str_sub(text, done, spans[i].start), out);
		buf_addz(out, open);
		put_bytes(place, str_sub(text, spans[i].start, spans[i].end), out);
		buf_addz(out, close);
		done = spans[i].end;
	}
	put_bytes(place, str_from(text, done), out);
}
