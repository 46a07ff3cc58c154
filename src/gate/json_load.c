#include "json_tree.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "gate/unicode.h"

static int by_key(const void *a, const void *b, void *members)
{
	const struct json_member *of = members;

	return str_cmp(of[*(const uint32_t *)a].key, of[*(const uint32_t *)b].key);
}

static void convert(json_t *from, struct arena *arena, struct json_value *to);

static void convert_object(json_t *from, struct arena *arena, struct json_value *to)
{
	uint32_t i = 0;

	to->kind = JSON_KIND_OBJECT;
	to->count = (uint32_t)json_object_size(from);
	to->members = arena_array(arena, struct json_member, to->count);
	to->sorted = arena_array(arena, uint32_t, to->count);
	for (void *at = json_object_iter(from); at; at = json_object_iter_next(from, at), i++) {
		struct json_member *member = &to->members[i];

		member->key = arena_dup(arena, str_of(json_object_iter_key(at)));
		convert(json_object_iter_value(at), arena, &member->value);
		to->sorted[i] = i;
	}
	if (to->count > 1)
		qsort_r(to->sorted, to->count, sizeof(*to->sorted), by_key, to->members);
}

static void convert_array(json_t *from, struct arena *arena, struct json_value *to)
{
	to->kind = JSON_KIND_ARRAY;
	to->count = (uint32_t)json_array_size(from);
	to->elements = arena_array(arena, struct json_value, to->count);
	for (uint32_t i = 0; i < to->count; i++)
		convert(json_array_get(from, i), arena, &to->elements[i]);
}

static void convert(json_t *from, struct arena *arena, struct json_value *to) /* JSON_DEPTH_MAX */
{
	switch (json_typeof(from)) {
	case JSON_NULL:
		to->kind = JSON_KIND_NULL;
		break;
	case JSON_TRUE:
	case JSON_FALSE:
		to->kind = JSON_KIND_BOOL;
		to->boolean = json_is_true(from);
		break;
	case JSON_INTEGER:
		to->kind = JSON_KIND_INT;
		to->integer = json_integer_value(from);
		break;
	case JSON_REAL:
		to->kind = JSON_KIND_REAL;
		to->real = json_real_value(from);
		break;
	case JSON_STRING:
		to->kind = JSON_KIND_STRING;
		to->string = arena_dup(arena,
			unicode_nfc(str_n(json_string_value(from), json_string_length(from)),
				arena));
		break;
	case JSON_ARRAY:
		convert_array(from, arena, to);
		break;
	case JSON_OBJECT:
		convert_object(from, arena, to);
		break;
	}
}

int json_load(struct str bytes, struct arena *arena, struct json_value *ret, struct error *err)
{
	json_error_t error;
	json_t *root;

	/* Without JSON_ALLOW_NUL a \u0000 is refused, without JSON_DISABLE_EOF_CHECK what follows. */
	root = json_loadb(bytes.ptr, bytes.len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
	if (!root && json_error_code(&error) == json_error_out_of_memory)
		die("out of memory (JSON)");
	if (!root)
		return error_set(err, ERROR_INPUT, "line %d, column %d: %s", error.line, error.column,
			error.text);
	convert(root, arena, ret);
	json_decref(root);
	return 0;
}
