/*
 * Phrases as paths of symbols, each path leading to the term it spells. The first step is found by the
 * symbol alone, every further one in one hash table by (where from, symbol).
 *
 * Nearly every pair of neighbouring words leads nowhere, and of those that lead on, nearly every third word
 * ends it. Two filters of bits, small enough for the cache, say so before the large table is asked, whose memory is
 * slow. They know words by their families, which are the same however they are asked for, so that they are asked
 * once for both ways.
 */
#ifndef MATCH_TRIE_H
#define MATCH_TRIE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* The first step. */
struct trie_root {
	uint32_t term; /* that is this symbol alone, or 0 */
	uint32_t mask; /* trie_bit() of the symbols that lead on */
};
/* A further one. */
struct trie_edge {
	uint64_t key;  /* trie_key(); 0: a free slot */
	uint32_t node; /* where it leads; TRIE_LEADS is set when something leads on from there */
	uint32_t term; /* that ends here, or 0 */
};
#define TRIE_LEADS (UINT32_C(1) << 31)

/* Tells of two words, or of three, that no phrase begins so: of each that does, two bits of one word are set. */
struct trie_filter {
	uint64_t *words; /* by hash */
	size_t size;     /* a power of two */
};

struct trie {
	struct trie_root *roots; /* by symbol */
	size_t roots_size;
	struct trie_edge *edges;
	size_t n_edges, edges_size; /* size: a power of two */
	uint64_t (*begun)[2];    /* what is to be in the filter: for each longer path the hashes of its beginning */
	size_t n_begun, begun_capacity;
	bool closed;
	struct trie_filter two, on; /* made of those by trie_pack() */
	uint32_t n_nodes;        /* beyond those of the first symbols, which have their numbers */
};

void trie_init(struct trie *trie);
void trie_done(struct trie *trie);

/*
 * The place of the term that n > 0 symbols spell, for reading and writing; good until the next call.
 * `families`: of the words that the symbols stand for.
 */
uint32_t *trie_place(struct trie *trie, const uint32_t *symbols, const uint32_t *families, size_t n);

/* Needed after a phrase, and before the filter is asked. */
void trie_pack(struct trie *trie);
/* After the last phrase: gives back what only packing needs. */
void trie_close(struct trie *trie);

/* {0, 0} for a symbol that no path begins with. */
static inline struct trie_root trie_first(const struct trie *trie, uint32_t symbol)
{
	return symbol < trie->roots_size ? trie->roots[symbol] : (struct trie_root){ 0, 0 };
}

static inline uint32_t trie_bit(uint32_t symbol)
{
	return UINT32_C(1) << (symbol * UINT32_C(2654435761) >> 27);
}

/* `node`: the first symbol, or what an edge leads to. */
static inline uint64_t trie_key(uint32_t node, uint32_t symbol)
{
	return (uint64_t)node << 32 | symbol;
}

/* Its high half is what is mixed well. */
static inline uint64_t trie_product(uint64_t key)
{
	return key * UINT64_C(0x9E3779B97F4A7C15);
}

static inline uint64_t trie_hash(uint64_t key)
{
	uint64_t h = trie_product(key);

	return h ^ h >> 32;
}

/*
 * What the filters know, by families of words: the first two of every phrase; and the same two, by what their hash
 * is, with the third one, or TRIE_END where there is none. Each has a place of its own in the second filter, since
 * some hundred phrases may begin with the same two.
 */
#define TRIE_END UINT32_MAX
static inline uint64_t trie_hash_two(uint32_t first, uint32_t second)
{
	return trie_product(trie_key(first, second));
}
static inline uint64_t trie_hash_on(uint64_t two, uint32_t third)
{
	return trie_product((two ^ two >> 32) + third);
}

static inline uint64_t *trie_word(const struct trie_filter *filter, uint64_t hash)
{
	return &filter->words[(size_t)(hash >> 32) & (filter->size - 1)];
}

static inline uint64_t trie_bits(uint64_t hash)
{
	return UINT64_C(1) << (hash >> 58) | UINT64_C(1) << (hash >> 52 & 63);
}

static inline unsigned trie_maybe(const struct trie_filter *filter, uint64_t hash)
{
	uint64_t word = *trie_word(filter, hash);

	return (unsigned)(word >> (hash >> 58) & word >> (hash >> 52 & 63) & 1);
}

/* 0: no phrase begins with two words of that hash; else 1. */
static inline unsigned trie_begins(const struct trie *trie, uint64_t two)
{
	return trie_maybe(&trie->two, two);
}

/* 0: nor with these two and this third one. */
static inline unsigned trie_leads_on(const struct trie *trie, uint64_t two, uint32_t third)
{
	return trie_maybe(&trie->on, trie_hash_on(two, third));
}

/* 0: nor are these two a phrase. Which it is cannot be foreseen. */
static inline unsigned trie_goes_on(const struct trie *trie, uint64_t two, uint32_t third)
{
	return trie_leads_on(trie, two, TRIE_END) | trie_leads_on(trie, two, third);
}

static inline void trie_fetch(const struct trie *trie, uint64_t key)
{
	__builtin_prefetch(&trie->edges[(size_t)trie_hash(key) & (trie->edges_size - 1)]);
}

/* An edge whose key is 0 when there is none. */
static inline const struct trie_edge *trie_next(const struct trie *trie, uint64_t key)
{
	const struct trie_edge *edges = trie->edges;
	size_t mask = trie->edges_size - 1, i = (size_t)trie_hash(key) & mask;

	while (edges[i].key != key && edges[i].key != 0)
		i = (i + 1) & mask;
	return &edges[i];
}

/* A path and where it leads, for reading all of them. */
struct trie_path {
	uint32_t term;
	uint32_t *symbols;
	size_t n;
};
/* Every path that ends in a term, in `arena`; returns how many. */
size_t trie_paths(const struct trie *trie, struct arena *arena, struct trie_path **ret);

#endif
