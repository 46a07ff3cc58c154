#include "node.h"

#include "base/buf.h"

struct str node_own_text(const struct xml_node *node, struct arena *arena)
{
	struct str text = node ? notice_text_repair(node->text, arena) : STR_NONE;

	return str_eq(text, STR("unpublished")) ? STR_NONE : text;
}

struct str node_text(const struct xml_node *node, const char *path, struct arena *arena)
{
	return node_own_text(xml_find(node, path), arena);
}

static void add_leaves(const struct xml_node *node, struct arena *arena, struct buf *out)
{
	struct str text = node_own_text(node, arena);

	if (text.len) {
		if (out->len)
			buf_addc(out, '\n');
		buf_adds(out, text);
	}
	for (const struct xml_node *child = node->child; child; child = child->next)
		add_leaves(child, arena, out); /* depth: XML_DEPTH_MAX, JSON_DEPTH_MAX */
}

struct str node_leaves(const struct xml_node *node, struct arena *arena)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(NOTICE_TEXT_MAX);

	if (!node)
		return STR_NONE;
	if (!node->child)
		return node_own_text(node, arena);
	add_leaves(node, arena, &out);
	return out.len ? arena_dup(arena, buf_str(&out)) : STR_NONE;
}

struct str node_code(const struct xml_node *node, const char *path)
{
	const struct xml_node *found = xml_find(node, path);

	return found && found->child ? found->child->name : STR_NONE;
}

struct str node_localized(
	const struct xml_node *node, const char *name, struct str language, struct arena *arena)
{
	struct str first = STR_NONE;

	for (const struct xml_node *n = xml_child(node, name); n; n = xml_next(n, name)) {
		struct str text = node_own_text(n, arena);

		if (!str_given(text))
			continue;
		if (str_given(language) && str_eq_nocase(xml_attr(n, "languageID"), language))
			return text;
		if (!str_given(first))
			first = text;
	}
	return first;
}

/* "www.marches-publics.gouv.fr", "achats.example.org/x": letters, digits, dots before a slash. */
static bool looks_like_host(struct str text)
{
	size_t dots = 0, i;

	for (i = 0; i < text.len && text.ptr[i] != '/' && text.ptr[i] != '?' && text.ptr[i] != ':';
		i++) {
		char c = text.ptr[i];

		if (c == '.')
			dots++;
		else if (!((c | 0x20) >= 'a' && (c | 0x20) <= 'z') && !(c >= '0' && c <= '9') &&
			 c != '-')
			return false;
	}
	return dots > 0 && text.ptr[0] != '.' && text.ptr[i - 1] != '.';
}

struct str node_url(struct str text, struct arena *arena)
{
	struct str rest;

	text = str_trim(text);
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.ptr[i] <= ' ' || text.ptr[i] == '"' || text.ptr[i] == '<' ||
			text.ptr[i] == '>' || text.ptr[i] == '\\')
			return STR_NONE;
	rest = text;
	if (str_eq_nocase(str_sub(text, 0, 7), STR("http://")))
		rest = str_from(text, 7);
	else if (str_eq_nocase(str_sub(text, 0, 8), STR("https://")))
		rest = str_from(text, 8);
	else
		return looks_like_host(text) ? arena_printf(arena, "https://%.*s", STR_ARG(text))
					     : STR_NONE;
	if (rest.len == 0 || rest.ptr[0] == '/')
		return STR_NONE;
	return text;
}
