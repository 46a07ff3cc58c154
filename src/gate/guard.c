/* Which addresses are everybody's: the registries of special-purpose addresses (RFC 6890 and its heirs). */
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "gate/http.h"

struct v4_block {
	unsigned char at[4];
	int bits;
};

static const struct v4_block v4_special[] = {
	{ { 0, 0, 0, 0 }, 8 },        /* this network */
	{ { 10, 0, 0, 0 }, 8 },
	{ { 100, 64, 0, 0 }, 10 },    /* shared by providers */
	{ { 127, 0, 0, 0 }, 8 },
	{ { 169, 254, 0, 0 }, 16 },   /* link-local: metadata of clouds */
	{ { 172, 16, 0, 0 }, 12 },
	{ { 192, 0, 0, 0 }, 24 },
	{ { 192, 0, 2, 0 }, 24 },     /* documentation, here and below */
	{ { 192, 31, 196, 0 }, 24 },
	{ { 192, 52, 193, 0 }, 24 },
	{ { 192, 88, 99, 0 }, 24 },   /* 6to4 relays */
	{ { 192, 168, 0, 0 }, 16 },
	{ { 192, 175, 48, 0 }, 24 },
	{ { 198, 18, 0, 0 }, 15 },    /* benchmarks */
	{ { 198, 51, 100, 0 }, 24 },
	{ { 203, 0, 113, 0 }, 24 },
	{ { 224, 0, 0, 0 }, 3 },      /* multicast, reserved, broadcast */
};

static bool within(const unsigned char *address, const unsigned char *block, int bits)
{
	int whole = bits / 8, rest = bits % 8;

	return memcmp(address, block, (size_t)whole) == 0 &&
	       (rest == 0 || (address[whole] ^ block[whole]) >> (8 - rest) == 0);
}

static bool v4_public(const unsigned char address[4])
{
	for (size_t i = 0; i < LENGTH(v4_special); i++)
		if (within(address, v4_special[i].at, v4_special[i].bits))
			return false;
	return true;
}

/*
 * Of IPv6 only 2000::/3 is given out; in it, blocks that tunnel, document or measure are refused, and an
 * address that carries another one (NAT64, 6to4) is what it carries.
 */
static bool v6_public(const unsigned char address[16])
{
	static const unsigned char global[16] = { 0x20 }, special[16] = { 0x20, 0x01 },
		documentation[16] = { 0x20, 0x01, 0x0d, 0xb8 }, more_documentation[16] = { 0x3f, 0xff },
		six_to_four[16] = { 0x20, 0x02 }, nat64[16] = { 0x00, 0x64, 0xff, 0x9b };

	if (within(address, nat64, 96))
		return v4_public(address + 12);
	if (!within(address, global, 3))
		return false;
	if (within(address, six_to_four, 16))
		return v4_public(address + 2);
	return !within(address, special, 23) && !within(address, documentation, 32) &&
	       !within(address, more_documentation, 20);
}

bool http_address_public(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET)
		return v4_public((const unsigned char *)&((const struct sockaddr_in *)address)->sin_addr);
	if (address->sa_family == AF_INET6)
		return v6_public((const unsigned char *)&((const struct sockaddr_in6 *)address)->sin6_addr);
	return false;
}
