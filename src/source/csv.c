#include "csv.h"

bool csv_next_record(struct str *rest, struct str *ret, bool *ret_closed)
{
	bool quoted = false;
	size_t i;

	if (rest->len == 0)
		return false;
	for (i = 0; i < rest->len; i++) {
		if (rest->ptr[i] == '"')
			quoted = !quoted;
		else if (rest->ptr[i] == '\n' && !quoted)
			break;
	}
	*ret = str_sub(*rest, 0, i);
	if (str_ends(*ret, "\r"))
		ret->len--;
	*ret_closed = !quoted;
	*rest = str_from(*rest, i + 1);
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
	size_t n = 0, start = 0;
	bool quoted = false;

	for (size_t i = 0; i <= record.len; i++) {
		if (i < record.len && record.ptr[i] == '"')
			quoted = !quoted;
		if (i < record.len && (quoted || record.ptr[i] != ';'))
			continue;
		if (n == CSV_FIELDS_MAX)
			return 0;
		fields[n++] = unquoted(str_sub(record, start, i), arena);
		start = i + 1;
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
