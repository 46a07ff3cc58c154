#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gate/httpd.h"

#define HOST "Host: example.org\r\n"

static struct arena arena;

static int done(void **state UNUSED)
{
	arena_done(&arena);
	return 0;
}

struct request_case {
	const char *what;
	struct str head;
	int status; /* 0: good */
};

/* Bytes, so that a NUL may be among them. */
#define BYTES(LITERAL) { LITERAL, sizeof(LITERAL) - 1 }

static const struct request_case cases[] = {
	{ "plain", BYTES("GET / HTTP/1.1\r\n" HOST "\r\n"), 0 },
	{ "a proxy's", BYTES("GET /u/x/y HTTP/1.0\r\n" HOST "X-Real-IP: 192.0.2.7\r\n\r\n"), 0 },
	{ "HEAD with a query", BYTES("HEAD /a?r=oui&x=%C3%A9 HTTP/1.1\r\n" HOST "\r\n"), 0 },
	{ "a form", BYTES("POST / HTTP/1.1\r\n" HOST "Content-Length: 12\r\n\r\n"), 0 },
	{ "an escaped letter", BYTES("GET /%C3%A9 HTTP/1.1\r\n" HOST "\r\n"), 0 },
	{ "a tab before a value", BYTES("GET / HTTP/1.1\r\nHost:\texample.org\r\n\r\n"), 0 },
	{ "no Host", BYTES("GET / HTTP/1.1\r\n\r\n"), 400 },
	{ "no Host in 1.0 either", BYTES("GET / HTTP/1.0\r\n\r\n"), 400 },
	{ "two Hosts", BYTES("GET / HTTP/1.1\r\n" HOST HOST "\r\n"), 400 },
	{ "a Host of two", BYTES("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"), 400 },
	{ "an empty Host", BYTES("GET / HTTP/1.1\r\nHost: \r\n\r\n"), 400 },
	{ "a Host with a path", BYTES("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"), 400 },
	{ "chunks", BYTES("POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n"), 501 },
	{ "both lengths", BYTES("POST / HTTP/1.1\r\n" HOST "Content-Length: 3\r\n"
		"Transfer-Encoding: chunked\r\n\r\n"), 501 },
	{ "two lengths", BYTES("POST / HTTP/1.1\r\n" HOST "Content-Length: 3\r\n"
		"Content-Length: 3\r\n\r\n"), 400 },
	{ "a length with a sign", BYTES("POST / HTTP/1.1\r\n" HOST "Content-Length: +3\r\n\r\n"), 400 },
	{ "a length with a list", BYTES("POST / HTTP/1.1\r\n" HOST "Content-Length: 3, 3\r\n\r\n"), 400 },
	{ "a length in hexadecimal", BYTES("POST / HTTP/1.1\r\n" HOST "Content-Length: 0x3\r\n\r\n"), 400 },
	{ "an empty length", BYTES("POST / HTTP/1.1\r\n" HOST "Content-Length:\r\n\r\n"), 400 },
	{ "a length beyond numbers",
		BYTES("POST / HTTP/1.1\r\n" HOST "Content-Length: 99999999999999999999\r\n\r\n"), 413 },
	{ "a length one over", BYTES("POST / HTTP/1.1\r\n" HOST "Content-Length: 65537\r\n\r\n"), 413 },
	{ "a POST without length", BYTES("POST / HTTP/1.1\r\n" HOST "\r\n"), 411 },
	{ "a GET with a body", BYTES("GET / HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\n"), 400 },
	{ "Expect", BYTES("POST / HTTP/1.1\r\n" HOST "Expect: 100-continue\r\nContent-Length: 1\r\n\r\n"), 417 },
	{ "a blank before the colon", BYTES("GET / HTTP/1.1\r\nHost : example.org\r\n\r\n"), 400 },
	{ "a name that is no token", BYTES("GET / HTTP/1.1\r\n" HOST "X(Y): z\r\n\r\n"), 400 },
	{ "no name", BYTES("GET / HTTP/1.1\r\n" HOST ": z\r\n\r\n"), 400 },
	{ "no colon", BYTES("GET / HTTP/1.1\r\n" HOST "nonsense\r\n\r\n"), 400 },
	{ "a folded line", BYTES("GET / HTTP/1.1\r\n" HOST "X: a\r\n b\r\n\r\n"), 400 },
	{ "a folded line with a colon", BYTES("GET / HTTP/1.1\r\n" HOST "X: a\r\n\tb: c\r\n\r\n"), 400 },
	{ "a NUL in a value", BYTES("GET / HTTP/1.1\r\n" HOST "X: a\0b\r\n\r\n"), 400 },
	{ "an escape byte in a value", BYTES("GET / HTTP/1.1\r\n" HOST "X: \x1b[1m\r\n\r\n"), 400 },
	{ "Latin-1 in a value", BYTES("GET / HTTP/1.1\r\n" HOST "X: caf\xe9\r\n\r\n"), 400 },
	{ "a bare LF", BYTES("GET / HTTP/1.1\n" HOST "\r\n"), 400 },
	{ "a bare LF at the end", BYTES("GET / HTTP/1.1\r\n" HOST "\n"), 400 },
	{ "a bare CR", BYTES("GET / HTTP/1.1\r\n" HOST "X: a\rY: b\r\n\r\n"), 400 },
	{ "a blank in the target", BYTES("GET /a b HTTP/1.1\r\n" HOST "\r\n"), 400 },
	{ "two blanks", BYTES("GET  / HTTP/1.1\r\n" HOST "\r\n"), 400 },
	{ "a tab for a blank", BYTES("GET\t/ HTTP/1.1\r\n" HOST "\r\n"), 400 },
	{ "an empty line first", BYTES("\r\nGET / HTTP/1.1\r\n" HOST "\r\n"), 400 },
	{ "no version", BYTES("GET /\r\n" HOST "\r\n"), 400 },
	{ "version 0.9", BYTES("GET / HTTP/0.9\r\n" HOST "\r\n"), 505 },
	{ "version 2.0", BYTES("GET / HTTP/2.0\r\n" HOST "\r\n"), 505 },
	{ "another protocol", BYTES("GET / RTSP/1.1\r\n" HOST "\r\n"), 400 },
	{ "another method", BYTES("PUT / HTTP/1.1\r\n" HOST "\r\n"), 405 },
	{ "a method in small letters", BYTES("get / HTTP/1.1\r\n" HOST "\r\n"), 405 },
	{ "a method that is no token", BYTES("G@T / HTTP/1.1\r\n" HOST "\r\n"), 400 },
	{ "CONNECT", BYTES("CONNECT a:443 HTTP/1.1\r\n" HOST "\r\n"), 405 },
	{ "a whole address", BYTES("GET http://example.org/ HTTP/1.1\r\n" HOST "\r\n"), 400 },
	{ "a star", BYTES("GET * HTTP/1.1\r\n" HOST "\r\n"), 400 },
	{ "a fragment", BYTES("GET /#x HTTP/1.1\r\n" HOST "\r\n"), 400 },
	{ "an escaped NUL", BYTES("GET /a%00b HTTP/1.1\r\n" HOST "\r\n"), 400 },
	{ "an escaped NUL in the query", BYTES("GET /?a=%00 HTTP/1.1\r\n" HOST "\r\n"), 400 },
	{ "an escaped line end", BYTES("GET /a%0d%0aX: HTTP/1.1\r\n" HOST "\r\n"), 400 },
	{ "an escaped slash", BYTES("GET /a%2fb HTTP/1.1\r\n" HOST "\r\n"), 400 },
	{ "an escaped escape", BYTES("GET /a%252fb HTTP/1.1\r\n" HOST "\r\n"), 400 },
	{ "a broken escape", BYTES("GET /a%2 HTTP/1.1\r\n" HOST "\r\n"), 400 },
	{ "no hexadecimal", BYTES("GET /a%zz HTTP/1.1\r\n" HOST "\r\n"), 400 },
	{ "escaped bytes that are no UTF-8", BYTES("GET /%ff HTTP/1.1\r\n" HOST "\r\n"), 400 },
	{ "climbing", BYTES("GET /a/../b HTTP/1.1\r\n" HOST "\r\n"), 400 },
	{ "climbing in disguise", BYTES("GET /a/%2e%2e/b HTTP/1.1\r\n" HOST "\r\n"), 400 },
	{ "two slashes", BYTES("GET //example.net HTTP/1.1\r\n" HOST "\r\n"), 400 },
	{ "bytes beyond ASCII", BYTES("GET /\xc3\xa9 HTTP/1.1\r\n" HOST "\r\n"), 400 },
	{ "a quote", BYTES("GET /\"x\" HTTP/1.1\r\n" HOST "\r\n"), 400 },
	{ "bytes behind the head", BYTES("GET / HTTP/1.1\r\n" HOST "\r\nGET / HTTP/1.1\r\n"), 400 },
	{ "nothing", BYTES(""), 400 },
};

