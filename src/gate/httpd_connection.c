#include "httpd_connection.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>

#include "base/date.h"

enum {
	LATER_MS = 40,           /* between two tries of an answer that was put off */
	LINGER_S = 2,            /* for the other side to read and close */
	LINGER_BYTES = 64 << 10, /* read and thrown away meanwhile */
};

int64_t connection_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static struct timeval after_ms(int64_t ms)
{
	return (struct timeval){ (time_t)(ms / 1000), (suseconds_t)(ms % 1000) * 1000 };
}

/* connections */

static void link_in(struct connection *c)
{
	c->older = c->httpd->newest;
	if (c->older)
		c->older->newer = c;
	else
		c->httpd->oldest = c;
	c->httpd->newest = c;
	c->httpd->n++;
}

static void link_out(struct connection *c)
{
	*(c->older ? &c->older->newer : &c->httpd->oldest) = c->newer;
	*(c->newer ? &c->newer->older : &c->httpd->newest) = c->older;
	c->httpd->n--;
}

void connection_drop(struct connection *c)
{
	link_out(c);
	if (c->deadline)
		event_free(c->deadline);
	if (c->again)
		event_free(c->again);
	if (c->bev)
		bufferevent_free(c->bev);
	arena_done(&c->arena);
	free(c);
}

static void set_deadline(struct connection *c, int64_t ms)
{
	struct timeval tv = after_ms(ms);

	event_add(c->deadline, &tv);
}

/* answers */

static const char *reason_of(int status)
{
	static const struct {
		int status;
		const char *words;
	} all[] = {
		{ 200, "OK" }, { 303, "See Other" }, { 304, "Not Modified" }, { 400, "Bad Request" },
		{ 403, "Forbidden" }, { 404, "Not Found" }, { 405, "Method Not Allowed" },
		{ 408, "Request Timeout" }, { 410, "Gone" }, { 411, "Length Required" },
		{ 413, "Content Too Large" }, { 414, "URI Too Long" }, { 417, "Expectation Failed" },
		{ 422, "Unprocessable Content" }, { 429, "Too Many Requests" },
		{ 431, "Request Header Fields Too Large" }, { 500, "Internal Server Error" },
		{ 501, "Not Implemented" }, { 503, "Service Unavailable" },
		{ 505, "HTTP Version Not Supported" },
	};

	for (size_t i = 0; i < LENGTH(all); i++)
		if (all[i].status == status)
			return all[i].words;
	return "Status";
}

void httpd_answer_header(struct httpd_answer *answer, const char *name, struct str value)
{
	for (size_t i = 0; i < value.len; i++)
		if ((unsigned char)value.ptr[i] < 0x20 || (unsigned char)value.ptr[i] > 0x7e)
			return;
	if (answer->n_headers == LENGTH(answer->headers))
		die("an answer of more headers than there is room for");
	answer->headers[answer->n_headers++] = (struct httpd_field){ str_of(name), value };
}

/* Our side is finished: what the other still sends is thrown away, so that it can read the answer. */
static void linger(struct connection *c)
{
	c->phase = LINGERS;
	c->drained = 0;
	evbuffer_drain(bufferevent_get_input(c->bev), evbuffer_get_length(bufferevent_get_input(c->bev)));
	shutdown(bufferevent_getfd(c->bev), SHUT_WR);
	bufferevent_enable(c->bev, EV_READ);
	set_deadline(c, LINGER_S * 1000);
}

static void send_answer(struct connection *c, const struct httpd_answer *answer)
{
	struct evbuffer *out = bufferevent_get_output(c->bev);
	char date[TIME_FORMAT_MAX];
	bool bodiless = answer->status == 304;

	evbuffer_add_printf(out, "HTTP/1.1 %d %s\r\nDate: %s\r\n", answer->status,
		reason_of(answer->status), time_format_http((int64_t)time(NULL), date));
	if (!bodiless)
		evbuffer_add_printf(out, "Content-Type: %s\r\nContent-Length: %zu\r\n",
			answer->content_type, answer->body.len);
	for (size_t i = 0; i < answer->n_headers; i++)
		evbuffer_add_printf(out, "%.*s: %.*s\r\n", STR_ARG(answer->headers[i].name),
			STR_ARG(answer->headers[i].value));
	evbuffer_add_printf(out, "Connection: close\r\n\r\n");
	if (!bodiless && c->request.method != HTTPD_HEAD)
		evbuffer_add(out, answer->body.ptr, answer->body.len);
	c->phase = WRITES;
	bufferevent_disable(c->bev, EV_READ);
	bufferevent_enable(c->bev, EV_WRITE);
	set_deadline(c, (int64_t)c->httpd->options.body_timeout_s * 1000);
}

static void send_plain(struct connection *c, int status, const char *why)
{
	struct httpd_answer answer = { .status = status, .content_type = "text/plain; charset=utf-8" };

	answer.body = arena_printf(&c->arena, "%d %s: %s\n", status, reason_of(status), why);
	httpd_answer_header(&answer, "X-Content-Type-Options", STR("nosniff"));
	httpd_answer_header(&answer, "Content-Security-Policy", STR("default-src 'none'"));
	if (status == 503)
		httpd_answer_header(&answer, "Retry-After", STR("5"));
	if (status == 405)
		httpd_answer_header(&answer, "Allow", STR("GET, HEAD, POST"));
	send_answer(c, &answer);
}

static void refuse(struct connection *c, int status, const char *why)
{
	if (c->httpd->refused)
		c->httpd->refused(c->httpd->data, status, why);
	send_plain(c, status, why);
}

