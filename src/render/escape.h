/*
 * Escaping by place (RELIABILITY X9), and no unseen character that acts: controls, separators of lines,
 * what turns the direction of the text behind it. The places of HTML where a value may stand are these
 * three and no other: the parser of templates refuses the rest.
 */
#ifndef RENDER_ESCAPE_H
#define RENDER_ESCAPE_H

#include "base/buf.h"
#include "render/value.h"

enum place {
	PLACE_PLAIN,     /* .txt: newlines kept */
	PLACE_ELEMENT,   /* between tags */
	PLACE_ATTRIBUTE, /* inside a quoted attribute value */
	PLACE_URL,       /* the whole of a quoted href= or src= */
};

void escape_text(enum place place, struct str text, struct buf *out);

/* Spans in <mark> between tags, in « » in plain text, bare in an attribute. */
void escape_marked(enum place place, struct str text, const struct value_span *spans, size_t n,
	struct buf *out);

/* An http, https or mailto address: no blank, no control, something behind the scheme. */
bool address_is_safe(struct str address);

#endif