static void each_request_is_judged(void **state UNUSED)
{
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct httpd_request request;
		const char *why = NULL;
		int status = httpd_parse(cases[i].head, &arena, &request, &why);

		if (status != cases[i].status)
			fail_msg("%s: %d, not %d", cases[i].what, status, cases[i].status);
		assert_int_equal(status == 0, why == NULL);
	}
}

static void ceilings_hold(void **state UNUSED)
{
	CLEANUP(buf_done) struct buf head = BUF_INIT(1 << 20);
	struct httpd_request request;
	const char *why;

	for (int over = 0; over < 2; over++) {
		buf_reset(&head);
		buf_addz(&head, "GET /");
		for (int i = 1; i < HTTPD_TARGET_MAX + over; i++)
			buf_addc(&head, 'a');
		buf_addz(&head, " HTTP/1.1\r\n" HOST "\r\n");
		assert_int_equal(httpd_parse(buf_str(&head), &arena, &request, &why), over ? 414 : 0);

		buf_reset(&head);
		buf_addz(&head, "GET / HTTP/1.1\r\n" HOST);
		for (int i = 1; i < HTTPD_HEADERS_MAX + over; i++)
			buf_addz(&head, "X: y\r\n");
		buf_addz(&head, "\r\n");
		assert_int_equal(httpd_parse(buf_str(&head), &arena, &request, &why), over ? 431 : 0);
	}
	buf_reset(&head);
	buf_addz(&head, "GET / HTTP/1.1\r\n" HOST "X: ");
	for (int i = 0; i < HTTPD_HEAD_MAX; i++)
		buf_addc(&head, 'a');
	buf_addz(&head, "\r\n\r\n");
	assert_int_equal(httpd_parse(buf_str(&head), &arena, &request, &why), 431);
}

