#include "source/code_list.h"

#include <string.h>

#include "csv.h"
#include "gate/xml.h"
#include "tender/cpv.h"

enum { LABEL_MAX = 2000, CODE_MAX = 200, COLUMNS_MAX = 100, RECORD_MAX = 64 << 10 };

static const char properties_doctype[] =
	"<!DOCTYPE properties SYSTEM \"http://java.sun.com/dtd/properties.dtd\">";

/* What the eForms lists and labels call the languages of the Union. */
static const struct {
	const char *iso639_1, *iso639_3, *name;
} languages[] = {
	{ "bg", "bul", "Bulgarian" }, { "cs", "ces", "Czech" }, { "da", "dan", "Danish" },
	{ "de", "deu", "German" }, { "el", "ell", "Greek" }, { "en", "eng", "English" },
	{ "es", "spa", "Spanish" }, { "et", "est", "Estonian" }, { "fi", "fin", "Finnish" },
	{ "fr", "fra", "French" }, { "ga", "gle", "Irish" }, { "hr", "hrv", "Croatian" },
	{ "hu", "hun", "Hungarian" }, { "it", "ita", "Italian" }, { "lt", "lit", "Lithuanian" },
	{ "lv", "lav", "Latvian" }, { "mt", "mlt", "Maltese" }, { "nl", "nld", "Dutch" },
	{ "pl", "pol", "Polish" }, { "pt", "por", "Portuguese" }, { "ro", "ron", "Romanian" },
	{ "sk", "slk", "Slovak" }, { "sl", "slv", "Slovenian" }, { "sv", "swe", "Swedish" },
};

static struct str language_of(struct str text, struct str otherwise)
{
	for (size_t i = 0; i < LENGTH(languages); i++)
		if (str_eqz(text, languages[i].iso639_1) || str_eqz(text, languages[i].iso639_3))
			return str_of(languages[i].iso639_1);
	return otherwise;
}

static struct str or_empty(struct str s)
{
	return str_given(s) ? s : STR("");
}

static void add(struct code_labels *all, struct arena *arena, struct code_label label)
{
	label.code = str_trim(label.code);
	label.label = str_trim(label.label);
	if (str_eqz(label.list, "cpv")) {
		struct str digits = cpv_parse(label.code, arena);

		if (str_given(digits))
			label.code = digits;
	}
	if (label.list.len == 0 || label.code.len == 0 || label.label.len == 0 ||
		label.code.len > CODE_MAX || label.list.len > CODE_MAX)
		return;
	label.label = str_clip(label.label, LABEL_MAX);
	arena_grow(arena, all->at, all->n, &all->capacity);
	all->at[all->n++] = label;
}

/* properties */

/* "code in French. File generated …" */
static struct str language_of_comment(struct str comment, struct str otherwise)
{
	for (size_t i = 0; i < LENGTH(languages); i++)
		if (str_find(comment, str_of(languages[i].name)) != SIZE_MAX)
			return str_of(languages[i].iso639_1);
	return otherwise;
}

static void read_properties(const struct xml_node *root, struct str language, struct arena *arena,
	struct code_labels *all)
{
	language = language_of_comment(xml_text(root, "comment"), language);
	for (const struct xml_node *entry = xml_child(root, "entry"); entry;
		entry = xml_next(entry, "entry")) {
		struct str key = xml_attr(entry, "key"), list;

		if (!str_prefix(&key, "code|name|") || !str_cut(&key, '.', &list) || !str_given(key))
			continue;
		add(all, arena, (struct code_label){ list, key, language, entry->text });
	}
}

/* Genericode */

struct column {
	struct str id, language;
	bool code, label;
};

static size_t read_columns(
	const struct xml_node *root, struct str language, struct column columns[COLUMNS_MAX])
{
	const struct xml_node *set = xml_child(root, "ColumnSet");
	size_t n = 0;

	for (const struct xml_node *c = xml_child(set, "Column"); c && n < COLUMNS_MAX;
		c = xml_next(c, "Column")) {
		struct str id = xml_attr(c, "Id");
		bool named = str_eq_nocase(id, STR("name"));

		columns[n++] = (struct column){
			.id = id,
			.language = language_of(xml_attr(xml_child(c, "Data"), "Lang"), language),
			.code = str_eq_nocase(id, STR("code")),
			.label = named || str_ends(id, "_label"),
		};
	}
	return n;
}

static const struct column *column_of(const struct column *columns, size_t n, struct str id)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(columns[i].id, id))
			return &columns[i];
	return NULL;
}

static void read_row(const struct xml_node *row, const struct column *columns, size_t n, struct str list,
	struct arena *arena, struct code_labels *all)
{
	struct str code = STR_NONE;

	for (const struct xml_node *v = xml_child(row, "Value"); v; v = xml_next(v, "Value")) {
		const struct column *column = column_of(columns, n, xml_attr(v, "ColumnRef"));

		if (column && column->code)
			code = xml_text(v, "SimpleValue");
	}
	for (const struct xml_node *v = xml_child(row, "Value"); v; v = xml_next(v, "Value")) {
		const struct column *column = column_of(columns, n, xml_attr(v, "ColumnRef"));

		if (column && column->label)
			add(all, arena, (struct code_label){ list, code, column->language,
						xml_text(v, "SimpleValue") });
	}
}

