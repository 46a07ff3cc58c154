/*
 * Lines of plain text that fit a terminal. A line that is too long is broken at blanks (never at a
 * no-break space); what follows is indented as far as the text of the line: behind its leading blanks,
 * a list mark ("- ", "12. "), or a first column that two blanks or more close ("Buyer   Town of …").
 */
#ifndef RENDER_WRAP_H
#define RENDER_WRAP_H

#include "base/buf.h"

enum { WRAP_COLUMNS = 76 };

/*
 * An address ("scheme://…") stays whole, however long; any other word that fits no line is cut.
 * Blanks at line ends are dropped.
 */
void wrap_text(struct str text, size_t columns, struct buf *out);

/* Columns that a terminal needs: marks that combine take none, CJK and pictures two. */
size_t wrap_width(struct str text);

#endif
