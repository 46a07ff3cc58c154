#include "source/source.h"

#include "approch.h"
#include "boamp_notice.h"
#include "decp.h"
#include "documents.h"
#include "eforms.h"
#include "feed.h"
#include "gate/xml.h"
#include "ocds.h"
#include "ted_legacy.h"
#include "unread.h"

static const char boamp_ns[] = "http://boamp.journal-officiel.gouv.fr/XML/";

static bool boamp_recognise(const struct xml_node *root)
{
	return str_eq(root->name, STR("ann")) && str_starts(root->ns, boamp_ns);
}

static int boamp_read(const struct xml_node *root, struct str bytes, struct arena *arena,
	struct notice *ret, struct error *err)
{
	struct boamp_parts parts = {
		.gestion = xml_child(root, "GESTION"),
		.donnees = xml_child(root, "DONNEES"),
	};

	(void)bytes;
	if (!parts.donnees && !parts.gestion)
		return error_set(err, ERROR_INPUT, "the BOAMP notice has neither GESTION nor DONNEES");
	return boamp_notice_read(&parts, arena, ret, err);
}

/*
 * The readers. An XML format is recognised by its document element and read from the tree; the
 * others are told apart by source_split() and read from the bytes. Adding a format is a file and a
 * row.
 */
static const struct reader {
	const char *name;
	bool (*recognise)(const struct xml_node *root);
	int (*read_tree)(const struct xml_node *root, struct str bytes, struct arena *arena,
		struct notice *ret, struct error *err);
	int (*read_bytes)(
		struct str bytes, struct arena *arena, struct notice *ret, struct error *err);
	enum unread_vocabulary names; /* by which what is not read of the tree is told; the others tell it themselves */
} readers[SOURCE_FORMATS] = {
	[FORMAT_UNKNOWN] = { .name = "unknown" },
	[FORMAT_EFORMS] = { "eforms", eforms_recognise, eforms_read, NULL, UNREAD_TODAY },
	[FORMAT_BOAMP] = { "boamp", boamp_recognise, boamp_read, NULL, UNREAD_TODAY },
	[FORMAT_BOAMP_API] = { "boamp-api", NULL, NULL, boamp_api_read, UNREAD_NOTHING },
	[FORMAT_BOAMP_CSV] = { "boamp-csv", NULL, NULL, boamp_csv_read, UNREAD_NOTHING },
	[FORMAT_BOAMP_V230] = { "boamp-v230", boamp_v230_recognise, boamp_read, NULL, UNREAD_OLD_BOAMP },
	[FORMAT_DECP_XML] = { "decp", decp_recognise, decp_xml_read, NULL, UNREAD_DECP },
	[FORMAT_DECP_JSON] = { "decp-json", NULL, NULL, decp_json_read, UNREAD_NOTHING },
	[FORMAT_APPROCH] = { "approch", NULL, NULL, approch_read, UNREAD_NOTHING },
	[FORMAT_FEED] = { "feed", feed_recognise, feed_read, NULL, UNREAD_FEED },
	[FORMAT_OCDS] = { "ocds", NULL, NULL, ocds_read, UNREAD_NOTHING },
	[FORMAT_TED_LEGACY] = { "ted-legacy", ted_legacy_recognise, ted_legacy_read, NULL, UNREAD_TED_LEGACY },
};

const char *source_format_name(enum source_format format)
{
	return (size_t)format < SOURCE_FORMATS ? readers[format].name : NULL;
}

bool source_format_parse(struct str name, enum source_format *ret)
{
	for (size_t i = 0; i < SOURCE_FORMATS; i++) {
		if (str_eqz(name, readers[i].name)) {
			*ret = (enum source_format)i;
			return true;
		}
	}
	return false;
}

int xml_format(const struct xml_node *root, enum source_format *ret, struct error *err)
{
	for (size_t i = 0; i < SOURCE_FORMATS; i++) {
		if (readers[i].recognise && readers[i].recognise(root)) {
			*ret = (enum source_format)i;
			return 0;
		}
	}
	return error_set(err, ERROR_INPUT, "unknown format: XML element <%.*s>",
		STR_ARG(str_clip(root->name, 80)));
}

static int read_xml(const struct reader *reader, struct str bytes, struct arena *arena,
	struct notice *ret, struct error *err)
{
	struct xml_node *root;
	enum source_format format;
	int r = xml_parse(bytes, arena, &root, err);

	if (r < 0 || (r = xml_format(root, &format, err)) < 0)
		return r;
	if (&readers[format] != reader)
		return error_set(err, ERROR_INPUT, "the document is %s, not %s",
			readers[format].name, reader->name);
	r = reader->read_tree(root, bytes, arena, ret, err);
	if (r == 0)
		unread_elements(root, reader->names, arena, &ret->unread);
	return r;
}

int source_read(enum source_format format, struct str bytes, struct arena *arena,
	struct notice *ret, struct error *err)
{
	const struct reader *reader =
		&readers[(size_t)format < SOURCE_FORMATS ? format : FORMAT_UNKNOWN];

	if (reader->read_tree)
		return read_xml(reader, bytes, arena, ret, err);
	if (reader->read_bytes)
		return reader->read_bytes(bytes, arena, ret, err);
	return unknown_item_read(bytes, err);
}
