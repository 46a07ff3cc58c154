/*
 * HTTP server over libevent, for pages behind a reverse proxy. Requests are read by a strict reader of
 * our own: what must be refused (a bare LF, a folded header, a NUL, a second Host) can only be seen in
 * the bytes as they came, and evhttp, whose reader is lenient, would hide it; with one reader there are
 * no two that differ. libevent carries the bytes, the timers and the listening socket.
 *
 * One request a connection: the answer says Connection: close, and bytes behind a request are refused.
 * Deadlines count from the connection's begin, not from the last byte, so a slow client gains nothing by
 * sending a byte now and then. When the house is full, whoever has waited longest without a whole request
 * goes first; who has asked is answered. Everything runs in the thread that calls httpd_run().
 *
 * What is not here: TLS (the proxy's), routes, pages, logs.
 */
#ifndef GATE_HTTPD_H
#define GATE_HTTPD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"

enum {
	HTTPD_HEAD_MAX = 16 << 10, /* request line and headers, bytes */
	HTTPD_BODY_MAX = 64 << 10,
	HTTPD_TARGET_MAX = 2048,
	HTTPD_HEADERS_MAX = 64,
	HTTPD_FIELDS_MAX = 128,    /* of one form */
	HTTPD_ANSWER_MAX = 4 << 20,
	HTTPD_LATER_S = 5,         /* how long an answer may be put off */
};

enum httpd_method { HTTPD_GET, HTTPD_HEAD, HTTPD_POST };

struct httpd_field { /* a header, or a field of a form */
	struct str name, value;
};

struct httpd_request {
	enum httpd_method method;
	struct str path;      /* percent-decoded, valid UTF-8, begins with "/", without "." and ".." */
	struct str query;     /* as written, behind "?"; STR_NONE */
	struct httpd_field *headers; /* values trimmed, printable ASCII */
	size_t n_headers;
	size_t content_length;
	struct str body;
	struct str address;   /* "192.0.2.7", "unix", or X-Real-IP behind a proxy */
	struct arena *arena;  /* of this request: what the handler needs lives there */
};

/*
 * Reads request line and headers, up to and with the blank line that ends them: 0 with method, path,
 * query, headers and content_length in `arena`, or the status to refuse it with and *ret_why.
 * Refused: anything but GET, HEAD and POST (405); a version but HTTP/1.0 and 1.1 (505); not exactly one
 * Host; any Transfer-Encoding (501); a Content-Length that is not one number of digits alone, is over
 * HTTPD_BODY_MAX (413), is missing from a POST (411) or announces the body of a GET; Expect (417); a name
 * that is no token; a blank before the colon; a folded line; a control byte or one beyond ASCII; a bare
 * CR or LF; a target that is not "/…", has a blank, a fragment, a broken or doubled escape, an escaped
 * control byte or slash, "..", or is too long (414); too many headers (431).
 */
int httpd_parse(struct str head, struct arena *arena, struct httpd_request *ret, const char **ret_why);

/* By its name in lower case; STR_NONE when there is none. */
struct str httpd_header(const struct httpd_request *request, const char *name);

/*
 * application/x-www-form-urlencoded, also of a query. ERROR_INPUT: a broken escape, bytes that are no
 * UTF-8, a NUL; ERROR_LIMIT: too many fields. Line ends become LF.
 */
int httpd_form(struct str text, struct arena *arena, struct httpd_field **ret, size_t *ret_n,
	struct error *err) MUST_CHECK;

struct httpd_answer {
	int status;                /* 200 at first */
	const char *content_type;
	struct str body;           /* in the request's arena, or static */
	struct httpd_field headers[16]; /* beside Date, Content-Type, Content-Length, Connection */
	size_t n_headers;
};
/* ERROR when there is no room is a mistake of ours; a value with a control byte is dropped. */
void httpd_answer_header(struct httpd_answer *answer, const char *name, struct str value);

enum httpd_outcome {
	HTTPD_ANSWERED,
	HTTPD_LATER, /* what it needs is busy: it is asked again soon, for HTTPD_LATER_S, then gets a 503 */
};

struct httpd_options {
	const char *listen;    /* "127.0.0.1:8080", "[::1]:8080", "unix:/run/appariteur/web.sock" */
	int connections_max;   /* in all */
	int per_address_max;   /* of one address; unix sockets and `proxy` have no bound of this kind */
	int head_timeout_s;    /* from the connection to the end of the headers */
	int body_timeout_s;    /* from then to the end of the body, and for the answer to be taken */
	bool proxy;            /* requests come from a proxy that sets X-Real-IP */
};

struct httpd;

/*
 * Listens. The handler answers each good request; `refused` (may be NULL) hears of the others.
 * ERROR_CONFIG: the address is none; ERROR_SYSTEM: it cannot be listened on.
 */
int httpd_open(const struct httpd_options *options,
	enum httpd_outcome (*handler)(void *data, const struct httpd_request *request,
		struct httpd_answer *answer),
	void (*refused)(void *data, int status, const char *why), void *data, struct httpd **ret,
	struct error *err) MUST_CHECK;
void *httpd_close(struct httpd *httpd);
DEFINE_CLEANUP(httpd, httpd_close);

/* The port it listens on (that of the kernel's choice for ":0"); 0 for a unix socket. */
int httpd_port(const struct httpd *httpd);

/* Serves until http_stop (gate/http.h) is set; answers under way get two more seconds. */
int httpd_run(struct httpd *httpd, struct error *err) MUST_CHECK;

#endif
