#include "gate/xml.h"

#include <assert.h>
#include <string.h>

#include "gate/unicode.h"
#include "xml_tree.h"

/* Names are compared more often than anything else here. */
static bool is_named(const struct xml_node *node, struct str name)
{
	return node->name.len == name.len && name.len && node->name.ptr[0] == name.ptr[0] &&
	       node->name.ptr[name.len - 1] == name.ptr[name.len - 1] &&
	       memcmp(node->name.ptr, name.ptr, name.len) == 0;
}

static const struct xml_node *named_from(const struct xml_node *node, struct str name)
{
	while (node && !is_named(node, name))
		node = node->next;
	return node;
}

const struct xml_node *xml_child(const struct xml_node *node, const char *name)
{
	return node ? named_from(node->child, str_of(name)) : NULL;
}

const struct xml_node *xml_next(const struct xml_node *node, const char *name)
{
	return node ? named_from(node->next, str_of(name)) : NULL;
}

const struct xml_node *xml_find(const struct xml_node *node, const char *path)
{
	struct str rest = str_of(path), name;

	while (node && rest.len && str_cut(&rest, '/', &name))
		node = named_from(node->child, name);
	return node;
}

struct str xml_attr(const struct xml_node *node, const char *name)
{
	const struct xml_attr *attr = node ? node->attrs : NULL;

	while (attr && !str_eqz(attr->name, name))
		attr = attr->next;
	return attr ? attr->value : STR_NONE;
}

struct str xml_text(const struct xml_node *node, const char *path)
{
	const struct xml_node *found = xml_find(node, path);
	struct str text = found ? str_trim(found->text) : STR_NONE;

	return text.len ? text : STR_NONE;
}

/* Where to write, or NULL to count only. */
struct join {
	char *out;
	size_t len;
};

static void join_piece(struct join *join, struct str piece)
{
	if (join->out && piece.len)
		memcpy(join->out + join->len, piece.ptr, piece.len);
	join->len += piece.len;
}

static void join_all(struct join *join, const struct xml_node *node) /* depth: XML_DEPTH_MAX */
{
	struct str raw = xml_element(node)->raw;
	size_t pos = 0;

	for (const struct xml_node *child = node->child; child; child = child->next) {
		join_piece(join, str_sub(raw, pos, xml_element(child)->at));
		pos = xml_element(child)->at;
		join_all(join, child);
	}
	join_piece(join, str_from(raw, pos));
}

struct str xml_text_all(const struct xml_node *node, struct arena *arena)
{
	struct join join = { NULL, 0 };

	if (!node)
		return STR_NONE;
	if (!node->child)
		return node->text;
	join_all(&join, node);
	join = (struct join){ arena_alloc(arena, join.len + 1), 0 };
	join_all(&join, node);
	return unicode_nfc(str_n(join.out, join.len), arena);
}

/*
 * A path as a small automaton: bit i of a state says that the steps before step i are done on the
 * way down to this element; bit n that all are.
 */
enum { STEPS_MAX = 32 };

struct steps {
	struct str name[STEPS_MAX];
	uint64_t levels;            /* bit i: step i is "**" */
	uint64_t any;               /* bit i: step i is "*" */
	unsigned count;
};

static struct steps steps_of(const char *path)
{
	struct steps steps;
	struct str rest = str_of(path), name;

	steps.levels = steps.any = steps.count = 0;
	while (str_cut(&rest, '/', &name)) {
		assert(steps.count < STEPS_MAX);
		if (str_eqz(name, "**"))
			steps.levels |= UINT64_C(1) << steps.count;
		else if (str_eqz(name, "*"))
			steps.any |= UINT64_C(1) << steps.count;
		steps.name[steps.count++] = name;
	}
	return steps;
}

/* "**" may stand for no level at all. */
static uint64_t skip_levels(const struct steps *steps, uint64_t state)
{
	for (unsigned i = 0; steps->levels >> i; i++)
		if (state & steps->levels & UINT64_C(1) << i)
			state |= UINT64_C(1) << (i + 1);
	return state;
}

static uint64_t step_down(const struct steps *steps, uint64_t state, const struct xml_node *node)
{
	uint64_t below = 0;

	for (unsigned i = 0; i < steps->count; i++) {
		uint64_t bit = UINT64_C(1) << i;

		if (!(state & bit))
			continue;
		if (steps->levels & bit)
			below |= bit;
		else if (steps->any & bit || is_named(node, steps->name[i]))
			below |= bit << 1;
	}
	return skip_levels(steps, below);
}

/* states[i] for the element i levels below the root. Returns how many levels `at` is below it. */
static int replay(const struct xml_walk *walk, const struct steps *steps,
	uint64_t states[XML_DEPTH_MAX])
{
	const struct xml_node *way[XML_DEPTH_MAX];
	int depth = 0;

	for (const struct xml_node *node = walk->at; node != walk->root; node = node->parent)
		way[depth++] = node;
	states[0] = skip_levels(steps, 1);
	for (int i = 1; i <= depth; i++)
		states[i] = step_down(steps, states[i - 1], way[depth - i]);
	return depth;
}

const struct xml_node *xml_walk(struct xml_walk *walk, const struct xml_node *root, const char *path)
{
	struct steps steps = steps_of(path);
	uint64_t states[XML_DEPTH_MAX], pending, done = UINT64_C(1) << steps.count;
	const struct xml_node *node;
	int depth;

	if (!root)
		return NULL;
	if (!walk->at)
		*walk = (struct xml_walk){ path, root, root };
	assert(walk->root == root && strcmp(walk->path, path) == 0);
	depth = replay(walk, &steps, states);
	node = walk->at;
	for (;;) {
		/* Down only where some step could still be met. */
		pending = states[depth] & (done - 1);
		if (node->child && pending) {
			node = node->child;
			depth++;
		} else {
			while (node != root && !node->next) {
				node = node->parent;
				depth--;
			}
			if (node == root)
				break;
			node = node->next;
		}
		states[depth] = step_down(&steps, states[depth - 1], node);
		if (states[depth] & done)
			return walk->at = node;
	}
	walk->at = NULL;
	return NULL;
}
