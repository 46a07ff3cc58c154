#include "gate/httpd.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <event2/event.h>
#include <event2/listener.h>

#include "gate/http.h"
#include "httpd_connection.h"
#include "httpd_place.h"

enum {
	TICK_MS = 200,    /* how soon http_stop is seen */
	STOP_MS = 2000,
	SPARE_FILES = 64, /* for the database and the rest of the process */
};

/* who is let in */

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
		connection_drop(c);
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

static void name_address(const struct sockaddr *from, socklen_t len, char *out, size_t size)
{
	if (from->sa_family == AF_UNIX ||
		getnameinfo(from, len, out, (socklen_t)size, NULL, 0, NI_NUMERICHOST) != 0)
		snprintf(out, size, "unix");
}

static bool admit(struct httpd *httpd, const char *address)
{
	bool bounded = !httpd->socket_path && !httpd->options.proxy;

	if (bounded && count_of(httpd, address) >= httpd->options.per_address_max)
		return make_room(httpd, address);
	return httpd->n < httpd->options.connections_max || make_room(httpd, NULL);
}

static void on_accept(struct evconnlistener *listener UNUSED, evutil_socket_t fd, struct sockaddr *from,
	int len, void *data)
{
	struct httpd *httpd = data;
	char address[sizeof(httpd->oldest->address)];

	name_address(from, (socklen_t)len, address, sizeof(address));
	if (!admit(httpd, address)) {
		evutil_closesocket(fd);
		return;
	}
	connection_open(httpd, fd, address);
}

/* No descriptor left: the one that waited longest gives his. */
static void on_accept_error(struct evconnlistener *listener UNUSED, void *data)
{
	(void)make_room(data, NULL);
}

/* listening */

static void on_tick(evutil_socket_t fd UNUSED, short what UNUSED, void *data)
{
	struct httpd *httpd = data;

	if (!http_stop)
		return;
	if (httpd->stop_at_ms == 0) {
		httpd->stop_at_ms = connection_now_ms() + STOP_MS;
		evconnlistener_disable(httpd->listener);
		for (struct connection *c = httpd->oldest, *newer; c; c = newer) {
			newer = c->newer;
			if (c->phase == READS_HEAD || c->phase == LINGERS)
				connection_drop(c);
		}
	}
	if (httpd->n == 0 || connection_now_ms() >= httpd->stop_at_ms)
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
	struct timeval tick = { .tv_usec = TICK_MS * 1000 };
	struct httpd_place place;
	int r = httpd_place_parse(httpd->options.listen, &place, err);

	if (r < 0)
		return r;
	httpd->socket_path = place.socket_path;
	httpd->base = event_base_new();
	if (!httpd->base)
		return error_set(err, ERROR_SYSTEM, "libevent cannot start");
	httpd->listener = evconnlistener_new_bind(httpd->base, on_accept, httpd,
		LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC |
			(httpd->socket_path ? 0 : LEV_OPT_REUSEABLE),
		512, (struct sockaddr *)&place.address, place.len);
	if (!httpd->listener)
		return error_errno(err, ERROR_SYSTEM, errno, "%s: cannot be listened on",
			httpd->options.listen);
	evconnlistener_set_error_cb(httpd->listener, on_accept_error);
	/* the proxy runs as somebody else: who may come near is for the folder to say */
	if (httpd->socket_path && chmod(httpd->socket_path, 0666) < 0)
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
		connection_drop(httpd->oldest);
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
