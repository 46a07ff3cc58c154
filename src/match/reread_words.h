/* What a reader of imprints holds, and its first half: from the words of an imprint to hits. */
#ifndef MATCH_REREAD_WORDS_H
#define MATCH_REREAD_WORDS_H

#include "ears.h"
#include "rereading.h"

struct reread {
	const struct matcher *matcher;
	struct matcher *part; /* that one, when it was made here; NULL */
	const struct dictionary *dictionary;
	struct reader *reader;
	/* by form of the dictionary: whether it tells, its id in the memo, its lengths */
	uint8_t *tells;
	uint32_t *known;
	struct imprint_lens *lens;
	size_t known_size;
	uint32_t forgotten;  /* by the memo, when these were begun */
	bool always;         /* some pattern is run on every text */
	unsigned fields;     /* bits: those that are looked at */
	struct bound *bound; /* NULL: what hits can give at most is not known */
	struct ears ears;    /* of the profiles of the bound, when there is one */
	struct arena arena;
	const struct imprint *imprint;
	const struct imprint_text *text; /* at hand */
	uint32_t *ids;       /* of its words */
	uint32_t *some;      /* those that are of any use */
	struct fold_word *places;
	size_t capacity;     /* of these */
	bool placed;         /* the places are those of its words */
	struct buf folded, raw; /* that text, when it was asked for */
};

/* What is scanned of a notice, one after the other; or both at once, in the order of its texts. */
enum { REREAD_HEAD = 1, REREAD_BODY = 2 };
/* Its words must have been read. With the head begins another notice. */
void reread_scan_imprint(struct reread *reread, const struct imprint *imprint, unsigned parts);

#endif
