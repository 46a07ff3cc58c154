#include "escape.h"

static bool is_control(unsigned char c)
{
	return c < 0x20 || c == 0x7f;
}

/* Does the byte stand for itself everywhere? */
static bool is_ordinary(unsigned char c)
{
	return c >= 0x20 && c != 0x7f && c != '&' && c != '<' && c != '>' && c != '"' && c != '\'';
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
	for (size_t i = 0, start; i < text.len;) {
		for (start = i; i < text.len && is_ordinary((unsigned char)text.ptr[i]); i++)
			;
		buf_adds(out, str_sub(text, start, i));
		if (i < text.len)
			put_byte(place, text.ptr[i++], out);
	}
}

bool address_is_safe(struct str address)
{
	static const char *const schemes[] = { "https://", "http://", "mailto:" };

	for (size_t i = 0; i < address.len; i++) {
		unsigned char c = (unsigned char)address.ptr[i];

		if (is_control(c) || c == ' ' || c == '"' || c == '<' || c == '>' || c == '\\')
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
