/*
 * One lexical pass over a notice: every term of every rule and profile that occurs, where it first
 * occurs in each field. No scoring.
 */
#ifndef MATCH_SCAN_H
#define MATCH_SCAN_H

#include "memo.h"

/* The scope of a hit: 0 the notice itself, i + 1 its lot i. */
struct hit {
	uint32_t term;
	uint32_t scope;
	uint32_t start, end; /* bytes in the field's original text */
	uint32_t next;       /* older hit of the same term, index + 1; 0: none */
	uint8_t field;       /* enum match_field */
};

struct content_word;
struct called;

enum { SCAN_TEXT_MAX = 64 << 10 }; /* bytes of one field looked at (RELIABILITY 4) */

struct scan {
	const struct terms *terms;
	struct memo memo;
	struct arena arena; /* folded texts of the field at hand */
	struct content_word *words; /* those of the field at hand that count */
	size_t words_capacity;
	uint32_t base;      /* where the text at hand stands in its field: subjects are read one by one */

	struct hit *hits;
	size_t n_hits, hits_capacity;
	uint32_t *first;   /* by term: newest hit, index + 1; all 0 between notices */
	size_t first_size;
	uint32_t *touched; /* terms with a hit, in order of first sight */
	size_t n_touched, touched_capacity;
	struct called *called; /* by pattern: the words of the text at hand that call for it */
	uint32_t *calls;      /* those, in order of first call */
	size_t n_calls, calls_size;
	uint32_t overspent; /* patterns that overspent their budget, +1 of the last one's rule */
};

/* One scan for each thread; terms and lexicon are only read. */
void scan_init(struct scan *scan, const struct terms *terms, const struct lexicon *lexicon);
void scan_done(struct scan *scan);

/* Finds everything in the notice; what a scan before had found is forgotten. */
void scan_notice(struct scan *scan, const struct notice *notice);

/* Percent of the points that a hit in this field earns. */
int field_factor(enum match_field field);

/*
 * Is `hit` better than `than`: highest factor, then the notice before the lot, then the field's order,
 * then the place (a code of the branch may come more than once).
 */
bool scan_better(const struct hit *hit, const struct hit *than);

/*
 * The best hit of the term in the notice itself or in the lot of `scope`, in one of `fields` (bits);
 * NULL when there is none. Best: highest factor, then the notice before the lot, then the field's order.
 */
const struct hit *scan_best(const struct scan *scan, uint32_t term, unsigned fields, uint32_t scope);

/* The text of a field as receipts count its bytes; for FIELD_CPV and FIELD_SUBJECTS a join, in `arena`. */
struct str scan_field_text(const struct notice *notice, enum match_field field, uint32_t scope,
	struct arena *arena);

#endif
