/*
 * A complete Internet message (RFC 5322, MIME): header fields that cannot be forged from inside,
 * plain text first, HTML second. curl_mime cannot write a message to memory, and ours must be stored
 * before it is sent, so that a copy is the same to the byte.
 */
#ifndef RENDER_MAIL_H
#define RENDER_MAIL_H

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

struct mail {
	struct str from_name;      /* display name, any UTF-8; STR_NONE: the address alone */
	struct str from;           /* addr-spec, checked by the caller's gate */
	struct str to;
	struct str reply_to;       /* addr-spec; STR_NONE: answers go to `from` */
	struct str subject;
	int64_t date;              /* UTC seconds */
	int date_offset_s;
	struct str message_id;     /* without angle brackets */
	struct str list_id;        /* "quotidien.example.org"; STR_NONE leaves the field out */
	struct str list_name;
	struct str unsubscribe_url;    /* https; with it List-Unsubscribe-Post is written (RFC 8058). Or http of this
	                                  machine, without it */
	struct str unsubscribe_mailto; /* "desabonnement@example.org?subject=TOKEN" */
	struct str language;       /* Content-Language */
	struct str text, html;     /* bodies, UTF-8, LF line ends */
};

enum { MAIL_BODY_MAX = 256 << 10 };

/*
 * The message with CR LF line ends, no line over 998 bytes: Auto-Submitted: auto-generated, encoded
 * words (RFC 2047) that cut no character, quoted-printable bodies (RFC 2045) without a line that begins
 * with a dot. The same mail gives the same bytes. List-Unsubscribe stays on one line when it fits.
 * ERROR_INPUT: CR, LF or NUL in a value meant for a header field; an address, id or language that is
 * none; an unsubscribe address that is not https (nor of this machine). ERROR_LIMIT: a body, a value or an address too long.
 */
int mail_compose(const struct mail *mail, struct arena *arena, struct str *ret, struct error *err)
	MUST_CHECK;

#endif
