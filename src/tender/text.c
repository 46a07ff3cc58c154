/* notice_text_repair(): what BOAMP and buyers' own programmes leave in text (DOMAIN 1.9). */
#include <string.h>

#include "base/buf.h"
#include "tender/notice.h"

enum { ENTITY_MAX = 10, PASSES_MAX = 4, TEXT_IN_MAX = 16 << 20 };

/* U+00A0 to U+00FF by the names of HTML 4. */
static const char *const latin1[96] = {
	"nbsp",
	"iexcl",
	"cent",
	"pound",
	"curren",
	"yen",
	"brvbar",
	"sect",
	"uml",
	"copy",
	"ordf",
	"laquo",
	"not",
	"shy",
	"reg",
	"macr",
	"deg",
	"plusmn",
	"sup2",
	"sup3",
	"acute",
	"micro",
	"para",
	"middot",
	"cedil",
	"sup1",
	"ordm",
	"raquo",
	"frac14",
	"frac12",
	"frac34",
	"iquest",
	"Agrave",
	"Aacute",
	"Acirc",
	"Atilde",
	"Auml",
	"Aring",
	"AElig",
	"Ccedil",
	"Egrave",
	"Eacute",
	"Ecirc",
	"Euml",
	"Igrave",
	"Iacute",
	"Icirc",
	"Iuml",
	"ETH",
	"Ntilde",
	"Ograve",
	"Oacute",
	"Ocirc",
	"Otilde",
	"Ouml",
	"times",
	"Oslash",
	"Ugrave",
	"Uacute",
	"Ucirc",
	"Uuml",
	"Yacute",
	"THORN",
	"szlig",
	"agrave",
	"aacute",
	"acirc",
	"atilde",
	"auml",
	"aring",
	"aelig",
	"ccedil",
	"egrave",
	"eacute",
	"ecirc",
	"euml",
	"igrave",
	"iacute",
	"icirc",
	"iuml",
	"eth",
	"ntilde",
	"ograve",
	"oacute",
	"ocirc",
	"otilde",
	"ouml",
	"divide",
	"oslash",
	"ugrave",
	"uacute",
	"ucirc",
	"uuml",
	"yacute",
	"thorn",
	"yuml",
};

static const struct {
	const char *name;
	uint32_t c;
} others[] = {
	{ "amp", '&' },
	{ "lt", '<' },
	{ "gt", '>' },
	{ "quot", '"' },
	{ "apos", '\'' },
	{ "oelig", 0x153 },
	{ "OElig", 0x152 },
	{ "euro", 0x20AC },
	{ "rsquo", 0x2019 },
	{ "lsquo", 0x2018 },
	{ "sbquo", 0x201A },
	{ "ldquo", 0x201C },
	{ "rdquo", 0x201D },
	{ "bdquo", 0x201E },
	{ "ndash", 0x2013 },
	{ "mdash", 0x2014 },
	{ "hellip", 0x2026 },
	{ "bull", 0x2022 },
	{ "Yuml", 0x178 },
	{ "scaron", 0x161 },
	{ "Scaron", 0x160 },
	{ "circ", 0x2C6 },
	{ "tilde", 0x2DC },
	{ "ensp", 0x2002 },
	{ "emsp", 0x2003 },
	{ "thinsp", 0x2009 },
	{ "zwnj", 0x200C },
	{ "zwj", 0x200D },
	{ "lsaquo", 0x2039 },
	{ "rsaquo", 0x203A },
	{ "permil", 0x2030 },
	{ "prime", 0x2032 },
	{ "Prime", 0x2033 },
	{ "trade", 0x2122 },
	{ "rarr", 0x2192 },
	{ "larr", 0x2190 },
	{ "le", 0x2264 },
	{ "ge", 0x2265 },
	{ "ne", 0x2260 },
	{ "minus", 0x2212 },
	{ "infin", 0x221E },
	{ "dagger", 0x2020 },
	{ "Dagger", 0x2021 },
	{ "fnof", 0x192 },
	{ "Omega", 0x3A9 },
	{ "omega", 0x3C9 },
	{ "alpha", 0x3B1 },
	{ "beta", 0x3B2 },
	{ "mu", 0x3BC },
	{ "pi", 0x3C0 },
};

/* What browsers make of the references to C1 controls: windows-1252. 0 where that has nothing. */
static const uint16_t windows_1252[32] = {
	0x20AC,
	0,
	0x201A,
	0x192,
	0x201E,
	0x2026,
	0x2020,
	0x2021,
	0x2C6,
	0x2030,
	0x160,
	0x2039,
	0x152,
	0,
	0x17D,
	0,
	0,
	0x2018,
	0x2019,
	0x201C,
	0x201D,
	0x2022,
	0x2013,
	0x2014,
	0x2DC,
	0x2122,
	0x161,
	0x203A,
	0x153,
	0,
	0x17E,
	0x178,
};

