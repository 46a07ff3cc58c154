/*
 * The tree behind gate/json.h: ours, so that members can be found by number and by name without a
 * walk, and Jansson's memory goes back as soon as the document was read. Apart from json.h because
 * Jansson uses some of its names.
 */
#ifndef GATE_JSON_TREE_H
#define GATE_JSON_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"

enum json_kind {
	JSON_KIND_NULL,
	JSON_KIND_BOOL,
	JSON_KIND_INT,
	JSON_KIND_REAL,
	JSON_KIND_STRING,
	JSON_KIND_ARRAY,
	JSON_KIND_OBJECT,
};

struct json_value {
	enum json_kind kind;
	uint32_t count; /* of elements or members */
	union {
		bool boolean;
		int64_t integer;
		double real;
		struct str string;
		struct json_value *elements;
		struct {
			struct json_member *members; /* as written */
			uint32_t *sorted;            /* their indexes by key */
		};
	};
};

struct json_member {
	struct str key;
	struct json_value value;
};

/* Reads with Jansson. `bytes` is known to be within the ceilings of json.h. */
int json_load(struct str bytes, struct arena *arena, struct json_value *ret, struct error *err)
	MUST_CHECK;

/* A number as JSON writes it: the shortest text that reads back as the same number. */
enum { JSON_NUMBER_TEXT = 32 };
const char *json_number(const struct json_value *number, char out[JSON_NUMBER_TEXT]);

#endif
