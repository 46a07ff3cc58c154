#include "template_parse.h"

#include "markup.h"

/*
 * template = { text | put | block | include | remark }
 * put      = "{{" key "}}"
 * block    = "{{#if" key "}}" template [ "{{else}}" template ] "{{/if}}"
 *          | "{{#each" key "}}" template "{{/each}}"
 * include  = "{{include" name "}}"
 * remark   = "{{!" … "}}"
 *
 * A tag stands on one line. A line of tags alone (puts excepted) leaves nothing of itself behind.
 */
enum tag {
	TAG_PUT,
	TAG_IF,
	TAG_EACH,
	TAG_ELSE,
	TAG_END_IF,
	TAG_END_EACH,
	TAG_INCLUDE,
	TAG_REMARK,
};

struct parser {
	struct str name, source;
	struct arena *arena;
	struct error *err;
	bool html;
	struct markup markup;
	size_t pos;
	size_t tags_end; /* end of the line of tags that `pos` is on; 0: on none */
	unsigned line, depth;
};

struct token {
	bool end, is_text;
	enum tag tag;
	struct str text; /* the text; the key or name */
	unsigned line;
};

static int fail(struct parser *p, unsigned line, const char *what, struct str which)
{
	which = str_clip(which, 80);
	return error_set(p->err, ERROR_INPUT, "%.*s:%u: %s%s%.*s%s", STR_ARG(p->name), line, what,
		which.len > 0 ? " '" : "", STR_ARG(which), which.len > 0 ? "'" : "");
}

static bool key_valid(struct str key)
{
	bool dot = true; /* none at the start, at the end, or beside another */

	for (size_t i = 0; i < key.len; i++) {
		char c = key.ptr[i];

		if (c == '.' && dot)
			return false;
		dot = c == '.';
		if (!dot && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_')
			return false;
	}
	return !dot && key.len <= TEMPLATE_KEY_MAX;
}

static bool name_valid(struct str name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_' && c != '-' &&
			c != '.')
			return false;
	}
	return name.len > 0 && name.len <= TEMPLATE_KEY_MAX;
}

static bool word_then(struct str *content, const char *word)
{
	struct str rest = *content;

	if (!str_prefix(&rest, word) || rest.len == 0 || rest.ptr[0] != ' ')
		return false;
	*content = str_trim(rest);
	return true;
}

/* What stands between the braces. */
static int read_tag(struct parser *p, struct str content, struct token *ret)
{
	content = str_trim(content);
	ret->is_text = false;
	if (str_starts(content, "!")) {
		ret->tag = TAG_REMARK;
		return 0;
	}
	if (word_then(&content, "#if"))
		ret->tag = TAG_IF;
	else if (word_then(&content, "#each"))
		ret->tag = TAG_EACH;
	else if (word_then(&content, "include"))
		ret->tag = TAG_INCLUDE;
	else if (str_eqz(content, "else"))
		ret->tag = TAG_ELSE;
	else if (str_eqz(content, "/if"))
		ret->tag = TAG_END_IF;
	else if (str_eqz(content, "/each"))
		ret->tag = TAG_END_EACH;
	else
		ret->tag = TAG_PUT;
	ret->text = content;
	if (ret->tag == TAG_INCLUDE && !name_valid(content))
		return fail(p, p->line, "not a template name:", content);
	if ((ret->tag == TAG_PUT || ret->tag == TAG_IF || ret->tag == TAG_EACH) &&
		!key_valid(content))
		return fail(p, p->line, "not a key:", content.len > 0 ? content : STR(" "));
	return 0;
}

/* The tag at `pos`, its content and the position behind it; false when its braces do not close. */
static bool tag_at(const struct parser *p, size_t pos, struct str *ret_content, size_t *ret_end)
{
	struct str rest = str_from(p->source, pos + 2);
	size_t close = str_find(rest, STR("}}")), newline = str_find_char(rest, '\n');

	if (close == SIZE_MAX || close > newline)
		return false;
	*ret_content = str_sub(rest, 0, close);
	*ret_end = pos + 2 + close + 2;
	return true;
}

static bool opens_at(const struct parser *p, size_t pos)
{
	return pos + 1 < p->source.len && p->source.ptr[pos] == '{' &&
	       p->source.ptr[pos + 1] == '{';
}

/*
 * The end (behind the newline) of a line that holds blanks and tags other than puts, at least one;
 * 0 when the line at `pos` is another. A bad tag is told when it is read, not here.
 */
static size_t line_of_tags(const struct parser *p, size_t pos)
{
	struct error ignored = ERROR_INIT;
	struct parser quiet = *p;
	bool seen = false, only_tags = true;

	quiet.err = &ignored;
	while (only_tags && pos < p->source.len && p->source.ptr[pos] != '\n') {
		struct token token;
		struct str content;

		if (p->source.ptr[pos] == ' ' || p->source.ptr[pos] == '\t') {
			pos++;
			continue;
		}
		only_tags = opens_at(p, pos) && tag_at(p, pos, &content, &pos) &&
			    read_tag(&quiet, content, &token) == 0 && token.tag != TAG_PUT;
		seen = true;
	}
	if (!seen || !only_tags)
		return 0;
	return pos < p->source.len ? pos + 1 : pos;
}

