/* The XML gate: a tree that is one, all of it valid UTF-8, or a refusal. */
#include "fuzz.h"
#include "gate/xml.h"

static void check(const struct xml_node *node, int depth)
{
	PROMISED(depth <= XML_DEPTH_MAX);
	PROMISED(str_utf8_valid(node->name) && str_utf8_valid(node->text));
	for (const struct xml_attr *a = node->attrs; a; a = a->next)
		PROMISED(str_utf8_valid(a->name) && str_utf8_valid(a->value));
	for (const struct xml_node *child = node->child; child; child = child->next) {
		PROMISED(child->parent == node);
		check(child, depth + 1);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_done) struct arena arena = { 0 };
	struct error err = ERROR_INIT;
	struct xml_node *root;
	int r = xml_parse(str_n((const char *)data, size), &arena, &root, &err);

	if (r < 0)
		fuzz_refused(r, &err);
	else
		check(root, 1);
	return 0;
}
