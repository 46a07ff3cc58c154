#include "gate/smtp.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "base/buf.h"
#include "transfer.h"

enum {
	LINE_BYTES_MAX = 998, /* without CR LF; RFC 5321, 4.5.3.1.6 */
	ADDRESS_MAX = 254,
	LOCAL_PART_MAX = 64,
	LABEL_MAX = 63,
	CONNECT_TIMEOUT = 30,
	TOTAL_TIMEOUT = 300,
	GOODBYE_TIMEOUT = 2, /* for the answer to QUIT, which nobody needs */
	WORDS_MAX = 200,
};

struct smtp {
	struct smtp_options options;
	char *url; /* of libcurl: the name for EHLO is its path */
	bool starttls;
	bool answered;
	CURL *curl;
};

/* One message on its way, for the callbacks. */
struct sending {
	struct str rest; /* of the message */
	int (*handing)(void *data);
	void *data;
	bool handed;           /* the caller has noted that the relay may have the message */
	bool aborted;          /* the caller could not note it */
	char words[WORDS_MAX]; /* of the last reply that said no */
};

/* addresses */

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* RFC 5321, 4.1.2: Dot-string of atext. */
static bool local_part_valid(struct str local)
{
	struct str atom;

	if (local.len > LOCAL_PART_MAX)
		return false;
	while (str_cut(&local, '.', &atom)) {
		if (atom.len == 0)
			return false;
		for (size_t i = 0; i < atom.len; i++) {
			char c = atom.ptr[i];

			if (!is_alnum(c) && (c == '\0' || !strchr("!#$%&'*+-/=?^_`{|}~", c)))
				return false;
		}
	}
	return true;
}

/* Labels of letters, digits and inner hyphens; how many, or 0 when it is no domain. */
static unsigned domain_labels(struct str domain)
{
	struct str label;
	unsigned n = 0;

	while (str_cut(&domain, '.', &label)) {
		if (label.len == 0 || label.len > LABEL_MAX || label.ptr[0] == '-' ||
			label.ptr[label.len - 1] == '-')
			return 0;
		for (size_t i = 0; i < label.len; i++) {
			if (!is_alnum(label.ptr[i]) && label.ptr[i] != '-')
				return 0;
		}
		n++;
	}
	return n;
}

bool smtp_address_valid(struct str address)
{
	size_t at = str_find_char(address, '@');
	struct str domain;

	if (at == SIZE_MAX || at == 0 || address.len > ADDRESS_MAX)
		return false;
	domain = str_from(address, at + 1);
	return local_part_valid(str_sub(address, 0, at)) &&
	       (domain_labels(domain) >= 2 || str_eq_nocase(domain, STR("localhost")));
}

/* session */

