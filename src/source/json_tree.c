#include "json_tree.h"

static struct str local_name(struct str name)
{
	size_t colon = str_find_char(name, ':');

	return colon == SIZE_MAX ? name : str_from(name, colon + 1);
}

static struct xml_node *build(const struct json_value *value, struct str name,
	struct xml_node *parent, struct arena *arena);

/*
 * Appends one element for a value, one each for the values of an array. An array in an array has no
 * counterpart in XML: its values are taken as those of the outer one. Deeper than JSON may be nested
 * this does not go.
 */
static void build_all(const struct json_value *value, struct str name, struct xml_node *parent,
	struct xml_node ***tail, struct arena *arena)
{
	size_t count = json_count(value);

	for (size_t i = 0; i < count; i++) {
		struct xml_node *child;

		if (json_type(json_at(value, i)) == JSON_ARRAY) {
			build_all(json_at(value, i), name, parent, tail, arena);
			continue;
		}
		child = build(json_at(value, i), name, parent, arena);
		**tail = child;
		*tail = &child->next;
	}
}

static void add_attr(
	struct xml_node *node, struct str name, const struct json_value *value, struct arena *arena)
{
	struct str text = json_scalar(value, arena);
	struct xml_attr *attr;

	if (!str_given(text))
		return;
	attr = arena_new(arena, struct xml_attr);
	attr->name = arena_dup(arena, name);
	attr->value = arena_dup(arena, text);
	attr->next = node->attrs;
	node->attrs = attr;
}

static struct xml_node *build(const struct json_value *value, struct str name,
	struct xml_node *parent, struct arena *arena)
{
	struct xml_node *node = arena_new(arena, struct xml_node);
	struct xml_node **tail = &node->child;

	node->name = arena_dup(arena, name);
	node->parent = parent;
	node->text = STR("");
	if (json_type(value) != JSON_OBJECT) {
		struct str text = json_scalar(value, arena);

		if (str_given(text))
			node->text = arena_dup(arena, text);
		return node;
	}
	for (size_t i = 0; i < json_members(value); i++) {
		struct str key;
		const struct json_value *member = json_member(value, i, &key);
		struct str text;

		if (str_prefix(&key, "@")) {
			add_attr(node, local_name(key), member, arena);
		} else if (str_eq(key, STR("#text"))) {
			text = json_scalar(member, arena);
			if (str_given(text))
				node->text = arena_dup(arena, text);
		} else {
			build_all(member, local_name(key), node, &tail, arena);
		}
	}
	return node;
}

const struct xml_node *json_tree(
	const struct json_value *value, const char *root_name, struct arena *arena)
{
	if (json_type(value) != JSON_OBJECT)
		return NULL;
	return build(value, str_of(root_name), NULL, arena);
}
