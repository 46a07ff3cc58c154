#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "gate/http.h"

/*
 * A server on the loopback interface, in a thread: it answers the requests it gets with the bytes of
 * its script, one step a request, and keeps what it was asked.
 */
enum then {
	KEEP, /* the connection stays open for the next request */
	CLOSE,
	STOP,  /* says nothing more, and asks the client to stop */
	STALL, /* says nothing more */
};

struct step {
	struct str bytes;
	enum then then;
};

struct server {
	int fd, port, connections;
	_Atomic int client; /* the open connection, or -1 */
	const struct step *steps;
	size_t n_steps;
	struct buf asked; /* the requests, one behind the other */
	pthread_t thread;
	char url[64];
};

/* One request with its body into `asked`; false at the end of the connection. */
static bool read_request(struct server *server, int fd)
{
	size_t start = server->asked.len;

	for (;;) {
		const char *head = server->asked.ptr ? server->asked.ptr + start : "";
		const char *end = strstr(head, "\r\n\r\n");
		const char *length = strcasestr(head, "\r\nContent-Length:");
		size_t body = length && length < end ? strtoul(length + 17, NULL, 10) : 0;
		ssize_t n;

		if (end && server->asked.len - start >= (size_t)(end - head) + 4 + body)
			return true;
		n = read(fd, buf_room(&server->asked, 4096), 4096);
		if (n <= 0)
			return false;
		buf_wrote(&server->asked, (size_t)n);
	}
}

static void wait_for_close(int fd)
{
	char byte;

	while (read(fd, &byte, 1) > 0)
		;
}

static void *serve(void *data)
{
	struct server *server = data;
	size_t step = 0;

	while (step < server->n_steps) {
		int fd = accept(server->fd, NULL, NULL);

		if (fd < 0)
			break;
		server->connections++;
		server->client = fd;
		while (step < server->n_steps && read_request(server, fd)) {
			const struct step *s = &server->steps[step++];

			if (s->bytes.len > 0 &&
				send(fd, s->bytes.ptr, s->bytes.len, MSG_NOSIGNAL) < 0)
				break;
			if (s->then == STOP)
				http_stop = 1;
			if (s->then == STOP || s->then == STALL)
				wait_for_close(fd);
			if (s->then != KEEP)
				break;
		}
		server->client = -1;
		close(fd);
	}
	return NULL;
}

static void start(struct server *server, const struct step *steps, size_t n_steps)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(address);

	*server = (struct server){
		.client = -1, .steps = steps, .n_steps = n_steps, .asked = BUF_INIT(8 << 20)
	};
	server->fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(server->fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(server->fd, 5), 0);
	assert_int_equal(getsockname(server->fd, (struct sockaddr *)&address, &len), 0);
	server->port = ntohs(address.sin_port);
	snprintf(server->url, sizeof(server->url), "http://127.0.0.1:%d/path?x=1", server->port);
	assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
}

static void stop(struct server *server)
{
	shutdown(server->fd, SHUT_RDWR);
	shutdown(server->client, SHUT_RDWR);
	pthread_join(server->thread, NULL);
	close(server->fd);
	buf_done(&server->asked);
}

static const struct http_options options = {
	.user_agent = "Appariteur-test/1 (+https://example.org)",
	.connect_timeout_s = 5,
	.stall_timeout_s = 2,
	.total_timeout_s = 20,
	.max_redirects = 3,
	.body_max = 100000,
};

enum { NOW = 1767225600 }; /* 2026-01-01 00:00:00 UTC */

/* One request of one step. */
static int once(struct step step, const struct http_request *request, struct arena *arena,
	struct http_response *ret, struct error *err)
{
	CLEANUP(http_freep) struct http *http = http_new(&options);
	struct http_request asked = *request;
	struct server server;
	int r;

	start(&server, &step, 1);
	asked.url = str_of(server.url);
	r = http_exchange(http, &asked, NOW, arena, ret, err);
	stop(&server);
	return r;
}