static bool is_loopback(struct str host)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr six;
	struct in_addr four;

	if (str_eq_nocase(host, STR("localhost")))
		return true;
	/* libcurl keeps the brackets of an IPv6 address. */
	if (str_prefix(&host, "["))
		host = str_sub(host, 0, host.len - 1);
	if (host.len >= sizeof(text))
		return false;
	memcpy(text, host.ptr, host.len);
	text[host.len] = '\0';
	if (inet_pton(AF_INET, text, &four) == 1)
		return ntohl(four.s_addr) >> 24 == 127;
	return inet_pton(AF_INET6, text, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

/* The URL for libcurl, or what is wrong with ours. */
static int make_url(const struct smtp_options *o, CURLU *url, char **ret, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct str scheme = transfer_url_part(url, CURLUPART_SCHEME, &arena);
	struct str host = transfer_url_part(url, CURLUPART_HOST, &arena);
	bool tls = str_eqz(scheme, "smtps");

	if (!tls && !str_eqz(scheme, "smtp"))
		return error_set(err, ERROR_CONFIG,
			"%.100s: the relay is an smtp:// or smtps:// URL", o->url);
	if (str_given(transfer_url_part(url, CURLUPART_USER, &arena)) ||
		str_given(transfer_url_part(url, CURLUPART_PASSWORD, &arena)))
		return error_set(err, ERROR_CONFIG,
			"the relay's user and password do not belong into its URL");
	if (!tls && !o->starttls && !is_loopback(host))
		return error_set(err, ERROR_CONFIG,
			"%.100s: a relay that is not on this machine is used with TLS only: "
			"smtps://, or smtp:// with STARTTLS",
			o->url);
	if (o->helo) {
		if (domain_labels(str_of(o->helo)) == 0)
			return error_set(
				err, ERROR_CONFIG, "%.100s: not a host's name for EHLO", o->helo);
		if (curl_url_set(url, CURLUPART_PATH, arena_printf(&arena, "/%s", o->helo).ptr,
			    0) != CURLUE_OK)
			die("out of memory (a URL)");
	}
	if (curl_url_get(url, CURLUPART_URL, ret, 0) != CURLUE_OK)
		die("out of memory (a URL)");
	return 0;
}

static CURL *new_curl(void)
{
	CURL *curl = curl_easy_init();

	if (!curl)
		die("out of memory (a relay)");
	return curl;
}

int smtp_open(const struct smtp_options *options, struct smtp **ret, struct error *err)
{
	CLEANUP(smtp_closep) struct smtp *smtp = calloc(1, sizeof(*smtp));
	CURLU *url = transfer_url_parse(str_of(options->url));
	int r;

	if (!smtp)
		die("out of memory (a relay)");
	if (!url)
		return error_set(err, ERROR_CONFIG, "%.100s: not a URL", options->url);
	r = make_url(options, url, &smtp->url, err);
	smtp->starttls = options->starttls && strncasecmp(options->url, "smtp:", 5) == 0;
	curl_url_cleanup(url);
	if (r < 0)
		return r;

	smtp->options = *options;
	if (smtp->options.connect_timeout_s <= 0)
		smtp->options.connect_timeout_s = CONNECT_TIMEOUT;
	if (smtp->options.total_timeout_s <= 0)
		smtp->options.total_timeout_s = TOTAL_TIMEOUT;
	smtp->curl = new_curl();
	*ret = steal(&smtp);
	return 0;
}

/*
 * Closing says QUIT and waits for the answer as long as the last transfer would have waited. A
 * transfer to nowhere, which ends before it begins, is how libcurl learns to wait less.
 */
static void say_goodbye(CURL *curl)
{
	curl_easy_reset(curl);
	transfer_set(curl, CURLOPT_NOSIGNAL, 1L);
	transfer_set(curl, CURLOPT_TIMEOUT, (long)GOODBYE_TIMEOUT);
	transfer_set(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)GOODBYE_TIMEOUT);
	(void)transfer_perform(curl);
	transfer_cleanup(curl);
}

void *smtp_close(struct smtp *smtp)
{
	if (smtp) {
		if (smtp->curl)
			say_goodbye(smtp->curl);
		curl_free(smtp->url);
	}
	free(smtp);
	return NULL;
}

/* sending */

static int check_message(struct str message, struct error *err)
{
	struct str line;
	int number = 0;

	if (message.len > SMTP_MESSAGE_MAX)
		return error_set(
			err, ERROR_LIMIT, "the message is larger than %d bytes", SMTP_MESSAGE_MAX);
	if (message.len == 0)
		return error_set(err, ERROR_INPUT, "the message is empty");
	/*
	 * A line ends with CR LF and holds neither of them alone: relays that take one for an end
	 * would see other lines, and dots, than we do (RELIABILITY X11).
	 */
	while (str_cut(&message, '\n', &line)) {
		number++;
		if (str_given(message)) {
			if (!str_ends(line, "\r"))
				return error_set(err, ERROR_INPUT,
					"line %d of the message ends without CR", number);
			line.len--;
		}
		if (str_find_char(line, '\r') != SIZE_MAX || str_find_char(line, '\0') != SIZE_MAX)
			return error_set(err, ERROR_INPUT,
				"line %d of the message holds a CR or NUL", number);
		if (line.len > LINE_BYTES_MAX)
			return error_set(err, ERROR_INPUT,
				"line %d of the message is longer than %d bytes", number,
				LINE_BYTES_MAX);
	}
	return 0;
}

