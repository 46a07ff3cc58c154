/* source_split(): a document recognised by its content and cut into items. */
#include "documents.h"

#include <string.h>

#include "csv.h"
#include "gate/archive.h"
#include "slices.h"

/* Every row of a CSV becomes an item with a header of its own: what all of them may take. */
enum { ITEMS_MAX = 200000, CSV_HEADER_MAX = 8 << 10, CSV_ITEMS_BYTES_MAX = 256 << 20 };

void source_items_add(struct source_items *items, struct arena *arena, enum source_format format,
	struct str label, struct str bytes)
{
	arena_grow(arena, items->at, items->n, &items->capacity);
	items->at[items->n++] = (struct source_item){ format, label, bytes };
}

/* XML: one document, one item, but for lists */

static const struct {
	enum source_format format;
	const char *paths[4];
	size_t n;
} lists[] = {
	{ FORMAT_DECP_XML, { "marches/marche", "marches/contrat-concession" }, 2 },
	{ FORMAT_FEED, { "rss/channel/item", "RDF/item", "feed/entry" }, 3 },
};

static int add_slices(struct str document, enum source_format format, struct arena *arena,
	struct source_items *ret, struct error *err)
{
	struct slices slices = { 0 };
	size_t list = 0;
	int r;

	while (list < LENGTH(lists) && lists[list].format != format)
		list++;
	if (list == LENGTH(lists)) {
		source_items_add(ret, arena, format, STR(""), document);
		return 0;
	}
	r = xml_slices(document, lists[list].paths, lists[list].n, arena, &slices, err);
	for (size_t i = 0; r == 0 && i < slices.n; i++)
		source_items_add(ret, arena, format,
			slices.n > 1 ? arena_printf(arena, "item %zu", i + 1) : STR(""),
			slices.at[i]);
	return r;
}

static bool is_list(enum source_format format)
{
	for (size_t i = 0; i < LENGTH(lists); i++)
		if (lists[i].format == format)
			return true;
	return false;
}

/*
 * One notice is known by its document element, and parsed once, by source_read(): if it is damaged that
 * says so, and keeps it as what it is. A list is cut by its tags, so it must be well-formed as a whole.
 */
static int split_xml(
	struct str document, struct arena *arena, struct source_items *ret, struct error *err)
{
	CLEANUP(arena_done) struct arena scratch = ARENA_INIT;
	struct error peeked = ERROR_INIT;
	struct xml_node *root;
	enum source_format format;
	int r = xml_peek(document, &scratch, &root, &peeked);

	if (r == 0 && xml_format(root, &format, &peeked) == 0 && !is_list(format))
		return add_slices(document, format, arena, ret, err);
	arena_reset(&scratch);
	r = xml_parse(document, &scratch, &root, err);
	if (r < 0 || (r = xml_format(root, &format, err)) < 0)
		return r;
	return add_slices(document, format, arena, ret, err);
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

	if (!csv_next_record(&rest, ';', &header, &closed) || !closed)
		return error_set(err, ERROR_INPUT, "the header of the CSV is cut");
	if (header.len > CSV_HEADER_MAX)
		return error_set(err, ERROR_LIMIT, "the header of the CSV is larger than %d bytes",
			CSV_HEADER_MAX);
	for (size_t i = 0; i < header.len; i++)
		line += header.ptr[i] == '\n';
	while (csv_next_record(&rest, ';', &row, &closed)) {
		struct str bytes;

		line++;
		if (str_trim(row).len) {
			total += header.len + row.len;
			if (ret->n >= ITEMS_MAX || total > CSV_ITEMS_BYTES_MAX)
				return error_set(err, ERROR_LIMIT,
					"line %u: the CSV has too many rows", line);
			bytes = arena_printf(arena, "%.*s\n%.*s", STR_ARG(header), STR_ARG(row));
			source_items_add(ret, arena, FORMAT_BOAMP_CSV,
				arena_printf(arena, "line %u", line), bytes);
		}
		for (size_t i = 0; i < row.len; i++)
			line += row.ptr[i] == '\n';
	}
	return 0;
}

/* By its mark, or by the zeros beside the first character of a document that we know. */
static bool is_wide(struct str document)
{
	struct str head = document;

	if (str_starts(document, "\xff\xfe") || str_starts(document, "\xfe\xff"))
		return true;
	while (head.len > 0 && head.ptr[0] == '\0' && document.len - head.len < 3)
		head = str_from(head, 1);
	return head.len > 1 && strchr("<{[", head.ptr[0]) != NULL && head.ptr[0] != '\0' &&
	       (head.len < document.len || head.ptr[1] == '\0');
}

int source_split(
	struct str document, struct arena *arena, struct source_items *ret, struct error *err)
{
	struct source_items items = { 0 };
	struct str start = document;
	int r;

	if (is_wide(document))
		return error_set(err, ERROR_INPUT,
			"the document is UTF-16 or UTF-32, which is not accepted: UTF-8 is expected");
	if (archive_recognise(document))
		return error_set(err, ERROR_INPUT,
			"a package inside a package is not opened: unpack the outer one first");
	str_prefix(&start, "\xef\xbb\xbf");
	start = str_trim(start);
	if (start.len == 0)
		return error_set(err, ERROR_INPUT, "the document is empty");
	if (start.ptr[0] == '<')
		r = split_xml(document, arena, &items, err);
	else if (start.ptr[0] == '{' || start.ptr[0] == '[')
		r = split_json(start, arena, &items, err);
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
