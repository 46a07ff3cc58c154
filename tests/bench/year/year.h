/*
 * A year of notices that could be real: each is a real one (or one of our samples) with its texts put
 * together anew from sentences of all, another day, and some names and references never seen before.
 */
#ifndef BENCH_YEAR_H
#define BENCH_YEAR_H

#include "../match/corpus.h"
#include "../match/random.h"
#include "gate/db.h"
#include "match/dictionary.h"
#include "tender/profile.h"

enum { YEAR_FIRST_DAY = 20089, YEAR_DAYS = 365 }; /* 2025-01-01 */

/* The same number, seed and corpus make the same notice. */
struct notice year_notice(const struct corpus *corpus, uint64_t seed, size_t number, struct arena *arena);

/* Stores `n` of them as the programme would, but for the search for their dossiers. */
int year_fill(struct db *db, const struct corpus *corpus, uint64_t seed, size_t n, struct error *err)
	MUST_CHECK;

/* How many titles have each word, so that profiles can ask for rare ones. */
struct year_words {
	struct dictionary *dictionary;
	uint32_t *titles; /* by word */
};
void year_words_init(struct year_words *words, const struct corpus *corpus);
void year_words_done(struct year_words *words);

/* A start-up that asks for what notices speak of; `fields`: slugs, of which it may name one. */
struct profile year_profile(const struct corpus *corpus, const struct year_words *words, uint64_t seed,
	size_t number, const struct str *fields, size_t n_fields, struct arena *arena);

#endif