static void answers_are_told(void **state)
{
	static const struct {
		const char *answer;
		int status;
		const char *body, *content_type, *etag, *last_modified;
		int64_t retry_after_s;
	} cases[] = {
		{ "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: Text/XML; charset=UTF-8\r\n"
		  "ETag: \"a1\"\r\nLast-Modified: Thu, 01 Jan 2026 00:00:00 GMT\r\n\r\nhello",
			200, "hello", "text/xml", "\"a1\"", "Thu, 01 Jan 2026 00:00:00 GMT", -1 },
		{ "HTTP/1.1 304 Not Modified\r\nETag: W/\"a2\"\r\n\r\n", 304, "", NULL, "W/\"a2\"",
			NULL, -1 },
		{ "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno", 404, "no", NULL, NULL,
			NULL, -1 },
		{ "HTTP/1.1 429 Too Many\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n", 429, "",
			NULL, NULL, NULL, 120 },
		{ "HTTP/1.1 503 Busy\r\nRetry-After: Thu, 01 Jan 2026 00:10:00 GMT\r\n"
		  "Content-Length: 0\r\n\r\n",
			503, "", NULL, NULL, NULL, 600 },
		{ "HTTP/1.1 503 Busy\r\nRetry-After: Wed, 31 Dec 2025 00:00:00 GMT\r\n"
		  "Content-Length: 0\r\n\r\n",
			503, "", NULL, NULL, NULL, 0 },
		{ "HTTP/1.1 503 Busy\r\nRetry-After: 999999999999999999999999\r\n"
		  "Content-Length: 0\r\n\r\n",
			503, "", NULL, NULL, NULL, 21600 },
		{ "HTTP/1.1 503 Busy\r\nRetry-After: Fri, 01 Jan 2038 00:00:00 GMT\r\n"
		  "Content-Length: 0\r\n\r\n",
			503, "", NULL, NULL, NULL, 21600 },
		{ "HTTP/1.1 503 Busy\r\nRetry-After: soon\r\nContent-Length: 0\r\n\r\n", 503, "",
			NULL, NULL, NULL, -1 },
		{ "HTTP/1.1 503 Busy\r\nRetry-After: -5\r\nContent-Length: 0\r\n\r\n", 503, "",
			NULL, NULL, NULL, -1 },
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
			200, "abcde", NULL, NULL, NULL, -1 },
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-After: 1\r\n\r\n",
			200, "a", NULL, NULL, NULL, -1 },
		/* Neither length nor chunks: complete as far as anyone can tell. */
		{ "HTTP/1.1 200 OK\r\nContent-Type:application/json\r\n\r\n{\"cut", 200, "{\"cut",
			"application/json", NULL, NULL, -1 },
		/* An interim answer does not lend its headers to the final one. */
		{ "HTTP/1.1 103 Early Hints\r\nETag: \"no\"\r\n\r\n"
		  "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
			200, "x", NULL, NULL, NULL, -1 },
		/* What is no text is not kept: it would be sent back. */
		{ "HTTP/1.1 200 OK\r\nETag: \"\xe9\"\r\nLast-Modified: a\x01z\r\nContent-Length: 1\r\n\r\nx",
			200, "x", NULL, NULL, NULL, -1 },
	};
	struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct http_response response;
		int r = once((struct step){ str_of(cases[i].answer), CLOSE },
			&(struct http_request){ 0 }, &arena, &response, &err);

		if (r != 0)
			fail_msg("case %zu: %s", i, err.text);
		assert_int_equal(response.status, cases[i].status);
		assert_true(str_eqz(response.body, cases[i].body));
		assert_true(str_eq(response.content_type, str_of(cases[i].content_type)));
		assert_true(str_eq(response.etag, str_of(cases[i].etag)));
		assert_true(str_eq(response.last_modified, str_of(cases[i].last_modified)));
		assert_true(response.retry_after_s == cases[i].retry_after_s);
		assert_true(str_ends(response.effective_url, "/path?x=1"));
	}
	arena_done(&arena);
}