/* The stray tags, and whether text on both sides of one belongs to different lines. */
static const struct {
	const char *name;
	bool block;
} tags[] = {
	{ "p", true },
	{ "br", true },
	{ "div", true },
	{ "li", true },
	{ "ul", true },
	{ "ol", true },
	{ "b", false },
	{ "i", false },
	{ "u", false },
	{ "strong", false },
	{ "em", false },
	{ "span", false },
};

static bool is_control(uint32_t c)
{
	return (c < 0x20 && c != '\t' && c != '\n') || (c >= 0x7F && c < 0xA0);
}

static uint32_t numeric(struct str digits)
{
	uint32_t c = 0, base = 10;

	if (str_prefix(&digits, "x") || str_prefix(&digits, "X"))
		base = 16;
	if (digits.len == 0)
		return 0;
	for (size_t i = 0; i < digits.len; i++) {
		char d = digits.ptr[i];
		uint32_t value = d >= '0' && d <= '9'   ? (uint32_t)(d - '0')
				 : d >= 'a' && d <= 'f' ? (uint32_t)(d - 'a' + 10)
				 : d >= 'A' && d <= 'F' ? (uint32_t)(d - 'A' + 10)
							: base;

		if (value >= base)
			return 0;
		c = c * base + value;
		if (c > 0x10FFFF)
			return 0;
	}
	if (c >= 0x80 && c < 0xA0)
		c = windows_1252[c - 0x80];
	return is_control(c) && c != '\r' ? 0 : c;
}

/* The character of an entity's name ("amp", "#039", "#x27"), 0 when there is none. */
static uint32_t entity(struct str name)
{
	if (str_prefix(&name, "#"))
		return numeric(name);
	for (size_t i = 0; i < LENGTH(others); i++)
		if (str_eqz(name, others[i].name))
			return others[i].c;
	for (size_t i = 0; i < LENGTH(latin1); i++)
		if (str_eqz(name, latin1[i]))
			return 0xA0 + (uint32_t)i;
	return 0;
}

/* One pass over the entities; false when there was none to decode. */
static bool decode(struct str text, struct buf *out)
{
	bool changed = false;
	size_t start = 0;

	for (size_t i = 0; i < text.len; i++) {
		char utf8[4];
		size_t end, n;

		if (text.ptr[i] != '&')
			continue;
		end = str_find_char(str_sub(text, i + 1, i + 2 + ENTITY_MAX), ';');
		if (end == SIZE_MAX)
			continue;
		n = str_utf8_put(entity(str_sub(text, i + 1, i + 1 + end)), utf8);
		if (n == 0 || (n == 1 && utf8[0] == '\0'))
			continue;
		buf_add(out, text.ptr + start, i - start);
		buf_add(out, utf8, n);
		i += end + 1;
		start = i + 1;
		changed = true;
	}
	buf_add(out, text.ptr + start, text.len - start);
	return changed;
}

/* The length of a stray tag at the front of `text`, 0 when there is none. */
static size_t stray_tag(struct str text, bool *ret_block)
{
	struct str rest = str_from(text, 1);
	size_t n = 0, end;

	str_prefix(&rest, "/");
	while (n < rest.len && ((rest.ptr[n] | 0x20) >= 'a' && (rest.ptr[n] | 0x20) <= 'z'))
		n++;
	for (size_t i = 0; i < LENGTH(tags); i++) {
		char after;

		if (!str_eq_nocase(str_sub(rest, 0, n), str_of(tags[i].name)) || n == rest.len)
			continue;
		/* "<b" of a formula is no tag: a name ends at a blank, a slash or the bracket. */
		after = rest.ptr[n];
		if (after != '>' && after != '/' && after != ' ' && after != '\n' && after != '\t')
			return 0;
		end = str_find_char(str_sub(rest, n, n + 1024), '>');
		if (end == SIZE_MAX)
			return 0;
		*ret_block = tags[i].block;
		return text.len - rest.len + n + end + 1;
	}
	return 0;
}

