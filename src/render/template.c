#include "render/template.h"

#include <stdlib.h>
#include <string.h>

#include "mails.h"
#include "template_parse.h"
#include "value_tree.h"
#include "wrap.h"

enum { INCLUDES_MAX = 32, INCLUDE_DEPTH_MAX = 8, OUTPUT_MAX = 4 << 20 };

struct run {
	struct arena *arena;
	struct buf *out;
	struct error *err;
	struct template known[INCLUDES_MAX]; /* included ones, parsed once */
	size_t n_known;
	unsigned depth;
};

/* The maps whose keys are seen, the innermost first. */
struct scope {
	const struct value *map;
	const struct scope *outer;
};

static int compare_name(const void *key, const void *file)
{
	return strcmp(key, ((const struct embed_file *)file)->name);
}

/* Text of a template that was embedded; STR_NONE when there is none of that name. */
static struct str find_source(const char *name)
{
	const struct embed_file *file =
		bsearch(name, mails, mails_count, sizeof(mails[0]), compare_name);

	return file ? str_n((const char *)file->data, file->size) : STR_NONE;
}

static const struct value *look_up(const struct scope *scope, struct str key)
{
	struct str head = STR_NONE;
	const struct value *value = NULL;

	str_cut(&key, '.', &head);
	for (; scope && !value; scope = scope->outer)
		value = value_find(scope->map, head);
	while (value && str_given(key)) {
		str_cut(&key, '.', &head);
		value = value->kind == VALUE_IS_MAP ? value_find(value, head) : NULL;
	}
	return value;
}

static int fail(
	struct run *run, const struct template *template, const struct node *node, const char *what)
{
	return error_set(run->err, ERROR_INPUT, "%.*s:%u: %s '%.*s'", STR_ARG(template->name),
		node->line, what, STR_ARG(node->text));
}

static int put(struct run *run, const struct template *template, const struct node *node,
	const struct scope *scope)
{
	const struct value *value = look_up(scope, node->text);

	if (!value)
		return fail(run, template, node, "unknown key");
	if (value->kind == VALUE_IS_TEXT)
		escape_text(node->place, value->text, run->out);
	else if (value->kind == VALUE_IS_MARKUP)
		escape_marked(node->place, value->text, value->spans, value->n_spans, run->out);
	else
		return fail(run, template, node, "only a text can be put, not what is in");
	return 0;
}

static int run_nodes(struct run *run, const struct template *template, const struct node *node,
	const struct scope *scope);

static int run_each(struct run *run, const struct template *template, const struct node *node,
	const struct scope *scope)
{
	const struct value *list = look_up(scope, node->text);

	if (!list)
		return fail(run, template, node, "unknown key");
	if (list->kind != VALUE_IS_LIST)
		return fail(run, template, node, "not a list:");
	for (size_t i = 0; i < list->n_entries; i++) {
		const struct scope inner = { list->entries[i].value, scope };
		int r;

		if (inner.map->kind != VALUE_IS_MAP)
			return fail(run, template, node, "not a list of maps:");
		r = run_nodes(run, template, node->body, &inner);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Among those parsed before, or parsed now. */
static int find_included(struct run *run, const struct template *template, const struct node *node,
	const struct template **ret)
{
	struct str source;

	for (size_t i = 0; i < run->n_known; i++)
		if (str_eq(run->known[i].name, node->text)) {
			*ret = &run->known[i];
			return 0;
		}
	if (!str_ends(node->text, template->html ? ".html" : ".txt"))
		return fail(run, template, node, "an include must be of the same kind, not");
	source = find_source(arena_dupz(run->arena, node->text));
	if (!str_given(source))
		return fail(run, template, node, "unknown template");
	if (run->n_known == INCLUDES_MAX)
		return error_set(run->err, ERROR_LIMIT, "%.*s:%u: more than %d templates included",
			STR_ARG(template->name), node->line, INCLUDES_MAX);
	*ret = &run->known[run->n_known];
	if (template_parse(node->text, source, run->arena, &run->known[run->n_known], run->err) < 0)
		return error_add(run->err, "%.*s:%u", STR_ARG(template->name), node->line);
	run->n_known++;
	return 0;
}

static int run_include(struct run *run, const struct template *template, const struct node *node,
	const struct scope *scope)
{
	const struct template *included = NULL;
	int r;

	if (run->depth == INCLUDE_DEPTH_MAX)
		return fail(run, template, node, "includes stand too deep in one another:");
	r = find_included(run, template, node, &included);
	if (r < 0)
		return r;
	run->depth++;
	r = run_nodes(run, included, included->body, scope);
	run->depth--;
	return r;
}

static int run_node(struct run *run, const struct template *template, const struct node *node,
	const struct scope *scope)
{
	const struct value *value;

	switch (node->kind) {
	case NODE_TEXT:
		buf_adds(run->out, node->text);
		return 0;
	case NODE_PUT:
		return put(run, template, node, scope);
	case NODE_IF:
		value = look_up(scope, node->text);
		return run_nodes(run, template,
			value && value_holds(value) ? node->body : node->other, scope);
	case NODE_EACH:
		return run_each(run, template, node, scope);
	case NODE_INCLUDE:
		return run_include(run, template, node, scope);
	}
	return 0;
}

static int run_nodes(struct run *run, const struct template *template, const struct node *node,
	const struct scope *scope)
{
	for (; node; node = node->next) {
		int r = run_node(run, template, node, scope);

		if (r < 0)
			return r;
		if (run->out->overflow) /* a list of lists could go on for long */
			return buf_check(run->out, "what a template gives", run->err);
	}
	return 0;
}

int template_render_text(const char *name, struct str source, const struct value *root,
	struct buf *out, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	CLEANUP(buf_done) struct buf made = BUF_INIT(OUTPUT_MAX);
	struct run run = { .arena = &arena, .out = &made, .err = err };
	const struct scope scope = { root, NULL };
	const size_t before = out->len;
	struct template template;
	int r = template_parse(str_of(name), source, &arena, &template, err);

	if (r < 0)
		return r;
	r = run_nodes(&run, &template, template.body, &scope);
	if (r < 0)
		return r;
	if (template.html)
		buf_adds(out, buf_str(&made));
	else
		wrap_text(buf_str(&made), WRAP_COLUMNS, out);
	r = buf_check(out, name, err);
	if (r < 0)
		buf_truncate(out, before);
	return r;
}

int template_render(const char *name, const struct value *root, struct buf *out, struct error *err)
{
	struct str source = find_source(name);

	if (!str_given(source))
		return error_set(err, ERROR_INPUT, "unknown template '%s'", name);
	return template_render_text(name, source, root, out, err);
}
