/* How the bytes of an imprint (match/imprint.h) are laid out, for those who write and read them. */
#ifndef MATCH_IMPRINT_BYTES_H
#define MATCH_IMPRINT_BYTES_H

#include "match/imprint.h"
#include "scan.h"

/*
 * The bytes, all numbers as varints, texts as length + 1 and bytes:
 *
 *	notice  id version kind stage nature flags day deadline value
 *	        type language procedure, the buyer's seven, source ref
 *	        codes (cpv), codes (places)
 *	lots    how many; of each: id nature value deadline codes (cpv), codes (places)
 *	fields  those of the body, as bits
 *	texts   of the head; of the body apart; of each: field + 1, scope, base, how many bytes, how many words, the words, a gap; at the end 0
 *	codes   how many, the form of each in the dictionary
 *	word    a gap, its form
 *	gap     what stands between two words, or at an end: one byte, the number of one that is usual, or
 *	        GAP_TEXT and a text, or GAP_BACK and by how many bytes the word begins before the one in
 *	        front of it ends ("½" is written once and is two words)
 */
enum { GAP_TEXT = 255, GAP_BACK = 254, IMPRINT_GAPS = 118 };
_Static_assert((int)IMPRINT_GAPS <= (int)GAP_BACK, "a gap's number fits in a byte");
/* Those that are usual, by number; and the number of one, or GAP_TEXT. */
extern const struct str imprint_gaps[IMPRINT_GAPS];
unsigned imprint_gap_of(struct str gap);

/* After the mark of codes, begins the word that tells what kind of notice it is. */
enum { CLASS_MARK = '=' };

enum { FLAG_SUMMARY = 1, FLAG_INNOVATIVE = 2, FLAG_SME = 4, FLAG_RESERVED = 8, FLAG_CUT = 16 };

/* Titles, subjects and codes; the other texts stand apart. */
static inline bool in_head(enum match_field field)
{
	return (imprint_place(field) & ((unsigned)IMPRINT_HEAD | (unsigned)IMPRINT_LOT_HEAD)) != 0;
}

#endif
