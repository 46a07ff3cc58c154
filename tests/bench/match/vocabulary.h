/*
 * The words of the documents, and which runs of up to three of them occur, as written and by stem:
 * terms are drawn from these.
 */
#ifndef BENCH_VOCABULARY_H
#define BENCH_VOCABULARY_H

#include "random.h"
#include "workload.h"

enum { RUN_MAX = 3 };

struct vocabulary_word {
	struct str text;
	uint32_t stem;      /* equal for the forms of a word */
	uint32_t documents; /* in how many it occurs */
};

struct vocabulary;

struct vocabulary *vocabulary_new(const struct workload *workload);
void *vocabulary_free(struct vocabulary *vocabulary);

size_t vocabulary_count(const struct vocabulary *vocabulary); /* words are 1..count */
const struct vocabulary_word *vocabulary_word(const struct vocabulary *vocabulary, uint32_t word);

/*
 * The words of a place in the documents drawn at random, so that frequent ones come often: `n` of them
 * in a row, inside one field.
 */
void vocabulary_draw(const struct vocabulary *vocabulary, struct random *random, size_t n,
	uint32_t ret[]);

/* How these words occur in a row. */
enum occurrence {
	OCCURS_NOT,   /* in no form */
	OCCURS_ALONE, /* in one and the same form everywhere */
	OCCURS_FORMS, /* in several forms */
};
enum occurrence vocabulary_find(const struct vocabulary *vocabulary, const uint32_t *words, size_t n);
/* The same for a word that need not be in the vocabulary. */
bool vocabulary_has_stem_of(const struct vocabulary *vocabulary, struct str word);

#endif
