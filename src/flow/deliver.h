/* What delivering to a relay and to a folder have in common. */
#ifndef DELIVER_H
#define DELIVER_H

#include <pthread.h>

#include "flow/digest.h"
#include "gate/link.h"
#include "gate/token.h"
#include "store/outbox.h"

/* What the workers share. */
struct delivery {
	const struct smtp_options *smtp; /* NULL: to `dir` */
	const char *dir;
	bool maildir;       /* dir is one */
	const struct delivery_limits *limits;
	int64_t (*clock)(void);
	int64_t fixed_now;  /* without a clock */
	struct links links; /* for what the suppression list keeps of an address */
	pthread_mutex_t lock; /* for what follows */
	struct delivery_count count;
	int trouble_in_a_row;
	bool broken;        /* a worker cannot go on: none does */
	int64_t next_slot_ms; /* when the next message may go, by the clock that only goes forward */
};

struct worker {
	struct delivery *d;
	struct db *db;
	struct smtp *smtp;  /* NULL: to the folder */
	char lease[TOKEN_SHA256_HEX];
	const struct outbox_row *row; /* the one at hand, for the callback */
	int result;
	struct error err;
};

/* How a message ended. */
struct ending {
	enum outbox_state state;
	int64_t next_at;
	struct str reply;
	struct str status; /* "5.1.1": the relay refused the address for good; STR_NONE */
};

/* All that is due, by as many workers as `d` allows; takes the lock, and recovers what was left behind. */
int deliver_all(struct delivery *d, struct db *db, struct delivery_count *ret, struct error *err) MUST_CHECK;
/* The work of one worker whose delivery has a folder. */
int deliver_folder(struct worker *w, struct error *err) MUST_CHECK;

int64_t deliver_now(const struct delivery *d);
/* False: a stop was asked for, a worker cannot go on, or nothing gets through. */
bool deliver_may_go_on(struct delivery *d);

/*
 * Of the message at hand, w->row. Somebody may have unsubscribed, moved or been suppressed between composing
 * and now.
 */
int deliver_wanted(struct worker *w, struct arena *arena, bool *ret, struct error *err) MUST_CHECK;
struct ending deliver_suppressed(struct worker *w);
/* By what smtp_send() says; counted. Its words may be those of `why`. */
struct ending deliver_ending(struct worker *w, int outcome, const struct error *why);

#endif
