/*
 * Header fields (RFC 5322) made so that no value can forge another field: a value with CR, LF or NUL is
 * refused, what is not plain ASCII becomes encoded words (RFC 2047), addresses and ids are checked by a
 * strict grammar.
 */
#ifndef RENDER_MAIL_HEADER_H
#define RENDER_MAIL_HEADER_H

#include "base/buf.h"
#include "base/error.h"

enum {
	MAIL_LINE_MAX = 998,   /* RFC 5322 2.1.1, without CR LF */
	MAIL_LINE_GOOD = 76,   /* with encoded words (RFC 2047 2), and advised */
	MAIL_WORD_MAX = 75,    /* one encoded word */
	MAIL_VALUE_MAX = 4000, /* bytes of a text in a header field */
};

/*
 * "NAME: " with the text behind it, folded. Control characters become blanks. ERROR_INPUT for CR, LF
 * or NUL, ERROR_LIMIT over MAIL_VALUE_MAX; nothing has been written then.
 */
int mail_header_text(const char *name, struct str text, struct buf *out, struct error *err)
	MUST_CHECK;

/* "NAME: display name <inner>": quoted or encoded as it needs; STR_NONE or "" leaves the display name
   out. The inner text is written as it is: check it first. */
int mail_header_phrase(const char *name, struct str display, struct str inner, struct buf *out,
	struct error *err) MUST_CHECK;

/* "NAME: value", one line, of printable ASCII and blanks only. ERROR_INPUT, ERROR_LIMIT. */
int mail_header_line(const char *name, struct str value, struct buf *out, struct error *err)
	MUST_CHECK;

/* One addr-spec: dot-atom "@" domain, at most 254 bytes (RFC 5321 4.5.3.1). */
int mail_check_address(const char *name, struct str address, struct error *err) MUST_CHECK;

/* What may stand between < and >: printable ASCII without blank, < > " \ or comma. */
int mail_check_angle(const char *name, struct str text, struct error *err) MUST_CHECK;

#endif
