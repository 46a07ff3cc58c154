/* Which part of a long text is shown around a match, and the text as one tidy line. */
#ifndef RENDER_EXCERPT_H
#define RENDER_EXCERPT_H

#include "base/arena.h"
#include "base/str.h"
#include "render/value.h"

/* Bytes of the text that are shown, [from, to), and where that is not all of its sentence. */
struct excerpt {
	size_t from, to;
	bool cut_before, cut_after;
};

/* The sentence around [start, end), which must lie in the text; at most about `width` characters. */
struct excerpt excerpt_around(struct str text, size_t start, size_t end, size_t width);

/* The beginning of a text, cut at a word. */
struct excerpt excerpt_head(struct str text, size_t width);

/* One line: blanks and line ends are one blank, control and direction characters are dropped. */
struct passage {
	struct str text;
	struct value_span *spans;
	size_t n_spans;
};

/* Spans in bytes of `text`, sorted and apart; those outside the excerpt are dropped. */
struct passage excerpt_passage(struct str text, struct excerpt excerpt,
	const struct value_span *spans, size_t n_spans, struct arena *arena);

/* The beginning of a text as one line, cut with "…"; STR_NONE stays STR_NONE. */
struct str excerpt_line(struct str text, size_t width, struct arena *arena);

#endif
