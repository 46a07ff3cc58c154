#include "source/letter.h"

#include <string.h>

#include "base/buf.h"

enum { VALUE_MAX = 4000, BOUNDARY_MAX = 200 };

struct reading {
	struct arena *arena;
	struct letter *letter;
	struct error *err;
	unsigned parts;
};

/* The fields of one part that say what it is. */
struct part {
	struct str type;     /* "text/plain; charset=utf-8" */
	struct str encoding; /* "quoted-printable" */
};

/* fields */

static struct str without_cr(struct str line)
{
	if (str_ends(line, "\r"))
		line.len--;
	return line;
}

/* One field, unfolded, off the front of *rest; false at the empty line or the end. */
static bool next_field(struct str *rest, struct arena *arena, struct str *name, struct str *value)
{
	struct str line, more = *rest;

	if (!str_cut(&more, '\n', &line) || without_cr(line).len == 0) {
		*rest = more;
		return false;
	}
	line = without_cr(line);
	while (str_given(more) && more.len > 0 && (more.ptr[0] == ' ' || more.ptr[0] == '\t')) {
		struct str next;

		str_cut(&more, '\n', &next);
		if (line.len < VALUE_MAX)
			line = arena_printf(arena, "%.*s %.*s", STR_ARG(line),
				STR_ARG(str_trim(str_clip(without_cr(next), VALUE_MAX))));
	}
	*rest = more;
	*value = line;
	if (str_find_char(line, ':') == SIZE_MAX)
		*name = STR("");
	else
		str_cut(value, ':', name);
	*name = str_trim(*name);
	*value = str_trim(str_clip(*value, VALUE_MAX));
	return true;
}

static bool named(struct str name, const char *is)
{
	return str_eq_nocase(name, str_of(is));
}

static bool starts_nocase(struct str text, const char *prefix)
{
	return str_eq_nocase(str_sub(text, 0, strlen(prefix)), str_of(prefix));
}

/* The value of a parameter of a field: `boundary="b1"`, `charset=utf-8`. STR_NONE: not there. */
static struct str parameter(struct str field, const char *name)
{
	struct str one;

	str_cut(&field, ';', &one);
	while (str_given(field)) {
		struct str key, value;

		str_cut(&field, ';', &one);
		value = one;
		str_cut(&value, '=', &key);
		if (!str_given(value) || !named(str_trim(key), name))
			continue;
		value = str_trim(value);
		if (value.len >= 2 && value.ptr[0] == '"' && str_ends(value, "\""))
			value = str_sub(value, 1, value.len - 1);
		return value;
	}
	return STR_NONE;
}

/* "<id@host>" */
static struct str bare_id(struct str value)
{
	value = str_trim(value);
	if (value.len >= 2 && value.ptr[0] == '<' && str_ends(value, ">"))
		value = str_sub(value, 1, value.len - 1);
	return value;
}

static void take_top_field(struct reading *r, struct str name, struct str value)
{
	static const char *const recipients[] = { "To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To" };
	struct letter *letter = r->letter;

	for (size_t i = 0; i < LENGTH(recipients); i++)
		if (named(name, recipients[i]) && letter->recipients.len < VALUE_MAX)
			letter->recipients = arena_printf(r->arena, "%.*s %.*s", STR_ARG(letter->recipients),
				STR_ARG(value));
	if ((named(name, "Auto-Submitted") && !starts_nocase(value, "no")) ||
		(named(name, "Precedence") && !named(value, "first-class")) || named(name, "List-Id") ||
		named(name, "X-Autoreply") || named(name, "X-Autorespond") ||
		(named(name, "Return-Path") && str_eqz(value, "<>")))
		letter->automatic = true;
}

/* bodies */

static int digit_of(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void decode_printable(struct str text, struct buf *out)
{
	for (size_t i = 0; i < text.len; i++) {
		int high, low;

		if (text.ptr[i] != '=') {
			buf_add(out, text.ptr + i, 1);
			continue;
		}
		if (i + 1 < text.len && text.ptr[i + 1] == '\r')
			i++;
		if (i + 1 < text.len && text.ptr[i + 1] == '\n') {
			i++;
			continue;
		}
		high = i + 2 < text.len ? digit_of(text.ptr[i + 1]) : -1;
		low = i + 2 < text.len ? digit_of(text.ptr[i + 2]) : -1;
		if (high >= 0 && low >= 0) {
			const char byte = (char)(high << 4 | low);

			buf_add(out, &byte, 1);
			i += 2;
		}
	}
}

static void decode_base64(struct str text, struct buf *out)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t bits = 0;
	unsigned n = 0;

	for (size_t i = 0; i < text.len && text.ptr[i] != '='; i++) {
		const char *at = text.ptr[i] != '\0' ? strchr(alphabet, text.ptr[i]) : NULL;

		if (at == NULL)
			continue;
		bits = bits << 6 | (uint32_t)(at - alphabet);
		n += 6;
		if (n >= 8) {
			const char byte = (char)(bits >> (n - 8) & 0xff);

			buf_add(out, &byte, 1);
			n -= 8;
		}
	}
}

/* What is no UTF-8 is taken for the commonest of the rest, Latin-1. */
static struct str as_utf8(struct str bytes, struct arena *arena)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(2 * LETTER_TEXT_MAX);

	for (size_t i = 0; i < bytes.len; i++)
		if (bytes.ptr[i] == '\0')
			return STR("");
	if (str_utf8_valid(bytes))
		return arena_dup(arena, bytes);
	for (size_t i = 0; i < bytes.len; i++) {
		char utf8[4];

		buf_add(&out, utf8, str_utf8_put((unsigned char)bytes.ptr[i], utf8));
	}
	return arena_dup(arena, buf_str(&out));
}

