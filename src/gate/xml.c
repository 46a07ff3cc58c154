#include "gate/xml.h"

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>

#include "gate/unicode.h"
#include "xml_scan.h"
#include "xml_tree.h"

/*
 * libxml2 gives each name as one pointer for the whole document, out of its dictionary; this table
 * maps it to our copy, so that a name is copied once and not once per element.
 */
struct name {
	const xmlChar *key;
	struct str name;
};

struct names {
	struct name *rows;
	size_t count, size; /* size: a power of two, at most half full */
};

struct build {
	struct arena *arena;
	struct error *err;
	xmlParserCtxtPtr parser;
	struct names names;
	struct xml_node *root;
	unsigned elements;
	int result; /* negative once something was refused */
	bool peek;  /* the document element is all that is asked for */

	/*
	 * The elements that are open, outermost first. Their texts lie one after the other in `text`: while
	 * a child is open its parent's cannot grow, so one buffer serves all.
	 */
	struct open {
		struct xml_element *element;
		struct xml_node **tail; /* where the next child goes */
		size_t start;           /* of its own text */
		unsigned found;         /* in it, BYTE_… */
	} open[XML_DEPTH_MAX];
	int depth;
	struct buf text;
};

/* The first refusal counts, and nothing is parsed after it. */
static void refuse(struct build *b, int result)
{
	b->result = result;
	xmlStopParser(b->parser);
}

static int line_of(const struct build *b)
{
	return b->parser->input ? b->parser->input->line : 0;
}

/* What is in a text, by byte: most have neither control bytes nor anything NFC could change. */
enum { BYTE_CONTROL = 1, BYTE_HIGH = 2, BYTE_C1 = 4 };

static unsigned byte_class(unsigned char c)
{
	if (c < 0x20)
		return c == '\t' || c == '\n' ? 0 : BYTE_CONTROL;
	if (c < 0x7f)
		return 0;
	if (c == 0x7f)
		return BYTE_CONTROL;
	if (c == 0xc2)
		return BYTE_C1; /* perhaps: U+0080 to U+009F are C2 80 to C2 9F */
	return c >= 0xcc ? BYTE_HIGH : 0; /* U+0300, the first combining mark, is CC 80 */
}

static unsigned classify(const char *p, size_t len)
{
	static const uint64_t ones = UINT64_C(0x0101010101010101), highs = ones << 7;
	unsigned found = 0;
	size_t i = 0;

	while (i < len) {
		uint64_t word, del;

		if (i + sizeof(word) <= len) {
			memcpy(&word, p + i, sizeof(word));
			del = word ^ ones * 0x7f;
			/* Printable ASCII, eight at a time: no byte from 0x80, below 0x20, or 0x7f. */
			if (((word | (word - ones * 0x20) | ((del - ones) & ~del)) & highs) == 0) {
				i += sizeof(word);
				continue;
			}
		}
		for (size_t end = i + sizeof(word) < len ? i + sizeof(word) : len; i < end; i++)
			found |= byte_class((unsigned char)p[i]);
	}
	return found;
}

static void add_without_controls(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if (byte_class(c) == BYTE_CONTROL)
			continue;
		if (c == 0xc2 && i + 1 < text.len && (unsigned char)text.ptr[i + 1] < 0xa0) {
			uint32_t meant = xml_c1((unsigned char)text.ptr[++i]);
			char utf8[4];

			if (meant)
				buf_add(out, utf8, str_utf8_put(meant, utf8));
		} else {
			buf_addc(out, (char)c);
		}
	}
}

/* Adds a piece of text without its control bytes; says what was in it. */
static unsigned add_text(struct buf *out, struct str text)
{
	unsigned found = classify(text.ptr, text.len);

	if (found & (BYTE_CONTROL | BYTE_C1))
		add_without_controls(out, text);
	else
		buf_adds(out, text);
	return found;
}

/* What was added to the text buffer since `start`, taken off it and kept. */
static struct str keep_added(struct build *b, size_t start)
{
	struct str kept = arena_dup(b->arena, str_from(buf_str(&b->text), start));

	buf_truncate(&b->text, start);
	return kept;
}

static struct str keep(struct build *b, struct str text)
{
	size_t start = b->text.len;
	unsigned found = add_text(&b->text, text);
	struct str kept = keep_added(b, start);

	return found & BYTE_HIGH ? unicode_nfc(kept, b->arena) : kept;
}

static size_t name_slot(const struct names *names, const xmlChar *key)
{
	size_t i = (size_t)(((uintptr_t)key * UINT64_C(0x9e3779b97f4a7c15)) >> 40);

	while (i &= names->size - 1, names->rows[i].key && names->rows[i].key != key)
		i++;
	return i;
}

