#include "base/hash.h"

#include <string.h>
#include <sys/random.h>

#include "base/error.h"

struct hash_key hash_key(void)
{
	struct hash_key key;

	if (getrandom(&key, sizeof(key), 0) != sizeof(key))
		die("the system has no random bytes");
	return key;
}

uint64_t hash_bytes(struct hash_key key, const void *bytes, size_t n)
{
	const unsigned char *at = bytes;
	uint64_t hash = n;

	for (; n > 0;) {
		uint64_t part = 0;
		size_t len = n < sizeof(part) ? n : sizeof(part);

		memcpy(&part, at, len);
		hash = hash_pair(key, hash, part + UINT64_C(0x94D049BB133111EB));
		at += len;
		n -= len;
	}
	return hash_pair(key, hash, UINT64_C(0x9E3779B97F4A7C15));
}
