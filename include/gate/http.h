/*
 * HTTP client over libcurl, for fetching from public servers that may lie, stall and break.
 * One session has one connection per host and sends requests one after the other.
 * TLS is always verified (peer and name, at least 1.2): there is no switch, only a CA file.
 * Redirects stay on http and https, and never lead from https to http. No proxy from the environment, no cookies.
 * What is not here: retries and back-off (flow decides), parsing of bodies.
 */
#ifndef GATE_HTTP_H
#define GATE_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

struct http_options {
	const char *user_agent; /* honest: name/version (+URL; contact) */
	const char *ca_file;    /* NULL: the system's */
	int connect_timeout_s;  /* 15; these three: 0 is the default told here */
	int stall_timeout_s;    /* 30: slower than 1 KB/s for this long is a failure */
	int total_timeout_s;    /* 1800 */
	int max_redirects;      /* 3 */
	size_t body_max;        /* bytes after decompression; counted while they arrive */
	/*
	 * For addresses that strangers gave (RELIABILITY R4): https only, ports as the address says, and a socket
	 * is opened only to an address that is everybody's (http_address_public), looked at when it is opened, on
	 * each hop, whatever its name resolves to. Hosts in this list, parted by blanks, may be anything,
	 * http too. NULL: no guard.
	 */
	const char *guard_except;
};

/* Where a body goes that is too large for memory: it is emptied first, and read from its start after. */
struct http_sink {
	int fd;      /* a regular file */
	int64_t max; /* bytes; takes the place of body_max */
};

struct http_header {
	const char *name;
	struct str value;
};

struct http_request {
	struct str url;
	const struct http_header *headers; /* more of them */
	size_t n_headers;
	struct str body;              /* STR_NONE: GET; given: POST */
	const char *content_type;     /* with a body */
	const char *accept;           /* NULL: anything */
	struct str etag;              /* sent as If-None-Match when given */
	struct str last_modified;     /* sent as If-Modified-Since when given */
	const struct http_sink *sink; /* NULL: into the response */
};

struct http_response {
	int status;                   /* 200, 304, 404, 429 … */
	struct str body;              /* "" with a sink */
	struct str content_type;      /* lower case, without parameters; STR_NONE when absent */
	struct str etag, last_modified;
	bool delimited;               /* the transport says where the body ends: Content-Length, chunks, HTTP/2 */
	int64_t retry_after_s;        /* -1: not said; dates are turned into seconds from now, at most 6 h */
	struct str effective_url;     /* after redirects */
};

struct http;

/* `options` is copied, its strings must outlive the session. Never fails but for memory. */
struct http *http_new(const struct http_options *options);
void *http_free(struct http *http);
DEFINE_CLEANUP(http, http_free);

/*
 * One exchange. 0: an HTTP answer came and its body is complete as far as the transport can tell
 * (Content-Length met, chunks ended); any status is an answer. The response lives in `arena`.
 * ERROR_REMOTE: no or broken answer (DNS, connect, TLS, cut, stall, too many redirects, a redirect to
 * another scheme). ERROR_LIMIT: body over body_max. ERROR_INPUT: the URL is none. ERROR_CONFIG: the
 * CA file cannot be used.
 * A body that ends with the connection (no length, no chunks), or whose gzip layer was cut before it
 * was sent (libcurl does not look), cannot be known to be complete: its format must close (callers
 * check: root element, JSON end).
 * `now`: UTC seconds, only for turning Retry-After dates into seconds.
 */
int http_exchange(struct http *http, const struct http_request *request, int64_t now,
	struct arena *arena, struct http_response *ret, struct error *err) MUST_CHECK;

/* ERROR_INPUT: an exchange of a session with this guard would not even be tried. */
int http_check_url(struct str url, const char *guard_except, struct error *err) MUST_CHECK;

struct sockaddr;
/*
 * Is it an address of the public Internet? Not: loopback, private, link-local, shared (100.64/10), ULA,
 * multicast, broadcast, documentation, 0/8, 240/4, benchmarks; nor a form that carries one of them
 * (v4-mapped, NAT64, 6to4, Teredo).
 */
bool http_address_public(const struct sockaddr *address);

/* Makes a running exchange fail with ERROR_REMOTE "stopped"; safe in a signal handler. */
extern volatile int http_stop;

/* Start and end of the process; before any thread. */
void http_global_init(void);
void http_global_done(void);

#endif
