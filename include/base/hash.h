/*
 * Hashes for tables that outsiders fill: each table has a key of its own that nobody knows, so that
 * nobody can write texts whose words all fall into one slot. Nothing that is stored, shown or compared
 * may follow from such a hash.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

struct hash_key {
	uint64_t a, b;
};

/* A new key, from the system's random bytes. */
struct hash_key hash_key(void);

/*
 * Both halves of the product of two keyed numbers: every bit of either decides half the bits. One key in
 * forty is a factor under which neighbours share their low bits: a multiplication by a number that is none,
 * and its high half laid over the low one, part them again.
 */
static inline uint64_t hash_pair(struct hash_key key, uint64_t x, uint64_t y)
{
	__extension__ unsigned __int128 product = (unsigned __int128)(x ^ key.a) * (y ^ key.b);
	uint64_t folded = (uint64_t)product ^ (uint64_t)(product >> 64);

	folded *= UINT64_C(0x9E3779B97F4A7C15);
	return folded ^ folded >> 32;
}

/* Any number of bytes. */
uint64_t hash_bytes(struct hash_key key, const void *bytes, size_t n);

#endif
