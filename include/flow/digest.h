/*
 * Digests: who is due, what they get, one transaction each into the outbox; then delivery.
 *
 * A daily digest is due once a day from `hour:minute` in the reader's zone (07:30), weekly on Mondays,
 * instant grouped over 15 minutes. Composing is UNIQUE(profile, period) and UNIQUE(profile, notice),
 * so no restart, clock or schedule can tell the same thing twice (RELIABILITY 3.2).
 */
#ifndef FLOW_DIGEST_H
#define FLOW_DIGEST_H

#include "base/date.h"
#include "flow/ingest.h"
#include "gate/smtp.h"
#include "tender/profile.h"

struct digest_settings {
	const char *from;        /* addr-spec */
	const char *from_name;
	const char *instance;    /* who runs it, for the footer */
	const char *web_url;     /* base for one-click links, https or of this machine; "" when there is no web server */
	const char *unsubscribe; /* address for List-Unsubscribe mailto; "" : `from` */
	const char *bounce;      /* address that refusals come back to, with a token; "": `from` */
	const char *reply;       /* address that answers are read from, with a token; "": none is read */
	const char *admin;       /* told of addresses that are disabled; "": nobody is */
	int hour, minute;        /* 7, 30 */
	int cards;               /* 7 */
	bool heartbeat;          /* an empty week still brings a short mail */
};

struct digest_count {
	int64_t composed, heartbeats, suppressed, not_due, items;
	int64_t failed; /* could not be composed: logged with the reason */
	int64_t bytes;  /* of the messages composed */
};

/*
 * Composes for every confirmed profile that is due at `now` and has an address. `dry`: says what
 * would be done and changes nothing. A profile whose digest cannot be composed is logged and skipped.
 */
int digest_compose(struct db *db, const struct digest_settings *settings, int64_t now, bool dry,
	struct digest_count *ret, struct error *err) MUST_CHECK;

/*
 * The watchdog (RELIABILITY 3.3): an hour after a match was due to be told there must be a message that
 * was sent, suppressed, held by hand or has failed with a reason. Everything else is counted here.
 */
struct digest_watch {
	int64_t uncomposed; /* people who have been due for an hour and have no message */
	int64_t lost;       /* digests of the last week without a message */
	int64_t waiting;    /* messages that have waited for an hour */
	int64_t oldest;     /* when the oldest of them was composed; TIME_NONE */
};
int digest_watch(struct db *db, const struct digest_settings *settings, int64_t now,
	struct digest_watch *ret, struct error *err) MUST_CHECK;
bool digest_watch_red(const struct digest_watch *watch);

enum digest_format { DIGEST_TEXT, DIGEST_HTML, DIGEST_EML };
/* What the profile would get now, due or not, in `arena`; nothing is written. */
int digest_preview(struct db *db, const struct digest_settings *settings, struct str profile,
	enum digest_format format, int64_t now, struct arena *arena, struct str *ret,
	struct error *err) MUST_CHECK;

/*
 * The period a digest at `now` belongs to: "2026-11-24", "2026-W48", "2026-11-24T10:15Z". It is due when
 * its hour in the zone has come and the day is not quiet; a weekly one whose Monday is quiet comes on the
 * first day of the week that is not. What a late machine missed is in the next one.
 */
struct str digest_period(enum cadence cadence, struct str zone, const struct mailing *mailing,
	const struct digest_settings *settings, int64_t now, bool *ret_due, struct arena *arena);

struct delivery_count {
	int64_t sent, later, failed, uncertain, suppressed, bytes;
};
/* What the relay allows. */
enum { DELIVERY_CONNECTIONS_MAX = 16 };
struct delivery_limits {
	int connections; /* at a time; fewer when little is due */
	int per_minute;  /* messages over all of them; 0: as many as it takes */
	const struct digest_settings *settings; /* who is told of addresses that are refused for good */
};
/*
 * Delivers what is due in the outbox to the relay, by the state machine of store/outbox.h: recover,
 * claim, check suppression again, hand over, end. Stops early when http_stop is set, or when the relay
 * broke off, or answered nothing about a message, three times in a row; the rest stays ready. `clock` is
 * asked from several threads.
 */
int deliver_smtp(struct db *db, const struct smtp_options *options, const struct delivery_limits *limits,
	int64_t (*clock)(void), struct delivery_count *ret, struct error *err) MUST_CHECK;
/* The same into DIR as MESSAGE-ID.eml files, whole or not at all; into new/MESSAGE-ID when it is a Maildir. */
int deliver_dir(struct db *db, const char *dir, const struct delivery_limits *limits, int64_t now,
	struct delivery_count *ret, struct error *err) MUST_CHECK;

#endif
