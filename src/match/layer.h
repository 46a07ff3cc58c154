/*
 * A layer of a live set: some profiles, compiled, that never change. The base has its rules with it; the
 * layers above hold profiles alone and are read beside the base, from what it found in the notice's words.
 * Private to live.
 */
#ifndef MATCH_LAYER_H
#define MATCH_LAYER_H

#include "compiled.h"
#include "mentions.h"
#include "ruling.h"
#include "spoken.h"

/* What matching needs of a profile, in one piece of memory. */
struct held {
	unsigned refs; /* layers, and the live set itself */
	struct profile profile;
};
struct held *held_new(const struct profile *profile);
void *held_release(struct held *held);

/* Words and codes, a bit each: where none of them is, nothing of the layer is. */
struct sieve {
	uint64_t *bits;
	uint32_t mask;
};
static inline bool sieve_has(const struct sieve *sieve, uint32_t key)
{
	return (sieve->bits[(key & sieve->mask) / 64] >> (key & 63) & 1) != 0;
}
static inline uint32_t sieve_key(struct str text)
{
	uint64_t hash = str_hash(text);

	return (uint32_t)(hash ^ hash >> 32);
}

struct layer;
/* Whom of the layer a rule is told to. */
struct told {
	uint32_t rule;
	struct rule_shares shares;
};
/* NULL: nobody. */
const struct rule_shares *layer_told(const struct layer *layer, uint32_t rule);

struct layer {
	unsigned refs;           /* the live set, and lists that readers see */
	uint64_t serial;         /* nobody else's, ever */
	struct ruling *ruling;
	struct held **held;      /* its profiles, by number */
	const struct profile **profiles;
	size_t n;
	struct matcher *matcher;

	/* of the base, the writer's: what profiles above it hear of is found out with its rules */
	struct reader *hearer;
	struct hearing hearing;

	/* of any layer, the writer's: for rules that take the place of others; NULL until layer_prepare() */
	struct spoken *spoken;
	struct mentions *mentions;

	/* of a layer above the base */
	struct sieve words, codes;
	struct told *told; /* in order of rule */
	size_t n_told;

	/* the writer's */
	uint64_t *gone;          /* a bit for each profile that another layer has, or none */
	size_t n_gone;
};

/*
 * A base in two steps: it takes a hold on the profiles, which stand in order of id, and the rules, as the
 * writer; then it is compiled, which touches nothing that is shared.
 */
struct layer *layer_base_new(uint64_t serial, struct ruling *ruling, struct held *const *held, size_t n);
int layer_base_compile(struct layer *layer, unsigned threads, struct error *err) MUST_CHECK;
/* `hearing`: the base's, or one with other rules in the place of some. */
struct layer *layer_new(uint64_t serial, struct layer *base, struct hearing *hearing,
	struct held *const *held, size_t n);
void *layer_release(struct layer *layer);

/* `hearing`: with the rules in force. */
void layer_prepare(struct layer *layer, const struct layer *base, struct hearing *hearing);

/* Of a layer above the base. What fires is for the caller to tell it. */
struct reader *layer_reader_new(const struct layer *layer);

#endif
