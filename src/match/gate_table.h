/*
 * The gates of all profiles, packed: nature, place and value, and whose they are. What a notice would
 * have to tell is worked out once for all profiles that ask.
 */
#ifndef MATCH_GATE_TABLE_H
#define MATCH_GATE_TABLE_H

#include "match/matcher.h"

struct gate_table;

/* Ids are borrowed from the profiles. */
struct gate_table *gate_table_new(const struct profile *const *profiles, size_t n);
void *gate_table_free(struct gate_table *table);

struct str gate_table_id(const struct gate_table *table, uint32_t profile);
/* Announces that the profile will be asked for. */
void gate_table_fetch(const struct gate_table *table, uint32_t profile);

/* The first two digits of CPV codes, a bit for each; one more for what does not begin with two digits. */
struct divisions {
	uint64_t bits[2];
};

/* What one notice told so far; one for each thread. */
struct gate_visit {
	const struct notice *notice;
	uint8_t *places; /* by number of the code: not asked yet, no, yes */
	size_t n_places;
	struct divisions divisions;
	unsigned natures; /* bits that pass; 0: all do */
	bool anywhere;   /* the notice tells no place at all */
	bool stated;     /* it does, or its lots do: the buyer's place does not count */
};
#define GATE_VISIT_INIT { .notice = NULL }
void gate_visit_begin(struct gate_visit *visit, const struct gate_table *table,
	const struct notice *notice);
void gate_visit_done(struct gate_visit *visit);

/* Does gate_of_profile() say GATE_PASSED? */
bool gate_visit_passes(struct gate_visit *visit, const struct gate_table *table, uint32_t profile);

/* Are all of the notice's CPV codes of other divisions than the profile's branches? */
enum division { DIVISION_SHARED, DIVISION_OTHER, DIVISION_UNKNOWN };
enum division gate_visit_division(const struct gate_visit *visit, const struct gate_table *table,
	uint32_t profile);
/* The same where the notice has codes and the profile must have branches: DIVISION_OTHER when it has none. */
enum division gate_visit_meets(const struct gate_visit *visit, const struct gate_table *table, uint32_t profile);

/* False: the profile does not name the field of activity; true: look whether it does. */
bool gate_table_field(const struct gate_table *table, uint32_t profile, struct str slug);

#endif
