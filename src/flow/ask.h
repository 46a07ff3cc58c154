/*
 * One polite conversation with a publisher: requests strictly one after the other over one session,
 * with pauses, tries, back-off and Retry-After (RELIABILITY R6). An answer counts only when its
 * format closes: the caller's check decides, and a refused body is asked for again (X7).
 *
 * The conversation is over, and every further question fails at once, when
 *   - five questions in a row failed through all their tries (the circuit), or, in one pass that somebody
 *     waits for, the very first did without a single answer: the server is out of reach,
 *   - the server says 429 through all tries, or asks for a longer wait than we are ready to wait,
 *   - our settings make asking impossible, or the programme was told to stop (http_stop).
 */
#ifndef ASK_H
#define ASK_H

#include "flow/fetch.h"
#include "gate/http.h"
#include "pace.h"

enum { ASK_CIRCUIT = 5 };

struct ask {
	struct http *http;
	const struct fetch_settings *settings;
	struct pace pace;
	int64_t now;      /* UTC seconds when it began, by the caller's clock … */
	int64_t began_ms; /* … and by the one that only goes forward */
	int answered;     /* questions that got an answer */
	int failed, failed_in_a_row;
	bool over;
	struct error why; /* when over: why; else the last failure */
};

/* Since it began, waits included. */
int64_t ask_elapsed_ms(const struct ask *ask);

/* `settings` must outlive it. `budget` requests in `window_ms`; 0: no such bound. */
void ask_init(struct ask *ask, const struct fetch_settings *settings, size_t budget,
	int64_t window_ms, int64_t now);
void ask_done(struct ask *ask);

struct question {
	struct http_request request;
	/*
	 * Is this body (of a 200) the answer, whole? It may leave what it read in `data`; it is
	 * called anew for each try. ERROR_REMOTE: no answer at all (an error page with 200).
	 * Another kind: an answer that cannot be right (cut, malformed).
	 */
	int (*check)(void *data, const struct http_response *response, struct arena *arena,
		struct error *err);
	void *data;
	/*
	 * A body that every try gave byte for byte, each time whole as far as the transport tells,
	 * and that check() refused as malformed, is then what the publisher has: taken as an
	 * answer.
	 */
	bool take_malformed;
};

enum ask_outcome {
	ASK_NONE = 1, /* 404 or 410 */
	ASK_SAME = 2, /* 304, to a conditional request */
	ASK_REFUSED =
		3, /* another 4xx, in vain to ask again; `ret`: the answer, `err`: its status */
};

/* 0, an outcome, or a failure after all tries. The response lives in `arena`. */
int ask_send(struct ask *ask, const struct question *question, struct arena *arena,
	struct http_response *ret, struct error *err) MUST_CHECK;

#endif