static void ask_handler(struct connection *c)
{
	struct httpd_answer answer = { .status = 200, .content_type = "text/html; charset=utf-8",
		.body = STR("") };
	struct timeval soon = after_ms(LATER_MS);

	if (c->httpd->handler(c->httpd->data, &c->request, &answer) == HTTPD_ANSWERED) {
		send_answer(c, &answer);
		return;
	}
	if (c->phase != WAITS) {
		c->phase = WAITS;
		c->later_until_ms = connection_now_ms() + HTTPD_LATER_S * 1000;
		bufferevent_disable(c->bev, EV_READ);
		event_del(c->deadline);
	}
	if (connection_now_ms() >= c->later_until_ms || c->httpd->stop_at_ms != 0)
		refuse(c, 503, "busy, please try again in a few seconds");
	else
		event_add(c->again, &soon);
}

/* requests */

static struct str copy_input(struct connection *c, struct evbuffer *in, size_t n)
{
	char *bytes = arena_alloc(&c->arena, n + 1);

	evbuffer_remove(in, bytes, n);
	return str_n(bytes, n);
}

/* Length of the head with its blank line; 0 while it is not whole. */
static size_t find_head(struct connection *c, struct evbuffer *in)
{
	static const char *const ends[] = { "\r\n\r\n", "\n\n", "\n\r\n" };
	struct evbuffer_ptr from, found;
	size_t len = evbuffer_get_length(in), first = 0;

	if (len == 0)
		return 0;
	evbuffer_ptr_set(in, &from, c->scanned, EVBUFFER_PTR_SET);
	/* whatever a lenient reader would take for the end is the end, to be refused as it is */
	for (size_t i = 0; i < LENGTH(ends); i++) {
		found = evbuffer_search(in, ends[i], strlen(ends[i]), &from);
		if (found.pos >= 0 && (first == 0 || (size_t)found.pos + strlen(ends[i]) < first))
			first = (size_t)found.pos + strlen(ends[i]);
	}
	c->scanned = len > 3 ? len - 3 : 0;
	return first;
}

static void take_client_address(struct connection *c)
{
	struct str real = httpd_header(&c->request, "x-real-ip");

	c->request.address = str_of(c->address);
	if (c->httpd->options.proxy && real.len > 0 && real.len < sizeof(c->address))
		c->request.address = real;
}

static void read_body(struct connection *c, struct evbuffer *in)
{
	size_t have = evbuffer_get_length(in);

	if (have > c->request.content_length) {
		refuse(c, 400, "bytes behind the request");
		return;
	}
	if (have < c->request.content_length)
		return;
	c->request.body = copy_input(c, in, have);
	ask_handler(c);
}

static void read_head(struct connection *c, struct evbuffer *in)
{
	const char *why = NULL;
	int status;

	c->head_len = find_head(c, in);
	if (c->head_len == 0) {
		if (evbuffer_get_length(in) > HTTPD_HEAD_MAX)
			refuse(c, 431, "the headers are too long");
		return;
	}
	status = httpd_parse(copy_input(c, in, c->head_len), &c->arena, &c->request, &why);
	if (status != 0) {
		refuse(c, status, why);
		return;
	}
	take_client_address(c);
	c->phase = READS_BODY;
	set_deadline(c, (int64_t)c->httpd->options.body_timeout_s * 1000);
	read_body(c, in);
}

static void on_read(struct bufferevent *bev, void *data)
{
	struct connection *c = data;
	struct evbuffer *in = bufferevent_get_input(bev);

	if (c->phase == READS_HEAD) {
		read_head(c, in);
	} else if (c->phase == READS_BODY) {
		read_body(c, in);
	} else if (c->phase == LINGERS) {
		c->drained += evbuffer_get_length(in);
		evbuffer_drain(in, evbuffer_get_length(in));
		if (c->drained > LINGER_BYTES)
			connection_drop(c);
	}
}

static void on_write(struct bufferevent *bev, void *data)
{
	struct connection *c = data;

	if (c->phase == WRITES && evbuffer_get_length(bufferevent_get_output(bev)) == 0)
		linger(c);
}

static void on_event(struct bufferevent *bev UNUSED, short what UNUSED, void *data)
{
	connection_drop(data); /* closed or broken: nobody to answer */
}

static void on_deadline(evutil_socket_t fd UNUSED, short what UNUSED, void *data)
{
	struct connection *c = data;

	/* a request that began and did not end is told so; one that never began is not answered */
	if (c->phase == READS_BODY ||
		(c->phase == READS_HEAD && evbuffer_get_length(bufferevent_get_input(c->bev)) > 0))
		refuse(c, 408, "the request took too long");
	else
		connection_drop(c);
}

static void on_again(evutil_socket_t fd UNUSED, short what UNUSED, void *data)
{
	ask_handler(data);
}

void connection_open(struct httpd *httpd, int fd, const char *address)
{
	struct connection *c = calloc(1, sizeof(*c));

	if (!c)
		die("out of memory (a connection)");
	c->httpd = httpd;
	memcpy(c->address, address, sizeof(c->address));
	link_in(c);
	c->bev = bufferevent_socket_new(httpd->base, fd, BEV_OPT_CLOSE_ON_FREE);
	c->deadline = evtimer_new(httpd->base, on_deadline, c);
	c->again = evtimer_new(httpd->base, on_again, c);
	if (!c->bev || !c->deadline || !c->again)
		die("out of memory (a connection)");
	bufferevent_setcb(c->bev, on_read, on_write, on_event, c);
	bufferevent_setwatermark(c->bev, EV_READ, 0, HTTPD_HEAD_MAX + HTTPD_BODY_MAX + 4096);
	bufferevent_enable(c->bev, EV_READ | EV_WRITE);
	set_deadline(c, (int64_t)httpd->options.head_timeout_s * 1000);
}
