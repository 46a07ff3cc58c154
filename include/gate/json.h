/*
 * JSON in and out, through Jansson: strict (RFC 8259, duplicate keys and bad UTF-8 refused), depth
 * at most 64. Text comes in NFC, as XML's does. Jansson's own type is hidden; a borrowed `struct json_value *` lives as long as the
 * document, text given by json_str() too.
 */
#ifndef GATE_JSON_H
#define GATE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"

enum {
	JSON_DOCUMENT_MAX = 16 << 20, /* bytes */
	JSON_DEPTH_MAX = 64,
	JSON_VALUES_MAX = 1000000, /* a value may take a hundred times the memory of its two bytes */
	JSON_DUMP_MAX = 64 << 20,  /* bytes of json_dump(); an escape is six bytes for one */
};

struct json; /* a document: owns all its values */
struct json_value;

/* ERROR_INPUT with line and column; ERROR_LIMIT over the ceilings. */
int json_parse(struct str bytes, struct json **ret, struct error *err) MUST_CHECK;
void *json_free(struct json *json);
DEFINE_CLEANUP(json, json_free);

enum json_type { JSON_NONE, JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

const struct json_value *json_root(const struct json *json);
enum json_type json_type(const struct json_value *value); /* JSON_NONE for NULL */

/* Member of an object; NULL when value is NULL, no object, or has none. */
const struct json_value *json_get(const struct json_value *value, const char *key);
/* Follows "a/b/c"; where a step meets an array its first element stands for it. */
const struct json_value *json_find(const struct json_value *value, const char *path);

/*
 * "One child is an object, several are an array" (XML turned into JSON): count and element of a value
 * that may be either; a value that is no array counts as one, NULL and null as none.
 */
size_t json_count(const struct json_value *value);
const struct json_value *json_at(const struct json_value *value, size_t index);

/* Members of an object in their order: index < json_members(). */
size_t json_members(const struct json_value *value);
const struct json_value *json_member(const struct json_value *value, size_t index, struct str *ret_key);

/* Text of a string, STR_NONE for anything else. */
struct str json_str(const struct json_value *value);
/* Text of a string, number or boolean as JSON writes it, in `arena`; STR_NONE for others. */
struct str json_scalar(const struct json_value *value, struct arena *arena);
bool json_int(const struct json_value *value, int64_t *ret);
bool json_bool(const struct json_value *value, bool *ret);

/* One value as compact text with sorted keys: the same value gives the same bytes. */
int json_dump(const struct json_value *value, struct arena *arena, struct str *ret, struct error *err)
	MUST_CHECK;

/*
 * Writing: a stream of begin/key/value calls into a buf; the writer puts commas and escapes. No tree
 * is built. One line, no blanks, so that JSON Lines come by themselves.
 */
struct json_writer {
	struct buf *out;
	bool comma; /* a comma is due before the next value */
};
void json_open_object(struct json_writer *w);
void json_close_object(struct json_writer *w);
void json_open_array(struct json_writer *w);
void json_close_array(struct json_writer *w);
void json_key(struct json_writer *w, const char *key);
void json_put_str(struct json_writer *w, struct str s); /* STR_NONE is null */
void json_put_int(struct json_writer *w, int64_t n);
void json_put_bool(struct json_writer *w, bool b);
void json_put_null(struct json_writer *w);
void json_put_raw(struct json_writer *w, struct str json); /* a number or JSON text made by us */
/* A key and its value. */
void json_add_str(struct json_writer *w, const char *key, struct str s);
void json_add_int(struct json_writer *w, const char *key, int64_t n);
void json_add_bool(struct json_writer *w, const char *key, bool b);

#endif
