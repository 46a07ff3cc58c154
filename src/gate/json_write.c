#include "gate/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json_tree.h"

/* writer */

static void separate(struct json_writer *w)
{
	if (w->comma)
		buf_addc(w->out, ',');
	w->comma = true;
}

static void open_with(struct json_writer *w, char bracket)
{
	separate(w);
	buf_addc(w->out, bracket);
	w->comma = false;
}

static void close_with(struct json_writer *w, char bracket)
{
	buf_addc(w->out, bracket);
	w->comma = true;
}

void json_open_object(struct json_writer *w)
{
	open_with(w, '{');
}

void json_close_object(struct json_writer *w)
{
	close_with(w, '}');
}

void json_open_array(struct json_writer *w)
{
	open_with(w, '[');
}

void json_close_array(struct json_writer *w)
{
	close_with(w, ']');
}

static void add_escaped(struct buf *out, unsigned char c)
{
	switch (c) {
	case '"':
		buf_addz(out, "\\\"");
		break;
	case '\\':
		buf_addz(out, "\\\\");
		break;
	case '\n':
		buf_addz(out, "\\n");
		break;
	case '\r':
		buf_addz(out, "\\r");
		break;
	case '\t':
		buf_addz(out, "\\t");
		break;
	default:
		buf_addf(out, "\\u%04x", c);
	}
}

/* Text that is no UTF-8 cannot come here; if it did, one bad byte would spoil the whole output. */
static void add_character(struct buf *out, struct str s, size_t *pos)
{
	char utf8[4];

	buf_add(out, utf8, str_utf8_put(str_utf8_next(s, pos), utf8));
}

static void add_string(struct buf *out, struct str s)
{
	bool valid = str_utf8_valid(s);
	size_t start = 0, pos = 0;

	buf_addc(out, '"');
	while (pos < s.len) {
		unsigned char c = (unsigned char)s.ptr[pos];

		if (c >= 0x20 && c != '"' && c != '\\' && (c < 0x80 || valid)) {
			pos++;
			continue;
		}
		buf_adds(out, str_sub(s, start, pos));
		if (c >= 0x80) {
			add_character(out, s, &pos);
		} else {
			add_escaped(out, c);
			pos++;
		}
		start = pos;
	}
	buf_adds(out, str_from(s, start));
	buf_addc(out, '"');
}

static void put_key(struct json_writer *w, struct str key)
{
	separate(w);
	add_string(w->out, key);
	buf_addc(w->out, ':');
	w->comma = false;
}

void json_key(struct json_writer *w, const char *key)
{
	put_key(w, str_of(key));
}

void json_put_str(struct json_writer *w, struct str s)
{
	if (!str_given(s)) {
		json_put_null(w);
		return;
	}
	separate(w);
	add_string(w->out, s);
}

void json_put_int(struct json_writer *w, int64_t n)
{
	separate(w);
	buf_addf(w->out, "%" PRId64, n);
}

void json_put_bool(struct json_writer *w, bool b)
{
	json_put_raw(w, b ? STR("true") : STR("false"));
}

void json_put_null(struct json_writer *w)
{
	json_put_raw(w, STR("null"));
}

void json_put_raw(struct json_writer *w, struct str json)
{
	separate(w);
	buf_adds(w->out, json);
}

/* values read from a document */

const char *json_number(const struct json_value *number, char out[JSON_NUMBER_TEXT])
{
	char *mark;

	if (number->kind == JSON_KIND_INT) {
		snprintf(out, JSON_NUMBER_TEXT, "%" PRId64, number->integer);
		return out;
	}
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(out, JSON_NUMBER_TEXT, "%.*g", digits, number->real);
		if (strtod(out, NULL) == number->real)
			break;
	}
	/* The C library writes the decimal mark of the locale, JSON knows one. */
	mark = out + strspn(out, "-0123456789");
	if (*mark == '\0')
		snprintf(mark, JSON_NUMBER_TEXT - (size_t)(mark - out), ".0");
	else if (*mark != 'e')
		*mark = '.';
	return out;
}

static void put_value(struct json_writer *w, const struct json_value *value) /* JSON_DEPTH_MAX */
{
	char number[JSON_NUMBER_TEXT];

	switch (value->kind) {
	case JSON_KIND_NULL:
		json_put_null(w);
		break;
	case JSON_KIND_BOOL:
		json_put_bool(w, value->boolean);
		break;
	case JSON_KIND_INT:
	case JSON_KIND_REAL:
		json_put_raw(w, str_of(json_number(value, number)));
		break;
	case JSON_KIND_STRING:
		json_put_str(w, value->string);
		break;
	case JSON_KIND_ARRAY:
		json_open_array(w);
		for (uint32_t i = 0; i < value->count; i++)
			put_value(w, &value->elements[i]);
		json_close_array(w);
		break;
	case JSON_KIND_OBJECT:
		json_open_object(w);
		for (uint32_t i = 0; i < value->count; i++) {
			const struct json_member *member = &value->members[value->sorted[i]];

			put_key(w, member->key);
			put_value(w, &member->value);
		}
		json_close_object(w);
		break;
	}
}

int json_dump(const struct json_value *value, struct arena *arena, struct str *ret, struct error *err)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(JSON_DUMP_MAX);
	struct json_writer w = { &out, false };
	int r;

	if (!value) {
		*ret = STR_NONE;
		return 0;
	}
	put_value(&w, value);
	r = buf_check(&out, "a value as JSON text", err);
	if (r < 0)
		return r;
	*ret = arena_dup(arena, buf_str(&out));
	return 0;
}

void json_add_str(struct json_writer *w, const char *key, struct str s)
{
	json_key(w, key);
	json_put_str(w, s);
}

void json_add_int(struct json_writer *w, const char *key, int64_t n)
{
	json_key(w, key);
	json_put_int(w, n);
}

void json_add_bool(struct json_writer *w, const char *key, bool b)
{
	json_key(w, key);
	json_put_bool(w, b);
}
