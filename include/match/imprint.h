/*
 * A notice as matching sees it, kept in few bytes: what it says of itself in codes, days and amounts,
 * and the words of its texts as numbers of the dictionary, each with its place; titles also as they were
 * written, because that is where rules look for capital letters. From it a notice can be matched again
 * without reading its texts and without folding; only who wants the words of a receipt as they
 * were written reads the notice itself.
 */
#ifndef MATCH_IMPRINT_H
#define MATCH_IMPRINT_H

#include "match/dictionary.h"
#include "match/rules.h"
#include "tender/notice.h"

/*
 * Of these bytes, of the choice of fields and of how words are cut and stemmed. What was kept under
 * another version is made anew. FOLD_VERSION counts beside it.
 */
enum { IMPRINT_VERSION = 3 };

/* Which stems a notice has, for the lists of match/segment.h: stem << 1 | IMPRINT_STRONG, ascending. */
enum { IMPRINT_STRONG = 1 }; /* it stands in a title, a subject or is a code: worth full points */
struct imprint_stems {
	uint32_t *at;
	size_t n, capacity;
};
void imprint_stems_done(struct imprint_stems *stems);

/* Appends the notice to `out`; its words are added to the dictionary. `ret` is written over. */
void imprint_write(struct dictionary *dictionary, const struct notice *notice, struct buf *out,
	struct imprint_stems *ret);

/* One text of the notice. */
struct imprint_text {
	uint32_t first, n;      /* its words */
	uint32_t scope;         /* 0, or i + 1: of lot i */
	uint32_t base;          /* where it stands in its field: subjects are read one by one */
	enum match_field field;
	struct str raw;         /* as it was written: of titles; else STR_NONE */
};
struct imprint_word {
	uint32_t word;          /* in the dictionary */
	uint32_t start, end;    /* bytes of the text as it was written */
};
struct imprint {
	struct notice notice;   /* without descriptions, criteria, subjects, awards, links and addresses */
	struct imprint_text *texts;
	size_t n_texts, texts_capacity;
	struct imprint_word *words;
	size_t n_words, words_capacity;
};
#define IMPRINT_INIT { .texts = NULL }
void imprint_done(struct imprint *imprint);

/*
 * What imprint_write() wrote, written over what is in *ret; the notice lives in `arena`, its texts point
 * into `bytes`. ERROR_STORE when the bytes are none of ours or speak of words the dictionary has not.
 */
int imprint_read(const struct dictionary *dictionary, struct str bytes, struct arena *arena,
	struct imprint *ret, struct error *err) MUST_CHECK;

#endif
