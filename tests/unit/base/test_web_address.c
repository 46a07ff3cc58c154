#include "base/web_address.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_which_may_be_a_base(void **state UNUSED)
{
	static const struct {
		const char *url;
		bool safe, local;
	} table[] = {
		{ "https://veille.example.org", true, false },
		{ "https://veille.example.org:8443/a/b", true, false },
		{ "http://localhost", true, true },
		{ "http://localhost:8080", true, true },
		{ "http://127.0.0.1:8080/veille", true, true },
		{ "http://[::1]/", true, true },
		{ "http://[::1]:80", true, true },
		{ "https://localhost", true, false },
		{ "http://veille.example.org", false, false },
		{ "http://localhost.example.org", false, false },
		{ "http://localhost@example.org", false, false },
		{ "http://localhost:80@example.org", false, false },
		{ "http://localhost:@example.org", false, false },
		{ "http://localhost:", false, false },
		{ "http://127.0.0.10", false, false },
		{ "http://[::1].example.org", false, false },
		{ "http://", false, false },
		{ "https://", false, false },
		{ "https:///a", false, false },
		{ "ftp://localhost", false, false },
		{ "", false, false },
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		if (web_address_safe(str_of(table[i].url)) != table[i].safe ||
			web_address_local(str_of(table[i].url)) != table[i].local)
			fail_msg("%s: safe %d, local %d", table[i].url, web_address_safe(str_of(table[i].url)),
				web_address_local(str_of(table[i].url)));
	}
	assert_false(web_address_safe(STR_NONE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_which_may_be_a_base),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