static void requests_say_what_was_asked(void **state)
{
	static const struct step steps[] = {
		{ { "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na", 39 }, KEEP },
		{ { "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nb", 39 }, KEEP },
		{ { "HTTP/1.1 304 Not\r\n\r\n", 20 }, KEEP },
	};
	CLEANUP(http_freep) struct http *http = http_new(&options);
	struct http_request post = { .body = STR("{\"q\":1}"), .content_type = "application/json" };
	struct http_request get = { .accept = "application/xml" };
	struct http_request again = { .etag = STR("\"e\""),
		.last_modified = STR("Thu, 01 Jan 2026 00:00:00 GMT") };
	struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	struct http_response response;
	struct server server;

	(void)state;
	setenv("http_proxy", "http://127.0.0.1:1", 1);
	setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
	start(&server, steps, LENGTH(steps));
	post.url = get.url = again.url = str_of(server.url);
	assert_int_equal(http_exchange(http, &post, NOW, &arena, &response, &err), 0);
	assert_int_equal(http_exchange(http, &get, NOW, &arena, &response, &err), 0);
	assert_true(str_eqz(response.body, "b"));
	assert_int_equal(http_exchange(http, &again, NOW, &arena, &response, &err), 0);
	assert_int_equal(response.status, 304);
	assert_true(str_eqz(response.body, ""));

	char *second = strstr(server.asked.ptr, "GET ");
	char *third = strstr(second + 1, "GET ");
	assert_int_equal(strncmp(server.asked.ptr, "POST /path?x=1 HTTP/1.1\r\n", 25), 0);
	assert_non_null(strstr(third, "\r\nIf-None-Match: \"e\"\r\n"));
	assert_non_null(strstr(third, "\r\nIf-Modified-Since: Thu, 01 Jan 2026 00:00:00 GMT\r\n"));
	assert_non_null(strstr(third, "\r\nAccept: */*\r\n"));
	*third = '\0';
	/* Nothing of the request before. */
	assert_non_null(strstr(second, "\r\nAccept: application/xml\r\n"));
	assert_null(strstr(second, "Content-"));
	assert_null(strstr(second, "If-"));
	assert_null(strstr(second, "ookie"));
	assert_non_null(
		strstr(second, "\r\nUser-Agent: Appariteur-test/1 (+https://example.org)\r\n"));
	assert_non_null(strstr(second, "gzip"));
	*second = '\0';
	assert_non_null(strstr(server.asked.ptr, "\r\nContent-Type: application/json\r\n"));
	assert_non_null(strstr(server.asked.ptr, "\r\n\r\n{\"q\":1}"));
	assert_null(strstr(server.asked.ptr, "Expect"));
	assert_int_equal(server.connections, 1);

	stop(&server);
	unsetenv("http_proxy");
	unsetenv("ALL_PROXY");
	arena_done(&arena);
}

/* Servers close idle connections; the next request goes over a new one. */
static void closed_connections_are_renewed(void **state)
{
	static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx";
	const struct step steps[] = { { str_of(answer), CLOSE }, { str_of(answer), CLOSE } };
	CLEANUP(http_freep) struct http *http = http_new(&options);
	struct http_request request = { .body = STR("{}") };
	struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	struct http_response response;
	struct server server;

	(void)state;
	start(&server, steps, LENGTH(steps));
	request.url = str_of(server.url);
	assert_int_equal(http_exchange(http, &request, NOW, &arena, &response, &err), 0);
	assert_int_equal(http_exchange(http, &request, NOW, &arena, &response, &err), 0);
	assert_int_equal(server.connections, 2);
	stop(&server);
	arena_done(&arena);
}

static void broken_answers_fail(void **state)
{
	static const struct {
		const char *answer;
		enum then then;
		int kind;
		const char *message; /* a part of it */
	} cases[] = {
		{ "", CLOSE, ERROR_REMOTE, "Empty reply" },
		{ "HTTP/1.1 200 OK\r\nContent-Le", CLOSE, ERROR_REMOTE, "" },
		{ "HTTP/1.1 200 OK\r\nETag: x\r\n", CLOSE, ERROR_REMOTE,
			"ends inside its headers" },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345", CLOSE, ERROR_REMOTE,
			"bytes remaining" },
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n", CLOSE,
			ERROR_REMOTE, "" },
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", CLOSE,
			ERROR_REMOTE, "" },
		{ "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nnever",
			CLOSE, ERROR_REMOTE, "" },
		{ "hello", CLOSE, ERROR_REMOTE, "HTTP/0.9" },
		{ "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n",
			CLOSE, ERROR_REMOTE, "redirected to another scheme" },
		{ "HTTP/1.1 302 Found\r\nLocation: ftp://127.0.0.1/x\r\nContent-Length: 0\r\n\r\n",
			CLOSE, ERROR_REMOTE, "redirected to another scheme" },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345", STALL, ERROR_REMOTE,
			"too slow" },
	};
	struct arena arena = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct error err = ERROR_INIT;
		struct http_response response = { .status = 7 };
		int r = once((struct step){ str_of(cases[i].answer), cases[i].then },
			&(struct http_request){ 0 }, &arena, &response, &err);

		if (r != -cases[i].kind || !strstr(err.text, cases[i].message))
			fail_msg("case %zu: %d %s", i, r, err.text);
		assert_true(err.text[0] != '\0');
		assert_int_equal(response.status, 7);
	}
	arena_done(&arena);
}

