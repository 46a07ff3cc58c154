#include "gate/httpd.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>

#include "base/date.h"
#include "gate/http.h"

enum {
	LATER_MS = 40,       /* between two tries of an answer that was put off */
	TICK_MS = 200,       /* how soon http_stop is seen */
	LINGER_S = 2,        /* for the other side to read and close */
	LINGER_BYTES = 64 << 10, /* read and thrown away meanwhile */
	STOP_MS = 2000,
	SPARE_FILES = 64,    /* for the database and the rest of the process */
};

enum phase { READS_HEAD, READS_BODY, WAITS, WRITES, LINGERS };

struct connection {
	struct httpd *httpd;
	struct bufferevent *bev;
	struct event *deadline, *again;
	enum phase phase;
	char address[64];
	size_t head_len;       /* bytes of the head, once it is complete */
	size_t scanned;        /* bytes known to hold no end of the head */
	size_t drained;
	int64_t later_until_ms;
	struct httpd_request request;
	struct arena arena;
	struct connection *older, *newer;
};

struct httpd {
	struct httpd_options options;
	struct event_base *base;
	struct evconnlistener *listener;
	struct event *tick;
	enum httpd_outcome (*handler)(void *data, const struct httpd_request *request,
		struct httpd_answer *answer);
	void (*refused)(void *data, int status, const char *why);
	void *data;
	struct connection *oldest, *newest;
	int n;
	bool is_unix;
	int port;
	int64_t stop_at_ms; /* 0: nobody asked */
	char *socket_path;
};

static int64_t now_ms(void)
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

static void drop(struct connection *c)
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

static bool same_house(const struct connection *c, const char *address)
{
	return address == NULL || strcmp(c->address, address) == 0;
}

/*
 * Room for one more, of this address or of all (NULL): whoever has waited longest without a whole request
 * goes. False when everybody there is being answered.
 */
static bool make_room(struct httpd *httpd, const char *address)
{
	for (struct connection *c = httpd->oldest; c; c = c->newer) {
		if (!same_house(c, address) || c->phase == WAITS || c->phase == WRITES)
			continue;
		drop(c);
		return true;
	}
	return false;
}

static int count_of(const struct httpd *httpd, const char *address)
{
	int n = 0;

	for (const struct connection *c = httpd->oldest; c; c = c->newer)
		n += same_house(c, address);
	return n;
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
		c->later_until_ms = now_ms() + HTTPD_LATER_S * 1000;
		bufferevent_disable(c->bev, EV_READ);
		event_del(c->deadline);
	}
	if (now_ms() >= c->later_until_ms || c->httpd->stop_at_ms != 0)
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
			drop(c);
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
	drop(data); /* closed or broken: nobody to answer */
}

static void on_deadline(evutil_socket_t fd UNUSED, short what UNUSED, void *data)
{
	struct connection *c = data;

	/* a request that began and did not end is told so; one that never began is not answered */
	if (c->phase == READS_BODY ||
		(c->phase == READS_HEAD && evbuffer_get_length(bufferevent_get_input(c->bev)) > 0))
		refuse(c, 408, "the request took too long");
	else
		drop(c);
}

static void on_again(evutil_socket_t fd UNUSED, short what UNUSED, void *data)
{
	ask_handler(data);
}

/* listening */

static void name_address(const struct sockaddr *from, socklen_t len, char *out, size_t size)
{
	if (from->sa_family == AF_UNIX ||
		getnameinfo(from, len, out, (socklen_t)size, NULL, 0, NI_NUMERICHOST) != 0)
		snprintf(out, size, "unix");
}

static bool admit(struct httpd *httpd, const char *address)
{
	bool bounded = !httpd->is_unix && !httpd->options.proxy;

	if (bounded && count_of(httpd, address) >= httpd->options.per_address_max)
		return make_room(httpd, address);
	return httpd->n < httpd->options.connections_max || make_room(httpd, NULL);
}

