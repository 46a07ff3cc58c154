/*
 * Folding of text for comparison: lower case, no accents, œ as oe, apostrophes and dashes as
 * separators, so that "L’Œuvre d’art" and "l'oeuvre D'ART" are the same words. Soft hyphens and
 * zero-width characters vanish, and so do combining marks. Characters above U+FFFF (emoji) separate.
 * The original text is never changed; every word knows where it stood.
 *
 * Folded text is the words joined by single blanks with one blank at each end (" l oeuvre d art "),
 * so that a word boundary is a blank and needs no look-around.
 */
#ifndef BASE_FOLD_H
#define BASE_FOLD_H

#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

/* Raise when the table or the algorithm changes: stored word ids and receipts carry it. */
enum { FOLD_VERSION = 1 };

struct fold_word {
	uint32_t start, len;         /* in the folded text, bytes, blanks excluded */
	/*
	 * In the original text, bytes, [start, end): with the marks and zero-width characters inside
	 * and behind the word. The words of one character ("½" is "1 2") share its bytes.
	 */
	uint32_t raw_start, raw_end;
};

struct folded {
	struct str text; /* " w1 w2 … wn " or " " when there is no word */
	struct fold_word *words;
	uint32_t n_words;
};

/* Folds `raw` (valid UTF-8, less than 4 GiB) into memory of `arena`. */
struct folded fold(struct arena *arena, struct str raw);

/*
 * The same for who folds text after text: into a room that is used again and only grows. What was
 * folded into it before is gone. FOLD_SLACK bytes behind the text may be read, and mean nothing.
 */
enum { FOLD_SLACK = 16 };
struct fold_room {
	char *text;
	struct fold_word *words;
	size_t size; /* bytes of raw text there is room for */
};
#define FOLD_ROOM_INIT { NULL, NULL, 0 }
struct folded fold_again(struct fold_room *room, struct str raw);
void fold_room_done(struct fold_room *room);

/* The folded text alone, without the blanks at its ends. */
struct str fold_text(struct arena *arena, struct str raw);

static inline struct str folded_word(const struct folded *f, uint32_t i)
{
	return (struct str){ f->text.ptr + f->words[i].start, f->words[i].len };
}

#endif