/* A body of just body_max bytes passes, one more does not, however it comes. */
static void bodies_have_a_ceiling(void **state)
{
	static char answer[200200];
	struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	struct http_response response;

	(void)state;
	for (size_t over = 0; over < 2; over++) {
		for (int chunked = 0; chunked < 2; chunked++) {
			size_t size = options.body_max + over;
			int n = chunked ? snprintf(answer, 200,
						  "HTTP/1.1 200 OK\r\n"
						  "Transfer-Encoding: chunked\r\n\r\n%zx\r\n",
						  size)
					: snprintf(answer, 200,
						  "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n",
						  size);

			memset(answer + n, 'a', size);
			memcpy(answer + n + size, "\r\n0\r\n\r\n", 7);
			struct str bytes = str_n(answer, (size_t)n + size + (chunked ? 7 : 0));
			int r = once((struct step){ bytes, KEEP }, &(struct http_request){ 0 },
				&arena, &response, &err);

			assert_int_equal(r, over ? -ERROR_LIMIT : 0);
			if (over)
				assert_string_equal(
					err.text, "the answer is larger than 100000 bytes");
			else
				assert_int_equal(response.body.len, size);
		}
	}
	arena_done(&arena);
}

/* 50,000 times "a", gzipped: what is counted is what comes out. */
static void compression_is_undone_before_counting(void **state)
{
	static const char packed[] =
		"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xed\xc1\x01\x0d\x00\x00\x00\xc2\xa0\xac"
		"\xef\x5f\xc2\x1e\x0e\x28\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
		"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
		"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x9e\x0c\x89\x29\xf9\x76"
		"\x50\xc3\x00\x00";
	struct http_options small = options;
	struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	struct http_response response;
	char answer[400];
	int n = snprintf(answer, sizeof(answer),
		"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %zu\r\n\r\n",
		sizeof(packed) - 1);
	struct step steps[2];

	(void)state;
	memcpy(answer + n, packed, sizeof(packed) - 1);
	steps[0] = steps[1] = (struct step){ str_n(answer, (size_t)n + sizeof(packed) - 1), KEEP };
	for (small.body_max = 50000; small.body_max >= 49999; small.body_max--) {
		CLEANUP(http_freep) struct http *http = http_new(&small);
		struct http_request request = { 0 };
		struct server server;
		int r;

		start(&server, steps, 1);
		request.url = str_of(server.url);
		r = http_exchange(http, &request, NOW, &arena, &response, &err);
		assert_int_equal(r, small.body_max == 50000 ? 0 : -ERROR_LIMIT);
		if (r == 0)
			assert_int_equal(response.body.len, 50000);
		stop(&server);
	}
	arena_done(&arena);
}

static void redirects_are_followed_three_times(void **state)
{
	static const char hop[] = "HTTP/1.1 302 Found\r\nLocation: /next\r\nETag: \"hop\"\r\n"
				  "Content-Length: 3\r\n\r\nhop";
	static const char last[] = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlast";
	struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	struct http_response response;

	(void)state;
	for (size_t hops = 0; hops <= 4; hops++) {
		CLEANUP(http_freep) struct http *http = http_new(&options);
		struct step script[5];
		struct http_request request = { 0 };
		struct server server;
		int r;

		for (size_t i = 0; i < LENGTH(script); i++)
			script[i] = (struct step){ str_of(i < hops ? hop : last), KEEP };
		start(&server, script, hops + 1);
		request.url = str_of(server.url);
		r = http_exchange(http, &request, NOW, &arena, &response, &err);
		if (hops <= 3) {
			assert_int_equal(r, 0);
			assert_true(str_eqz(response.body, "last"));
			assert_false(str_given(response.etag));
			assert_true(str_ends(response.effective_url, hops ? "/next" : "/path?x=1"));
		} else {
			assert_int_equal(r, -ERROR_REMOTE);
			assert_string_equal(err.text, "redirected more than 3 times");
		}
		stop(&server);
	}
	arena_done(&arena);
}