static void take_text(struct reading *r, const struct part *part, struct str body)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(LETTER_TEXT_MAX);

	body = str_sub(body, 0, LETTER_TEXT_MAX - 1);
	if (named(part->encoding, "quoted-printable"))
		decode_printable(body, &out);
	else if (named(part->encoding, "base64"))
		decode_base64(body, &out);
	else
		buf_adds(&out, body);
	r->letter->text = as_utf8(buf_str(&out), r->arena);
}

/* "rfc822; name@example.org" */
static struct str after_type(struct str value)
{
	struct str type;

	if (str_find_char(value, ';') != SIZE_MAX)
		str_cut(&value, ';', &type);
	return str_trim(value);
}

/* Groups of fields: of the message, then of each recipient (RFC 3464, 2.3). The first that failed counts. */
static void take_status(struct reading *r, struct str body)
{
	struct letter *letter = r->letter;

	while (str_given(body) && body.len > 0 && !letter->failed) {
		struct str name, value, recipient = STR_NONE, status = STR_NONE, words = STR_NONE;
		bool failed = false;

		for (unsigned n = 0; n < LETTER_FIELDS_MAX && next_field(&body, r->arena, &name, &value); n++) {
			if (named(name, "Final-Recipient"))
				recipient = after_type(value);
			else if (named(name, "Action"))
				failed = starts_nocase(value, "failed");
			else if (named(name, "Status"))
				status = str_clip(value, 20);
			else if (named(name, "Diagnostic-Code"))
				words = after_type(value);
		}
		if (!failed || !str_starts(status, "5."))
			continue;
		letter->failed = true;
		letter->failed_address = bare_id(recipient);
		letter->status = status;
		letter->diagnostic = words;
	}
}

static void take_original(struct reading *r, struct str body)
{
	struct str name, value;

	for (unsigned n = 0; n < LETTER_FIELDS_MAX && next_field(&body, r->arena, &name, &value); n++)
		if (named(name, "Message-ID"))
			r->letter->original_id = bare_id(value);
}

static int take_part(struct reading *r, struct str bytes, unsigned depth);

/* Each part between two lines of "--boundary". */
static int take_parts(struct reading *r, struct str body, struct str boundary, unsigned depth)
{
	CLEANUP(buf_done) struct buf mark = BUF_INIT(BOUNDARY_MAX + 8);
	bool inside = false;
	size_t start = 0, pos = 0;

	if (boundary.len == 0 || boundary.len > BOUNDARY_MAX)
		return error_set(r->err, ERROR_INPUT, "a multipart letter without a boundary");
	buf_addf(&mark, "--%.*s", STR_ARG(boundary));
	while (pos < body.len) {
		struct str rest = str_from(body, pos), line;
		size_t begin = pos;

		str_cut(&rest, '\n', &line);
		pos += line.len + 1;
		if (!str_starts(line, mark.ptr))
			continue;
		if (inside) {
			int result = take_part(r, str_sub(body, start, begin), depth + 1);

			if (result < 0)
				return result;
		}
		inside = !str_starts(str_from(line, mark.len), "--");
		start = pos;
		if (!inside)
			break;
	}
	return inside ? take_part(r, str_sub(body, start, body.len), depth + 1) : 0;
}

static int take_body(struct reading *r, const struct part *part, struct str body, unsigned depth)
{
	if (starts_nocase(part->type, "multipart/"))
		return take_parts(r, body, parameter(part->type, "boundary"), depth);
	if (starts_nocase(part->type, "message/delivery-status"))
		take_status(r, body);
	else if (starts_nocase(part->type, "message/rfc822") || starts_nocase(part->type, "text/rfc822-headers"))
		take_original(r, body);
	else if ((!str_given(part->type) || starts_nocase(part->type, "text/plain")) && !str_given(r->letter->text))
		take_text(r, part, body);
	return 0;
}

static int take_part(struct reading *r, struct str bytes, unsigned depth)
{
	struct part part = { STR_NONE, STR_NONE };
	struct str name, value;
	unsigned fields = 0;

	if (depth > LETTER_DEPTH_MAX || ++r->parts > LETTER_PARTS_MAX)
		return error_set(r->err, ERROR_LIMIT, "a letter with more than %d parts or %d levels",
			LETTER_PARTS_MAX, LETTER_DEPTH_MAX);
	while (next_field(&bytes, r->arena, &name, &value)) {
		if (++fields > LETTER_FIELDS_MAX)
			return error_set(r->err, ERROR_LIMIT, "more than %d fields", LETTER_FIELDS_MAX);
		if (depth == 0)
			take_top_field(r, name, value);
		if (named(name, "Content-Type"))
			part.type = value;
		else if (named(name, "Content-Transfer-Encoding"))
			part.encoding = value;
	}
	if (depth == 0 && fields == 0)
		return error_set(r->err, ERROR_INPUT, "no letter: it begins without a field");
	return take_body(r, &part, str_given(bytes) ? bytes : STR(""), depth);
}

int letter_parse(struct str bytes, struct arena *arena, struct letter *ret, struct error *err)
{
	struct letter letter = { .recipients = STR("") };
	struct reading reading = { arena, &letter, err, 0 };
	int r;

	if (bytes.len > LETTER_MAX)
		return error_set(err, ERROR_LIMIT, "a letter over %d bytes", LETTER_MAX);
	r = take_part(&reading, bytes, 0);
	if (r < 0)
		return r;
	*ret = letter;
	return 0;
}