/* Tags out, line ends to LF, control bytes out. */
static void clean(struct str text, struct buf *out)
{
	for (size_t i = 0; i < text.len;) {
		size_t next = i, tag;
		uint32_t c = str_utf8_next(text, &next);
		bool block = false;

		if (c == '<' && (tag = stray_tag(str_from(text, i), &block)) > 0) {
			if (block && out->len && out->ptr[out->len - 1] != '\n')
				buf_addc(out, '\n');
			i += tag;
			continue;
		}
		if (c == '\r') {
			if (next >= text.len || text.ptr[next] != '\n')
				buf_addc(out, '\n');
		} else if (c >= 0x80 && c < 0xA0 && windows_1252[c - 0x80]) {
			char utf8[4];

			buf_add(out, utf8, str_utf8_put(windows_1252[c - 0x80], utf8));
		} else if (!is_control(c)) {
			buf_add(out, text.ptr + i, next - i);
		}
		i = next;
	}
}

static bool needs_repair(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if (c == '&' || c == '<' || (c < 0x20 && c != '\n' && c != '\t') || c == 0x7F)
			return true;
		/* U+0080 to U+009F */
		if (c == 0xC2 && i + 1 < text.len && (unsigned char)text.ptr[i + 1] < 0xA0)
			return true;
	}
	return false;
}

/* lost œ */

/*
 * Publishers that pass texts through Latin-1 write "?" for "œ" (DOMAIN 1.9). Where nothing but that letter
 * can have been meant it is put back: the words in which it stands, "vœu" to "manœuvre", and no other.
 */
static const struct {
	const char *before, *after; /* of the "?", lower case */
	bool ends;                  /* the word ends there, but for a plural */
} ligatures[] = {
	{ "", "uvre", false },
	{ "man", "uvre", false },
	{ "c", "ur", true },
	{ "ch", "ur", true },
	{ "s", "ur", true },
	{ "n", "ud", true },
	{ "v", "u", true },
	{ "b", "uf", true },
};

static char lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

static bool in_word(char c)
{
	return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '?' || c == '/' ||
	       c == '=' || c == '&';
}

static bool reads(struct str text, size_t pos, const char *word)
{
	for (; *word; word++, pos++)
		if (pos >= text.len || lower(text.ptr[pos]) != *word)
			return false;
	return true;
}

static bool ends_at(struct str text, size_t pos)
{
	if (pos < text.len && (lower(text.ptr[pos]) == 's' || lower(text.ptr[pos]) == 'x'))
		pos++;
	return pos >= text.len || (!in_word(text.ptr[pos]) && (unsigned char)text.ptr[pos] < 0x80);
}

static bool lost_ligature(struct str text, size_t pos)
{
	for (size_t i = 0; i < LENGTH(ligatures); i++) {
		size_t before = strlen(ligatures[i].before);

		if (pos < before || !reads(text, pos - before, ligatures[i].before) ||
			!reads(text, pos + 1, ligatures[i].after))
			continue;
		if (pos > before && in_word(text.ptr[pos - before - 1]))
			continue;
		if (!ligatures[i].ends || ends_at(text, pos + 1 + strlen(ligatures[i].after)))
			return true;
	}
	return false;
}

static struct str mend_ligatures(struct str text, struct arena *arena)
{
	struct str rest = text;
	char *out = NULL;
	size_t n = 0, kept = 0;

	for (size_t at; (at = str_find_char(rest, '?')) != SIZE_MAX; rest = str_from(rest, at + 1)) {
		size_t pos = (size_t)(rest.ptr - text.ptr) + at;

		if (!lost_ligature(text, pos))
			continue;
		/* Two bytes for one. */
		if (!out)
			out = arena_alloc(arena, 2 * text.len);
		memcpy(out + n, text.ptr + kept, pos - kept);
		n += pos - kept;
		out[n++] = (char)0xc5;
		out[n++] = (char)(text.ptr[pos + 1] == 'U' ? 0x92 : 0x93);
		kept = pos + 1;
	}
	if (!out)
		return text;
	memcpy(out + n, text.ptr + kept, text.len - kept);
	return str_n(out, n + text.len - kept);
}

struct str notice_text_repair(struct str text, struct arena *arena)
{
	CLEANUP(buf_done) struct buf a = BUF_INIT(TEXT_IN_MAX), b = BUF_INIT(TEXT_IN_MAX);
	struct str trimmed;

	text = str_trim(text);
	if (text.len == 0)
		return STR_NONE;
	if (!needs_repair(text))
		return mend_ligatures(text, arena);
	text = str_clip(text, TEXT_IN_MAX);
	for (int pass = 0; pass < PASSES_MAX; pass++) {
		struct buf swap;

		buf_reset(&b);
		if (!decode(text, &b))
			break;
		swap = a;
		a = b;
		b = swap;
		text = buf_str(&a);
	}
	buf_reset(&b);
	clean(text, &b);
	trimmed = str_trim(buf_str(&b));
	return trimmed.len ? mend_ligatures(arena_dup(arena, trimmed), arena) : STR_NONE;
}