static void on_accept(struct evconnlistener *listener UNUSED, evutil_socket_t fd, struct sockaddr *from,
	int len, void *data)
{
	struct httpd *httpd = data;
	char address[sizeof(httpd->oldest->address)];
	struct connection *c;

	name_address(from, (socklen_t)len, address, sizeof(address));
	if (!admit(httpd, address)) {
		evutil_closesocket(fd);
		return;
	}
	c = calloc(1, sizeof(*c));
	if (!c)
		die("out of memory (a connection)");
	c->httpd = httpd;
	memcpy(c->address, address, sizeof(address));
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

/* No descriptor left: the one that waited longest gives his. */
static void on_accept_error(struct evconnlistener *listener UNUSED, void *data)
{
	(void)make_room(data, NULL);
}

static void on_tick(evutil_socket_t fd UNUSED, short what UNUSED, void *data)
{
	struct httpd *httpd = data;

	if (!http_stop)
		return;
	if (httpd->stop_at_ms == 0) {
		httpd->stop_at_ms = now_ms() + STOP_MS;
		evconnlistener_disable(httpd->listener);
		for (struct connection *c = httpd->oldest, *newer; c; c = newer) {
			newer = c->newer;
			if (c->phase == READS_HEAD || c->phase == LINGERS)
				drop(c);
		}
	}
	if (httpd->n == 0 || now_ms() >= httpd->stop_at_ms)
		event_base_loopbreak(httpd->base);
}

/* Soft limits of 1,024 descriptors are common, and our ceiling of connections is near it. */
static void raise_file_limit(int connections)
{
	rlim_t wanted = (rlim_t)(connections + SPARE_FILES);
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= wanted)
		return;
	limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit); /* then fewer connections must do */
}

struct place {
	struct sockaddr_storage address;
	int len;
};

static int unix_place(struct httpd *httpd, struct str path, struct place *ret, struct error *err)
{
	struct sockaddr_un *un = (struct sockaddr_un *)&ret->address;
	struct stat st;

	if (path.len == 0 || path.len >= sizeof(un->sun_path))
		return error_set(err, ERROR_CONFIG, "%s: the path of a socket has 1 to %zu bytes",
			httpd->options.listen, sizeof(un->sun_path) - 1);
	un->sun_family = AF_UNIX;
	memcpy(un->sun_path, path.ptr, path.len);
	un->sun_path[path.len] = '\0';
	/* one that a dead process left behind; anything else is not ours to remove */
	if (lstat(un->sun_path, &st) == 0 && S_ISSOCK(st.st_mode))
		unlink(un->sun_path);
	ret->len = (int)sizeof(*un);
	httpd->is_unix = true;
	httpd->socket_path = strdup(un->sun_path);
	return 0;
}

static bool has_port(const struct place *place)
{
	return place->address.ss_family == AF_INET
		       ? ((const struct sockaddr_in *)&place->address)->sin_port != 0
		       : ((const struct sockaddr_in6 *)&place->address)->sin6_port != 0;
}

static void set_port(struct place *place, uint16_t port)
{
	if (place->address.ss_family == AF_INET)
		((struct sockaddr_in *)&place->address)->sin_port = htons(port);
	else
		((struct sockaddr_in6 *)&place->address)->sin6_port = htons(port);
}

static int find_place(struct httpd *httpd, struct place *ret, struct error *err)
{
	struct str listen = str_of(httpd->options.listen);
	char text[300];
	bool any_port;

	memset(ret, 0, sizeof(*ret));
	if (str_prefix(&listen, "unix:"))
		return unix_place(httpd, listen, ret, err);
	ret->len = (int)sizeof(ret->address);
	/* libevent takes no port 0, by which the kernel chooses one */
	any_port = str_ends(listen, ":0");
	snprintf(text, sizeof(text), "%.*s", STR_ARG(listen));
	if (any_port && listen.len < sizeof(text))
		text[listen.len - 1] = '1';
	if (evutil_parse_sockaddr_port(text, (struct sockaddr *)&ret->address, &ret->len) < 0 ||
		!has_port(ret))
		return error_set(err, ERROR_CONFIG,
			"\"%s\" is no place to listen: 127.0.0.1:8080, [::1]:8080 or unix:/path is expected",
			httpd->options.listen);
	if (any_port)
		set_port(ret, 0);
	return 0;
}

