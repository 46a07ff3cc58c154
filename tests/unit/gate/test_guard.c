#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "gate/http.h"

static struct arena arena;

static int setup(void **state UNUSED)
{
	http_global_init();
	return 0;
}

static int done(void **state UNUSED)
{
	arena_done(&arena);
	http_global_done();
	return 0;
}

static bool is_public(const char *text)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };

	if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
		return http_address_public((const struct sockaddr *)&v4);
	assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
	return http_address_public((const struct sockaddr *)&v6);
}

static void what_is_not_everybodys_is_known(void **state UNUSED)
{
	static const char *const special[] = { "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1",
		"100.127.255.255", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1",
		"172.31.255.255", "192.0.0.8", "192.0.2.1", "192.168.0.1", "198.18.0.1", "198.19.255.255",
		"198.51.100.7", "203.0.113.9", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1",
		"::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "fe80::1", "fc00::1",
		"fd12:3456::1", "ff02::1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1",
		"2002:7f00:1::1", "2002:a00:1::", "2001::1", "2001:db8::1", "100::1", "fec0::1", "3fff::1" };
	static const char *const open[] = { "1.1.1.1", "9.255.255.255", "11.0.0.1", "100.63.255.255",
		"100.128.0.1", "126.255.255.255", "128.0.0.1", "172.15.255.255", "172.32.0.1", "192.167.255.255",
		"192.169.0.1", "223.255.255.255", "2606:4700::1111", "2a01:e0a::1", "64:ff9b::101:101",
		"2002:101:101::1" };

	for (size_t i = 0; i < LENGTH(special); i++)
		if (is_public(special[i]))
			fail_msg("%s is taken for a public address", special[i]);
	for (size_t i = 0; i < LENGTH(open); i++)
		if (!is_public(open[i]))
			fail_msg("%s is taken for a special address", open[i]);
}

/* Asked of libcurl itself, which reads more spellings than one thinks of. None needs the network. */
static void no_spelling_of_an_address_gets_through(void **state UNUSED)
{
	static const char *const spellings[] = { "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001",
		"0x7f.1", "0x7f.0x0.0x0.0x1", "017700000001", "0177.0.0.1", "0177.1", "127.0.0.1.", "0", "0.0.0.0",
		"0x0", "00000000000", "127.000.000.001", "10.1", "10.0.0.1", "0xa000001", "192.168.1.1",
		"192.168.257", "3232235777", "0xc0a80101", "172.16.0.1", "169.254.169.254", "2852039166",
		"0xa9fea9fe", "0251.0376.0251.0376", "169.254.43518", "100.64.0.1", "224.0.0.1",
		"255.255.255.255", "4294967295", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]",
		"[::ffff:7f00:1]", "[::127.0.0.1]", "[fe80::1]", "[fd00::1]", "[64:ff9b::7f00:1]",
		"[2002:7f00:1::]", "localhost", "LOCALHOST", "localhost." };
	struct http_options options = { .body_max = 1000, .guard_except = "chat.example.org", .connect_timeout_s = 2,
		.total_timeout_s = 2 };
	CLEANUP(http_freep) struct http *http = http_new(&options);

	assert_true(LENGTH(spellings) >= 40);
	for (size_t i = 0; i < LENGTH(spellings); i++) {
		struct http_request request = { .url = arena_printf(&arena, "https://%s:9/x", spellings[i]) };
		struct http_response response;
		struct error err = ERROR_INIT;

		assert_true(http_exchange(http, &request, 0, &arena, &response, &err) < 0);
		if (strstr(err.text, "not a public address") == NULL && strstr(err.text, "not an https URL") == NULL &&
			strstr(err.text, "resolve") == NULL)
			fail_msg("%s: %s", spellings[i], err.text);
	}
}

static void plain_http_is_for_excepted_hosts(void **state UNUSED)
{
	struct http_options options = { .body_max = 1000, .guard_except = "127.0.0.1 chat.example.org" };
	CLEANUP(http_freep) struct http *http = http_new(&options);
	struct http_request request = { .url = STR("http://example.org/") };
	struct http_response response;
	struct error err = ERROR_INIT;

	assert_int_equal(http_exchange(http, &request, 0, &arena, &response, &err), -ERROR_INPUT);
	request.url = STR("http://127.0.0.1:9/"); /* nobody listens there, but it is tried */
	assert_int_equal(http_exchange(http, &request, 0, &arena, &response, &err), -ERROR_REMOTE);
	assert_null(strstr(err.text, "public"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_everybodys_is_known),
		cmocka_unit_test(no_spelling_of_an_address_gets_through),
		cmocka_unit_test(plain_http_is_for_excepted_hosts),
	};

	return cmocka_run_group_tests(tests, setup, done);
}