/* A text (at most to the end of its line) or a tag. */
static int next_token(struct parser *p, struct token *ret)
{
	struct str content;
	size_t start, end;

	if (p->pos >= p->tags_end && (p->pos == 0 || p->source.ptr[p->pos - 1] == '\n'))
		p->tags_end = line_of_tags(p, p->pos);
	if (p->pos < p->tags_end) {
		while (p->pos < p->tags_end && !opens_at(p, p->pos))
			p->pos++;
		if (p->pos == p->tags_end) {
			p->line++;
			return next_token(p, ret);
		}
	}
	*ret = (struct token){ .line = p->line };
	if (p->pos >= p->source.len) {
		ret->end = true;
		return 0;
	}
	if (opens_at(p, p->pos)) {
		if (!tag_at(p, p->pos, &content, &end))
			return fail(p, p->line, "{{ is not closed on its line", STR_NONE);
		p->pos = end;
		return read_tag(p, content, ret);
	}
	start = p->pos;
	while (p->pos < p->source.len && !opens_at(p, p->pos))
		if (p->source.ptr[p->pos++] == '\n') {
			p->line++;
			break;
		}
	ret->is_text = true;
	ret->text = str_sub(p->source, start, p->pos);
	if (p->html)
		markup_follow(&p->markup, ret->text);
	return 0;
}

static int parse_nodes(struct parser *p, struct token *ret_stop, struct node **ret);

static int check_same_place(struct parser *p, const struct markup *before, unsigned line)
{
	if (p->html && !markup_same(before, &p->markup))
		return fail(p, line,
			"this part of the block ends in another place of the markup than it "
			"began in",
			STR_NONE);
	return 0;
}

static int parse_block(struct parser *p, const struct token *open, struct node *node)
{
	const struct markup before = p->markup;
	struct token stop;
	int r;

	if (++p->depth > TEMPLATE_DEPTH_MAX)
		return fail(p, open->line, "blocks stand too deep in one another", STR_NONE);
	r = parse_nodes(p, &stop, &node->body);
	if (r < 0)
		return r;
	r = check_same_place(p, &before, open->line);
	if (r < 0)
		return r;
	if (!stop.end && stop.tag == TAG_ELSE && open->tag == TAG_IF) {
		unsigned line = stop.line;

		p->markup = before;
		r = parse_nodes(p, &stop, &node->other);
		if (r < 0)
			return r;
		r = check_same_place(p, &before, line);
		if (r < 0)
			return r;
	}
	p->depth--;
	if (stop.end)
		return fail(p, open->line, "block is not closed:", open->text);
	if (stop.tag != (open->tag == TAG_IF ? TAG_END_IF : TAG_END_EACH))
		return fail(p, stop.line, "closes another block than the one open:", stop.text);
	return 0;
}

static int parse_put(struct parser *p, const struct token *token, struct node *node)
{
	const char *wrong;

	node->place = PLACE_PLAIN;
	if (!p->html)
		return 0;
	wrong = markup_put(&p->markup, &node->place);
	return wrong ? error_set(p->err, ERROR_INPUT, "%.*s:%u: '%.*s': %s", STR_ARG(p->name),
			       token->line, STR_ARG(token->text), wrong)
		     : 0;
}

static int parse_node(struct parser *p, const struct token *token, struct node *node)
{
	static const enum node_kind kinds[] = { [TAG_PUT] = NODE_PUT,
		[TAG_IF] = NODE_IF,
		[TAG_EACH] = NODE_EACH,
		[TAG_INCLUDE] = NODE_INCLUDE };

	node->kind = token->is_text ? NODE_TEXT : kinds[token->tag];
	node->line = token->line;
	node->text = token->text;
	switch (node->kind) {
	case NODE_TEXT:
		return 0;
	case NODE_PUT:
		return parse_put(p, token, node);
	case NODE_IF:
	case NODE_EACH:
		return parse_block(p, token, node);
	case NODE_INCLUDE:
		if (p->html && p->markup.spot != SPOT_TEXT)
			return fail(p, token->line,
				"an include may stand between tags only:", token->text);
		return 0;
	}
	return 0;
}

/* Up to the end or to a tag that ends or divides a block: that is the caller's, in *ret_stop. */
static int parse_nodes(struct parser *p, struct token *ret_stop, struct node **ret)
{
	struct node **link = ret;

	for (;;) {
		struct token token;
		int r = next_token(p, &token);

		if (r < 0)
			return r;
		if (token.end ||
			(!token.is_text && (token.tag == TAG_ELSE || token.tag == TAG_END_IF ||
						   token.tag == TAG_END_EACH))) {
			*ret_stop = token;
			return 0;
		}
		if (!token.is_text && token.tag == TAG_REMARK)
			continue;
		*link = arena_new(p->arena, struct node);
		r = parse_node(p, &token, *link);
		if (r < 0)
			return r;
		link = &(*link)->next;
	}
}

int template_parse(struct str name, struct str source, struct arena *arena, struct template *ret,
	struct error *err)
{
	struct parser p = {
		.name = name,
		.source = source,
		.arena = arena,
		.err = err,
		.html = str_ends(name, ".html"),
		.markup = MARKUP_INIT,
		.line = 1,
	};
	struct template made = { .name = name, .html = p.html };
	struct token stop;
	int r;

	if (!p.html && !str_ends(name, ".txt"))
		return error_set(err, ERROR_INPUT, "template %.*s: a name ends with .html or .txt",
			STR_ARG(name));
	if (source.len > TEMPLATE_SOURCE_MAX)
		return error_set(err, ERROR_LIMIT, "template %.*s is larger than %d bytes",
			STR_ARG(name), TEMPLATE_SOURCE_MAX);
	r = parse_nodes(&p, &stop, &made.body);
	if (r < 0)
		return r;
	if (!stop.end)
		return fail(&p, stop.line, "stands outside any block:", stop.text);
	if (p.html && p.markup.spot != SPOT_TEXT)
		return fail(&p, p.line,
			"the template ends inside a tag, a comment, style or script", STR_NONE);
	*ret = made;
	return 0;
}