static void find_port(struct httpd *httpd)
{
	struct sockaddr_storage address = { 0 };
	socklen_t len = sizeof(address);

	if (getsockname(evconnlistener_get_fd(httpd->listener), (struct sockaddr *)&address, &len) < 0)
		return;
	if (address.ss_family == AF_INET)
		httpd->port = ntohs(((struct sockaddr_in *)&address)->sin_port);
	else if (address.ss_family == AF_INET6)
		httpd->port = ntohs(((struct sockaddr_in6 *)&address)->sin6_port);
}

static int listen_at(struct httpd *httpd, struct error *err)
{
	struct timeval tick = after_ms(TICK_MS);
	struct place place;
	int r = find_place(httpd, &place, err);

	if (r < 0)
		return r;
	httpd->base = event_base_new();
	if (!httpd->base)
		return error_set(err, ERROR_SYSTEM, "libevent cannot start");
	httpd->listener = evconnlistener_new_bind(httpd->base, on_accept, httpd,
		LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC |
			(httpd->is_unix ? 0 : LEV_OPT_REUSEABLE),
		512, (struct sockaddr *)&place.address, place.len);
	if (!httpd->listener)
		return error_errno(err, ERROR_SYSTEM, errno, "%s: cannot be listened on",
			httpd->options.listen);
	evconnlistener_set_error_cb(httpd->listener, on_accept_error);
	/* the proxy runs as somebody else: who may come near is for the folder to say */
	if (httpd->is_unix && chmod(httpd->socket_path, 0666) < 0)
		return error_errno(err, ERROR_SYSTEM, errno, "%s", httpd->socket_path);
	httpd->tick = event_new(httpd->base, -1, EV_PERSIST, on_tick, httpd);
	if (!httpd->tick || event_add(httpd->tick, &tick) < 0)
		return error_set(err, ERROR_SYSTEM, "libevent has no timers");
	find_port(httpd);
	return 0;
}

int httpd_open(const struct httpd_options *options,
	enum httpd_outcome (*handler)(void *data, const struct httpd_request *request,
		struct httpd_answer *answer),
	void (*refused)(void *data, int status, const char *why), void *data, struct httpd **ret,
	struct error *err)
{
	CLEANUP(httpd_closep) struct httpd *httpd = calloc(1, sizeof(*httpd));
	int r;

	if (!httpd)
		die("out of memory (an HTTP server)");
	httpd->options = *options;
	httpd->handler = handler;
	httpd->refused = refused;
	httpd->data = data;
	raise_file_limit(options->connections_max);
	r = listen_at(httpd, err);
	if (r < 0)
		return r;
	*ret = steal(&httpd);
	return 0;
}

void *httpd_close(struct httpd *httpd)
{
	if (!httpd)
		return NULL;
	while (httpd->oldest)
		drop(httpd->oldest);
	if (httpd->tick)
		event_free(httpd->tick);
	if (httpd->listener) {
		evconnlistener_free(httpd->listener);
		if (httpd->socket_path)
			unlink(httpd->socket_path);
	}
	if (httpd->base)
		event_base_free(httpd->base);
	free(httpd->socket_path);
	free(httpd);
	return NULL;
}

int httpd_port(const struct httpd *httpd)
{
	return httpd->port;
}

int httpd_run(struct httpd *httpd, struct error *err)
{
	if (event_base_dispatch(httpd->base) < 0)
		return error_set(err, ERROR_SYSTEM, "libevent gave up");
	return 0;
}
