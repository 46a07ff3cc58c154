/*
 * Delivery of finished messages to one relay over SMTP (libcurl). The message is bytes, composed
 * elsewhere; here it only travels. Envelope addresses are checked against a strict grammar before
 * libcurl sees them, since it would pass a CR LF on as a new command (RELIABILITY X10).
 */
#ifndef GATE_SMTP_H
#define GATE_SMTP_H

#include <stdbool.h>

#include "base/error.h"
#include "base/str.h"

struct smtp_options {
	const char *url;      /* smtp://host:25, smtps://host:465; submission is smtp://host:587;
	                         without user and password */
	bool starttls;        /* smtp:// only: required, never opportunistic */
	const char *user;     /* NULL: no log-in */
	const char *password;
	const char *ca_file;  /* NULL: the system's */
	const char *helo;     /* name in EHLO; NULL: the host's name */
	int connect_timeout_s, total_timeout_s; /* 0: 30 and 300 */
};

enum { SMTP_MESSAGE_MAX = 1 << 20 }; /* a digest is far below */

enum smtp_outcome {
	SMTP_SENT = 0,
	SMTP_LATER = 1,    /* 4xx, or before the message was handed over: a broken connection, no
	                      trust (TLS), no log-in, a relay that is out of service */
	SMTP_REFUSED = 2,  /* 5xx to MAIL, RCPT, DATA or the final dot: this message will never pass */
	SMTP_UNKNOWN = 3,  /* the connection broke after the last byte and before the answer */
};

struct smtp;

/*
 * ERROR_CONFIG: the URL is not smtp or smtps, a relay that is not loopback is to be used without
 * TLS, or `helo` is no host's name. `options` is copied, its strings must outlive the session.
 * Closing waits at most two seconds for the relay's good-bye.
 */
int smtp_open(const struct smtp_options *options, struct smtp **ret, struct error *err) MUST_CHECK;
void *smtp_close(struct smtp *smtp);
DEFINE_CLEANUP(smtp, smtp_close);

/*
 * Sends one message over the kept connection. `message` has CR LF line ends; dots are stuffed here
 * (by libcurl). `handing` is called once, after the last byte of the body was given to libcurl and
 * before the final dot can leave: the caller commits the state `handing` there (RELIABILITY 3.3);
 * when it returns negative the exchange is aborted before the dot and SMTP_LATER is returned.
 * Outcomes as above, with `err` telling the relay's words for LATER, REFUSED and UNKNOWN.
 * Negative: ERROR_INPUT for an address that is none, or a message that is empty, has a bare CR or LF,
 * a NUL, or a line over 998 bytes; ERROR_LIMIT for one over the ceiling.
 * A kept connection that the relay has closed meanwhile is renewed once, unseen.
 */
int smtp_send(struct smtp *smtp, struct str from, struct str to, struct str message,
	int (*handing)(void *data), void *data, struct error *err) MUST_CHECK;

/*
 * Whether the last SMTP_LATER was the relay's answer about that message (4xx to MAIL, RCPT, DATA or the
 * final dot but 421), so that others may pass; false: a broken connection, no trust, no log-in.
 */
bool smtp_answered(const struct smtp *smtp);

/*
 * Connects, greets, starts TLS and logs in as a delivery would, and says NOOP: ERROR_REMOTE with the
 * relay's words when one of these fails. For `doctor --network`; no message is sent.
 */
int smtp_probe(struct smtp *smtp, struct error *err) MUST_CHECK;

/*
 * local-part "@" domain by the strict subset: ASCII atext and dots, no quotes, no literals, labels
 * of letters, digits, hyphens, at least two of them (or "localhost"), at most 254 bytes.
 */
bool smtp_address_valid(struct str address);

#endif
