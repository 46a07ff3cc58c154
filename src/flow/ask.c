#include "ask.h"

#include <stdio.h>
#include <time.h>

#include "base/log.h"
#include "gate/token.h"

enum { REDIRECTS_MAX = 3, SLICE_MS = 100, LONG_PAUSE_MS = 5000, ONE_PASS_TRIES = 2 };

static int64_t clock_ms(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return (int64_t)at.tv_sec * 1000 + at.tv_nsec / 1000000;
}

int64_t ask_elapsed_ms(const struct ask *ask)
{
	return clock_ms() - ask->began_ms;
}

void ask_init(struct ask *ask, const struct fetch_settings *settings, size_t budget,
	int64_t window_ms, int64_t now)
{
	struct http_options options = {
		.user_agent = settings->user_agent,
		.ca_file = settings->ca_file,
		.connect_timeout_s = settings->connect_timeout_s,
		.stall_timeout_s = settings->stall_timeout_s,
		.total_timeout_s = settings->total_timeout_s,
		.max_redirects = REDIRECTS_MAX,
		.body_max = (size_t)settings->body_max,
	};

	*ask = (struct ask){ .settings = settings, .now = now, .began_ms = clock_ms() };
	pace_init(&ask->pace, settings->pause_ms, budget, window_ms);
	ask->http = http_new(&options);
}

void ask_done(struct ask *ask)
{
	ask->http = http_free(ask->http);
}

/* Nothing is asked any more, for this reason. */
static int end(struct ask *ask, const struct error *why)
{
	ask->over = true;
	ask->why = *why;
	return -(int)why->kind;
}

static int stopped(struct ask *ask, struct error *err)
{
	error_set(err, ERROR_REMOTE, "stopped");
	return end(ask, err);
}

/* Sleeps in slices, so that a signal that came just before is seen as well. */
static int wait_ms(struct ask *ask, int64_t ms, struct error *err)
{
	/* The clock is cut to milliseconds: one more, or we might be early. */
	int64_t until = clock_ms() + ms + (ms > 0), left;

	while (!http_stop && (left = until - clock_ms()) > 0) {
		struct timespec slice = { 0, (left < SLICE_MS ? left : SLICE_MS) * 1000000 };

		nanosleep(&slice, NULL);
	}
	return http_stop ? stopped(ask, err) : 0;
}

/* one try */

/* What the tries of one question have in common. */
struct tries {
	int made;
	int same; /* of them, gave the malformed body `hash`, whole */
	char hash[TOKEN_SHA256_HEX];
	int status;             /* of the last one; 0: no answer */
	int64_t retry_after_ms; /* that the last one asks for; -1: does not say */
};

enum { TRY_AGAIN = -1000, TRY_NEVER = -1001 }; /* beside 0 and the outcomes */

static void note_malformed(struct tries *tries, const struct http_response *response)
{
	char hash[TOKEN_SHA256_HEX];

	if (!response->delimited)
		return;
	token_sha256(response->body, hash);
	if (tries->same == 0)
		snprintf(tries->hash, sizeof(tries->hash), "%s", hash);
	if (str_eq(str_of(tries->hash), str_of(hash)))
		tries->same++;
}

static int judge(const struct question *question, struct tries *tries,
	const struct http_response *response, struct arena *arena, struct error *err)
{
	bool conditional =
		str_given(question->request.etag) || str_given(question->request.last_modified);
	int status = response->status;

	tries->status = status;
	if (response->retry_after_s >= 0)
		tries->retry_after_ms = response->retry_after_s * 1000;
	if (status == 200) {
		if (question->check(question->data, response, arena, err) >= 0)
			return 0;
		if (err->kind != ERROR_REMOTE)
			note_malformed(tries, response);
		return TRY_AGAIN;
	}
	if (status == 304 && conditional)
		return ASK_SAME;
	if (status == 404 || status == 410)
		return ASK_NONE;
	error_set(err, ERROR_REMOTE, "the server answers %d", status);
	if (status == 408 || status == 425 || status == 429 || status < 400 || status >= 500)
		return TRY_AGAIN;
	return ASK_REFUSED;
}

static int try_once(struct ask *ask, const struct question *question, struct tries *tries,
	struct arena *arena, struct http_response *ret, struct error *err)
{
	int64_t at = clock_ms();
	int r;