static size_t on_read(char *out, size_t size, size_t n, void *user)
{
	struct sending *s = user;
	size_t len = size * n < s->rest.len ? size * n : s->rest.len;

	if (len > 0) {
		memcpy(out, s->rest.ptr, len);
		s->rest = str_from(s->rest, len);
		return len;
	}
	/*
	 * libcurl asks again only when the kernel has all of the body, and sends the final dot after
	 * this 0: the last moment at which it is certain that the relay has no message.
	 */
	if (s->handing && s->handing(s->data) < 0) {
		s->aborted = true;
		return CURL_READFUNC_ABORT;
	}
	s->handed = true;
	s->words[0] = '\0';
	return 0;
}

/* Each line of the relay's replies: RFC 5321, 4.2.1. Those that say no are kept for the operator. */
static size_t on_reply(char *data, size_t size, size_t n, void *user)
{
	struct sending *s = user;
	struct str line = str_trim(str_n(data, size * n));
	size_t len = 0;

	if (!str_starts(line, "4") && !str_starts(line, "5"))
		return size * n;
	for (size_t i = 0; i < line.len && len < WORDS_MAX - 1; i++)
		s->words[len++] = (unsigned char)line.ptr[i] < 0x80 ? line.ptr[i] : '?';
	s->words[len] = '\0';
	return size * n;
}

/* A relay has nothing to say but replies; libcurl would print the rest. */
static size_t on_body(char *data, size_t size, size_t n, void *user)
{
	(void)data;
	(void)user;
	return size * n;
}

static void set_options(const struct smtp *smtp, struct str from, struct curl_slist *to,
	struct sending *s, char *message)
{
	const struct smtp_options *o = &smtp->options;
	CURL *curl = smtp->curl;
	struct arena arena = ARENA_INIT;

