#include "gate/http.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/socket.h>

#include <curl/curl.h>

#include "base/buf.h"
#include "base/date.h"
#include "gate/file.h"
#include "transfer.h"

enum {
	CONNECTIONS_KEPT = 4,
	STALL_BYTES = 1000,      /* a second; less, for stall_timeout_s, is a failure */
	HEADERS_MAX = 256 << 10, /* bytes of all headers of one exchange, redirects included */
	HEADER_VALUE_MAX = 1024, /* of those that are kept */
	URL_MAX = 8192,
	RETRY_AFTER_MAX = 6 * 3600,
	CONNECT_TIMEOUT = 15,
	STALL_TIMEOUT = 30,
	TOTAL_TIMEOUT = 1800,
};

volatile int http_stop;

struct http {
	struct http_options options;
	CURL *curl;
};

/* One running exchange, for the callbacks. */
struct exchange {
	struct buf body;
	const struct http_sink *sink; /* takes its place; NULL: none */
	int64_t sunk;                 /* bytes given to it */
	int sink_errno;               /* it could not take them; 0 */
	bool guarded, refused; /* only public addresses; one that is none was asked for */
	size_t header_bytes;
	bool headers_end; /* the blank line behind the last headers has come */
	struct arena *arena;
	int64_t now;
	struct http_response response; /* of the last status line so far */
};

/* session */

void http_global_init(void)
{
	transfer_checked(curl_global_init(CURL_GLOBAL_DEFAULT), "start");
}

void http_global_done(void)
{
	curl_global_cleanup();
}

struct http *http_new(const struct http_options *options)
{
	struct http *http = calloc(1, sizeof(*http));

	if (!http || !(http->curl = curl_easy_init()))
		die("out of memory (an HTTP session)");
	http->options = *options;
	if (http->options.connect_timeout_s <= 0)
		http->options.connect_timeout_s = CONNECT_TIMEOUT;
	if (http->options.stall_timeout_s <= 0)
		http->options.stall_timeout_s = STALL_TIMEOUT;
	if (http->options.total_timeout_s <= 0)
		http->options.total_timeout_s = TOTAL_TIMEOUT;
	return http;
}

void *http_free(struct http *http)
{
	if (http)
		transfer_cleanup(http->curl);
	free(http);
	return NULL;
}

/* headers */

/* Header values are ASCII without control bytes; others are taken for not said. */
static bool value_clean(struct str value)
{
	for (size_t i = 0; i < value.len; i++) {
		unsigned char c = (unsigned char)value.ptr[i];

		if (c < 0x20 || c > 0x7e)
			return false;
	}
	return true;
}

/* "Text/XML; charset=utf-8" is text/xml. */
static struct str media_type(struct arena *arena, struct str value)
{
	struct str type;
	char *lower;

