/* source_split(): a document recognised by its content and cut into items. */
#include "csv.h"
#include "documents.h"
#include "gate/json.h"

/* Every row of a CSV becomes an item with a header of its own: what all of them may take. */
enum { ITEMS_MAX = 200000, CSV_HEADER_MAX = 8 << 10, CSV_ITEMS_BYTES_MAX = 256 << 20 };

static struct source_item *add_item(struct source_items *items, struct arena *arena,
	enum source_format format, struct str label, struct str bytes)
{
	struct source_item *item;

	arena_grow(arena, items->at, items->n, &items->capacity);
	item = &items->at[items->n++];
	*item = (struct source_item){ format, label, bytes };
	return item;
}

/* XML: one document, one item */

static int split_xml(
	struct str document, struct arena *arena, struct source_items *ret, struct error *err)
{
	/* Read again by source_read(): the tree here only tells the format. */
	CLEANUP(arena_done) struct arena scratch = ARENA_INIT;
	struct xml_node *root;
	enum source_format format;
	int r = xml_parse(document, &scratch, &root, err);

	if (r < 0 || (r = xml_format(root, &format, err)) < 0)
		return r;
	add_item(ret, arena, format, STR(""), document);
	return 0;
}

/* JSON: an answer of the Explore API, an array of records, or one record */

static bool is_record(const struct json_value *value)
{
	return str_given(json_str(json_get(value, "idweb")));
}

static int add_record(const struct json_value *value, size_t number, struct arena *arena,
	struct source_items *ret, struct error *err)
{
	struct str bytes, label = arena_printf(arena, "record %zu", number);
	int r = json_dump(value, arena, &bytes, err);

	if (r < 0)
		return error_add(err, "record %zu", number);
	if (is_record(value))
		label = arena_dup(arena, str_clip(json_str(json_get(value, "idweb")), 80));
	add_item(ret, arena, is_record(value) ? FORMAT_BOAMP_API : FORMAT_UNKNOWN, label, bytes);
	return 0;
}

static int add_records(const struct json_value *list, struct arena *arena, struct source_items *ret,
	struct error *err)
{
	size_t known = 0;

	for (size_t i = 0; i < json_count(list); i++)
		known += is_record(json_at(list, i));
	if (known == 0 && json_count(list) > 0)
		return error_set(err, ERROR_INPUT,
			"unknown format: a JSON list without BOAMP records (idweb)");
	for (size_t i = 0; i < json_count(list); i++) {
		int r = add_record(json_at(list, i), i + 1, arena, ret, err);

		if (r < 0)
			return r;
	}
	return 0;
}

static int unknown_object(const struct json_value *root, struct error *err)
{
	struct str key;

	if (json_type(json_get(root, "marches")) != JSON_NONE)
		return error_set(err, ERROR_INPUT, "DECP (marches) is not read yet");
	if (json_type(json_get(root, "notices")) != JSON_NONE)
		return error_set(err, ERROR_INPUT,
			"an answer of the TED search is a list of notices, not a notice");
	if (json_members(root) == 0)
		return error_set(err, ERROR_INPUT, "unknown format: an empty JSON object");
	json_member(root, 0, &key);
	return error_set(err, ERROR_INPUT, "unknown format: JSON object with \"%.*s\"",
		STR_ARG(str_clip(key, 80)));
}

static int split_json(
	struct str document, struct arena *arena, struct source_items *ret, struct error *err)
{
	CLEANUP(json_freep) struct json *json = NULL;
	const struct json_value *root, *results;
	int r = json_parse(document, &json, err);

	if (r < 0)
		return r;
	root = json_root(json);
	results = json_get(root, "results");
	if (json_type(root) == JSON_ARRAY)
		return add_records(root, arena, ret, err);
	if (json_type(results) == JSON_ARRAY)
		return add_records(results, arena, ret, err);
	if (is_record(root))
		return add_record(root, 1, arena, ret, err);
	return unknown_object(root, err);
}

/* CSV: header and rows */

static bool is_csv(struct str document)
{
	return str_starts(document, "idweb;") || str_starts(document, "\"idweb\";");
}

static int split_csv(
	struct str document, struct arena *arena, struct source_items *ret, struct error *err)
{
	struct str rest = document, header, row;
	unsigned line = 1;
	size_t total = 0;
	bool closed;

	if (!csv_next_record(&rest, &header, &closed) || !closed)
		return error_set(err, ERROR_INPUT, "the header of the CSV is cut");
	if (header.len > CSV_HEADER_MAX)
		return error_set(err, ERROR_LIMIT, "the header of the CSV is larger than %d bytes",
			CSV_HEADER_MAX);
	for (size_t i = 0; i < header.len; i++)
		line += header.ptr[i] == '\n';
	while (csv_next_record(&rest, &row, &closed)) {
		struct str bytes;

		line++;
		if (str_trim(row).len) {
			total += header.len + row.len;
			if (ret->n >= ITEMS_MAX || total > CSV_ITEMS_BYTES_MAX)
				return error_set(err, ERROR_LIMIT,
					"line %u: the CSV has too many rows", line);
			bytes = arena_printf(arena, "%.*s\n%.*s", STR_ARG(header), STR_ARG(row));
			add_item(ret, arena, FORMAT_BOAMP_CSV, arena_printf(arena, "line %u", line),
				bytes);
		}
		for (size_t i = 0; i < row.len; i++)
			line += row.ptr[i] == '\n';
	}
	return 0;
}

int unknown_item_read(struct str bytes, struct error *err)
{
	CLEANUP(json_freep) struct json *json = NULL;
	int r = json_parse(bytes, &json, err);

	if (r < 0)
		return error_set(err, ERROR_INPUT, "unknown format");
	return error_set(err, ERROR_INPUT, "the record has no idweb");
}

int source_split(
	struct str document, struct arena *arena, struct source_items *ret, struct error *err)
{
	struct source_items items = { 0 };
	struct str start = document;
	int r;

	str_prefix(&start, "\xef\xbb\xbf");
	start = str_trim(start);
	if (start.len == 0)
		return error_set(err, ERROR_INPUT, "the document is empty");
	if (start.ptr[0] == '<')
		r = split_xml(document, arena, &items, err);
	else if (start.ptr[0] == '{' || start.ptr[0] == '[')
		r = split_json(document, arena, &items, err);
	else if (is_csv(start))
		r = split_csv(start, arena, &items, err);
	else
		return error_set(
			err, ERROR_INPUT, "unknown format: neither XML, JSON nor BOAMP's CSV");
	if (r < 0)
		return r;
	*ret = items;
	return 0;
}
