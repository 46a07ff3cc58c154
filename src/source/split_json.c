/*
 * JSON documents: one record, a list of them, what a portal or a publisher wraps around a list, or
 * JSON Lines. A record is recognised by its members, whatever list it stands in.
 */
#include <string.h>

#include "approch.h"
#include "decp.h"
#include "documents.h"
#include "gate/json.h"
#include "ocds.h"

enum { ITEMS_MAX = 200000, LABEL_MAX = 80 };

/* A record of the Explore API, with or without its packed blocks. */
static bool is_boamp(const struct json_value *value)
{
	return str_given(json_str(json_get(value, "idweb")));
}

/* First match. `label`: the member that names the record in messages. */
static const struct {
	enum source_format format;
	const char *label;
	bool (*is)(const struct json_value *value);
} kinds[] = {
	{ FORMAT_BOAMP_API, "idweb", is_boamp },
	{ FORMAT_OCDS, "ocid", ocds_is_record },
	{ FORMAT_APPROCH, "code", approch_is_record },
	{ FORMAT_DECP_JSON, "id", decp_is_record },
};

static enum source_format format_of(const struct json_value *value, const char **ret_label)
{
	for (size_t i = 0; i < LENGTH(kinds); i++) {
		if (kinds[i].is(value)) {
			*ret_label = kinds[i].label;
			return kinds[i].format;
		}
	}
	*ret_label = NULL;
	return FORMAT_UNKNOWN;
}

static struct str label_of(const struct json_value *value, const char *member, struct arena *arena)
{
	struct str label = member ? json_scalar(json_get(value, member), arena) : STR_NONE;

	return str_given(label) ? arena_dup(arena, str_clip(label, LABEL_MAX)) : STR_NONE;
}

/* Versions 1 and 2.0 of the Explore API and its exports: {"fields": {…}}, {"record": {"fields": {…}}}. */
static const struct json_value *unwrapped(const struct json_value *value)
{
	const struct json_value *record = json_get(value, "record");
	const struct json_value *fields =
		json_get(json_type(record) == JSON_OBJECT ? record : value, "fields");

	return json_type(fields) == JSON_OBJECT ? fields : value;
}

static int add_record(const struct json_value *value, size_t number, struct arena *arena,
	struct source_items *ret, struct error *err)
{
	struct str bytes, label;
	const char *member;
	enum source_format format = format_of(value, &member);
	int r = json_dump(value, arena, &bytes, err);

	if (r < 0)
		return error_add(err, "record %zu", number);
	label = label_of(value, member, arena);
	if (!str_given(label))
		label = arena_printf(arena, "record %zu", number);
	source_items_add(ret, arena, format, label, bytes);
	return 0;
}

static size_t known_in(const struct json_value *list)
{
	const char *member;
	size_t known = 0;

	for (size_t i = 0; i < json_count(list); i++)
		known += format_of(unwrapped(json_at(list, i)), &member) != FORMAT_UNKNOWN;
	return known;
}

/* A list of which nothing is known is no document of ours; one stranger among others is an item. */
static int add_records(const struct json_value *list, struct arena *arena, struct source_items *ret,
	struct error *err)
{
	if (known_in(list) == 0 && json_count(list) > 0)
		return error_set(err, ERROR_INPUT,
			"unknown format: a JSON list without records we know (idweb, ocid, acheteur)");
	for (size_t i = 0; i < json_count(list); i++) {
		int r = add_record(unwrapped(json_at(list, i)), ret->n + 1, arena, ret, err);

		if (r < 0)
			return r;
	}
	return 0;
}

/* DECP: {"marches": [ … ]} to 2022, {"marches": {"marche": [ … ], "contrat-concession": [ … ]}} since. */
static int add_decp(const struct json_value *marches, struct arena *arena, struct source_items *ret,
	struct error *err)
{
	static const char *const lists[] = { "marche", "contrat-concession" };
	int r = 0;

	if (json_type(marches) == JSON_ARRAY)
		return add_records(marches, arena, ret, err);
	for (size_t i = 0; i < LENGTH(lists) && r == 0; i++)
		r = add_records(json_get(marches, lists[i]), arena, ret, err);
	return r;
}

static int unknown_object(const struct json_value *root, struct error *err)
{
	struct str key;

	if (json_type(json_get(root, "notices")) != JSON_NONE)
		return error_set(err, ERROR_INPUT,
			"an answer of the TED search is a list of notices, not a notice");
	if (json_members(root) == 0)
		return error_set(err, ERROR_INPUT, "unknown format: an empty JSON object");
	json_member(root, 0, &key);
	return error_set(err, ERROR_INPUT, "unknown format: JSON object with \"%.*s\"",
		STR_ARG(str_clip(key, LABEL_MAX)));
}

/* What is wrapped around a list: the Explore API, OCDS release and record packages. */
static int split_object(const struct json_value *root, struct arena *arena,
	struct source_items *ret, struct error *err)
{
	static const char *const lists[] = { "results", "releases", "records" };
	const char *member;

