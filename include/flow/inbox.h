/*
 * Mail that comes back, from a Maildir that the mail system fills: bounces (RFC 3464) end the mail to
 * addresses there are not, and, where the instance wants it, short answers to digests are obeyed:
 *
 *	oui 2 · non 3 prix · pourquoi 1 · plus tard 2 · stop          (yes, no, why, later, stop)
 *
 * each a line of its own at the top of the answer, the number that of the card. What is quoted, what a robot
 * sent, what carries no token of ours and every other word is ignored.
 */
#ifndef FLOW_INBOX_H
#define FLOW_INBOX_H

#include "flow/digest.h"
#include "gate/link.h"

struct inbox_count {
	int64_t read;
	int64_t bounces, disabled; /* refusals told, addresses that get nothing more */
	int64_t answers;           /* commands obeyed */
	int64_t ignored;           /* letters that said nothing to us */
};

/*
 * Reads every letter in DIR/new, each in a transaction of its own, and moves it to DIR/cur as seen. One that
 * was read twice because of a crash changes nothing the second time. Without settings->reply answers are
 * ignored. ERROR_SYSTEM: no such Maildir.
 */
int inbox_read(struct db *db, const struct digest_settings *settings, const char *dir, int64_t now,
	struct inbox_count *ret, struct error *err) MUST_CHECK;

/* What is written into an address so that what comes back can be told: 20 hexadecimal digits. */
enum { INBOX_TOKEN = 20 };
struct str inbox_token(const struct links *links, struct str message_id, struct arena *arena);
/* "name@host" with "+TOKEN" behind the name. */
struct str inbox_address(const char *address, struct str token, struct arena *arena);

/*
 * A refusal for good of one address, told by a bounce or by the relay: in an open transaction. An address
 * that does not exist gets nothing more at once; for other reasons after three refusals in 30 days.
 * `ret_disabled`: it was disabled now, and the administrator is written to, if one is named.
 */
int bounce_note(struct db *db, const struct links *links, const struct digest_settings *settings,
	struct str address, struct str status, struct str words, int64_t now, bool *ret_disabled,
	struct error *err) MUST_CHECK;
/* Somebody tries a message again by hand: he knows better, and an address that had bounced counts as good. */
int bounce_pardon(struct db *db, const struct links *links, int64_t outbox, struct error *err) MUST_CHECK;
/* "5.1.1" out of "550 5.1.1 No such user"; "5.0.0" when the relay gave a three-digit 5xx alone; else none. */
struct str bounce_status(struct str words);

/* What one line of an answer asks for. */
enum inbox_verb { INBOX_NOTHING, INBOX_YES, INBOX_NO, INBOX_WHY, INBOX_LATER, INBOX_STOP };
struct inbox_command {
	enum inbox_verb verb;
	int number;      /* of the card; 0: not said */
	struct str word; /* behind a no: the reason; STR_NONE */
};
/* The next command of an answer, off the front of *text; INBOX_NOTHING at the first line that is none. */
struct inbox_command inbox_next_command(struct str *text, struct arena *arena);

#endif