static void read_genericode(const struct xml_node *root, struct str list, struct str language,
	struct arena *arena, struct code_labels *all)
{
	const struct xml_node *rows = xml_child(root, "SimpleCodeList");
	struct column columns[COLUMNS_MAX];
	size_t n = read_columns(root, language, columns);
	struct str name = xml_text(root, "Identification/LongName");

	if (list.len == 0)
		list = name;
	for (const struct xml_node *row = xml_child(rows, "Row"); row; row = xml_next(row, "Row"))
		read_row(row, columns, n, list, arena, all);
}

/* CSV */

static size_t split_fields(
	struct str record, char separator, struct arena *arena, struct str fields[COLUMNS_MAX])
{
	char *field = arena_alloc(arena, record.len + 1); /* they lie behind each other, and none grows */
	size_t n = 0, at = 0;

	while (at <= record.len && n < COLUMNS_MAX) {
		size_t len = 0;
		bool quoted = false;

		for (; at < record.len && (quoted || record.ptr[at] != separator); at++) {
			if (record.ptr[at] != '"')
				field[len++] = record.ptr[at];
			else if (quoted && at + 1 < record.len && record.ptr[at + 1] == '"')
				field[len++] = record.ptr[at++];
			else
				quoted = !quoted;
		}
		fields[n++] = str_trim(str_n(field, len));
		field += len;
		at++;
	}
	return n;
}

static int read_csv(struct str bytes, struct str list, struct str language, struct arena *arena,
	struct code_labels *all, struct error *err)
{
	struct str rest = bytes, record, fields[COLUMNS_MAX];
	size_t code = 0, n;
	bool closed;
	char separator;

	str_prefix(&rest, "\xef\xbb\xbf");
	separator = str_find_char(str_sub(rest, 0, str_find_char(rest, '\n')), ';') != SIZE_MAX ? ';' : ',';
	if (!csv_next_record(&rest, separator, &record, &closed))
		return error_set(err, ERROR_INPUT, "empty");
	if (record.len > RECORD_MAX)
		return error_set(err, ERROR_LIMIT, "a line of more than %d bytes", RECORD_MAX);
	n = split_fields(record, separator, arena, fields);
	if (n < 2)
		return error_set(err, ERROR_INPUT,
			"no code list: neither Genericode nor labels nor CSV with a code and a label");
	if (list.len == 0)
		return error_set(err, ERROR_INPUT, "CSV does not say which list it is: use --list");
	for (size_t i = n - 1; i-- > 0;)
		if (str_eq_nocase(fields[i], STR("code")))
			code = i;
	while (csv_next_record(&rest, separator, &record, &closed)) {
		if (!closed)
			return error_set(err, ERROR_INPUT, "a quote is not closed");
		if (record.len > RECORD_MAX)
			return error_set(err, ERROR_LIMIT, "a line of more than %d bytes", RECORD_MAX);
		n = split_fields(record, separator, arena, fields);
		if (n > code + 1)
			add(all, arena, (struct code_label){ list, fields[code], language, fields[code + 1] });
	}
	return 0;
}

/* The declaration and the one document type we know, blanked out so that line numbers stay. */
static struct str without_doctype(struct str bytes, struct arena *arena)
{
	size_t at = str_find(str_sub(bytes, 0, 1000), str_of(properties_doctype));
	char *copy;

	if (at == SIZE_MAX)
		return bytes;
	copy = arena_alloc(arena, bytes.len + 1);
	memcpy(copy, bytes.ptr, bytes.len);
	memset(copy + at, ' ', strlen(properties_doctype));
	return str_n(copy, bytes.len);
}

int code_list_read(struct str bytes, struct str list, struct str language, struct arena *arena,
	struct code_labels *ret, struct error *err)
{
	struct code_labels all = { NULL, 0, 0 };
	struct str start = str_trim(str_sub(bytes, 0, 1000));
	struct xml_node *root;
	int r = 0;

	list = or_empty(list);
	language = or_empty(language);
	str_prefix(&start, "\xef\xbb\xbf");
	if (!str_utf8_valid(bytes))
		return error_set(err, ERROR_INPUT, "no valid UTF-8");
	if (str_starts(start, "<")) {
		r = xml_parse(without_doctype(bytes, arena), arena, &root, err);
		if (r < 0)
			return r;
		if (str_eqz(root->name, "properties"))
			read_properties(root, language, arena, &all);
		else if (str_eqz(root->name, "CodeList"))
			read_genericode(root, list, language, arena, &all);
		else
			return error_set(err, ERROR_INPUT, "no code list: XML element <%.*s>",
				STR_ARG(root->name));
	} else {
		r = read_csv(bytes, list, language, arena, &all, err);
	}
	if (r < 0)
		return r;
	if (all.n == 0)
		return error_set(err, ERROR_INPUT, "a code list without labels");
	*ret = all;
	return 0;
}