static void headers_without_end_fail(void **state)
{
	struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	struct http_response response;
	CLEANUP(buf_done) struct buf answer = BUF_INIT(1 << 20);

	(void)state;
	buf_addz(&answer, "HTTP/1.1 200 OK\r\n");
	while (answer.len < 400000)
		buf_addz(&answer, "X-Padding: ........................................\r\n");
	assert_int_equal(once((struct step){ buf_str(&answer), CLOSE }, &(struct http_request){ 0 },
				 &arena, &response, &err),
		-ERROR_REMOTE);
	assert_string_equal(err.text, "the answer has more than 262144 bytes of headers");
	arena_done(&arena);
}

static void urls_are_checked(void **state)
{
	static const char *const bad[] = { "", "http", "/path", "example.org", "ftp://example.org/",
		"file:///etc/passwd", "gopher://127.0.0.1/", "http://", "http://a b/",
		"http://example.org/\r\nX: y", "http://example.org:99999/", "https://[::1/",
		"javascript:alert(1)" };
	CLEANUP(http_freep) struct http *http = http_new(&options);
	struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	struct http_response response;

	(void)state;
	for (size_t i = 0; i < LENGTH(bad); i++) {
		struct http_request request = { .url = str_of(bad[i]) };
		int r = http_exchange(http, &request, NOW, &arena, &response, &err);

		if (r != -ERROR_INPUT)
			fail_msg("%s gives %d %s", bad[i], r, err.text);
	}
	struct http_request nul = { .url = STR("http://127.0.0.1:1/\0x") };
	assert_int_equal(http_exchange(http, &nul, NOW, &arena, &response, &err), -ERROR_INPUT);
	struct http_request none = { .url = STR_NONE };
	assert_int_equal(http_exchange(http, &none, NOW, &arena, &response, &err), -ERROR_INPUT);
	struct http_request header = { .url = STR("http://127.0.0.1:1/"),
		.etag = STR("a\r\nX: y") };
	assert_int_equal(http_exchange(http, &header, NOW, &arena, &response, &err), -ERROR_INPUT);
	/* Nobody listens there. */
	struct http_request refused = { .url = STR("http://127.0.0.1:1/") };
	assert_int_equal(
		http_exchange(http, &refused, NOW, &arena, &response, &err), -ERROR_REMOTE);
	arena_done(&arena);
}

static void a_running_exchange_is_stopped(void **state)
{
	struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	struct http_response response;

	(void)state;
	assert_int_equal(once((struct step){ STR("HTTP/1.1 200 OK\r\n"), STOP },
				 &(struct http_request){ 0 }, &arena, &response, &err),
		-ERROR_REMOTE);
	assert_string_equal(err.text, "stopped");
	/* The next one does not begin: nobody listens there, and it is not asked. */
	CLEANUP(http_freep) struct http *http = http_new(&options);
	struct http_request request = { .url = STR("http://127.0.0.1:1/") };
	assert_int_equal(
		http_exchange(http, &request, NOW, &arena, &response, &err), -ERROR_REMOTE);
	assert_string_equal(err.text, "stopped");
	http_stop = 0;
	arena_done(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_are_told),
		cmocka_unit_test(requests_say_what_was_asked),
		cmocka_unit_test(closed_connections_are_renewed),
		cmocka_unit_test(broken_answers_fail),
		cmocka_unit_test(bodies_have_a_ceiling),
		cmocka_unit_test(compression_is_undone_before_counting),
		cmocka_unit_test(redirects_are_followed_three_times),
		cmocka_unit_test(headers_without_end_fail),
		cmocka_unit_test(urls_are_checked),
		cmocka_unit_test(a_running_exchange_is_stopped),
	};
	int failures;

	alarm(90);
	http_global_init();
	failures = cmocka_run_group_tests(tests, NULL, NULL);
	http_global_done();
	return failures;
}