	if (!str_cut(&value, ';', &type))
		return STR_NONE;
	type = str_trim(type);
	lower = arena_alloc(arena, type.len + 1);
	for (size_t i = 0; i < type.len; i++) {
		char c = type.ptr[i];

		lower[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	return str_n(lower, type.len);
}

/* RFC 9110, 10.2.3: seconds, or a date. Digits without end are as long as we wait. */
static int64_t retry_after(struct str value, int64_t now)
{
	int64_t seconds;

	if (str_digits(value)) {
		if (!str_to_int64(value, &seconds))
			seconds = RETRY_AFTER_MAX;
	} else {
		int64_t at = time_parse_http(value);

		if (at == TIME_NONE)
			return -1;
		seconds = at > now ? at - now : 0;
	}
	return seconds < RETRY_AFTER_MAX ? seconds : RETRY_AFTER_MAX;
}

static void keep_header(struct exchange *x, struct str name, struct str value)
{
	struct http_response *r = &x->response;

	if (value.len == 0 || value.len > HEADER_VALUE_MAX || !value_clean(value))
		return;
	if (str_eq_nocase(name, STR("content-type")))
		r->content_type = media_type(x->arena, value);
	else if (str_eq_nocase(name, STR("etag")))
		r->etag = arena_dup(x->arena, value);
	else if (str_eq_nocase(name, STR("last-modified")))
		r->last_modified = arena_dup(x->arena, value);
	else if (str_eq_nocase(name, STR("retry-after")))
		r->retry_after_s = retry_after(value, x->now);
	else if (str_eq_nocase(name, STR("content-length")) ||
		 str_eq_nocase(name, STR("transfer-encoding")))
		r->delimited = true;
}

static void forget_headers(struct http_response *r)
{
	*r = (struct http_response){ .retry_after_s = -1 };
}

static size_t on_header(char *data, size_t size, size_t n, void *user)
{
	struct exchange *x = user;
	struct str line = str_n(data, size * n), name;

	x->header_bytes += line.len;
	if (x->header_bytes > HEADERS_MAX)
		return 0;
	/* Each redirect and each interim answer starts anew; the last one counts. */
	if (str_starts(line, "HTTP/")) {
		forget_headers(&x->response);
		x->headers_end = false;
	} else if (str_trim(line).len == 0) {
		x->headers_end = true;
	} else if (str_find_char(line, ':') != SIZE_MAX && str_cut(&line, ':', &name)) {
		keep_header(x, name, str_trim(line));
	}
	return size * n;
}

static size_t to_sink(struct exchange *x, const char *data, size_t n)
{
	x->sunk += (int64_t)n;
	if (x->sunk > x->sink->max)
		return 0;
	if (file_write_all(x->sink->fd, str_n(data, n)) < 0) {
		x->sink_errno = errno;
		return 0;
	}
	return n;
}

static size_t on_body(char *data, size_t size, size_t n, void *user)
{
	struct exchange *x = user;

	/* After decompression: MAXFILESIZE counts before it and is no bound. */
	if (x->sink != NULL)
		return to_sink(x, data, size * n);
	buf_add(&x->body, data, size * n);
	return x->body.overflow ? 0 : size * n;
}

/* Each address that a name resolves to, on each hop, when its socket is about to be opened. */
static curl_socket_t on_socket(void *user, curlsocktype purpose UNUSED, struct curl_sockaddr *address)
{
	struct exchange *x = user;

	if (!http_address_public(&address->addr)) {
		x->refused = true;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static int on_progress(
	void *user, curl_off_t down_total, curl_off_t down, curl_off_t up_total, curl_off_t up)
{
	(void)user;
	(void)down_total;
	(void)down;
	(void)up_total;
	(void)up;
	return http_stop ? 1 : 0;
}

/* request */

static void free_list(struct curl_slist **list)
{
	curl_slist_free_all(*list);
}

/* "chat.example.org 127.0.0.1" has the host. */
static bool is_excepted(const char *list, struct str host)
{
	struct str rest = str_of(list), one;

	while (str_given(rest) && str_cut(&rest, ' ', &one))
		if (one.len > 0 && str_eq_nocase(one, host))
			return true;
	return false;
}

static int check_request(const char *except, const struct http_request *request, bool *ret_https,
	bool *ret_guarded, struct error *err)
{
	struct arena arena = ARENA_INIT;
	CURLU *url = request->url.len <= URL_MAX ? transfer_url_parse(request->url) : NULL;
	struct str scheme = STR_NONE;

	*ret_guarded = except != NULL;
	if (url) {
		scheme = transfer_url_part(url, CURLUPART_SCHEME, &arena);
		*ret_guarded = except && !is_excepted(except, transfer_url_part(url, CURLUPART_HOST, &arena));
	}
	*ret_https = str_eqz(scheme, "https");
	bool known = *ret_https || (str_eqz(scheme, "http") && !*ret_guarded);
	curl_url_cleanup(url);
	arena_done(&arena);
	if (!known)
		return error_set(err, ERROR_INPUT, "not an %s URL: %.*s", *ret_guarded ? "https" : "http or https",
			STR_ARG(str_clip(request->url, 100)));
	/* They come back from the store, where a server of former days put them. */
	for (size_t i = 0; i < request->n_headers; i++)
		if (!value_clean(request->headers[i].value))
			return error_set(err, ERROR_INPUT, "the value of %s is not text", request->headers[i].name);
	if (!value_clean(request->etag) || !value_clean(request->last_modified))
		return error_set(err, ERROR_INPUT, "a stored ETag or Last-Modified is not text");
	return 0;
}

static void add_header(
	struct curl_slist **list, struct arena *arena, const char *name, struct str value)
{
	transfer_header(list, arena_printf(arena, "%s: %.*s", name, STR_ARG(value)).ptr);
}

static void set_headers(CURL *curl, const struct http_request *request, struct arena *arena,
	struct curl_slist **list)
{
	for (size_t i = 0; i < request->n_headers; i++)
		add_header(list, arena, request->headers[i].name, request->headers[i].value);
	if (request->accept)
		add_header(list, arena, "Accept", str_of(request->accept));
	if (str_given(request->etag))
		add_header(list, arena, "If-None-Match", request->etag);
	if (str_given(request->last_modified))
		add_header(list, arena, "If-Modified-Since", request->last_modified);
	if (str_given(request->body)) {
		/* Without a type libcurl would call it a form. */
		if (request->content_type)
			add_header(list, arena, "Content-Type", str_of(request->content_type));
		else
			transfer_header(list, "Content-Type:");
		transfer_header(list, "Expect:"); /* no waiting for a 100 that few servers send */
	}
	transfer_set(curl, CURLOPT_HTTPHEADER, *list);
}

/*
 * Everything anew for each exchange, so that nothing of the last one stays; a reset keeps the open
 * connections. What arrives over https does not go on over http: a redirect could strip TLS.
 */
static void set_options(const struct http *http, const struct http_request *request,
	const char *url, bool https, struct exchange *x, char *message)
{
	const struct http_options *o = &http->options;
	CURL *curl = http->curl;

	curl_easy_reset(curl);
	transfer_secure(curl, o->ca_file);
	transfer_set(curl, CURLOPT_URL, url);
	transfer_set(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	transfer_set(curl, CURLOPT_REDIR_PROTOCOLS_STR, https ? "https" : "http,https");
	transfer_set(curl, CURLOPT_FOLLOWLOCATION, 1L);
	/* where a host is excepted from the guard, it may not lead on to another that is not */
	transfer_set(curl, CURLOPT_MAXREDIRS,
		(long)(o->max_redirects > 0 && (!o->guard_except || x->guarded) ? o->max_redirects : 0));
	if (x->guarded) {
		transfer_set(curl, CURLOPT_REDIR_PROTOCOLS_STR, "https");
		transfer_set(curl, CURLOPT_OPENSOCKETFUNCTION, on_socket);
		transfer_set(curl, CURLOPT_OPENSOCKETDATA, x);
	}
	transfer_set(curl, CURLOPT_POSTREDIR, (long)(CURL_REDIR_POST_301 | CURL_REDIR_POST_302));
	transfer_set(curl, CURLOPT_MAXCONNECTS, (long)CONNECTIONS_KEPT);
	transfer_set(curl, CURLOPT_CONNECTTIMEOUT, (long)o->connect_timeout_s);
	transfer_set(curl, CURLOPT_TIMEOUT, (long)o->total_timeout_s);
	transfer_set(curl, CURLOPT_LOW_SPEED_LIMIT, (long)STALL_BYTES);
	transfer_set(curl, CURLOPT_LOW_SPEED_TIME, (long)o->stall_timeout_s);
	transfer_set(curl, CURLOPT_ACCEPT_ENCODING, "");
	if (o->user_agent)
		transfer_set(curl, CURLOPT_USERAGENT, o->user_agent);
	transfer_set(curl, CURLOPT_ERRORBUFFER, message);
	transfer_set(curl, CURLOPT_HEADERFUNCTION, on_header);
	transfer_set(curl, CURLOPT_HEADERDATA, x);
	transfer_set(curl, CURLOPT_WRITEFUNCTION, on_body);
	transfer_set(curl, CURLOPT_WRITEDATA, x);
	transfer_set(curl, CURLOPT_NOPROGRESS, 0L);
	transfer_set(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
	if (str_given(request->body)) {
		transfer_set(curl, CURLOPT_POST, 1L);
		transfer_set(curl, CURLOPT_POSTFIELDS, request->body.ptr);
		transfer_set(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
	}
}

/* answer */

static int failed(const struct http *http, const struct exchange *x, int code, const char *message,
	struct error *err)
{
	if (x->body.overflow)
		return buf_check(&x->body, "the answer", err);
	if (x->sink_errno != 0)
		return error_errno(err, ERROR_SYSTEM, x->sink_errno, "the answer cannot be kept");
	if (x->sink != NULL && x->sunk > x->sink->max)
		return error_set(err, ERROR_LIMIT, "the answer is larger than %lld bytes",
			(long long)x->sink->max);
	if (x->refused)
		return error_set(err, ERROR_REMOTE, "not a public address");
	if (x->header_bytes > HEADERS_MAX)
		return error_set(err, ERROR_REMOTE, "the answer has more than %d bytes of headers",
			HEADERS_MAX);
	/* Without any header it is an answer in HTTP/0.9, which libcurl calls so too. */
	if (code == CURLE_UNSUPPORTED_PROTOCOL && x->header_bytes > 0)
		return error_set(err, ERROR_REMOTE, "redirected to another scheme");
	switch (code) {
	case CURLE_ABORTED_BY_CALLBACK:
		return error_set(err, ERROR_REMOTE, "stopped");
	case CURLE_TOO_MANY_REDIRECTS:
		return error_set(err, ERROR_REMOTE, "redirected more than %d times",
			http->options.max_redirects);
	case CURLE_OUT_OF_MEMORY:
		/* Up to 8.6 libcurl says so when a header line is longer than its own 100 KB. */
		return error_set(err, ERROR_REMOTE, "the answer has a header line that is too long");
	case CURLE_SSL_CACERT_BADFILE:
		return error_set(err, ERROR_CONFIG,
			"the file of trusted certificates %s cannot be used",
			http->options.ca_file ? http->options.ca_file : "of the system");
	default:
		return error_set(err, ERROR_REMOTE, "%s",
			message[0] != '\0' ? message : curl_easy_strerror((CURLcode)code));
	}
}

static void answer(const struct http *http, const struct http_request *request,
	const struct exchange *x, struct http_response *ret)
{
	const char *url = NULL;
	long status = 0, version = 0;

	*ret = x->response;
	curl_easy_getinfo(http->curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(http->curl, CURLINFO_HTTP_VERSION, &version);
	ret->delimited |= version >= CURL_HTTP_VERSION_2_0;
	curl_easy_getinfo(http->curl, CURLINFO_EFFECTIVE_URL, &url);
	ret->status = (int)status;
	ret->body = arena_dup(x->arena, buf_str(&x->body));
	ret->effective_url = arena_dup(x->arena, str_of(url));
	/* A redirect may lead to bytes that are no text: then the asked address stands for it. */
	if (!url || !str_utf8_valid(ret->effective_url))
		ret->effective_url = arena_dup(x->arena, request->url);
}

int http_check_url(struct str url, const char *guard_except, struct error *err)
{
	struct http_request request = { .url = url };
	bool https, guarded;

	return check_request(guard_except, &request, &https, &guarded, err);
}

int http_exchange(struct http *http, const struct http_request *request, int64_t now,
	struct arena *arena, struct http_response *ret, struct error *err)
{
	struct exchange x = {
		.body = BUF_INIT(http->options.body_max), .arena = arena, .now = now,
		.sink = request->sink,
	};
	CLEANUP(free_list) struct curl_slist *headers = NULL;
	char message[CURL_ERROR_SIZE] = "";
	bool https;
	int code;
	int r;

	r = check_request(http->options.guard_except, request, &https, &x.guarded, err);
	if (r < 0)
		return r;
	if (http_stop)
		return error_set(err, ERROR_REMOTE, "stopped");
	if (x.sink != NULL && (ftruncate(x.sink->fd, 0) < 0 || lseek(x.sink->fd, 0, SEEK_SET) < 0))
		return error_errno(err, ERROR_SYSTEM, errno, "the answer cannot be kept");

	forget_headers(&x.response);
	set_options(http, request, arena_dupz(arena, request->url), https, &x, message);
	set_headers(http->curl, request, arena, &headers);
	code = transfer_perform(http->curl);
	/* For libcurl an answer that is cut inside its headers is one without a body. */
	if (code == CURLE_OK && !x.headers_end)
		r = error_set(err, ERROR_REMOTE, "the answer ends inside its headers");
	else if (code == CURLE_OK)
		answer(http, request, &x, ret);
	else
		r = failed(http, &x, code, message, err);
	buf_done(&x.body);
	/* What it pointed to ends with this call. */
	curl_easy_reset(http->curl);
	return r;
}
