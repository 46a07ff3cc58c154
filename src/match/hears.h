/*
 * Which rules a profile hears of. Rules speak of fields of activity; a profile names some, and its own
 * words speak of others: the rules are tried on them as on a notice.
 */
#ifndef MATCH_HEARS_H
#define MATCH_HEARS_H

#include "reader.h"

/* The rules of each field of activity. */
struct field_rules {
	uint32_t *starts; /* by field, and one more: where in `at` its rules begin */
	uint32_t *at;
};
void field_rules_make(const struct rules *rules, struct arena *arena, struct field_rules *ret);

struct heard {
	uint32_t rule;
	int16_t percent;
};

/* What a rule says of a profile's own words: points to its field, and what it counts where that is heard of. */
struct speech {
	uint32_t rule;
	points_t points;
	int16_t percent;
};

/* Scratch of one thread. */
struct hearing {
	const struct rules *rules, *firing_rules;
	struct rules bare;     /* without those that ask for others */
	const struct rule_code *code;
	const struct field_rules *by_field;
	struct reader *reader; /* of a matcher with these rules */
	struct firing *firing; /* the reader's, or one that has rules replaced … */
	struct scan *above;    /* … by what this one knows; else NULL */
	points_t *points;      /* by field */
	bool *named;           /* by field */
	uint8_t *own;          /* by rule; all 0 between profiles */
	struct speech *spoken; /* rules that are not 0 there */
	size_t n_spoken;
	struct arena arena;    /* of the profile at hand */
	struct heard *at;      /* what was found */
	size_t n, capacity;
	bool keeps_said;       /* and on whose account: */
	struct speech *said;
	size_t n_said, said_capacity;
	struct fold_word *places; /* of words that stand nowhere */
	uint32_t n_places;
};
/* All is borrowed. */
void hearing_init(struct hearing *hearing, const struct rules *rules, const struct rule_code *code,
	const struct field_rules *by_field, struct reader *reader);
void hearing_done(struct hearing *hearing);

/* Adds what the profile hears of to `at`, and with `keeps_said` what is said of its own words to `said`. */
void hear(struct hearing *hearing, const struct profile *profile);

/*
 * Adds to `said` what the rules say that `above` knows, as long as none of them is asked for by others. Of the
 * second one, which reads no text, `ids` are words of that scan's memo that call for no pattern, one that means
 * nothing where words were left out between two; `known`: what each is, of enum own.
 */
void hear_said(struct hearing *hearing, const struct profile *profile);
void hear_said_words(struct hearing *hearing, const uint32_t *ids, const uint8_t *known, uint32_t n);

#endif