	tries->made++;
	tries->status = 0;
	tries->retry_after_ms = -1;
	error_clear(err);
	pace_begin(&ask->pace, at);
	r = http_exchange(ask->http, &question->request, ask->now + (at - ask->began_ms) / 1000,
		arena, ret, err);
	pace_end(&ask->pace, clock_ms());
	if (r < 0)
		return err->kind == ERROR_REMOTE ? TRY_AGAIN : TRY_NEVER;
	return judge(question, tries, ret, arena, err);
}

/* all tries */

/* How long before the next try; the server's word, if it gave one, is the least. */
static int wait_after(struct ask *ask, const struct tries *tries, struct str url, struct error *err)
{
	const struct fetch_settings *settings = ask->settings;
	int64_t ms = pace_backoff(
		settings->wait_base_ms, settings->wait_max_ms, tries->made, token_random_u64());

	if (tries->retry_after_ms > ms)
		ms = tries->retry_after_ms;
	log_info("fetch", "url=%.*s try=%d of=%d wait_ms=%lld error=\"%s\"", STR_ARG(url),
		tries->made, settings->tries, (long long)ms, err->text);
	return wait_ms(ask, ms, err);
}

/* Nobody has answered anything yet, not even this question with an error. */
static bool out_of_reach(const struct ask *ask, const struct tries *tries)
{
	return ask->answered == 0 && tries->status == 0;
}

/* The question failed; is the conversation over? */
static int fail(struct ask *ask, const struct tries *tries, struct error *err)
{
	ask->failed++;
	ask->failed_in_a_row++;
	ask->why = *err;
	if (http_stop)
		return stopped(ask, err);
	if (err->kind == ERROR_CONFIG)
		return end(ask, err);
	if (tries->retry_after_ms > ask->settings->wait_max_ms) {
		error_set(err, ERROR_REMOTE,
			"the server answers %d and asks to wait %lld s, we wait at most %lld",
			tries->status, (long long)(tries->retry_after_ms / 1000),
			(long long)(ask->settings->wait_max_ms / 1000));
		return end(ask, err);
	}
	if (tries->status == 429)
		return end(ask, err);
	if (ask->settings->one_pass && out_of_reach(ask, tries)) /* the next day would wait as long for the same */
		return end(ask, err);
	if (ask->failed_in_a_row >= ASK_CIRCUIT) {
		error_add(err, "%d requests in a row failed", ASK_CIRCUIT);
		return end(ask, err);
	}
	return -(int)err->kind;
}

static bool may_try_again(const struct ask *ask, const struct tries *tries)
{
	int most = ask->settings->tries;

	if (ask->settings->one_pass && out_of_reach(ask, tries) && most > ONE_PASS_TRIES)
		most = ONE_PASS_TRIES;
	return !http_stop && tries->made < most &&
	       tries->retry_after_ms <= ask->settings->wait_max_ms;
}

static int answered(struct ask *ask, int outcome)
{
	ask->answered++;
	ask->failed_in_a_row = 0;
	return outcome;
}

int ask_send(struct ask *ask, const struct question *question, struct arena *arena,
	struct http_response *ret, struct error *err)
{
	struct tries tries = { 0 };
	int r;

	if (ask->over) {
		*err = ask->why;
		return -(int)err->kind;
	}
	for (;;) {
		int64_t due = pace_due(&ask->pace, clock_ms());

		if (due > LONG_PAUSE_MS)
			log_info("fetch", "wait_ms=%lld why=\"fair use of the publisher\"",
				(long long)due);
		r = wait_ms(ask, due, err);
		if (r < 0)
			return r;
		r = try_once(ask, question, &tries, arena, ret, err);
		if (r == 0 || r == ASK_NONE || r == ASK_SAME)
			return answered(ask, r);
		if (r != TRY_AGAIN || !may_try_again(ask, &tries))
			break;
		r = wait_after(ask, &tries, question->request.url, err);
		if (r < 0)
			return r;
	}
	/* Two answers at least, or there is nothing to compare. */
	if (question->take_malformed && tries.same == tries.made && tries.made > 1)
		return answered(ask, 0);
	if (tries.made > 1)
		error_add(err, "after %d tries", tries.made);
	if (fail(ask, &tries, err) < 0 && (r != ASK_REFUSED || ask->over))
		return -(int)err->kind;
	return ASK_REFUSED;
}
