#include "node.h"

#include "base/buf.h"
#include "codes.h"

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

enum { WORDINGS_MAX = 32 }; /* 24 official languages of the Union, and some neighbours */

static struct wording *wording_of(struct str language, struct arena *arena, struct wording **list,
	size_t *n, size_t *capacity)
{
	for (size_t i = 0; i < *n; i++)
		if (str_eq((*list)[i].language, language))
			return &(*list)[i];
	if (*n >= WORDINGS_MAX)
		return NULL;
	arena_grow(arena, *list, *n, capacity);
	(*list)[*n] = (struct wording){ .language = language };
	return &(*list)[(*n)++];
}

/* The language of the text that node_localized() gives. */
static struct str language_shown(const struct xml_node *node, struct str language)
{
	const struct xml_node *first = xml_child(node, "Name");

	for (const struct xml_node *n = first; n; n = xml_next(n, "Name"))
		if (str_given(language) && str_eq_nocase(xml_attr(n, "languageID"), language))
			return language;
	return xml_attr(first, "languageID");
}

void node_wordings(const struct xml_node *node, struct str language, struct arena *arena,
	struct wording **ret, size_t *ret_n)
{
	static const char *const names[] = { "Name", "Description" };
	struct str shown = language_alpha2(language_shown(node, language));
	struct wording *list = NULL;
	size_t n = 0, capacity = 0;

	for (size_t i = 0; i < LENGTH(names); i++) {
		const struct xml_node *child = xml_child(node, names[i]);

		for (; child; child = xml_next(child, names[i])) {
			struct str text, other = language_alpha2(xml_attr(child, "languageID"));
			struct wording *w;

			if (!str_given(other) || str_eq(other, shown))
				continue;
			text = node_own_text(child, arena);
			w = str_given(text) ? wording_of(other, arena, &list, &n, &capacity) : NULL;
			if (w && i == 0 && !str_given(w->title))
				w->title = text;
			else if (w && i == 1 && !str_given(w->description))
				w->description = text;
		}
	}
	*ret = list;
	*ret_n = n;
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
