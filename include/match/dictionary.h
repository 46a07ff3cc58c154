/*
 * Every word of every stored notice, numbered in order of first sight, so that a notice can be kept as
 * numbers and never be folded again. A number never changes; the dictionary only grows.
 *
 * There are three layers of it. A form is a word as it was written ("Réseaux"); its word is what it is
 * when folded ("reseaux"); words of one stem have its number, under which the notices they stand in are
 * listed (match/segment.h). Notices are kept as forms: so they can be written out again as they were.
 *
 * Codes stand in it too, with a mark that no folded word has ("+72212730").
 */
#ifndef MATCH_DICTIONARY_H
#define MATCH_DICTIONARY_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"

enum { DICTIONARY_CODE_MARK = '+' };
#define DICTIONARY_NONE UINT32_MAX

struct dictionary;

struct dictionary *dictionary_new(void);
void *dictionary_free(struct dictionary *dictionary);
DEFINE_CLEANUP(dictionary, dictionary_free);

/* Forms are 0..n-1, and so are words and stems. */
uint32_t dictionary_forms(const struct dictionary *dictionary);
uint32_t dictionary_words(const struct dictionary *dictionary);
uint32_t dictionary_stems(const struct dictionary *dictionary);

/* The number of the form, a new one when it was not there. */
uint32_t dictionary_add(struct dictionary *dictionary, struct str written, struct str word);

/* Texts are views, good until the next form is added. */
struct str dictionary_written(const struct dictionary *dictionary, uint32_t form);
uint32_t dictionary_word(const struct dictionary *dictionary, uint32_t form);
struct str dictionary_text(const struct dictionary *dictionary, uint32_t word);
uint32_t dictionary_stem(const struct dictionary *dictionary, uint32_t word);

/* The number of a stem by its text, or of the stem of a word; DICTIONARY_NONE when no word has it. */
uint32_t dictionary_find_stem(struct dictionary *dictionary, struct str stem);
uint32_t dictionary_find_stem_of(struct dictionary *dictionary, struct str word);

/* How words are stemmed today, as a number: stems that were kept under another are of no use. */
uint64_t dictionary_fingerprint(void);

/*
 * As bytes: the forms from `from` on, with what they are the first of, appended to `out`; and back, in the order they were written.
 * ERROR_STORE when the bytes are none of ours.
 */
void dictionary_write(const struct dictionary *dictionary, uint32_t from, struct buf *out);
int dictionary_read(struct dictionary *dictionary, struct str bytes, struct error *err) MUST_CHECK;

#endif
