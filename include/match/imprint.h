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
enum { IMPRINT_VERSION = 8 };

/*
 * Which stems a notice has, for the lists of match/segment.h, and where they stand in it: its marks. In the
 * lowest bits the places; above them in which lots, each with its bit: more lots than there are bits share
 * them. A notice has also one stem of a word that tells its kind and nature: imprint_class_read().
 */
enum {
	IMPRINT_HEAD = 1,     /* in the title, a subject or as a code of the notice itself: worth full points */
	IMPRINT_BODY = 2,     /* in its description, the criteria, the buyer's name */
	IMPRINT_LOT_HEAD = 4, /* in the title of a lot or as its code: worth full points */
	IMPRINT_LOT = 8,      /* in the description of a lot */
	IMPRINT_PLACES = 4,
	IMPRINT_LOTS = 14,
	IMPRINT_MARKS = IMPRINT_PLACES + IMPRINT_LOTS,
};
#define IMPRINT_OF_LOTS ((unsigned)IMPRINT_LOT_HEAD | (unsigned)IMPRINT_LOT)
struct imprint_stems {
	uint64_t *at; /* ascending: stem << 32 | marks */
	size_t n, capacity;
};
void imprint_stems_done(struct imprint_stems *stems);
/* Where the words of a field stand: one of these bits; of codes two, the notice's and a lot's. */
unsigned imprint_place(enum match_field field);
/* Of marks, what is left in these places (bits); 0: nothing. */
static inline unsigned imprint_marks_in(unsigned marks, unsigned places)
{
	unsigned left = marks & places;

	return (left & IMPRINT_OF_LOTS) != 0 ? left | marks >> IMPRINT_PLACES << IMPRINT_PLACES : left;
}
/* Where two words can stand in one text; 0: nowhere. */
static inline unsigned imprint_marks_both(unsigned a, unsigned b)
{
	unsigned both = a & b;

	if (both >> IMPRINT_PLACES == 0)
		return both & ~IMPRINT_OF_LOTS;
	return (both & IMPRINT_OF_LOTS) != 0 ? both : both & ((1u << IMPRINT_PLACES) - 1);
}

/*
 * Is this word of the dictionary one that tells kind and nature? Then *ret has these, and in `lots`, of which
 * NATURES are needed, one lot for each of its lots' natures; all else is unknown.
 */
bool imprint_class_read(struct str word, struct lot *lots, struct notice *ret);

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

/* How many bytes a form has, folded and as written; IMPRINT_LENS_MANY: that many or more. */
struct imprint_lens {
	uint16_t folded, written;
};
enum { IMPRINT_LENS_MANY = UINT16_MAX };
struct imprint_lens imprint_lens_of(struct str folded, struct str written);
/*
 * Where the words of a text that was read stand, folded and as written, as fold() tells it: text->n.
 * `lens`: by form, of those that the text has.
 */
void imprint_places(const struct dictionary *dictionary, const struct imprint_text *text,
	const struct imprint_lens *lens, struct fold_word *ret);
/* Gives the notice its texts in these fields (bits), as they were written, in its arena. */
#define IMPRINT_TEXTS (~0u)
#define IMPRINT_TITLES (1u << FIELD_TITLE | 1u << FIELD_LOT_TITLE)
void imprint_texts(const struct dictionary *dictionary, struct imprint *imprint, unsigned fields,
	struct arena *arena);
/* Appends the text as it was written. */
void imprint_text_write(const struct dictionary *dictionary, const struct imprint_text *text,
	struct buf *out);

#endif
