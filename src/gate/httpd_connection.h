/*
 * One connection of the server: a request is read within its time, handed to the handler, and its answer
 * written; then the connection ends. A connection frees itself when it is over.
 */
#ifndef GATE_HTTPD_CONNECTION_H
#define GATE_HTTPD_CONNECTION_H

#include "base/arena.h"
#include "gate/httpd.h"

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
	int port;
	int64_t stop_at_ms; /* 0: nobody asked */
	char *socket_path; /* when it listens on one in the file system */
};

/* `address` has the size of the member. Takes the descriptor over. */
void connection_open(struct httpd *httpd, int fd, const char *address);
void connection_drop(struct connection *c);
int64_t connection_now_ms(void);

#endif
