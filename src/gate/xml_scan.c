#include "xml_scan.h"

#include <string.h>

#include "gate/xml.h"

enum encoding { UTF_8, US_ASCII, ISO_8859_15, WINDOWS_1252 };

/*
 * The allow-list (RELIABILITY X3). libxml2 would read far more, UTF-7 and EBCDIC among them, in which
 * no filter sees a tag. A text labelled ISO-8859-1 is read as windows-1252, as the WHATWG Encoding
 * Standard has it: the two differ only where ISO-8859-1 has control characters, and an apostrophe
 * pasted from a word processor (0x92) would be lost.
 */
static const struct {
	const char *name;
	enum encoding encoding;
} encodings[] = {
	{ "UTF-8", UTF_8 },
	{ "UTF8", UTF_8 },
	{ "US-ASCII", US_ASCII },
	{ "ASCII", US_ASCII },
	{ "ISO-8859-1", WINDOWS_1252 },
	{ "ISO8859-1", WINDOWS_1252 },
	{ "ISO_8859-1", WINDOWS_1252 },
	{ "latin1", WINDOWS_1252 },
	{ "windows-1252", WINDOWS_1252 },
	{ "cp1252", WINDOWS_1252 },
	{ "ISO-8859-15", ISO_8859_15 },
	{ "ISO8859-15", ISO_8859_15 },
	{ "ISO_8859-15", ISO_8859_15 },
	{ "latin9", ISO_8859_15 },
};

/* windows-1252, 0x80 to 0x9F; the five holes stay the control characters that text is freed of. */
static const uint16_t windows_1252[32] = {
	0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
	0x2039, 0x0152, 0x008d, 0x017d, 0x008f, 0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
	0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178,
};

uint32_t xml_c1(unsigned char c)
{
	uint32_t meant = c >= 0x80 && c < 0xa0 ? windows_1252[c - 0x80] : 0;

	return meant >= 0xa0 ? meant : 0;
}

static unsigned line_of(struct str text, size_t pos)
{
	unsigned line = 1;
	const char *p = text.ptr, *end = text.ptr + (pos < text.len ? pos : text.len);

	while ((p = memchr(p, '\n', (size_t)(end - p)))) {
		line++;
		p++;
	}
	return line;
}

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The name in encoding="…" of the XML declaration; STR_NONE when it gives none. */
static struct str declared(struct str text)
{
	struct str decl = str_sub(text, 0, XML_TAG_MAX);
	size_t end, pos;
	char quote;

	if (!str_starts(decl, "<?xml") || decl.len < 6 || !blank(decl.ptr[5]))
		return STR_NONE;
	end = str_find(decl, STR("?>"));
	if (end != SIZE_MAX)
		decl = str_sub(decl, 0, end);
	pos = str_find(decl, STR("encoding"));
	if (pos == SIZE_MAX)
		return STR_NONE;
	decl = str_trim(str_from(decl, pos + strlen("encoding")));
	if (!str_prefix(&decl, "="))
		return STR_NONE;
	decl = str_trim(decl);
	if (decl.len == 0 || (decl.ptr[0] != '"' && decl.ptr[0] != '\''))
		return STR_NONE;
	quote = decl.ptr[0];
	decl = str_from(decl, 1);
	end = str_find_char(decl, quote);
	return str_sub(decl, 0, end == SIZE_MAX ? decl.len : end);
}

/* Encodings in which no ASCII is visible show in the first four bytes (XML 1.0, appendix F). */
static const char *wide_encoding(struct str bytes)
{
	const unsigned char *b = (const unsigned char *)bytes.ptr;

	if (bytes.len < 4)
		return NULL;
	if (memcmp(b, "\0\0\xfe\xff", 4) == 0 || memcmp(b, "\xff\xfe\0\0", 4) == 0 ||
		memcmp(b, "\0\0\0<", 4) == 0 || memcmp(b, "<\0\0\0", 4) == 0)
		return "UTF-32";
	if (memcmp(b, "\xfe\xff", 2) == 0 || memcmp(b, "\xff\xfe", 2) == 0 ||
		memcmp(b, "\0<", 2) == 0 || memcmp(b, "<\0", 2) == 0)
		return "UTF-16";
	if (memcmp(b, "\x4c\x6f\xa7\x94", 4) == 0)
		return "EBCDIC";
	return NULL;
}

static int find_encoding(struct str *text, enum encoding *ret, struct error *err)
{
	const char *wide = wide_encoding(*text);
	struct str name;
	bool bom;

	if (wide)
		return error_set(err, ERROR_INPUT, "line 1: encoding %s is not accepted", wide);
	bom = str_prefix(text, "\xef\xbb\xbf");
	name = declared(*text);
	*ret = UTF_8;
	if (!str_given(name))
		return 0;
	for (size_t i = 0; i < LENGTH(encodings); i++) {
		if (!str_eq_nocase(name, str_of(encodings[i].name)))
			continue;
		*ret = encodings[i].encoding;
		if (bom && *ret != UTF_8)
			return error_set(err, ERROR_INPUT,
				"line 1: encoding %s is declared but the text starts as UTF-8",
				encodings[i].name);
		return 0;
	}
	return error_set(err, ERROR_INPUT, "line 1: encoding \"%.*s\" is not accepted",
		STR_ARG(str_clip(name, 40)));
}

