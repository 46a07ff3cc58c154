/*
 * A notice as matching sees it, kept in few bytes: what it says of itself in codes, days and amounts,
 * and its texts as numbers of the dictionary, one for each word as it was written, with what stands
 * between them. From it a notice can be matched again without folding, and any of its texts can be
 * written out as it was, to the byte.
 */
#ifndef MATCH_IMPRINT_H
#define MATCH_IMPRINT_H

#include "base/fold.h"
#include "match/dictionary.h"
#include "match/rules.h"
#include "tender/notice.h"

/*
 * Of these bytes, of the choice of fields and of how words are cut and stemmed. What was kept under
 * another version is made anew. FOLD_VERSION counts beside it.
 */
enum { IMPRINT_VERSION = 6 };

/*
 * Which stems a notice has, for the lists of match/segment.h: stem << IMPRINT_PLACES | where it stands, in
 * bits; ascending.
 */
enum {
	IMPRINT_HEAD = 1, /* in a title, a subject or as a code: worth full points */
	IMPRINT_LOT = 2,  /* in the description of a lot */
	IMPRINT_BODY = 4, /* in the description, the criteria, the buyer's name */
	IMPRINT_PLACES = 3,
};
struct imprint_stems {
	uint32_t *at;
	size_t n, capacity;
};
void imprint_stems_done(struct imprint_stems *stems);
/* Where the words of a field stand: one of these bits. */
unsigned imprint_place(enum match_field field);

/*
 * Appends the notice to `head`: what it says of itself, titles, subjects; and its other texts to `body`.
 * The words are added to the dictionary. `ret` is written over.
 */
void imprint_write(struct dictionary *dictionary, const struct notice *notice, struct buf *head,
	struct buf *body, struct imprint_stems *ret);

/* One text of the notice. */
struct imprint_text {
	uint32_t first, n;      /* its words, in imprint->forms */
	uint32_t scope;         /* 0, or i + 1: of lot i */
	uint32_t base;          /* where it stands in its field: subjects are read one by one */
	enum match_field field;
	struct str bytes;       /* as they are kept */
};
struct imprint {
	struct notice notice;   /* without any text but the buyer's name, without awards, links and addresses */
	unsigned written;       /* fields whose texts the notice has: imprint_texts() */
	bool cut;               /* a text was longer than what matching looks at: it is not all there */
	unsigned body;          /* fields (bits) of which the body has a text */
	bool body_read;
	/* Gives the bytes of the body, in `arena`; the caller's, kept by imprint_read(). */
	int (*find_body)(void *data, struct arena *arena, struct str *ret, struct error *err);
	void *data;
	struct str rest;        /* of the head, not yet read */
	struct imprint_text *texts; /* in the order in which a notice is scanned */
	size_t n_texts, texts_capacity;
	uint32_t *forms;        /* of all texts, as in the dictionary */
	size_t n_forms, forms_capacity;
};
#define IMPRINT_INIT { .texts = NULL }
void imprint_done(struct imprint *imprint);

/*
 * What imprint_write() wrote, written over what is in *ret, in steps, so that no more is read than is of
 * use: the notice; the words of its head; those of its body, whose bytes stand apart. The last two do
 * nothing the second time. The notice lives in `arena`, its strings point into the bytes and the
 * dictionary. ERROR_STORE when the bytes are none of ours or speak of forms the dictionary has not.
 */
int imprint_read(const struct dictionary *dictionary, struct str head, struct arena *arena,
	struct imprint *ret, struct error *err) MUST_CHECK;
int imprint_words(const struct dictionary *dictionary, struct imprint *imprint, struct error *err)
	MUST_CHECK;
int imprint_read_body(const struct dictionary *dictionary, struct str body, struct imprint *imprint,
	struct error *err) MUST_CHECK;

/* Where the words of a text that was read stand, folded and as written, as fold() tells it: text->n. */
void imprint_places(const struct dictionary *dictionary, const struct imprint_text *text,
	struct fold_word *ret);
/* Gives the notice its texts in these fields (bits), as they were written, in its arena. */
#define IMPRINT_TEXTS (~0u)
#define IMPRINT_TITLES (1u << FIELD_TITLE | 1u << FIELD_LOT_TITLE)
void imprint_texts(const struct dictionary *dictionary, struct imprint *imprint, unsigned fields,
	struct arena *arena);
/* Appends the text as it was written. */
void imprint_text_write(const struct dictionary *dictionary, const struct imprint_text *text,
	struct buf *out);

#endif