static void names_grow(struct names *names)
{
	struct names old = *names;

	names->size = old.size ? old.size * 2 : 256;
	names->rows = calloc(names->size, sizeof(*names->rows));
	if (!names->rows)
		die("out of memory");
	for (size_t i = 0; i < old.size; i++)
		if (old.rows[i].key)
			names->rows[name_slot(names, old.rows[i].key)] = old.rows[i];
	free(old.rows);
}

static struct str name_of(struct build *b, const xmlChar *key)
{
	struct name *row;

	if (!key)
		return STR_NONE;
	if (b->names.count * 2 >= b->names.size)
		names_grow(&b->names);
	row = &b->names.rows[name_slot(&b->names, key)];
	if (!row->key) {
		row->key = key;
		row->name = keep(b, str_of((const char *)key));
		b->names.count++;
	}
	return row->name;
}

/*
 * As long as entities are not replaced (and they never are here), libxml2 writes an ampersand in an
 * attribute as "&#38;", for a second parse that only its own tree does.
 */
static struct str attr_value(struct build *b, struct str value)
{
	struct str escaped = STR("&#38;");
	size_t pos = str_find(value, escaped), len = 0;
	char *out;

	if (pos == SIZE_MAX)
		return keep(b, value);
	out = arena_alloc(b->arena, value.len);
	for (; pos != SIZE_MAX; pos = str_find(value, escaped)) {
		memcpy(out + len, value.ptr, pos + 1);
		len += pos + 1;
		value = str_from(value, pos + escaped.len);
	}
	if (value.len)
		memcpy(out + len, value.ptr, value.len);
	return keep(b, str_n(out, len + value.len));
}

static struct xml_attr *attr_list(struct build *b, size_t count, const xmlChar **fields)
{
	struct xml_attr *attrs = count ? arena_array(b->arena, struct xml_attr, count) : NULL;

	for (size_t i = 0; i < count; i++, fields += 5) { /* local name, prefix, URI, value, its end */
		attrs[i].name = name_of(b, fields[0]);
		attrs[i].value = attr_value(b,
			str_n((const char *)fields[3], (size_t)(fields[4] - fields[3])));
		attrs[i].next = i + 1 < count ? &attrs[i + 1] : NULL;
	}
	return attrs;
}

static void on_start(void *data, const xmlChar *name, const xmlChar *prefix UNUSED,
	const xmlChar *uri, int n_namespaces UNUSED, const xmlChar **namespaces UNUSED,
	int n_attributes, int n_defaulted UNUSED, const xmlChar **attributes)
{
	struct build *b = data;
	struct open *parent = b->depth ? &b->open[b->depth - 1] : NULL, *open;
	struct xml_element *element;

	if (b->result < 0 || (b->peek && b->root))
		return;
	if (b->depth == XML_DEPTH_MAX) {
		refuse(b, error_set(b->err, ERROR_LIMIT, "line %d: elements are nested deeper than %d",
			line_of(b), XML_DEPTH_MAX));
		return;
	}
	if (++b->elements > XML_ELEMENTS_MAX) {
		refuse(b, error_set(b->err, ERROR_LIMIT, "line %d: more than %d elements", line_of(b),
			XML_ELEMENTS_MAX));
		return;
	}
	element = arena_new(b->arena, struct xml_element);
	element->node.name = name_of(b, name);
	element->node.ns = name_of(b, uri);
	element->node.attrs = attr_list(b, (size_t)n_attributes, attributes);
	element->node.line = (uint32_t)line_of(b);
	if (parent) {
		element->node.parent = &parent->element->node;
		element->at = b->text.len - parent->start;
		*parent->tail = &element->node;
		parent->tail = &element->node.next;
	} else {
		b->root = &element->node;
	}
	open = &b->open[b->depth++];
	open->element = element;
	open->tail = &element->node.child;
	open->start = b->text.len;
	open->found = 0;
	if (b->peek)
		xmlStopParser(b->parser);
}

static void on_text(void *data, const xmlChar *text, int len)
{
	struct build *b = data;
	struct open *open;

	if (b->result < 0 || b->depth == 0 || len <= 0)
		return;
	open = &b->open[b->depth - 1];
	if (b->text.len - open->start + (size_t)len > XML_TEXT_MAX) {
		refuse(b, error_set(b->err, ERROR_LIMIT,
			"line %d: the text of an element is longer than %d bytes", line_of(b),
			XML_TEXT_MAX));
		return;
	}
	open->found |= add_text(&b->text, str_n((const char *)text, (size_t)len));
}

static void on_end(void *data, const xmlChar *name UNUSED, const xmlChar *prefix UNUSED,
	const xmlChar *uri UNUSED)
{
	struct build *b = data;
	struct xml_element *element;
	struct open *open;

	if (b->result < 0 || b->depth == 0)
		return;
	open = &b->open[--b->depth];
	element = open->element;
	element->raw = STR("");
	if (b->text.len > open->start)
		element->raw = keep_added(b, open->start);
	element->node.text = element->raw;
	if (open->found & BYTE_HIGH)
		element->node.text = unicode_nfc(element->raw, b->arena);
}

