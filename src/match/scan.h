/*
 * One lexical pass over a notice: every term of every rule and profile that occurs, where it first
 * occurs in each field. No scoring.
 *
 * It has two halves. scan_read() folds a text and cuts it into words, each of which gets its id from the
 * memo. scan_words() finds the terms in an array of such ids and knows no text, so that it can begin
 * with the words of a text that was read another day:
 *
 *	scan_begin(scan);                       // once a notice, before any id is asked for
 *	for each field:
 *		ids[i] = memo_word(&scan->memo, word);  // or from a table that is kept, see below
 *		scan_words(scan, &words, scope, field);
 *	scan_cpv(scan, notice);
 *
 * A table from ids of one's own to those of the memo holds as long as memo.times_forgotten stays the
 * same, which only scan_begin() changes.
 */
#ifndef MATCH_SCAN_H
#define MATCH_SCAN_H

#include <stdatomic.h>

#include "base/buf.h"
#include "base/fold.h"
#include "memo.h"

/* The scope of a hit: 0 the notice itself, i + 1 its lot i. */
struct hit {
	uint32_t term;
	uint32_t scope;
	uint32_t start, end; /* bytes in the field's original text */
	uint32_t next;       /* older hit of the same term, index + 1; 0: none */
	uint8_t field;       /* enum match_field */
	/* how the words stand in a title or subject (object.h); told of terms that profiles wait for */
	bool object;
	bool governed;
	bool sole;           /* they are the one subject that the notice is filed under */
};

/* A text cut into words. */
struct words {
	const uint32_t *ids;            /* of the memo */
	uint32_t n;
	/*
	 * NULL, or the numbers of those that are of any use, ascending: no term has the others. Of these the first behind
	 * a word that phrases have must be among them, unless it is a function word.
	 */
	const uint32_t *some;
	uint32_t n_some;
	const struct fold_word *places; /* of each in `folded` and `raw` */
	struct str folded, raw;
	/* NULL, or fills in the places, which are only wanted where something is found … */
	void (*place)(void *data, struct words *words);
	/* … and the texts, for patterns to be run on: the folded one, with the places; what was written, with them */
	void (*fold)(void *data, struct words *words);
	void (*write)(void *data, struct words *words);
	void *data;
};

/* What was seen of a term. */
struct seen_term {
	uint32_t newest; /* hit, index + 1; 0: none */
	uint32_t fields; /* bits of enum match_field: where it was seen, whatever the scope; and these: */
};
enum {
	SEEN_OBJECT = 1u << FIELDS,      /* as the object of a title, of the notice or a lot */
	SEEN_FILED = 1u << (FIELDS + 1), /* as the object of a subject */
	SEEN_SOLE = 1u << (FIELDS + 2),  /* as the only subject */
};

struct called;
struct purse;
struct due;
struct follower;
struct pair;
struct find;
struct listed;
struct ears;

enum { SCAN_TEXT_MAX = 64 << 10 }; /* bytes of one field looked at (RELIABILITY 4) */

struct scan {
	/* NULL, or is shown every text that was read; `base` is set as for the scan itself */
	void (*also)(void *data, const struct words *words, uint32_t scope, enum match_field field);
	void *also_data;
	const struct terms *terms;
	struct memo memo;
	struct fold_room room; /* the text at hand */
	uint32_t *ids;         /* its words */
	struct word_use *uses;
	size_t ids_capacity;
	uint32_t base;         /* where the text at hand stands in its field: subjects are read one by one */
	bool one_subject;      /* the notice is filed under one; set behind scan_begin() */

	struct hit *hits;
	size_t n_hits, hits_capacity; /* of terms touched, too: there are no more */
	struct seen_term *seen; /* by term; all 0 between notices */
	size_t seen_size;
	uint32_t *touched; /* terms with a hit, in order of first sight */
	size_t n_touched;

	/*
	 * of the words at hand: those that are terms by themselves and those that call for patterns, those that
	 * may stand in phrases, where phrases may begin, and what was found
	 */
	struct listed *alone, *callers;
	struct follower *followers;
	uint32_t *begun;
	struct pair *pairs;
	struct find *finds;
	size_t followers_capacity, finds_capacity, n_finds;

