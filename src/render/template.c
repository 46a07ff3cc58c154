#include "render/template.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "mails.h"
#include "template_parse.h"
#include "value_tree.h"
#include "wrap.h"

enum { INCLUDE_DEPTH_MAX = 8, OUTPUT_MAX = 4 << 20, NAME_MAX = 64 };

struct run {
	struct buf *out;
	struct error *err;
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

/*
 * Templates that were embedded, each parsed when it is first asked for and kept as long as the programme
 * runs: there are few, and a day of digests asks for them a hundred thousand times.
 */
static int find_template(const char *name, const struct template **ret, struct error *err)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static struct arena arena = ARENA_INIT;
	static struct template *parsed;
	const struct embed_file *file = bsearch(name, mails, mails_count, sizeof(mails[0]), compare_name);
	struct template *template;
	int r = 0;

	*ret = NULL;
	if (!file)
		return 0;
	pthread_mutex_lock(&lock);
	if (!parsed)
		parsed = arena_array(&arena, struct template, mails_count);
	template = &parsed[file - mails];
	if (!str_given(template->name)) {
		struct template fresh;

		r = template_parse(arena_dup(&arena, str_of(name)), str_n((const char *)file->data, file->size),
			&arena, &fresh, err);
		if (r >= 0)
			*template = fresh;
	}
	pthread_mutex_unlock(&lock);
	*ret = template;
	return r < 0 ? r : 0;
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

static int find_included(struct run *run, const struct template *template, const struct node *node,
	const struct template **ret)
{
	char name[NAME_MAX];

	if (!str_ends(node->text, template->html ? ".html" : ".txt"))
		return fail(run, template, node, "an include must be of the same kind, not");
	if (node->text.len >= sizeof(name))
		return fail(run, template, node, "unknown template");
	memcpy(name, node->text.ptr, node->text.len);
	name[node->text.len] = '\0';
	if (find_template(name, ret, run->err) < 0)
		return error_add(run->err, "%.*s:%u", STR_ARG(template->name), node->line);
	return *ret ? 0 : fail(run, template, node, "unknown template");
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

int template_run(const struct template *template, const struct value *root, struct buf *out,
	struct error *err)
{
	CLEANUP(buf_done) struct buf made = BUF_INIT(OUTPUT_MAX);
	struct run run = { .out = template->html ? out : &made, .err = err };
	const struct scope scope = { root, NULL };
	const size_t before = out->len;
	int r = run_nodes(&run, template, template->body, &scope);

	if (r >= 0 && !template->html)
		wrap_text(buf_str(&made), WRAP_COLUMNS, out);
	if (r >= 0)
		r = buf_check(out, template->name.ptr, err);
	if (r < 0)
		buf_truncate(out, before);
	return r;
}

int template_render(const char *name, const struct value *root, struct buf *out, struct error *err)
{
	const struct template *template;
	int r = find_template(name, &template, err);

	if (r < 0)
		return r;
	if (!template)
		return error_set(err, ERROR_INPUT, "unknown template '%s'", name);
	return template_run(template, root, out, err);
}
