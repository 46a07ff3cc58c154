#include "csv.h"

enum quoting { QUOTES_WELL, QUOTES_NONE, QUOTES_BROKEN };

/*
 * The end of the quoted field that begins at `start`: the position behind its closing quote. QUOTES_NONE
 * when a quote stands inside its first line where none may: the field is text with quotes in it.
 * QUOTES_BROKEN when that happens further on, or there is no closing quote at all.
 */
static enum quoting quoted_end(struct str text, size_t start, char separator, size_t *ret)
{
	bool several_lines = false;

	for (size_t i = start + 1; i < text.len; i++) {
		char after = i + 1 < text.len ? text.ptr[i + 1] : '\n';

		if (text.ptr[i] == '\n')
			several_lines = true;
		if (text.ptr[i] != '"')
			continue;
		if (after == '"') {
			i++;
			continue;
		}
		*ret = i + 1;
		if (after == separator || after == '\n' || after == '\r')
			return QUOTES_WELL;
		return several_lines ? QUOTES_BROKEN : QUOTES_NONE;
	}
	return QUOTES_BROKEN;
}

/* From the beginning of a field to the separator, line end or end of text behind it. */
static bool field_end(struct str text, size_t start, char separator, size_t *ret)
{
	size_t end = start;

	if (start < text.len && text.ptr[start] == '"')
		switch (quoted_end(text, start, separator, &end)) {
		case QUOTES_BROKEN:
			return false;
		case QUOTES_NONE:
			end = start;
			break;
		case QUOTES_WELL:
			break;
		}
	while (end < text.len && text.ptr[end] != separator && text.ptr[end] != '\n')
		end++;
	*ret = end;
	return true;
}

bool csv_next_record(struct str *rest, char separator, struct str *ret, bool *ret_closed)
{
	size_t end = 0, start = 0;

	if (rest->len == 0)
		return false;
	*ret_closed = true;
	for (;;) {
		if (!field_end(*rest, start, separator, &end)) {
			/* Where a quote was lost nobody knows: the line alone, so that the next one is safe. */
			*ret_closed = false;
			end = str_find_char(*rest, '\n');
			end = end == SIZE_MAX ? rest->len : end;
			break;
		}
		if (end >= rest->len || rest->ptr[end] == '\n')
			break;
		start = end + 1;
	}
	*ret = str_sub(*rest, 0, end);
	if (str_ends(*ret, "\r"))
		ret->len--;
	*rest = str_from(*rest, end + 1);
	return true;
}

/* A field without its quotes; a doubled quote inside is one. */
static struct str unquoted(struct str field, struct arena *arena)
{
	char *out;
	size_t n = 0;

	if (field.len < 2 || field.ptr[0] != '"' || field.ptr[field.len - 1] != '"')
		return arena_dup(arena, field);
	field = str_sub(field, 1, field.len - 1);
	out = arena_alloc(arena, field.len + 1);
	for (size_t i = 0; i < field.len; i++) {
		if (field.ptr[i] == '"' && i + 1 < field.len && field.ptr[i + 1] == '"')
			i++;
		out[n++] = field.ptr[i];
	}
	return str_n(out, n);
}

size_t csv_fields(struct str record, struct arena *arena, struct str fields[CSV_FIELDS_MAX])
{
	size_t n = 0, start = 0, end;

	while (start <= record.len) {
		if (n == CSV_FIELDS_MAX)
			return 0;
		end = record.len;
		/* Line ends stand in quoted fields only, which are closed here. */
		if (!field_end(record, start, ';', &end))
			end = record.len;
		fields[n++] = unquoted(str_sub(record, start, end), arena);
		start = end + 1;
	}
	return n;
}

/* Position of the quote that closes the literal opened at `pos`, or the end. */
static size_t literal_end(struct str text, size_t pos)
{
	char quote = text.ptr[pos];

	for (pos++; pos < text.len && text.ptr[pos] != quote; pos++)
		if (text.ptr[pos] == '\\')
			pos++;
	return pos < text.len ? pos : text.len;
}

/* What a literal says: of the escapes, only those that Python prints in a text of words. */
static struct str literal(struct str body, struct arena *arena)
{
	char *out = arena_alloc(arena, body.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < body.len; i++) {
		char c = body.ptr[i];

		if (c == '\\' && i + 1 < body.len) {
			c = body.ptr[++i];
			if (c == 'n' || c == 't')
				c = ' ';
		}
		out[n++] = c;
	}
	return str_n(out, n);
}

void csv_python_list(struct str text, struct arena *arena, struct codes *ret)
{
	text = str_trim(text);
	if (!str_starts(text, "[") || !str_ends(text, "]")) {
		codes_add(ret, arena, text);
		return;
	}
	for (size_t pos = 1; pos < text.len; pos++) {
		size_t end;

		if (text.ptr[pos] != '\'' && text.ptr[pos] != '"')
			continue;
		end = literal_end(text, pos);
		codes_add(ret, arena, literal(str_sub(text, pos + 1, end), arena));
		pos = end;
	}
}