/* The scan has refused it already; this is the second lock on the same door (RELIABILITY X1). */
static void on_doctype(void *data, const xmlChar *name UNUSED, const xmlChar *public_id UNUSED,
	const xmlChar *system_id UNUSED)
{
	struct build *b = data;

	if (b->result == 0)
		refuse(b, error_set(b->err, ERROR_INPUT,
			"line %d: a document type declaration is not accepted", line_of(b)));
}

/*
 * Warnings and errors that are not fatal pass: the prefix of a namespace nobody declared, say, when
 * everything is found by its local name. After a fatal one libxml2 would go on looking for more.
 */
static void on_error(void *data, xmlErrorPtr error)
{
	struct build *b = data;
	struct str message = str_trim(str_of(error->message));

	if (error->code == XML_ERR_NO_MEMORY)
		die("out of memory (XML)");
	if (b->result < 0 || error->level < XML_ERR_FATAL || (b->peek && b->root))
		return;
	if (error->int2 > 0)
		refuse(b, error_set(b->err, ERROR_INPUT, "line %d, column %d: %.*s", error->line,
			error->int2, STR_ARG(message)));
	else
		refuse(b, error_set(b->err, ERROR_INPUT, "line %d: %.*s", error->line,
			STR_ARG(message)));
}

/* Given in pieces: of a document in one piece libxml2 reads 10 MB and no more. */
static int on_read(void *data, char *out, int size)
{
	struct str *rest = data, piece = str_sub(*rest, 0, (size_t)size);

	if (piece.len)
		memcpy(out, piece.ptr, piece.len);
	*rest = str_from(*rest, piece.len);
	return (int)piece.len;
}

static void run_parser(struct build *b, struct str text)
{
	/* Never NOENT, DTDLOAD, DTDATTR, XINCLUDE, HUGE or RECOVER. IGNORE_ENC: it is UTF-8 by now. */
	static const int options = XML_PARSE_NONET | XML_PARSE_IGNORE_ENC;
	xmlSAXHandler *sax;

	xmlInitParser();
	b->parser = xmlNewParserCtxt();
	if (!b->parser)
		die("out of memory (XML)");
	sax = b->parser->sax;
	*sax = (xmlSAXHandler){
		.initialized = XML_SAX2_MAGIC,
		.internalSubset = on_doctype,
		.startElementNs = on_start,
		.endElementNs = on_end,
		.characters = on_text,
		.ignorableWhitespace = on_text,
		.cdataBlock = on_text,
		.serror = on_error,
	};
	b->parser->userData = b;
	/* Without a handler that makes one there is no document to free. */
	xmlCtxtReadIO(b->parser, on_read, NULL, &text, NULL, "UTF-8", options);
	if (b->result == 0 && (!(b->parser->wellFormed || b->peek) || !b->root))
		b->result = error_set(b->err, ERROR_INPUT, "the document is not well-formed XML");
	xmlFreeParserCtxt(b->parser);
}

/* `bytes_max` of them at most; of a document that goes on, a peek ends behind a tag. */
static int build_tree(struct str bytes, size_t bytes_max, bool peek, struct arena *arena,
	struct xml_node **ret, struct error *err)
{
	/* A byte of a single-byte encoding becomes three at most. */
	CLEANUP(buf_done) struct buf decoded = BUF_INIT(3 * bytes_max);
	struct build b = { .arena = arena, .err = err, .text = BUF_INIT(3 * bytes_max), .peek = peek };
	struct str text;
	int r = xml_scan(bytes, &decoded, &text, err);

	if (r < 0)
		return r;
	run_parser(&b, text);
	free(b.names.rows);
	buf_done(&b.text);
	if (b.result < 0)
		return b.result;
	*ret = b.root;
	return 0;
}

int xml_parse(struct str bytes, struct arena *arena, struct xml_node **ret, struct error *err)
{
	return build_tree(bytes, XML_DOCUMENT_MAX, false, arena, ret, err);
}

int xml_peek(struct str bytes, struct arena *arena, struct xml_node **ret, struct error *err)
{
	/* Nearly all documents say in their first lines what they are. */
	static const size_t sizes[] = { 4 << 10, XML_PEEK_MAX };
	int r = error_set(err, ERROR_LIMIT, "no element begins in the first %d bytes", XML_PEEK_MAX);

	for (size_t i = 0; i < LENGTH(sizes) && r < 0; i++) {
		/* Cut behind a tag, where no character and no tag can be cut in two. */
		size_t end = str_rfind_char(str_sub(bytes, 0, sizes[i]), '>');

		if (end == SIZE_MAX)
			continue;
		error_clear(err);
		r = build_tree(str_sub(bytes, 0, end + 1), XML_PEEK_MAX, true, arena, ret, err);
		if (bytes.len <= sizes[i])
			break;
	}
	return r;
}