static void decode(struct str text, enum encoding encoding, struct buf *out)
{
	for (size_t i = 0; i < text.len; i++) {
		uint32_t c = (unsigned char)text.ptr[i];
		char utf8[4];

		if (c < 0x80) {
			buf_addc(out, (char)c);
			continue;
		}
		if (encoding == WINDOWS_1252 && c < 0xa0) {
			c = windows_1252[c - 0x80];
		} else if (encoding == ISO_8859_15) {
			switch (c) {
			case 0xa4: c = 0x20ac; break;
			case 0xa6: c = 0x160; break;
			case 0xa8: c = 0x161; break;
			case 0xb4: c = 0x17d; break;
			case 0xb8: c = 0x17e; break;
			case 0xbc: c = 0x152; break;
			case 0xbd: c = 0x153; break;
			case 0xbe: c = 0x178; break;
			}
		}
		buf_add(out, utf8, str_utf8_put(c, utf8));
	}
}

static size_t invalid_at(struct str text)
{
	size_t pos = 0, before;

	while (pos < text.len) {
		before = pos;
		if (str_utf8_next(text, &pos) == 0xfffd && pos == before + 1)
			return before;
	}
	return pos;
}

static int check_bytes(struct str text, enum encoding encoding, struct error *err)
{
	const char *nul = memchr(text.ptr, 0, text.len);

	if (nul)
		return error_set(err, ERROR_INPUT, "line %u: NUL byte",
			line_of(text, (size_t)(nul - text.ptr)));
	if (encoding == UTF_8 && !str_utf8_valid(text))
		return error_set(err, ERROR_INPUT, "line %u: not valid UTF-8",
			line_of(text, invalid_at(text)));
	for (size_t i = 0; encoding == US_ASCII && i < text.len; i++)
		if ((unsigned char)text.ptr[i] >= 0x80)
			return error_set(err, ERROR_INPUT, "line %u: not US-ASCII as declared",
				line_of(text, i));
	return 0;
}

/* Position behind the tag at `pos`, or where libxml2 will find it malformed. */
static int scan_tag(struct str text, size_t pos, size_t *ret, struct error *err)
{
	unsigned attributes = 0;
	char quote = 0;

	for (size_t i = pos + 1; i < text.len; i++) {
		char c = text.ptr[i];

		if (quote) {
			if (c == quote)
				quote = 0;
		} else if (c == '>' || c == '<') {
			*ret = i + (c == '>');
			return 0;
		} else if (c == '"' || c == '\'') {
			quote = c;
		} else if (c == '=' && ++attributes > XML_ATTRIBUTES_MAX) {
			return error_set(err, ERROR_LIMIT, "line %u: a tag has more than %d attributes",
				line_of(text, pos), XML_ATTRIBUTES_MAX);
		}
		if (i - pos > XML_TAG_MAX)
			return error_set(err, ERROR_LIMIT, "line %u: a tag is longer than %d bytes",
				line_of(text, pos), XML_TAG_MAX);
	}
	*ret = text.len;
	return 0;
}

/* Position behind the next `end`; the end of the text when there is none: the parser will say so. */
static size_t behind(struct str text, size_t pos, const char *end)
{
	size_t found = str_find(str_from(text, pos), str_of(end));

	return found == SIZE_MAX ? text.len : pos + found + strlen(end);
}

/*
 * The first error ends the parser, so this scan has to see the document as the parser does only as
 * long as it is well-formed. A DOCTYPE inside CDATA or a comment is text, and BOAMP has such.
 */
static int scan_markup(struct str text, struct error *err)
{
	size_t pos = 0;
	const char *lt;

	while (pos < text.len && (lt = memchr(text.ptr + pos, '<', text.len - pos))) {
		struct str rest;
		int r;

		pos = (size_t)(lt - text.ptr);
		rest = str_from(text, pos);
		if (rest.len < 2 || (rest.ptr[1] != '?' && rest.ptr[1] != '!')) {
			r = scan_tag(text, pos, &pos, err);
			if (r < 0)
				return r;
		} else if (str_starts(rest, "<?")) {
			pos = behind(text, pos + 2, "?>");
		} else if (str_starts(rest, "<!--")) {
			pos = behind(text, pos + 4, "-->");
		} else if (str_starts(rest, "<![CDATA[")) {
			size_t start = pos;

			pos = behind(text, pos + 9, "]]>");
			if (pos - start > XML_TEXT_MAX + strlen("<![CDATA[]]>"))
				return error_set(err, ERROR_LIMIT,
					"line %u: the text of an element is longer than %d bytes",
					line_of(text, start), XML_TEXT_MAX);
		} else {
			return error_set(err, ERROR_INPUT,
				"line %u: a document type declaration is not accepted",
				line_of(text, pos));
		}
	}
	return 0;
}

int xml_scan(struct str bytes, struct buf *decoded, struct str *ret, struct error *err)
{
	enum encoding encoding = UTF_8;
	struct str text = bytes;
	int r;

	if (bytes.len > XML_DOCUMENT_MAX)
		return error_set(err, ERROR_LIMIT, "the document is larger than %d bytes",
			XML_DOCUMENT_MAX);
	if (bytes.len == 0)
		return error_set(err, ERROR_INPUT, "the document is empty");
	r = find_encoding(&text, &encoding, err);
	if (r < 0)
		return r;
	r = check_bytes(text, encoding, err);
	if (r < 0)
		return r;
	if (encoding == ISO_8859_15 || encoding == WINDOWS_1252) {
		decode(text, encoding, decoded);
		text = buf_str(decoded);
	}
	r = scan_markup(text, err);
	if (r < 0)
		return r;
	*ret = text;
	return 0;
}
