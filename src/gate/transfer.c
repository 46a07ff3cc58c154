#include "transfer.h"

#include <signal.h>
#include <time.h>

#include <curl/curl.h>

CURLU *transfer_url_parse(struct str text)
{
	struct arena arena = ARENA_INIT;
	CURLU *url = curl_url();
	CURLUcode code;

	if (!url)
		die("out of memory (a URL)");
	code = str_find_char(text, '\0') != SIZE_MAX || text.len == 0
		       ? CURLUE_MALFORMED_INPUT
		       : curl_url_set(url, CURLUPART_URL, arena_dupz(&arena, text), 0);
	arena_done(&arena);
	if (code == CURLUE_OUT_OF_MEMORY)
		die("out of memory (a URL)");
	if (code != CURLUE_OK) {
		curl_url_cleanup(url);
		return NULL;
	}
	return url;
}

struct str transfer_url_part(CURLU *url, int part, struct arena *arena)
{
	struct str text = STR_NONE;
	char *value;

	if (curl_url_get(url, (CURLUPart)part, &value, 0) == CURLUE_OK) {
		text = arena_dup(arena, str_of(value));
		curl_free(value);
	}
	return text;
}

void transfer_checked(int code, const char *what)
{
	if (code != CURLE_OK)
		die("libcurl: %s: %s", what, curl_easy_strerror((CURLcode)code));
}

void transfer_secure(CURL *curl, const char *ca_file)
{
	transfer_set(curl, CURLOPT_SSL_VERIFYPEER, 1L);
	transfer_set(curl, CURLOPT_SSL_VERIFYHOST, 2L);
	transfer_set(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (ca_file)
		transfer_set(curl, CURLOPT_CAINFO, ca_file);
	transfer_set(curl, CURLOPT_PROXY, "");
	transfer_set(curl, CURLOPT_NOPROXY, "*");
	transfer_set(curl, CURLOPT_NOSIGNAL, 1L);
}

void transfer_header(struct curl_slist **list, const char *line)
{
	struct curl_slist *longer = curl_slist_append(*list, line);

	if (!longer)
		die("out of memory (a header)");
	*list = longer;
}

struct sigpipe {
	sigset_t mask; /* of the thread, before */
	bool pending;  /* already, before */
};

static bool sigpipe_pending(void)
{
	sigset_t set;

	return sigpending(&set) == 0 && sigismember(&set, SIGPIPE) == 1;
}

static struct sigpipe sigpipe_hold(void)
{
	struct sigpipe before;
	sigset_t pipe;

	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	before.pending = sigpipe_pending();
	pthread_sigmask(SIG_BLOCK, &pipe, &before.mask);
	return before;
}

static void sigpipe_release(struct sigpipe before)
{
	static const struct timespec at_once = { 0, 0 };
	sigset_t pipe;

	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	if (!before.pending && sigpipe_pending())
		sigtimedwait(&pipe, NULL, &at_once);
	pthread_sigmask(SIG_SETMASK, &before.mask, NULL);
}

int transfer_perform(CURL *curl)
{
	struct sigpipe before = sigpipe_hold();
	CURLcode code = curl_easy_perform(curl);

	sigpipe_release(before);
	return (int)code;
}

void transfer_cleanup(CURL *curl)
{
	struct sigpipe before = sigpipe_hold();

	curl_easy_cleanup(curl);
	sigpipe_release(before);
}
