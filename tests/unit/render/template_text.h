/* A template that is no file of ours, filled in as template_render() fills those that are. */
#ifndef TEST_TEMPLATE_TEXT_H
#define TEST_TEMPLATE_TEXT_H

#include "../../../src/render/template_parse.h"

static inline int template_render_text(const char *name, struct str source, const struct value *root,
	struct buf *out, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct template template;
	int r = template_parse(str_of(name), source, &arena, &template, err);

	return r < 0 ? r : template_run(&template, root, out, err);
}

#endif
