/*
 * What http.c and smtp.c share of libcurl: addresses, trust, signals. For gate only; who includes it
 * includes <curl/curl.h> too. CURL is void there, and CURLU struct Curl_URL.
 */
#ifndef TRANSFER_H
#define TRANSFER_H

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

struct Curl_URL;
struct curl_slist;

/* A URL as libcurl itself reads it; NULL when it is none. curl_url_cleanup() frees it. */
struct Curl_URL *transfer_url_parse(struct str url);
/* One part of it (CURLUPart), in `arena`; STR_NONE when it is not there. */
struct str transfer_url_part(struct Curl_URL *url, int part, struct arena *arena);

/*
 * Peer and name are verified, TLS 1.2 at least, no proxy and no signals, whatever the environment
 * says. `ca_file` NULL: the system's.
 */
void transfer_secure(void *curl, const char *ca_file);

/* What could not be set means a libcurl that is older or poorer than ours: the program ends. */
#define transfer_set(CURL_HANDLE, OPTION, VALUE)                                                   \
	transfer_checked(curl_easy_setopt((CURL_HANDLE), (OPTION), (VALUE)), #OPTION)
void transfer_checked(int code, const char *what);

/* One more header; the list is freed with curl_slist_free_all(). */
void transfer_header(struct curl_slist **list, const char *line);

/*
 * curl_easy_perform(), which gives a CURLcode, and curl_easy_cleanup() without SIGPIPE: OpenSSL writes
 * to broken connections without MSG_NOSIGNAL, and what that signal does to the process is not for a
 * gate to decide.
 */
int transfer_perform(void *curl);
void transfer_cleanup(void *curl);

#endif
