/*
 * From the text of a template to a tree of nodes. For .html the parser follows the markup, so that each
 * value is known by the place it stands in; a place where no escaping makes a value safe (a tag's or an
 * attribute's name, an unquoted value, style, script, a comment, on…=) is an error of the template.
 */
#ifndef RENDER_TEMPLATE_PARSE_H
#define RENDER_TEMPLATE_PARSE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "escape.h"
#include "render/value.h"

enum { TEMPLATE_SOURCE_MAX = 256 << 10, TEMPLATE_DEPTH_MAX = 32, TEMPLATE_KEY_MAX = 64 };

enum node_kind { NODE_TEXT, NODE_PUT, NODE_IF, NODE_EACH, NODE_INCLUDE };

struct node {
	enum node_kind kind;
	enum place place;   /* NODE_PUT */
	unsigned line;      /* from 1 */
	struct str text;    /* the text itself; the key; the name included */
	struct node *body;  /* NODE_IF, NODE_EACH */
	struct node *other; /* NODE_IF: behind {{else}} */
	struct node *next;
};

struct template
{
	struct str name;
	bool html;
	struct node *body; /* points into the source */
};

/* The source must live as long as the tree. ERROR_INPUT "name:line: what is wrong". */
int template_parse(struct str name, struct str source, struct arena *arena, struct template *ret,
	struct error *err) MUST_CHECK;

/* What template_render() does with the template of a name. In template.c */
int template_run(const struct template *template, const struct value *root, struct buf *out,
	struct error *err) MUST_CHECK;

#endif
