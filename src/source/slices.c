#include "slices.h"

#include <string.h>

enum { DEPTH_MAX = 4 }; /* of the elements around an item, and the item */

/*
 * Where we are. The document is well-formed and without a document type, so that every '<' opens a
 * tag, a comment, an instruction or CDATA, and ends where it should; the encodings that xml_parse()
 * takes all have ASCII's bytes for these.
 */
struct cut {
	struct str document;
	const char *const *paths;
	size_t n_paths;
	struct arena *arena;
	struct str declaration;
	struct str name[DEPTH_MAX],
		tag[DEPTH_MAX]; /* of the open elements; tag: the start tag's bytes */
	size_t depth;
	size_t start; /* of the item that is open; SIZE_MAX */
	size_t item_depth;
	size_t bytes;
	struct slices items;
};

/* Position behind `end`, from `pos`; the end of the document without one. */
static size_t behind(struct str document, size_t pos, const char *end)
{
	struct str what = str_of(end);
	size_t at = str_find(str_from(document, pos), what);

	return at == SIZE_MAX ? document.len : pos + at + what.len;
}

/* Position behind the '>' of the tag at `pos`; one in a quoted value does not count. */
static size_t tag_end(struct str document, size_t pos)
{
	char quote = '\0';

	for (; pos < document.len; pos++) {
		char c = document.ptr[pos];

		if (quote) {
			if (c == quote)
				quote = '\0';
		} else if (c == '"' || c == '\'') {
			quote = c;
		} else if (c == '>') {
			return pos + 1;
		}
	}
	return document.len;
}

/* Of "<a:item x='1'>" or "</a:item>" the local name "item". */
static struct str local_name(struct str tag)
{
	size_t start = tag.len > 1 && tag.ptr[1] == '/' ? 2 : 1, end = start, colon;

	while (end < tag.len && (unsigned char)tag.ptr[end] > ' ' && tag.ptr[end] != '/' &&
		tag.ptr[end] != '>')
		end++;
	tag = str_sub(tag, start, end);
	colon = str_find_char(tag, ':');
	return colon == SIZE_MAX ? tag : str_from(tag, colon + 1);
}

/* Do the open elements, with `name` below them, make one of the paths? */
static bool is_item(const struct cut *cut, struct str name)
{
	for (size_t i = 0; i < cut->n_paths; i++) {
		struct str rest = str_of(cut->paths[i]), step;
		size_t level = 0;
		bool same = true;

		while (same && str_cut(&rest, '/', &step)) {
			same = level <= cut->depth &&
			       str_eq(step, level < cut->depth ? cut->name[level] : name);
			level++;
		}
		if (same && level == cut->depth + 1)
			return true;
	}
	return false;
}

/* parts */

struct paste {
	char *out;
	size_t len;
};

static void add(struct paste *paste, struct str piece)
{
	if (paste->out && piece.len)
		memcpy(paste->out + paste->len, piece.ptr, piece.len);
	paste->len += piece.len;
}

/* The written name of a start tag, prefix and all, for the end tag. */
static struct str written_name(struct str tag)
{
	size_t end = 1;

	while (end < tag.len && (unsigned char)tag.ptr[end] > ' ' && tag.ptr[end] != '/' &&
		tag.ptr[end] != '>')
		end++;
	return str_sub(tag, 1, end);
}

static void add_all(struct paste *paste, const struct cut *cut, struct str item)
{
	add(paste, cut->declaration);
	for (size_t i = 0; i < cut->item_depth; i++)
		add(paste, cut->tag[i]);
	add(paste, item);
	for (size_t i = cut->item_depth; i-- > 0;) {
		add(paste, STR("</"));
		add(paste, written_name(cut->tag[i]));
		add(paste, STR(">"));
	}
}

static int keep_item(struct cut *cut, size_t end, struct error *err)
{
	struct str item = str_sub(cut->document, cut->start, end);
	struct paste paste = { NULL, 0 };

	add_all(&paste, cut, item);
	if (paste.len - item.len > SLICES_HEAD_MAX)
		return error_set(err, ERROR_LIMIT,
			"the tags around an item are larger than %d bytes", SLICES_HEAD_MAX);
	cut->bytes += paste.len;
	if (cut->items.n >= SLICES_MAX || cut->bytes > SLICES_BYTES_MAX)
		return error_set(err, ERROR_LIMIT, "the document has too many items");
	paste = (struct paste){ arena_alloc(cut->arena, paste.len + 1), 0 };
	add_all(&paste, cut, item);
	arena_grow(cut->arena, cut->items.at, cut->items.n, &cut->items.capacity);
	cut->items.at[cut->items.n++] = str_n(paste.out, paste.len);
	cut->start = SIZE_MAX;
	return 0;
}

static int on_tag(struct cut *cut, size_t pos, size_t end, struct error *err)
{
	struct str tag = str_sub(cut->document, pos, end), name = local_name(tag);
	bool closes = tag.len > 1 && tag.ptr[1] == '/';
	bool empty = tag.len > 2 && tag.ptr[tag.len - 2] == '/';

	if (closes) {
		if (cut->depth > 0)
			cut->depth--;
		if (cut->start != SIZE_MAX && cut->depth == cut->item_depth)
			return keep_item(cut, end, err);
		return 0;
	}
	if (cut->start == SIZE_MAX && cut->depth < DEPTH_MAX && is_item(cut, name)) {
		cut->start = pos;
		cut->item_depth = cut->depth;
		if (empty)
			return keep_item(cut, end, err);
	}
	if (empty)
		return 0;
	if (cut->depth < DEPTH_MAX) {
		cut->name[cut->depth] = name;
		cut->tag[cut->depth] = tag;
	}
	cut->depth++;
	return 0;
}

static int run(struct cut *cut, struct error *err)
{
	struct str document = cut->document;
	size_t pos = 0;

	for (;;) {
		size_t open = str_find_char(str_from(document, pos), '<'), end;
		struct str rest;
		int r = 0;

		if (open == SIZE_MAX)
			return 0;
		pos += open;
		rest = str_from(document, pos);

		if (str_starts(rest, "<!--")) {
			end = behind(document, pos + 4, "-->");
		} else if (str_starts(rest, "<![CDATA[")) {
			end = behind(document, pos, "]]>");
		} else if (str_starts(rest, "<?")) {
			end = behind(document, pos, "?>");
			if (str_starts(rest, "<?xml ") && cut->depth == 0)
				cut->declaration = str_sub(document, pos, end);
		} else {
			end = tag_end(document, pos);
			r = on_tag(cut, pos, end, err);
		}
		if (r < 0)
			return r;
		pos = end;
	}
}

int xml_slices(struct str document, const char *const *paths, size_t n, struct arena *arena,
	struct slices *ret, struct error *err)
{
	struct cut cut = {
		.document = document,
		.paths = paths,
		.n_paths = n,
		.arena = arena,
		.start = SIZE_MAX,
	};
	int r = run(&cut, err);

	if (r < 0)
		return r;
	if (cut.items.n == 1)
		cut.items.at[0] = document;
	*ret = cut.items;
	return 0;
}
