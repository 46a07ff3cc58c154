#include "gate/json.h"

#include <assert.h>
#include <stdlib.h>

#include "json_tree.h"

struct json {
	struct arena arena;
	struct json_value root;
};

/* Position of the closing quote of the string that opens at `pos`, or the end. */
static size_t string_end(struct str bytes, size_t pos)
{
	for (pos++; pos < bytes.len && bytes.ptr[pos] != '"'; pos++)
		if (bytes.ptr[pos] == '\\')
			pos++;
	return pos;
}

/*
 * Jansson would build 2,048 levels, and from 16 MiB of "{},{}" more than a GiB of tables: depth and
 * number of values are counted before. In text that is no JSON the count may be wrong; Jansson says
 * what is the matter there.
 */
static int check_size(struct str bytes, struct error *err)
{
	unsigned line = 1, depth = 0, values = 1;

	for (size_t i = 0; i < bytes.len; i++) {
		switch (bytes.ptr[i]) {
		case '\n':
			line++;
			break;
		case '"':
			i = string_end(bytes, i);
			break;
		case '[':
		case '{':
			values++;
			if (++depth > JSON_DEPTH_MAX)
				return error_set(err, ERROR_LIMIT,
					"line %u: values are nested deeper than %d", line,
					JSON_DEPTH_MAX);
			break;
		case ']':
		case '}':
			depth -= depth > 0;
			break;
		case ',':
			values++;
			break;
		}
		if (values > JSON_VALUES_MAX)
			return error_set(err, ERROR_LIMIT, "line %u: more than %d values", line,
				JSON_VALUES_MAX);
	}
	return 0;
}

int json_parse(struct str bytes, struct json **ret, struct error *err)
{
	CLEANUP(json_freep) struct json *json = NULL;
	int r;

	if (bytes.len > JSON_DOCUMENT_MAX)
		return error_set(err, ERROR_LIMIT, "the document is larger than %d bytes",
			JSON_DOCUMENT_MAX);
	str_prefix(&bytes, "\xef\xbb\xbf"); /* RFC 8259, section 8.1, lets a reader pass it over */
	if (bytes.len == 0)
		return error_set(err, ERROR_INPUT, "the document is empty");
	r = check_size(bytes, err);
	if (r < 0)
		return r;
	json = calloc(1, sizeof(*json));
	if (!json)
		die("out of memory (JSON)");
	r = json_load(bytes, &json->arena, &json->root, err);
	if (r < 0)
		return r;
	*ret = steal(&json);
	return 0;
}

void *json_free(struct json *json)
{
	if (json)
		arena_done(&json->arena);
	free(json);
	return NULL;
}

const struct json_value *json_root(const struct json *json)
{
	return &json->root;
}

enum json_type json_type(const struct json_value *value)
{
	static const enum json_type types[] = {
		[JSON_KIND_NULL] = JSON_NULL,
		[JSON_KIND_BOOL] = JSON_BOOL,
		[JSON_KIND_INT] = JSON_NUMBER,
		[JSON_KIND_REAL] = JSON_NUMBER,
		[JSON_KIND_STRING] = JSON_STRING,
		[JSON_KIND_ARRAY] = JSON_ARRAY,
		[JSON_KIND_OBJECT] = JSON_OBJECT,
	};

	return value ? types[value->kind] : JSON_NONE;
}

static const struct json_value *get(const struct json_value *value, struct str key)
{
	uint32_t low = 0, high;

	if (!value || value->kind != JSON_KIND_OBJECT)
		return NULL;
	high = value->count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		const struct json_member *member = &value->members[value->sorted[middle]];
		int order = str_cmp(key, member->key);

		if (order == 0)
			return &member->value;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

const struct json_value *json_get(const struct json_value *value, const char *key)
{
	return get(value, str_of(key));
}

const struct json_value *json_find(const struct json_value *value, const char *path)
{
	struct str rest = str_of(path), key;

	while (value && rest.len && str_cut(&rest, '/', &key)) {
		while (value && value->kind == JSON_KIND_ARRAY)
			value = json_at(value, 0);
		value = get(value, key);
	}
	return value;
}

size_t json_count(const struct json_value *value)
{
	if (!value || value->kind == JSON_KIND_NULL)
		return 0;
	return value->kind == JSON_KIND_ARRAY ? value->count : 1;
}

const struct json_value *json_at(const struct json_value *value, size_t index)
{
	if (index >= json_count(value))
		return NULL;
	return value->kind == JSON_KIND_ARRAY ? &value->elements[index] : value;
}

size_t json_members(const struct json_value *value)
{
	return value && value->kind == JSON_KIND_OBJECT ? value->count : 0;
}

const struct json_value *json_member(const struct json_value *value, size_t index, struct str *ret_key)
{
	assert(index < json_members(value));
	*ret_key = value->members[index].key;
	return &value->members[index].value;
}

struct str json_str(const struct json_value *value)
{
	return value && value->kind == JSON_KIND_STRING ? value->string : STR_NONE;
}

struct str json_scalar(const struct json_value *value, struct arena *arena)
{
	char number[JSON_NUMBER_TEXT];

	switch (value ? value->kind : JSON_KIND_NULL) {
	case JSON_KIND_BOOL:
		return value->boolean ? STR("true") : STR("false");
	case JSON_KIND_INT:
	case JSON_KIND_REAL:
		return arena_dup(arena, str_of(json_number(value, number)));
	case JSON_KIND_STRING:
		return value->string;
	default:
		return STR_NONE;
	}
}

bool json_int(const struct json_value *value, int64_t *ret)
{
	/* Up to 2^53 a double holds every whole number. */
	static const double exact = 9007199254740992.0;

	if (!value)
		return false;
	if (value->kind == JSON_KIND_INT) {
		*ret = value->integer;
		return true;
	}
	if (value->kind != JSON_KIND_REAL || value->real < -exact || value->real > exact)
		return false;
	if ((double)(int64_t)value->real != value->real)
		return false;
	*ret = (int64_t)value->real;
	return true;
}

bool json_bool(const struct json_value *value, bool *ret)
{
	if (!value || value->kind != JSON_KIND_BOOL)
		return false;
	*ret = value->boolean;
	return true;
}
