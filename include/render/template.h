/*
 * Templates: .html and .txt files with {{keys}}, embedded at build time. The engine knows
 *
 *	{{key}} {{a.b}}            put a value, escaped by the place it stands in
 *	{{#if key}} … {{else}} … {{/if}}      true, not empty, known
 *	{{#each key}} … {{/each}}  once per element; inside, keys of the element first, then outer ones
 *	{{include name}}           another template of the same kind
 *	{{! remark }}
 *
 * and nothing more: logic belongs to C. Keys and names are a-z 0-9 _ (names also - and .); the name of an
 * include carries its ending ("card.fr.txt"). A tag stands on one line.
 *
 * In .html, text is escaped for element text or for a quoted attribute; a value of href= or src= must
 * be the whole address, an http, https or mailto one, else "#" is put. A value anywhere else in the
 * markup (unquoted, in a tag's name, in style, script, a comment, on…=, style=) is an error of the
 * template. There is no way to switch escaping off.
 *
 * In .txt, text is put as it is, control bytes dropped; then lines are wrapped at 76 columns. What
 * follows is indented as far as the text of the line: behind its leading blanks, a list mark ("- ",
 * "12. ") or a first column closed by two blanks or more ("Buyer   Town of …"). An address
 * ("https://…") is never cut. Blanks at line ends are dropped.
 *
 * A line that holds only tags other than {{key}} leaves no empty line behind.
 * To put or go through an unknown key is an error, not a blank; `if` takes it for false. A number is a
 * text: 0 is true.
 */
#ifndef RENDER_TEMPLATE_H
#define RENDER_TEMPLATE_H

#include "base/buf.h"
#include "base/error.h"
#include "render/value.h"

/*
 * `name`: "digest.fr.html"; its ending decides the escaping. Appends to `out`, nothing on failure.
 * ERROR_INPUT names template, line, key; ERROR_LIMIT: over 4 MiB, or the ceiling of `out`.
 */
int template_render(const char *name, const struct value *root, struct buf *out, struct error *err)
	MUST_CHECK;

#endif