	if (format_of(root, &member) != FORMAT_UNKNOWN)
		return add_record(root, 1, arena, ret, err);
	for (size_t i = 0; i < LENGTH(lists); i++)
		if (json_type(json_get(root, lists[i])) == JSON_ARRAY)
			return add_records(json_get(root, lists[i]), arena, ret, err);
	if (json_type(json_get(root, "marches")) != JSON_NONE)
		return add_decp(json_get(root, "marches"), arena, ret, err);
	return unknown_object(root, err);
}

/*
 * Python writes NaN for a number it has not, which is no JSON (RFC 8259); published DECP have it. Read
 * as null where it stands outside strings. STR_NONE when there is none.
 */
static struct str without_nan(struct str document, struct arena *arena)
{
	char *copy;
	size_t n = 0;
	bool quoted = false, found = false;

	if (document.len > JSON_DOCUMENT_MAX)
		return STR_NONE;
	copy = arena_alloc(arena, document.len + document.len / 3 + 1);
	for (size_t i = 0; i < document.len; i++) {
		char c = document.ptr[i];

		if (!quoted && c == 'N' && str_starts(str_from(document, i), "NaN")) {
			memcpy(copy + n, "null", 4);
			n += 4;
			i += 2;
			found = true;
			continue;
		}
		copy[n++] = c;
		if (quoted && c == '\\' && i + 1 < document.len)
			copy[n++] = document.ptr[++i];
		else if (c == '"')
			quoted = !quoted;
	}
	return found ? str_n(copy, n) : STR_NONE;
}

/* The document, or what it is without NaN; *ret_bytes: which of the two. */
static int parse(struct str document, struct arena *arena, struct json **ret, struct str *ret_bytes,
	struct error *err)
{
	struct error again = ERROR_INIT;
	int r = json_parse(document, ret, err);

	*ret_bytes = document;
	if (r == 0)
		return 0;
	document = without_nan(document, arena);
	if (!str_given(document) || json_parse(document, ret, &again) < 0)
		return r;
	*ret_bytes = document;
	return 0;
}

/* JSON Lines */

static bool is_object(struct str text)
{
	CLEANUP(json_freep) struct json *json = NULL;
	struct error err = ERROR_INIT;

	return json_parse(text, &json, &err) == 0 && json_type(json_root(json)) == JSON_OBJECT;
}

/* A first line that is an object by itself, and more below it: no JSON text looks like that. */
static bool is_lines(struct str document)
{
	size_t end = str_find_char(document, '\n');

	return document.len && document.ptr[0] == '{' && end != SIZE_MAX &&
	       str_trim(str_from(document, end)).len && is_object(str_sub(document, 0, end));
}

/* A line is kept as it stands, also one that is broken or of no kind we know. */
static void add_line(struct str line, size_t number, struct arena *arena, struct source_items *ret)
{
	CLEANUP(json_freep) struct json *json = NULL;
	struct error err = ERROR_INIT;
	struct str label = arena_printf(arena, "line %zu", number);
	enum source_format format = FORMAT_UNKNOWN;
	const char *member;

	if (parse(line, arena, &json, &line, &err) == 0)
		format = format_of(json_root(json), &member);
	source_items_add(ret, arena, format, label, line);
}

static int split_lines(
	struct str document, struct arena *arena, struct source_items *ret, struct error *err)
{
	struct str rest = document, line;
	size_t number = 0, known = 0;

	while (str_cut(&rest, '\n', &line)) {
		number++;
		line = str_trim(line);
		if (line.len == 0)
			continue;
		if (ret->n >= ITEMS_MAX)
			return error_set(err, ERROR_LIMIT,
				"line %zu: the document has too many lines", number);
		add_line(line, number, arena, ret);
		known += ret->at[ret->n - 1].format != FORMAT_UNKNOWN;
	}
	if (known == 0)
		return error_set(err, ERROR_INPUT,
			"unknown format: JSON Lines without records we know (idweb, ocid, acheteur)");
	return 0;
}

int split_json(
	struct str document, struct arena *arena, struct source_items *ret, struct error *err)
{
	CLEANUP(json_freep) struct json *json = NULL;
	const struct json_value *root;
	int r;

	if (is_lines(document))
		return split_lines(document, arena, ret, err);
	r = parse(document, arena, &json, &document, err);
	if (r < 0)
		return r;
	root = json_root(json);
	if (json_type(root) == JSON_ARRAY)
		return add_records(root, arena, ret, err);
	return split_object(root, arena, ret, err);
}

int unknown_item_read(struct str bytes, struct error *err)
{
	CLEANUP(json_freep) struct json *json = NULL;
	int r = json_parse(bytes, &json, err);

	if (r < 0)
		return error_set(err, ERROR_INPUT, "unknown format");
	return error_set(err, ERROR_INPUT, "the record has no idweb");
}