	curl_easy_reset(curl);
	transfer_secure(curl, o->ca_file);
	transfer_set(curl, CURLOPT_URL, smtp->url);
	transfer_set(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	transfer_set(
		curl, CURLOPT_USE_SSL, (long)(smtp->starttls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
	if (o->user) {
		transfer_set(curl, CURLOPT_USERNAME, o->user);
		transfer_set(curl, CURLOPT_PASSWORD, o->password ? o->password : "");
	}
	transfer_set(curl, CURLOPT_MAXCONNECTS, 1L);
	transfer_set(curl, CURLOPT_CONNECTTIMEOUT, (long)o->connect_timeout_s);
	transfer_set(curl, CURLOPT_TIMEOUT, (long)o->total_timeout_s);
	transfer_set(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)o->total_timeout_s);
	transfer_set(curl, CURLOPT_ERRORBUFFER, message);
	transfer_set(curl, CURLOPT_MAIL_FROM, arena_dupz(&arena, from));
	transfer_set(curl, CURLOPT_MAIL_RCPT, to);
	transfer_set(curl, CURLOPT_UPLOAD, 1L);
	transfer_set(curl, CURLOPT_READFUNCTION, on_read);
	transfer_set(curl, CURLOPT_READDATA, s);
	transfer_set(curl, CURLOPT_HEADERFUNCTION, on_reply);
	transfer_set(curl, CURLOPT_HEADERDATA, s);
	transfer_set(curl, CURLOPT_WRITEFUNCTION, on_body);
	arena_done(&arena);
}

/* RFC 4954, 6: the relay wants another log-in; that says nothing about the message. */
static bool is_login_reply(int reply)
{
	return reply == 530 || reply == 534 || reply == 535 || reply == 538;
}

/* The last reply but one to QUIT; 0 for none. */
static int last_reply(CURL *curl)
{
	long code = 0;

	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
	return (int)code;
}

/* CURLE_SEND_ERROR: see outcome(). */
static bool is_answer(const struct sending *s, int code, int reply)
{
	return !s->aborted && reply / 100 == 4 && reply != 421 && (s->handed || code == CURLE_SEND_ERROR);
}

bool smtp_answered(const struct smtp *smtp)
{
	return smtp->answered;
}

static int outcome(
	const struct sending *s, int code, int reply, const char *message, struct error *err)
{
	const char *words = message[0] != '\0' ? message : curl_easy_strerror((CURLcode)code);
	int class = reply / 100;

	/* Of 2xx libcurl takes only 250 for a yes to the final dot; RFC 5321 takes all (4.2.1). */
	if (code == CURLE_OK || (s->handed && class == 2))
		return SMTP_SENT;
	if (s->aborted)
		words = "given up before the message was handed over";
	else if ((class == 4 || class == 5) && s->words[0] != '\0')
		words = s->words;
	error_set(err, ERROR_REMOTE, "%s", words);

	/* While no answer to the final dot has come, the last one is 354, to DATA. */
	if (s->handed)
		return class == 4 ? SMTP_LATER : class == 5 ? SMTP_REFUSED : SMTP_UNKNOWN;
	/*
	 * libcurl says CURLE_SEND_ERROR for an answer to MAIL, RCPT or DATA, which are about the
	 * message; greeting, EHLO, STARTTLS and log-in fail in other ways, and are the relay's or
	 * the operator's to mend while the message waits.
	 */
	if (code == CURLE_SEND_ERROR && class == 5 && !is_login_reply(reply))
		return SMTP_REFUSED;
	return SMTP_LATER;
}

/* A kept connection that the relay has closed meanwhile, or closes with 421 (RFC 5321, 3.8). */
static bool was_stale(CURL *curl, const struct sending *s)
{
	long connects = 1;
	int reply = last_reply(curl);

	curl_easy_getinfo(curl, CURLINFO_NUM_CONNECTS, &connects);
	return connects == 0 && !s->handed && !s->aborted && (reply == 0 || reply == 421);
}

int smtp_send(struct smtp *smtp, struct str from, struct str to, struct str message,
	int (*handing)(void *data), void *data, struct error *err)
{
	struct arena arena = ARENA_INIT;
	struct curl_slist *list = NULL;
	int r;

	if (!smtp_address_valid(from) || !smtp_address_valid(to))
		return error_set(err, ERROR_INPUT, "not an address: %.*s",
			STR_ARG(str_clip(smtp_address_valid(from) ? to : from, 100)));
	r = check_message(message, err);
	if (r < 0)
		return r;

	transfer_header(&list, arena_dupz(&arena, to));
	for (bool fresh = false;; fresh = true) {
		struct sending s = { .rest = message, .handing = handing, .data = data };
		char text[CURL_ERROR_SIZE] = "";

		set_options(smtp, from, list, &s, text);
		transfer_set(smtp->curl, CURLOPT_FRESH_CONNECT, fresh ? 1L : 0L);
		int code = transfer_perform(smtp->curl);
		r = outcome(&s, code, last_reply(smtp->curl), text, err);
		smtp->answered = is_answer(&s, code, last_reply(smtp->curl));
		if (r != SMTP_LATER || fresh || !was_stale(smtp->curl, &s))
			break;
	}
	if (r == SMTP_SENT)
		error_clear(err);
	if (r == SMTP_UNKNOWN) {
		/* The answer may still come: the next message must not take it for its own. */
		say_goodbye(smtp->curl);
		smtp->curl = new_curl();
	} else {
		/* What it pointed to ends with this call; the connection stays. */
		curl_easy_reset(smtp->curl);
	}
	curl_slist_free_all(list);
	arena_done(&arena);
	return r;
}

int smtp_probe(struct smtp *smtp, struct error *err)
{
	struct sending s = { .rest = STR("") };
	char text[CURL_ERROR_SIZE] = "";
	CURLcode code;

	set_options(smtp, STR(""), NULL, &s, text);
	transfer_set(smtp->curl, CURLOPT_UPLOAD, 0L);
	transfer_set(smtp->curl, CURLOPT_MAIL_FROM, (char *)NULL);
	transfer_set(smtp->curl, CURLOPT_NOBODY, 1L);
	transfer_set(smtp->curl, CURLOPT_CUSTOMREQUEST, "NOOP");
	code = transfer_perform(smtp->curl);
	curl_easy_reset(smtp->curl);
	if (code == CURLE_OK)
		return 0;
	return error_set(err, ERROR_REMOTE, "%s",
		s.words[0] != '\0' ? s.words : text[0] != '\0' ? text : curl_easy_strerror(code));
}
