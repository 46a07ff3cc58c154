#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gate/token.h"

static const unsigned char key_a[TOKEN_KEY_BYTES] = { 1, 2, 3 };
static const unsigned char key_b[TOKEN_KEY_BYTES] = { 1, 2, 4 };

/* FIPS 180-2, appendix B, and the empty text. */
static void sha256_is_the_standards(void **state)
{
	static const struct {
		struct str text;
		const char *hex;
	} cases[] = {
		{ { "", 0 }, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ { NULL, 0 }, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ { "abc", 3 },
			"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ { "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56 },
			"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	};
	char hex[TOKEN_SHA256_HEX];

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		token_sha256(cases[i].text, hex);
		assert_string_equal(hex, cases[i].hex);
	}
}

static void tokens_are_for_one_purpose_and_subject(void **state)
{
	struct arena arena = ARENA_INIT;
	struct str token = token_make(key_a, STR("unsubscribe"), STR("capteurs-48"), &arena);

	(void)state;
	assert_int_equal(token.len, 43);
	for (size_t i = 0; i < token.len; i++)
		assert_non_null(
			strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
				token.ptr[i]));
	assert_true(token_check(key_a, STR("unsubscribe"), STR("capteurs-48"), token));
	assert_true(
		str_eq(token, token_make(key_a, STR("unsubscribe"), STR("capteurs-48"), &arena)));

	assert_false(token_check(key_b, STR("unsubscribe"), STR("capteurs-48"), token));
	assert_false(token_check(key_a, STR("confirm"), STR("capteurs-48"), token));
	assert_false(token_check(key_a, STR("unsubscribe"), STR("capteurs-49"), token));
	assert_false(token_check(key_a, STR("unsubscribec"), STR("apteurs-48"), token));
	assert_false(token_check(key_a, STR("unsubscribe"), STR_NONE, token));
	assert_false(token_check(key_a, STR("unsubscribe"), STR("capteurs-48"), STR_NONE));
	assert_false(token_check(key_a, STR("unsubscribe"), STR("capteurs-48"), STR("")));
	arena_done(&arena);
}

/* No other text of any length near it passes: not one character changed, cut off or added. */
static void tokens_have_one_spelling(void **state)
{
	static const char alphabet[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/";
	struct arena arena = ARENA_INIT;
	struct str token = token_make(key_a, STR("p"), STR("s"), &arena);
	char text[45];
	unsigned passed = 0;

	(void)state;
	for (size_t at = 0; at < token.len; at++) {
		for (const char *c = alphabet; *c; c++) {
			memcpy(text, token.ptr, token.len);
			text[at] = *c;
			passed += token_check(key_a, STR("p"), STR("s"), str_n(text, token.len));
		}
	}
	assert_int_equal(passed, token.len); /* the token itself, once a place */
	memcpy(text, token.ptr, token.len);
	memcpy(text + token.len, "=", 2);
	assert_false(token_check(key_a, STR("p"), STR("s"), str_n(text, token.len + 1)));
	assert_false(token_check(key_a, STR("p"), STR("s"), str_n(text, token.len - 1)));
	arena_done(&arena);
}

static void randomness_does_not_repeat(void **state)
{
	unsigned char bytes[64] = { 0 }, zero[64] = { 0 };
	uint64_t seen[256];

	(void)state;
	token_random(bytes, sizeof(bytes));
	assert_memory_not_equal(bytes, zero, sizeof(bytes));
	token_wipe(bytes, sizeof(bytes));
	assert_memory_equal(bytes, zero, sizeof(bytes));
	for (size_t i = 0; i < LENGTH(seen); i++) {
		seen[i] = token_random_u64();
		for (size_t j = 0; j < i; j++)
			assert_true(seen[i] != seen[j]);
	}
}

/* The vector that the libraries of the specification are tested with. */
static void webhooks_are_signed_as_published(void **state)
{
	const struct str secret = STR("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
			 id = STR("msg_p5jXN8AQM9LWM0D4loKWxJek"),
			 body = STR("{\"test\": 2432232314}");
	char signature[TOKEN_WEBHOOK_SIGNATURE], other[TOKEN_WEBHOOK_SIGNATURE];

	(void)state;
	assert_true(token_webhook_sign(secret, id, 1614265330, body, signature));
	assert_string_equal(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
	assert_true(token_webhook_sign(secret, id, 1614265331, body, other));
	assert_string_not_equal(signature, other);
}

static void a_webhook_secret_has_a_form(void **state)
{
	static const char *const bad[] = { "", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_AAAA",
		"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS!" };
	struct arena arena = ARENA_INIT;
	char signature[TOKEN_WEBHOOK_SIGNATURE];
	struct str one = token_webhook_secret(&arena), two = token_webhook_secret(&arena);

	(void)state;
	for (size_t i = 0; i < LENGTH(bad); i++)
		assert_false(token_webhook_sign(str_of(bad[i]), STR("a"), 1, STR("b"), signature));
	assert_true(token_webhook_sign(one, STR("a"), 1, STR("b"), signature));
	assert_false(str_eq(one, two));
	arena_done(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256_is_the_standards),
		cmocka_unit_test(webhooks_are_signed_as_published),
		cmocka_unit_test(a_webhook_secret_has_a_form),
		cmocka_unit_test(tokens_are_for_one_purpose_and_subject),
		cmocka_unit_test(tokens_have_one_spelling),
		cmocka_unit_test(randomness_does_not_repeat),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