	struct called *called; /* by pattern */
	size_t called_size;
	uint32_t text;         /* number of the text at hand, from 1 */
	struct due *dues;      /* what is to be run on it */
	size_t n_dues, dues_capacity;
	struct purse *purses;  /* by pattern */
	uint64_t notice;       /* how many were begun */
	const struct ears *ears; /* NULL, or who hears of which: patterns that nobody does are not run */
	atomic_bool *suspended; /* by rule: its patterns are run no more; NULL: none ever is */
	uint32_t overspent; /* patterns that overspent their budget, +1 of the last one's rule */
};

/* One scan for each thread; terms and lexicon are only read. */
void scan_init(struct scan *scan, const struct terms *terms, const struct lexicon *lexicon);
void scan_done(struct scan *scan);

/* Finds everything in the notice; what a scan before had found is forgotten. */
void scan_notice(struct scan *scan, const struct notice *notice);

/* Its steps. What scan_read() gives lives until it is called again; at most SCAN_TEXT_MAX bytes are read. */
void scan_begin(struct scan *scan);
struct words scan_read(struct scan *scan, struct str text);
void scan_words(struct scan *scan, const struct words *words, uint32_t scope, enum match_field field);
void scan_cpv(struct scan *scan, const struct notice *notice);
/* Does the code of this number in the notice's list speak for the notice, or for lots alone? */
bool scan_cpv_of_notice(const struct notice *notice, size_t code);

/* For the steps: a hit, unless the field of that scope has one of the term already. */
void scan_hit(struct scan *scan, uint32_t term, uint32_t scope, enum match_field field, uint32_t start,
	uint32_t end);
/* Needed when scan->text has come round to 0. */
void scan_forget_called(struct scan *scan);
/*
 * Notes which patterns the words call for; scan_patterns() runs what was noted. They are far away: the one in
 * between announces them, and there should be other work before and behind it.
 */
void scan_calls(struct scan *scan, struct words *words, const struct listed *callers, size_t n,
	enum match_field field);
void scan_fetch_patterns(const struct scan *scan);
void scan_patterns(struct scan *scan, const struct words *words, uint32_t scope, enum match_field field);

/* Percent of the points that a hit in this field earns. */
static inline int field_factor(enum match_field field)
{
	static const uint8_t factors[FIELDS] = {
		[FIELD_TITLE] = 100,
		[FIELD_LOT_TITLE] = 100,
		[FIELD_SUBJECTS] = 80,
		[FIELD_DESCRIPTION] = 60,
		[FIELD_LOT_DESCRIPTION] = 60,
		[FIELD_CRITERIA] = 30,
		[FIELD_BUYER] = 30,
		[FIELD_CPV] = 100,
	};

	return factors[field];
}
/* Descriptions and criteria, as against titles, subjects and codes. */
static inline bool body_field(enum match_field field)
{
	return field == FIELD_DESCRIPTION || field == FIELD_LOT_DESCRIPTION || field == FIELD_CRITERIA;
}
/* The most of them in some of these fields; 0: in none. */
int fields_factor(unsigned fields);

/*
 * Is `hit` better than `than`: highest factor, then the notice before the lot, then the field's order,
 * then the place (a code of the branch may come more than once).
 */
static inline bool scan_better(const struct hit *hit, const struct hit *than)
{
	int gain = field_factor((enum match_field)hit->field) - field_factor((enum match_field)than->field);

	if (gain != 0)
		return gain > 0;
	if (hit->scope != than->scope)
		return hit->scope < than->scope;
	return hit->field != than->field ? hit->field < than->field : hit->start < than->start;
}

/*
 * The best hit of the term in the notice itself or in the lot of `scope`, in one of `fields` (bits);
 * NULL when there is none. Best: highest factor, then the notice before the lot, then the field's order.
 */
const struct hit *scan_best(const struct scan *scan, uint32_t term, unsigned fields, uint32_t scope);

/* The text of a field as receipts count its bytes; for FIELD_CPV and FIELD_SUBJECTS a join, in `arena`. */
struct str scan_field_text(const struct notice *notice, enum match_field field, uint32_t scope,
	struct arena *arena);

#endif
