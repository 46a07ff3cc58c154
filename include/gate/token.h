/* nettle: digests; libsodium: keyed tokens, randomness, wiping. */
#ifndef GATE_TOKEN_H
#define GATE_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

enum { TOKEN_SHA256_HEX = 65, TOKEN_SHA256_BASE64 = 45, TOKEN_KEY_BYTES = 32 };

/* SHA-256 in lower-case hexadecimal, NUL-terminated. */
void token_sha256(struct str bytes, char out[TOKEN_SHA256_HEX]);

/* The same in base64 with padding, as a Content-Security-Policy names a style sheet. */
void token_sha256_base64(struct str bytes, char out[TOKEN_SHA256_BASE64]);

/*
 * An opaque token: HMAC-SHA-256 over purpose and subject, base64url without padding (43 characters).
 * The subject is not in it: who checks must know whom it could be for.
 */
struct str token_make(const unsigned char key[TOKEN_KEY_BYTES], struct str purpose, struct str subject,
	struct arena *arena);
bool token_check(const unsigned char key[TOKEN_KEY_BYTES], struct str purpose, struct str subject,
	struct str token); /* constant time */

/*
 * Standard Webhooks (github.com/standard-webhooks/standard-webhooks): a secret is "whsec_" and 24 to 64 bytes
 * in base64; a signature is "v1," and the HMAC-SHA-256 of ID.TIMESTAMP.BODY in base64, with padding.
 */
enum { TOKEN_WEBHOOK_SIGNATURE = 48 };
struct str token_webhook_secret(struct arena *arena); /* a new one of 32 bytes */
/* false: the secret is none. */
bool token_webhook_sign(struct str secret, struct str id, int64_t timestamp, struct str body,
	char out[TOKEN_WEBHOOK_SIGNATURE]);

void token_random(void *out, size_t len);  /* from the kernel */
uint64_t token_random_u64(void);
void token_wipe(void *secret, size_t len);

#endif
