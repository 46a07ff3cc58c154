#include "unread.h"

#include <stdlib.h>
#include <string.h>

#include "unread_names.h"

static int compare(const void *key, const void *row)
{
	const struct str *name = key;

	return str_cmp(*name, str_of(*(const char *const *)row));
}

static bool is_in(const struct name_table *table, struct str name)
{
	return table->n > 0 && bsearch(&name, table->at, table->n, sizeof(table->at[0]), compare) != NULL;
}

static bool knows_name(enum unread_vocabulary vocabulary, struct str name)
{
	for (; vocabulary != UNREAD_NOTHING; vocabulary = unread_names[vocabulary]->besides)
		if (is_in(&unread_names[vocabulary]->elements, name))
			return true;
	return false;
}

static bool knows_attribute(enum unread_vocabulary vocabulary, struct str name)
{
	for (; vocabulary != UNREAD_NOTHING; vocabulary = unread_names[vocabulary]->besides)
		if (is_in(&unread_names[vocabulary]->attributes, name))
			return true;
	return false;
}

/*
 * Of one document a name is one pointer (gate/xml.h keeps each once), and a document has a few hundred of
 * them: what was found for one is remembered by its address.
 */
enum { SEEN = 512 };
struct seen {
	enum unread_vocabulary vocabulary;
	const char *name[SEEN];
};

static bool knows_element(struct seen *seen, struct str name)
{
	size_t slot = ((uintptr_t)name.ptr >> 3) % SEEN;

	if (seen->name[slot] == name.ptr && name.ptr)
		return true;
	if (!knows_name(seen->vocabulary, name))
		return false;
	seen->name[slot] = name.ptr;
	return true;
}

/* A path is shown to people: no line of theirs is broken by what a publisher calls a member. */
static struct str plain(struct str name, struct arena *arena)
{
	char *copy;

	name = str_clip(name, UNREAD_NAME_MAX);
	copy = arena_alloc(arena, name.len + 1);
	for (size_t i = 0; i < name.len; i++)
		copy[i] = (unsigned char)name.ptr[i] <= ' ' || name.ptr[i] == 0x7F ? '?' : name.ptr[i];
	return str_n(copy, name.len);
}

static void add(struct codes *ret, struct arena *arena, struct str parent, const char *mark, struct str name)
{
	if (ret->n < UNREAD_MAX)
		codes_add(ret, arena,
			arena_printf(arena, "%.*s%s%s%.*s", STR_ARG(plain(parent, arena)), parent.len ? "/" : "",
				mark, STR_ARG(plain(name, arena))));
}

static void walk(const struct xml_node *node, struct seen *seen, struct arena *arena, struct codes *ret)
{
	if (ret->n >= UNREAD_MAX)
		return;
	if (!knows_element(seen, node->name)) {
		add(ret, arena, node->parent ? node->parent->name : STR(""), "", node->name);
		return;
	}
	for (const struct xml_attr *a = node->attrs; a; a = a->next)
		if (!knows_attribute(seen->vocabulary, a->name))
			add(ret, arena, node->name, "@", a->name);
	for (const struct xml_node *child = node->child; child; child = child->next)
		walk(child, seen, arena, ret); /* depth: XML_DEPTH_MAX, JSON_DEPTH_MAX */
}

void unread_elements(const struct xml_node *root, enum unread_vocabulary vocabulary, struct arena *arena,
	struct codes *ret)
{
	struct seen seen = { .vocabulary = vocabulary };

	if (root)
		walk(root, &seen, arena, ret);
}

/* Arrays are walked through: what is in them has the name of the array. */
static void walk_value(const struct json_value *value, struct str name, enum unread_vocabulary vocabulary,
	struct arena *arena, struct codes *ret)
{
	for (size_t i = 0; json_type(value) == JSON_ARRAY && i < json_count(value); i++)
		walk_value(json_at(value, i), name, vocabulary, arena, ret); /* depth: JSON_DEPTH_MAX */
	for (size_t i = 0; i < json_members(value) && ret->n < UNREAD_MAX; i++) {
		struct str key;
		const struct json_value *member = json_member(value, i, &key);

		if (!knows_name(vocabulary, key))
			add(ret, arena, name, "", key);
		else
			walk_value(member, key, vocabulary, arena, ret);
	}
}

void unread_members(const struct json_value *record, enum unread_vocabulary vocabulary, struct arena *arena,
	struct codes *ret)
{
	walk_value(record, STR(""), vocabulary, arena, ret);
}

void unread_column(
	struct str column, enum unread_vocabulary vocabulary, struct arena *arena, struct codes *ret)
{
	if (!knows_name(vocabulary, column))
		add(ret, arena, STR(""), "", column);
}