static void what_was_asked_is_told(void **state UNUSED)
{
	struct httpd_request request;
	const char *why;

	assert_int_equal(httpd_parse(STR("POST /caf%C3%A9?r=oui HTTP/1.1\r\nHOST: example.org\r\n"
		"Content-Length: 7\r\nAccept-Language:  fr \r\n\r\n"), &arena, &request, &why), 0);
	assert_int_equal(request.method, HTTPD_POST);
	assert_true(str_eqz(request.path, "/café"));
	assert_true(str_eqz(request.query, "r=oui"));
	assert_int_equal(request.content_length, 7);
	assert_true(str_eqz(httpd_header(&request, "accept-language"), "fr"));
	assert_false(str_given(httpd_header(&request, "origin")));
}

static void forms_are_read(void **state UNUSED)
{
	struct httpd_field *fields;
	struct error err = ERROR_INIT;
	size_t n;

	assert_int_equal(httpd_form(STR("a=1&b=x+y%26z&c&&d=un%0D%0Adeux&a=2"), &arena, &fields, &n, &err), 0);
	assert_int_equal(n, 5);
	assert_true(str_eqz(fields[1].value, "x y&z"));
	assert_true(str_eqz(fields[2].name, "c") && fields[2].value.len == 0);
	assert_true(str_eqz(fields[3].value, "un\ndeux"));
	assert_true(str_eqz(fields[4].value, "2"));
	assert_int_equal(httpd_form(STR(""), &arena, &fields, &n, &err), 0);
	assert_int_equal(n, 0);
}

static void a_form_that_is_no_text_is_refused(void **state UNUSED)
{
	static const char *const bad[] = { "a=%00", "a=%", "a=%2", "a=%zz", "a=%ff", "%00=a" };
	CLEANUP(buf_done) struct buf many = BUF_INIT(1 << 16);
	struct httpd_field *fields;
	struct error err = ERROR_INIT;
	size_t n;

	for (size_t i = 0; i < LENGTH(bad); i++)
		assert_int_equal(httpd_form(str_of(bad[i]), &arena, &fields, &n, &err), -ERROR_INPUT);
	for (int i = 0; i <= HTTPD_FIELDS_MAX; i++)
		buf_addz(&many, "a=b&");
	assert_int_equal(httpd_form(buf_str(&many), &arena, &fields, &n, &err), -ERROR_LIMIT);
}

static void a_header_with_a_line_end_is_not_sent(void **state UNUSED)
{
	struct httpd_answer answer = { .status = 200 };

	httpd_answer_header(&answer, "Location", STR("/a\r\nSet-Cookie: x"));
	assert_int_equal(answer.n_headers, 0);
	httpd_answer_header(&answer, "Location", STR("/a"));
	assert_int_equal(answer.n_headers, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_request_is_judged),
		cmocka_unit_test(ceilings_hold),
		cmocka_unit_test(what_was_asked_is_told),
		cmocka_unit_test(forms_are_read),
		cmocka_unit_test(a_form_that_is_no_text_is_refused),
		cmocka_unit_test(a_header_with_a_line_end_is_not_sent),
	};

	return cmocka_run_group_tests(tests, NULL, done);
}
