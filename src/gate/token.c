#include "gate/token.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include <nettle/sha2.h>
#include <sodium.h>

#include "base/error.h"

enum { TOKEN_TEXT = 43 }; /* 32 bytes in base64 without padding */

static_assert(TOKEN_KEY_BYTES == crypto_auth_hmacsha256_KEYBYTES, "the key is HMAC's");
static_assert(TOKEN_SHA256_HEX == 2 * SHA256_DIGEST_SIZE + 1, "two digits a byte and a NUL");
static_assert(sodium_base64_ENCODED_LEN(crypto_auth_hmacsha256_BYTES,
		      sodium_base64_VARIANT_URLSAFE_NO_PADDING) == TOKEN_TEXT + 1,
	"a token and a NUL");

/* libsodium chooses its code for this processor, and opens the kernel's randomness. */
static void start_once(void)
{
	if (sodium_init() < 0)
		die("libsodium cannot start");
}

static void start(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, start_once);
}

static const unsigned char *bytes_of(struct str s)
{
	return (const unsigned char *)(s.ptr ? s.ptr : "");
}

/*
 * The length before a field, eight bytes, lowest first: "ab","c" and "a","bc" differ. No field is
 * as long as what stands for one that was not said.
 */
static void length_prefix(struct str field, unsigned char out[8])
{
	uint64_t len = field.ptr ? (uint64_t)field.len : UINT64_MAX;

	for (int i = 0; i < 8; i++)
		out[i] = (unsigned char)(len >> (8 * i) & 0xff);
}

/* Nettle's: it uses the processor's own instructions where there are some, libsodium's never does. */
static void sha256(struct str bytes, unsigned char digest[SHA256_DIGEST_SIZE])
{
	struct sha256_ctx state;

	sha256_init(&state);
	sha256_update(&state, bytes.len, bytes_of(bytes));
	sha256_digest(&state, SHA256_DIGEST_SIZE, digest);
}

void token_sha256(struct str bytes, char out[TOKEN_SHA256_HEX])
{
	unsigned char digest[SHA256_DIGEST_SIZE];

	sha256(bytes, digest);
	sodium_bin2hex(out, TOKEN_SHA256_HEX, digest, sizeof(digest));
}

void token_sha256_base64(struct str bytes, char out[TOKEN_SHA256_BASE64])
{
	unsigned char digest[SHA256_DIGEST_SIZE];

	sha256(bytes, digest);
	sodium_bin2base64(
		out, TOKEN_SHA256_BASE64, digest, sizeof(digest), sodium_base64_VARIANT_ORIGINAL);
}

static void compute(const unsigned char key[TOKEN_KEY_BYTES], struct str purpose,
	struct str subject, char out[TOKEN_TEXT + 1])
{
	const struct str fields[] = { purpose, subject };
	unsigned char mac[crypto_auth_hmacsha256_BYTES], prefix[8];
	crypto_auth_hmacsha256_state state;

	start();
	crypto_auth_hmacsha256_init(&state, key, TOKEN_KEY_BYTES);
	for (size_t i = 0; i < LENGTH(fields); i++) {
		length_prefix(fields[i], prefix);
		crypto_auth_hmacsha256_update(&state, prefix, sizeof(prefix));
		crypto_auth_hmacsha256_update(&state, bytes_of(fields[i]), fields[i].len);
	}
	crypto_auth_hmacsha256_final(&state, mac);
	sodium_memzero(&state, sizeof(state));
	sodium_bin2base64(
		out, TOKEN_TEXT + 1, mac, sizeof(mac), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	sodium_memzero(mac, sizeof(mac));
}

struct str token_make(const unsigned char key[TOKEN_KEY_BYTES], struct str purpose,
	struct str subject, struct arena *arena)
{
	char text[TOKEN_TEXT + 1];

	compute(key, purpose, subject, text);
	return arena_dup(arena, str_n(text, TOKEN_TEXT));
}

/*
 * The texts are compared, not the bytes behind them: the last character has two bits to spare, and
 * a token has one spelling.
 */
bool token_check(const unsigned char key[TOKEN_KEY_BYTES], struct str purpose, struct str subject,
	struct str token)
{
	char text[TOKEN_TEXT + 1];
	bool same;

	if (token.len != TOKEN_TEXT)
		return false;
	compute(key, purpose, subject, text);
	same = sodium_memcmp(text, token.ptr, TOKEN_TEXT) == 0;
	sodium_memzero(text, sizeof(text));
	return same;
}

enum { WEBHOOK_SECRET_MIN = 24, WEBHOOK_SECRET_MAX = 64, WEBHOOK_SECRET_NEW = 32 };

struct str token_webhook_secret(struct arena *arena)
{
	unsigned char bytes[WEBHOOK_SECRET_NEW];
	char text[sodium_base64_ENCODED_LEN(WEBHOOK_SECRET_NEW, sodium_base64_VARIANT_ORIGINAL)];
	struct str secret;

	token_random(bytes, sizeof(bytes));
	sodium_bin2base64(text, sizeof(text), bytes, sizeof(bytes), sodium_base64_VARIANT_ORIGINAL);
	secret = arena_printf(arena, "whsec_%s", text);
	sodium_memzero(bytes, sizeof(bytes));
	sodium_memzero(text, sizeof(text));
	return secret;
}

bool token_webhook_sign(struct str secret, struct str id, int64_t timestamp, struct str body,
	char out[TOKEN_WEBHOOK_SIGNATURE])
{
	unsigned char key[WEBHOOK_SECRET_MAX], mac[crypto_auth_hmacsha256_BYTES];
	crypto_auth_hmacsha256_state state;
	char stamp[32];
	size_t len;

	start();
	if (!str_prefix(&secret, "whsec_") ||
		sodium_base642bin(key, sizeof(key), secret.ptr, secret.len, NULL, &len, NULL,
			sodium_base64_VARIANT_ORIGINAL) != 0 ||
		len < WEBHOOK_SECRET_MIN)
		return false;
	snprintf(stamp, sizeof(stamp), ".%lld.", (long long)timestamp);
	crypto_auth_hmacsha256_init(&state, key, len);
	crypto_auth_hmacsha256_update(&state, bytes_of(id), id.len);
	crypto_auth_hmacsha256_update(&state, (const unsigned char *)stamp, strlen(stamp));
	crypto_auth_hmacsha256_update(&state, bytes_of(body), body.len);
	crypto_auth_hmacsha256_final(&state, mac);
	memcpy(out, "v1,", 3);
	sodium_bin2base64(out + 3, TOKEN_WEBHOOK_SIGNATURE - 3, mac, sizeof(mac),
		sodium_base64_VARIANT_ORIGINAL);
	sodium_memzero(&state, sizeof(state));
	sodium_memzero(key, sizeof(key));
	return true;
}

void token_random(void *out, size_t len)
{
	start();
	randombytes_buf(out, len);
}

uint64_t token_random_u64(void)
{
	uint64_t value;

	token_random(&value, sizeof(value));
	return value;
}

void token_wipe(void *secret, size_t len)
{
	sodium_memzero(secret, len);
}
